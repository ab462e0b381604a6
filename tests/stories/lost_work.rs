//! What waits is not given up, what others broke off is tried again, and what was made for nothing goes.

use std::process::Command;

use model::{Conversion, Findings, Media, MediaId, MediaKind, MediaStatus, RenditionName, object_key::Work};
use processor::{
    BatchResponse, ObjectCreated, Processor, Reprocess, Tools, Worker, WorkerLimits, batch_of_one, reprocess,
    testing::{film::UPRIGHT, jpeg, picture},
};
use serde_json::{Value, json};

use super::films::converter;
use crate::support::{Home, actor::UPDATE_MEDIA};

const TIME: std::time::Duration = std::time::Duration::from_mins(5);

fn id_of(media: &Value) -> MediaId {
    media["id"].as_str().expect("an id").parse().expect("an id of media")
}

async fn read(home: &Home, id: MediaId) -> Media {
    home.system.store.get_media(id).await.expect("the table answers").expect("it is there")
}

async fn delivers(processor: &Processor, key: &str) -> BatchResponse {
    let object = ObjectCreated {
        bucket: "originals",
        key,
        size_bytes: 0,
        etag: "e",
        sequencer: "1",
        time: "2026-01-01T00:00:00Z",
    };
    processor.handle(batch_of_one("1", local::REGION, &object), TIME).await.expect("a batch")
}

/// A photo that was processed, at a home where nothing is processed any more.
async fn home_with_a_photo() -> (Home, MediaId) {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let photo = admin.adds(&gallery, "a.jpg", "image/jpeg", &jpeg(&picture(96, 64, 1))).await;
    assert_eq!(photo["status"], "READY");
    (home.restart_with(|options| options.processes = false).await, id_of(&photo))
}

/// The same as a film that waits to be converted; its bytes are those of a real one.
async fn home_with_a_waiting_film() -> (Home, MediaId) {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let film = admin.adds(&gallery, "a.mp4", "video/mp4", UPRIGHT).await;
    assert_eq!(film["status"], "READY");
    let home = home.restart_with(|options| options.processes = false).await;
    let record = read(&home, id_of(&film)).await;
    let findings = Findings::of(MediaKind::Video, record.content_type.clone());
    let renditions = record.renditions.clone().expect("a sign");
    let waiting = Some(Conversion::Waiting { percent: 0 });
    let done = home.system.store.finish_processing(&record, &findings, Ok(&renditions), waiting, home.now()).await;
    assert!(done.expect("the table answers").is_some_and(|media| media.awaits_conversion()));
    (home, record.id)
}

