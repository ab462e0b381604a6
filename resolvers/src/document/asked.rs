//! What an operation asks about, found before it is executed: the ids that it names, the field that it subscribes to.

use async_graphql::{Request, Variables};
use async_graphql_parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet};
use async_graphql_value::{ConstValue, Value};
use model::NodeId;
use serde_json::Map;

/// The ids that are passed to the fields of an operation itself, literally or by variables. None of a document that
/// leaves open which operation is meant. The document was measured, so that no fragment contains itself.
pub(crate) fn root_ids(request: &mut Request) -> Vec<NodeId> {
    let (variables, name) = (request.variables.clone(), request.operation_name.clone());
    let Ok(document) = request.parsed_query() else { return Vec::new() };
    let mut ids = Vec::new();
    if let Some(operation) = chosen(document, name.as_deref()) {
        Finding { document, variables: &variables, ids: &mut ids }.selections(&operation.selection_set.node);
    }
    ids
}

/// The one field that a subscription asks for, with its arguments; none where it asks for more, less or otherwise.
pub(crate) fn subscribed_field(request: &mut Request) -> Option<(String, Map<String, serde_json::Value>)> {
    let (variables, name) = (request.variables.clone(), request.operation_name.clone());
    let document = request.parsed_query().ok()?;
    let operation = chosen(document, name.as_deref())?;
    let [selection] = operation.selection_set.node.items.as_slice() else { return None };
    let Selection::Field(field) = &selection.node else { return None };
    if !field.node.directives.is_empty() || field.node.name.node.starts_with("__") {
        return None;
    }
    let given = field.node.arguments.iter().filter_map(|(name, value)| {
        let value = value.node.clone().into_const_with(|name| value_of(operation, &variables, &name).ok_or(()));
        Some((name.node.to_string(), value.ok()?.into_json().ok()?))
    });
    Some((field.node.name.node.to_string(), given.collect()))
}

fn value_of(operation: &OperationDefinition, variables: &Variables, name: &str) -> Option<ConstValue> {
    let given = variables.get(name).cloned();
    given.or_else(|| {
        let defined = operation.variable_definitions.iter().find(|variable| variable.node.name.node == name)?;
        defined.node.default_value.as_ref().map(|value| value.node.clone())
    })
}

fn chosen<'a>(document: &'a ExecutableDocument, name: Option<&str>) -> Option<&'a OperationDefinition> {
    let mut operations = document
        .operations
        .iter()
        .filter(|(known, _)| name.is_none_or(|name| known.is_some_and(|known| known == name)));
    match (operations.next(), operations.next()) {
        (Some((_, operation)), None) => Some(&operation.node),
        _ => None,
    }
}

struct Finding<'a> {
    document: &'a ExecutableDocument,
    variables: &'a Variables,
    ids: &'a mut Vec<NodeId>,
}

impl Finding<'_> {
    fn selections(&mut self, set: &SelectionSet) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => self.field(&field.node),
                Selection::InlineFragment(fragment) => self.selections(&fragment.node.selection_set.node),
                Selection::FragmentSpread(spread) => {
                    let document = self.document;
                    if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                        self.selections(&fragment.node.selection_set.node);
                    }
                }
            }
        }
    }

    fn field(&mut self, field: &Field) {
        let texts = field.arguments.iter().filter_map(|(_, value)| match &value.node {
            Value::String(text) => Some(text),
            Value::Variable(name) => match self.variables.get(name) {
                Some(ConstValue::String(text)) => Some(text),
                _ => None,
            },
            _ => None,
        });
        self.ids.extend(texts.filter_map(|text| text.parse::<NodeId>().ok()));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ULID: &str = "01JZZZZZZZZZZZZZZZZZZZZZZZ";

    fn found(document: &str, operation: Option<&str>, id: &str) -> Vec<String> {
        let mut request = Request::new(document).variables(Variables::from_json(json!({ "id": id })));
        if let Some(operation) = operation {
            request = request.operation_name(operation);
        }
        let prefix = |id: NodeId| match id {
            NodeId::Gallery(id) => id.to_string(),
            NodeId::Media(id) => id.to_string(),
            NodeId::Comment(id) => id.to_string(),
            NodeId::User(id) => id.to_string(),
            NodeId::Link(id) => id.to_string(),
        };
        root_ids(&mut request).into_iter().map(prefix).collect()
    }

    #[test]
    fn ids_are_found_in_literals_variables_and_fragments() {
        let (gallery, media) = (format!("gal_{ULID}"), format!("med_{ULID}"));
        let document = format!(
            "query($id: ID!) {{ gallery(id: $id) {{ id }} ...F ... {{ node(id: \"{media}\") {{ id }} }} }} \
             fragment F on Query {{ galleries(first: 2, asUser: \"nobody\") {{ __typename }} media(id: $id) {{ id }} }}"
        );
        assert_eq!(found(&document, None, &gallery), [&gallery, &gallery, &media].map(String::as_str));
        assert_eq!(found(&document, None, "no id"), [media.as_str()]);
    }

    #[test]
    fn only_the_chosen_operation_counts_and_only_its_own_fields() {
        let gallery = format!("gal_{ULID}");
        let document = "query A($id: ID!) { gallery(id: $id) { id } } query B { galleries { edges { node { \
                        media(after: \"$id\") { __typename } } } } }";
        assert_eq!(found(document, Some("A"), &gallery), [gallery.as_str()]);
        assert!(found(document, Some("B"), &gallery).is_empty());
        assert!(found(document, None, &gallery).is_empty());
        assert!(found("query {", None, &gallery).is_empty());
    }
}
