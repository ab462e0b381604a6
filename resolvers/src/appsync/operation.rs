//! Writes the operations that answer AppSync's events, from the server's own schema.
//!
//! What the client selected is not replayed: AppSync hands it on without the definitions of its fragments, without the
//! types of its variables, and wants the fields under their own names. A field is answered with all that is plain in
//! its type, and AppSync picks.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use async_graphql_parser::types::{FieldDefinition, TypeDefinition, TypeKind};
use serde_json::{Map, Value};

use super::{
    Failure,
    sdl::{ROOTS, base_name, fields_of, has_own_resolver, types_of},
};

/// A document with its variables.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) document: String,
    pub(super) variables: Value,
}

/// Everything that operations are written from.
pub(super) struct Operations {
    types: BTreeMap<String, TypeDefinition>,
    /// The plain selection of each type that has fields, as a fragment of the same name.
    plain: BTreeMap<String, Plain>,
}

/// The plain selection of a type: all that is answered with it.
struct Plain {
    fragment: String,
    /// The types whose selections it includes.
    includes: BTreeSet<String>,
}

/// A field with its arguments and its selection.
struct Call {
    text: String,
    parameters: Vec<String>,
    variables: Map<String, Value>,
    fragments: String,
}

/// The name under which an operation answers for one of several parents.
pub(super) fn alias(position: usize) -> String {
    format!("n{position}")
}

impl Operations {
    pub(super) fn of(sdl: &str) -> Self {
        let types: BTreeMap<String, TypeDefinition> =
            types_of(sdl).into_iter().map(|ty| (ty.name.node.to_string(), ty)).collect();
        let plain = types.values().filter_map(|ty| Some((ty.name.node.to_string(), plain(&types, ty)?))).collect();
        Self { types, plain }
    }

    /// The operation of one field of `Query` or `Mutation`.
    pub(super) fn of_root(&self, root: &str, field: &str, arguments: Map<String, Value>) -> Result<Operation, Failure> {
        let Call { text, parameters, variables, fragments } = self.call(root, field, arguments)?;
        let kind = if root == "Mutation" { "mutation" } else { "query" };
        let document = format!("{kind}{} {{ {text} }}{fragments}", declared(&parameters));
        Ok(Operation { document, variables: variables.into() })
    }

    /// The operation of one field of some parents. Each is found through `node`, so that its rules are asked again.
    pub(super) fn of_nodes(
        &self,
        parent_type: &str,
        field: &str,
        arguments: Map<String, Value>,
        ids: &[&str],
    ) -> Result<Operation, Failure> {
        let call = self.call(parent_type, field, arguments)?;
        Ok(through_node(&format!("... on {parent_type} {{ {} }}", call.text), call, ids))
    }

    /// The operation that only looks whether something is there for the caller.
    pub(super) fn of_existence(ids: &[&str]) -> Operation {
        let nothing =
            Call { text: String::new(), parameters: Vec::new(), variables: Map::new(), fragments: String::new() };
        through_node("__typename", nothing, ids)
    }

    /// The ids among the arguments of a field, which must be well formed.
    pub(super) fn ids_in(
        &self,
        parent_type: &str,
        field: &str,
        arguments: &Map<String, Value>,
    ) -> Result<Vec<String>, Failure> {
        let definition = self.field(parent_type, field)?;
        let wanted = definition.arguments.iter().filter(|argument| base_name(&argument.node.ty.node) == "ID");
        let ids = wanted.map(|argument| {
            let name = argument.node.name.node.as_str();
            let id = arguments.get(name).and_then(Value::as_str).map(str::to_owned);
            id.ok_or_else(|| Failure::bad_request(format!("`{name}` must be an id.")))
        });
        ids.collect()
    }

    /// A field that AppSync may ask us for.
    fn field(&self, parent_type: &str, field: &str) -> Result<&FieldDefinition, Failure> {
        let unknown = || Failure::bad_request(format!("`{parent_type}.{field}` is not resolved on its own."));
        let ty = self.types.get(parent_type).ok_or_else(unknown)?;
        let own = |definition: &&FieldDefinition| definition.name.node == field && has_own_resolver(ty, definition);
        fields_of(ty).find(own).ok_or_else(unknown)
    }

