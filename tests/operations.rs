//! What clients send, `client/operations`: complete, valid, and within the limits of the server.

use std::{collections::BTreeSet, sync::Arc};

use async_graphql::{
    Request, ServerError, ValidationResult, Variables,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextValidation},
};
use async_graphql_parser::types::{OperationType, TypeKind};
use serde_json::json;

use crate::{
    schema,
    support::{
        Home,
        operations::{Operation, operations},
    },
};

/// What a valid document is answered with, as it is not executed.
const VALID: &str = "valid";

struct ValidateOnly;

impl ExtensionFactory for ValidateOnly {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for ValidateOnly {
    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        next.run(ctx).await?;
        Err(vec![ServerError::new(VALID, None)])
    }
}

/// A root of the schema, whichever type it has.
fn root<T: Default>() -> T {
    T::default()
}

/// What the rules of GraphQL have against a document, each with its line and column.
///
/// The library never gets to one rule, "all variable usages are allowed" (section 5.8.5 of the specification): its
/// combined visitor does not pass input values on. `tests/clients` holds the operations against that one as well.
async fn problems_of(operation: &Operation) -> Vec<String> {
    let schema = resolvers::Schema::build(root(), root(), root());
    let schema = schema.disable_suggestions().extension(ValidateOnly).finish();
    let variables = Variables::from_json(operation.placeholder_variables(&schema::types()));
    let answer = schema.execute(Request::new(&operation.text).variables(variables)).await;
    assert!(!answer.errors.is_empty(), "{} was executed", operation.name);
    let problems = answer.errors.iter().filter(|error| error.message != VALID);
    let places = problems.map(|error| {
        let place = error.locations.first().copied().unwrap_or_default();
        format!("{}, line {}, column {}: {}", operation.name, place.line, place.column, error.message)
    });
    places.collect()
}

/// The root fields that a schema has and no operation asks for.
fn unused_root_fields(operations: &[Operation]) -> Vec<String> {
    let types = schema::types();
    let mut unused = BTreeSet::new();
    for root in ["Query", "Mutation", "Subscription"] {
        if let Some(TypeKind::Object(object)) = types.get(root).map(|ty| &ty.kind) {
            unused.extend(object.fields.iter().map(|field| format!("{root}.{}", field.node.name.node)));
        }
    }
    for used in operations.iter().flat_map(Operation::root_fields) {
        unused.remove(&used);
    }
    unused.retain(|name| !schema::is_for_services(name));
    unused.into_iter().collect()
}

#[test]
fn every_root_field_has_an_operation() {
    let unused = unused_root_fields(&operations());
    assert!(unused.is_empty(), "without a file in client/operations: {}", unused.join(", "));
}

#[test]
fn a_root_field_without_an_operation_is_named() {
    let mut operations = operations();
    operations.retain(|operation| operation.name != "SignIn");
    assert_eq!(unused_root_fields(&operations), ["Mutation.signIn"]);
}

#[tokio::test]
async fn every_operation_is_valid() {
    let mut problems = Vec::new();
    for operation in operations() {
        problems.extend(problems_of(&operation).await);
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[tokio::test]
async fn a_broken_operation_is_found_with_its_place() {
    let problems = async |text: &str| problems_of(&Operation::read("x", text.to_owned()).expect("well-formed")).await;
    let unknown = problems("query X {\n  viewer { id nothing }\n}").await;
    assert_eq!(unknown.len(), 1, "{unknown:?}");
    assert!(unknown[0].starts_with("X, line 2, column 15: ") && unknown[0].contains("nothing"), "{unknown:?}");
    for broken in [
        "query X($id: Gallery) { gallery(id: $id) { id } }",
        "query X($id: ID!) { gallery(id: $id, name: \"x\") { id } }",
        "query X($id: ID!) { viewer { id } }",
        "query X { gallery { id } }",
        "query X { viewer }",
        "query X($id: ID!) { node(id: $id) { ... on Rendition { url } } }",
    ] {
        assert_eq!(problems(broken).await.len(), 1, "{broken}");
    }
    assert_eq!(problems("query X { viewer { id } }").await, Vec::<String>::new());
}

#[test]
fn a_file_holds_one_named_operation_and_has_its_name() {
    for (stem, text, complaint) in [
        ("sign-in", "query Viewer { viewer { id } }", "should hold SignIn"),
        ("viewer", "{ viewer { id } }", "must have a name"),
        ("viewer", "query Viewer { viewer { id } } query Users { users { edges { cursor } } }", "must hold one"),
        ("viewer", "query Viewer { viewer { ...F } } fragment F on User { id }", "spell out fragment F"),
        ("viewer", "query Viewer { viewer { id }", "expected"),
    ] {
        let problem = Operation::read(stem, text.to_owned()).err().expect("it is refused");
        assert!(problem.contains(complaint), "{text}: {problem}");
    }
    assert!(Operation::read("viewer", "query Viewer { viewer { id } }".to_owned()).is_ok());
}

/// Depth, aliases, tokens, cost: the server has the last word, and would not execute what is past one of them.
#[tokio::test(flavor = "multi_thread")]
async fn every_operation_is_within_the_limits_of_the_server() {
    let home = Home::open().await;
    let anonymous = home.anonymous();
    let types = schema::types();
    let mut refused = Vec::new();
    // Subscriptions do not come as plain requests; that they are valid is held above.
    for operation in operations().iter().filter(|operation| operation.kind() != OperationType::Subscription) {
        let answer = anonymous.asks(&operation.text, operation.placeholder_variables(&types)).await;
        if answer.get("data").is_none() {
            refused.push(format!("{}: {}", operation.name, answer["errors"]));
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    let too_deep = "{ a: media(id: \"x\") { gallery { cover { gallery { cover { gallery { cover { gallery { cover { gallery \
                    { cover { gallery { id } } } } } } } } } } } } }";
    let answer = anonymous.asks(too_deep, json!({})).await;
    assert_eq!(answer.get("data"), None, "what is past a limit is told apart: {answer:#}");
}
