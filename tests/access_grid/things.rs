//! What the fields are asked of: things that have a value in every field, one of each kind in the gallery of each state.

use std::sync::Arc;

use model::{
    BackupPhase, BackupRecord, Comment, CommentId, CommentText, Conversion, DerivedFile, DisplayName, Findings, Like,
    Location, Media, MediaId, MediaKind, Proof, RenditionName, RenditionSize, TakenAt, Timestamp, Upright, UserId,
    object_key::{playback_recipe, upright_recipe},
};
use processor::testing::{ExifFields, jpeg_with_exif};
use serde_json::json;
use store::UserChange;
use ulid::Ulid;

use super::cast::{Caller, Cast, State, parsed};

/// A film without pictures.
const FILM: &[u8] = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom\0\0\0\x08mdat";
const OTHER_FILM: &[u8] = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom\0\0\0\x09mdat\0";

/// Ids as clients see them.
pub(super) struct Things {
    pub(super) photo: String,
    /// A photo of which no picture could be made.
    pub(super) broken: String,
    pub(super) video: String,
    /// The same for a film.
    pub(super) broken_video: String,
    pub(super) comment: String,
    pub(super) reply: String,
    /// A person whose picture is the photo.
    pub(super) person: String,
}

impl Things {
    /// Puts them into the gallery of a state.
    pub(super) async fn put(cast: Arc<Cast>, state: State, number: u32) -> Self {
        let (admin, gallery) = (cast.admin(), cast.gallery(state).expect("the state has a gallery").to_string());
        let photo = admin.adds(&gallery, "photo.jpg", "image/jpeg", &jpeg_with_exif(60, 40, number, &notes())).await;
        assert_eq!(photo["status"], "READY", "{photo:#}");
        let photo = parsed(photo["id"].as_str().expect("an id"));
        complete_photo(&cast, photo).await;
        let broken = failing(&cast, &gallery, "broken.jpg", "image/jpeg", &[0xFF, 0xD8, 0xFF, 0xE0, 0, 1]).await;
        let broken_video = failing(&cast, &gallery, "broken.mp4", "video/mp4", OTHER_FILM).await;
        refuse(&cast, parsed(&broken_video)).await;
        let video = film_like(&cast, &gallery, photo).await;
        for id in [photo, video] {
            let call = "updateMedia(input: $input) { userErrors { code } }";
            let input = json!({ "id": id.to_string(), "caption": "By the lake", "placeName": "Vienna" });
            admin.does(call, "UpdateMediaInput", input).await;
            like(&cast, id, cast.family_id).await;
        }
        let comment = CommentId { media: photo, thread: None, own: Ulid::from_parts(1, u128::from(number)) };
        let reply = CommentId { thread: Some(comment.own), own: Ulid::from_parts(2, u128::from(number)), ..comment };
        let on_film = CommentId { media: video, ..comment };
        for id in [comment, reply, on_film] {
            say(&cast, id).await;
        }
        let person = cast.home.relative(admin, &format!("aunt-{number}")).await.id().await;
        let change = UserChange { avatar_media_id: Some(Some(photo)), ..UserChange::default() };
        let changed = cast.home.system.store.update_user(parsed(&person), &change).await.expect("the store answers");
        assert!(changed.is_some(), "the person is there");
        cast.home.system.store.put_backup(&backed_up()).await.expect("the store answers");
        Self {
            photo: photo.to_string(),
            broken,
            video: video.to_string(),
            broken_video,
            comment: comment.to_string(),
            reply: reply.to_string(),
            person,
        }
    }

    /// Puts photo and film into the trash.
    pub(super) async fn trash(&self, cast: &Cast) {
        let call = "deleteMedia(input: $input) { userErrors { code } }";
        cast.admin().does(call, "DeleteMediaInput", json!({ "ids": [self.photo, self.video] })).await;
    }
}

/// Every person of the cast likes the photo.
pub(super) async fn everyone_likes(cast: &Cast, photo: &str) {
    for caller in Caller::ALL.into_iter().filter(|caller| caller.is_person()) {
        like(cast, parsed(photo), cast.id(caller)).await;
    }
}

/// A backup of which everything is known.
fn backed_up() -> BackupRecord {
    let at = Some(Timestamp::from_unix_seconds(1_700_000_000));
    let proof = Proof {
        at: Timestamp::from_unix_seconds(1_700_000_000),
        manifest: "manifest".to_owned(),
        proved: 49,
        tried: 50,
        records: 7,
        problem: Some("one photo is damaged".to_owned()),
    };
    BackupRecord {
        phase: BackupPhase::Failed,
        started_at: at,
        finished_at: at,
        succeeded_at: at,
        objects_copied: 1,
        bytes_copied: 2,
        failures: 3,
        message: Some("one photo is missing".to_owned()),
        destination: Some("s3://backup".to_owned()),
        media_count: 50,
        proof: Some(proof),
        ..BackupRecord::default()
    }
}

/// Everything that a camera can note.
fn notes() -> ExifFields {
    let text = |text: &str| Some(text.to_owned());
    ExifFields {
        orientation: Some(1),
        camera_make: text("Leica"),
        camera_model: text("Q3"),
        lens: text("Summilux"),
        software: text("1.0"),
        taken: text("2024:07:03 15:04:05"),
        offset: text("+02:00"),
        exposure_time: Some((1, 250)),
        f_number: Some((28, 10)),
        focal_length: Some((28, 1)),
        iso: Some(100),
        location: Some(Location { latitude: 48.2, longitude: 16.37, altitude_metres: Some(170.0) }),
        ..ExifFields::default()
    }
}

