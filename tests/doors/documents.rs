//! How much a document may be. What is past a limit is refused as a whole, and says which limit and what was found.

use reqwest::{StatusCode, header};
use serde_json::{Value, json};

use super::graphql_over_http::{ACCEPT_NEW, Answer, ask, get};
use crate::support::{Actor, Home, actor::error_codes};

/// Sends a document by every way there is, and sees that it is let through to execution.
async fn assert_taken(home: &Home, document: &str, what: &str) {
    for accept in ["application/json", ACCEPT_NEW] {
        for request in [ask(home, &json!({ "query": document })), get(home, &[("query", document)])] {
            let answer = Answer::of(request.header(header::ACCEPT, accept)).await;
            assert_eq!(answer.status, StatusCode::OK, "{what}: {:#}", answer.body);
            assert!(answer.body.get("data").is_some(), "{what}: {document}: {:#}", answer.body);
        }
    }
}

/// Sends a document by every way there is, and sees that it is refused with a message.
async fn assert_refused(home: &Home, document: &str, message: &str) {
    for (accept, status) in [("application/json", StatusCode::OK), (ACCEPT_NEW, StatusCode::BAD_REQUEST)] {
        for request in [ask(home, &json!({ "query": document })), get(home, &[("query", document)])] {
            let answer = Answer::of(request.header(header::ACCEPT, accept)).await;
            answer.assert_refused(status, "BAD_REQUEST", message);
            let found = answer.body["errors"][0]["message"].as_str().expect("a message");
            assert!(found.starts_with(message), "not `{message}` but `{found}`");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_may_have_1_000_tokens() {
    let home = Home::open().await;
    let document =
        |tokens: usize| format!("{{ signInOptions {{ {} }} }} # {{ not counted }}", "id, ".repeat(tokens - 5));
    assert_taken(&home, &document(1_000), "tokens").await;
    assert_refused(&home, &document(1_001), "The document has 1001 tokens; at most 1000 are allowed.").await;
    // Counted before it is parsed: what cannot be parsed is refused for its length.
    let message = "The document has 1002 tokens; at most 1000 are allowed.";
    assert_refused(&home, &document(1_001).replace("} }", "} } }"), message).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_may_be_12_fields_deep() {
    let home = Home::open().await;
    let document = |levels: usize| {
        // `media`, then galleries and covers by turns, then an id.
        let between: Vec<&str> = ["gallery", "cover"].into_iter().cycle().take(levels - 2).collect();
        let inner = between.iter().rev().fold("id".to_owned(), |inner, field| format!("{field} {{ {inner} }}"));
        format!("{{ media(id: \"med_x\") {{ {inner} }} }}")
    };
    let message = "The document has 13 fields in each other; at most 12 are allowed.";
    assert_taken(&home, &document(12), "depth").await;
    assert_refused(&home, &document(13), message).await;
    let hidden = |levels: usize| {
        let spread = document(levels).replacen("{ gallery", "{ ...F } } fragment F on Media { gallery", 1);
        spread.strip_suffix(" }").expect("the bracket of the operation").to_owned()
    };
    assert_taken(&home, &hidden(12), "depth by a fragment").await;
    assert_refused(&home, &hidden(13), message).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_may_have_24_selection_sets_in_each_other() {
    let home = Home::open().await;
    let document = |levels: usize| format!("{{ {} __typename {} }}", "... {".repeat(levels), "}".repeat(levels));
    assert_taken(&home, &document(24), "recursion").await;
    let message = "The document has 25 selection sets in each other; at most 24 are allowed.";
    assert_refused(&home, &document(25), message).await;
    let circle = "{ ...F } fragment F on Query { ...G } fragment G on Query { ...F ...F ...F }";
    assert_refused(&home, circle, "The fragment `F` contains itself.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_may_have_50_brackets_in_each_other() {
    let home = Home::open().await;
    let document = |levels: usize| {
        let inner = levels - 2;
        format!("query($v: {}Int{}) {{ __typename @include(if: true) }}", "[".repeat(inner + 1), "]".repeat(inner + 1))
    };
    // An unused variable: refused, but after it was parsed.
    let answer = home.anonymous().asks(&document(50), json!({})).await;
    assert!(answer["errors"][0]["message"].as_str().is_some_and(|m| m.contains("not used")), "{answer:#}");
    assert_refused(&home, &document(51), "The document has 51 brackets in each other; at most 50 are allowed.").await;
    assert_refused(&home, &"{".repeat(900), "The document has 900 brackets in each other").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_may_have_15_aliases() {
    let home = Home::open().await;
    let document = |count: usize| {
        let fields: Vec<String> = (0..count).map(|n| format!("a{n}: id")).collect();
        format!("{{ signInOptions {{ {} }} }}", fields.join(" "))
    };
    assert_taken(&home, &document(15), "aliases").await;
    assert_refused(&home, &document(16), "The document has 16 aliases; at most 15 are allowed.").await;
    let spread = "{ a: signInOptions { ...F } b: signInOptions { ...F } } fragment F on SignInOption {";
    let fields = |count: usize| (0..count).map(|n| format!("a{n}: id")).collect::<Vec<_>>().join(" ");
    assert_taken(&home, &format!("{spread} {} }}", fields(6)), "aliases in a fragment").await;
    assert_refused(&home, &format!("{spread} {} }}", fields(7)), "The document has 16 aliases").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_may_have_10_root_fields() {
    let home = Home::open().await;
    let fields = |count: usize| "__typename ".repeat(count);
    assert_taken(&home, &format!("{{ {} }}", fields(10)), "root fields").await;
    let message = "The document has 11 root fields; at most 10 are allowed.";
    assert_refused(&home, &format!("{{ {} }}", fields(11)), message).await;
    let spread = |own: usize, inline: usize, named: usize| {
        let (own, inline, named) = (fields(own), fields(inline), fields(named));
        format!("{{ {own} ... on Query {{ {inline} }} ...F }} fragment F on Query {{ ... {{ {named} }} }}")
    };
    assert_taken(&home, &spread(3, 3, 4), "root fields in fragments").await;
    assert_refused(&home, &spread(3, 4, 4), message).await;
    // Attempts to sign in cannot be multiplied beyond this.
    let attempt = |n: usize| format!("a{n}: signIn(input: {{ email: \"a@b.c\", password: \"x\" }}) {{ challenge }}");
    let attempts: Vec<String> = (0..11).map(attempt).collect();
    let body = json!({ "query": format!("mutation {{ {} }}", attempts.join(" ")) });
    Answer::of(ask(&home, &body)).await.assert_refused(StatusCode::OK, "BAD_REQUEST", "11 attempts");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_chosen_operation_has_its_root_fields_counted() {
    let home = Home::open().await;
    let document = format!("query A {{ __typename }} query B {{ {} }}", "__typename ".repeat(11));
    let answer = |name: &str| Answer::of(ask(&home, &json!({ "query": document, "operationName": name })));
    answer("A").await.assert_data(&json!({ "__typename": "Query" }), "the small one");
    answer("B").await.assert_refused(StatusCode::OK, "BAD_REQUEST", "the large one");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_may_have_10_directives() {
    let home = Home::open().await;
    let document = |count: usize| format!("{{ __typename {} }}", "@include(if: true) ".repeat(count));
    assert_taken(&home, &document(10), "directives").await;
    let message = "The document has 11 directives in one place; at most 10 are allowed.";
    assert_refused(&home, &document(11), message).await;
    let fragment = format!("{{ ... {} {{ __typename }} }}", "@include(if: true) ".repeat(11));
    assert_refused(&home, &fragment, message).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_may_have_5_000_selections_with_its_fragments_in_place() {
    let home = Home::open().await;
    let document = |own: usize| {
        let (spreads, fields) = ("...F ".repeat(49), "id ".repeat(101));
        format!("{{ {} viewer {{ {spreads} }} }} fragment F on User {{ {fields} }}", "__typename ".repeat(own))
    };
    assert_taken(&home, &document(1), "selections").await;
    let message = "The document has 5001 selections with its fragments in place; at most 5000 are allowed.";
    assert_refused(&home, &document(2), message).await;
    // Each fragment holds the next twice: a short text that no machine could execute.
    let step = |n: usize| format!("fragment F{n} on Query {{ ...F{} ...F{} }}", n + 1, n + 1);
    let steps: Vec<String> = (0..22).map(step).collect();
    let doubling = format!("{{ ...F0 }} {} fragment F22 on Query {{ __typename }}", steps.join(" "));
    assert_refused(&home, &doubling, "The document has 12582911 selections").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_may_cost_20_000() {
    let home = Home::open().await;
    let page = |fields: usize| format!("galleries(first: 100) {{ edges {{ node {{ {} }} }} }}", "id ".repeat(fields));
    assert_taken(&home, &format!("{{ {} }}", page(198)), "cost").await;
    let past = format!("{{ __typename {} }}", page(198));
    assert_refused(&home, &past, "The operation costs 20001; at most 20000 is allowed.").await;
    // The field of an interface costs as much as that of the types behind it.
    let comments =
        |fields: usize| format!("comments(first: 100) {{ edges {{ node {{ {} }} }} }}", "id ".repeat(fields));
    let by_interface = |fields: usize| format!("{{ media(id: \"med_x\") {{ {} }} }}", comments(fields));
    assert_taken(&home, &by_interface(197), "cost by an interface").await;
    assert_refused(&home, &by_interface(198), "The operation costs 20001").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_asked_for_by_a_variable_cost_as_much() {
    let home = Home::open().await;
    let document = format!(
        "query($n: Int!) {{ galleries(first: $n) {{ edges {{ node {{ media(first: $n) {{ edges {{ node {{ {} }} }} }} \
         }} }} }} }}",
        "id ".repeat(3)
    );
    let asks = async |n: Value| home.anonymous().asks(&document, json!({ "n": n })).await;
    // 62 x (2 + 62 x 5) = 19,344; 63 x (2 + 63 x 5) = 19,971; 64 x (2 + 64 x 5) = 20,608
    assert!(asks(json!(63)).await.get("data").is_some());
    let answer = asks(json!(64)).await;
    assert_eq!((answer.get("data"), error_codes(&answer)), (None, vec!["BAD_REQUEST".to_owned()]), "{answer:#}");
    assert!(answer.to_string().contains("The operation costs 20608"), "{answer:#}");
    // More than a page holds is no way round, nor is a number that nothing can hold.
    for n in [json!(i32::MAX), json!(u64::MAX)] {
        let answer = asks(n.clone()).await;
        assert_eq!(answer.get("data"), None, "{n}: {answer:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_may_hold_100_rows() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Pages", "FAMILY").await;
    let pages = [
        ("/galleries", "galleries(first: $n) { edges { cursor } }"),
        ("/users", "users(first: $n) { edges { cursor } }"),
        ("/trash", "trash(first: $n) { edges { cursor } }"),
        ("/gallery/media", "gallery(id: $id) { media(first: $n) { edges { cursor } } }"),
    ];
    for (pointer, page) in pages {
        let asks = async |n: i32, actor: &Actor| {
            let id = if page.contains("$id") { ", $id: ID!" } else { "" };
            actor.asks(&format!("query($n: Int!{id}) {{ {page} }}"), json!({ "n": n, "id": gallery })).await
        };
        for n in [1, 100] {
            let answer = asks(n, &admin).await;
            assert_eq!(answer.get("errors"), None, "{page}: {answer:#}");
        }
        for n in [101, 0, -1, i32::MAX] {
            let answer = asks(n, &admin).await;
            assert_eq!(error_codes(&answer), ["BAD_REQUEST"], "{page}: {answer:#}");
            assert_eq!(answer["errors"][0]["message"], "`first` must be from 1 to 100.");
            assert_eq!(answer["data"].pointer(pointer), Some(&Value::Null), "{answer:#}");
        }
    }
}