    fn call(&self, parent_type: &str, field: &str, arguments: Map<String, Value>) -> Result<Call, Failure> {
        let definition = self.field(parent_type, field)?;
        let (mut passed, mut parameters, mut variables) = (Vec::new(), Vec::new(), Map::new());
        for (position, (name, value)) in arguments.into_iter().enumerate() {
            let declared = definition.arguments.iter().find(|argument| argument.node.name.node == name);
            let declared = declared
                .ok_or_else(|| Failure::bad_request(format!("`{parent_type}.{field}` has no argument `{name}`.")))?;
            passed.push(format!("{name}: $a{position}"));
            parameters.push(format!("$a{position}: {}", declared.node.ty.node));
            variables.insert(format!("a{position}"), value);
        }
        let mut text = field.to_owned();
        if !passed.is_empty() {
            let _ = write!(text, "({})", passed.join(", "));
        }
        let answered = base_name(&definition.ty.node);
        if self.plain.contains_key(answered) {
            let _ = write!(text, " {{ ...{answered} }}");
        }
        Ok(Call { text, parameters, variables, fragments: self.fragments(answered) })
    }

    /// The plain selection of a type, and those of all that it includes.
    fn fragments(&self, ty: &str) -> String {
        let (mut text, mut seen, mut waiting) = (String::new(), BTreeSet::new(), vec![ty]);
        while let Some(name) = waiting.pop() {
            let Some(plain) = self.plain.get(name).filter(|_| seen.insert(name)) else { continue };
            let _ = write!(text, " {}", plain.fragment);
            waiting.extend(plain.includes.iter().map(String::as_str));
        }
        text
    }
}

fn through_node(selection: &str, call: Call, ids: &[&str]) -> Operation {
    let Call { mut parameters, mut variables, fragments, .. } = call;
    let mut fields = String::new();
    for (position, id) in ids.iter().enumerate() {
        parameters.push(format!("$i{position}: ID!"));
        variables.insert(format!("i{position}"), Value::from(*id));
        let _ = write!(fields, " {}: node(id: $i{position}) {{ {selection} }}", alias(position));
    }
    let document = format!("query{} {{{fields} }}{fragments}", declared(&parameters));
    Operation { document, variables: variables.into() }
}

fn declared(parameters: &[String]) -> String {
    if parameters.is_empty() { String::new() } else { format!("({})", parameters.join(", ")) }
}

fn plain(types: &BTreeMap<String, TypeDefinition>, ty: &TypeDefinition) -> Option<Plain> {
    let name = ty.name.node.as_str();
    let mut plain = Plain { fragment: format!("fragment {name} on {name} {{ __typename"), includes: BTreeSet::new() };
    match &ty.kind {
        TypeKind::Object(_) if ROOTS.contains(&name) => return None,
        TypeKind::Object(_) => {
            for field in fields_of(ty).filter(|field| !has_own_resolver(ty, field)) {
                plain.add_field(types, field);
            }
        }
        TypeKind::Interface(_) => {
            let implements = |other: &&TypeDefinition| match &other.kind {
                TypeKind::Object(object) => object.implements.iter().any(|interface| interface.node == name),
                _ => false,
            };
            types.values().filter(implements).for_each(|other| plain.add_type(&other.name.node));
        }
        TypeKind::Union(union) => union.members.iter().for_each(|member| plain.add_type(&member.node)),
        TypeKind::Scalar | TypeKind::Enum(_) | TypeKind::InputObject(_) => return None,
    }
    plain.fragment.push_str(" }");
    Some(plain)
}

impl Plain {
    fn add_field(&mut self, types: &BTreeMap<String, TypeDefinition>, field: &FieldDefinition) {
        let _ = write!(self.fragment, " {}", field.name.node);
        let answered = base_name(&field.ty.node);
        let composite = types
            .get(answered)
            .is_some_and(|ty| matches!(ty.kind, TypeKind::Object(_) | TypeKind::Interface(_) | TypeKind::Union(_)));
        if composite {
            let _ = write!(self.fragment, " {{ ...{answered} }}");
            self.includes.insert(answered.to_owned());
        }
    }

    fn add_type(&mut self, name: &str) {
        let _ = write!(self.fragment, " ...{name}");
        self.includes.insert(name.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Operation, Operations};

    const SDL: &str = r"
        interface Media { id: ID! gallery: Gallery @resolver }
        type Photo implements Media { id: ID! gallery: Gallery @resolver size: Size }
        type Video implements Media { id: ID! gallery: Gallery @resolver }
        type Size { width: Int! kind: Kind }
        enum Kind { WIDE HIGH }
        type Gallery { id: ID! title: String media(first: Int! = 2, kind: [Kind!]): [Media!] }
        type Query { gallery(id: ID!): Gallery count: Int! everything: [Found!]! }
        union Found = Gallery | Photo
        type Mutation { rename(input: Rename!): Gallery }
        input Rename { title: String }
        type Subscription { onRename(galleryId: ID!): Gallery }
    ";

    fn arguments(value: &Value) -> serde_json::Map<String, Value> {
        value.as_object().expect("an object").clone()
    }

    /// The types on a way from a type to itself by what is answered with it.
    fn cycle(operations: &Operations) -> Option<Vec<&str>> {
        fn visit<'a>(operations: &'a Operations, ty: &'a str, way: &mut Vec<&'a str>) -> bool {
            let again = way.contains(&ty);
            way.push(ty);
            let found = again || operations.plain[ty].includes.iter().any(|next| visit(operations, next, way));
            if !found {
                way.pop();
            }
            found
        }
        let mut way = Vec::new();
        operations.plain.keys().any(|ty| visit(operations, ty, &mut way)).then_some(way)
    }