async fn read(cast: &Cast, id: MediaId) -> Media {
    cast.home.system.store.get_media(id).await.expect("the store answers").expect("the media is there")
}

/// Stores something that was made of media.
async fn derive(cast: &Cast, id: MediaId, recipe: &str, name: RenditionName) -> RenditionSize {
    let jpeg = jpeg_with_exif(16, 16, 1, &ExifFields::default());
    let size = RenditionSize { width: 16, height: 16, size_bytes: jpeg.len() as u64 };
    cast.home.system.store.put_rendition(id, recipe, name, jpeg).await.expect("the store answers");
    size
}

/// What was found of a photo, as if it were of a Live Photo.
fn findings_of(photo: &Media, kind: MediaKind, content_type: &str) -> Findings {
    Findings {
        width: photo.width,
        height: photo.height,
        taken_at: photo.taken_at.map(|time| TakenAt { time, offset_minutes: photo.taken_at_offset_minutes }),
        location: photo.location,
        thumbhash: photo.thumbhash.clone(),
        dominant_color: photo.dominant_color.clone(),
        live_photo_id: Some("D7A5E1C0".to_owned()),
        ..Findings::of(kind, content_type.to_owned())
    }
}

/// Gives a photo what only few have: an upright copy, and a film that belongs to it.
async fn complete_photo(cast: &Cast, id: MediaId) {
    let (store, photo) = (&cast.home.system.store, read(cast, id).await);
    let findings = Findings { exif: photo.exif.clone(), ..findings_of(&photo, MediaKind::Photo, &photo.content_type) };
    let renditions = photo.renditions.as_ref().expect("the photo has pictures");
    let done = store.finish_processing(&photo, &findings, Ok(renditions), None, cast.home.now()).await;
    assert!(done.expect("the store answers").is_some(), "nobody else changes the photo");
    let recipe = upright_recipe(photo.rotation);
    let size = derive(cast, id, &recipe, RenditionName::Upright).await;
    let upright = Upright::Made(DerivedFile { recipe, size });
    let done = store.finish_upright(&read(cast, id).await, upright, cast.home.now()).await;
    assert!(done.expect("the store answers").is_some(), "nobody else changes the photo");
}

/// A film that has all that the photo has, and is being converted once more. There may be no ffmpeg to make it.
async fn film_like(cast: &Cast, gallery: &str, photo: MediaId) -> MediaId {
    let store = &cast.home.system.store;
    let id: MediaId = parsed(&failing(cast, gallery, "film.mp4", "video/mp4", FILM).await);
    let (photo, film) = (read(cast, photo).await, read(cast, id).await);
    let renditions = photo.renditions.as_ref().expect("the photo has pictures");
    for name in [RenditionName::Thumbnail, RenditionName::Preview] {
        derive(cast, id, &renditions.recipe, name).await;
    }
    let findings =
        Findings { duration_seconds: Some(1.5), ..findings_of(&photo, MediaKind::Video, &film.content_type) };
    let waiting = || Some(Conversion::Waiting { percent: 40 });
    let done = store.finish_processing(&film, &findings, Ok(renditions), waiting(), cast.home.now()).await;
    assert!(done.expect("the store answers").is_some(), "nobody else changes the film");
    let recipe = playback_recipe(film.rotation);
    let size = derive(cast, id, &recipe, RenditionName::Playback).await;
    let made = store.finish_conversion(&read(cast, id).await, Ok(DerivedFile { recipe, size }), cast.home.now()).await;
    assert!(made.expect("the store answers").is_some(), "nobody else changes the film");
    let done =
        store.finish_processing(&read(cast, id).await, &findings, Ok(renditions), waiting(), cast.home.now()).await;
    assert!(done.expect("the store answers").is_some(), "nobody else changes the film");
    id
}

/// Says of a film why nothing plays it.
async fn refuse(cast: &Cast, id: MediaId) {
    let (store, film) = (&cast.home.system.store, read(cast, id).await);
    let findings = Findings::of(MediaKind::Video, film.content_type.clone());
    let reason = film.failure_reason.clone().expect("it failed");
    let refused = Some(Conversion::Refused { reason: reason.clone() });
    let done = store.finish_processing(&film, &findings, Err(&reason), refused, cast.home.now()).await;
    assert!(done.expect("the store answers").is_some(), "nobody else changes the film");
}

/// Adds something of which no picture can be made.
async fn failing(cast: &Cast, gallery: &str, name: &str, content_type: &str, bytes: &[u8]) -> String {
    let media = cast.admin().adds(gallery, name, content_type, bytes).await;
    assert_eq!(media["status"], "FAILED", "{media:#}");
    media["id"].as_str().expect("an id").to_owned()
}

async fn like(cast: &Cast, media_id: MediaId, user_id: UserId) {
    let like = Like { media_id, user_id, liked_at: cast.home.now() };
    assert!(cast.home.system.store.put_like(&like).await.expect("the store answers"));
}

/// The family's account says something, in somebody's name, and corrects it.
async fn say(cast: &Cast, id: CommentId) {
    let now = cast.home.now();
    let comment = Comment {
        id,
        text: Some(CommentText::parse("Where we met", "text").expect("a text")),
        author: cast.family_id,
        author_name: Some(DisplayName::parse("Grandma", "authorName").expect("a name")),
        reply_count: 0,
        created_at: now,
        edited_at: Some(now),
    };
    assert!(cast.home.system.store.put_comment(&comment).await.expect("the store answers"));
}
