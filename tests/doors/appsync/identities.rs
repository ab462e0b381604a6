//! Who AppSync may say is calling, in the forms of its five ways of authorization, and whom the door believes.

use serde_json::{Value, json};

use super::{
    super::forgery::Token, API_KEY, IAM_IDENTITY_POOL, IAM_USER, LAMBDA_AUTHORIZER, OIDC, USER_POOL, asked, code,
    event, identity, recorded, value,
};
use crate::support::{Actor, Home};

fn claims(actor: &Actor) -> Value {
    Token::parse(actor.access_token().expect("a session")).claims
}

/// The question who one is, under an identity.
fn viewer(home: &Home, identity: Value) -> Value {
    let mut event = event(&home.anonymous(), "Query", "viewer", json!({}));
    event["identity"] = identity;
    event
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_key_is_nobody() {
    let home = Home::open().await;
    let key = recorded(API_KEY);
    assert!(value(&home, key.clone()).await.is_array());
    assert_eq!(code(&home, asked(key, "Query", "viewer")).await, "UNAUTHENTICATED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_aws_opens_only_what_is_declared_for_it() {
    let home = Home::open().await;
    for fixture in [IAM_USER, IAM_IDENTITY_POOL] {
        for field in ["viewer", "signInOptions", "galleries", "users"] {
            assert_eq!(code(&home, asked(recorded(fixture), "Query", field)).await, "FORBIDDEN", "{field}");
        }
        let mut nested = asked(recorded(fixture), "User", "email");
        nested["source"] = json!({ "id": home.admin().await.id().await });
        assert_eq!(code(&home, nested).await, "FORBIDDEN");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_providers_and_other_pools_open_nothing() {
    let home = Home::open().await;
    for fixture in [OIDC, LAMBDA_AUTHORIZER, USER_POOL] {
        for field in ["viewer", "signInOptions"] {
            assert_eq!(code(&home, asked(recorded(fixture), "Query", field)).await, "UNAUTHENTICATED", "{fixture}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_who_the_claims_of_an_access_token_say() {
    let home = Home::open().await;
    let visitor = home.visitor().await;
    let good = claims(&visitor);
    let answer = value(&home, viewer(&home, identity(&good))).await;
    assert_eq!(answer["id"], visitor.id().await.as_str());

    let id_token = Token::parse(visitor.session.as_ref().expect("a session")["idToken"].as_str().expect("a token"));
    let mut refused = vec![("an id token", identity(&id_token.claims))];
    for name in ["sub", "iss", "client_id", "token_use", "exp", "iat", "username"] {
        let mut lacking = good.clone();
        lacking.as_object_mut().expect("claims").remove(name);
        let mut identity = identity(&lacking);
        identity["sub"] = good["sub"].clone();
        refused.push((name, identity));
    }
    let now = home.now().unix_seconds();
    for (name, wrong) in [
        ("iss", json!("https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_other")),
        ("client_id", json!("another")),
        ("token_use", json!("id")),
        ("exp", json!(now - 60)),
        ("iat", json!(now + 60)),
        ("nbf", json!(now + 60)),
        ("exp", json!((now + 60).to_string())),
        ("sub", json!("00000000-0000-4000-8000-000000000000")),
        ("sub", json!("admin")),
    ] {
        let mut changed = good.clone();
        changed[name] = wrong;
        refused.push((name, identity(&changed)));
    }
    for (name, wrong) in [
        ("sub", json!("00000000-0000-4000-8000-000000000000")),
        ("sub", Value::Null),
        ("groups", json!([])),
        ("groups", json!(["Admin"])),
        ("groups", json!("visitor")),
        ("claims", Value::Null),
        ("claims", json!([])),
        ("userArn", json!("arn:aws:iam::123456789012:user/backup")),
    ] {
        let mut changed = identity(&good);
        changed[name] = wrong;
        refused.push((name, changed));
    }
    refused.push(("an empty identity", json!({})));
    refused.push(("a text", json!("admin")));
    for (what, identity) in refused {
        assert_eq!(code(&home, viewer(&home, identity.clone())).await, "UNAUTHENTICATED", "{what}: {identity:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_make_nobody_more_than_their_record_says() {
    let home = Home::open().await;
    let visitor = home.visitor().await;
    let mut spoofed = event(&visitor, "Query", "users", json!({}));
    spoofed["identity"]["groups"] = json!(["admin"]);
    assert_eq!(code(&home, spoofed.clone()).await, "FORBIDDEN");
    spoofed["identity"]["groups"] = Value::Null;
    spoofed["identity"]["claims"]["cognito:groups"] = json!("admin");
    assert_eq!(code(&home, spoofed).await, "FORBIDDEN");

    let mut lesser = event(&home.admin().await, "Query", "users", json!({}));
    assert!(value(&home, lesser.clone()).await.is_object());
    lesser["identity"]["groups"] = json!(["visitor"]);
    assert_eq!(code(&home, lesser.clone()).await, "FORBIDDEN");
    lesser["identity"]["groups"] = Value::Null;
    lesser["identity"]["claims"]["cognito:groups"] = json!("[visitor, admin]");
    assert!(value(&home, lesser).await.is_object());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_of_a_person_overrules_what_appsync_says() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let relative = home.relative(&admin, "Ada").await;
    let me = event(&relative, "Query", "viewer", json!({}));
    let id = value(&home, me.clone()).await["id"].clone();
    let disable = |disabled: bool| {
        event(&admin, "Mutation", "setUserDisabled", json!({ "input": { "userId": id, "disabled": disabled } }))
    };
    value(&home, disable(true)).await;
    assert_eq!(code(&home, me.clone()).await, "UNAUTHENTICATED");
    value(&home, disable(false)).await;
    assert_eq!(code(&home, me).await, "UNAUTHENTICATED", "what was issued before does not come back");

    let visitor = home.visitor().await;
    let me = event(&visitor, "Query", "viewer", json!({}));
    value(&home, me.clone()).await;
    // A token's second is the finest that a sign-out can tell apart.
    home.pass_seconds(2);
    let everywhere = json!({ "input": { "everywhere": true } });
    value(&home, event(&visitor, "Mutation", "signOut", everywhere)).await;
    assert_eq!(code(&home, me).await, "UNAUTHENTICATED");
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_end_with_their_token() {
    let home = Home::open().await;
    let visitor = home.visitor().await;
    let me = event(&visitor, "Query", "viewer", json!({}));
    let end = claims(&visitor)["exp"].as_i64().expect("a time");
    home.pass_seconds(end - home.now().unix_seconds() - 30);
    value(&home, me.clone()).await;
    home.pass_seconds(60);
    assert_eq!(code(&home, me).await, "UNAUTHENTICATED");
}
