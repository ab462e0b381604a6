//! The files that `download` writes beside what it downloads, and `upload` reads back.

use serde::{Deserialize, Serialize};

use crate::notes::{Notes, Taken};

/// What is added to the name of a file.
pub(crate) const ENDING: &str = ".mantel.json";
/// The name of the file that describes the gallery of a folder.
pub(crate) const GALLERY_FILE: &str = "gallery.mantel.json";

/// The version of the form below. Fields may be added without a new one.
const VERSION: u32 = 1;

/// Where something was taken, by WGS 84; told for completeness, as the server reads it from the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Location {
    pub(crate) latitude: f64,
    pub(crate) longitude: f64,
    /// Metres above sea level.
    pub(crate) altitude: Option<f64>,
}

/// What is noted of a photo or video.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Ours {
    pub(crate) mantel_sidecar: u32,
    pub(crate) id: String,
    pub(crate) gallery_id: String,
    pub(crate) file_name: String,
    pub(crate) content_type: String,
    pub(crate) size_bytes: u64,
    /// In base64.
    pub(crate) sha256: String,
    pub(crate) caption: Option<String>,
    pub(crate) taken_at: Option<String>,
    pub(crate) taken_at_offset_minutes: Option<i64>,
    pub(crate) place_name: Option<String>,
    pub(crate) location: Option<Location>,
    pub(crate) liked: bool,
    pub(crate) live_photo_id: Option<String>,
}

impl Ours {
    /// The version that is written.
    pub(crate) const VERSION: u32 = VERSION;

    /// From the text of a file; none where it is no such file, or one of a later version.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().filter(|ours: &Self| ours.mantel_sidecar <= VERSION)
    }

    /// What is to be noted of the upload.
    pub(crate) fn notes(self) -> Notes {
        let offset_minutes = self.taken_at_offset_minutes;
        Notes {
            caption: self.caption,
            taken: self.taken_at.map(|at| Taken { at, offset_minutes }),
            place_name: self.place_name,
            liked: self.liked,
        }
    }
}

/// What is noted of the gallery of a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GalleryFile {
    pub(crate) mantel_gallery: u32,
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    /// `FAMILY`, `RESTRICTED` or `PRIVATE`.
    pub(crate) visibility: String,
    /// The order of its media, as the API names it.
    pub(crate) sort: String,
}

impl GalleryFile {
    /// From the text of a file; none where it is no such file, or one of a later version.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().filter(|file: &Self| file.mantel_gallery <= VERSION)
    }
}
