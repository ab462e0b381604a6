//! Somebody forgot the password, and an admin helps them in.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{
    Actor, Home,
    actor::NO_ULID,
    home::{ADMIN_PASSWORD, FAMILY_PASSWORD},
};

const RESET: &str = "resetUserPassword(input: $input) { user { id displayName disabled } temporaryPassword \
    userErrors { code message path } }";
const SIGN_IN: &str = "mutation($input: SignInInput!) { signIn(input: $input) { session { accessToken refreshToken } \
    challenge userErrors { code } } }";
const OWN_PASSWORD: &str = "a-new-password";
/// With this many failures in a row the account is locked for minutes, which no test takes.
const FAILURES: usize = 14;
/// Longer than any lock.
const LOCK_SECONDS: i64 = 15 * 60;
/// How long a temporary password serves.
const WEEK_SECONDS: i64 = 7 * 86_400;

/// Gives somebody a new password, which is told.
async fn resets(admin: &Actor, id: &str) -> String {
    let payload = admin.does(RESET, "ResetUserPasswordInput", json!({ "userId": id })).await;
    assert_eq!(payload["user"]["id"], id, "{payload:#}");
    payload["temporaryPassword"].as_str().expect("a password").to_owned()
}

async fn tries(home: &Home, input: Value) -> Value {
    home.anonymous().gets(SIGN_IN, json!({ "input": input })).await["signIn"].take()
}

/// What somebody hears who tries a password for Anna.
async fn tries_as_anna(home: &Home, password: &str) -> Value {
    tries(home, json!({ "email": "anna@example.org", "password": password })).await
}

async fn status(actor: &Actor) -> StatusCode {
    actor.hears("{ viewer { id } }", json!({})).await.0
}

#[tokio::test(flavor = "multi_thread")]
async fn the_new_password_opens_the_account_once_and_another_is_chosen_with_it() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let id = home.relative(&admin, "Anna").await.id().await;
    let earlier = resets(&admin, &id).await;
    let password = resets(&admin, &id).await;
    for old in [OWN_PASSWORD, &earlier] {
        assert_eq!(tries_as_anna(&home, old).await["userErrors"], json!([{ "code": "WRONG_PASSWORD" }]));
    }
    let asked = tries_as_anna(&home, &password).await;
    assert!(asked["session"].is_null() && asked["challenge"].is_string(), "{asked:#}");
    let anna = home.anonymous().signed_in_for_the_first_time("anna@example.org", &password, "my-third-password").await;
    assert_eq!(anna.id().await, id);
    assert_eq!(tries_as_anna(&home, &password).await["userErrors"], json!([{ "code": "WRONG_PASSWORD" }]));
    assert!(tries_as_anna(&home, "my-third-password").await["session"].is_object());
}

