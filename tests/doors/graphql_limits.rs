//! What the API refuses of well-formed requests: too much, too deep, too curious.

use reqwest::{StatusCode, header};
use serde_json::{Value, json};

use super::{
    aws_port,
    graphql_over_http::{ACCEPT_NEW, Answer, ask, post, query_data, typename},
};
use crate::support::{Actor, Home, actor::error_codes};

/// As much as a body may hold.
const MAX_BODY_BYTES: usize = 100 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_no_single_request_are_refused() {
    let home = Home::open().await;
    let one = typename().to_string();
    let bodies: [&[u8]; 9] = [
        b"",
        b"{ \"not a JSON",
        b"null",
        b"\"{ __typename }\"",
        b"{ __typename }",
        b"[]",
        b"[{\"query\":\"{ __typename }\"},{\"query\":\"{ __typename }\"}]",
        b"{\"query\":\"{ __typename } # \xff\xfe\"}",
        b"{\"query\":\"{ __typename }\"} more",
    ];
    for body in bodies {
        for accept in ["application/json", ACCEPT_NEW] {
            let request = post(&home, "application/json", body.to_vec()).header(header::ACCEPT, accept);
            Answer::of(request).await.assert_bad_request(&String::from_utf8_lossy(body));
        }
    }
    let batch = format!("[{one}]");
    Answer::of(post(&home, "application/json", batch)).await.assert_bad_request("a batch of one");
    let nested = format!("{{\"query\":{}", "[".repeat(50_000));
    Answer::of(post(&home, "application/json", nested)).await.assert_bad_request("a deep nest");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_may_hold_100_kib_and_not_a_byte_more() {
    let home = Home::open().await;
    let padded = |bytes: usize| {
        let frame = json!({ "query": "{ __typename }#" }).to_string().len();
        json!({ "query": format!("{{ __typename }}#{}", "x".repeat(bytes - frame)) }).to_string()
    };
    let full = padded(MAX_BODY_BYTES);
    assert_eq!(full.len(), MAX_BODY_BYTES);
    Answer::of(post(&home, "application/json", full)).await.assert_data(&query_data(), "at the limit");
    let past = Answer::of(post(&home, "application/json", padded(MAX_BODY_BYTES + 1))).await;
    past.assert_refused(StatusCode::PAYLOAD_TOO_LARGE, "BAD_REQUEST", "past the limit");
    let far_past = Answer::of(post(&home, "application/json", padded(10 * MAX_BODY_BYTES))).await;
    assert_eq!(far_past.status, StatusCode::PAYLOAD_TOO_LARGE, "far past the limit");
}

#[tokio::test(flavor = "multi_thread")]
async fn repeated_authorization_headers_are_refused() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let visitor = home.visitor().await;
    let bearer = |actor: &Actor| format!("Bearer {}", actor.access_token().expect("a session"));
    let (admin, visitor) = (bearer(&admin), bearer(&visitor));
    let body = json!({ "query": "{ viewer { id } }" });
    for pair in [[&admin, &visitor], [&visitor, &admin], [&admin, &admin]] {
        let request = pair.into_iter().fold(ask(&home, &body), |request, value| request.header("authorization", value));
        Answer::of(request).await.assert_refused(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", "two tokens");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_shows_the_id_of_the_request_and_nothing_of_its_reason() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Broken", "FAMILY").await;
    // A record that nobody can read.
    let key = format!("GAL#{}", gallery.trim_start_matches("gal_"));
    let text = |value: &str| aws_sdk_dynamodb::types::AttributeValue::S(value.to_owned());
    let client = aws_port::dynamodb(&home, &aws_port::secrets(&home));
    let update = client.update_item().table_name("mantel").key("PK", text(&key)).key("SK", text("GAL"));
    let update = update
        .update_expression("SET media_count = :secret")
        .condition_expression("attribute_exists(PK)")
        .expression_attribute_values(":secret", text("a-secret-value"));
    update.send().await.expect("the record is there");

    let document = "query($id: ID!) { gallery(id: $id) { id title } signInOptions { label } }";
    let answer = admin.asks(document, json!({ "id": gallery })).await;
    assert_eq!(error_codes(&answer), ["INTERNAL"], "{answer:#}");
    assert_eq!(answer["data"]["gallery"], Value::Null);
    assert_eq!(answer["data"]["signInOptions"][0]["label"], "Admin", "a sibling stays");
    let error = answer["errors"][0].as_object().expect("an error");
    assert_eq!(error["message"], "Something went wrong on our side.");
    assert_eq!(error["path"], json!(["gallery"]));
    let request_id = error["extensions"]["requestId"].as_str().expect("the id of the request");
    assert!(!request_id.is_empty());
    assert_eq!(error["extensions"].as_object().map(serde_json::Map::len), Some(2), "{answer:#}");
    let text = answer.to_string();
    for inner in ["a-secret-value", "media_count", "GAL#", "parse", "ynamo", "serde", "mantel"] {
        assert!(!text.contains(inner), "`{inner}` leaks: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schema_is_shown_to_everyone_signed_in_and_to_nobody_else() {
    let home = Home::open().await;
    let document = "query($name: String!) { __schema { queryType { name } } __type(name: $name) { name } }";
    let variables = json!({ "name": "Gallery" });
    let answer = home.anonymous().asks(document, variables.clone()).await;
    assert_eq!(error_codes(&answer), ["UNAUTHENTICATED", "UNAUTHENTICATED"], "{answer:#}");
    assert_eq!(answer["data"], json!({ "__schema": null, "__type": null }));
    for actor in [home.visitor().await, home.admin().await] {
        let data = actor.gets(document, variables.clone()).await;
        assert_eq!(data, json!({ "__schema": { "queryType": { "name": "Query" } }, "__type": { "name": "Gallery" } }));
        let data = actor.gets(document, json!({ "name": "Nothing" })).await;
        assert_eq!(data["__type"], Value::Null);
    }
}

/// Whether a document is let through to execution.
async fn is_executed(home: &Home, document: &str) -> bool {
    let answer = home.anonymous().asks(document, json!({})).await;
    answer.get("data").is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_have_limits_of_depth_aliases_and_directives() {
    let home = Home::open().await;
    let deep = |levels: usize| {
        // `media`, then galleries and covers by turns, then an id.
        let between: Vec<&str> = ["gallery", "cover"].into_iter().cycle().take(levels - 2).collect();
        let inner = between.iter().rev().fold("id".to_owned(), |inner, field| format!("{field} {{ {inner} }}"));
        format!("{{ media(id: \"med_x\") {{ {inner} }} }}")
    };
    let aliased = |count: usize| {
        let fields: Vec<String> = (0..count).map(|n| format!("a{n}: __typename")).collect();
        format!("{{ {} }}", fields.join(" "))
    };
    let directed = |count: usize| format!("{{ __typename {} }}", "@include(if: true) ".repeat(count));
    for (what, within, past) in [
        ("depth", deep(12), deep(13)),
        ("aliases", aliased(15), aliased(16)),
        ("directives", directed(10), directed(11)),
    ] {
        assert!(is_executed(&home, &within).await, "{what}: {within}");
        assert!(!is_executed(&home, &past).await, "{what}: {past}");
    }
}
