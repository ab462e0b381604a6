//! What a file says of itself: the facts that the processor reads from its bytes.

use serde::{Deserialize, Serialize};

use crate::{FilmInPhoto, Timestamp};

/// Whether a file is a still picture or a film.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MediaKind {
    /// A still picture.
    Photo,
    /// A film.
    Video,
}

/// A place on Earth, in degrees and metres (WGS 84).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// Degrees north, -90 to 90.
    pub latitude: f64,
    /// Degrees east, -180 to 180.
    pub longitude: f64,
    /// Metres above sea level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub altitude_metres: Option<f64>,
}

/// The camera's own notes on a photo.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Exif {
    /// Maker of the camera.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub camera_make: Option<String>,
    /// Model of the camera.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub camera_model: Option<String>,
    /// Model of the lens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lens: Option<String>,
    /// Focal length in millimetres, of the lens itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub focal_length_mm: Option<f64>,
    /// Aperture, the N in f/N.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub f_number: Option<f64>,
    /// Exposure time in seconds, as people write it: `1/250` or `2.5`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exposure_time: Option<String>,
    /// Sensitivity (ISO 12232).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iso: Option<u32>,
    /// Orientation tag, 1 to 8 (EXIF 2.32, tag 0x0112); the renditions are upright already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub orientation: Option<u8>,
    /// Program that wrote the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software: Option<String>,
}

/// When a picture was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenAt {
    /// The moment; where the offset is unknown, the camera's wall clock read as if it were UTC.
    pub time: Timestamp,
    /// Minutes that the local wall clock is ahead of UTC, when the file says so.
    pub offset_minutes: Option<i32>,
}

/// What the processor found out about the bytes of an original.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Findings {
    /// By its content.
    pub kind: MediaKind,
    /// By its content.
    pub content_type: String,
    /// Pixels, upright.
    pub width: Option<u32>,
    /// Pixels, upright.
    pub height: Option<u32>,
    /// From the file.
    pub taken_at: Option<TakenAt>,
    /// From the file.
    pub location: Option<Location>,
    /// From the file.
    pub exif: Option<Exif>,
    /// In base64.
    pub thumbhash: Option<String>,
    /// `#rrggbb`.
    pub dominant_color: Option<String>,
    /// Whether only a part of the file could be read.
    pub damaged: bool,
    /// Of a film.
    pub duration_seconds: Option<f64>,
    /// Of a photo.
    pub film: Option<FilmInPhoto>,
    /// From the file.
    pub live_photo_id: Option<String>,
}

impl Findings {
    /// Nothing but what the file is.
    #[must_use]
    pub fn of(kind: MediaKind, content_type: String) -> Self {
        Self {
            kind,
            content_type,
            width: None,
            height: None,
            taken_at: None,
            location: None,
            exif: None,
            thumbhash: None,
            dominant_color: None,
            damaged: false,
            duration_seconds: None,
            film: None,
            live_photo_id: None,
        }
    }
}
