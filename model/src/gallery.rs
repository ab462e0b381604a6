//! A gallery: what it is, who may see it, how it is ordered.

use serde::{Deserialize, Serialize};

use crate::{Description, GalleryId, MediaId, Timestamp, Title, UserId};

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
    /// Day of its oldest picture, `YYYY-MM-DD` where it was taken.
    pub first_taken_on: Option<String>,
    /// Day of its newest picture, `YYYY-MM-DD` where it was taken.
    pub last_taken_on: Option<String>,
    /// The picture that an admin chose to stand for it.
    pub cover_media_id: Option<MediaId>,
    /// Its oldest picture, which stands for it where none was chosen.
    pub first_media_id: Option<MediaId>,
    /// Who made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its title, description, rules or cover last changed.
    pub updated_at: Timestamp,
    /// When it was deleted; its media are in the trash since then.
    pub deleted_at: Option<Timestamp>,
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
