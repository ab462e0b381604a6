//! Who sees the schema, and what is told of it to those who guess.

use serde_json::{Value, json};

use crate::support::{Home, actor::error_codes};

const SCHEMA: &str = "query($name: String!) { __schema { queryType { name } } __type(name: $name) { name } }";

#[tokio::test(flavor = "multi_thread")]
async fn the_schema_is_shown_to_everyone_signed_in_and_to_nobody_else() {
    let home = Home::open().await;
    let variables = json!({ "name": "Gallery" });
    let answer = home.anonymous().asks(SCHEMA, variables.clone()).await;
    assert_eq!(error_codes(&answer), ["UNAUTHENTICATED", "UNAUTHENTICATED"], "{answer:#}");
    assert_eq!(answer["data"], json!({ "__schema": null, "__type": null }));
    for actor in [home.visitor().await, home.admin().await] {
        let data = actor.gets(SCHEMA, variables.clone()).await;
        assert_eq!(data, json!({ "__schema": { "queryType": { "name": "Query" } }, "__type": { "name": "Gallery" } }));
        let data = actor.gets(SCHEMA, json!({ "name": "Nothing" })).await;
        assert_eq!(data["__type"], Value::Null);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_dev_the_schema_is_shown_to_everybody_and_nothing_else_is() {
    let home = Home::open_with(|options| options.dev = true).await;
    let anonymous = home.anonymous();
    let data = anonymous.gets(SCHEMA, json!({ "name": "Gallery" })).await;
    assert_eq!(data, json!({ "__schema": { "queryType": { "name": "Query" } }, "__type": { "name": "Gallery" } }));
    let data = anonymous.gets("{ __schema { types { name fields { name } } } }", json!({})).await;
    assert!(data["__schema"]["types"].as_array().is_some_and(|types| types.len() > 50), "{data:#}");
    let answer = anonymous.asks("{ viewer { id } users { edges { cursor } } }", json!({})).await;
    assert_eq!(error_codes(&answer), ["UNAUTHENTICATED", "UNAUTHENTICATED"], "{answer:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn introspection_does_not_go_round_in_circles() {
    let home = Home::open().await;
    let visitor = home.visitor().await;
    let document = |times: usize| {
        let inner = (0..times).fold("name".to_owned(), |inner, _| format!("fields {{ type {{ {inner} }} }}"));
        format!("{{ __type(name: \"Gallery\") {{ {inner} }} }}")
    };
    visitor.gets(&document(2), json!({})).await;
    let answer = visitor.asks(&document(3), json!({})).await;
    let message = "The document has 3 lists of types in each other; at most 2 are allowed.";
    assert_eq!(answer["errors"][0]["message"], message, "{answer:#}");
    assert_eq!(answer.get("data"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_guess_is_told_no_right_name() {
    let home = Home::open().await;
    let anonymous = home.anonymous();
    for document in [
        "{ gallerys { id } }",
        "{ signInOption { id } }",
        "{ signInOptions { labels } }",
        "{ gallery(ids: \"x\") { id } }",
        "{ ...F } fragment F on Galery { id }",
        "mutation { signIn(input: { passwort: \"x\" }) { challenge } }",
        "query($x: SignInInputs) { __typename }",
        "{ signInOptions @includes(if: true) { id } }",
    ] {
        let answer = anonymous.asks(document, json!({})).await;
        assert!(!error_codes(&answer).is_empty(), "{document}: {answer:#}");
        let text = answer["errors"].to_string();
        for hint in ["Did you mean", "did you mean", "galleries", "\"label\"", "Gallery", "password\\\" ?"] {
            let own = document.contains(hint);
            assert!(own || !text.contains(hint), "`{hint}` in {document}: {text}");
        }
    }
}
