//! A good token, changed in one way at a time: by somebody without the pool's key, and by the pool itself if it had
//! gone mad. None of them opens anything, and all are answered alike.

mod claims;
mod header;
mod shape;

use std::collections::HashSet;

use reqwest::StatusCode;
use ring::signature::RsaKeyPair;
use serde_json::{Value, json};

use super::key_endpoint::{KeyEndpoint, Reply};
use crate::{
    doors::forgery::{Token, jwk, pool_key, signed_texts, stranger_key},
    support::{Actor, Home},
};

/// What changes are made of.
struct Good {
    token: Token,
    given: String,
    /// Another person's.
    others: String,
    id_token: String,
    pool: RsaKeyPair,
    stranger: RsaKeyPair,
    /// Where the stranger publishes a key.
    strangers_keys: String,
    now: i64,
}

impl Good {
    async fn of(home: &Home, strangers_keys: &KeyEndpoint, stranger: RsaKeyPair) -> Self {
        let (visitor, admin) = (home.visitor().await, home.admin().await);
        let given = visitor.access_token().expect("a session").to_owned();
        let id_token = visitor.session.as_ref().and_then(|session| session["idToken"].as_str()).expect("a session");
        Self {
            token: Token::parse(&given),
            others: admin.access_token().expect("a session").to_owned(),
            id_token: id_token.to_owned(),
            given,
            pool: pool_key(home),
            stranger,
            strangers_keys: strangers_keys.url(),
            now: home.now().unix_seconds(),
        }
    }

    fn kid(&self) -> &str {
        self.token.header["kid"].as_str().expect("a key id")
    }

    /// With a header as it is written here, signed by the pool.
    fn with_header_text(&self, header: impl AsRef<[u8]>) -> String {
        signed_texts(header, self.token.claims.to_string(), &self.pool)
    }

    /// With claims as they are written here, signed by the pool.
    fn with_claims_text(&self, claims: impl AsRef<[u8]>) -> String {
        signed_texts(self.token.header.to_string(), claims, &self.pool)
    }
}

/// Changed tokens by name.
#[derive(Default)]
struct Table(Vec<(String, String)>);

impl Table {
    fn add(&mut self, name: impl Into<String>, token: impl Into<String>) {
        self.0.push((name.into(), token.into()));
    }
}

async fn hears(home: &Home, token: &str) -> (StatusCode, String) {
    let caller = Actor::new(home, Some(json!({ "accessToken": token })));
    caller.hears("{ viewer { id } }", json!({})).await
}

async fn assert_taken(home: &Home, token: &str, what: &str) {
    let (status, text) = hears(home, token).await;
    let answer: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(status, StatusCode::OK, "{what}: {text}");
    assert!(answer["data"]["viewer"]["id"].is_string(), "{what}: {text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_changed_token_opens_anything() {
    let home = Home::open().await;
    let stranger = stranger_key();
    let strangers_keys = KeyEndpoint::start(Reply::key_set(&[jwk("stranger", &stranger)])).await;
    let good = Good::of(&home, &strangers_keys, stranger).await;
    let mut table = Table::default();
    shape::add_to(&mut table, &good);
    header::add_to(&mut table, &good);
    claims::add_to(&mut table, &good);

    assert_taken(&home, &good.given, "as it was given").await;
    assert_taken(&home, &good.token.signed_by(&good.pool), "signed anew").await;
    let mut names = HashSet::new();
    let mut let_in = Vec::new();
    let refused = (StatusCode::UNAUTHORIZED, REFUSAL.to_owned());
    for (name, token) in &table.0 {
        assert!(names.insert(name), "{name} is there twice");
        assert!(*token != good.given && *token != good.others, "{name} changes nothing");
        let answer = hears(&home, token).await;
        if answer != refused {
            let_in.push((name, answer));
        }
    }
    assert!(let_in.is_empty(), "{let_in:#?}");
    assert!(names.len() >= 400, "{} changed tokens were tried", names.len());
    assert_eq!(strangers_keys.fetches(), 0, "an address in a token was followed");
    assert_taken(&home, &good.given, "as it was given, after all that").await;
}

/// Every refusal is the same to the byte, so that nobody learns what was nearly right.
const REFUSAL: &str = r#"{"errors":[{"extensions":{"code":"UNAUTHENTICATED"},"message":"Please sign in."}]}"#;

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_nothing_that_matters_is_taken() {
    let home = Home::open().await;
    let stranger = stranger_key();
    let strangers_keys = KeyEndpoint::start(Reply::key_set(&[jwk("stranger", &stranger)])).await;
    let good = Good::of(&home, &strangers_keys, stranger).await;
    let token = &good.token;
    let deep = format!("{}{}", "[".repeat(1_000), "]".repeat(1_000));
    let claims = token.claims.to_string();
    let harmless = [
        ("a type of RFC 7519", token.with_header("typ", json!("JWT")).signed_by(&good.pool)),
        ("the type in small letters", token.with_header("typ", json!("jwt")).signed_by(&good.pool)),
        ("a type of RFC 9068", token.with_header("typ", json!("at+jwt")).signed_by(&good.pool)),
        ("an address of keys", token.with_header("jku", json!(good.strangers_keys)).signed_by(&good.pool)),
        ("a key in the header", token.with_header("jwk", jwk("stranger", &good.stranger)).signed_by(&good.pool)),
        ("a claim of another kind", token.with_claim("other", json!({ "a": 1 })).signed_by(&good.pool)),
        ("such a claim twice", good.with_claims_text(format!(r#"{{"other":1,"other":2,{}"#, &claims[1..]))),
        ("such a claim, deeply nested", good.with_claims_text(format!(r#"{{"other":{deep},{}"#, &claims[1..]))),
        ("white space in the JSON", good.with_claims_text(format!(" {claims}\n"))),
        ("a start of validity", token.with_claim("nbf", json!(good.now)).signed_by(&good.pool)),
    ];
    for (what, token) in harmless {
        assert_taken(&home, &token, what).await;
    }
    assert_eq!(strangers_keys.fetches(), 0, "an address in a token was followed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_may_have_8_kib_and_no_more() {
    let home = Home::open().await;
    let stranger = stranger_key();
    let strangers_keys = KeyEndpoint::start(Reply::key_set(&[])).await;
    let good = Good::of(&home, &strangers_keys, stranger).await;
    for (bytes, taken) in [(8_191, true), (8_192, true), (8_193, false), (8_194, false)] {
        let token = good.of_length(bytes);
        assert_eq!(token.len(), bytes);
        let (status, _) = hears(&home, &token).await;
        assert_eq!(status, if taken { StatusCode::OK } else { StatusCode::UNAUTHORIZED }, "{bytes} bytes");
    }
}

impl Good {
    /// A token padded by a claim, and by blanks in its header: base64 has no text of every length.
    fn of_length(&self, bytes: usize) -> String {
        let padded = |claim: usize, header: usize| {
            let token = self.token.with_claim("padding", json!("x".repeat(claim)));
            signed_texts(format!("{}{}", token.header, " ".repeat(header)), token.claims.to_string(), &self.pool)
        };
        let missing = (bytes - padded(0, 0).len()) * 3 / 4;
        let pads = (missing - 4..=missing + 4).flat_map(|claim| (0..3).map(move |header| (claim, header)));
        let mut lengths = pads.map(|(claim, header)| padded(claim, header));
        lengths.find(|token| token.len() == bytes).expect("some padding has this length")
    }
}
