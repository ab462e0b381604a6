//! People reply to one another, and say who they are on an account that several share.

use serde_json::{Value, json};

use crate::support::{Actor, Home};

const ADD: &str = "addComment(input: $input) { comment { id parentId replyCount authorName author { displayName } } \
    media { commentCount } userErrors { code path } }";
const THREAD: &str = "query($id: ID!) { media(id: $id) { commentCount comments { edges { node { id text replyCount \
    parentId replies { edges { node { id text parentId replyCount replies { edges { cursor } } } } } } } } } }";

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_to_a_reply_joins_the_same_thread() {
    let (home, admin, photo) = photo().await;
    let visitor = home.visitor().await;
    let first = admin.comments(&photo, "Who is this?").await;
    let reply = says(&visitor, &photo, "Aunt Mary", Some(&first)).await;
    let again = says(&admin, &photo, "Really?", reply["comment"]["id"].as_str()).await;
    says(&visitor, &photo, "Another matter", None).await;
    assert_eq!(again["comment"]["parentId"], json!(first));
    assert_eq!(again["media"]["commentCount"], 3);
    let data = visitor.gets(THREAD, json!({ "id": photo })).await;
    let threads = nodes(&data["media"]["comments"]);
    assert_eq!(texts(&threads), ["Who is this?", "Another matter"]);
    assert_eq!((&threads[0]["replyCount"], &threads[1]["replyCount"]), (&json!(2), &json!(0)));
    let replies = nodes(&threads[0]["replies"]);
    assert_eq!(texts(&replies), ["Aunt Mary", "Really?"]);
    assert!(replies.iter().all(|reply| reply["parentId"] == json!(first) && reply["replyCount"] == 0));
    assert!(replies.iter().all(|reply| nodes(&reply["replies"]).is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_replies_to_a_removed_comment_stay() {
    let (home, admin, photo) = photo().await;
    let visitor = home.visitor().await;
    let first = visitor.comments(&photo, "Oops").await;
    says(&admin, &photo, "It happens", Some(&first)).await;
    let remove = "deleteComment(input: $input) { media { commentCount } userErrors { code } }";
    let payload = visitor.does(remove, "DeleteCommentInput", json!({ "id": first })).await;
    assert_eq!(payload["media"]["commentCount"], 1);
    let data = visitor.gets(THREAD, json!({ "id": photo })).await;
    let threads = nodes(&data["media"]["comments"]);
    assert_eq!(threads[0]["text"], Value::Null);
    assert_eq!(texts(&nodes(&threads[0]["replies"])), ["It happens"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_needs_a_comment_on_the_same_picture() {
    let (_home, admin, photo) = photo().await;
    let gallery = admin.makes_gallery("Other", "FAMILY").await;
    let other = admin.adds_photo(&gallery, "2024:08:01 12:00:00").await;
    let elsewhere = admin.comments(&other, "Elsewhere").await;
    let nothing = format!("com_{}_{}", photo.trim_start_matches("med_"), crate::support::actor::NO_ULID);
    for parent in [elsewhere.as_str(), nothing.as_str(), "nothing", photo.as_str()] {
        let input = json!({ "mediaId": photo, "text": "What?", "parentId": parent });
        assert_eq!(admin.mistakes(ADD, "AddCommentInput", input).await, ["NOT_FOUND"], "{parent}");
    }
    assert_eq!(admin.gets(THREAD, json!({ "id": photo })).await["media"]["commentCount"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_shares_an_account_says_who_they_are() {
    let (home, admin, photo) = photo().await;
    let (family, anna) = (home.visitor().await, home.relative(&admin, "Anna").await);
    let input = json!({ "mediaId": photo, "text": "Hello", "authorName": " Uncle Bob " });
    let payload = family.does(ADD, "AddCommentInput", input).await;
    assert_eq!(payload["comment"]["authorName"], "Uncle Bob");
    // Apart from the account's own name.
    assert_eq!(payload["comment"]["author"]["displayName"], "Family");
    let input = json!({ "mediaId": photo, "text": "Hello", "authorName": "Uncle Bob" });
    assert_eq!(anna.mistakes(ADD, "AddCommentInput", input).await, ["INVALID"]);
    let input = json!({ "mediaId": photo, "text": "Hello", "authorName": "B".repeat(101) });
    assert_eq!(family.mistakes(ADD, "AddCommentInput", input).await, ["TOO_LONG"]);
    let input = json!({ "mediaId": photo, "text": "Hello", "authorName": " " });
    assert_eq!(anna.does(ADD, "AddCommentInput", input).await["comment"]["authorName"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_comment_may_reply_and_is_told_so() {
    let (home, admin, photo) = photo().await;
    let anna = home.relative(&admin, "Anna").await;
    let comment = admin.comments(&photo, "Who is this?").await;
    let gallery = "query($id: ID!) { media(id: $id) { gallery { id } } }";
    let gallery = admin.gets(gallery, json!({ "id": photo })).await["media"]["gallery"]["id"].clone();
    let gallery = gallery.as_str().expect("an id");
    let close = "updateGallery(input: $input) { gallery { id } userErrors { code } }";
    admin.does(close, "UpdateGalleryInput", json!({ "id": gallery, "visibility": "RESTRICTED" })).await;
    for (level, may) in [("VIEW", false), ("COMMENT", true)] {
        admin.grants(gallery, &anna.id().await, json!(level)).await;
        let asked = "query($id: ID!) { node(id: $id) { ... on Comment { viewerCan { reply } } } }";
        let data = anna.gets(asked, json!({ "id": comment })).await;
        assert_eq!(data["node"]["viewerCan"]["reply"], may, "{level}");
        let reply = json!({ "mediaId": photo, "text": "Aunt Mary", "parentId": comment });
        let refusals = anna.refusals(ADD, "AddCommentInput", reply).await;
        assert_eq!(refusals.is_empty(), may, "{level}: {refusals:?}");
    }
}

async fn photo() -> (Home, Actor, String) {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let photo = admin.adds_photo(&gallery, "2024:07:03 15:04:05").await;
    (home, admin, photo)
}

async fn says(actor: &Actor, photo: &str, text: &str, parent: Option<&str>) -> Value {
    actor.does(ADD, "AddCommentInput", json!({ "mediaId": photo, "text": text, "parentId": parent })).await
}

fn nodes(connection: &Value) -> Vec<Value> {
    connection["edges"].as_array().expect("edges").iter().map(|edge| edge["node"].clone()).collect()
}

fn texts(nodes: &[Value]) -> Vec<&str> {
    nodes.iter().map(|node| node["text"].as_str().expect("a text")).collect()
}
