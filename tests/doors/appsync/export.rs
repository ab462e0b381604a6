//! What AppSync is set up with: the exported schema, and the fields that it must ask for.

use std::{collections::HashMap, process::Command};

use async_graphql_parser::{
    parse_schema,
    types::{BaseType, Type, TypeDefinition, TypeKind, TypeSystemDefinition},
};
use resolvers::appsync::{export, resolver_fields};
use serde_json::{Value, json};

use super::{event, of, resolve};
use crate::support::Home;

/// Scalars that AppSync knows, and those of GraphQL itself.
const SCALARS: [&str; 14] = [
    "AWSDate",
    "AWSDateTime",
    "AWSEmail",
    "AWSIPAddress",
    "AWSJSON",
    "AWSPhone",
    "AWSTime",
    "AWSTimestamp",
    "AWSURL",
    "Boolean",
    "Float",
    "ID",
    "Int",
    "String",
];
const DIRECTIVES: [&str; 8] = [
    "aws_api_key",
    "aws_auth",
    "aws_cognito_user_pools",
    "aws_iam",
    "aws_lambda",
    "aws_oidc",
    "aws_subscribe",
    "deprecated",
];

fn types_of(sdl: &str) -> HashMap<String, TypeDefinition> {
    let definitions = parse_schema(sdl).expect("it can be parsed").definitions;
    let types = definitions.into_iter().filter_map(|definition| match definition {
        TypeSystemDefinition::Type(ty) => Some((ty.node.name.node.to_string(), ty.node)),
        TypeSystemDefinition::Schema(_) | TypeSystemDefinition::Directive(_) => None,
    });
    types.collect()
}

fn base_name(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(item) => base_name(item),
    }
}

#[test]
fn the_export_holds_nothing_that_appsync_does_not_take() {
    let text = export(&resolvers::sdl());
    let mut names = Vec::new();
    for line in text.lines() {
        let start = line.trim_start();
        assert!(!start.starts_with('"') && !start.starts_with('#'), "a description: {line}");
        assert!(!start.starts_with("scalar") && !start.starts_with("directive"), "a definition: {line}");
        names.extend(
            line.split('@')
                .skip(1)
                .map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().expect("a name").to_owned()),
        );
    }
    assert!(names.len() > 30, "the rights are still there");
    assert!(names.iter().all(|name| DIRECTIVES.contains(&name.as_str())), "{names:?}");
    assert!(text.starts_with("schema {\n  query: Query\n  mutation: Mutation\n"));
}

#[test]
fn the_export_says_the_same_as_the_schema() {
    let (own, exported) = (types_of(&resolvers::sdl()), types_of(&export(&resolvers::sdl())));
    for (name, ty) in &own {
        let Some(other) = exported.get(name) else {
            assert!(matches!(ty.kind, TypeKind::Scalar) && SCALARS.contains(&name.as_str()), "{name} is missing");
            continue;
        };
        let fields = |ty: &TypeDefinition| -> Vec<String> {
            let field = |field: &async_graphql_parser::types::FieldDefinition| {
                let arguments: Vec<String> = field
                    .arguments
                    .iter()
                    .map(|a| format!("{}: {} {:?}", a.node.name, a.node.ty, default(&a.node)))
                    .collect();
                format!("{}({arguments:?}): {}", field.name, field.ty)
            };
            match &ty.kind {
                TypeKind::Object(object) => object.fields.iter().map(|f| field(&f.node)).collect(),
                TypeKind::Interface(interface) => interface.fields.iter().map(|f| field(&f.node)).collect(),
                TypeKind::Enum(of) => of.values.iter().map(|value| value.node.value.to_string()).collect(),
                TypeKind::InputObject(input) => input
                    .fields
                    .iter()
                    .map(|f| format!("{}: {} {:?}", f.node.name, f.node.ty, default(&f.node)))
                    .collect(),
                TypeKind::Union(union) => union.members.iter().map(ToString::to_string).collect(),
                TypeKind::Scalar => Vec::new(),
            }
        };
        assert_eq!(fields(ty), fields(other), "{name}");
    }
}

fn default(value: &async_graphql_parser::types::InputValueDefinition) -> Option<String> {
    value.default_value.as_ref().map(|default| default.node.to_string())
}

