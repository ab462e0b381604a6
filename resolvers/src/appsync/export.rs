//! The schema as AppSync takes it, and the list of fields that it must ask us for.
//!
//! AppSync knows its own scalars and directives and refuses definitions of them; it has no use for descriptions.

use std::fmt::Write;

use async_graphql_parser::{
    Positioned,
    types::{ConstDirective, FieldDefinition, InputValueDefinition, TypeDefinition, TypeKind},
};
use async_graphql_value::Name;

use super::sdl::{ROOTS, fields_of, has_own_resolver, types_of};

/// The directives that AppSync knows in a schema.
const KNOWN_DIRECTIVES: [&str; 8] = [
    "aws_api_key",
    "aws_auth",
    "aws_cognito_user_pools",
    "aws_iam",
    "aws_lambda",
    "aws_oidc",
    "aws_subscribe",
    "deprecated",
];

/// AppSync's form of a schema: without descriptions, definitions of scalars and directives, and directives of our own.
///
/// # Panics
/// When the text is no schema.
#[must_use]
pub fn export(sdl: &str) -> String {
    let types = types_of(sdl);
    let mut text = "schema {\n".to_owned();
    for root in ROOTS.iter().filter(|&root| types.iter().any(|ty| ty.name.node == *root)) {
        let _ = writeln!(text, "  {}: {root}", root.to_lowercase());
    }
    text.push_str("}\n");
    for ty in &types {
        if let Some(definition) = definition(ty) {
            let _ = write!(text, "\n{definition}");
        }
    }
    text
}

/// `Type.field` of every field that AppSync must ask us for, sorted.
///
/// # Panics
/// When the text is no schema.
#[must_use]
pub fn resolver_fields(sdl: &str) -> Vec<String> {
    let types = types_of(sdl);
    let objects = types.iter().filter(|ty| matches!(ty.kind, TypeKind::Object(_)));
    let mut names: Vec<String> = objects
        .flat_map(|ty| {
            let own = fields_of(ty).filter(move |field| has_own_resolver(ty, field));
            own.map(move |field| format!("{}.{}", ty.name.node, field.name.node))
        })
        .collect();
    names.sort_unstable();
    names
}

fn definition(ty: &TypeDefinition) -> Option<String> {
    let (keyword, rest) = match &ty.kind {
        TypeKind::Scalar => return None,
        TypeKind::Object(object) => ("type", (implements(&object.implements), body(fields_of(ty).map(field)))),
        TypeKind::Interface(interface) => {
            ("interface", (implements(&interface.implements), body(fields_of(ty).map(field))))
        }
        TypeKind::Union(union) => ("union", (String::new(), format!(" = {}\n", joined(&union.members, " | ")))),
        TypeKind::Enum(of) => {
            let values = of.values.iter().map(|value| &value.node);
            let lines = values.map(|value| format!("{}{}", value.value.node, directives(&value.directives)));
            ("enum", (String::new(), body(lines)))
        }
        TypeKind::InputObject(input) => {
            ("input", (String::new(), body(input.fields.iter().map(|field| input_value(&field.node)))))
        }
    };
    let (implements, body) = rest;
    Some(format!("{keyword} {}{implements}{}{body}", ty.name.node, directives(&ty.directives)))
}

fn implements(interfaces: &[Positioned<Name>]) -> String {
    if interfaces.is_empty() { String::new() } else { format!(" implements {}", joined(interfaces, " & ")) }
}

fn joined(names: &[Positioned<Name>], separator: &str) -> String {
    let names: Vec<&str> = names.iter().map(|name| name.node.as_str()).collect();
    names.join(separator)
}

fn body(lines: impl Iterator<Item = String>) -> String {
    let mut text = " {\n".to_owned();
    for line in lines {
        let _ = writeln!(text, "  {line}");
    }
    text.push_str("}\n");
    text
}

fn field(field: &FieldDefinition) -> String {
    let arguments: Vec<String> = field.arguments.iter().map(|argument| input_value(&argument.node)).collect();
    let arguments = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
    format!("{}{arguments}: {}{}", field.name.node, field.ty.node, directives(&field.directives))
}

fn input_value(value: &InputValueDefinition) -> String {
    let default = value.default_value.as_ref().map(|default| format!(" = {}", default.node)).unwrap_or_default();
    format!("{}: {}{default}", value.name.node, value.ty.node)
}

fn directives(directives: &[Positioned<ConstDirective>]) -> String {
    let mut text = String::new();
    for directive in directives.iter().map(|directive| &directive.node) {
        if !KNOWN_DIRECTIVES.contains(&directive.name.node.as_str()) {
            continue;
        }
        let arguments: Vec<String> =
            directive.arguments.iter().map(|(name, value)| format!("{}: {}", name.node, value.node)).collect();
        let _ = write!(text, " @{}", directive.name.node);
        if !arguments.is_empty() {
            let _ = write!(text, "({})", arguments.join(", "));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{export, resolver_fields};

    const SDL: &str = r#"
        "A moment." scalar AWSDateTime
        directive @resolver on FIELD_DEFINITION
        "Anything." interface Node { "Its id." id: ID! cover: Photo @resolver }
        "A picture." type Photo implements Node @aws_api_key {
            id: ID!
            cover: Photo @resolver
            comments("How many." first: Int! = 20, after: String): [String!]
            secret: String @aws_cognito_user_pools(cognito_groups: ["admin"])
            old: Kind @deprecated(reason: "It is \"old\".")
        }
        union Found = Photo | Other
        type Other { id: ID! }
        enum Kind { "One." ONE TWO }
        input Filter { kind: Kind! = ONE text: String = "a b" }
        type Query { found(filter: Filter): Found @aws_cognito_user_pools viewer: Other }
    "#;

    #[test]
    fn what_appsync_does_not_know_is_left_out_and_the_rest_stays() {
        let expected = r#"schema {
  query: Query
}

interface Node {
  id: ID!
  cover: Photo
}

type Photo implements Node @aws_api_key {
  id: ID!
  cover: Photo
  comments(first: Int! = 20, after: String): [String!]
  secret: String @aws_cognito_user_pools(cognito_groups: ["admin"])
  old: Kind @deprecated(reason: "It is \"old\".")
}

union Found = Photo | Other

type Other {
  id: ID!
}

enum Kind {
  ONE
  TWO
}

input Filter {
  kind: Kind! = ONE
  text: String = "a b"
}

type Query {
  found(filter: Filter): Found @aws_cognito_user_pools
  viewer: Other
}
"#;
        assert_eq!(export(SDL), expected);
    }

    #[test]
    fn the_export_of_an_export_is_the_same() {
        assert_eq!(export(&export(SDL)), export(SDL));
    }

    #[test]
    fn root_fields_and_fields_with_arguments_or_rights_of_their_own_are_asked_for() {
        let expected = ["Photo.comments", "Photo.cover", "Photo.secret", "Query.found", "Query.viewer"];
        assert_eq!(resolver_fields(SDL), expected);
    }
}
