//! What is made of an original: small pictures, a film that phones play, an upright copy.

use serde::{Deserialize, Serialize};

/// The names of what is made of an original.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RenditionName {
    /// Fits 512 x 512 pixels; a JPEG.
    Thumbnail,
    /// Fits 2048 x 2048 pixels; a JPEG.
    Preview,
    /// A film that every phone plays; an MP4.
    Playback,
    /// The original of a photo, turned upright without loss; a JPEG.
    Upright,
}

impl RenditionName {
    /// Its part of the object key.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Thumbnail => "thumbnail",
            Self::Preview => "preview",
            Self::Playback => "playback",
            Self::Upright => "upright",
        }
    }

    /// The type of its file.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Thumbnail | Self::Preview | Self::Upright => "image/jpeg",
            Self::Playback => "video/mp4",
        }
    }
}

/// Size of one stored file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenditionSize {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Bytes.
    pub size_bytes: u64,
}

/// The stored small pictures of one photo or film.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renditions {
    /// The recipe by which they were made, a part of their object keys.
    pub recipe: String,
    /// Fits 512 x 512 pixels.
    pub thumbnail: RenditionSize,
    /// Fits 2048 x 2048 pixels.
    pub preview: RenditionSize,
}

impl Renditions {
    /// Bytes of all of them.
    #[must_use]
    pub fn total_bytes(&self) -> u64 {
        self.thumbnail.size_bytes + self.preview.size_bytes
    }
}

/// A stored file that was made of an original by itself, not together with the small pictures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DerivedFile {
    /// The recipe by which it was made, a part of its object key.
    pub recipe: String,
    /// How large it is.
    pub size: RenditionSize,
}

/// Where the conversion of a film is, while there is something to say of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Conversion {
    /// It is to be done, or under way.
    Waiting {
        /// How much is done, 0 to 100.
        percent: u8,
    },
    /// There is no program to do it; `mantel reprocess` asks for it once there is one.
    NoConverter,
    /// It cannot be done.
    Refused {
        /// Why, for people.
        reason: String,
    },
}

/// What became of the wish for an upright copy of an original.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Upright {
    /// There is one.
    Made(DerivedFile),
    /// The original serves as it is: it is upright, or cannot be turned without loss and says itself how it stands.
    AsOriginal {
        /// The recipe by which this was found.
        recipe: String,
    },
}

impl Upright {
    /// The recipe by which it was made or found.
    #[must_use]
    pub fn recipe(&self) -> &str {
        match self {
            Self::Made(file) => &file.recipe,
            Self::AsOriginal { recipe } => recipe,
        }
    }

    /// The stored file, where there is one.
    #[must_use]
    pub fn file(&self) -> Option<&DerivedFile> {
        match self {
            Self::Made(file) => Some(file),
            Self::AsOriginal { .. } => None,
        }
    }
}

/// The short film within the file of a photo, as phones write it beside the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilmInPhoto {
    /// Where it begins, in bytes from the start of the file.
    pub offset: u64,
    /// Its length in bytes.
    pub size_bytes: u64,
}
