//! What those who are just looking are told at once. Events name things and tell nothing of them: whoever hears of one
//! reads it under their own rights.

use std::mem;

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
    // How far a conversion is comes too often to be told; that it began or ended does not.
    let conversion = |media: &Media| media.conversion.as_ref().map(mem::discriminant);
    (was.gallery_id, was.status, &was.renditions, &was.playback, conversion(was), &was.upright)
        != (is.gallery_id, is.status, &is.renditions, &is.playback, conversion(is), &is.upright)
}

#[cfg(test)]
mod tests {
    use ulid::Ulid;

    use super::*;
    use crate::{Announcement, Conversion, FileName, MediaKind, Sha256, Timestamp, UserId};

    #[test]
    fn that_a_conversion_ended_is_told_and_how_far_it_is_is_not() {
        let film = Media::from(Announcement {
            id: MediaId::new(Ulid(1)),
            gallery_id: GalleryId::new(Ulid(1)),
            kind: MediaKind::Video,
            file_name: FileName::parse("a.mp4", "fileName").expect("a name"),
            content_type: "video/mp4".to_owned(),
            size_bytes: 1,
            sha256: Sha256::new([0; 32]),
            file_modified_at: None,
            uploaded_by: "usr_0b8e0b5c-9f0c-4d53-8f0e-6d1b6a0e4f11".parse::<UserId>().expect("an id"),
            created_at: Timestamp::from_unix_seconds(0),
        });
        let with = |conversion| Media { status: MediaStatus::Ready, conversion, ..film.clone() };
        let at = |percent| with(Some(Conversion::Waiting { percent }));
        let refused = with(Some(Conversion::Refused { reason: "It is too long.".to_owned() }));
        assert_eq!(media_events(Some(&at(10)), Some(&at(40))), []);
        assert_eq!(media_events(Some(&at(40)), Some(&refused)).len(), 1);
        assert_eq!(media_events(Some(&with(None)), Some(&at(0))).len(), 1);
    }
}
