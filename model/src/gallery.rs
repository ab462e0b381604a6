//! A gallery: what it is, who may see it, how it is ordered.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use serde::{Deserialize, Serialize};

use crate::{Description, GalleryId, MediaId, Position, Timestamp, Title, UserId, Word, words};

/// Who may see a gallery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Visibility {
    /// Everyone who is signed in.
    Family,
    /// Only the people on the access list.
    Restricted,
    /// Only admins.
    Private,
}

/// What the access list of a gallery lets a person do; each level includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AccessLevel {
    /// Look.
    View,
    /// Look and comment.
    Comment,
    /// Look, comment and add pictures.
    Contribute,
}

/// The order in which a gallery shows its media.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum GallerySort {
    /// Oldest picture first.
    TakenAtAsc,
    /// Newest picture first.
    TakenAtDesc,
    /// Latest upload first.
    UploadedAtDesc,
    /// As an admin put them.
    Manual,
}

/// The record of a gallery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gallery {
    /// Its name for machines.
    pub id: GalleryId,
    /// Its name for people.
    pub title: Title,
    /// What it is about.
    pub description: Option<Description>,
    /// Who may see it.
    pub visibility: Visibility,
    /// In which order it shows its media.
    pub sort: GallerySort,
    /// How many media it shows; the trash is not counted.
    pub media_count: u32,
    /// How many of them were taken in each month, `YYYY-MM` where they were taken.
    #[serde(default)]
    pub months: BTreeMap<String, i64>,
    /// How many photos and videos it keeps, the trash included.
    #[serde(default)]
    pub stored_count: u64,
    /// Bytes of their originals.
    #[serde(default)]
    pub originals_bytes: u64,
    /// Bytes of what was made of them.
    #[serde(default)]
    pub renditions_bytes: u64,
    /// Day of its oldest picture, `YYYY-MM-DD` where it was taken.
    pub first_taken_on: Option<String>,
    /// Day of its newest picture, `YYYY-MM-DD` where it was taken.
    pub last_taken_on: Option<String>,
    /// The picture that an admin chose to stand for it.
    pub cover_media_id: Option<MediaId>,
    /// Its oldest picture, which stands for it where none was chosen.
    pub first_media_id: Option<MediaId>,
    /// Its place in the order by hand; none where nobody has put it anywhere.
    #[serde(default)]
    pub position: Option<Position>,
    /// Who made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its title, description, rules or cover last changed.
    pub updated_at: Timestamp,
    /// When it was deleted; its media are in the trash since then.
    pub deleted_at: Option<Timestamp>,
    /// Counts the changes of this record by people, so that each knows what it changes.
    #[serde(default)]
    pub version: u64,
}

impl Gallery {
    /// A new, empty gallery, its media by the time they were taken.
    #[must_use]
    pub fn new(id: GalleryId, title: Title, visibility: Visibility, created_by: UserId, now: Timestamp) -> Self {
        Self {
            id,
            title,
            description: None,
            visibility,
            sort: GallerySort::TakenAtAsc,
            media_count: 0,
            months: BTreeMap::new(),
            stored_count: 0,
            originals_bytes: 0,
            renditions_bytes: 0,
            first_taken_on: None,
            last_taken_on: None,
            cover_media_id: None,
            first_media_id: None,
            position: None,
            created_by,
            created_at: now,
            updated_at: now,
            deleted_at: None,
            version: 0,
        }
    }

    /// Compares by the order of lists of galleries: those that nobody has put anywhere come first, by title without regard
    /// to case, then the others in the order by hand.
    #[must_use]
    pub fn cmp_in_lists(&self, other: &Self) -> Ordering {
        let order = |gallery: &Self| (gallery.position.clone(), gallery.title.as_str().to_lowercase(), gallery.id);
        order(self).cmp(&order(other))
    }

    /// The words by which it is found.
    #[must_use]
    pub fn words(&self) -> BTreeSet<Word> {
        let description = self.description.as_ref().map(Description::as_str);
        words([self.title.as_str()].into_iter().chain(description))
    }
}

/// One line of a gallery's access list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The gallery that it opens.
    pub gallery_id: GalleryId,
    /// The person it is for.
    pub user_id: UserId,
    /// What the person may do.
    pub level: AccessLevel,
    /// Since when.
    pub granted_at: Timestamp,
}
