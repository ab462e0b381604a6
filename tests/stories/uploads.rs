//! A file goes up in one piece: what is stored is exactly what was announced, or nothing.

use futures::future::join_all;
use processor::testing::{ExifFields, jpeg, jpeg_with_exif, picture};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{
    Actor, Home,
    actor::{CANCEL_UPLOAD, FINISH_UPLOAD, REQUEST_UPLOAD, until, upload_input},
};

/// What one sends to a presigned address: the ticket's own request, to be changed by a test.
#[derive(Clone)]
struct Put {
    method: Method,
    url: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Put {
    fn of(payload: &Value, bytes: &[u8]) -> Self {
        let part = &payload["ticket"]["parts"][0];
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let headers = part["headers"].as_array().expect("headers").iter();
        Self {
            method: Method::PUT,
            url: text(&part["url"]),
            headers: headers.map(|header| (text(&header["name"]), text(&header["value"]))).collect(),
            body: bytes.to_vec(),
        }
    }

    fn with_body(&self, body: Vec<u8>) -> Self {
        Self { body, ..self.clone() }
    }

    fn with_method(&self, method: Method) -> Self {
        Self { method, ..self.clone() }
    }

    /// Takes a header away, and perhaps puts another value in its place.
    fn with_header(&self, name: &str, value: Option<&str>) -> Self {
        let mut changed = self.clone();
        changed.headers.retain(|(known, _)| known != name);
        changed.headers.extend(value.map(|value| (name.to_owned(), value.to_owned())));
        changed
    }

    async fn send(&self, home: &Home) -> StatusCode {
        let mut request = home.http.request(self.method.clone(), &self.url).body(self.body.clone());
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request.send().await.expect("an answer").status()
    }
}

async fn originals(home: &Home) -> u64 {
    home.system.objects.object_count("originals").await.expect("the store answers")
}

fn finish(payload: &Value) -> Value {
    json!({ "mediaId": payload["ticket"]["mediaId"] })
}

async fn media_count(actor: &Actor, gallery: &str) -> Value {
    let data = actor.gets("query($id: ID!) { gallery(id: $id) { mediaCount } }", json!({ "id": gallery })).await;
    data["gallery"]["mediaCount"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_was_announced_is_stored_and_only_once() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let bytes = jpeg(&picture(40, 30, 1));
    let payload = admin.requests_upload(&gallery, "a.jpg", "image/jpeg", &bytes).await;
    let right = Put::of(&payload, &bytes);
    let mut other = bytes.clone();
    *other.last_mut().expect("a picture has bytes") ^= 1;
    let checksum = "x-amz-checksum-sha256";
    let wrong = [
        ("other bytes", right.with_body(other.clone()), StatusCode::BAD_REQUEST),
        ("fewer bytes", right.with_body(bytes[1..].to_vec()), StatusCode::FORBIDDEN),
        ("more bytes", right.with_body([&bytes[..], b"!"].concat()), StatusCode::FORBIDDEN),
        ("no bytes", right.with_body(Vec::new()), StatusCode::FORBIDDEN),
        ("another type", right.with_header("content-type", Some("text/html")), StatusCode::FORBIDDEN),
        ("no type", right.with_header("content-type", None), StatusCode::FORBIDDEN),
        ("no condition", right.with_header("if-none-match", None), StatusCode::FORBIDDEN),
        ("no checksum", right.with_header(checksum, None), StatusCode::FORBIDDEN),
        ("another checksum", right.with_header(checksum, Some(&"A".repeat(43))), StatusCode::FORBIDDEN),
        ("one more header", right.with_header("x-amz-meta-note", Some("mine")), StatusCode::FORBIDDEN),
        ("a copy instead", right.with_header("x-amz-copy-source", Some("originals/x")), StatusCode::FORBIDDEN),
        ("another method", right.with_method(Method::DELETE), StatusCode::FORBIDDEN),
        ("a read", right.with_method(Method::GET), StatusCode::FORBIDDEN),
    ];
    for (name, put, status) in wrong {
        assert_eq!(put.send(&home).await, status, "{name}");
        assert_eq!(originals(&home).await, 0, "{name} left something");
    }
    assert_eq!(admin.mistakes(FINISH_UPLOAD, "FinishUploadInput", finish(&payload)).await, ["CONFLICT"]);

    assert_eq!(right.send(&home).await, StatusCode::OK);
    assert_eq!(right.send(&home).await, StatusCode::PRECONDITION_FAILED);
    assert!(!right.with_body(other).send(&home).await.is_success());
    let payload = admin.does(FINISH_UPLOAD, "FinishUploadInput", finish(&payload)).await;
    let media = admin.sees_processed(payload["media"]["id"].as_str().expect("an id")).await;
    assert_eq!(media["status"], "READY");
    assert_eq!(admin.fetches(&media["original"]).await, bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_to_upload_to_works_for_an_hour() {
    let home = Home::open().await;
    let bytes = jpeg(&picture(40, 30, 1));
    home.pass_seconds(-3_660);
    let early = home.admin().await;
    let gallery = early.makes_gallery("Summer", "FAMILY").await;
    let expired = early.requests_upload(&gallery, "a.jpg", "image/jpeg", &bytes).await;
    assert_eq!(Put::of(&expired, &bytes).send(&home).await, StatusCode::FORBIDDEN);
    assert_eq!(originals(&home).await, 0);

    home.pass_seconds(3_660 - 3_000);
    let admin = home.admin().await;
    let renewed = admin.requests_upload(&gallery, "a.jpg", "image/jpeg", &bytes).await;
    assert_eq!(renewed["ticket"]["mediaId"], expired["ticket"]["mediaId"]);
    assert_eq!(Put::of(&renewed, &bytes).send(&home).await, StatusCode::OK);
    let until: model::Timestamp = renewed["ticket"]["expiresAt"].as_str().expect("a time").parse().expect("RFC 3339");
    let left = until.unix_seconds() - home.now().unix_seconds();
    assert!((3_540..=3_600).contains(&left), "it says it works for {left} s");
}

#[tokio::test(flavor = "multi_thread")]
async fn finishing_too_early_is_told_and_finishing_twice_is_harmless() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let bytes = jpeg(&picture(40, 30, 1));
    let payload = admin.requests_upload(&gallery, "a.jpg", "image/jpeg", &bytes).await;
    assert_eq!(admin.mistakes(FINISH_UPLOAD, "FinishUploadInput", finish(&payload)).await, ["CONFLICT"]);
    assert_eq!(media_count(&admin, &gallery).await, 0);

    assert_eq!(Put::of(&payload, &bytes).send(&home).await, StatusCode::OK);
    let calls = (0..5).map(|_| admin.does(FINISH_UPLOAD, "FinishUploadInput", finish(&payload)));
    for finished in join_all(calls).await {
        assert_eq!(finished["media"]["id"], payload["ticket"]["mediaId"]);
    }
    let media = admin.sees_processed(payload["ticket"]["mediaId"].as_str().expect("an id")).await;
    assert_eq!(media["status"], "READY");
    let input = json!({ "mediaId": media["id"], "caption": "Late, but said" });
    let finished = admin.does(FINISH_UPLOAD, "FinishUploadInput", input).await;
    assert_eq!(
        (&finished["media"]["status"], &finished["media"]["caption"]),
        (&json!("READY"), &json!("Late, but said"))
    );
    assert_eq!(media_count(&admin, &gallery).await, 1);
    let cancel = json!({ "mediaId": media["id"] });
    assert_eq!(admin.mistakes(CANCEL_UPLOAD, "CancelUploadInput", cancel).await, ["CONFLICT"]);
    assert_eq!(admin.fetches(&media["original"]).await, bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_appears_even_when_its_sender_vanished_before_saying_so() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let bytes = jpeg(&picture(40, 30, 1));
    let payload = admin.requests_upload(&gallery, "a.jpg", "image/jpeg", &bytes).await;
    assert_eq!(Put::of(&payload, &bytes).send(&home).await, StatusCode::OK);
    let media = admin.sees_processed(payload["ticket"]["mediaId"].as_str().expect("an id")).await;
    assert_eq!(media["status"], "READY");
    assert_eq!(media_count(&home.visitor().await, &gallery).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gallery_takes_the_same_bytes_once_and_another_gallery_takes_them_too() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let bytes = jpeg(&picture(40, 30, 1));
    let first = admin.adds(&gallery, "a.jpg", "image/jpeg", &bytes).await;
    let again = admin.requests_upload(&gallery, "copy of a.jpg", "image/jpeg", &bytes).await;
    assert_eq!(again["ticket"], Value::Null);
    assert_eq!(again["duplicateOf"]["id"], first["id"]);

    let other = admin.makes_gallery("The best of summer", "FAMILY").await;
    let second = admin.adds(&other, "a.jpg", "image/jpeg", &bytes).await;
    assert_eq!(second["status"], "READY");
    assert_ne!(second["id"], first["id"]);
    assert_eq!(originals(&home).await, 2);
    let input = json!({ "id": second["id"], "galleryId": gallery });
    let update = "updateMedia(input: $input) { userErrors { code } }";
    assert_eq!(admin.mistakes(update, "UpdateMediaInput", input).await, ["CONFLICT"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_who_announce_the_same_bytes_at_once_bring_one_picture() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let bytes = jpeg(&picture(40, 30, 1));
    let input = || upload_input(&gallery, "a.jpg", "image/jpeg", &bytes);
    let announced = join_all((0..10).map(|_| admin.does(REQUEST_UPLOAD, "RequestUploadInput", input()))).await;
    let id = &announced[0]["ticket"]["mediaId"];
    assert!(announced.iter().all(|payload| payload["ticket"]["mediaId"] == *id), "{announced:#?}");

    let puts: Vec<Put> = announced.iter().map(|payload| Put::of(payload, &bytes)).collect();
    let answers = join_all(puts.iter().map(|put| put.send(&home))).await;
    assert_eq!(answers.iter().filter(|status| **status == StatusCode::OK).count(), 1, "{answers:?}");
    // Where two are written at the very same moment, S3 may also say 409 to the later one.
    let refused = [StatusCode::PRECONDITION_FAILED, StatusCode::CONFLICT];
    assert_eq!(answers.iter().filter(|status| refused.contains(status)).count(), 9, "{answers:?}");

    join_all(announced.iter().map(|payload| admin.does(FINISH_UPLOAD, "FinishUploadInput", finish(payload)))).await;
    assert_eq!(admin.sees_processed(id.as_str().expect("an id")).await["status"], "READY");
    assert_eq!(media_count(&admin, &gallery).await, 1);
    assert_eq!(originals(&home).await, 1);
    let again = admin.requests_upload(&gallery, "a.jpg", "image/jpeg", &bytes).await;
    assert_eq!(again["duplicateOf"]["id"], *id);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_date_of_the_file_stands_in_where_the_picture_has_none() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let with_date = ExifFields { taken: Some("2011:05:06 07:08:09".to_owned()), ..ExifFields::default() };
    let files = [
        (jpeg(&picture(40, 30, 1)), "2003-04-05T06:07:08Z", "2003-04-05T06:07:08.000Z"),
        (jpeg_with_exif(40, 30, 2, &with_date), "1999-01-01T00:00:00Z", "2011-05-06T07:08:09.000Z"),
    ];
    for (bytes, modified, taken) in &files {
        let mut input = upload_input(&gallery, "a.jpg", "image/jpeg", bytes);
        input["fileModifiedAt"] = json!(modified);
        let payload = admin.does(REQUEST_UPLOAD, "RequestUploadInput", input).await;
        assert_eq!(Put::of(&payload, bytes).send(&home).await, StatusCode::OK);
        admin.does(FINISH_UPLOAD, "FinishUploadInput", finish(&payload)).await;
        let media = admin.sees_processed(payload["ticket"]["mediaId"].as_str().expect("an id")).await;
        assert_eq!((&media["takenAt"], &media["takenAtOffsetMinutes"]), (&json!(taken), &Value::Null));
    }
    let days = || async {
        let document = "query($id: ID!) { gallery(id: $id) { firstTakenOn lastTakenOn } }";
        admin.gets(document, json!({ "id": gallery })).await["gallery"].clone()
    };
    let expected = json!({ "firstTakenOn": "2003-04-05", "lastTakenOn": "2011-05-06" });
    until(async || days().await == expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_brings_a_picture_knows_better_than_its_file_when_it_was_taken() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let fields = ExifFields { taken: Some("2011:05:06 07:08:09".to_owned()), ..ExifFields::default() };
    for (seed, wait_first) in [(1, false), (2, true)] {
        let bytes = jpeg_with_exif(40, 30, seed, &fields);
        let payload = admin.requests_upload(&gallery, "scan.jpg", "image/jpeg", &bytes).await;
        assert_eq!(Put::of(&payload, &bytes).send(&home).await, StatusCode::OK);
        let id = payload["ticket"]["mediaId"].as_str().expect("an id");
        if wait_first {
            assert_eq!(admin.sees_processed(id).await["takenAt"], "2011-05-06T07:08:09.000Z");
        }
        let input = json!({ "mediaId": id, "takenAt": "1961-07-08T09:10:11Z" });
        admin.does(FINISH_UPLOAD, "FinishUploadInput", input).await;
        let media = admin.sees_processed(id).await;
        assert_eq!((&media["status"], &media["takenAt"]), (&json!("READY"), &json!("1961-07-08T09:10:11.000Z")));
        assert_eq!(media["takenAtOffsetMinutes"], Value::Null);
    }
    let document = "query($id: ID!) { gallery(id: $id) { firstTakenOn lastTakenOn } }";
    let days = || admin.gets(document, json!({ "id": gallery }));
    let expected = json!({ "firstTakenOn": "1961-07-08", "lastTakenOn": "1961-07-08" });
    until(async || days().await["gallery"] == expected).await;
}
