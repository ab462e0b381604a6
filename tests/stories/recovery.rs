//! What goes wrong in the middle is made good.

use model::{MediaId, MediaStatus};
use processor::{Processor, testing};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{
    Actor, Home,
    actor::{error_codes, until},
};

const STATUS: &str = "query($id: ID!) { media(id: $id) { status takenAt failureReason } }";
const FINISH: &str = "finishUpload(input: $input) { media { id status } userErrors { code message } }";
const DELETE: &str = "deleteMedia(input: $input) { mediaIds userErrors { code path } }";

fn photo(seed: u32) -> Vec<u8> {
    testing::jpeg_with_exif(60, 40, seed, &testing::ExifFields::default())
}

fn id_of(media: &Value) -> MediaId {
    media["id"].as_str().expect("an id").parse().expect("an id of media")
}

fn processor(home: &Home) -> Processor {
    Processor::new(home.system.store.clone(), home.clock(), home.tools())
}

async fn sends_all_but_the_end(actor: &Actor, gallery: &str, bytes: &[u8]) -> String {
    let payload = actor.requests_upload(gallery, "a.jpg", "image/jpeg", bytes).await;
    for part in payload["ticket"]["parts"].as_array().expect("parts") {
        assert_eq!(actor.sends_part(part, bytes).await, StatusCode::OK);
    }
    payload["ticket"]["mediaId"].as_str().expect("an id").to_owned()
}

