//! What becomes of sessions when an account is closed, or is less than it was.

use reqwest::StatusCode;
use serde_json::{Value, json};
use store::UserChange;

use crate::support::{Actor, Home};

const YOU: &str = "{ viewer { role } }";
const REFRESH: &str = "mutation($input: RefreshSessionInput!) { refreshSession(input: $input) { \
    session { accessToken role } userErrors { code path } } }";

async fn refresh(home: &Home, actor: &Actor) -> Value {
    let input = json!({ "refreshToken": actor.refresh_token() });
    home.anonymous().gets(REFRESH, json!({ "input": input })).await["refreshSession"].take()
}

fn expired() -> Value {
    json!({ "session": null, "userErrors": [{ "code": "EXPIRED", "path": ["input", "refreshToken"] }] })
}

async fn status(actor: &Actor) -> StatusCode {
    actor.hears(YOU, json!({})).await.0
}

async fn set_disabled(admin: &Actor, id: &str, disabled: bool) {
    let input = json!({ "userId": id, "disabled": disabled });
    admin.does("setUserDisabled(input: $input) { userErrors { code } }", "SetUserDisabledInput", input).await;
}

async fn set_role(admin: &Actor, id: &str, role: &str) {
    let input = json!({ "userId": id, "role": role });
    admin.does("setUserRole(input: $input) { userErrors { code } }", "SetUserRoleInput", input).await;
}

/// The same person on another device.
async fn again(home: &Home, email: &str) -> Actor {
    let call = "signIn(input: $input) { session { accessToken refreshToken } userErrors { code } }";
    let input = json!({ "email": email, "password": "a-new-password" });
    let payload = home.anonymous().does(call, "SignInInput", input).await;
    Actor::new(home, Some(payload["session"].clone()))
}

#[tokio::test(flavor = "multi_thread")]
async fn no_session_of_a_closed_account_comes_back_when_it_is_opened() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let phone = home.relative(&admin, "Anna").await;
    let tablet = again(&home, "anna@example.org").await;
    let id = phone.id().await;
    home.pass_seconds(1);
    set_disabled(&admin, &id, true).await;
    for device in [&phone, &tablet] {
        assert_eq!(refresh(&home, device).await, expired());
        assert_eq!(status(device).await, StatusCode::UNAUTHORIZED);
    }
    set_disabled(&admin, &id, false).await;
    home.pass_seconds(1);
    for device in [&phone, &tablet] {
        assert_eq!(refresh(&home, device).await, expired(), "the password must be typed again");
        assert_eq!(status(device).await, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(status(&again(&home, "anna@example.org").await).await, StatusCode::OK);
}

/// As when closing an account was cut short after its first step.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_closed_in_the_familys_record_alone_is_closed() {
    let home = Home::open().await;
    let anna = home.relative(&home.admin().await, "Anna").await;
    let id = anna.id().await.parse().expect("an id");
    let change = UserChange { disabled: Some(true), ..UserChange::default() };
    home.system.store.update_user(id, &change).await.expect("an answer").expect("Anna");
    assert_eq!(status(&anna).await, StatusCode::UNAUTHORIZED);
    assert_eq!(refresh(&home, &anna).await, expired());
    let document = "mutation($input: SignInInput!) { signIn(input: $input) { session { role } challenge \
        userErrors { code message path } } }";
    let input = |password: &str| json!({ "input": { "email": "anna@example.org", "password": password } });
    let right = home.anonymous().hears(document, input("a-new-password")).await;
    assert!(right.1.contains("WRONG_PASSWORD"), "{}", right.1);
    assert_eq!(home.anonymous().hears(document, input("not-this-one")).await, right);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demoted_admin_is_a_visitor_on_every_device() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let anna = home.relative(&admin, "Anna").await;
    let id = anna.id().await;
    set_role(&admin, &id, "ADMIN").await;
    let (phone, tablet) = (again(&home, "anna@example.org").await, again(&home, "anna@example.org").await);
    let users = "{ users { edges { cursor } } }";
    for device in [&phone, &tablet] {
        assert!(device.gets(users, json!({})).await["users"].is_object());
    }
    home.pass_seconds(1);
    set_role(&admin, &id, "VISITOR").await;
    for device in [&phone, &tablet] {
        let (status, text) = device.hears(users, json!({})).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{text}");
    }
    home.pass_seconds(1);
    for device in [phone, tablet] {
        let payload = refresh(&home, &device).await;
        assert_eq!(payload["session"]["role"], "VISITOR", "{payload:#}");
        let device = Actor::new(&home, Some(payload["session"].clone()));
        assert_eq!(device.gets(YOU, json!({})).await["viewer"]["role"], "VISITOR");
        let answer = device.asks(users, json!({})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN", "{answer:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_refresh_token_serves_many_at_once_until_it_is_revoked() {
    let home = Home::open().await;
    let (phone, tablet) = (home.visitor().await, home.visitor().await);
    let answers = futures::future::join_all((0..10).map(|_| refresh(&home, &phone))).await;
    assert!(answers.iter().all(|payload| payload["session"]["role"] == "VISITOR"), "{answers:#?}");
    // Who holds the token of a session may end it; one's own goes on.
    let input = json!({ "refreshToken": tablet.refresh_token() });
    phone.does("signOut(input: $input) { userErrors { code } }", "SignOutInput", input).await;
    assert_eq!(refresh(&home, &tablet).await, expired());
    assert_eq!(refresh(&home, &phone).await["session"]["role"], "VISITOR");
}
