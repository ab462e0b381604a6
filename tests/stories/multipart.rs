//! A large file goes up in parts, and goes on where it stopped.

use std::{
    fs,
    path::{Path, PathBuf},
};

use futures::future::join_all;
use processor::testing::{jpeg, picture};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{
    Actor, Home,
    actor::{CANCEL_UPLOAD, FINISH_UPLOAD, REQUEST_UPLOAD, until, upload_input},
};

const MEBIBYTE: usize = 1024 * 1024;
const FINISH: &str = "FinishUploadInput";

/// A picture with so much after its end that it takes three parts, each of other bytes.
fn large_picture(seed: u32) -> Vec<u8> {
    let mut bytes = jpeg(&picture(40, 30, seed));
    let mut state = seed;
    bytes.resize_with(20 * MEBIBYTE, || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    });
    bytes
}

fn parts(payload: &Value) -> &[Value] {
    payload["ticket"]["parts"].as_array().expect("a ticket")
}

fn numbers(payload: &Value) -> Vec<&Value> {
    parts(payload).iter().map(|part| &part["partNumber"]).collect()
}

async fn sends_all(actor: &Actor, payload: &Value, bytes: &[u8]) {
    for part in parts(payload) {
        assert_eq!(actor.sends_part(part, bytes).await, StatusCode::OK);
    }
}

/// The message of the one mistake in finishing an upload.
async fn complaint(actor: &Actor, input: &Value) -> (String, String) {
    let document = format!("mutation($input: {FINISH}!) {{ {FINISH_UPLOAD} }}");
    let data = actor.gets(&document, json!({ "input": input })).await;
    let mistake = &data["finishUpload"]["userErrors"][0];
    let text = |name: &str| mistake[name].as_str().expect("a mistake").to_owned();
    (text("code"), text("message"))
}

/// All files under a folder, but for those that a database leaves beside itself.
pub(super) fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let files = entries.flat_map(|path| if path.is_dir() { files_in(&path) } else { vec![path] });
    files
        .filter(|path| !path.to_string_lossy().ends_with("-wal") && !path.to_string_lossy().ends_with("-shm"))
        .collect()
}

