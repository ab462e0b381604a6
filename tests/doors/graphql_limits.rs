//! What the API refuses of requests as a whole, and what it tells of its own faults.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use lambda_http::RequestExt;
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
async fn the_parameters_of_a_get_may_hold_as_much_as_a_body() {
    let home = Home::open().await;
    // A URL as long as this comes through no gateway, so the handler itself is asked.
    let get = async |bytes: usize| {
        let query = format!("{{ __typename }}#{}", "x".repeat(bytes - "query{ __typename }#".len()));
        let parameters = HashMap::from([("query".to_owned(), vec![query])]);
        let request = http::Request::get("/graphql").body(lambda_http::Body::Empty).expect("a request");
        let answer = home.system.api.handle(request.with_query_string_parameters(parameters)).await;
        (answer.status(), serde_json::from_slice::<Value>(answer.body()).expect("JSON"))
    };
    assert_eq!(get(MAX_BODY_BYTES).await, (StatusCode::OK, json!({ "data": query_data() })));
    let (status, answer) = get(MAX_BODY_BYTES + 1).await;
    assert_eq!((status, error_codes(&answer)), (StatusCode::URI_TOO_LONG, vec!["BAD_REQUEST".to_owned()]));
    assert_eq!(answer.get("data"), None);
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

/// Breaks the record of a person, so that nobody can read it.
async fn break_person(home: &Home, actor: &Actor) {
    let key = format!("USER#{}", actor.id().await.trim_start_matches("usr_"));
    let text = |value: &str| aws_sdk_dynamodb::types::AttributeValue::S(value.to_owned());
    let client = aws_port::dynamodb(home, &aws_port::secrets(home));
    let update = client.update_item().table_name("mantel").key("PK", text(&key)).key("SK", text("USER"));
    let update = update
        .update_expression("SET disabled = :secret")
        .condition_expression("attribute_exists(PK)")
        .expression_attribute_values(":secret", text("a-secret-value"));
    update.send().await.expect("the record is there");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_before_anything_is_executed_shows_the_id_of_the_request_too() {
    let home = Home::open().await;
    let visitor = home.visitor().await;
    break_person(&home, &visitor).await;
    for accept in ["application/json", ACCEPT_NEW] {
        let token = visitor.access_token().expect("a session");
        let answer = Answer::of(ask(&home, &typename()).bearer_auth(token).header(header::ACCEPT, accept)).await;
        assert_fault(&answer);
        assert!(!answer.body.to_string().contains("a-secret-value"), "{:#}", answer.body);
    }
}

/// A fault of ours: status 500, the fixed text, the id of the request, and nothing more.
fn assert_fault(answer: &Answer) {
    answer.assert_refused(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", "a fault");
    let request_id = answer.header("x-request-id");
    assert!(!request_id.is_empty(), "{:?}", answer.headers);
    let error = json!({
        "message": "Something went wrong on our side.",
        "extensions": { "code": "INTERNAL", "requestId": request_id },
    });
    assert_eq!(answer.body, json!({ "errors": [error] }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_is_answered_as_a_fault_and_the_next_request_goes_well() {
    let draws_left = Arc::new(AtomicI64::new(i64::MAX));
    let fuse = draws_left.clone();
    // A random source that fails, as that of an operating system might.
    let home = Home::open_with(move |options| {
        let random = options.random.clone();
        options.random = Arc::new(move |bytes| {
            assert!(fuse.fetch_sub(1, Ordering::SeqCst) != 1, "no random bytes for a-secret-value");
            random(bytes);
        });
    })
    .await;
    let admin = home.admin().await;
    let create = "mutation { createGallery(input: { title: \"Unlucky\" }) { gallery { id } } }";
    let asks = async |draws: i64| {
        draws_left.store(draws, Ordering::SeqCst);
        let token = admin.access_token().expect("a session");
        Answer::of(ask(&home, &json!({ "query": create })).bearer_auth(token)).await
    };
    // The gateway and the door draw ids of the request before the resolver draws that of the gallery.
    let in_a_resolver = asks(3).await;
    assert_fault(&in_a_resolver);
    assert!(!in_a_resolver.body.to_string().contains("a-secret-value"), "{:#}", in_a_resolver.body);
    for draws in [1, 2] {
        let before_the_resolver = asks(draws).await;
        assert_eq!(before_the_resolver.status, StatusCode::INTERNAL_SERVER_ERROR, "{draws}");
        assert_eq!(before_the_resolver.body, "Something went wrong on our side.\n", "{draws}");
    }
    let well = asks(i64::MAX).await;
    assert_eq!(well.status, StatusCode::OK);
    assert!(well.body["data"]["createGallery"]["gallery"]["id"].is_string(), "{:#}", well.body);
    let data = admin.gets("{ galleries { edges { node { title } } } }", json!({})).await;
    assert_eq!(data["galleries"]["edges"].as_array().map(Vec::len), Some(1), "{data:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_names_its_request() {
    let home = Home::open().await;
    let mut ids = BTreeSet::new();
    for (status, request) in [
        (StatusCode::OK, ask(&home, &typename())),
        (StatusCode::OK, ask(&home, &json!({ "query": "{ noSuchField }" }))),
        (StatusCode::BAD_REQUEST, post(&home, "application/json", "{")),
        (StatusCode::UNAUTHORIZED, ask(&home, &typename()).bearer_auth("garbage")),
        (StatusCode::METHOD_NOT_ALLOWED, home.http.delete(home.url("/graphql"))),
        (StatusCode::NOT_ACCEPTABLE, ask(&home, &typename()).header(header::ACCEPT, "text/html")),
        (StatusCode::PAYLOAD_TOO_LARGE, post(&home, "application/json", "x".repeat(MAX_BODY_BYTES + 1))),
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, post(&home, "text/plain", "{}")),
    ] {
        let answer = Answer::of(request).await;
        assert_eq!(answer.status, status, "{:#}", answer.body);
        let id = answer.header("x-request-id").to_owned();
        assert!(!id.is_empty(), "{status}: {:?}", answer.headers);
        assert!(ids.insert(id), "{status}: the id of another request");
    }
}