/// A value of a type, with only what must be given.
fn some_value(types: &HashMap<String, TypeDefinition>, ty: &Type, id: &str) -> Value {
    let name = match &ty.base {
        BaseType::List(item) => return json!([some_value(types, item, id)]),
        BaseType::Named(name) => name.as_str(),
    };
    match types.get(name).map(|ty| &ty.kind) {
        Some(TypeKind::InputObject(input)) => {
            let needed = input.fields.iter().map(|field| &field.node);
            let needed = needed.filter(|field| !field.ty.node.nullable && field.default_value.is_none());
            needed.map(|field| (field.name.to_string(), some_value(types, &field.ty.node, id))).collect()
        }
        Some(TypeKind::Enum(of)) => json!(of.values.last().expect("a value").node.value.node.as_str()),
        _ => match name {
            "ID" => json!(id),
            "Int" | "Float" => json!(1),
            "Boolean" => json!(false),
            "AWSEmail" => json!("somebody@example.org"),
            "AWSDateTime" => json!("2024-07-03T15:04:05.000Z"),
            "AWSDate" => json!("2024-07-03"),
            _ => json!("some text"),
        },
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_in_the_list_can_be_asked_for() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let photo = admin.adds_photo(&gallery, "2024:07:03 15:04:05").await;
    let comment = admin.comments(&photo, "Lovely").await;
    let user = admin.id().await;
    let types = types_of(&resolvers::sdl());
    let fields = resolver_fields(&resolvers::sdl());
    assert!(fields.is_sorted() && fields.len() > 40, "{} fields", fields.len());
    let mut answered = Vec::new();
    for name in &fields {
        let (parent, field) = name.split_once('.').expect("Type.field");
        let TypeKind::Object(object) = &types[parent].kind else { panic!("{parent} is no object") };
        let definition = object.fields.iter().find(|definition| definition.node.name.node == field).expect("a field");
        // Nothing has this id, so that what is asked of it changes nothing.
        let nothing = format!("gal_{}", crate::support::actor::NO_ULID);
        let needed = definition.node.arguments.iter().map(|argument| &argument.node);
        let needed = needed.filter(|argument| !argument.ty.node.nullable && argument.default_value.is_none());
        let arguments: Value = needed
            .map(|argument| (argument.name.to_string(), some_value(&types, &argument.ty.node, &nothing)))
            .collect();
        let asked = match parent {
            "Query" | "Mutation" | "Subscription" => event(&admin, parent, field, arguments),
            "Gallery" => of(&admin, parent, &gallery, field, arguments),
            "Comment" => of(&admin, parent, &comment, field, arguments),
            "User" => of(&admin, parent, &user, field, arguments),
            _ => of(&admin, parent, &photo, field, arguments),
        };
        match resolve(&home, asked).await {
            Ok(value) => answered.push((name, value)),
            // Refused for what was asked of it, by itself rather than as an operation that cannot be executed.
            Err(failure) => assert_ne!(failure.error_type, "BAD_REQUEST", "{name}: {failure:?}"),
        }
    }
    let with_value = answered.iter().filter(|(_, value)| !value.is_null()).count();
    assert!(with_value * 2 > fields.len(), "{with_value} of {} have a value", fields.len());
    let composite = |name: &str| {
        let (parent, field) = name.split_once('.').expect("Type.field");
        let TypeKind::Object(object) = &types[parent].kind else { panic!("{parent} is no object") };
        let ty = &object.fields.iter().find(|f| f.node.name.node == field).expect("a field").node.ty.node;
        types.get(base_name(ty)).is_some_and(|ty| matches!(ty.kind, TypeKind::Object(_) | TypeKind::Interface(_)))
    };
    for (name, value) in answered.iter().filter(|(name, value)| value.is_object() && composite(name)) {
        assert!(value["__typename"].is_string(), "{name}: {value:#}");
    }
}

#[test]
fn the_program_prints_both() {
    let print = |flag: &str| {
        let printed = Command::new(env!("CARGO_BIN_EXE_mantel")).args(["schema", flag]).output().expect("it runs");
        assert!(printed.status.success());
        String::from_utf8(printed.stdout).expect("UTF-8")
    };
    assert_eq!(print("--appsync"), export(&resolvers::sdl()));
    assert_eq!(print("--resolvers").lines().collect::<Vec<_>>(), resolver_fields(&resolvers::sdl()));
}
