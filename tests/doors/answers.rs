//! How large an answer may be.

use reqwest::{StatusCode, header};
use serde_json::{Value, json};

use super::graphql_over_http::{ACCEPT_NEW, Answer, ask};
use crate::support::{Actor, Home};

const MAX_ANSWER_BYTES: usize = 1_048_576;
/// Names are as long as one likes, and stand in every row: so few rows make a large answer.
const ROWS: usize = 20;

fn document(alias: usize, padding: usize) -> String {
    let (alias, padding) = ("a".repeat(alias), "p".repeat(padding));
    format!("{{ {padding}: __typename galleries(first: 100) {{ edges {{ node {{ {alias}: id }} }} }} }}")
}

/// A document whose answer has exactly as many bytes.
async fn document_for(actor: &Actor, bytes: usize) -> String {
    let (_, smallest) = actor.hears(&document(1, 1), Value::Null).await;
    let missing = bytes - smallest.len();
    document(1 + missing / ROWS, 1 + missing % ROWS)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_may_have_1_mib_and_not_a_byte_more() {
    let home = Home::open().await;
    let admin = home.admin().await;
    for n in 0..ROWS {
        admin.makes_gallery(&format!("Gallery {n}"), "FAMILY").await;
    }
    let (status, text) = admin.hears(&document_for(&admin, MAX_ANSWER_BYTES).await, Value::Null).await;
    assert_eq!((status, text.len()), (StatusCode::OK, MAX_ANSWER_BYTES));
    let answer: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(answer["data"]["galleries"]["edges"].as_array().map(Vec::len), Some(ROWS));

    let past = json!({ "query": document_for(&admin, MAX_ANSWER_BYTES + 1).await });
    for accept in ["application/json", ACCEPT_NEW] {
        let token = admin.access_token().expect("a session");
        let answer = Answer::of(ask(&home, &past).bearer_auth(token).header(header::ACCEPT, accept)).await;
        // It was executed, so there is `data`, and the status says so, by the specification in both media types.
        assert_eq!(answer.status, StatusCode::OK, "{accept}");
        let error = json!({
            "message": "The answer is larger than 1 MB. Ask for less at once.",
            "extensions": { "code": "RESPONSE_TOO_LARGE" },
        });
        assert_eq!(answer.body, json!({ "data": null, "errors": [error] }), "{accept}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mutation_whose_answer_is_too_large_says_that_it_was_done() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let alias = "a".repeat(MAX_ANSWER_BYTES / 100);
    let document = format!(
        "mutation($input: DeleteMediaInput!) {{ createGallery(input: {{ title: \"Done\" }}) {{ gallery {{ id }} }} \
         deleteMedia(input: $input) {{ userErrors {{ {alias}: message }} }} }}"
    );
    let ids: Vec<String> = (0..100).map(|n| format!("nothing-{n}")).collect();
    let answer = admin.asks(&document, json!({ "input": { "ids": ids } })).await;
    let message = "The answer is larger than 1 MB. Ask for less at once. What the mutation did is done.";
    assert_eq!(answer["errors"][0]["message"], message, "{answer:#}");
    assert_eq!(answer["errors"][0]["extensions"], json!({ "code": "RESPONSE_TOO_LARGE" }));
    assert_eq!(answer["data"], Value::Null);
    let data = admin.gets("{ galleries { edges { node { title } } } }", json!({})).await;
    assert_eq!(data["galleries"]["edges"], json!([{ "node": { "title": "Done" } }]));
}
