//! What people know of each other, and what they say of themselves.

use serde_json::{Value, json};

use crate::support::{Actor, Home};

const PERSON: &str = "id displayName role email disabled invitedAt lastSeenAt";
const UPDATE: &str = "updateProfile(input: $input) { user { displayName } userErrors { code } }";

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_knows_the_names_of_others_and_no_more() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let (anna, ben) = (home.relative(&admin, "Anna").await, home.relative(&admin, "Ben").await);
    let id = ben.id().await;
    let shown = person(&anna, &id).await;
    let expected = json!({
        "id": id,
        "displayName": "Ben",
        "role": "VISITOR",
        "email": null,
        "disabled": null,
        "invitedAt": null,
        "lastSeenAt": null,
    });
    assert_eq!(shown, expected);
    for knowing in [&ben, &admin] {
        let shown = person(knowing, &id).await;
        assert_eq!(shown["email"], "ben@example.org");
        assert_eq!(shown["disabled"], false);
        assert!(shown["invitedAt"].is_string() && shown["lastSeenAt"].is_string(), "{shown:#}");
    }
    let data = ben.gets(&format!("{{ viewer {{ {PERSON} }} }}"), json!({})).await;
    assert_eq!(data["viewer"], person(&admin, &id).await, "the viewer is the same person");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_author_stays_a_name_only_beside_a_comment() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let (anna, ben) = (home.relative(&admin, "Anna").await, home.relative(&admin, "Ben").await);
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let media = admin.adds_photo(&gallery, "2024:07:03 15:04:05").await;
    ben.comments(&media, "What a day!").await;
    let document =
        "query($id: ID!) { media(id: $id) { comments { edges { node { author { displayName email } } } } } }";
    let author = |data: &Value| data["media"]["comments"]["edges"][0]["node"]["author"].clone();
    let shown = author(&anna.gets(document, json!({ "id": media })).await);
    assert_eq!(shown, json!({ "displayName": "Ben", "email": null }));
    let shown = author(&admin.gets(document, json!({ "id": media })).await);
    assert_eq!(shown, json!({ "displayName": "Ben", "email": "ben@example.org" }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_seen_when_they_sign_in() {
    let home = Home::open().await;
    let admin = home.admin().await;
    admin.invites("ben@example.org", "Ben", "VISITOR").await;
    let anna = home.relative(&admin, "Anna").await;
    let document = "{ users { edges { node { displayName lastSeenAt } } } }";
    let data = admin.gets(document, json!({})).await;
    let seen = |data: &Value, name: &str| {
        let edges = data["users"]["edges"].as_array().expect("a list").clone();
        let found = edges.into_iter().find(|edge| edge["node"]["displayName"] == name).expect("the person");
        found["node"]["lastSeenAt"].clone()
    };
    assert_eq!(seen(&data, "Ben"), Value::Null, "an invitation is no visit");
    let before = seen(&data, "Anna").as_str().expect("a time").to_owned();
    home.pass_seconds(60);
    anna.refreshed().await;
    let after = seen(&admin.gets(document, json!({})).await, "Anna").as_str().expect("a time").to_owned();
    assert!(after > before, "{before} {after}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_changes_the_own_name_and_everybody_sees_it() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let anna = home.relative(&admin, "Anna").await;
    let id = anna.id().await;
    let payload = anna.does(UPDATE, "UpdateProfileInput", json!({ "displayName": " Aunt Anna " })).await;
    assert_eq!(payload["user"]["displayName"], "Aunt Anna");
    assert_eq!(person(&home.visitor().await, &id).await["displayName"], "Aunt Anna");
    for (name, code) in [(" ".to_owned(), "BLANK"), ("x".repeat(101), "TOO_LONG"), ("a\u{7}b".into(), "INVALID")] {
        let input = json!({ "displayName": name });
        assert_eq!(anna.mistakes(UPDATE, "UpdateProfileInput", input).await, [code], "{name:?}");
    }
    for nothing in [json!({}), json!({ "displayName": null })] {
        let payload = anna.does(UPDATE, "UpdateProfileInput", nothing).await;
        assert_eq!(payload["user"]["displayName"], "Aunt Anna");
    }
    let refused = home.anonymous().refusals(UPDATE, "UpdateProfileInput", json!({ "displayName": "Nobody" })).await;
    assert_eq!(refused, ["UNAUTHENTICATED"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_name_takes_its_place_in_the_list() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let anna = home.relative(&admin, "Anna").await;
    anna.does(UPDATE, "UpdateProfileInput", json!({ "displayName": "Zoe" })).await;
    let data = admin.gets("{ users { edges { node { displayName } } } }", json!({})).await;
    let names: Vec<&Value> =
        data["users"]["edges"].as_array().expect("a list").iter().map(|edge| &edge["node"]["displayName"]).collect();
    assert_eq!(names, ["Admin", "Family", "Zoe"]);
}

async fn person(actor: &Actor, id: &str) -> Value {
    let document = format!("query($id: ID!) {{ node(id: $id) {{ ... on User {{ {PERSON} }} }} }}");
    actor.gets(&document, json!({ "id": id })).await["node"].take()
}
