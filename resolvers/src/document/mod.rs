//! What a document may be, found out before it is executed: first by its text, in one pass, then by its parsed form.

mod asked;
mod cost;
mod lexer;
mod measure;

use std::sync::Arc;

use async_graphql::{Request, ServerError, Variables};
use async_graphql_parser::types::{ExecutableDocument, OperationDefinition, OperationType};

pub(crate) use self::asked::{root_ids, subscribed_field};
use self::{
    cost::Rules,
    lexer::lex,
    measure::{Measuring, Size},
};
use crate::{MAX_ALIASES, MAX_COST, MAX_DEPTH, MAX_DIRECTIVES, MAX_RECURSION};

/// The most lexical tokens of a document.
const MAX_TOKENS: usize = 1_000;
/// The most brackets of any kind in each other: the parser takes them one in the other, on the stack.
const MAX_NESTING: usize = 50;
/// The most fields of the operation itself, fragments included.
const MAX_ROOT_FIELDS: usize = 10;
/// The most fields and fragments of a document once every fragment is in its place: short texts can become endless ones.
const MAX_SELECTIONS: usize = 5_000;
/// Lists of types in each other, of introspection: tools ask for one.
const MAX_LISTS_OF_TYPES: usize = 2;

/// Measures documents, and refuses those that are too much.
#[derive(Clone)]
pub struct Inspector {
    rules: Arc<Rules>,
}

/// What was found out about a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// What the chosen operation is; not a query where it is not said which is chosen, and any is not.
    pub operation: OperationType,
    /// Fields of the operation itself.
    pub root_fields: usize,
    /// What it costs to answer the operation: every field counts one, times the rows of the lists that it is in.
    pub cost: usize,
    document: Size,
}

impl Inspector {
    /// Made for a schema.
    ///
    /// # Panics
    /// When the text is no schema.
    #[must_use]
    pub fn new(sdl: &str) -> Self {
        Self { rules: Arc::new(Rules::of(sdl).expect("the schema that this server prints is one it can read")) }
    }

    /// Whether somebody decided what a list without `first` costs.
    #[must_use]
    pub fn has_fixed_cost(parent: &str, field: &str) -> bool {
        cost::fixed(parent, field).is_some()
    }

    /// Refuses a request whose document is too much, and says what it is otherwise.
    ///
    /// # Errors
    /// Names the limit, and what was found.
    pub fn check(&self, request: &mut Request) -> Result<Measured, ServerError> {
        let measured = self.measure(request)?;
        let Measured { document, root_fields, cost, .. } = measured;
        within("selections with its fragments in place", document.selections, MAX_SELECTIONS)?;
        within("selection sets in each other", document.recursion, MAX_RECURSION)?;
        within("fields in each other", document.depth, MAX_DEPTH)?;
        within("aliases", document.aliases, MAX_ALIASES)?;
        within("directives in one place", document.directives, MAX_DIRECTIVES)?;
        within("lists of types in each other", document.lists_of_types, MAX_LISTS_OF_TYPES)?;
        within("root fields", root_fields, MAX_ROOT_FIELDS)?;
        if cost > MAX_COST {
            let message = format!(
                "The operation costs {cost}; at most {MAX_COST} is allowed. Every field counts one, times the rows of \
                 the lists that it is in: ask for fewer rows or fewer fields at once."
            );
            return Err(ServerError::new(message, None));
        }
        Ok(measured)
    }

    /// Measures the document of a request. Its text is held against the limits of texts before it is parsed.
    ///
    /// # Errors
    /// When the text is too much, or cannot be parsed, or a fragment contains itself.
    pub fn measure(&self, request: &mut Request) -> Result<Measured, ServerError> {
        let lexed = lex(&request.query);
        within("tokens", lexed.tokens, MAX_TOKENS)?;
        within("brackets in each other", lexed.nesting, MAX_NESTING)?;
        let (variables, name) = (request.variables.clone(), request.operation_name.clone());
        let document = request.parsed_query()?;
        let mut measured =
            Measured { operation: OperationType::Query, root_fields: 0, cost: 0, document: Size::default() };
        for (operation_name, operation) in document.operations.iter() {
            let chosen = name.as_deref().is_none_or(|name| operation_name.is_some_and(|known| known == name));
            measured.add(&self.rules, document, &operation.node, &variables, chosen)?;
        }
        Ok(measured)
    }
}

impl Measured {
    fn add(
        &mut self,
        rules: &Rules,
        document: &ExecutableDocument,
        operation: &OperationDefinition,
        variables: &Variables,
        chosen: bool,
    ) -> Result<(), ServerError> {
        let size = Measuring::operation(rules, document, operation, variables)?;
        self.document.add(size);
        if chosen {
            self.root_fields = self.root_fields.max(size.own_fields);
            self.cost = self.cost.max(size.cost);
            if operation.ty != OperationType::Query {
                self.operation = operation.ty;
            }
        }
        Ok(())
    }
}

fn within(what: &str, found: usize, limit: usize) -> Result<(), ServerError> {
    if found <= limit {
        return Ok(());
    }
    // Fragments within fragments can make more than anybody would count.
    let found = if found == usize::MAX { "endlessly many".to_owned() } else { found.to_string() };
    Err(ServerError::new(format!("The document has {found} {what}; at most {limit} are allowed."), None))
}

#[cfg(test)]
mod tests;
