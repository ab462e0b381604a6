//! Measures a parsed document with every fragment in its place, in time that grows with its text and not with what the
//! fragments become: each is measured once.

use std::collections::HashMap;

use async_graphql::{Pos, ServerError, Variables};
use async_graphql_parser::{
    Positioned,
    types::{ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet},
};

use super::cost::{Rows, Rules, first};

/// Lists of the introspection types by which one type leads to others.
const LISTS_OF_TYPES: [&str; 4] = ["fields", "interfaces", "possibleTypes", "inputFields"];

/// How large a selection set is, with what is in it. Sums stop at the largest number there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Size {
    /// Its own fields, those of fragments in it among them.
    pub(super) own_fields: usize,
    /// All fields and fragments.
    pub(super) selections: usize,
    /// Selection sets in each other, those of fragments among them.
    pub(super) recursion: usize,
    /// Fields in each other.
    pub(super) depth: usize,
    /// Fields under another name.
    pub(super) aliases: usize,
    /// The most directives in one place.
    pub(super) directives: usize,
    /// Lists of types in each other, of introspection.
    pub(super) lists_of_types: usize,
    /// What it costs to answer.
    pub(super) cost: usize,
}

impl Size {
    pub(super) fn add(&mut self, other: Self) {
        self.own_fields = self.own_fields.saturating_add(other.own_fields);
        self.selections = self.selections.saturating_add(other.selections);
        self.recursion = self.recursion.max(other.recursion);
        self.depth = self.depth.max(other.depth);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.directives = self.directives.max(other.directives);
        self.lists_of_types = self.lists_of_types.max(other.lists_of_types);
        self.cost = self.cost.saturating_add(other.cost);
    }

    /// One set further in.
    fn nested(self) -> Self {
        Self { selections: self.selections.saturating_add(1), recursion: self.recursion.saturating_add(1), ..self }
    }
}

/// Measures one operation.
pub(super) struct Measuring<'a> {
    rules: &'a Rules,
    document: &'a ExecutableDocument,
    operation: &'a OperationDefinition,
    variables: &'a Variables,
    /// The fragments that were met; none while one is being measured.
    fragments: HashMap<&'a str, Option<Size>>,
}

impl<'a> Measuring<'a> {
    /// Measures an operation of a document.
    ///
    /// # Errors
    /// When a fragment contains itself.
    pub(super) fn operation(
        rules: &'a Rules,
        document: &'a ExecutableDocument,
        operation: &'a OperationDefinition,
        variables: &'a Variables,
    ) -> Result<Size, ServerError> {
        let root = match operation.ty {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            OperationType::Subscription => "Subscription",
        };
        let mut measuring = Self { rules, document, operation, variables, fragments: HashMap::new() };
        let size = measuring.set(&operation.selection_set.node, root)?;
        Ok(Size { directives: size.directives.max(operation.directives.len()), ..size })
    }

    fn set(&mut self, set: &'a SelectionSet, parent: &'a str) -> Result<Size, ServerError> {
        let mut sum = Size::default();
        for selection in &set.items {
            let size = match &selection.node {
                Selection::Field(field) => self.field(&field.node, parent)?,
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref().map_or(parent, |on| on.node.on.node.as_str());
                    self.set(&inline.node.selection_set.node, on)?.nested()
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name;
                    self.fragment(name.node.as_str(), name.pos)?.nested()
                }
            };
            let directives = selection.node.directives().len();
            sum.add(Size { directives: size.directives.max(directives), ..size });
        }
        Ok(sum)
    }

    fn field(&mut self, field: &'a Field, parent: &'a str) -> Result<Size, ServerError> {
        let name = field.name.node.as_str();
        let rules = self.rules;
        let rule = rules.get(parent, name);
        let introspects = parent.starts_with("__") || ["__schema", "__type"].contains(&name);
        let ty = if introspects { "__" } else { rule.map_or("", |rule| rule.ty.as_str()) };
        let is_leaf = field.selection_set.node.items.is_empty();
        let inner = if is_leaf { Size::default() } else { self.set(&field.selection_set.node, ty)? };
        let rows = match rule.map_or(Rows::None, |rule| rule.rows) {
            Rows::None => None,
            Rows::First(default) => Some(first(field, self.operation, self.variables, default)),
            Rows::Fixed(rows) => Some(rows),
        };
        let leads_on = introspects && LISTS_OF_TYPES.contains(&name);
        // Tools ask for a type within a type many times over, which is a line and not a tree.
        let deepens = !(introspects && name == "ofType");
        Ok(Size {
            own_fields: 1,
            selections: inner.selections.saturating_add(1),
            recursion: if is_leaf { 0 } else { inner.recursion.saturating_add(1) },
            depth: inner.depth.saturating_add(usize::from(deepens)),
            aliases: inner.aliases.saturating_add(usize::from(field.alias.is_some())),
            directives: inner.directives,
            lists_of_types: inner.lists_of_types.saturating_add(usize::from(leads_on)),
            cost: match rows {
                None => inner.cost.saturating_add(1),
                Some(rows) => rows.saturating_mul(inner.cost.max(1)),
            },
        })
    }

    fn fragment(&mut self, name: &'a str, pos: Pos) -> Result<Size, ServerError> {
        // One that is not there is refused later, by its name.
        let Some(Positioned { node: fragment, .. }) = self.document.fragments.get(name) else {
            return Ok(Size::default());
        };
        match self.fragments.get(name) {
            Some(Some(size)) => Ok(*size),
            Some(None) => Err(ServerError::new(format!("The fragment `{name}` contains itself."), Some(pos))),
            None => {
                self.fragments.insert(name, None);
                let size = self.set(&fragment.selection_set.node, fragment.type_condition.node.on.node.as_str())?;
                self.fragments.insert(name, Some(size));
                Ok(size)
            }
        }
    }
}