    #[test]
    fn nothing_that_is_answered_with_a_type_leads_back_to_it() {
        let operations = Operations::of(&crate::sdl());
        assert!(operations.plain.len() > 10);
        assert_eq!(cycle(&operations), None);
        let circular = Operations::of("type Query { a: A } type A { b: [B!]! } type B { id: ID! a: A }");
        assert_eq!(cycle(&circular), Some(vec!["A", "B", "A"]));
    }

    #[test]
    fn a_root_field_gets_the_arguments_that_were_given_and_all_that_is_plain_in_its_type() {
        let operations = Operations::of(SDL);
        let Operation { document, variables } =
            operations.of_root("Query", "gallery", arguments(&json!({ "id": "g" }))).expect("an operation");
        let expected = "query($a0: ID!) { gallery(id: $a0) { ...Gallery } } \
            fragment Gallery on Gallery { __typename id title }";
        assert_eq!((document.as_str(), variables), (expected, json!({ "a0": "g" })));
        let rename = operations.of_root("Mutation", "rename", arguments(&json!({ "input": { "title": null } })));
        let rename = rename.expect("an operation");
        assert!(rename.document.starts_with("mutation($a0: Rename!) { rename(input: $a0) { ...Gallery } }"));
        assert_eq!(rename.variables, json!({ "a0": { "title": null } }));
        let count = operations.of_root("Query", "count", arguments(&json!({}))).expect("an operation");
        assert_eq!(count.document, "query { count }");
    }

    #[test]
    fn of_an_interface_or_a_union_every_concrete_type_is_selected() {
        let operations = Operations::of(SDL);
        let Operation { document, variables } = operations
            .of_nodes("Gallery", "media", arguments(&json!({ "kind": ["WIDE"] })), &["g", "h"])
            .expect("an operation");
        let expected = "query($a0: [Kind!], $i0: ID!, $i1: ID!) { \
            n0: node(id: $i0) { ... on Gallery { media(kind: $a0) { ...Media } } } \
            n1: node(id: $i1) { ... on Gallery { media(kind: $a0) { ...Media } } } } \
            fragment Media on Media { __typename ...Photo ...Video } \
            fragment Video on Video { __typename id } \
            fragment Photo on Photo { __typename id size { ...Size } } \
            fragment Size on Size { __typename width kind }";
        assert_eq!(document, expected);
        assert_eq!(variables, json!({ "a0": ["WIDE"], "i0": "g", "i1": "h" }));
        let found = operations.of_root("Query", "everything", arguments(&json!({}))).expect("an operation");
        assert!(found.document.contains("fragment Found on Found { __typename ...Gallery ...Photo }"));
    }

    #[test]
    fn what_is_not_resolved_on_its_own_is_refused() {
        let operations = Operations::of(SDL);
        for (parent, field) in [("Gallery", "title"), ("Gallery", "nothing"), ("Nothing", "id"), ("Kind", "WIDE")] {
            let refused = operations.of_nodes(parent, field, arguments(&json!({})), &["g"]).expect_err("a refusal");
            assert_eq!(refused.error_type, "BAD_REQUEST", "{parent}.{field}");
        }
        let refused = operations.of_root("Query", "gallery", arguments(&json!({ "name": "g" }))).err();
        assert_eq!(refused.expect("a refusal").message, "`Query.gallery` has no argument `name`.");
    }

    #[test]
    fn whether_something_is_there_is_asked_by_its_id_alone() {
        let Operation { document, variables } = Operations::of_existence(&["g", "h"]);
        let expected = "query($i0: ID!, $i1: ID!) { \
            n0: node(id: $i0) { __typename } n1: node(id: $i1) { __typename } }";
        assert_eq!((document.as_str(), variables), (expected, json!({ "i0": "g", "i1": "h" })));
    }

    #[test]
    fn the_ids_among_arguments_are_found_by_their_type() {
        let operations = Operations::of(SDL);
        let ids = |given| operations.ids_in("Subscription", "onRename", &arguments(&given)).ok();
        assert_eq!(ids(json!({ "galleryId": "g" })), Some(vec!["g".to_owned()]));
        assert_eq!(ids(json!({ "galleryId": 7 })), None);
        assert_eq!(ids(json!({})), None);
    }
}