async fn originals(home: &Home) -> u64 {
    home.system.objects.object_count("originals").await.expect("the store answers")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_in_parts_goes_on_with_what_is_missing() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let bytes = large_picture(1);
    let first = admin.requests_upload(&gallery, "a.jpg", "image/jpeg", &bytes).await;
    let ranges: Vec<(&Value, &Value)> = parts(&first).iter().map(|part| (&part["offset"], &part["length"])).collect();
    let eight = json!(8.0 * 1_048_576.0);
    assert_eq!(
        ranges,
        [(&json!(0.0), &eight), (&eight, &eight), (&json!(16.0 * 1_048_576.0), &json!(4.0 * 1_048_576.0))]
    );
    let input = json!({ "mediaId": first["ticket"]["mediaId"] });

    assert_eq!(admin.sends_part(&parts(&first)[1], &bytes).await, StatusCode::OK);
    let second = admin.requests_upload(&gallery, "a.jpg", "image/jpeg", &bytes).await;
    assert_eq!(second["ticket"]["mediaId"], first["ticket"]["mediaId"]);
    assert_eq!(second["ticket"]["partCount"], 3);
    assert_eq!(numbers(&second), [1, 3]);

    let (code, message) = complaint(&admin, &input).await;
    assert_eq!(code, "CONFLICT");
    assert!(message.contains("Part 1 "), "{message}");
    assert_eq!(admin.sends_part(&parts(&second)[0], &bytes).await, StatusCode::OK);
    let (_, message) = complaint(&admin, &input).await;
    assert!(message.contains("Part 3 "), "{message}");
    assert_eq!(originals(&home).await, 0);

    assert_eq!(admin.sends_part(&parts(&second)[1], &bytes).await, StatusCode::OK);
    let third = admin.requests_upload(&gallery, "a.jpg", "image/jpeg", &bytes).await;
    assert_eq!(numbers(&third), Vec::<u32>::new());
    admin.does(FINISH_UPLOAD, FINISH, input).await;
    let media = admin.sees_processed(first["ticket"]["mediaId"].as_str().expect("an id")).await;
    assert_eq!((&media["status"], &media["width"]), (&json!("READY"), &json!(40)));
    assert!(admin.fetches(&media["original"]).await == bytes, "the original differs");
    let again = admin.requests_upload(&gallery, "a.jpg", "image/jpeg", &bytes).await;
    assert_eq!(again["duplicateOf"]["id"], media["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_another_length_is_refused_and_one_sent_anew_replaces_the_first() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let bytes = large_picture(2);
    let payload = admin.requests_upload(&gallery, "a.jpg", "image/jpeg", &bytes).await;
    let mut short = parts(&payload)[0].clone();
    short["length"] = json!(1.0);
    assert_eq!(admin.sends_part(&short, &bytes).await, StatusCode::FORBIDDEN);
    assert_eq!(admin.sends_part(&parts(&payload)[0], &large_picture(3)).await, StatusCode::OK);
    sends_all(&admin, &payload, &bytes).await;
    let input = json!({ "mediaId": payload["ticket"]["mediaId"] });
    for finished in join_all((0..5).map(|_| admin.does(FINISH_UPLOAD, FINISH, input.clone()))).await {
        assert_eq!(finished["media"]["id"], payload["ticket"]["mediaId"]);
    }
    let media = admin.sees_processed(payload["ticket"]["mediaId"].as_str().expect("an id")).await;
    assert_eq!(media["status"], "READY");
    assert!(admin.fetches(&media["original"]).await == bytes, "the original differs");
    assert_eq!(originals(&home).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_that_are_not_what_was_announced_fail_and_the_right_file_can_still_come() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let (right, wrong) = (large_picture(4), large_picture(5));
    let payload = admin.requests_upload(&gallery, "a.jpg", "image/jpeg", &right).await;
    sends_all(&admin, &payload, &wrong).await;
    let input = json!({ "mediaId": payload["ticket"]["mediaId"] });
    admin.does(FINISH_UPLOAD, FINISH, input).await;
    let damaged = admin.sees_processed(payload["ticket"]["mediaId"].as_str().expect("an id")).await;
    assert_eq!(damaged["status"], "FAILED");
    assert_eq!(damaged["failureReason"], "This file was damaged on its way. Please upload it again.");

    // Through the trash and back it still does not stand in the way of the right file.
    let ids = json!({ "ids": [damaged["id"]] });
    admin.does("deleteMedia(input: $input) { userErrors { code } }", "DeleteMediaInput", ids.clone()).await;
    admin.does("restoreMedia(input: $input) { userErrors { code } }", "RestoreMediaInput", ids).await;
    until(async || {
        let input = upload_input(&gallery, "a.jpg", "image/jpeg", &right);
        admin.does(REQUEST_UPLOAD, "RequestUploadInput", input).await["duplicateOf"].is_null()
    })
    .await;
    let media = admin.adds(&gallery, "a.jpg", "image/jpeg", &right).await;
    assert_eq!(media["status"], "READY");
    assert_ne!(media["id"], damaged["id"]);
    assert!(admin.fetches(&media["original"]).await == right, "the original differs");
}

#[tokio::test(flavor = "multi_thread")]
async fn giving_up_an_upload_in_parts_forgets_what_was_sent() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let mut bytes = large_picture(6);
    bytes.truncate(16 * MEBIBYTE + 1);
    let payload = admin.requests_upload(&gallery, "a.jpg", "image/jpeg", &bytes).await;
    assert_eq!(admin.sends_part(&parts(&payload)[0], &bytes).await, StatusCode::OK);
    let input = json!({ "mediaId": payload["ticket"]["mediaId"] });
    admin.does(CANCEL_UPLOAD, "CancelUploadInput", input.clone()).await;
    assert_eq!(admin.sends_part(&parts(&payload)[2], &bytes).await, StatusCode::NOT_FOUND);
    assert_eq!(admin.mistakes(FINISH_UPLOAD, FINISH, input).await, ["NOT_FOUND"]);
    let document = "query($id: ID!) { media(id: $id) { id } }";
    let data = admin.gets(document, json!({ "id": payload["ticket"]["mediaId"] })).await;
    assert_eq!(data["media"], Value::Null);
    assert_eq!(originals(&home).await, 0);
    assert_eq!(files_in(&home.folder().join("s3")), [home.folder().join("s3/objects.sqlite")]);

    let anew = admin.requests_upload(&gallery, "a.jpg", "image/jpeg", &bytes).await;
    assert_ne!(anew["ticket"]["mediaId"], payload["ticket"]["mediaId"]);
    assert_eq!(numbers(&anew), [1, 2, 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_that_were_abandoned_too_long_are_asked_for_again() {
    const EIGHT_DAYS: i64 = 8 * 24 * 3_600;
    let home = Home::open().await;
    let bytes = large_picture(7);
    home.pass_seconds(-EIGHT_DAYS);
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let old = admin.requests_upload(&gallery, "a.jpg", "image/jpeg", &bytes).await;

    home.pass_seconds(EIGHT_DAYS);
    assert_eq!(home.system.objects.expire_uploads().await.expect("the store answers"), 1);
    let admin = home.admin().await;
    let renewed = admin.requests_upload(&gallery, "a.jpg", "image/jpeg", &bytes).await;
    assert_eq!(renewed["ticket"]["mediaId"], old["ticket"]["mediaId"]);
    assert_eq!(numbers(&renewed), [1, 2, 3]);
    sends_all(&admin, &renewed, &bytes).await;
    admin.does(FINISH_UPLOAD, FINISH, json!({ "mediaId": renewed["ticket"]["mediaId"] })).await;
    let media = admin.sees_processed(renewed["ticket"]["mediaId"].as_str().expect("an id")).await;
    assert_eq!(media["status"], "READY");
}
