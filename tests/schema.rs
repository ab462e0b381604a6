//! The contract itself: what holds of every type and field of `schema.graphql`, whoever writes the next one.

use std::{collections::HashMap, fs, path::Path};

use async_graphql_parser::{
    parse_schema,
    types::{BaseType, FieldDefinition, InputValueDefinition, Type, TypeDefinition, TypeKind, TypeSystemDefinition},
};
use resolvers::guard::rights_of;

const ROOTS: [&str; 3] = ["Query", "Mutation", "Subscription"];

/// The parsed types by name.
pub(crate) fn types() -> HashMap<String, TypeDefinition> {
    let document = parse_schema(resolvers::sdl()).expect("the schema can be parsed");
    let types = document.definitions.into_iter().filter_map(|definition| match definition {
        TypeSystemDefinition::Type(ty) => Some((ty.node.name.node.to_string(), ty.node)),
        TypeSystemDefinition::Schema(_) | TypeSystemDefinition::Directive(_) => None,
    });
    types.collect()
}

/// Whether a root field is for the services of Mantel alone, and for no client.
pub(crate) fn is_for_services(name: &str) -> bool {
    let rights = rights_of(&resolvers::sdl()).expect("the schema can be parsed");
    rights.get(name).is_some_and(|rights| rights.service && !rights.public && rights.groups.is_empty())
}

#[test]
fn only_telling_of_events_is_for_services_and_it_is_for_nobody_else() {
    let rights = rights_of(&resolvers::sdl()).expect("the schema can be parsed");
    let mut services: Vec<&str> = rights.iter().filter(|(_, r)| r.service).map(|(name, _)| name.as_str()).collect();
    services.sort_unstable();
    assert_eq!(services, ["Mutation.publishCommentEvent", "Mutation.publishMediaEvent"]);
    assert!(services.iter().all(|name| is_for_services(name)));
}

/// The output fields of a type; none where it has none.
fn fields_of(ty: &TypeDefinition) -> Vec<&FieldDefinition> {
    match &ty.kind {
        TypeKind::Object(object) => object.fields.iter().map(|field| &field.node).collect(),
        TypeKind::Interface(interface) => interface.fields.iter().map(|field| &field.node).collect(),
        TypeKind::Scalar | TypeKind::Union(_) | TypeKind::Enum(_) | TypeKind::InputObject(_) => Vec::new(),
    }
}

/// The input fields of a type, and the arguments of its fields, under a name that says where they are.
fn inputs_of(ty: &TypeDefinition) -> Vec<(String, &InputValueDefinition)> {
    if let TypeKind::InputObject(input) = &ty.kind {
        return input.fields.iter().map(|field| (format!("{}.{}", ty.name, field.node.name), &field.node)).collect();
    }
    let arguments = |field: &'_ FieldDefinition| format!("{}.{}", ty.name, field.name.node);
    let inputs = fields_of(ty).into_iter().flat_map(|field| {
        let place = arguments(field);
        field.arguments.iter().map(move |argument| (format!("{place}({})", argument.node.name), &argument.node))
    });
    inputs.collect()
}

/// The interfaces that a type implements.
fn implements(ty: &TypeDefinition, interface: &str) -> bool {
    match &ty.kind {
        TypeKind::Object(object) => object.implements.iter().any(|name| name.node == interface),
        TypeKind::Interface(own) => own.implements.iter().any(|name| name.node == interface),
        TypeKind::Scalar | TypeKind::Union(_) | TypeKind::Enum(_) | TypeKind::InputObject(_) => false,
    }
}

/// Whether every value of this type has a global id, so that one of its fields can be resolved on its own.
fn is_node(types: &HashMap<String, TypeDefinition>, ty: &TypeDefinition) -> bool {
    match ty.kind {
        TypeKind::Interface(_) => {
            let mut concrete = types.values().filter(|other| implements(other, &ty.name.node)).peekable();
            concrete.peek().is_some() && concrete.all(|other| implements(other, "Node"))
        }
        _ => implements(ty, "Node"),
    }
}

fn has_directive(field: &FieldDefinition, name: &str) -> bool {
    field.directives.iter().any(|directive| directive.node.name.node == name)
}

