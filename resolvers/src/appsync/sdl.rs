//! What both the export and the operations read from the text of the schema.

use async_graphql_parser::{
    parse_schema,
    types::{BaseType, FieldDefinition, Type, TypeDefinition, TypeKind, TypeSystemDefinition},
};

/// The types where every operation begins.
pub(super) const ROOTS: [&str; 3] = ["Query", "Mutation", "Subscription"];

/// The directives by which AppSync decides who may see a field.
const ACCESS_DIRECTIVES: [&str; 6] =
    ["aws_api_key", "aws_auth", "aws_cognito_user_pools", "aws_iam", "aws_lambda", "aws_oidc"];

/// The types of a schema, in the order of its text.
pub(super) fn types_of(sdl: &str) -> Vec<TypeDefinition> {
    let document = parse_schema(sdl).expect("the schema that this server prints is one it can read");
    let types = document.definitions.into_iter().filter_map(|definition| match definition {
        TypeSystemDefinition::Type(ty) => Some(ty.node),
        TypeSystemDefinition::Schema(_) | TypeSystemDefinition::Directive(_) => None,
    });
    types.collect()
}

/// The output fields of a type; none where it has none.
pub(super) fn fields_of(ty: &TypeDefinition) -> impl Iterator<Item = &FieldDefinition> {
    let fields = match &ty.kind {
        TypeKind::Object(object) => object.fields.as_slice(),
        TypeKind::Interface(interface) => interface.fields.as_slice(),
        TypeKind::Scalar | TypeKind::Union(_) | TypeKind::Enum(_) | TypeKind::InputObject(_) => &[],
    };
    fields.iter().map(|field| &field.node)
}

/// Whether AppSync calls us for this field, rather than read it from what we answered for its parent.
pub(super) fn has_own_resolver(ty: &TypeDefinition, field: &FieldDefinition) -> bool {
    ROOTS.contains(&ty.name.node.as_str())
        || !field.arguments.is_empty()
        || field
            .directives
            .iter()
            .map(|directive| directive.node.name.node.as_str())
            .any(|name| name == "resolver" || ACCESS_DIRECTIVES.contains(&name))
}

/// The name of a type without its lists and exclamation marks.
pub(super) fn base_name(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(item) => base_name(item),
    }
}
