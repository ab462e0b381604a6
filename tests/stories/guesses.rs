//! Guesses at passwords: what they tell, what they cost, and how many there are. Costs are counted, not timed.

use futures::future::join_all;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{
    Actor, Home,
    home::{ADMIN_PASSWORD, FAMILY_PASSWORD},
};

const SIGN_IN: &str = "mutation($input: SignInInput!) { signIn(input: $input) { session { role } challenge \
    userErrors { code message path } } }";
const SET_DISABLED: &str = "setUserDisabled(input: $input) { userErrors { code } }";
const CHOSEN_PASSWORD: &str = "a-new-password";
/// With this many failures in a row an account is locked for minutes.
const FAILURES: usize = 14;
/// Longer than any lock.
const LOCK_SECONDS: i64 = 15 * 60;

/// What somebody hears who tries to sign in, and how many passwords were hashed for it.
async fn hears(home: &Home, input: Value) -> (StatusCode, String, u64) {
    let before = home.system.pool.password_hashes();
    let (status, text) = home.anonymous().hears(SIGN_IN, json!({ "input": input })).await;
    (status, text, home.system.pool.password_hashes() - before)
}

async fn code(home: &Home, input: &Value, password: &str) -> String {
    let mut input = input.clone();
    input["password"] = json!(password);
    let (_, text, _) = hears(home, input).await;
    let answer: Value = serde_json::from_str(&text).expect("JSON");
    answer["data"]["signIn"]["userErrors"][0]["code"].as_str().unwrap_or("none").to_owned()
}

