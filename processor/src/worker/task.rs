//! What a worker is asked, and what it answers.

use model::{Findings, MediaKind, RenditionSize, Rotation};
use serde::{Deserialize, Serialize};

use crate::{Limits, Refusal, video::VideoFacts};

/// What a worker is asked to do with a file in its folder.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Task {
    /// The name of the file.
    pub(crate) file: String,
    /// What its owner says that it is.
    pub(crate) kind: MediaKind,
    /// What its owner says that it is.
    pub(crate) content_type: String,
    /// The turn that a person asked for.
    pub(crate) rotation: Rotation,
    /// What its decoding may take.
    pub(crate) limits: Limits,
    /// What is wanted.
    pub(crate) wish: Wish,
}

/// What is wanted of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Wish {
    /// What it says of itself, without decoding it.
    Facts,
    /// That, and small pictures of it, as [`Pictures::THUMBNAIL`] and [`Pictures::PREVIEW`].
    Pictures,
    /// Small pictures that stand for a film of this size.
    Placeholder {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
    /// An upright copy, as [`Pictures::UPRIGHT`].
    Upright,
}

/// What a worker found, and what it made.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    /// What the file says of itself.
    pub(crate) findings: Findings,
    /// The small pictures, where they were wanted.
    pub(crate) pictures: Result<Pictures, Refused>,
    /// What else there is to know of a film.
    pub(crate) film: Option<VideoFacts>,
    /// The upright copy, where it was wanted and can be made without loss.
    pub(crate) upright: Option<RenditionSize>,
}

impl Report {
    /// What was found, while nothing was made.
    pub(crate) fn of(findings: Findings) -> Self {
        let pictures = Err(Refused { code: "NONE_WANTED".to_owned(), reason: String::new(), detail: String::new() });
        Self { findings, pictures, film: None, upright: None }
    }
}

/// The small pictures that a worker left in its folder.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Pictures {
    pub(crate) thumbnail: RenditionSize,
    pub(crate) preview: RenditionSize,
}

impl Pictures {
    pub(crate) const THUMBNAIL: &str = "thumbnail.jpg";
    pub(crate) const PREVIEW: &str = "preview.jpg";
    pub(crate) const UPRIGHT: &str = "upright.jpg";
}

/// Why there are no small pictures.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Refused {
    /// For programs.
    pub(crate) code: String,
    /// For people.
    pub(crate) reason: String,
    /// For the log.
    pub(crate) detail: String,
}

impl Refused {
    /// Nobody looked at it.
    pub(crate) fn too_large(reason: &str) -> Self {
        Self { code: "TOO_LARGE".to_owned(), reason: reason.to_owned(), detail: String::new() }
    }

    /// The worker that looked at the file ended over it.
    pub(crate) fn crashed(detail: String) -> Self {
        let reason =
            "Mantel cannot show this file: looking into it broke off. The original is kept and can be downloaded.";
        Self { code: "CRASHED".to_owned(), reason: reason.to_owned(), detail }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self { code: refusal.code().to_owned(), reason: refusal.to_string(), detail: format!("{refusal:?}") }
    }
}
