//! A photo or video: its record, its states, its renditions.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    Caption, Conversion, DerivedFile, Exif, FileName, FilmInPhoto, GalleryId, Location, MediaId, MediaKind, PlaceName,
    Position, Renditions, Rotation, Sha256, Timestamp, Upright, UserId, Word,
    object_key::{playback_recipe, recipe, upright_recipe},
    words,
};

/// Where a photo or video is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MediaStatus {
    /// Announced; its bytes are not all here.
    Uploading,
    /// Its bytes are safe; its small pictures are being made.
    Processing,
    /// All there.
    Ready,
    /// Its bytes are safe, but no picture could be made of them.
    Failed,
    /// In the trash.
    Trashed,
}

impl MediaStatus {
    /// Whether galleries show it: all its bytes are here, and it is not in the trash.
    #[must_use]
    pub fn is_shown(self) -> bool {
        match self {
            Self::Processing | Self::Ready | Self::Failed => true,
            Self::Uploading | Self::Trashed => false,
        }
    }
}

/// What is known of bytes that are still on their way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// Id of the S3 multipart upload; none where one PUT is enough.
    pub multipart_id: Option<String>,
    /// After this it counts as abandoned.
    pub expires_at: Timestamp,
}

/// The record of a photo or video.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each says something of its own")]
pub struct Media {
    /// Its name for machines.
    pub id: MediaId,
    /// The gallery it is in.
    pub gallery_id: GalleryId,
    /// Photo or video: by its content once that was read, by its declared type before.
    pub kind: MediaKind,
    /// Where it is on its way.
    pub status: MediaStatus,
    /// The name that the file came with.
    pub file_name: FileName,
    /// By its content once that was read, as declared before.
    pub content_type: String,
    /// Bytes of the original.
    pub size_bytes: u64,
    /// Of the original.
    pub sha256: Sha256,
    /// What is said under it.
    pub caption: Option<Caption>,
    /// When it was taken, from the file or corrected by a person.
    pub taken_at: Option<Timestamp>,
    /// Minutes that the local wall clock was ahead of UTC, when known.
    pub taken_at_offset_minutes: Option<i32>,
    /// Whether a person set the taken time, which a later reading of the file must not undo.
    pub taken_at_by_person: bool,
    /// When the file was last changed where it came from; stands in where the file does not say when it was taken.
    pub file_modified_at: Option<Timestamp>,
    /// Where it was taken.
    pub location: Option<Location>,
    /// The name that people give to the place.
    #[serde(default)]
    pub place_name: Option<PlaceName>,
    /// The camera's notes.
    pub exif: Option<Exif>,
    /// Pixels of the upright original.
    pub width: Option<u32>,
    /// Pixels of the upright original.
    pub height: Option<u32>,
    /// A few bytes that give a blurred picture until the real one is there, in base64.
    pub thumbhash: Option<String>,
    /// Average colour, `#rrggbb`.
    pub dominant_color: Option<String>,
    /// What was made of it, when something was.
    pub renditions: Option<Renditions>,
    /// Whether the file is damaged, so that its renditions show only what could be read.
    #[serde(default)]
    pub damaged: bool,
    /// How long a film is, in seconds.
    #[serde(default)]
    pub duration_seconds: Option<f64>,
    /// A form of a film that every phone plays.
    #[serde(default)]
    pub playback: Option<DerivedFile>,
    /// Where the making of [`Self::playback`] is; none where nothing is to be made.
    #[serde(default)]
    pub conversion: Option<Conversion>,
    /// An upright copy of the original, where somebody asked for one.
    #[serde(default)]
    pub upright: Option<Upright>,
    /// The film that is a part of a photo.
    #[serde(default)]
    pub film: Option<FilmInPhoto>,
    /// What the photo and the film of a Live Photo have in common.
    #[serde(default)]
    pub live_photo_id: Option<String>,
    /// The turn that a person asked for.
    pub rotation: Rotation,
    /// Why no picture could be made of it, for people.
    pub failure_reason: Option<String>,
    /// Whether the stored bytes are not those that were announced.
    #[serde(default)]
    pub rejected: bool,
    /// How often lost processing was asked for anew.
    #[serde(default)]
    pub attempts: u32,
    /// Who brought it.
    pub uploaded_by: UserId,
    /// When it was announced.
    pub created_at: Timestamp,
    /// When anything here last changed.
    pub updated_at: Timestamp,
    /// Comments that were not removed.
    pub comment_count: u32,
    /// The people who like it. Each has a [`Like`](crate::Like) of their own, too, by which they are listed.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub liked_by: BTreeSet<UserId>,
    /// Where an admin put it by hand; none where its date orders it.
    #[serde(default)]
    pub position: Option<Position>,
    /// Since when it is in the trash.
    pub trashed_at: Option<Timestamp>,
    /// Whether it is being erased, from where nothing returns.
    #[serde(default)]
    pub erasing: bool,
    /// Set while its bytes are on their way.
    pub upload: Option<Upload>,
    /// Counts the changes of this record, so that each knows what it changes. Comments and likes do not count.
    #[serde(default)]
    pub version: u64,
}