/// A date that is set while a render is under way survives it.
#[tokio::test(flavor = "multi_thread")]
async fn a_date_set_during_a_render_stays() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Dates", "FAMILY").await;
    let media = admin.adds(&gallery, "a.jpg", "image/jpeg", &photo(1)).await;
    let update = "updateMedia(input: $input) { media { takenAt } userErrors { code } }";
    let set =
        async |date: &str| admin.does(update, "UpdateMediaInput", json!({ "id": media["id"], "takenAt": date })).await;
    set("2020-01-01T00:00:00Z").await;

    let store = &home.system.store;
    let before = store.get_media(id_of(&media)).await.expect("the table answers").expect("the record");
    set("2021-02-03T04:05:06Z").await;
    let findings = model::Findings::of(before.kind, before.content_type.clone());
    let renditions = before.renditions.clone().expect("renditions");
    store.finish_processing(&before, &findings, Ok(&renditions), None, home.now()).await.expect("the table answers");

    let data = admin.gets(STATUS, json!({ "id": media["id"] })).await;
    assert_eq!(data["media"]["takenAt"], "2021-02-03T04:05:06.000Z");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_brings_the_same_file_may_finish_its_upload() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Shared", "RESTRICTED").await;
    let (first, second) = (home.relative(&admin, "Anna").await, home.relative(&admin, "Bert").await);
    for actor in [&first, &second] {
        admin.grants(&gallery, &actor.id().await, json!("CONTRIBUTE")).await;
    }
    let bytes = photo(2);
    let announced = first.requests_upload(&gallery, "a.jpg", "image/jpeg", &bytes).await;
    let id = sends_all_but_the_end(&second, &gallery, &bytes).await;
    assert_eq!(announced["ticket"]["mediaId"], id.as_str());
    let payload = second.does(FINISH, "FinishUploadInput", json!({ "mediaId": id })).await;
    assert_eq!(payload["media"]["id"], id.as_str());
    second.sees_processed(&id).await;
    // The first one finds it there, and changes nothing by finishing.
    first.does(FINISH, "FinishUploadInput", json!({ "mediaId": id })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_arrives_after_its_gallery_was_deleted_is_in_the_trash() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Short-lived", "FAMILY").await;
    let bytes = photo(3);
    let payload = admin.requests_upload(&gallery, "a.jpg", "image/jpeg", &bytes).await;
    admin
        .does("deleteGallery(input: $input) { userErrors { code } }", "DeleteGalleryInput", json!({ "id": gallery }))
        .await;
    let ticket = &payload["ticket"];
    assert_eq!(admin.sends_part(&ticket["parts"][0], &bytes).await, StatusCode::OK);
    let id = ticket["mediaId"].as_str().expect("an id");
    assert_eq!(admin.sees_processed(id).await["status"], "TRASHED");

    let restore = "restoreMedia(input: $input) { mediaIds userErrors { code } }";
    admin.does(restore, "RestoreMediaInput", json!({ "ids": [id] })).await;
    assert_eq!(admin.sees_processed(id).await["status"], "READY");
    let data = admin.gets("query($id: ID!) { gallery(id: $id) { mediaCount } }", json!({ "id": gallery })).await;
    assert_eq!(data["gallery"]["mediaCount"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_being_erased_cannot_come_back_half() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Gone", "FAMILY").await;
    let media = admin.adds(&gallery, "a.jpg", "image/jpeg", &photo(4)).await;
    admin.does(DELETE, "DeleteMediaInput", json!({ "ids": [media["id"]] })).await;
    // As far as a run that was cut short got.
    let store = &home.system.store;
    assert!(store.begin_erasing(id_of(&media)).await.expect("the table answers").is_some());
    store.delete_original(id_of(&media)).await.expect("S3 answers");

    let restore = "restoreMedia(input: $input) { mediaIds userErrors { code } }";
    let mistakes = admin.mistakes(restore, "RestoreMediaInput", json!({ "ids": [media["id"]] })).await;
    assert_eq!(mistakes, ["CONFLICT"]);
    let erased = admin.does(DELETE, "DeleteMediaInput", json!({ "ids": [media["id"]], "permanently": true })).await;
    assert_eq!(erased["mediaIds"], json!([media["id"]]));
    assert_eq!(admin.gets(STATUS, json!({ "id": media["id"] })).await["media"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn processing_that_got_lost_is_found_and_made_good() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Lost", "FAMILY").await;
    let media = admin.adds(&gallery, "a.jpg", "image/jpeg", &photo(5)).await;
    // The record was turned, and the system died before it asked the processor.
    let store = &home.system.store;
    let record = store.get_media(id_of(&media)).await.expect("the table answers").expect("the record");
    let change = store::MediaChange { rotation: Some(model::Rotation::Quarter), ..store::MediaChange::default() };
    store.update_media(&record, &change, home.now()).await.expect("the table answers").expect("turned");

    processor(&home).reconcile().await.expect("the services answer");
    assert_eq!(admin.gets(STATUS, json!({ "id": media["id"] })).await["media"]["status"], "PROCESSING");
    home.pass_seconds(3_600);
    let admin = home.admin().await;
    processor(&home).reconcile().await.expect("the services answer");
    let turned = admin.sees_processed(media["id"].as_str().expect("an id")).await;
    assert_eq!((&turned["width"], &turned["height"]), (&json!(40), &json!(60)));
    // Nothing but the original stays where the processor was asked.
    until(async || home.system.objects.object_count("originals").await.expect("the store answers") == 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_processed_is_given_up_with_a_reason() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Hopeless", "FAMILY").await;
    let media = admin.adds(&gallery, "a.jpg", "image/jpeg", &photo(6)).await;
    let store = &home.system.store;
    let record = store.get_media(id_of(&media)).await.expect("the table answers").expect("the record");
    let change = store::MediaChange { rotation: Some(model::Rotation::Half), ..store::MediaChange::default() };
    store.update_media(&record, &change, home.now()).await.expect("the table answers").expect("turned");
    // Without its original there is nothing to render.
    store.delete_original(id_of(&media)).await.expect("S3 answers");
    // It may be waiting behind many others: half of a day is no reason to give it up.
    for _ in 0..6 {
        home.pass_seconds(3_600);
        processor(&home).reconcile().await.expect("the services answer");
    }
    assert_eq!(
        store.get_media(id_of(&media)).await.expect("the table answers").expect("it").status,
        MediaStatus::Processing
    );
    for _ in 0..6 {
        home.pass_seconds(9 * 3_600);
        processor(&home).reconcile().await.expect("the services answer");
    }
    let data = home.admin().await.gets(STATUS, json!({ "id": media["id"] })).await;
    assert_eq!(data["media"]["status"], "FAILED");
    assert!(data["media"]["failureReason"].as_str().is_some_and(|reason| reason.contains("could not process")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_that_was_cut_short_can_be_repeated() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let name = model::DisplayName::parse("Dora", "displayName").expect("a name");
    let email = model::Email::parse("dora@example.org", "email").expect("an address");
    let account = store::NewUser {
        username: "01dora",
        display_name: &name,
        email: Some(&email),
        role: model::Role::Visitor,
        password: "never-shown-1",
        temporary: true,
    };
    home.system.store.create_account(&account).await.expect("the pool answers");
    let dora = home.relative(&admin, "Dora").await;
    assert!(dora.id().await.starts_with("usr_"));
    let call = "inviteUser(input: $input) { userErrors { code } }";
    let input = json!({ "email": "dora@example.org", "displayName": "Dora", "role": "VISITOR" });
    assert_eq!(admin.mistakes(call, "InviteUserInput", input).await, ["TAKEN"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_request_cannot_ask_for_everything_of_everything() {
    let home = Home::open().await;
    let visitor = home.visitor().await;
    let page = |inner: &str| format!("{{ galleries(first: 100) {{ edges {{ node {{ {inner} }} }} }} }}");
    let one_level = page("media(first: 20) { edges { node { id } } }");
    assert_eq!(error_codes(&visitor.asks(&one_level, json!({})).await), [""; 0]);
    let two_levels = page("media(first: 100) { edges { node { comments(first: 100) { edges { node { id } } } } } }");
    assert_eq!(error_codes(&visitor.asks(&two_levels, json!({})).await), ["BAD_REQUEST"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreadable_moment_is_a_bad_request() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let call = "updateMedia(input: $input) { media { id } }";
    let input = json!({ "id": "med_0", "takenAt": "yesterday" });
    assert_eq!(admin.refusals(call, "UpdateMediaInput", input).await, ["BAD_REQUEST"]);
}
