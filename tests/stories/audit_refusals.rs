//! The audit log of what was refused, its order, its pages, and who reads it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::audit::{LOG, lines};
use crate::support::{
    Actor, Home,
    actor::{NO_ULID, error_codes},
    aws,
};

const CREATE: &str = "createGallery(input: $input) { gallery { id } userErrors { code } }";
const COMMENT: &str = "addComment(input: $input) { comment { id } userErrors { code } }";
const DELETE: &str = "deleteMedia(input: $input) { mediaIds userErrors { code } }";

/// What the latest line says: action, outcome, who, on what.
async fn latest(admin: &Actor) -> Value {
    let line = lines(admin).await.swap_remove(0);
    json!([line["action"], line["outcome"], line["actorId"], line["subjectIds"]])
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_refused_leaves_its_code() {
    let home = Home::open().await;
    let (admin, family) = (home.admin().await, home.visitor().await);
    let (me, other) = (admin.id().await, family.id().await);
    assert_eq!(admin.mistakes(CREATE, "CreateGalleryInput", json!({ "title": " " })).await, ["BLANK"]);
    assert_eq!(latest(&admin).await, json!(["createGallery", "BLANK", me, []]));

    // By the declared rights, and by the rule of the row.
    assert_eq!(family.refusals(CREATE, "CreateGalleryInput", json!({ "title": "Mine" })).await, ["FORBIDDEN"]);
    assert_eq!(latest(&admin).await, json!(["createGallery", "FORBIDDEN", other, []]));
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let media = admin.adds_photo(&gallery, "2024:05:01 10:00:00").await;
    let update = "updateMedia(input: $input) { userErrors { code } }";
    let input = json!({ "id": media, "caption": "Mine" });
    assert_eq!(family.refusals(update, "UpdateMediaInput", input).await, ["FORBIDDEN"]);
    assert_eq!(latest(&admin).await, json!(["updateMedia", "FORBIDDEN", other, [media]]));

    let nothing = format!("med_{NO_ULID}");
    let input = json!({ "mediaId": nothing, "text": "Hello" });
    assert_eq!(family.mistakes(COMMENT, "AddCommentInput", input).await, ["NOT_FOUND"]);
    assert_eq!(latest(&admin).await, json!(["addComment", "NOT_FOUND", other, [nothing]]));

    // The client need not ask what was wrong; and what is no id of ours is not kept.
    let document = "mutation($input: AddCommentInput!) { addComment(input: $input) { __typename } }";
    family.gets(document, json!({ "input": { "mediaId": "hunter2", "text": "Hello" } })).await;
    assert_eq!(latest(&admin).await, json!(["addComment", "NOT_FOUND", other, []]));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_list_the_line_names_what_was_done() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let me = admin.id().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let media = admin.adds_photo(&gallery, "2024:05:01 10:00:00").await;
    let nothing = format!("med_{NO_ULID}");
    let input = json!({ "ids": [nothing, media, "hunter2"] });
    assert_eq!(admin.mistakes(DELETE, "DeleteMediaInput", input).await, ["NOT_FOUND"; 2]);
    assert_eq!(latest(&admin).await, json!(["deleteMedia", "NOT_FOUND", me, [media]]));
    assert_eq!(admin.mistakes(DELETE, "DeleteMediaInput", json!({ "ids": [nothing] })).await, ["NOT_FOUND"]);
    assert_eq!(latest(&admin).await, json!(["deleteMedia", "NOT_FOUND", me, [nothing]]));
    let input = json!({ "ids": vec![nothing; 101] });
    assert_eq!(admin.mistakes(DELETE, "DeleteMediaInput", input).await, ["TOO_MANY"]);
    assert_eq!(latest(&admin).await, json!(["deleteMedia", "TOO_MANY", me, []]));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_signed_in_cannot_fill_the_log() {
    let home = Home::open().await;
    let (admin, anonymous) = (home.admin().await, home.anonymous());
    let family = home.visitor().await.id().await;
    let before = lines(&admin).await;
    let sign_in = "signIn(input: $input) { userErrors { code } }";
    let input = json!({ "optionId": family, "password": "wrong" });
    assert_eq!(anonymous.mistakes(sign_in, "SignInInput", input).await, ["WRONG_PASSWORD"]);
    let refused = anonymous.refusals(CREATE, "CreateGalleryInput", json!({ "title": "Mine" })).await;
    assert_eq!(refused, ["UNAUTHENTICATED"]);
    let complete = "completeSignIn(input: $input) { userErrors { code } }";
    let input = json!({ "challenge": "x", "newPassword": "a-password" });
    assert_eq!(anonymous.mistakes(complete, "CompleteSignInInput", input).await, ["INVALID"]);
    assert_eq!(lines(&admin).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn mutations_of_one_document_leave_their_lines_in_order() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let document = "mutation { one: createGallery(input: { title: \"One\" }) { gallery { id } } \
                    two: createGallery(input: { title: \" \" }) { gallery { id } } \
                    three: createGallery(input: { title: \"Three\" }) { gallery { id } } }";
    let data = admin.gets(document, json!({})).await;
    let lines = lines(&admin).await;
    let told: Vec<Value> = lines[..3].iter().map(|line| json!([line["outcome"], line["subjectIds"]])).collect();
    let (one, three) = (&data["one"]["gallery"]["id"], &data["three"]["gallery"]["id"]);
    assert_eq!(told, [json!(["DONE", [three]]), json!(["BLANK", []]), json!(["DONE", [one]])]);
    assert!(lines[0]["at"] == lines[2]["at"] && lines[0]["id"] != lines[2]["id"], "one request, two lines");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_read_page_by_page_over_the_turn_of_a_month() {
    let home = Home::open().await;
    for n in 0..4 {
        // The session before has expired.
        let admin = home.admin().await;
        admin.makes_gallery(&format!("Gallery {n}"), "FAMILY").await;
        home.pass_seconds(8 * 24 * 3_600);
    }
    let admin = home.admin().await;
    let whole = lines(&admin).await;
    assert_eq!(whole.len(), 9, "four galleries and five sessions: {whole:#?}");
    let months: BTreeSet<&str> = whole.iter().map(|line| &line["at"].as_str().expect("a time")[..7]).collect();
    assert!(months.len() > 1, "the lines are of several months: {months:?}");
    let mut walked = Vec::new();
    let mut after = Value::Null;
    loop {
        let data = admin.gets(LOG, json!({ "first": 2, "after": after })).await;
        let edges = data["auditLog"]["edges"].as_array().expect("a list");
        assert!(edges.len() <= 2);
        walked.extend(edges.iter().map(|edge| edge["node"].clone()));
        after = data["auditLog"]["pageInfo"]["endCursor"].clone();
        if data["auditLog"]["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(walked, whole);
    assert!(whole.is_sorted_by(|one, next| one["at"].as_str() >= next["at"].as_str()), "latest first");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_admins_read_the_log_and_what_is_kept() {
    let home = Home::open().await;
    let family = home.visitor().await;
    let answer = family.asks(LOG, json!({})).await;
    assert_eq!((error_codes(&answer), &answer["data"]["auditLog"]), (vec!["FORBIDDEN".to_owned()], &Value::Null));
    let answer = family.asks("{ storageUsage { mediaCount } }", json!({})).await;
    assert_eq!(error_codes(&answer), ["FORBIDDEN"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_is_kept_for_400_days() {
    let home = Home::open().await;
    home.admin().await;
    let item = aws::dynamodb(&home)
        .scan()
        .table_name(&home.system.store.settings().table)
        .filter_expression("begins_with(PK, :audit)")
        .expression_attribute_values(":audit", aws_sdk_dynamodb::types::AttributeValue::S("AUDIT#".to_owned()))
        .send()
        .await
        .expect("the table answers")
        .items()
        .first()
        .cloned()
        .expect("the line");
    let kept_until: i64 = item["expires_at_epoch"].as_n().expect("a number").parse().expect("seconds");
    let days = (kept_until - home.now().unix_seconds()) / (24 * 3_600);
    assert!((399..=400).contains(&days), "{days}");
}