/// Whether a list within this type may hold null.
fn holds_nulls(ty: &Type) -> bool {
    match &ty.base {
        BaseType::Named(_) => false,
        BaseType::List(item) => item.nullable || holds_nulls(item),
    }
}

/// Fails with all names at once, so that one run shows the whole work.
fn assert_none(wrong: &[String], rule: &str) {
    assert!(wrong.is_empty(), "{rule}: {}", wrong.join(", "));
}

#[test]
fn the_committed_schema_is_what_the_code_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema.graphql");
    let committed = fs::read_to_string(path).expect("schema.graphql lies at the root of the repository");
    assert!(
        committed == resolvers::sdl(),
        "schema.graphql differs from the code. Renew it with `cargo run -- schema > schema.graphql`, and look at its \
         difference: clients are built from it."
    );
}

#[test]
fn every_root_field_declares_who_may_call_it() {
    let rights = rights_of(&resolvers::sdl()).expect("the schema can be parsed");
    let types = types();
    for root in ROOTS {
        for field in fields_of(&types[root]) {
            let name = format!("{root}.{}", field.name.node);
            let rights = rights.get(&name).unwrap_or_else(|| panic!("{name} has no line in the table of rights"));
            let open = rights.public || rights.service || !rights.groups.is_empty();
            assert!(open, "{name} is open to nobody: give it a directive");
            let known = rights.groups.iter().all(|group| ["admin", "visitor", "guest"].contains(&group.as_str()));
            assert!(known, "{name} is open to a group that is not there: {rights:?}");
        }
    }
}

#[test]
fn only_signing_in_is_open_to_everybody() {
    let rights = rights_of(&resolvers::sdl()).expect("the schema can be parsed");
    let mut public: Vec<&str> = rights.iter().filter(|(_, r)| r.public).map(|(name, _)| name.as_str()).collect();
    public.sort_unstable();
    let expected = [
        "Mutation.completeSignIn",
        "Mutation.openShareLink",
        "Mutation.refreshSession",
        "Mutation.signIn",
        "Query.signInOptions",
    ];
    assert_eq!(public, expected);
}

#[test]
fn everything_is_described() {
    let types = types();
    let mut silent = Vec::new();
    let mut check = |name: String, text: Option<&str>| {
        if text.is_none_or(|text| text.trim().is_empty()) {
            silent.push(name);
        }
    };
    for (name, ty) in &types {
        check(name.clone(), ty.description.as_ref().map(|text| text.node.as_str()));
        for field in fields_of(ty) {
            check(format!("{name}.{}", field.name.node), field.description.as_ref().map(|text| text.node.as_str()));
        }
        for (place, input) in inputs_of(ty) {
            check(place, input.description.as_ref().map(|text| text.node.as_str()));
        }
        if let TypeKind::Enum(values) = &ty.kind {
            for value in values.values.iter().map(|value| &value.node) {
                check(
                    format!("{name}.{}", value.value.node),
                    value.description.as_ref().map(|text| text.node.as_str()),
                );
            }
        }
    }
    assert_none(&silent, "without a description");
}

#[test]
fn what_is_resolved_on_its_own_hangs_on_a_root_or_a_node_and_is_nullable() {
    let types = types();
    let (mut homeless, mut required) = (Vec::new(), Vec::new());
    for (name, ty) in &types {
        for field in fields_of(ty) {
            let place = format!("{name}.{}", field.name.node);
            let is_root = ROOTS.contains(&name.as_str());
            let on_its_own = is_root
                || !field.arguments.is_empty()
                || has_directive(field, "resolver")
                || has_directive(field, "aws_cognito_user_pools");
            if on_its_own && !is_root && !is_node(&types, ty) {
                homeless.push(place.clone());
            }
            if on_its_own && !field.ty.node.nullable {
                required.push(place);
            }
        }
    }
    assert_none(&homeless, "resolved on its own, but on a type without an id");
    assert_none(&required, "resolved on its own, but not nullable");
}

#[test]
fn lists_hold_no_nulls() {
    let types = types();
    let mut holed = Vec::new();
    for (name, ty) in &types {
        let fields = fields_of(ty).into_iter().map(|field| (format!("{name}.{}", field.name.node), &field.ty.node));
        let inputs = inputs_of(ty).into_iter().map(|(place, input)| (place, &input.ty.node));
        holed.extend(fields.chain(inputs).filter(|(_, ty)| holds_nulls(ty)).map(|(place, _)| place));
    }
    assert_none(&holed, "lists that may hold null");
}

