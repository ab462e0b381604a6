//! What whoever looks after Mantel does: making small pictures anew, and asking what is missing here.

use std::{
    path::Path,
    process::{Command, Output},
};

use model::{Media, MediaId, RenditionName, Renditions};
use processor::{
    Reprocess, reprocess,
    testing::{jpeg, picture},
};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Actor, Home, actor::until};

fn mantel(arguments: &[&str], data: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mantel"));
    command.args(arguments).arg("--data").arg(data).output().expect("it starts")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn id_of(media: &Value) -> MediaId {
    media["id"].as_str().expect("an id").parse().expect("an id of media")
}

async fn record(home: &Home, id: MediaId) -> Media {
    home.system.store.get_media(id).await.expect("the table answers").expect("it is there")
}

async fn thumbnail(actor: &Actor, id: MediaId) -> Value {
    let look = "query($id: ID!) { media(id: $id) { status thumbnail { url } } }";
    actor.gets(look, json!({ "id": id.to_string() })).await["media"].clone()
}

/// As an earlier version of Mantel left it.
async fn age(home: &Home, id: MediaId) {
    let (store, media) = (&home.system.store, record(home, id).await);
    let old = Renditions { recipe: "r0-0".to_owned(), ..media.renditions.clone().expect("renditions") };
    for name in [RenditionName::Thumbnail, RenditionName::Preview] {
        let file = jpeg(&picture(16, 16, 9));
        store.put_rendition(id, &old.recipe, name, file).await.expect("the bucket answers");
    }
    let findings = model::Findings {
        width: media.width,
        height: media.height,
        ..model::Findings::of(media.kind, media.content_type.clone())
    };
    let aged = store.finish_processing(&media, &findings, Ok(&old), None, home.now()).await;
    assert!(aged.expect("the table answers").is_some(), "nobody else changes it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_way_to_make_pictures_is_rolled_out_and_none_is_missing_meanwhile() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let media = admin.adds(&gallery, "a.jpg", "image/jpeg", &jpeg(&picture(60, 40, 1))).await;
    let id = id_of(&media);
    age(&home, id).await;
    let old = thumbnail(&admin, id).await["thumbnail"]["url"].as_str().expect("a url").to_owned();

    let asked = reprocess(&home.system.store, Reprocess::default(), home.now()).await.expect("the services answer");
    assert_eq!((asked.outdated, asked.films, asked.failed), (1, 0, 0));
    // Whoever looks meanwhile sees the one or the other.
    until(async || {
        let seen = thumbnail(&admin, id).await;
        assert_eq!(seen["status"], "READY");
        let url = seen["thumbnail"]["url"].as_str().expect("there is always one").to_owned();
        let found = home.http.get(&url).send().await.expect("an answer").status();
        let new = !record(&home, id).await.is_outdated();
        assert!(found == StatusCode::OK || new, "{found}");
        new
    })
    .await;
    until(async || home.http.get(&old).send().await.expect("an answer").status() == StatusCode::NOT_FOUND).await;
    let asked = reprocess(&home.system.store, Reprocess::default(), home.now()).await.expect("the services answer");
    assert_eq!((asked.outdated, asked.films, asked.failed), (0, 0, 0), "all is done");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_works_while_mantel_runs_and_while_it_does_not() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let photo = admin.adds(&gallery, "a.jpg", "image/jpeg", &jpeg(&picture(60, 40, 1))).await;
    let broken = admin.adds(&gallery, "b.jpg", "image/jpeg", b"no picture at all").await;
    assert_eq!(broken["status"], "FAILED");
    let id = id_of(&photo);
    age(&home, id).await;
    let old = thumbnail(&admin, id).await["thumbnail"]["url"].as_str().expect("a url").to_owned();
    let (media, aws) = (home.system.media.to_string(), home.system.aws.to_string());
    let elsewhere =
        mantel(&["reprocess", "--media-listen", "127.0.0.1:1", "--aws-listen", "127.0.0.1:1"], home.folder());
    assert!(!elsewhere.status.success());
    assert!(said(&elsewhere).contains("give it the same options"), "{}", said(&elsewhere));
    let running = mantel(&["reprocess", "--failed", "--media-listen", &media, "--aws-listen", &aws], home.folder());
    assert!(running.status.success(), "{}", said(&running));
    let counts =
        "1 with pictures of an earlier version, 0 films that waited for ffmpeg, 1 that could not be processed.";
    assert!(said(&running).starts_with(counts), "{}", said(&running));
    until(async || !record(&home, id).await.is_outdated()).await;
    // They go last, and must not go again when they have come back.
    until(async || home.http.get(&old).send().await.expect("an answer").status() == StatusCode::NOT_FOUND).await;

    age(&home, id).await;
    let folder = home.stop().await;
    let stopped = mantel(&["reprocess"], folder.path());
    assert!(stopped.status.success(), "{}", said(&stopped));
    let counts =
        "1 with pictures of an earlier version, 0 films that waited for ffmpeg, 0 that could not be processed.";
    assert!(said(&stopped).starts_with(counts), "{}", said(&stopped));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_tells_what_is_there_and_what_is_missing() {
    let home = Home::open().await;
    let running = mantel(&["doctor", "--ffmpeg", "/nowhere/ffmpeg"], home.folder());
    assert!(running.status.success(), "Mantel works without ffmpeg: {}", said(&running));
    let text = said(&running);
    for line in [
        "JPEG     decoded with",
        "ok       HEIC     photos of iPhones are shown",
        "lacking  Films    there is no program at /nowhere/ffmpeg. Films get no pictures",
        "run `mantel reprocess`",
        "ok       Workers  small pictures of a test photo are made",
        "Mantel is running",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let folder = home.stop().await;
    assert!(said(&mantel(&["doctor"], folder.path())).contains("Mantel is not running"));
    let foreign = tempfile::tempdir().expect("a folder");
    assert!(said(&mantel(&["doctor"], foreign.path())).contains("is not a folder of Mantel's"));
}