#[tokio::test(flavor = "multi_thread")]
async fn all_sessions_of_the_person_end_at_once() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let phone = home.relative(&admin, "Anna").await;
    let tablet = Actor::new(&home, Some(tries_as_anna(&home, OWN_PASSWORD).await["session"].clone()));
    home.pass_seconds(1);
    resets(&admin, &phone.id().await).await;
    for device in [&phone, &tablet] {
        assert_eq!(status(device).await, StatusCode::UNAUTHORIZED);
        let refresh = "refreshSession(input: $input) { userErrors { code } }";
        let input = json!({ "refreshToken": device.refresh_token() });
        assert_eq!(home.anonymous().mistakes(refresh, "RefreshSessionInput", input).await, ["EXPIRED"]);
    }
    assert_eq!(status(&admin).await, StatusCode::OK, "nobody else is signed out");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_after_wrong_passwords_ends() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let id = home.relative(&admin, "Anna").await.id().await;
    for _ in 0..FAILURES {
        home.pass_seconds(LOCK_SECONDS);
        tries_as_anna(&home, "not-this-one").await;
    }
    assert_eq!(tries_as_anna(&home, OWN_PASSWORD).await["userErrors"], json!([{ "code": "LOCKED" }]));
    // The admin's own session is over by now.
    let admin = home.admin().await;
    let password = resets(&admin, &id).await;
    assert!(tries_as_anna(&home, &password).await["challenge"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_new_password_serves_for_a_week() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let password = resets(&admin, &home.relative(&admin, "Anna").await.id().await).await;
    home.pass_seconds(WEEK_SECONDS - 60);
    assert!(tries_as_anna(&home, &password).await["challenge"].is_string());
    home.pass_seconds(61);
    assert_eq!(tries_as_anna(&home, &password).await["userErrors"], json!([{ "code": "WRONG_PASSWORD" }]));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_shares_an_account_chooses_for_all_who_share_it() {
    let home = Home::open().await;
    let (admin, family) = (home.admin().await, home.visitor().await);
    let id = family.id().await;
    home.pass_seconds(1);
    let password = resets(&admin, &id).await;
    assert_eq!(status(&family).await, StatusCode::UNAUTHORIZED);
    let by_option = |password: &str| json!({ "optionId": id, "password": password });
    assert_eq!(tries(&home, by_option(FAMILY_PASSWORD)).await["userErrors"], json!([{ "code": "WRONG_PASSWORD" }]));
    let challenge = tries(&home, by_option(&password)).await["challenge"].take();
    let complete = "completeSignIn(input: $input) { session { role } userErrors { code } }";
    let input = json!({ "challenge": challenge, "newPassword": "all-of-us-together" });
    let payload = home.anonymous().does(complete, "CompleteSignInInput", input).await;
    assert_eq!(payload["session"]["role"], "VISITOR");
    for _ in 0..2 {
        assert!(tries(&home, by_option("all-of-us-together")).await["session"].is_object());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_account_gets_a_new_password_and_stays_closed() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let id = home.relative(&admin, "Anna").await.id().await;
    let close = "setUserDisabled(input: $input) { userErrors { code } }";
    admin.does(close, "SetUserDisabledInput", json!({ "userId": id, "disabled": true })).await;
    let payload = admin.does(RESET, "ResetUserPasswordInput", json!({ "userId": id })).await;
    assert_eq!(payload["user"]["disabled"], true);
    let password = payload["temporaryPassword"].as_str().expect("a password");
    assert_eq!(tries_as_anna(&home, password).await["userErrors"], json!([{ "code": "WRONG_PASSWORD" }]));
    admin.does(close, "SetUserDisabledInput", json!({ "userId": id, "disabled": false })).await;
    assert!(tries_as_anna(&home, password).await["challenge"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_resets_their_own_password() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let document = format!("mutation($input: ResetUserPasswordInput!) {{ {RESET} }}");
    let input = json!({ "input": { "userId": admin.id().await } });
    let payload = admin.gets(&document, input).await["resetUserPassword"].take();
    assert_eq!((&payload["user"], &payload["temporaryPassword"]), (&Value::Null, &Value::Null));
    let mistake = &payload["userErrors"][0];
    assert_eq!((&mistake["code"], &mistake["path"]), (&json!("INVALID"), &json!(["input", "userId"])));
    assert!(mistake["message"].as_str().expect("a message").contains("changePassword"), "{mistake:#}");
    assert_eq!(status(&admin).await, StatusCode::OK);
    home.anonymous().signed_in_by_option("Admin", ADMIN_PASSWORD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_admins_reset_passwords_and_only_of_people() {
    let home = Home::open().await;
    let (admin, family) = (home.admin().await, home.visitor().await);
    let refused = family.refusals(RESET, "ResetUserPasswordInput", json!({ "userId": admin.id().await })).await;
    assert_eq!(refused, ["FORBIDDEN"]);
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let link = admin.shares(&gallery, json!({})).await;
    let link = link["id"].as_str().expect("an id");
    let unknown = ["usr_00000000-0000-4000-8000-000000000000", &format!("usr_{NO_ULID}"), &gallery, link, "Anna", ""];
    for id in unknown {
        let mistakes = admin.mistakes(RESET, "ResetUserPasswordInput", json!({ "userId": id })).await;
        assert_eq!(mistakes, ["NOT_FOUND"], "{id:?}");
    }
}