/// What whoever announces a file knows of it.
#[derive(Clone, Debug)]
pub struct Announcement {
    /// The id that it gets.
    pub id: MediaId,
    /// The gallery that it is for.
    pub gallery_id: GalleryId,
    /// By its declared type.
    pub kind: MediaKind,
    /// The name that the file came with.
    pub file_name: FileName,
    /// As declared.
    pub content_type: String,
    /// Bytes.
    pub size_bytes: u64,
    /// Of the file.
    pub sha256: Sha256,
    /// When the file was last changed where it came from.
    pub file_modified_at: Option<Timestamp>,
    /// Who brings it.
    pub uploaded_by: UserId,
    /// Now.
    pub created_at: Timestamp,
}

impl From<Announcement> for Media {
    fn from(announced: Announcement) -> Self {
        Self {
            id: announced.id,
            gallery_id: announced.gallery_id,
            kind: announced.kind,
            status: MediaStatus::Uploading,
            file_name: announced.file_name,
            content_type: announced.content_type,
            size_bytes: announced.size_bytes,
            sha256: announced.sha256,
            caption: None,
            taken_at: None,
            taken_at_offset_minutes: None,
            taken_at_by_person: false,
            file_modified_at: announced.file_modified_at,
            location: None,
            place_name: None,
            exif: None,
            width: None,
            height: None,
            thumbhash: None,
            dominant_color: None,
            renditions: None,
            damaged: false,
            duration_seconds: None,
            playback: None,
            conversion: None,
            upright: None,
            film: None,
            live_photo_id: None,
            rotation: Rotation::None,
            failure_reason: None,
            rejected: false,
            attempts: 0,
            uploaded_by: announced.uploaded_by,
            created_at: announced.created_at,
            updated_at: announced.created_at,
            comment_count: 0,
            liked_by: BTreeSet::new(),
            position: None,
            trashed_at: None,
            erasing: false,
            upload: None,
            version: 0,
        }
    }
}

impl Media {
    /// The time that orders it within its gallery: when it was taken, or else when its file was changed, or came.
    #[must_use]
    pub fn sort_time(&self) -> Timestamp {
        self.taken_at.or(self.file_modified_at).unwrap_or(self.created_at)
    }

