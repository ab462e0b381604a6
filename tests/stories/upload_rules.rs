//! What may be uploaded, and by whom.

use processor::testing::{jpeg, picture};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{
    Home,
    actor::{CANCEL_UPLOAD, FINISH_UPLOAD, REQUEST_UPLOAD, upload_input},
};

const REQUEST: &str = "RequestUploadInput";

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_in_an_announcement_are_named_by_their_field() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let me = admin.id().await;
    let long = "x".repeat(256);
    let cases = [
        ("sizeBytes", json!(0), "INVALID"),
        ("sizeBytes", json!(-1), "INVALID"),
        ("sizeBytes", json!(1.5), "INVALID"),
        ("sizeBytes", json!(83_886_080_001_u64), "TOO_LARGE"),
        ("sizeBytes", json!(1e300), "TOO_LARGE"),
        ("sha256", json!(""), "INVALID"),
        ("sha256", json!("not base64!"), "INVALID"),
        ("sha256", json!("AAAA"), "INVALID"),
        ("sha256", json!("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"), "INVALID"),
        ("contentType", json!(""), "UNSUPPORTED_TYPE"),
        ("contentType", json!("text/html"), "UNSUPPORTED_TYPE"),
        ("contentType", json!("image/jpeg\r\nx-amz-acl: public-read"), "UNSUPPORTED_TYPE"),
        ("contentType", json!("application/pdf"), "UNSUPPORTED_TYPE"),
        ("fileName", json!(""), "BLANK"),
        ("fileName", json!(" \n "), "BLANK"),
        ("fileName", json!("a\u{0}b.jpg"), "INVALID"),
        ("fileName", json!(long), "TOO_LONG"),
        ("galleryId", json!("gal_01ARZ3NDEKTSV4RRFFQ69G5FAV"), "NOT_FOUND"),
        ("galleryId", json!("anything"), "NOT_FOUND"),
        ("galleryId", json!(me), "NOT_FOUND"),
    ];
    let document = format!("mutation($input: {REQUEST}!) {{ {REQUEST_UPLOAD} }}");
    for (field, value, code) in cases {
        let mut input = upload_input(&gallery, "a.jpg", "image/jpeg", b"some bytes");
        input[field] = value.clone();
        let data = admin.gets(&document, json!({ "input": input })).await;
        let payload = &data["requestUpload"];
        assert_eq!((&payload["ticket"], &payload["duplicateOf"]), (&Value::Null, &Value::Null), "{field} {value}");
        let errors = payload["userErrors"].as_array().expect("a list");
        assert_eq!(errors.len(), 1, "{field} {value}: {errors:?}");
        assert_eq!((&errors[0]["code"], &errors[0]["path"]), (&json!(code), &json!(["input", field])), "{value}");
        assert_ne!(errors[0]["message"], "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_at_the_end_of_an_upload_leave_it_to_be_finished() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let bytes = jpeg(&picture(40, 30, 1));
    for id in ["med_01ARZ3NDEKTSV4RRFFQ69G5FAV", "anything", gallery.as_str()] {
        let input = json!({ "mediaId": id });
        assert_eq!(admin.mistakes(FINISH_UPLOAD, "FinishUploadInput", input.clone()).await, ["NOT_FOUND"], "{id}");
        assert_eq!(admin.mistakes(CANCEL_UPLOAD, "CancelUploadInput", input).await, ["NOT_FOUND"], "{id}");
    }
    let payload = admin.requests_upload(&gallery, "a.jpg", "image/jpeg", &bytes).await;
    let id = &payload["ticket"]["mediaId"];
    let wrong = json!({ "mediaId": id, "caption": "x".repeat(4_001) });
    assert_eq!(admin.mistakes(FINISH_UPLOAD, "FinishUploadInput", wrong).await, ["TOO_LONG"]);
    assert_eq!(admin.sends_part(&payload["ticket"]["parts"][0], &bytes).await, StatusCode::OK);
    let right = json!({ "mediaId": id, "caption": "   " });
    assert_eq!(admin.does(FINISH_UPLOAD, "FinishUploadInput", right).await["media"]["caption"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_contribute_may_not_announce_and_does_not_learn_of_hidden_galleries() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let visitor = home.visitor().await;
    let me = visitor.id().await;
    let family = admin.makes_gallery("For all", "FAMILY").await;
    let restricted = admin.makes_gallery("For some", "RESTRICTED").await;
    let private = admin.makes_gallery("For admins", "PRIVATE").await;
    let input = |gallery: &str| upload_input(gallery, "a.jpg", "image/jpeg", b"some bytes");

    assert_eq!(visitor.refusals(REQUEST_UPLOAD, REQUEST, input(&family)).await, ["FORBIDDEN"]);
    for hidden in [&restricted, &private] {
        assert_eq!(visitor.mistakes(REQUEST_UPLOAD, REQUEST, input(hidden)).await, ["NOT_FOUND"]);
    }
    let anonymous = home.anonymous();
    assert_eq!(anonymous.refusals(REQUEST_UPLOAD, REQUEST, input(&family)).await, ["UNAUTHENTICATED"]);

    for level in ["VIEW", "COMMENT"] {
        admin.grants(&restricted, &me, json!(level)).await;
        assert_eq!(visitor.refusals(REQUEST_UPLOAD, REQUEST, input(&restricted)).await, ["FORBIDDEN"], "{level}");
    }
    admin.grants(&private, &me, json!("CONTRIBUTE")).await;
    assert_eq!(visitor.mistakes(REQUEST_UPLOAD, REQUEST, input(&private)).await, ["NOT_FOUND"]);
    assert_eq!(home.system.objects.object_count("originals").await.expect("the store answers"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contributor_brings_pictures_until_taken_off_the_list() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let (oma, opa) = (home.relative(&admin, "Oma").await, home.relative(&admin, "Opa").await);
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    admin.grants(&gallery, &oma.id().await, json!("CONTRIBUTE")).await;
    let media = oma.adds(&gallery, "a.jpg", "image/jpeg", &jpeg(&picture(40, 30, 1))).await;
    assert_eq!(media["status"], "READY");
    assert_eq!(opa.sees_processed(media["id"].as_str().expect("an id")).await["id"], media["id"]);

    let bytes = jpeg(&picture(40, 30, 2));
    let payload = oma.requests_upload(&gallery, "b.jpg", "image/jpeg", &bytes).await;
    let input = json!({ "mediaId": payload["ticket"]["mediaId"] });
    assert_eq!(opa.mistakes(FINISH_UPLOAD, "FinishUploadInput", input.clone()).await, ["NOT_FOUND"]);
    assert_eq!(opa.mistakes(CANCEL_UPLOAD, "CancelUploadInput", input.clone()).await, ["NOT_FOUND"]);
    admin.grants(&gallery, &oma.id().await, Value::Null).await;
    assert_eq!(oma.refusals(FINISH_UPLOAD, "FinishUploadInput", input.clone()).await, ["FORBIDDEN"]);
    assert_eq!(oma.refusals(CANCEL_UPLOAD, "CancelUploadInput", input.clone()).await, ["FORBIDDEN"]);
    assert_eq!(admin.does(CANCEL_UPLOAD, "CancelUploadInput", input).await["deletedId"], payload["ticket"]["mediaId"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_contributors_who_bring_the_same_file_bring_it_together() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let (oma, opa) = (home.relative(&admin, "Oma").await, home.relative(&admin, "Opa").await);
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    for who in [&oma, &opa] {
        admin.grants(&gallery, &who.id().await, json!("CONTRIBUTE")).await;
    }
    let bytes = jpeg(&picture(40, 30, 1));
    let first = oma.requests_upload(&gallery, "a.jpg", "image/jpeg", &bytes).await;
    let second = opa.requests_upload(&gallery, "b.jpg", "image/jpeg", &bytes).await;
    let id = &first["ticket"]["mediaId"];
    assert_eq!(second["ticket"]["mediaId"], *id);
    let cancel = json!({ "mediaId": id });
    assert_eq!(opa.refusals(CANCEL_UPLOAD, "CancelUploadInput", cancel).await, ["FORBIDDEN"]);
    assert_eq!(opa.sends_part(&second["ticket"]["parts"][0], &bytes).await, StatusCode::OK);
    for who in [&opa, &oma, &opa] {
        let payload = who.does(FINISH_UPLOAD, "FinishUploadInput", json!({ "mediaId": id })).await;
        assert_eq!(payload["media"]["id"], *id);
    }
    assert_eq!(opa.sees_processed(id.as_str().expect("an id")).await["status"], "READY");
    // It is Oma's to describe: she announced it.
    let says = |text: &str| json!({ "mediaId": id, "caption": text });
    let payload = opa.does(FINISH_UPLOAD, "FinishUploadInput", says("Mine")).await;
    assert_eq!(payload["media"]["caption"], Value::Null);
    let payload = oma.does(FINISH_UPLOAD, "FinishUploadInput", says("Ours")).await;
    assert_eq!(payload["media"]["caption"], "Ours");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_shown_of_an_upload_on_its_way_to_those_who_only_look() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let (oma, opa) = (home.relative(&admin, "Oma").await, home.relative(&admin, "Opa").await);
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    admin.grants(&gallery, &oma.id().await, json!("CONTRIBUTE")).await;
    let bytes = jpeg(&picture(40, 30, 1));
    let payload = oma.requests_upload(&gallery, "a.jpg", "image/jpeg", &bytes).await;
    let document = "query($id: ID!, $gallery: ID!) { media(id: $id) { status original { url } thumbnail { url } } \
        gallery(id: $gallery) { mediaCount media { edges { node { id } } } } }";
    let variables = json!({ "id": payload["ticket"]["mediaId"], "gallery": gallery });
    let on_its_way = json!({ "status": "UPLOADING", "original": null, "thumbnail": null });
    for (who, seen) in [(&oma, &on_its_way), (&admin, &on_its_way), (&opa, &Value::Null)] {
        let data = who.gets(document, variables.clone()).await;
        assert_eq!(data["media"], *seen);
        assert_eq!(data["gallery"], json!({ "mediaCount": 0, "media": { "edges": [] } }));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_was_given_up_leaves_nothing_and_can_begin_anew() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let bytes = jpeg(&picture(40, 30, 1));
    let payload = admin.requests_upload(&gallery, "a.jpg", "image/jpeg", &bytes).await;
    let input = json!({ "mediaId": payload["ticket"]["mediaId"] });
    let cancelled = admin.does(CANCEL_UPLOAD, "CancelUploadInput", input.clone()).await;
    assert_eq!(cancelled["deletedId"], payload["ticket"]["mediaId"]);
    for _ in 0..2 {
        assert_eq!(admin.mistakes(FINISH_UPLOAD, "FinishUploadInput", input.clone()).await, ["NOT_FOUND"]);
        assert_eq!(admin.mistakes(CANCEL_UPLOAD, "CancelUploadInput", input.clone()).await, ["NOT_FOUND"]);
    }
    let media = admin.adds(&gallery, "a.jpg", "image/jpeg", &bytes).await;
    assert_eq!(media["status"], "READY");
    assert_ne!(media["id"], payload["ticket"]["mediaId"]);
}
