//! Films get a picture, and a form that every phone plays; where nothing can make them, they are kept all the same.

use std::env;

use processor::{
    Reprocess, reprocess,
    testing::film::{DARK_START, HLG, OLD_PHONE, PHONE, PHONE_PLACE, SOUND, UPRIGHT},
    video::{Converter, VideoCodec, VideoFacts, facts},
};
use reqwest::{StatusCode, header};
use serde_json::{Value, json};

use crate::support::{
    Actor, Home,
    actor::{UPDATE_MEDIA, until},
};

const LOOK: &str = "query($id: ID!) { media(id: $id) { __typename id status failureReason contentType width height takenAt \
    takenAtOffsetMinutes location { latitude longitude } livePhotoId thumbhash \
    thumbnail { url contentType width height } preview { url width height } original { url } ... on Video { durationSeconds \
    playback { url contentType width height sizeBytes } playbackProgress playbackProblem } } }";
const INSTALL: &str = "Whoever looks after Mantel can install ffmpeg and run `mantel reprocess`; then films get a picture \
    and play on every phone. The original is kept and can be downloaded.";

/// ffmpeg, if there is one: on the machines that look after this project there must be.
#[expect(clippy::disallowed_methods, clippy::print_stdout, reason = "a test that is left out says so, and not in CI")]
pub(crate) async fn converter() -> Option<Converter> {
    let found = Converter::find(None, processor::search_path().as_deref()).await.expect("an ffmpeg that answers");
    assert!(found.is_some() || env::var_os("CI").is_none(), "install ffmpeg");
    if found.is_none() {
        println!("no ffmpeg here: what it does is not tested");
    }
    found
}

async fn home_with(converter: Option<Converter>) -> Home {
    Home::open_with(|options| options.converter = converter).await
}

/// Waits until nothing is under way any more, and gives the film.
async fn sees_converted(actor: &Actor, id: &Value) -> Value {
    actor.sees_processed(id.as_str().expect("an id")).await;
    let look = async || actor.gets(LOOK, json!({ "id": id })).await["media"].clone();
    until(async || look().await["playbackProgress"] == Value::Null).await;
    look().await
}

async fn adds_film(actor: &Actor, gallery: &str, name: &str, content_type: &str, film: &[u8]) -> Value {
    let id = actor.uploads(gallery, name, content_type, film).await;
    sees_converted(actor, &json!(id)).await
}

