//! Signing in with a password: what is offered, what is refused, and how guessing is slowed down.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::support::{
    Actor, Home,
    actor::NO_ULID,
    home::{ADMIN_PASSWORD, FAMILY_PASSWORD},
};

const SIGN_IN: &str = "signIn(input: $input) { session { role } userErrors { code message path } }";
/// With this many failures in a row the account is locked for minutes, which no test takes.
const FAILURES: usize = 14;
/// Longer than any lock.
const LOCK_SECONDS: i64 = 15 * 60;

#[tokio::test(flavor = "multi_thread")]
async fn the_page_offers_two_accounts_that_need_a_password_only() {
    let home = Home::open().await;
    let data = home.anonymous().gets("{ signInOptions { label role } }", json!({})).await;
    let offered = json!([{ "label": "Admin", "role": "ADMIN" }, { "label": "Family", "role": "VISITOR" }]);
    assert_eq!(data["signInOptions"], offered);
    let you = "{ viewer { displayName role email } }";
    let admin = home.admin().await;
    let expected = json!({ "displayName": "Admin", "role": "ADMIN", "email": null });
    assert_eq!(admin.gets(you, json!({})).await["viewer"], expected);
    let family = home.visitor().await;
    let expected = json!({ "displayName": "Family", "role": "VISITOR", "email": null });
    assert_eq!(family.gets(you, json!({})).await["viewer"], expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invited_person_is_not_offered_on_the_page() {
    let home = Home::open().await;
    let anna = home.relative(&home.admin().await, "Anna").await;
    let data = home.anonymous().gets("{ signInOptions { label } }", json!({})).await;
    assert_eq!(data["signInOptions"], json!([{ "label": "Admin" }, { "label": "Family" }]));
    let input = json!({ "optionId": anna.id().await, "password": "a-new-password" });
    assert_eq!(tries(&home, input).await, ["NOT_FOUND"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_opens_nothing() {
    let home = Home::open().await;
    for wrong in ["", " ", "Admin-password", "admin-password ", FAMILY_PASSWORD] {
        let input = json!({ "optionId": option(&home, "Admin").await, "password": wrong });
        let document = format!("mutation($input: SignInInput!) {{ {SIGN_IN} }}");
        let data = home.anonymous().gets(&document, json!({ "input": input })).await;
        assert_eq!(data["signIn"]["session"], Value::Null, "{wrong:?}");
        assert_eq!(data["signIn"]["userErrors"][0]["code"], "WRONG_PASSWORD", "{wrong:?}");
        assert_eq!(data["signIn"]["userErrors"][0]["path"], json!(["input", "password"]));
        // The right one in between forgets the failures.
        assert!(tries_option(&home, "Admin", ADMIN_PASSWORD).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_says_who_one_is_in_exactly_one_way() {
    let home = Home::open().await;
    let option = option(&home, "Admin").await;
    assert_eq!(tries(&home, json!({ "password": ADMIN_PASSWORD })).await, ["INVALID"]);
    let both = json!({ "optionId": option, "email": "oma@example.org", "password": ADMIN_PASSWORD });
    assert_eq!(tries(&home, both).await, ["INVALID"]);
    let unknown = [
        "usr_00000000-0000-4000-8000-000000000000".to_owned(),
        format!("gal_{NO_ULID}"),
        "Admin".into(),
        String::new(),
    ];
    for id in unknown {
        assert_eq!(tries(&home, json!({ "optionId": id, "password": ADMIN_PASSWORD })).await, ["NOT_FOUND"], "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_taken_in_any_case() {
    let home = Home::open().await;
    home.relative(&home.admin().await, "Anna").await;
    for email in ["anna@example.org", "Anna@Example.ORG", " anna@example.org "] {
        let mistakes = tries(&home, json!({ "email": email, "password": "a-new-password" })).await;
        assert!(mistakes.is_empty(), "{email}: {mistakes:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_address_is_answered_like_a_wrong_password_up_to_the_lock() {
    let home = Home::open().await;
    home.relative(&home.admin().await, "Anna").await;
    let document = format!("mutation($input: SignInInput!) {{ {SIGN_IN} }}");
    let hears = async |email: &str| {
        let input = json!({ "email": email, "password": "not-this-one" });
        home.anonymous().hears(&document, json!({ "input": input })).await
    };
    for failure in 1..=FAILURES {
        let known = hears("anna@example.org").await;
        assert!(known.1.contains("WRONG_PASSWORD"), "{failure}: {}", known.1);
        assert_eq!(hears("nobody@example.org").await, known, "{failure}");
        if failure < FAILURES {
            home.pass_seconds(LOCK_SECONDS);
        }
    }
    let locked = hears("anna@example.org").await;
    assert!(locked.1.contains("LOCKED"), "{}", locked.1);
    assert_eq!(hears("nobody@example.org").await, locked);
}

#[tokio::test(flavor = "multi_thread")]
async fn four_wrong_passwords_lock_nobody_out() {
    let home = Home::open().await;
    for _ in 0..4 {
        assert_eq!(tries_option(&home, "Family", "a-guess").await, ["WRONG_PASSWORD"]);
    }
    assert!(tries_option(&home, "Family", FAMILY_PASSWORD).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_wrong_passwords_lock_one_account_for_a_while() {
    let home = Home::open().await;
    fail_until_locked(&home).await;
    assert_eq!(tries_option(&home, "Family", FAMILY_PASSWORD).await, ["LOCKED"], "the right one is refused too");
    assert!(tries_option(&home, "Admin", ADMIN_PASSWORD).await.is_empty(), "another account is not locked");
    home.pass_seconds(LOCK_SECONDS);
    assert!(tries_option(&home, "Family", FAMILY_PASSWORD).await.is_empty());
    // The count began anew.
    for _ in 0..4 {
        assert_eq!(tries_option(&home, "Family", "a-guess").await, ["WRONG_PASSWORD"]);
    }
    assert!(tries_option(&home, "Family", FAMILY_PASSWORD).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_outlives_a_restart() {
    let home = Home::open().await;
    fail_until_locked(&home).await;
    let home = home.restart().await;
    assert_eq!(tries_option(&home, "Family", FAMILY_PASSWORD).await, ["LOCKED"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_guesses_in_one_document_are_as_few_as_one_by_one() {
    let home = Home::open().await;
    for _ in 1..FAILURES {
        assert_eq!(tries_option(&home, "Family", "a-guess").await, ["WRONG_PASSWORD"]);
        home.pass_seconds(LOCK_SECONDS);
    }
    let data = home.anonymous().gets(&guesses(10), variables(&home).await).await;
    let answers = data.as_object().expect("data").values();
    let codes: Vec<&Value> = answers.map(|payload| &payload["userErrors"][0]["code"]).collect();
    assert_eq!(codes.iter().filter(|code| **code == "WRONG_PASSWORD").count(), 1, "{codes:?}");
    assert_eq!(codes.iter().filter(|code| **code == "LOCKED").count(), 9, "{codes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_guesses_at_once_are_as_few_as_one_by_one() {
    let home = Home::open().await;
    for _ in 1..FAILURES {
        assert_eq!(tries_option(&home, "Family", "a-guess").await, ["WRONG_PASSWORD"]);
        home.pass_seconds(LOCK_SECONDS);
    }
    let at_once = (0..10).map(|_| tries_option(&home, "Family", "a-guess"));
    let mut codes = join_all(at_once).await.concat();
    codes.sort();
    assert_eq!((codes[..9].to_vec(), codes[9].as_str()), (vec!["LOCKED".to_owned(); 9], "WRONG_PASSWORD"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_with_very_many_guesses_is_not_even_tried() {
    let home = Home::open().await;
    for _ in 0..3 {
        let answer = home.anonymous().asks(&guesses(11), variables(&home).await).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_REQUEST", "{answer:#}");
        assert_eq!(answer.get("data"), None);
    }
    assert!(tries_option(&home, "Family", FAMILY_PASSWORD).await.is_empty(), "nothing was counted");
}

async fn fail_until_locked(home: &Home) {
    for failure in 1..=FAILURES {
        assert_eq!(tries_option(home, "Family", "a-guess").await, ["WRONG_PASSWORD"], "{failure}");
        if failure < FAILURES {
            home.pass_seconds(LOCK_SECONDS);
        }
    }
}

fn guesses(count: usize) -> String {
    let guess = |n| format!("g{n}: signIn(input: $input) {{ userErrors {{ code }} }}");
    format!("mutation($input: SignInInput!) {{ {} }}", (0..count).map(guess).collect::<Vec<_>>().join(" "))
}

async fn variables(home: &Home) -> Value {
    json!({ "input": { "optionId": option(home, "Family").await, "password": "a-guess" } })
}

async fn option(home: &Home, label: &str) -> Value {
    let data = home.anonymous().gets("{ signInOptions { id label } }", json!({})).await;
    let options = data["signInOptions"].as_array().expect("a list");
    options.iter().find(|option| option["label"] == label).expect("the account is offered")["id"].clone()
}

/// Tries to sign in and gives the codes of the mistakes: none when it succeeds.
async fn tries(home: &Home, input: Value) -> Vec<String> {
    let anonymous: Actor = home.anonymous();
    anonymous.mistakes(SIGN_IN, "SignInInput", input).await
}

async fn tries_option(home: &Home, label: &str, password: &str) -> Vec<String> {
    tries(home, json!({ "optionId": option(home, label).await, "password": password })).await
}