    /// Whether its gallery shows it: all its bytes are here, and it is not in the trash.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.status.is_shown()
    }

    /// Whether this gallery shows it.
    #[must_use]
    pub fn is_shown_in(&self, gallery: GalleryId) -> bool {
        self.is_shown() && self.gallery_id == gallery
    }

    /// Where it stands in an order by hand: where it was put, or else by its date.
    #[must_use]
    pub fn manual_position(&self) -> Position {
        self.position.clone().unwrap_or_else(|| Position::by_time(self.sort_time(), self.id))
    }

    /// The words by which it is found.
    #[must_use]
    pub fn words(&self) -> BTreeSet<Word> {
        let exif = self.exif.as_ref();
        let texts = [
            self.caption.as_ref().map(Caption::as_str),
            self.place_name.as_ref().map(PlaceName::as_str),
            Some(self.file_name.as_str()),
            exif.and_then(|exif| exif.camera_make.as_deref()),
            exif.and_then(|exif| exif.camera_model.as_deref()),
        ];
        words(texts.into_iter().flatten())
    }

    /// Whether the processor has something left to do for it, which may have got lost on the way.
    #[must_use]
    pub fn is_unfinished(&self) -> bool {
        match self.status {
            MediaStatus::Uploading | MediaStatus::Processing => true,
            MediaStatus::Ready => !self.shows_its_turn() || self.awaits_conversion(),
            MediaStatus::Failed | MediaStatus::Trashed => false,
        }
    }

    /// Whether a film is still to be brought into a form that every phone plays.
    #[must_use]
    pub fn awaits_conversion(&self) -> bool {
        self.status == MediaStatus::Ready && matches!(self.conversion, Some(Conversion::Waiting { .. }))
    }

    /// Whether its renditions are turned as people asked.
    #[must_use]
    pub fn shows_its_turn(&self) -> bool {
        let turn_of = |recipe: &str| recipe.rsplit_once('-').map(|(_, turn)| turn.to_owned());
        self.renditions.as_ref().is_some_and(|made| turn_of(&made.recipe) == turn_of(&recipe(self.rotation)))
    }

    /// Whether more can be made of it today than was made when it was looked at.
    #[must_use]
    pub fn is_outdated(&self) -> bool {
        let current = self.renditions.as_ref().is_some_and(|made| made.recipe == recipe(self.rotation));
        self.status == MediaStatus::Ready && (!current || self.conversion == Some(Conversion::NoConverter))
    }

    /// Whether its film could not be brought into a form that every phone plays.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.status == MediaStatus::Ready && matches!(self.conversion, Some(Conversion::Refused { .. }))
    }

    /// Whether something that was made by this recipe belongs to it.
    #[must_use]
    pub fn names(&self, recipe: &str) -> bool {
        let made = [
            self.renditions.as_ref().map(|made| made.recipe.as_str()),
            self.playback.as_ref().map(|made| made.recipe.as_str()),
            self.upright.as_ref().map(Upright::recipe),
        ];
        made.contains(&Some(recipe))
    }

    /// Whether its film is in the form that is made today.
    #[must_use]
    pub fn plays_its_turn(&self) -> bool {
        self.playback.as_ref().is_some_and(|made| made.recipe == playback_recipe(self.rotation))
    }

    /// The upright copy of its original, if it is known what becomes of it as it is turned now.
    #[must_use]
    pub fn upright_now(&self) -> Option<&Upright> {
        self.upright.as_ref().filter(|known| known.recipe() == upright_recipe(self.rotation))
    }

    /// Bytes of all that was made of it.
    #[must_use]
    pub fn derived_bytes(&self) -> u64 {
        let files = [self.playback.as_ref(), self.upright.as_ref().and_then(Upright::file)];
        let files: u64 = files.into_iter().flatten().map(|file| file.size.size_bytes).sum();
        files + self.renditions.as_ref().map_or(0, Renditions::total_bytes)
    }

    /// The calendar month of [`Self::sort_time`] at the place of the picture, as `YYYY-MM`.
    #[must_use]
    pub fn month(&self) -> String {
        self.day()[..7].to_owned()
    }

    /// The calendar day of [`Self::sort_time`] at the place of the picture, as `YYYY-MM-DD`.
    #[must_use]
    pub fn day(&self) -> String {
        self.sort_time().day_at(self.taken_at_offset_minutes.unwrap_or(0))
    }
}
