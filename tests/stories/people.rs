//! The admin looks after people: who comes in, as what, and who must go.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Actor, Home, actor::NO_ULID};

const INVITE: &str = "inviteUser(input: $input) { user { id } userErrors { code } }";
const SET_ROLE: &str = "setUserRole(input: $input) { user { role } userErrors { code } }";
const SET_DISABLED: &str = "setUserDisabled(input: $input) { user { disabled } userErrors { code } }";
const USERS: &str = "query($first: Int! = 50, $after: String) { users(first: $first, after: $after) { \
    edges { node { displayName } } pageInfo { hasNextPage hasPreviousPage endCursor } } }";

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_with_mistakes_makes_nobody() {
    let home = Home::open().await;
    let admin = home.admin().await;
    admin.invites("anna@example.org", "Anna", "VISITOR").await;
    let wrong = [
        ("anna@example.org", "Another Anna", "TAKEN"),
        (" Anna@EXAMPLE.org", "Another Anna", "TAKEN"),
        ("ben", "Ben", "INVALID"),
        ("ben@localhost", "Ben", "INVALID"),
        ("", "Ben", "INVALID"),
        ("ben@example.org", " ", "BLANK"),
        ("ben@example.org", &"é".repeat(101), "TOO_LONG"),
        ("ben@example.org", "Ben\nthe elder", "INVALID"),
    ];
    for (email, name, code) in wrong {
        let input = json!({ "email": email, "displayName": name, "role": "VISITOR" });
        assert_eq!(admin.mistakes(INVITE, "InviteUserInput", input).await, [code], "{email:?} {name:?}");
    }
    assert_eq!(names(&admin.gets(USERS, json!({})).await), ["Admin", "Anna", "Family"]);
    admin.invites("ben@example.org", &"é".repeat(100), "VISITOR").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_admins_look_after_people() {
    let home = Home::open().await;
    let (family, admin) = (home.visitor().await, home.admin().await);
    let id = admin.id().await;
    let invitation = json!({ "email": "ben@example.org", "displayName": "Ben", "role": "ADMIN" });
    assert_eq!(family.refusals(INVITE, "InviteUserInput", invitation).await, ["FORBIDDEN"]);
    let role = json!({ "userId": id, "role": "VISITOR" });
    assert_eq!(family.refusals(SET_ROLE, "SetUserRoleInput", role).await, ["FORBIDDEN"]);
    let closed = json!({ "userId": id, "disabled": true });
    assert_eq!(family.refusals(SET_DISABLED, "SetUserDisabledInput", closed).await, ["FORBIDDEN"]);
    let answer = family.asks(USERS, json!({})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN");
    assert_eq!(answer["data"], json!({ "users": null }));
    assert_eq!(names(&admin.gets(USERS, json!({})).await), ["Admin", "Family"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promotion_counts_from_the_next_token_on() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let anna = home.relative(&admin, "Anna").await;
    assert_eq!(set_role(&admin, &anna.id().await, "ADMIN").await, Vec::<String>::new());
    assert_eq!(anna.asks(USERS, json!({})).await["errors"][0]["extensions"]["code"], "FORBIDDEN");
    let anna = anna.refreshed().await;
    assert_eq!(anna.session.as_ref().expect("a session")["role"], "ADMIN");
    assert_eq!(names(&anna.gets(USERS, json!({})).await), ["Admin", "Anna", "Family"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demotion_counts_at_the_next_request() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let anna = home.relative(&admin, "Anna").await;
    set_role(&admin, &anna.id().await, "ADMIN").await;
    let anna = anna.refreshed().await;
    let (status, _) = anna.hears(USERS, json!({})).await;
    assert_eq!(status, StatusCode::OK);
    home.pass_seconds(1);
    assert_eq!(set_role(&admin, &anna.id().await, "VISITOR").await, Vec::<String>::new());
    let (status, text) = anna.hears(USERS, json!({})).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED, "{text}");
    home.pass_seconds(1);
    let anna = anna.refreshed().await;
    assert_eq!(anna.session.as_ref().expect("a session")["role"], "VISITOR");
    assert_eq!(anna.asks(USERS, json!({})).await["errors"][0]["extensions"]["code"], "FORBIDDEN");
    assert_eq!(anna.gets("{ viewer { role } }", json!({})).await["viewer"]["role"], "VISITOR");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_account_is_out_at_the_next_request_until_it_is_opened() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let anna = home.relative(&admin, "Anna").await;
    let id = anna.id().await;
    home.pass_seconds(1);
    assert_eq!(set_disabled(&admin, &id, true).await, Vec::<String>::new());
    assert_eq!(anna.hears("{ viewer { id } }", json!({})).await.0, StatusCode::UNAUTHORIZED);
    let refresh = "refreshSession(input: $input) { userErrors { code } }";
    let input = json!({ "refreshToken": anna.refresh_token() });
    assert_eq!(home.anonymous().mistakes(refresh, "RefreshSessionInput", input).await, ["EXPIRED"]);
    let right = sign_in(&home, "a-new-password").await;
    assert!(right.contains("WRONG_PASSWORD"), "{right}");
    assert_eq!(sign_in(&home, "not-this-one").await, right, "nobody learns that the account is closed");
    assert_eq!(set_disabled(&admin, &id, false).await, Vec::<String>::new());
    assert_eq!(anna.hears("{ viewer { id } }", json!({})).await.0, StatusCode::UNAUTHORIZED, "the old session is over");
    home.pass_seconds(1);
    assert!(sign_in(&home, "a-new-password").await.contains(r#""userErrors":[]"#));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_account_is_not_offered_on_the_page() {
    let home = Home::open().await;
    let (admin, family) = (home.admin().await, home.visitor().await);
    set_disabled(&admin, &family.id().await, true).await;
    let data = home.anonymous().gets("{ signInOptions { label } }", json!({})).await;
    assert_eq!(data["signInOptions"], json!([{ "label": "Admin" }]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_admin_stays() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let id = admin.id().await;
    assert_eq!(set_role(&admin, &id, "VISITOR").await, ["LAST_ADMIN"]);
    assert_eq!(set_disabled(&admin, &id, true).await, ["LAST_ADMIN"]);
    // A closed account looks after nobody.
    let anna = home.relative(&admin, "Anna").await;
    let anna_id = anna.id().await;
    set_role(&admin, &anna_id, "ADMIN").await;
    set_disabled(&admin, &anna_id, true).await;
    assert_eq!(set_role(&admin, &id, "VISITOR").await, ["LAST_ADMIN"]);
    set_disabled(&admin, &anna_id, false).await;
    home.pass_seconds(1);
    assert_eq!(set_role(&admin, &id, "VISITOR").await, Vec::<String>::new());
    let signed_in = "signIn(input: $input) { session { accessToken role } userErrors { code } }";
    let input = json!({ "email": "anna@example.org", "password": "a-new-password" });
    let payload = home.anonymous().does(signed_in, "SignInInput", input).await;
    let anna = Actor::new(&home, Some(payload["session"].clone()));
    assert_eq!(set_disabled(&anna, &anna_id, true).await, ["LAST_ADMIN"]);
    assert_eq!(set_role(&anna, &id, "ADMIN").await, Vec::<String>::new());
    assert_eq!(set_disabled(&anna, &anna_id, true).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_of_this_name_can_be_changed() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let unknown = ["usr_00000000-0000-4000-8000-000000000000", &format!("usr_{NO_ULID}"), &gallery, "Anna", ""];
    for id in unknown {
        assert_eq!(set_role(&admin, id, "ADMIN").await, ["NOT_FOUND"], "{id:?}");
        assert_eq!(set_disabled(&admin, id, true).await, ["NOT_FOUND"], "{id:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_listed_by_name_a_page_at_a_time() {
    let home = Home::open().await;
    let admin = home.admin().await;
    for (n, name) in ["zoe", "Ann", "Ann-Marie", "ann maria", "Ben", "Ann"].iter().enumerate() {
        admin.invites(&format!("{n}@example.org"), name, "VISITOR").await;
    }
    let mut found = Vec::new();
    let mut after = Value::Null;
    loop {
        let data = admin.gets(USERS, json!({ "first": 3, "after": after })).await;
        let info = &data["users"]["pageInfo"];
        assert_eq!(info["hasPreviousPage"], json!(!found.is_empty()));
        found.extend(names(&data));
        if info["hasNextPage"] == false {
            break;
        }
        assert_eq!(names(&data).len(), 3);
        after = info["endCursor"].clone();
    }
    assert_eq!(found, ["Admin", "Ann", "Ann", "ann maria", "Ann-Marie", "Ben", "Family", "zoe"]);
}

fn names(data: &Value) -> Vec<String> {
    let edges = data["users"]["edges"].as_array().expect("a list").iter();
    edges.map(|edge| edge["node"]["displayName"].as_str().expect("a name").to_owned()).collect()
}

async fn set_role(admin: &Actor, id: &str, role: &str) -> Vec<String> {
    admin.mistakes(SET_ROLE, "SetUserRoleInput", json!({ "userId": id, "role": role })).await
}

async fn set_disabled(admin: &Actor, id: &str, disabled: bool) -> Vec<String> {
    admin.mistakes(SET_DISABLED, "SetUserDisabledInput", json!({ "userId": id, "disabled": disabled })).await
}

/// What somebody hears who signs in as Anna.
async fn sign_in(home: &Home, password: &str) -> String {
    let document = "mutation($input: SignInInput!) { signIn(input: $input) { userErrors { code message path } } }";
    let input = json!({ "email": "anna@example.org", "password": password });
    home.anonymous().hears(document, json!({ "input": input })).await.1
}
