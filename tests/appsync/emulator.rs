//! An AppSync of our own: a schema, and the function that its resolvers call, one by one or in batches.
//!
//! Documents must be valid: AppSync validates by the same rules as the HTTP door, through which the same documents go.

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql_parser::parse_query;
use futures::future::BoxFuture;
use serde_json::{Value, json};

use super::{caller::Caller, input, run::Run, schema::Schema};

/// The most contexts that one `BatchInvoke` carries.
pub(super) const MAX_BATCH: usize = 2_000;

/// The function behind the resolvers: takes the payload of an invocation.
pub(super) type Lambda = Arc<dyn Fn(Value) -> BoxFuture<'static, Result<Value, Failure>> + Send + Sync>;

/// Why a field has no value.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub(super) error_type: String,
    pub(super) message: String,
}

impl Failure {
    pub(super) fn new(error_type: &str, message: impl Into<String>) -> Self {
        Self { error_type: error_type.to_owned(), message: message.into() }
    }
}

/// How resolvers are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Invocation {
    /// `Invoke`: once for each field of each object.
    Single,
    /// `BatchInvoke`: once for each field of a level.
    Batch,
}

/// An AppSync API.
pub(super) struct Emulator {
    pub(super) schema: Schema,
    lambda: Lambda,
    invocation: Invocation,
    /// Which resolvers were called, with how many contexts each.
    calls: Mutex<Vec<(String, usize)>>,
}

impl Emulator {
    pub(super) fn new(schema: Schema, lambda: Lambda, invocation: Invocation) -> Self {
        Self { schema, lambda, invocation, calls: Mutex::default() }
    }

    /// The calls since the last time, as `Type.field` and the number of contexts.
    pub(super) fn take_calls(&self) -> Vec<(String, usize)> {
        std::mem::take(&mut self.calls.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Answers a document with one operation.
    pub(super) async fn execute(&self, caller: &Caller, document: &str, variables: &Value) -> Value {
        let document = parse_query(document).expect("the HTTP door could parse it");
        let (_, operation) = document.operations.iter().next().expect("a document has an operation");
        let operation = &operation.node;
        let variables = match input::variables(&self.schema, &operation.variable_definitions, variables) {
            Ok(variables) => variables,
            Err(message) => {
                return json!({ "errors": [{ "message": message, "errorType": "MalformedHttpRequestException" }] });
            }
        };
        let (data, errors) = Run::new(self, caller, &document, &variables).operation(operation).await;
        if errors.is_empty() { json!({ "data": data }) } else { json!({ "data": data, "errors": errors }) }
    }

    /// Calls one resolver for all these contexts, and gives as many results.
    pub(super) async fn invoke(&self, resolver: &str, contexts: Vec<Value>) -> Vec<Result<Value, Failure>> {
        let log = |count| self.calls.lock().unwrap_or_else(PoisonError::into_inner).push((resolver.to_owned(), count));
        let mut results = Vec::new();
        match self.invocation {
            Invocation::Single => {
                for context in contexts {
                    log(1);
                    results.push((self.lambda)(context).await);
                }
            }
            Invocation::Batch => {
                for batch in contexts.chunks(MAX_BATCH) {
                    log(batch.len());
                    let answer = (self.lambda)(Value::from(batch)).await;
                    results.extend(unpack(answer, batch.len()));
                }
            }
        }
        results
    }
}

/// The items of a batch's answer: one for each context, in their order.
fn unpack(answer: Result<Value, Failure>, count: usize) -> Vec<Result<Value, Failure>> {
    match answer {
        Ok(Value::Array(items)) if items.len() == count => items.into_iter().map(unpack_item).collect(),
        Ok(_) => {
            vec![Err(Failure::new("MappingTemplate", "A batch answers with as many items as it was given")); count]
        }
        Err(failure) => vec![Err(failure); count],
    }
}

fn unpack_item(mut item: Value) -> Result<Value, Failure> {
    let text = |name: &str| item[name].as_str().map(str::to_owned);
    match (text("errorMessage"), text("errorType")) {
        (None, None) => Ok(item["data"].take()),
        (message, error_type) => {
            Err(Failure { error_type: error_type.unwrap_or_default(), message: message.unwrap_or_default() })
        }
    }
}
