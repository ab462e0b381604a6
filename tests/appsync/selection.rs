//! What is selected of an object: fields collected from fragments (GraphQL specification, section 6.3.2), and the same
//! as AppSync tells its resolvers.

use std::{collections::HashSet, fmt::Write};

use async_graphql_parser::{
    Positioned,
    types::{Directive, ExecutableDocument, Field, Selection, SelectionSet},
};
use serde_json::{Map, Value};

use super::{input::in_json, schema::Schema};

/// What of a document decides about selections.
#[derive(Clone, Copy)]
pub(super) struct Selecting<'a> {
    pub(super) schema: &'a Schema,
    pub(super) document: &'a ExecutableDocument,
    pub(super) variables: &'a Map<String, Value>,
}

/// The fields with one response key, whose selections are merged.
pub(super) type Grouped<'a> = Vec<(String, Vec<&'a Field>)>;

impl<'a> Selecting<'a> {
    /// The fields that are selected of an object of this type, in order.
    pub(super) fn fields(self, object: &str, sets: &[&'a SelectionSet]) -> Grouped<'a> {
        let mut grouped = Grouped::new();
        let mut visited = HashSet::new();
        for set in sets {
            self.collect(object, set, &mut visited, &mut grouped);
        }
        grouped
    }

    fn collect(self, object: &str, set: &'a SelectionSet, visited: &mut HashSet<&'a str>, into: &mut Grouped<'a>) {
        for selection in set.items.iter().map(|item| &item.node).filter(|item| self.is_included(item.directives())) {
            match selection {
                Selection::Field(field) => {
                    let key = field.node.response_key().node.as_str();
                    match into.iter_mut().find(|(known, _)| known == key) {
                        Some((_, fields)) => fields.push(&field.node),
                        None => into.push((key.to_owned(), vec![&field.node])),
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let name = spread.node.fragment_name.node.as_str();
                    let fragment = &self.document.fragments[name].node;
                    let applies = self.schema.applies(object, &fragment.type_condition.node.on.node);
                    if visited.insert(name) && applies {
                        self.collect(object, &fragment.selection_set.node, visited, into);
                    }
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref().map(|condition| &condition.node.on.node);
                    if condition.is_none_or(|condition| self.schema.applies(object, condition)) {
                        self.collect(object, &fragment.node.selection_set.node, visited, into);
                    }
                }
            }
        }
    }

    fn is_included(self, directives: &[Positioned<Directive>]) -> bool {
        let says = |name: &str| {
            let directive = directives.iter().find(|directive| directive.node.name.node == name)?;
            let condition = directive.node.get_argument("if").expect("skip and include have a condition");
            in_json(&condition.node, self.variables).and_then(|value| value.as_bool())
        };
        says("skip") != Some(true) && says("include") != Some(false)
    }

    /// `info.selectionSetList`: paths of response keys, with all fragments merged.
    pub(super) fn paths(self, fields: &[&'a Field]) -> Vec<String> {
        let mut paths = Vec::new();
        for field in fields {
            self.list(&field.selection_set.node, "", &mut paths);
        }
        let mut seen = HashSet::new();
        paths.retain(|path| seen.insert(path.clone()));
        paths
    }

    fn list(self, set: &'a SelectionSet, prefix: &str, into: &mut Vec<String>) {
        for selection in set.items.iter().map(|item| &item.node).filter(|item| self.is_included(item.directives())) {
            match selection {
                Selection::Field(field) => {
                    let path = format!("{prefix}{}", field.node.response_key().node);
                    into.push(path.clone());
                    self.list(&field.node.selection_set.node, &format!("{path}/"), into);
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = &self.document.fragments[spread.node.fragment_name.node.as_str()];
                    self.list(&fragment.node.selection_set.node, prefix, into);
                }
                Selection::InlineFragment(fragment) => self.list(&fragment.node.selection_set.node, prefix, into),
            }
        }
    }
}

/// `info.selectionSetGraphQL`: as in the document; fragments stay spread, without their definitions.
pub(super) fn print(fields: &[&Field]) -> String {
    let mut text = String::new();
    for field in fields.iter().filter(|field| !field.selection_set.node.items.is_empty()) {
        print_set(&field.selection_set.node, 0, &mut text);
    }
    text
}

fn print_set(set: &SelectionSet, depth: usize, text: &mut String) {
    text.push_str("{\n");
    for selection in set.items.iter().map(|item| &item.node) {
        text.push_str(&"  ".repeat(depth + 1));
        let inner = match selection {
            Selection::Field(field) => {
                text.push_str(&head(&field.node));
                Some(&field.node.selection_set.node).filter(|set| !set.items.is_empty())
            }
            Selection::FragmentSpread(spread) => {
                let _ = write!(text, "...{}", spread.node.fragment_name.node);
                None
            }
            Selection::InlineFragment(fragment) => {
                text.push_str("...");
                if let Some(condition) = &fragment.node.type_condition {
                    let _ = write!(text, " on {}", condition.node.on.node);
                }
                Some(&fragment.node.selection_set.node)
            }
        };
        for directive in selection.directives().iter().map(|directive| &directive.node) {
            let _ = write!(text, " @{}{}", directive.name.node, arguments(&directive.arguments));
        }
        if let Some(inner) = inner {
            text.push(' ');
            print_set(inner, depth + 1, text);
        }
        text.push('\n');
    }
    text.push_str(&"  ".repeat(depth));
    text.push('}');
}

fn head(field: &Field) -> String {
    let alias = field.alias.as_ref().map(|alias| format!("{}: ", alias.node)).unwrap_or_default();
    format!("{alias}{}{}", field.name.node, arguments(&field.arguments))
}

fn arguments(arguments: &[(Positioned<async_graphql::Name>, Positioned<async_graphql_value::Value>)]) -> String {
    if arguments.is_empty() {
        return String::new();
    }
    let printed: Vec<String> = arguments.iter().map(|(name, value)| format!("{}: {}", name.node, value.node)).collect();
    format!("({})", printed.join(", "))
}
