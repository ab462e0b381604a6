//! The first sign-in of an invited person: the first password opens nothing but the choice of another.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use futures::future::join_all;
use serde_json::{Value, json};

use crate::support::{Actor, Home};

const COMPLETE: &str = "completeSignIn(input: $input) { session { accessToken refreshToken role } \
    userErrors { code path } }";
const SIGN_IN: &str = "signIn(input: $input) { session { role } challenge userErrors { code } }";

#[tokio::test(flavor = "multi_thread")]
async fn a_first_password_serves_once_to_choose_another() {
    let home = Home::open().await;
    let first = home.admin().await.invites("anna@example.org", "Anna", "VISITOR").await;
    let input = json!({ "email": "anna@example.org", "password": first });
    let payload = home.anonymous().does(SIGN_IN, "SignInInput", input.clone()).await;
    assert_eq!(payload["session"], Value::Null, "the first password is no way in");
    let choice = json!({
        "challenge": payload["challenge"],
        "newPassword": "my-own-password",
        "displayName": "Aunt Anna",
    });
    let payload = home.anonymous().does(COMPLETE, "CompleteSignInInput", choice).await;
    assert_eq!(payload["session"]["role"], "VISITOR");
    let anna = Actor::new(&home, Some(payload["session"].clone()));
    let data = anna.gets("{ viewer { displayName email } }", json!({})).await;
    assert_eq!(data["viewer"], json!({ "displayName": "Aunt Anna", "email": "anna@example.org" }));
    assert_eq!(home.anonymous().mistakes(SIGN_IN, "SignInInput", input).await, ["WRONG_PASSWORD"]);
    let input = json!({ "email": "anna@example.org", "password": "my-own-password" });
    let payload = home.anonymous().does(SIGN_IN, "SignInInput", input).await;
    assert_eq!(payload["challenge"], Value::Null);
    assert_eq!(payload["session"]["role"], "VISITOR");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_is_answered_once() {
    let home = Home::open().await;
    let (_, challenge) = invited(&home, "anna").await;
    assert!(complete(&home, &challenge, "my-own-password").await.is_empty());
    assert_eq!(complete(&home, &challenge, "somebody-elses-password").await, ["EXPIRED"]);
    let input = json!({ "email": "anna@example.org", "password": "somebody-elses-password" });
    assert_eq!(home.anonymous().mistakes(SIGN_IN, "SignInInput", input).await, ["WRONG_PASSWORD"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_answers_to_a_challenge_at_once_one_counts() {
    let home = Home::open().await;
    let (_, challenge) = invited(&home, "anna").await;
    let passwords: Vec<String> = (0..6).map(|n| format!("password-{n}")).collect();
    let answers = join_all(passwords.iter().map(|password| complete(&home, &challenge, password))).await;
    let taken: Vec<&String> = passwords
        .iter()
        .zip(&answers)
        .filter(|(_, mistakes)| mistakes.is_empty())
        .map(|(password, _)| password)
        .collect();
    assert_eq!(taken.len(), 1, "{answers:?}");
    let input = json!({ "email": "anna@example.org", "password": taken[0] });
    let payload = home.anonymous().does(SIGN_IN, "SignInInput", input).await;
    assert_eq!(payload["session"]["role"], "VISITOR");
}

#[tokio::test(flavor = "multi_thread")]
async fn answering_one_challenge_ends_the_others_of_the_person() {
    let home = Home::open().await;
    let (first, early) = invited(&home, "anna").await;
    let late = challenge(&home, "anna", &first).await;
    assert_ne!(early, late);
    assert!(complete(&home, &early, "my-own-password").await.is_empty());
    assert_eq!(complete(&home, &late, "somebody-elses-password").await, ["EXPIRED"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_of_the_wrong_length_may_be_chosen_again() {
    let home = Home::open().await;
    let (_, challenge) = invited(&home, "anna").await;
    for (wrong, code) in [(String::new(), "INVALID"), ("seven77".into(), "INVALID"), ("x".repeat(257), "TOO_LONG")] {
        let input = json!({ "challenge": challenge, "newPassword": wrong });
        let document = format!("mutation($input: CompleteSignInInput!) {{ {COMPLETE} }}");
        let data = home.anonymous().gets(&document, json!({ "input": input })).await;
        let payload = &data["completeSignIn"];
        assert_eq!(payload["session"], Value::Null);
        let expected = json!([{ "code": code, "path": ["input", "newPassword"] }]);
        assert_eq!(payload["userErrors"], expected, "{} characters", wrong.len());
    }
    assert!(complete(&home, &challenge, "eight888").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_ends_after_three_minutes() {
    let home = Home::open().await;
    let (first, early) = invited(&home, "anna").await;
    home.pass_seconds(181);
    assert_eq!(complete(&home, &early, "my-own-password").await, ["EXPIRED"]);
    let late = challenge(&home, "anna", &first).await;
    assert!(complete(&home, &late, "my-own-password").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_password_ends_after_a_week() {
    let home = Home::open().await;
    let first = home.admin().await.invites("anna@example.org", "Anna", "VISITOR").await;
    home.pass_seconds(7 * 86_400 + 1);
    let input = json!({ "email": "anna@example.org", "password": first });
    assert_eq!(home.anonymous().mistakes(SIGN_IN, "SignInInput", input).await, ["WRONG_PASSWORD"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_challenge_is_refused() {
    let home = Home::open().await;
    let json_of_another_kind = BASE64_URL_SAFE_NO_PAD.encode("{}");
    for garbage in ["", "garbage", "🌊", &json_of_another_kind] {
        assert_eq!(complete(&home, garbage, "my-own-password").await, ["INVALID"], "{garbage:?}");
    }
    let made_up = json!({ "session": "A".repeat(43), "username": "admin" });
    let made_up = BASE64_URL_SAFE_NO_PAD.encode(made_up.to_string());
    assert_eq!(complete(&home, &made_up, "my-own-password").await, ["EXPIRED"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_opens_no_other_account() {
    let home = Home::open().await;
    let (_, of_anna) = invited(&home, "anna").await;
    let (first_of_ben, of_ben) = invited(&home, "ben").await;
    let mut mixed = opened(&of_anna);
    mixed["username"] = opened(&of_ben)["username"].clone();
    let mixed = BASE64_URL_SAFE_NO_PAD.encode(mixed.to_string());
    assert_eq!(complete(&home, &mixed, "annas-choice").await, ["EXPIRED"]);
    for (name, challenge) in [("anna", of_anna), ("ben", challenge(&home, "ben", &first_of_ben).await)] {
        assert!(complete(&home, &challenge, "my-own-password").await.is_empty(), "{name} goes on");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blank_name_at_the_first_sign_in_is_refused_and_the_challenge_kept() {
    let home = Home::open().await;
    let (_, challenge) = invited(&home, "anna").await;
    let input = json!({ "challenge": challenge, "newPassword": "my-own-password", "displayName": " " });
    assert_eq!(home.anonymous().mistakes(COMPLETE, "CompleteSignInInput", input).await, ["BLANK"]);
    assert!(complete(&home, &challenge, "my-own-password").await.is_empty());
}

/// Invites a person and signs in: gives the first password and the challenge.
async fn invited(home: &Home, name: &str) -> (String, String) {
    let first = home.admin().await.invites(&format!("{name}@example.org"), name, "VISITOR").await;
    let challenge = challenge(home, name, &first).await;
    (first, challenge)
}

async fn challenge(home: &Home, name: &str, first: &str) -> String {
    let input = json!({ "email": format!("{name}@example.org"), "password": first });
    let payload = home.anonymous().does(SIGN_IN, "SignInInput", input).await;
    payload["challenge"].as_str().expect("a challenge").to_owned()
}

async fn complete(home: &Home, challenge: &str, new_password: &str) -> Vec<String> {
    let input = json!({ "challenge": challenge, "newPassword": new_password });
    home.anonymous().mistakes(COMPLETE, "CompleteSignInInput", input).await
}

fn opened(challenge: &str) -> Value {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(challenge).expect("base64");
    serde_json::from_slice(&bytes).expect("JSON")
}