#[test]
fn every_mutation_takes_one_input_and_answers_with_user_errors() {
    let types = types();
    for field in fields_of(&types["Mutation"]) {
        let name = &field.name.node;
        // What the services say is told to those who subscribed as it is.
        if is_for_services(&format!("Mutation.{name}")) {
            continue;
        }
        let arguments: Vec<String> =
            field.arguments.iter().map(|a| format!("{}: {}", a.node.name, a.node.ty)).collect();
        let mut chars = name.chars();
        let first = chars.next().expect("a name").to_ascii_uppercase();
        assert_eq!(arguments, [format!("input: {first}{}Input!", chars.as_str())], "arguments of {name}");
        let payload = field.ty.node.to_string();
        assert!(payload.ends_with("Payload"), "{name} answers {payload}");
        let user_errors = fields_of(&types[&payload]).into_iter().find(|field| field.name.node == "userErrors");
        let user_errors = user_errors.unwrap_or_else(|| panic!("{payload} has no userErrors"));
        assert_eq!(user_errors.ty.node.to_string(), "[UserError!]!", "{payload}.userErrors");
    }
}

#[test]
fn connections_have_edges_and_page_info_and_only_what_is_said_here() {
    /// What stands on an edge or a connection besides, because it belongs to neither end.
    const MORE: [(&str, &str); 2] =
        [("LikeEdge", "likedAt: AWSDateTime!"), ("ActivityConnection", "unreadCount: Int!")];
    /// What is listed where that is not what the list is called after.
    const NODES: [(&str, &str); 2] = [("Like", "User"), ("Search", "SearchResult")];
    let types = types();
    let connections: Vec<_> = types.iter().filter(|(name, _)| name.ends_with("Connection")).collect();
    assert!(!connections.is_empty());
    for (name, ty) in connections {
        let stem = name.trim_end_matches("Connection");
        let shape = |ty: &TypeDefinition| -> Vec<String> {
            fields_of(ty).into_iter().map(|field| format!("{}: {}", field.name.node, field.ty.node)).collect()
        };
        let more = |name: &str| -> Vec<String> {
            MORE.iter().filter(|(on, _)| *on == name).map(|(_, field)| (*field).to_owned()).collect()
        };
        let mut expected = vec![format!("edges: [{stem}Edge!]!"), "pageInfo: PageInfo!".to_owned()];
        expected.extend(more(name));
        assert_eq!(shape(ty), expected, "{name}");
        let edge = format!("{stem}Edge");
        let node = NODES.into_iter().find(|(of, _)| *of == stem).map_or(stem, |(_, node)| node);
        let mut expected = vec!["cursor: String!".to_owned(), format!("node: {node}!")];
        expected.extend(more(&edge));
        assert_eq!(shape(&types[&edge]), expected, "{name}");
    }
}

#[test]
fn every_node_has_an_id_and_no_other_type_says_so() {
    for (name, ty) in types().iter().filter(|(_, ty)| implements(ty, "Node")) {
        let id = fields_of(ty).into_iter().find(|field| field.name.node == "id").expect("a node has an id");
        assert_eq!(id.ty.node.to_string(), "ID!", "{name}.id");
    }
}

#[test]
fn bytes_are_counted_in_float_because_int_ends_at_two_gigabytes() {
    let counts_bytes = |name: &str| name.ends_with("Bytes") || ["offset", "length"].contains(&name);
    let types = types();
    let (mut seen, mut wrong) = (0, Vec::new());
    for ty in types.values() {
        let fields = fields_of(ty).into_iter().map(|field| (field.name.node.as_str(), &field.ty.node));
        let inputs = inputs_of(ty).into_iter().map(|(_, input)| (input.name.node.as_str(), &input.ty.node));
        for (name, value) in fields.chain(inputs).filter(|(name, _)| counts_bytes(name)) {
            seen += 1;
            if !value.to_string().starts_with("Float") {
                wrong.push(format!("{}.{name}: {value}", ty.name.node));
            }
        }
    }
    assert!(seen > 0, "nothing counts bytes any more: has the rule lost its names?");
    assert_none(&wrong, "bytes that are not Float");
}
