//! The HTTP door of the API, held against the GraphQL-over-HTTP specification. The audits of the npm package
//! `graphql-http` run beside it, in `tests/audits`.

use reqwest::{Body, Method, RequestBuilder, StatusCode, header, header::HeaderMap};
use serde_json::{Value, json};

use crate::support::{Home, actor::error_codes};

const JSON: &str = "application/json; charset=utf-8";
const GRAPHQL_RESPONSE: &str = "application/graphql-response+json; charset=utf-8";
pub(super) const ACCEPT_NEW: &str = "application/graphql-response+json";

pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
}

impl Answer {
    pub(super) async fn of(request: RequestBuilder) -> Self {
        let answer = request.send().await.expect("an answer");
        let (status, headers) = (answer.status(), answer.headers().clone());
        let text = answer.text().await.expect("a text in UTF-8");
        Self { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Refused as a whole: errors with a code, and no `data`.
    pub(super) fn assert_refused(&self, status: StatusCode, code: &str, what: &str) {
        assert_eq!(self.status, status, "{what}: {:#}", self.body);
        assert_eq!(error_codes(&self.body), [code], "{what}: {:#}", self.body);
        assert_eq!(self.body.get("data"), None, "{what}: {:#}", self.body);
        assert_eq!(self.header("cache-control"), "no-store", "{what}");
    }

    pub(super) fn assert_bad_request(&self, what: &str) {
        self.assert_refused(StatusCode::BAD_REQUEST, "BAD_REQUEST", what);
    }

    pub(super) fn assert_data(&self, data: &Value, what: &str) {
        assert_eq!(self.status, StatusCode::OK, "{what}: {:#}", self.body);
        assert_eq!(self.body, json!({ "data": data }), "{what}");
    }
}

pub(super) fn post(home: &Home, content_type: &str, body: impl Into<Body>) -> RequestBuilder {
    home.http.post(home.url("/graphql")).header(header::CONTENT_TYPE, content_type).body(body)
}

pub(super) fn ask(home: &Home, body: &Value) -> RequestBuilder {
    post(home, "application/json", body.to_string())
}

pub(super) fn get(home: &Home, parameters: &[(&str, &str)]) -> RequestBuilder {
    let url = url::Url::parse_with_params(&home.url("/graphql"), parameters).expect("a URL");
    home.http.get(url.as_str())
}

pub(super) fn typename() -> Value {
    json!({ "query": "{ __typename }" })
}

pub(super) fn query_data() -> Value {
    json!({ "__typename": "Query" })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_comes_in_the_media_type_that_was_asked_for() {
    let home = Home::open().await;
    for (accept, content_type) in [
        (None, JSON),
        (Some("*/*"), JSON),
        (Some("application/*"), JSON),
        (Some("application/json"), JSON),
        (Some("Application/JSON; charset=utf-8"), JSON),
        (Some("text/html, application/json;q=0.5"), JSON),
        (Some("application/graphql-response+json;q=0, application/json"), JSON),
        (Some(ACCEPT_NEW), GRAPHQL_RESPONSE),
        (Some("application/graphql-response+json; charset=utf-8, application/json; charset=utf-8"), GRAPHQL_RESPONSE),
        (Some("application/json, application/graphql-response+json;q=0.9"), GRAPHQL_RESPONSE),
    ] {
        let request = ask(&home, &typename());
        let request = accept.into_iter().fold(request, |request, accept| request.header(header::ACCEPT, accept));
        let answer = Answer::of(request).await;
        answer.assert_data(&query_data(), &format!("{accept:?}"));
        assert_eq!(answer.header("content-type"), content_type, "{accept:?}");
        assert!(answer.header("vary").contains("Accept"), "{accept:?}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{accept:?}");
        assert_eq!(answer.header("cache-control"), "no-store", "{accept:?}");
    }
    for accept in ["text/html", "application/xml, text/*", "application/json;q=0", "application/graphql+json"] {
        let answer = Answer::of(ask(&home, &typename()).header(header::ACCEPT, accept)).await;
        answer.assert_refused(StatusCode::NOT_ACCEPTABLE, "BAD_REQUEST", accept);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_json_in_utf_8_is_read() {
    let home = Home::open().await;
    for content_type in [
        "application/json",
        "application/json; charset=utf-8",
        "application/json;charset=\"UTF-8\"",
        "APPLICATION/JSON",
    ] {
        let answer = Answer::of(post(&home, content_type, typename().to_string())).await;
        answer.assert_data(&query_data(), content_type);
    }
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/graphql+json",
        "application/json; charset=utf-16",
        "application/json; charset=iso-8859-1",
        "application/jsonp",
        "",
    ] {
        let answer = Answer::of(post(&home, content_type, typename().to_string())).await;
        answer.assert_refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "BAD_REQUEST", content_type);
    }
    let untyped = home.http.post(home.url("/graphql")).body(typename().to_string());
    Answer::of(untyped).await.assert_refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "BAD_REQUEST", "no content type");
}

#[tokio::test(flavor = "multi_thread")]
async fn text_beyond_ascii_arrives_and_comes_back() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let title = "Großmutter 🏊 夏";
    let gallery = admin.makes_gallery(title, "FAMILY").await;
    let data = admin.gets("query($id: ID!) { gallery(id: $id) { title } }", json!({ "id": gallery })).await;
    assert_eq!(data["gallery"]["title"], title);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_methods_are_refused_with_those_that_work() {
    let home = Home::open().await;
    for method in [Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS, Method::HEAD] {
        let request = home.http.request(method.clone(), home.url("/graphql")).json(&typename());
        let answer = Answer::of(request).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert_eq!(answer.header("allow"), "GET, POST", "{method}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn get_answers_queries() {
    let home = Home::open().await;
    let two = "query A { a: __typename } query B { b: __typename }";
    for (parameters, data) in [
        (&[("query", "{ __typename }")][..], query_data()),
        (&[("query", "{ __typename }"), ("operationName", ""), ("variables", ""), ("extensions", "")], query_data()),
        (&[("query", two), ("operationName", "B")], json!({ "b": "Query" })),
        (
            &[
                ("query", "query($no: Boolean!) { __typename signInOptions @include(if: $no) { id } }"),
                ("variables", r#"{"no":false}"#),
            ],
            query_data(),
        ),
    ] {
        for accept in ["application/json", ACCEPT_NEW] {
            let answer = Answer::of(get(&home, parameters).header(header::ACCEPT, accept)).await;
            answer.assert_data(&data, &format!("{parameters:?}"));
        }
    }
    for parameters in [
        &[][..],
        &[("variables", "{}")],
        &[("query", "{ __typename }"), ("variables", "{")],
        &[("query", "{ __typename }"), ("variables", "[]")],
        &[("query", "{ __typename }"), ("variables", "1")],
        &[("query", "{ __typename }"), ("extensions", "no JSON")],
        &[("query", "{ __typename }"), ("extensions", "\"text\"")],
    ] {
        Answer::of(get(&home, parameters)).await.assert_bad_request(&format!("{parameters:?}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn get_changes_nothing() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let token = admin.access_token().expect("a session").to_owned();
    let create = "mutation { createGallery(input: { title: \"By GET\" }) { gallery { id } } }";
    let both = format!("query Q {{ __typename }} {}", create.replace("mutation", "mutation M"));
    for parameters in [
        &[("query", create)][..],
        &[("query", "mutation { __typename }")],
        &[("query", &both), ("operationName", "M")],
        &[("query", &both)],
        &[("query", "subscription { __typename }")],
    ] {
        for accept in ["application/json", ACCEPT_NEW] {
            let request = get(&home, parameters).bearer_auth(&token).header(header::ACCEPT, accept);
            let answer = Answer::of(request).await;
            answer.assert_refused(StatusCode::METHOD_NOT_ALLOWED, "BAD_REQUEST", &format!("{parameters:?}"));
            assert_eq!(answer.header("allow"), "GET, POST", "{parameters:?}");
        }
    }
    let answer = Answer::of(get(&home, &[("query", &both), ("operationName", "Q")]).bearer_auth(&token)).await;
    answer.assert_data(&query_data(), "the query beside a mutation");
    let data = admin.gets("{ galleries { edges { node { title } } } }", json!({})).await;
    assert_eq!(data["galleries"]["edges"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_of_another_type_are_refused() {
    let home = Home::open().await;
    for query in [json!({ "obj": "ect" }), json!(0), json!(false), json!(["array"]), Value::Null] {
        Answer::of(ask(&home, &json!({ "query": query }))).await.assert_bad_request(&format!("query {query}"));
    }
    Answer::of(ask(&home, &json!({ "qeury": "{ __typename }" }))).await.assert_bad_request("no query");
    let wrong = [
        ("operationName", [json!({ "obj": "ect" }), json!(0), json!(false), json!(["array"])]),
        ("variables", [json!("string"), json!(0), json!(false), json!(["array"])]),
        ("extensions", [json!("string"), json!(0), json!(false), json!(["array"])]),
    ];
    for (parameter, values) in wrong {
        for value in values {
            let mut body = typename();
            body[parameter] = value;
            Answer::of(ask(&home, &body)).await.assert_bad_request(&body.to_string());
        }
        for accept in ["application/json", ACCEPT_NEW] {
            let mut body = typename();
            body[parameter] = Value::Null;
            Answer::of(ask(&home, &body).header(header::ACCEPT, accept)).await.assert_data(&query_data(), parameter);
        }
    }
    let mut body = typename();
    body["extensions"] = json!({ "some": "value" });
    body["unknown"] = json!("is ignored");
    Answer::of(ask(&home, &body)).await.assert_data(&query_data(), "extensions");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_cannot_be_executed_has_no_data_and_its_status_follows_the_media_type() {
    let home = Home::open().await;
    for body in [
        json!({ "query": "{" }),
        json!({ "query": "" }),
        json!({ "query": "{ noSuchField }" }),
        json!({ "query": "{ viewer }" }),
        json!({ "query": "{ signInOptions { id { more } } }" }),
        json!({ "query": "query { ...Missing }" }),
        json!({ "query": "{ gallery { id } }" }),
        json!({ "query": "query A { __typename } query B { __typename }" }),
        json!({ "query": "query A { __typename }", "operationName": "B" }),
        json!({ "query": "query($id: ID!) { __typename }", "variables": { "id": null } }),
        json!({ "query": "query($id: ID!) { gallery(id: $id) { id } }" }),
        json!({ "query": "query($n: Int!) { galleries(first: $n) { edges { cursor } } }", "variables": { "n": "one" } }),
        json!({ "query": "subscription { __typename }" }),
    ] {
        for (accept, status) in [("application/json", StatusCode::OK), (ACCEPT_NEW, StatusCode::BAD_REQUEST)] {
            let answer = Answer::of(ask(&home, &body).header(header::ACCEPT, accept)).await;
            assert_eq!(answer.status, status, "{body} as {accept}: {:#}", answer.body);
            assert_eq!(answer.body.get("data"), None, "{body}: {:#}", answer.body);
            assert!(error_codes(&answer.body).iter().all(|code| code == "BAD_REQUEST"), "{body}: {:#}", answer.body);
            assert!(!error_codes(&answer.body).is_empty(), "{body}: {:#}", answer.body);
            assert_eq!(answer.body.get("extensions"), None, "{body}: {:#}", answer.body);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_was_executed_is_answered_with_200_whatever_failed_in_it() {
    let home = Home::open().await;
    let body = json!({ "query": "{ good: __typename viewer { id } }" });
    for accept in ["application/json", ACCEPT_NEW] {
        let answer = Answer::of(ask(&home, &body).header(header::ACCEPT, accept)).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.body["data"], json!({ "good": "Query", "viewer": null }));
        assert_eq!(error_codes(&answer.body), ["UNAUTHENTICATED"]);
        assert_eq!(answer.body["errors"][0]["path"], json!(["viewer"]));
        assert_eq!(answer.body["errors"][0]["locations"], json!([{ "line": 1, "column": 20 }]));
        assert_eq!(answer.body.get("extensions"), None, "{:#}", answer.body);
    }
}
