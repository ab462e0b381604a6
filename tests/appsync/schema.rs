//! The exported SDL, as AppSync reads it: types, what has a resolver of its own, and who may have which field.

use std::collections::{HashMap, HashSet};

use async_graphql_parser::{
    Positioned, parse_schema,
    types::{
        BaseType, ConstDirective, FieldDefinition, InputValueDefinition, Type, TypeDefinition, TypeKind,
        TypeSystemDefinition,
    },
};
use serde_json::json;

use super::caller::{Caller, Mode};

/// Scalars that AppSync knows by itself.
const SCALARS: [&str; 14] = [
    "ID",
    "String",
    "Int",
    "Float",
    "Boolean",
    "AWSDate",
    "AWSTime",
    "AWSDateTime",
    "AWSTimestamp",
    "AWSEmail",
    "AWSJSON",
    "AWSURL",
    "AWSPhone",
    "AWSIPAddress",
];
/// Directives that say by which mode of authorisation a field may be had.
const MODES: [(&str, Mode); 3] =
    [("aws_api_key", Mode::ApiKey), ("aws_iam", Mode::Iam), ("aws_cognito_user_pools", Mode::UserPools)];
/// The others that AppSync takes in a schema.
const OTHER_DIRECTIVES: [&str; 2] = ["aws_subscribe", "deprecated"];

/// A schema that was given to AppSync, with its resolvers.
pub(super) struct Schema {
    types: HashMap<String, TypeDefinition>,
    /// `Type.field` of what a resolver is attached to.
    resolvers: HashSet<String>,
}

impl Schema {
    /// Reads a schema, and refuses what AppSync would refuse.
    pub(super) fn new(sdl: &str, resolvers: impl IntoIterator<Item = String>) -> Self {
        let mut types = HashMap::new();
        for definition in parse_schema(sdl).expect("AppSync can parse the schema").definitions {
            match definition {
                TypeSystemDefinition::Schema(_) => {}
                TypeSystemDefinition::Type(ty) => {
                    types.insert(ty.node.name.node.to_string(), ty.node);
                }
                TypeSystemDefinition::Directive(definition) => {
                    panic!("AppSync takes no directive definitions: @{}", definition.node.name.node)
                }
            }
        }
        let schema = Self { types, resolvers: resolvers.into_iter().collect() };
        schema.check();
        schema
    }

    /// A type by its name; none for AppSync's own scalars.
    pub(super) fn kind(&self, name: &str) -> Option<&TypeKind> {
        self.types.get(name).map(|ty| &ty.kind)
    }

    /// The output field of an object or interface.
    pub(super) fn field(&self, ty: &str, name: &str) -> Option<&FieldDefinition> {
        fields_of(self.kind(ty)?).iter().map(|field| &field.node).find(|field| field.name.node == name)
    }

    pub(super) fn has_resolver(&self, ty: &str, field: &str) -> bool {
        self.resolvers.contains(&format!("{ty}.{field}"))
    }

    /// Whether an object is, or belongs to, the type of a condition.
    pub(super) fn applies(&self, object: &str, condition: &str) -> bool {
        let implements = match self.kind(object) {
            Some(TypeKind::Object(object)) => object.implements.iter().any(|name| name.node == condition),
            _ => false,
        };
        let is_member = match self.kind(condition) {
            Some(TypeKind::Union(union)) => union.members.iter().any(|name| name.node == object),
            _ => false,
        };
        object == condition || implements || is_member
    }

    /// Whether AppSync lets the caller have a field: by the field's own directives, else by those of its type, else by
    /// the default mode, which is the user pool.
    pub(super) fn allows(&self, caller: &Caller, ty: &str, field: &FieldDefinition) -> bool {
        let of_type = self.types.get(ty).map(|ty| ty.directives.as_slice()).unwrap_or_default();
        let declared = [field.directives.as_slice(), of_type].map(modes).into_iter().find(|modes| !modes.is_empty());
        match declared {
            None => caller.mode == Mode::UserPools,
            Some(modes) => modes.iter().any(|(mode, directive)| {
                *mode == caller.mode
                    && groups_of(directive)
                        .is_none_or(|groups| groups.iter().any(|group| caller.groups.contains(group)))
            }),
        }
    }

    fn check(&self) {
        for (name, ty) in &self.types {
            assert!(!matches!(ty.kind, TypeKind::Scalar), "AppSync takes no scalars of one's own: {name}");
            check_directives(name, &ty.directives);
            for field in fields_of(&ty.kind).iter().map(|field| &field.node) {
                let place = format!("{name}.{}", field.name.node);
                check_directives(&place, &field.directives);
                self.check_known(&place, &field.ty.node);
                field.arguments.iter().for_each(|argument| self.check_input(&place, argument));
            }
            if let TypeKind::InputObject(input) = &ty.kind {
                input.fields.iter().for_each(|field| self.check_input(name, field));
            }
        }
        for resolver in &self.resolvers {
            let (ty, field) = resolver.split_once('.').expect("resolvers are named `Type.field`");
            assert!(matches!(self.kind(ty), Some(TypeKind::Object(_))), "AppSync attaches no resolver to {ty}");
            assert!(self.field(ty, field).is_some(), "AppSync knows no field {resolver} to attach a resolver to");
        }
    }

    fn check_input(&self, place: &str, input: &Positioned<InputValueDefinition>) {
        self.check_known(&format!("{place}({})", input.node.name.node), &input.node.ty.node);
    }

    fn check_known(&self, place: &str, ty: &Type) {
        match &ty.base {
            BaseType::List(item) => self.check_known(place, item),
            BaseType::Named(name) => {
                let known = SCALARS.contains(&name.as_str()) || self.types.contains_key(name.as_str());
                assert!(known, "AppSync does not know the type {name} of {place}");
            }
        }
    }
}

fn fields_of(kind: &TypeKind) -> &[Positioned<FieldDefinition>] {
    match kind {
        TypeKind::Object(object) => &object.fields,
        TypeKind::Interface(interface) => &interface.fields,
        TypeKind::Scalar | TypeKind::Union(_) | TypeKind::Enum(_) | TypeKind::InputObject(_) => &[],
    }
}

fn check_directives(place: &str, directives: &[Positioned<ConstDirective>]) {
    for name in directives.iter().map(|directive| directive.node.name.node.as_str()) {
        let known = OTHER_DIRECTIVES.contains(&name) || MODES.iter().any(|(mode, _)| *mode == name);
        assert!(known, "AppSync does not know the directive @{name} on {place}");
    }
}

fn modes(directives: &[Positioned<ConstDirective>]) -> Vec<(Mode, &ConstDirective)> {
    let mode = |directive: &'_ ConstDirective| {
        MODES.iter().find(|(name, _)| directive.name.node == *name).map(|(_, mode)| *mode)
    };
    directives.iter().filter_map(|directive| Some((mode(&directive.node)?, &directive.node))).collect()
}

/// The groups that a directive names; none where it lets in everyone of its mode.
fn groups_of(directive: &ConstDirective) -> Option<Vec<String>> {
    let groups = directive.get_argument("cognito_groups")?.node.clone().into_json().expect("groups are texts");
    let groups = groups.as_array().unwrap_or_else(|| panic!("groups are a list, not {}", json!(groups)));
    Some(groups.iter().filter_map(|group| group.as_str().map(str::to_owned)).collect())
}
