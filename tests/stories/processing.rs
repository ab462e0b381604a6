//! Events come twice, late, for what is gone, and while the disk is away.

use std::{fs, sync::Arc, time::Duration};

use futures::future::join_all;
use processor::{
    BatchResponse, Failure, ObjectCreated, Processor, batch_of_one,
    testing::{jpeg, picture},
};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::multipart::files_in;
use crate::support::{
    Actor, Home,
    actor::{UPDATE_MEDIA, until},
};

const TIME: Duration = Duration::from_mins(1);

/// A processor like the one at home, on the same services, a minute later.
fn another_processor(home: &Home) -> Processor {
    let later = home.now().plus_seconds(60);
    Processor::new(home.system.store.clone(), Arc::new(move || later), home.tools())
}

fn event(key: &str) -> Value {
    let object = ObjectCreated {
        bucket: "originals",
        key,
        size_bytes: 1,
        etag: "e",
        sequencer: "1",
        time: "2026-01-01T00:00:00Z",
    };
    batch_of_one("7", local::REGION, &object)
}

async fn delivers(processor: &Processor, batch: Value) -> BatchResponse {
    processor.handle(batch, TIME).await.expect("a batch")
}

fn id(media: &Value) -> &str {
    media["id"].as_str().expect("an id")
}