async fn close(admin: &Actor, id: &str) {
    admin.does(SET_DISABLED, "SetUserDisabledInput", json!({ "userId": id, "disabled": true })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_there_answers_and_costs_as_who_is() {
    let home = Home::open().await;
    let admin = home.admin().await;
    home.relative(&admin, "Anna").await;
    admin.invites("ben@example.org", "Ben", "VISITOR").await;
    let cleo = home.relative(&admin, "Cleo").await;
    close(&admin, &cleo.id().await).await;
    let expected = hears(&home, json!({ "email": "anna@example.org", "password": "not-this-one" })).await;
    assert!(expected.1.contains("WRONG_PASSWORD"), "{}", expected.1);
    assert_eq!(expected.2, 1, "one hash for one guess");
    let long = format!("{}@example.org", "x".repeat(10_000));
    for (email, password) in [
        ("nobody@example.org", "not-this-one"),
        ("nobody@example.org", CHOSEN_PASSWORD),
        ("ben@example.org", "not-this-one"),
        ("cleo@example.org", "not-this-one"),
        ("cleo@example.org", CHOSEN_PASSWORD),
        ("anna@example.net", CHOSEN_PASSWORD),
        ("anna", CHOSEN_PASSWORD),
        ("usr_00000000-0000-4000-8000-000000000000", CHOSEN_PASSWORD),
        ("00000000-0000-4000-8000-000000000000", CHOSEN_PASSWORD),
        ("' OR 1 = 1 --", CHOSEN_PASSWORD),
        ("%", CHOSEN_PASSWORD),
        ("\u{0}", CHOSEN_PASSWORD),
        (long.as_str(), CHOSEN_PASSWORD),
    ] {
        let heard = hears(&home, json!({ "email": email, "password": password })).await;
        assert_eq!(heard, expected, "{}", email.chars().take(60).collect::<String>());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guess_of_any_form_costs_the_same_for_who_is_not_there() {
    let home = Home::open().await;
    home.relative(&home.admin().await, "Anna").await;
    for (password, hashes) in [
        ("x".to_owned(), 1),
        ("ö".repeat(256), 1),
        ("x".repeat(257), 0),
        ("x".repeat(50_000), 0),
        (String::new(), 0),
        ("\u{0}".to_owned(), 1),
        ("$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA".to_owned(), 1),
    ] {
        let known = hears(&home, json!({ "email": "anna@example.org", "password": password })).await;
        let unknown = hears(&home, json!({ "email": "nobody@example.org", "password": password })).await;
        let shown: String = password.chars().take(20).collect();
        assert_eq!(known, unknown, "{shown}");
        assert!(known.1.contains("WRONG_PASSWORD"), "{shown}: {}", known.1);
        assert_eq!(known.2, hashes, "{shown}");
        home.pass_seconds(LOCK_SECONDS);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_name_is_locked_no_password_is_looked_at() {
    let home = Home::open().await;
    home.relative(&home.admin().await, "Anna").await;
    for email in ["anna@example.org", "nobody@example.org"] {
        for _ in 0..FAILURES {
            let (_, text, hashes) = hears(&home, json!({ "email": email, "password": "a-guess" })).await;
            assert!(text.contains("WRONG_PASSWORD") && hashes == 1, "{email}: {hashes}, {text}");
            home.pass_seconds(512);
        }
    }
    // The last of Anna's locks is over by now, unless she is guessed at once more.
    hears(&home, json!({ "email": "anna@example.org", "password": "a-guess" })).await;
    hears(&home, json!({ "email": "nobody@example.org", "password": "a-guess" })).await;
    let known = hears(&home, json!({ "email": "anna@example.org", "password": CHOSEN_PASSWORD })).await;
    assert!(known.1.contains("LOCKED"), "{}", known.1);
    assert_eq!(known.2, 0);
    assert_eq!(hears(&home, json!({ "email": "nobody@example.org", "password": CHOSEN_PASSWORD })).await, known);
}

/// Every way in which Kim can say who she is: the sign of the unit Kelvin is a k, too, in small letters.
async fn spellings_of_kim(home: &Home, kim: &Actor) -> Vec<Value> {
    let id = kim.id().await;
    let record = home.system.store.get_user(id.parse().expect("an id")).await.expect("an answer").expect("Kim");
    let names = [
        "kim@example.org",
        "KIM@EXAMPLE.ORG",
        "Kim@Example.Org",
        "  kim@example.org  ",
        "\u{212a}im@example.org",
        &record.username,
        &record.username.to_uppercase(),
        &record.id.sub(),
        &record.id.sub().to_uppercase(),
    ];
    names.iter().map(|name| json!({ "email": name })).collect()
}

/// Every way in which the family's account can be named.
async fn spellings_of_the_family(home: &Home) -> Vec<Value> {
    let data = home.anonymous().gets("{ signInOptions { id label } }", json!({})).await;
    let options = data["signInOptions"].as_array().expect("a list");
    let family = options.iter().find(|option| option["label"] == "Family").expect("it is offered");
    let id = family["id"].as_str().expect("an id");
    let sub = id.strip_prefix("usr_").expect("the id of a person");
    vec![
        json!({ "optionId": id }),
        json!({ "email": "family" }),
        json!({ "email": "FAMILY" }),
        json!({ "email": " Family " }),
        json!({ "email": sub }),
        json!({ "email": sub.to_uppercase() }),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn all_spellings_of_one_account_share_one_count() {
    let home = Home::open().await;
    let kim = home.relative(&home.admin().await, "Kim").await;
    for (spellings, password) in [
        (spellings_of_kim(&home, &kim).await, CHOSEN_PASSWORD),
        (spellings_of_the_family(&home).await, FAMILY_PASSWORD),
    ] {
        for spelling in &spellings {
            assert_eq!(code(&home, spelling, password).await, "none", "{spelling} is a spelling");
        }
        for n in 0..FAILURES {
            let spelling = &spellings[n % spellings.len()];
            assert_eq!(code(&home, spelling, "a-guess").await, "WRONG_PASSWORD", "{n}: {spelling}");
            if n + 1 < FAILURES {
                home.pass_seconds(LOCK_SECONDS);
            }
        }
        for spelling in &spellings {
            assert_eq!(code(&home, spelling, password).await, "LOCKED", "{spelling}");
        }
        home.pass_seconds(LOCK_SECONDS);
    }
    assert_eq!(
        code(&home, &json!({ "email": "admin" }), ADMIN_PASSWORD).await,
        "none",
        "another account is not locked"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn all_spellings_at_once_are_as_few_guesses_as_one() {
    let home = Home::open().await;
    let kim = home.relative(&home.admin().await, "Kim").await;
    let spellings = spellings_of_kim(&home, &kim).await;
    for _ in 1..FAILURES {
        assert_eq!(code(&home, &spellings[0], "a-guess").await, "WRONG_PASSWORD");
        home.pass_seconds(LOCK_SECONDS);
    }
    let before = home.system.pool.password_hashes();
    let at_once = spellings.iter().chain(&spellings).map(|spelling| code(&home, spelling, "a-guess"));
    let codes = join_all(at_once).await;
    assert_eq!(codes.iter().filter(|code| *code == "WRONG_PASSWORD").count(), 1, "{codes:?}");
    assert_eq!(codes.iter().filter(|code| *code == "LOCKED").count(), codes.len() - 1, "{codes:?}");
    assert_eq!(home.system.pool.password_hashes() - before, 1, "one password was looked at");
}
