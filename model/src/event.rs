//! What those who are just looking are told at once. Events name things and tell nothing of them: whoever hears of one
//! reads it under their own rights.

use serde::Serialize;

use crate::{CommentId, GalleryId, Media, MediaId, MediaStatus};

/// Something that changed while others may be looking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A photo or video.
    Media(MediaEvent),
    /// A comment.
    Comment(CommentEvent),
}

/// A photo or video of a gallery looks different now, or is gone from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MediaEvent {
    /// The gallery.
    pub gallery_id: GalleryId,
    /// The photo or video.
    pub media_id: MediaId,
    /// Where it is on its way; [`MediaStatus::Trashed`] when the gallery shows it no more.
    pub status: MediaStatus,
}

/// Something was said about a photo or video, or is said otherwise now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CommentEvent {
    /// The photo or video.
    pub media_id: MediaId,
    /// The comment.
    pub comment_id: CommentId,
    /// What became of it.
    pub kind: CommentEventKind,
}

/// What became of a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CommentEventKind {
    /// It is new.
    Added,
    /// It has another text.
    Edited,
    /// It has no text any more.
    Removed,
}

/// What those who look at galleries hear of the change of a record; nothing of what no gallery shows.
#[must_use]
pub fn media_events(before: Option<&Media>, after: Option<&Media>) -> Vec<MediaEvent> {
    let (was, is) = (before.filter(|media| media.is_shown()), after.filter(|media| media.is_shown()));
    let mut events = Vec::new();
    if let Some(was) = was
        && is.is_none_or(|is| is.gallery_id != was.gallery_id)
    {
        let status = MediaStatus::Trashed;
        events.push(MediaEvent { gallery_id: was.gallery_id, media_id: was.id, status });
    }
    if let Some(is) = is
        && was.is_none_or(|was| looks_otherwise(was, is))
    {
        events.push(MediaEvent { gallery_id: is.gallery_id, media_id: is.id, status: is.status });
    }
    events
}

fn looks_otherwise(was: &Media, is: &Media) -> bool {
    (was.gallery_id, was.status, &was.renditions, &was.playback, &was.upright)
        != (is.gallery_id, is.status, &is.renditions, &is.playback, &is.upright)
}