/// The whole record but for the signed addresses, whose window may pass meanwhile.
async fn record(actor: &Actor, id: &str) -> Value {
    let document = "query($id: ID!) { media(id: $id) { status updatedAt takenAt width height thumbhash \
        thumbnail { width height sizeBytes } gallery { mediaCount updatedAt } } }";
    actor.gets(document, json!({ "id": id })).await["media"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_comes_again_changes_nothing() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let shown = admin.adds(&gallery, "a.jpg", "image/jpeg", &jpeg(&picture(40, 30, 1))).await;
    let failed = admin.adds(&gallery, "b.jpg", "image/jpeg", b"no picture at all").await;
    assert_eq!((&shown["status"], &failed["status"]), (&json!("READY"), &json!("FAILED")));
    let processor = another_processor(&home);
    for media in [&shown, &failed] {
        let before = record(&admin, id(media)).await;
        for _ in 0..2 {
            let response = delivers(&processor, event(&format!("originals/{}", id(media)))).await;
            assert_eq!(response, BatchResponse::default());
        }
        assert_eq!(record(&admin, id(media)).await, before);
    }
    let response = delivers(&processor, event(&format!("jobs/render/{}/again", id(&shown)))).await;
    assert_eq!(response, BatchResponse::default());
    assert_ne!(record(&admin, id(&failed)).await["updatedAt"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_event_delivered_to_many_at_once_adds_one_picture() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let bytes = jpeg(&picture(40, 30, 1));
    let payload = admin.requests_upload(&gallery, "a.jpg", "image/jpeg", &bytes).await;
    assert_eq!(admin.sends_part(&payload["ticket"]["parts"][0], &bytes).await, StatusCode::OK);
    let media = payload["ticket"]["mediaId"].as_str().expect("an id");
    let processor = another_processor(&home);
    let deliveries = (0..4).map(|_| delivers(&processor, event(&format!("originals/{media}"))));
    for response in join_all(deliveries).await {
        assert_eq!(response, BatchResponse::default());
    }
    let record = record(&admin, media).await;
    assert_eq!((&record["status"], &record["gallery"]["mediaCount"]), (&json!("READY"), &json!(1)));
    assert_eq!(home.system.objects.object_count("renditions").await.expect("the store answers"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_what_is_gone_or_not_ours_is_done() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let trashed = admin.adds(&gallery, "a.jpg", "image/jpeg", &jpeg(&picture(40, 30, 1))).await;
    let erased = admin.adds(&gallery, "b.jpg", "image/jpeg", &jpeg(&picture(40, 30, 2))).await;
    let delete = "deleteMedia(input: $input) { mediaIds userErrors { code } }";
    admin.does(delete, "DeleteMediaInput", json!({ "ids": [trashed["id"]] })).await;
    admin.does(delete, "DeleteMediaInput", json!({ "ids": [erased["id"]], "permanently": true })).await;
    let before = record(&admin, id(&trashed)).await;
    let processor = another_processor(&home);
    let keys = [
        format!("originals/{}", id(&erased)),
        format!("jobs/render/{}/again", id(&erased)),
        format!("originals/{}", id(&trashed)),
        format!("jobs/render/{}/again", id(&trashed)),
        "originals/med_01ARZ3NDEKTSV4RRFFQ69G5FAV".to_owned(),
        "somebody/elses.jpg".to_owned(),
        "../originals".to_owned(),
    ];
    for key in keys {
        assert_eq!(delivers(&processor, event(&key)).await, BatchResponse::default(), "{key}");
    }
    assert_eq!(record(&admin, id(&trashed)).await, before);
    assert_eq!(home.system.objects.object_count("originals").await.expect("the store answers"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_no_event_is_named_and_the_others_are_done() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let media = admin.adds(&gallery, "a.jpg", "image/jpeg", &jpeg(&picture(40, 30, 1))).await;
    let message = |name: &str, body: &str| json!({ "messageId": name, "body": body });
    let good = event(&format!("originals/{}", id(&media)))["Records"][0]["body"].as_str().expect("a body").to_owned();
    let batch = json!({ "Records": [
        message("broken", "{ not JSON"),
        message("good", &good),
        message("foreign", r#"{ "detail-type": "Object Created", "detail": {} }"#),
        message("deleted", &good.replace("Object Created", "Object Deleted")),
    ]});
    let response = delivers(&another_processor(&home), batch).await;
    let named: Vec<&str> = response.failures.iter().map(|failure: &Failure| failure.message_id.as_str()).collect();
    assert_eq!(named, ["broken", "foreign"]);
    assert!(response.failures.iter().all(|failure| failure.reason.starts_with("not an EventBridge event")));
    let answer = serde_json::to_value(&response).expect("JSON");
    assert_eq!(answer["batchItemFailures"][0]["itemIdentifier"], "broken");
    assert!(another_processor(&home).handle(json!({ "records": [] }), TIME).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_turned_while_it_is_processed_ends_as_it_was_turned() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let turns = (1..=4_u32).map(|seed| {
        let (admin, gallery) = (&admin, &gallery);
        async move {
            let bytes = jpeg(&picture(300, 200, seed));
            let media = admin.uploads(gallery, "a.jpg", "image/jpeg", &bytes).await;
            until(async || {
                let input = json!({ "id": media, "rotate": 90 });
                admin.mistakes(UPDATE_MEDIA, "UpdateMediaInput", input).await.is_empty()
            })
            .await;
            let media = admin.sees_processed(&media).await;
            assert_eq!(
                (&media["status"], &media["width"], &media["height"]),
                (&json!("READY"), &json!(200), &json!(300))
            );
            let preview = image::load_from_memory(&admin.fetches(&media["preview"]).await).expect("a picture");
            assert_eq!((preview.width(), preview.height()), (200, 300));
        }
    });
    join_all(turns).await;
    assert_eq!(home.system.objects.dead_events().await.expect("the store answers"), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_into_a_gallery_that_was_deleted_meanwhile_ends_in_the_trash() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let bytes = jpeg(&picture(40, 30, 1));
    let payload = admin.requests_upload(&gallery, "a.jpg", "image/jpeg", &bytes).await;
    let delete = "deleteGallery(input: $input) { deletedId userErrors { code } }";
    admin.does(delete, "DeleteGalleryInput", json!({ "id": gallery })).await;
    assert_eq!(admin.sends_part(&payload["ticket"]["parts"][0], &bytes).await, StatusCode::OK);
    let media = payload["ticket"]["mediaId"].as_str().expect("an id");
    let response = delivers(&another_processor(&home), event(&format!("originals/{media}"))).await;
    assert_eq!(response, BatchResponse::default());
    until(async || home.system.objects.next_due(local::s3::Keys::Any).await.expect("the store answers").is_none())
        .await;
    assert_eq!(home.system.objects.dead_events().await.expect("the store answers"), []);
    let data = admin.gets("{ trash { edges { node { id original { url } } } } }", json!({})).await;
    let edges = data["trash"]["edges"].as_array().expect("a list");
    assert_eq!((edges.len(), edges[0]["node"]["id"].as_str()), (1, Some(media)));
    assert_eq!(admin.fetches(&edges[0]["node"]["original"]).await, bytes);
}

/// The disk with the originals is gone for a while, as a network drive may be.
#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_fails_five_times_is_dead_with_its_reason_until_it_is_driven_again() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let media = admin.adds(&gallery, "a.jpg", "image/jpeg", &jpeg(&picture(60, 40, 1))).await;
    until(async || home.system.objects.next_due(local::s3::Keys::Any).await.expect("the store answers").is_none())
        .await;
    let (blobs, away) = (files_in(&home.folder().join("s3/blobs")), home.folder().join("away"));
    fs::create_dir(&away).expect("room for a folder");
    for blob in &blobs {
        fs::rename(blob, away.join(blob.file_name().expect("a file"))).expect("files can be moved");
    }
    let input = json!({ "id": media["id"], "rotate": 90 });
    admin.does(UPDATE_MEDIA, "UpdateMediaInput", input).await;
    let dead = async || home.system.objects.dead_events().await.expect("the store answers");
    until(async || !dead().await.is_empty()).await;
    let letters = dead().await;
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].event.attempts, 5);
    assert!(letters[0].event.key.starts_with(&format!("jobs/render/{}/", id(&media))), "{}", letters[0].event.key);
    assert_ne!(letters[0].reason, "");
    assert_eq!(record(&admin, id(&media)).await["status"], "PROCESSING");

    for blob in &blobs {
        fs::rename(away.join(blob.file_name().expect("a file")), blob).expect("files can be moved");
    }
    assert_eq!(home.system.objects.redrive().await.expect("the store answers"), 1);
    let media = admin.sees_processed(id(&media)).await;
    assert_eq!((&media["status"], &media["width"], &media["height"]), (&json!("READY"), &json!(40), &json!(60)));
    assert_eq!(dead().await, []);
    assert_eq!(home.system.objects.redrive().await.expect("the store answers"), 0);
}
