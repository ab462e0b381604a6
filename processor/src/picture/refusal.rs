//! Why a file gets no renditions, in words for the people who uploaded it.

use std::{error::Error, io};

use super::{Limits, MEBIBYTE, libjpeg::Failure};
use crate::sniff::Format;

/// Why a file gets no renditions. The text is for people; [`Refusal::code`] is for programs.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The bytes are of no format that Mantel knows.
    #[error("This file is not a picture or a video that Mantel knows. The original is kept and can be downloaded.")]
    NotAPicture,
    /// Mantel knows the format, but cannot show it.
    #[error("Mantel cannot show {what} yet. The original is kept and can be downloaded.")]
    Unsupported {
        /// The kind of files, in the plural.
        what: String,
    },
    /// More pixels than the limits allow.
    #[error(
        "This picture is larger than Mantel can show ({width} x {height} pixels). \
         The original is kept and can be downloaded."
    )]
    TooLarge {
        /// Stored width in pixels.
        width: u32,
        /// Stored height in pixels.
        height: u32,
    },
    /// Decoding would take more memory than the limits allow.
    #[error(
        "This picture needs more memory than Mantel may use ({} MB). The original is kept and can be downloaded.",
        needed_bytes.div_ceil(MEBIBYTE)
    )]
    TooMuchMemory {
        /// Bytes that decoding would take.
        needed_bytes: u64,
    },
    /// The machine had no memory left: not the file's fault, and worth another try.
    #[error("There was not enough memory to show this picture just now. Please try again later.")]
    OutOfMemory,
    /// The file is damaged so that nothing of it can be shown.
    #[error("This picture is damaged and cannot be shown. The original is kept and can be downloaded.")]
    Broken {
        /// What the decoder said, for the log.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The film is damaged, or a hostile one that was stopped, so that nothing of it can be shown.
    #[error("This video is damaged and cannot be shown. The original is kept and can be downloaded.")]
    BrokenFilm {
        /// What was found wrong, for the log.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The film would not be converted in the time there is.
    #[error("This film is too long to be converted here; the original can be downloaded.")]
    TooLong,
    /// The film has to be converted, and the program for it lacks something.
    #[error(
        "This video can be played here after a conversion, for which {missing} is missing. \
         The original is kept and can be downloaded."
    )]
    CannotConvert {
        /// What to install.
        missing: String,
    },
    /// The file could not be read from the disk: not the file's fault, and worth another try.
    #[error("This file could not be read just now. Please try again later.")]
    Unreadable(#[source] io::Error),
}

impl Refusal {
    /// The stable name of this refusal.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAPicture => "NOT_A_PICTURE",
            Self::Unsupported { .. } => "UNSUPPORTED_FORMAT",
            Self::TooLarge { .. } => "TOO_LARGE",
            Self::TooMuchMemory { .. } => "TOO_MUCH_MEMORY",
            Self::OutOfMemory => "OUT_OF_MEMORY",
            Self::Broken { .. } | Self::BrokenFilm { .. } => "BROKEN_FILE",
            Self::TooLong => "TOO_LONG",
            Self::CannotConvert { .. } => "CANNOT_CONVERT",
            Self::Unreadable(_) => "UNREADABLE",
        }
    }

    /// Whether another try can end otherwise; all other refusals are a property of the bytes.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unreadable(_) | Self::OutOfMemory)
    }

    pub(super) fn unsupported(format: Format) -> Self {
        Self::Unsupported { what: format!("{} files", format.name()) }
    }

    pub(super) fn broken(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Broken { source: source.into() }
    }

    pub(crate) fn broken_film(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::BrokenFilm { source: source.into() }
    }

    pub(crate) fn sound_alone() -> Self {
        Self::Unsupported { what: "files with sound alone".to_owned() }
    }

    /// An error while reading a film: its end, or the disk.
    pub(crate) fn from_film_io(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::broken_film(error),
            _ => Self::Unreadable(error),
        }
    }

    /// An error while reading the file: of its content, or of the disk.
    pub(super) fn from_io(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::InvalidData
            | io::ErrorKind::InvalidInput
            | io::ErrorKind::Other => Self::broken(error),
            _ => Self::Unreadable(error),
        }
    }

    /// A decoder's error; `format` and `limits` are those it worked with.
    pub(super) fn from_decoder(error: image::ImageError, format: Format, limits: &Limits) -> Self {
        match error {
            image::ImageError::IoError(error) => Self::from_io(error),
            image::ImageError::Unsupported(_) => {
                Self::Unsupported { what: format!("this kind of {} file", format.name()) }
            }
            // The dimensions are checked before, so this is about memory; how much, the decoder does not tell.
            image::ImageError::Limits(_) => Self::TooMuchMemory { needed_bytes: limits.max_memory_bytes },
            error => Self::broken(error),
        }
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Read(error) => Self::from_io(error),
            // Not the file's fault, and worth another try, too.
            Failure::Write(error) => Self::Unreadable(error),
            Failure::Memory => Self::OutOfMemory,
            failure => Self::broken(failure),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_speaks_to_people() {
        let refusal = Refusal::TooLarge { width: 65_000, height: 65_000 };
        assert_eq!(
            refusal.to_string(),
            "This picture is larger than Mantel can show (65000 x 65000 pixels). \
             The original is kept and can be downloaded."
        );
        let refusal = Refusal::unsupported(Format::Heic);
        assert_eq!(
            refusal.to_string(),
            "Mantel cannot show HEIC files yet. The original is kept and can be downloaded."
        );
        assert!(!Refusal::broken("secret detail").to_string().contains("secret"));
    }
}
