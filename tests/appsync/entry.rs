//! A document of the table: who sends it, with which variables.

use std::collections::BTreeSet;

use async_graphql_parser::{
    parse_query,
    types::{ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet},
};
use serde_json::Value;

/// The people who send documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Anonymous,
    /// The family's account.
    Visitor,
    Admin,
    /// A relative who contributes to one gallery; each world has its own.
    Rosa,
}

/// A document, who sends it, and its variables: JSON in which `"$name"` stands for something of the world.
pub(super) type Entry<'a> = (Who, &'a str, &'a str);

/// What a document does with the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing: it is sent about the same world through all doors.
    Reads,
    /// Each door gets a world of its own.
    Changes,
}

pub(super) fn effect(document: &str) -> Effect {
    let document = parse(document);
    match operation(&document).ty {
        OperationType::Query => Effect::Reads,
        OperationType::Mutation | OperationType::Subscription => Effect::Changes,
    }
}

pub(super) fn variables(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("variables are JSON: {error}: {text}"))
}

/// The name of the document's operation.
pub(super) fn operation_name(document: &str) -> String {
    let document = parse(document);
    let (name, _) = document.operations.iter().next().expect("a document has an operation");
    name.expect("operations of clients have names").to_string()
}

/// The root fields that a document calls, as `Query.field`.
pub(super) fn root_fields(document: &str) -> BTreeSet<String> {
    let document = parse(document);
    let operation = operation(&document);
    let root = match operation.ty {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    };
    let mut names = Vec::new();
    collect(&document, &operation.selection_set.node, &mut names);
    names.into_iter().map(|name| format!("{root}.{name}")).collect()
}

fn collect(document: &ExecutableDocument, set: &SelectionSet, names: &mut Vec<String>) {
    for item in &set.items {
        match &item.node {
            Selection::Field(field) => names.push(field.node.name.node.to_string()),
            Selection::InlineFragment(fragment) => collect(document, &fragment.node.selection_set.node, names),
            Selection::FragmentSpread(spread) => {
                let fragment = &document.fragments[&spread.node.fragment_name.node];
                collect(document, &fragment.node.selection_set.node, names);
            }
        }
    }
}

fn parse(document: &str) -> ExecutableDocument {
    parse_query(document).unwrap_or_else(|error| panic!("{error}: {document}"))
}

fn operation(document: &ExecutableDocument) -> &OperationDefinition {
    let (_, operation) = document.operations.iter().next().expect("a document has an operation");
    &operation.node
}