fn read(film: &[u8]) -> VideoFacts {
    facts(&mut std::io::Cursor::new(film), film.len() as u64).expect("a film")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_film_of_a_phone_is_shown_upright_with_its_place_and_time() {
    let Some(converter) = converter().await else { return };
    let home = home_with(Some(converter)).await;
    let (admin, visitor) = (home.admin().await, home.visitor().await);
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let film = adds_film(&admin, &gallery, "IMG_0001.MOV", "video/quicktime", PHONE).await;
    assert_eq!((&film["__typename"], &film["status"]), (&json!("Video"), &json!("READY")), "{film:#}");
    assert_eq!((&film["width"], &film["height"]), (&json!(48), &json!(64)), "it stands upright");
    assert_eq!((&film["takenAt"], &film["takenAtOffsetMinutes"]), (&json!("2023-07-14T16:30:05.000Z"), &json!(120)));
    assert_eq!(film["location"]["latitude"].as_f64(), Some(47.5596));
    assert!(film["livePhotoId"].is_string(), "{film:#}");
    assert!((film["durationSeconds"].as_f64().expect("a length") - 1.0).abs() < 0.1, "{film:#}");
    let poster = image::load_from_memory(&visitor.fetches(&film["preview"]).await).expect("a picture").into_rgb8();
    assert_eq!(poster.dimensions(), (48, 64));
    let colours =
        poster.pixels().map(|pixel| pixel.0.map(|sample| sample / 64)).collect::<std::collections::BTreeSet<_>>();
    assert!(colours.len() > 4, "it is a picture, not a surface: {colours:?}");
    assert_eq!(film["playbackProblem"], Value::Null);

    let playback = visitor.fetches(&film["playback"]).await;
    assert_eq!(film["playback"]["contentType"], "video/mp4");
    let played = read(&playback);
    assert!(matches!(played.video, VideoCodec::H264 { bit_depth: 8, chroma: 1, .. }), "{played:?}");
    assert_eq!((played.width, played.height), (48, 64));
    assert!(played.is_index_first, "it plays while it is still on its way");
    // Whoever may look, but not download, learns nothing of where it was taken.
    assert_eq!((played.location, played.taken_at), (None, None));
    for told in [PHONE_PLACE, "iPhone 99", "com.apple.quicktime"] {
        assert!(!playback.windows(told.len()).any(|bytes| bytes == told.as_bytes()), "{told} is in there");
    }
    assert!(visitor.fetches(&film["original"]).await == PHONE, "the original changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_film_can_be_played_from_any_place() {
    let Some(converter) = converter().await else { return };
    let home = home_with(Some(converter)).await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let film = adds_film(&admin, &gallery, "a.mp4", "video/mp4", UPRIGHT).await;
    let url = film["playback"]["url"].as_str().expect("a url");
    let whole = admin.fetches(&film["playback"]).await;
    let answer = home.http.get(url).header(header::RANGE, "bytes=100-199").send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(answer.headers()[header::CONTENT_RANGE], format!("bytes 100-199/{}", whole.len()));
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "video/mp4");
    assert_eq!(answer.bytes().await.expect("the bytes")[..], whole[100..200]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_phones_do_not_play_is_converted() {
    let Some(converter) = converter().await else { return };
    let home = home_with(Some(converter)).await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    for (name, content_type, film) in [
        ("hlg.mov", "video/quicktime", HLG),
        ("old.3gp", "video/mp4", OLD_PHONE),
        ("dark.mp4", "video/mp4", DARK_START),
    ] {
        let seen = adds_film(&admin, &gallery, name, content_type, film).await;
        assert_eq!((&seen["status"], &seen["playbackProblem"]), (&json!("READY"), &Value::Null), "{name}: {seen:#}");
        let (original, played) = (read(film), read(&admin.fetches(&seen["playback"]).await));
        assert!(matches!(played.video, VideoCodec::H264 { bit_depth: 8, chroma: 1, .. }), "{name}: {played:?}");
        assert_eq!((played.width, played.height), (original.width, original.height), "{name}");
        let poster = image::load_from_memory(&admin.fetches(&seen["thumbnail"]).await).expect("a picture").into_luma8();
        assert!(poster.pixels().any(|pixel| pixel.0[0] > 60), "{name}: the poster is dark");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_by_hand_turns_poster_and_film() {
    let Some(converter) = converter().await else { return };
    let home = home_with(Some(converter)).await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let before = adds_film(&admin, &gallery, "a.mp4", "video/mp4", UPRIGHT).await;
    assert_eq!((&before["playback"]["width"], &before["playback"]["height"]), (&json!(64), &json!(48)));
    admin.does(UPDATE_MEDIA, "UpdateMediaInput", json!({ "id": before["id"], "rotate": 90 })).await;
    let after = sees_converted(&admin, &before["id"]).await;
    for name in ["preview", "playback"] {
        assert_eq!((&after[name]["width"], &after[name]["height"]), (&json!(48), &json!(64)), "{name}");
    }
    assert_eq!((&after["width"], &after["height"]), (&json!(48), &json!(64)));
    let played = read(&admin.fetches(&after["playback"]).await);
    assert_eq!((played.width, played.height), (48, 64));
    until(async || {
        let answer = home.http.get(before["playback"]["url"].as_str().expect("a url")).send().await;
        answer.expect("an answer").status() == StatusCode::NOT_FOUND
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_film_says_so_and_is_kept() {
    let Some(converter) = converter().await else { return };
    let home = home_with(Some(converter)).await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let mut torn = UPRIGHT.to_vec();
    // The pictures themselves: the index stands as it was.
    let media = torn.windows(4).position(|name| name == b"mdat").expect("the media") + 4;
    torn[media..].fill(0);
    for (name, film) in [("sound.mp4", SOUND), ("cut.mp4", &UPRIGHT[..600]), ("torn.mp4", &torn)] {
        let seen = adds_film(&admin, &gallery, name, "video/mp4", film).await;
        assert_eq!((&seen["status"], &seen["thumbnail"]), (&json!("FAILED"), &Value::Null), "{name}: {seen:#}");
        let reason = seen["failureReason"].as_str().expect("a reason");
        assert!(reason.ends_with("The original is kept and can be downloaded."), "{name}: {reason}");
        assert!(admin.fetches(&seen["original"]).await == film, "{name}: it is kept all the same");
    }
}

/// The one who looks after the family installs ffmpeg later.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_converter_a_film_has_a_sign_for_a_picture_and_waits() {
    let home = home_with(None).await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let film = adds_film(&admin, &gallery, "IMG_0001.MOV", "video/quicktime", PHONE).await;
    assert_eq!((&film["status"], &film["playback"]), (&json!("READY"), &Value::Null), "{film:#}");
    assert_eq!(film["playbackProblem"], INSTALL);
    assert_eq!((&film["width"], &film["height"]), (&json!(48), &json!(64)));
    assert_eq!((&film["preview"]["width"], &film["preview"]["height"]), (&json!(48), &json!(64)));
    let sign = admin.fetches(&film["thumbnail"]).await;
    assert!(image::load_from_memory(&sign).is_ok());
    assert!(
        (film["durationSeconds"].as_f64().expect("a length") - 1.0).abs() < 0.1,
        "what it says is known all the same"
    );

    let Some(converter) = converter().await else { return };
    let home = home.restart_with(|options| options.converter = Some(converter)).await;
    let admin = home.admin().await;
    let asked = reprocess(&home.system.store, Reprocess::default(), home.now()).await.expect("the services answer");
    assert_eq!((asked.films, asked.outdated, asked.failed), (1, 0, 0));
    let look = async || admin.gets(LOOK, json!({ "id": film["id"] })).await["media"].clone();
    until(async || look().await["playback"] != Value::Null).await;
    let seen = look().await;
    assert_eq!(seen["playbackProblem"], Value::Null);
    assert!(admin.fetches(&seen["thumbnail"]).await != sign, "it has a picture of its own now");
}
