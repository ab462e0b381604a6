//! Access tokens: what is not exactly one that the pool gave to this client, and valid now, opens nothing.

mod verifier;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reqwest::{StatusCode, header};
use ring::{
    rsa::PublicKeyComponents,
    signature::{RSA_PKCS1_SHA512, RSA_PSS_SHA256},
};
use serde_json::{Value, json};

use super::forgery::{Token, pool_key, stranger_key};
use crate::support::{Actor, Home, actor::error_codes};

async fn answer_to(home: &Home, authorization: &str) -> (StatusCode, String, Value) {
    let request = home.http.post(home.url("/graphql")).header(header::AUTHORIZATION, authorization);
    let answer = request.json(&json!({ "query": "{ viewer { id } }" })).send().await.expect("an answer");
    let challenge = answer.headers().get(header::WWW_AUTHENTICATE).and_then(|value| value.to_str().ok());
    let (status, challenge) = (answer.status(), challenge.unwrap_or_default().to_owned());
    (status, challenge, answer.json().await.expect("JSON"))
}

async fn assert_taken(home: &Home, token: &str, what: &str) {
    let (status, _, body) = answer_to(home, &format!("Bearer {token}")).await;
    assert_eq!(status, StatusCode::OK, "{what}: {body:#}");
    assert!(body["data"]["viewer"]["id"].is_string(), "{what}: {body:#}");
}

/// Every refusal is the same, so that nobody learns what was nearly right.
async fn assert_refused_header(home: &Home, authorization: &str, what: &str) {
    let (status, challenge, body) = answer_to(home, authorization).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED, "{what}: {body:#}");
    assert_eq!(challenge, "Bearer", "{what}");
    let expected = json!({ "errors": [{ "message": "Please sign in.", "extensions": { "code": "UNAUTHENTICATED" } }] });
    assert_eq!(body, expected, "{what}");
}

async fn assert_refused(home: &Home, token: &str, what: &str) {
    assert_refused_header(home, &format!("Bearer {token}"), what).await;
}

