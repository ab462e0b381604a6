//! Sessions: how they are renewed, how they end, and the password behind them.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Actor, Home, home::FAMILY_PASSWORD};

const YOU: &str = "{ viewer { displayName } }";
const SIGN_OUT: &str = "signOut(input: $input) { userErrors { code } }";
const REFRESH: &str = "refreshSession(input: $input) { session { accessToken } userErrors { code } }";
const CHANGE: &str = "changePassword(input: $input) { userErrors { code path } }";
/// More than the hour of an access token and what clocks may be apart.
const TOKEN_SECONDS: i64 = 3_610;

#[tokio::test(flavor = "multi_thread")]
async fn an_access_token_works_for_an_hour_and_a_refresh_brings_another() {
    let home = Home::open().await;
    let family = home.visitor().await;
    home.pass_seconds(3_500);
    assert_eq!(status(&family).await, StatusCode::OK);
    home.pass_seconds(TOKEN_SECONDS - 3_500);
    assert_eq!(status(&family).await, StatusCode::UNAUTHORIZED);
    let again = family.refreshed().await;
    assert_ne!(again.access_token(), family.access_token());
    assert_eq!(again.gets(YOU, json!({})).await["viewer"]["displayName"], "Family");
    let expires_at = again.session.as_ref().expect("a session")["expiresAt"].as_str().expect("a time");
    assert!(expires_at > home.now().plus_seconds(3_000).to_string().as_str(), "{expires_at}");
    assert_eq!(status(&again.refreshed().await).await, StatusCode::OK, "the same refresh token serves again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_not_used_for_a_month_is_over() {
    let home = Home::open().await;
    let family = home.visitor().await;
    home.pass_seconds(30 * 86_400 + 1);
    assert_eq!(refresh(&home, family.refresh_token()).await, ["EXPIRED"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_refresh_token_is_refused() {
    let home = Home::open().await;
    let family = home.visitor().await;
    for wrong in ["", "garbage", family.access_token().expect("a session")] {
        assert_eq!(refresh(&home, wrong).await, ["EXPIRED"], "{wrong:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_this_session_only() {
    let home = Home::open().await;
    let (phone, tablet) = (home.visitor().await, home.visitor().await);
    phone.does(SIGN_OUT, "SignOutInput", json!({ "refreshToken": phone.refresh_token() })).await;
    assert_eq!(refresh(&home, phone.refresh_token()).await, ["EXPIRED"]);
    assert!(refresh(&home, tablet.refresh_token()).await.is_empty());
    assert_eq!(status(&tablet).await, StatusCode::OK);
    // Again, or with something that is no token: no mistake.
    for token in [tablet.refresh_token(), tablet.refresh_token(), "garbage"] {
        tablet.does(SIGN_OUT, "SignOutInput", json!({ "refreshToken": token })).await;
    }
    assert_eq!(refresh(&home, tablet.refresh_token()).await, ["EXPIRED"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_everywhere_ends_all_sessions_at_the_next_request() {
    let home = Home::open().await;
    let (phone, tablet, admin) = (home.visitor().await, home.visitor().await, home.admin().await);
    home.pass_seconds(1);
    phone.does(SIGN_OUT, "SignOutInput", json!({ "everywhere": true })).await;
    for device in [&phone, &tablet] {
        assert_eq!(status(device).await, StatusCode::UNAUTHORIZED);
        assert_eq!(refresh(&home, device.refresh_token()).await, ["EXPIRED"]);
    }
    assert_eq!(status(&admin).await, StatusCode::OK, "other accounts stay");
    home.pass_seconds(1);
    assert_eq!(status(&home.visitor().await).await, StatusCode::OK, "the password opens a new session");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_token_is_refused_before_anything_is_read() {
    let home = Home::open().await;
    let session = home.visitor().await.session.expect("a session");
    let good = session["accessToken"].as_str().expect("a token");
    let (signed, signature) = good.rsplit_once('.').expect("three parts");
    let (header, claims) = signed.split_once('.').expect("three parts");
    let unsigned = "eyJhbGciOiJub25lIn0";
    let wrong = [
        json!("garbage"),
        json!("a.b.c"),
        json!(""),
        session["idToken"].clone(),
        session["refreshToken"].clone(),
        json!(format!("{signed}.")),
        json!(format!("{signed}.{}", signature.chars().rev().collect::<String>())),
        json!(format!("{header}.{}.{signature}", &claims[..claims.len() - 4])),
        json!(format!("{unsigned}.{claims}.")),
        json!(format!("{good}.{signature}")),
    ];
    for token in wrong {
        let impostor = Actor::new(&home, Some(json!({ "accessToken": token })));
        for document in [YOU, "{ signInOptions { label } }"] {
            let (status, text) = impostor.hears(document, json!({})).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{token}: {text}");
            let answer: Value = serde_json::from_str(&text).expect("JSON");
            assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
            assert_eq!(answer.get("data"), None);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_changes_the_password() {
    let home = Home::open().await;
    let anna = home.relative(&home.admin().await, "Anna").await;
    let input = json!({ "currentPassword": "a-new-password", "newPassword": "a-newer-password" });
    anna.does(CHANGE, "ChangePasswordInput", input).await;
    assert_eq!(sign_in(&home, "a-new-password").await, ["WRONG_PASSWORD"]);
    assert!(sign_in(&home, "a-newer-password").await.is_empty());
    assert_eq!(status(&anna).await, StatusCode::OK, "who changed it stays signed in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_not_changed_by_mistake() {
    let home = Home::open().await;
    let anna = home.relative(&home.admin().await, "Anna").await;
    let long = "x".repeat(257);
    let wrong = [
        ("not-this-one", "a-newer-password", "WRONG_PASSWORD", "currentPassword"),
        ("", "a-newer-password", "WRONG_PASSWORD", "currentPassword"),
        (FAMILY_PASSWORD, "a-newer-password", "WRONG_PASSWORD", "currentPassword"),
        ("a-new-password", "seven77", "INVALID", "newPassword"),
        ("a-new-password", "", "INVALID", "newPassword"),
        ("a-new-password", &long, "TOO_LONG", "newPassword"),
    ];
    for (current, new, code, field) in wrong {
        let input = json!({ "currentPassword": current, "newPassword": new });
        let document = format!("mutation($input: ChangePasswordInput!) {{ {CHANGE} }}");
        let data = anna.gets(&document, json!({ "input": input })).await;
        let expected = json!([{ "code": code, "path": ["input", field] }]);
        assert_eq!(data["changePassword"]["userErrors"], expected, "{current:?} to {new:?}");
    }
    assert!(sign_in(&home, "a-new-password").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_at_the_present_password_count_like_those_at_the_door() {
    let home = Home::open().await;
    let anna = home.relative(&home.admin().await, "Anna").await;
    let input = json!({ "currentPassword": "a-guess", "newPassword": "a-newer-password" });
    for _ in 1..14 {
        assert_eq!(anna.mistakes(CHANGE, "ChangePasswordInput", input.clone()).await, ["WRONG_PASSWORD"]);
        // Short enough for the access token, long enough for the locks of these few.
        home.pass_seconds(257);
    }
    assert_eq!(anna.mistakes(CHANGE, "ChangePasswordInput", input.clone()).await, ["WRONG_PASSWORD"]);
    assert_eq!(anna.mistakes(CHANGE, "ChangePasswordInput", input).await, ["LOCKED"]);
    assert_eq!(sign_in(&home, "a-new-password").await, ["LOCKED"]);
}

async fn status(actor: &Actor) -> StatusCode {
    actor.hears(YOU, json!({})).await.0
}

async fn refresh(home: &Home, token: &str) -> Vec<String> {
    home.anonymous().mistakes(REFRESH, "RefreshSessionInput", json!({ "refreshToken": token })).await
}

/// Tries to sign in as Anna.
async fn sign_in(home: &Home, password: &str) -> Vec<String> {
    let input = json!({ "email": "anna@example.org", "password": password });
    home.anonymous().mistakes("signIn(input: $input) { userErrors { code } }", "SignInInput", input).await
}

/// Tokens tell whole seconds: one of the very second in which all were ended must not be taken for an older one.
#[tokio::test(flavor = "multi_thread")]
async fn who_signs_in_right_after_signing_out_everywhere_is_in() {
    let home = Home::open().await;
    let before = home.visitor().await;
    before.does(SIGN_OUT, "SignOutInput", json!({ "everywhere": true })).await;
    let after = home.visitor().await;
    assert!(after.id().await.starts_with("usr_"));
}