fn processor_with(home: &Home, change: impl FnOnce(&mut Tools)) -> Processor {
    let mut tools = home.tools();
    change(&mut tools);
    Processor::new(home.system.store.clone(), home.clock(), tools)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_film_that_waits_behind_others_for_hours_is_not_given_up() {
    let (home, id) = Box::pin(home_with_a_waiting_film()).await;
    let processor = processor_with(&home, |_| {});
    for _ in 0..8 {
        home.pass_seconds(20 * 60);
        processor.reconcile().await.expect("the services answer");
    }
    assert_eq!(read(&home, id).await.conversion, Some(Conversion::Waiting { percent: 0 }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_film_whose_conversion_others_break_off_is_tried_again_and_given_up_in_the_end() {
    let Some(converter) = converter().await else { return };
    let (home, id) = Box::pin(home_with_a_waiting_film()).await;
    let nobody = Worker::new("/nowhere/mantel".into(), WorkerLimits::default());
    let found = converter.clone();
    let broken = processor_with(&home, |tools| (tools.worker, tools.converter) = (nobody, Some(found)));
    let job = format!("{}{id}/job", Work::Convert.prefix());
    for attempt in 1..=10 {
        assert_eq!(delivers(&broken, &job).await.failures.len(), 1, "attempt {attempt}");
        assert!(read(&home, id).await.awaits_conversion(), "attempt {attempt}");
    }
    assert_eq!(delivers(&broken, &job).await, BatchResponse::default());
    assert!(read(&home, id).await.is_refused());

    // The way back, when whoever looks after Mantel has mended what was wrong.
    let store = &home.system.store;
    let asked = reprocess(store, Reprocess { failed: true }, home.now()).await.expect("the services answer");
    assert_eq!((asked.outdated, asked.films, asked.failed), (0, 0, 1));
    let mended = processor_with(&home, |tools| tools.converter = Some(converter));
    assert_eq!(delivers(&mended, &format!("{}{id}/anew", Work::Render.prefix())).await, BatchResponse::default());
    assert!(read(&home, id).await.awaits_conversion());
    assert_eq!(delivers(&mended, &job).await, BatchResponse::default());
    assert!(read(&home, id).await.plays_its_turn());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_made_of_something_that_was_erased_meanwhile_goes() {
    let (home, id) = home_with_a_photo().await;
    let admin = home.admin().await;
    let delete = "deleteMedia(input: $input) { mediaIds userErrors { code } }";
    admin.does(delete, "DeleteMediaInput", json!({ "ids": [id.to_string()], "permanently": true })).await;
    let processor = processor_with(&home, |_| {});
    let left = async || home.system.objects.object_count("renditions").await.expect("the store answers");
    assert_eq!(left().await, 0);
    for (work, name) in [
        (Work::Render, RenditionName::Preview),
        (Work::Upright, RenditionName::Upright),
        (Work::Convert, RenditionName::Playback),
    ] {
        home.system.store.put_rendition(id, "x1-0", name, vec![1]).await.expect("S3 answers");
        assert_eq!(delivers(&processor, &format!("{}{id}/job", work.prefix())).await, BatchResponse::default());
        assert_eq!(left().await, 0, "{work:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_that_was_turned_and_trashed_is_turned_when_it_returns() {
    let (home, id) = home_with_a_photo().await;
    let admin = home.admin().await;
    admin.does(UPDATE_MEDIA, "UpdateMediaInput", json!({ "id": id.to_string(), "rotate": 90 })).await;
    let ids = json!({ "ids": [id.to_string()] });
    admin.does("deleteMedia(input: $input) { userErrors { code } }", "DeleteMediaInput", ids.clone()).await;
    admin.does("restoreMedia(input: $input) { userErrors { code } }", "RestoreMediaInput", ids).await;
    assert_eq!(read(&home, id).await.status, MediaStatus::Processing, "its pictures are those before the turn");
    let processor = processor_with(&home, |_| {});
    assert_eq!(delivers(&processor, &format!("{}{id}/job", Work::Render.prefix())).await, BatchResponse::default());
    let turned = read(&home, id).await;
    assert_eq!((turned.status, turned.width, turned.height), (MediaStatus::Ready, Some(64), Some(96)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upright_copy_that_is_wished_for_during_a_turn_is_made_of_the_turned_photo() {
    let (home, id) = home_with_a_photo().await;
    let admin = home.admin().await;
    admin.does(UPDATE_MEDIA, "UpdateMediaInput", json!({ "id": id.to_string(), "rotate": 90 })).await;
    let call = "prepareUpright(input: $input) { media { status } userErrors { code } }";
    let payload = admin.does(call, "PrepareUprightInput", json!({ "mediaId": id.to_string() })).await;
    assert_eq!(payload["media"]["status"], "PROCESSING");
    let processor = processor_with(&home, |_| {});
    assert_eq!(delivers(&processor, &format!("{}{id}/job", Work::Upright.prefix())).await, BatchResponse::default());
    let copy = read(&home, id).await;
    let size = copy.upright_now().and_then(model::Upright::file).expect("a copy").size;
    assert_eq!((size.width, size.height), (64, 96));
}

/// It has no ffmpeg at hand, and ends after a second.
#[tokio::test(flavor = "multi_thread")]
async fn a_command_on_the_folder_processes_nothing() {
    let home = Home::open_with(|options| options.processes = false).await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let id = admin.uploads(&gallery, "a.jpg", "image/jpeg", &jpeg(&picture(60, 40, 1))).await;
    let folder = home.stop().await;
    let mut command = Command::new(env!("CARGO_BIN_EXE_mantel"));
    let output = command.args(["reset-password", "family", "--data"]).arg(folder.path()).output().expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let home = Home::on(folder, |options| options.processes = false).await;
    let media = read(&home, id.parse().expect("an id")).await;
    assert_eq!(media.status, MediaStatus::Processing);
}