fn access_token(actor: &Actor) -> String {
    actor.access_token().expect("a session").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_change_to_a_token_goes_unnoticed() {
    let home = Home::open().await;
    let (token, other) = (access_token(&home.visitor().await), access_token(&home.admin().await));
    let mut changed = every_part_with_bits_flipped(&token);
    let parts: Vec<&str> = token.split('.').collect();
    let others: Vec<&str> = other.split('.').collect();
    let ([header, claims, signature], [_, other_claims, other_signature]) = (&parts[..], &others[..]) else {
        panic!("a token has three parts");
    };
    changed.extend(
        [
            format!("{header}.{claims}"),
            format!("{header}.{claims}."),
            format!("{header}..{signature}"),
            format!(".{claims}.{signature}"),
            format!("{claims}.{signature}"),
            format!("{claims}.{header}.{signature}"),
            format!("{header}.{claims}.{signature}.{signature}"),
            format!("{token}."),
            format!(".{token}"),
            format!("{token}="),
            format!("{header}.{other_claims}.{signature}"),
            format!("{header}.{claims}.{other_signature}"),
            format!("{header}.{claims}.{}", &signature[1..]),
            format!("{header}.{claims}.{}", &signature[..signature.len() - 4]),
            format!("{header}.{claims}.AAAA{signature}"),
            format!("{header}.{claims}.{signature}AAAA"),
            format!("{header}.{claims}.{}", "A".repeat(signature.len())),
            format!("{header}.{claims}.{}", signature.to_lowercase()),
            format!("{header}.{}.{signature}", "A".repeat(20_000)),
            "..".to_owned(),
            "...".to_owned(),
            "x".to_owned(),
            String::new(),
        ]
        .map(|token| ("parts", token)),
    );
    assert!(changed.len() >= 40, "{} changes", changed.len());
    for (what, changed) in &changed {
        assert_ne!(*changed, token, "{what}");
        assert_refused(&home, changed, &format!("{what}: {changed}")).await;
    }
    assert_taken(&home, &token, "as it was given").await;
}

/// The token with single bits flipped, all over its three parts.
fn every_part_with_bits_flipped(token: &str) -> Vec<(&'static str, String)> {
    let parts: Vec<&str> = token.split('.').collect();
    let mut changed = Vec::new();
    for (position, what) in ["header", "claims", "signature"].into_iter().enumerate() {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(parts[position]).expect("base64url");
        for n in 0..12 {
            let mut bytes = bytes.clone();
            let (at, bit) = (n * (bytes.len() - 1) / 11, n % 8);
            bytes[at] ^= 1 << bit;
            let part = BASE64_URL_SAFE_NO_PAD.encode(bytes);
            let flipped: Vec<&str> = (0..3).map(|p| if p == position { part.as_str() } else { parts[p] }).collect();
            changed.push((what, flipped.join(".")));
        }
    }
    changed
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_others_signed_is_refused() {
    let home = Home::open().await;
    let token = Token::parse(&access_token(&home.visitor().await));
    let stranger = stranger_key();
    assert_taken(&home, &token.signed_by(&pool_key(&home)), "signed by the pool").await;
    let public = PublicKeyComponents::<Vec<u8>>::from(stranger.public());
    let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let jwk =
        json!({ "kty": "RSA", "alg": "RS256", "n": encode(&public.n), "e": encode(&public.e), "kid": "stranger" });
    for (what, token) in [
        ("with the pool's key id", token.clone()),
        ("with an own key id", token.with_header("kid", json!("stranger"))),
        ("with an empty key id", token.with_header("kid", json!(""))),
        ("with a number as key id", token.with_header("kid", json!(1))),
        ("with a path as key id", token.with_header("kid", json!("../../dev/null"))),
        ("with no key id", token.with_header("kid", Value::Null)),
        ("with its key in the header", token.with_header("jwk", jwk.clone()).with_header("kid", json!("stranger"))),
        ("with an address of keys", token.with_header("jku", json!("http://127.0.0.1:1/jwks.json"))),
        ("with a certificate", token.with_header("x5u", json!("http://127.0.0.1:1/cert.pem"))),
    ] {
        assert_refused(&home, &token.signed_by(&stranger), what).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_other_algorithm_is_taken() {
    let home = Home::open().await;
    let given = access_token(&home.visitor().await);
    let token = Token::parse(&given);
    let key = pool_key(&home);
    let signature = given.rsplit('.').next().expect("a signature");
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let unsigned = token.with_header("alg", json!(alg)).signed_part();
        assert_refused(&home, &format!("{unsigned}."), alg).await;
        assert_refused(&home, &format!("{unsigned}.{signature}"), alg).await;
    }
    for secret in public_key_as_a_secret(&home, token.header["kid"].as_str().expect("a key id")).await {
        assert_refused(&home, &token.with_header("alg", json!("HS256")).signed_by_secret(&secret), "HS256").await;
        assert_refused(&home, &token.signed_by_secret(&secret), "HS256 under the name of RS256").await;
    }
    assert_refused(&home, &token.with_header("alg", json!("RS512")).signed_as(&key, &RSA_PKCS1_SHA512), "RS512").await;
    assert_refused(&home, &token.with_header("alg", json!("PS256")).signed_as(&key, &RSA_PSS_SHA256), "PS256").await;
    assert_refused(&home, &token.signed_as(&key, &RSA_PSS_SHA256), "PS256 under the name of RS256").await;
    for alg in [json!("rs256"), json!("RS256 "), json!(["RS256"]), Value::Null, json!(1)] {
        assert_refused(&home, &token.with_header("alg", alg.clone()).signed_by(&key), &alg.to_string()).await;
    }
    let critical = token.with_header("crit", json!(["b64"])).with_header("b64", json!(false));
    assert_refused(&home, &critical.signed_by(&key), "a header that must be understood").await;
}

/// The published key in the forms in which a careless verifier would take it for the secret of an HMAC.
async fn public_key_as_a_secret(home: &Home, kid: &str) -> Vec<Vec<u8>> {
    let pool = &home.system.store.settings().user_pool_id;
    let url = format!("http://{}/{pool}/.well-known/jwks.json", home.system.aws);
    let keys: Value = home.http.get(url).send().await.expect("an answer").json().await.expect("JSON");
    let key = keys["keys"].as_array().expect("keys").iter().find(|key| key["kid"] == kid).expect("the key").clone();
    let n = key["n"].as_str().expect("a modulus");
    let modulus = BASE64_URL_SAFE_NO_PAD.decode(n).expect("base64url");
    vec![n.as_bytes().to_vec(), modulus, key.to_string().into_bytes(), kid.as_bytes().to_vec(), Vec::new()]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_claim_that_matters_is_required_and_checked() {
    let home = Home::open().await;
    let token = Token::parse(&access_token(&home.visitor().await));
    let key = pool_key(&home);
    let now = home.now().unix_seconds();
    let iss = token.claims["iss"].as_str().expect("an issuer").to_owned();
    let stranger = "00000000-0000-4000-8000-000000000000";
    for name in ["iss", "client_id", "token_use", "exp", "iat", "sub", "username", "cognito:groups"] {
        assert_refused(&home, &token.without_claim(name).signed_by(&key), &format!("without {name}")).await;
        assert_refused(&home, &token.with_claim(name, Value::Null).signed_by(&key), &format!("null as {name}")).await;
    }
    for (name, wrong) in [
        ("iss", json!("https://evil.example")),
        ("iss", json!(format!("{iss}/"))),
        ("iss", json!([iss])),
        ("client_id", json!("another")),
        ("client_id", json!([token.claims["client_id"]])),
        ("token_use", json!("id")),
        ("token_use", json!("refresh")),
        ("exp", json!(now - 60)),
        ("exp", json!(0)),
        ("exp", json!(-1)),
        ("exp", json!((now + 60).to_string())),
        ("iat", json!(now + 60)),
        ("iat", json!(i64::MAX)),
        ("iat", json!(now.to_string())),
        ("nbf", json!(now + 60)),
        ("nbf", json!(now.to_string())),
        ("sub", json!(stranger)),
        ("sub", json!("")),
        ("sub", json!("admin")),
        ("cognito:groups", json!([])),
        ("cognito:groups", json!(["Admin", "strangers"])),
        ("cognito:groups", json!("admin")),
    ] {
        let what = format!("{wrong} as {name}");
        assert_refused(&home, &token.with_claim(name, wrong).signed_by(&key), &what).await;
    }
    for (name, good) in [("nbf", json!(now - 1)), ("exp", json!(now + 60)), ("other", json!("claim"))] {
        assert_taken(&home, &token.with_claim(name, good).signed_by(&key), name).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_makes_nobody_more_than_their_record_says() {
    let home = Home::open().await;
    let visitor = home.visitor().await;
    let promoted = Token::parse(&access_token(&visitor)).with_claim("cognito:groups", json!(["admin", "visitor"]));
    let session = json!({ "accessToken": promoted.signed_by(&pool_key(&home)) });
    let answer =
        Actor::new(&home, Some(session)).asks("{ users { edges { cursor } } viewer { role } }", json!({})).await;
    assert_eq!(error_codes(&answer), ["FORBIDDEN"], "{answer:#}");
    assert_eq!(answer["data"]["viewer"]["role"], "VISITOR");

    let demoted = Token::parse(&access_token(&home.admin().await)).with_claim("cognito:groups", json!(["visitor"]));
    let session = json!({ "accessToken": demoted.signed_by(&pool_key(&home)) });
    let answer = Actor::new(&home, Some(session)).asks("{ users { edges { cursor } } }", json!({})).await;
    assert_eq!(error_codes(&answer), ["FORBIDDEN"], "{answer:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_tokens_of_a_session_open_nothing() {
    let home = Home::open().await;
    let visitor = home.visitor().await;
    let session = visitor.session.as_ref().expect("a session");
    for name in ["idToken", "refreshToken"] {
        assert_refused(&home, session[name].as_str().expect("a token"), name).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_comes_under_the_bearer_scheme_only() {
    let home = Home::open().await;
    let token = access_token(&home.visitor().await);
    for authorization in [
        token.clone(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        format!("Basic {token}"),
        format!("Bearer={token}"),
        format!("Bearer, {token}"),
        format!("Bearer Bearer {token}"),
        format!("Bearer {token} {token}"),
        format!("Bearer {token}, Bearer {token}"),
        format!("Bearer \"{token}\""),
    ] {
        assert_refused_header(&home, &authorization, &authorization).await;
    }
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let (status, _, body) = answer_to(&home, &format!("{scheme} {token}")).await;
        assert_eq!(status, StatusCode::OK, "{scheme}: {body:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_ends_after_its_time() {
    let home = Home::open().await;
    let visitor = home.visitor().await;
    let token = access_token(&visitor);
    let expires_at = Token::parse(&token).claims["exp"].as_i64().expect("a time");
    home.pass_seconds(expires_at - home.now().unix_seconds() - 30);
    assert_taken(&home, &token, "half a minute before its end").await;
    home.pass_seconds(60);
    assert_refused(&home, &token, "half a minute after its end").await;
}
