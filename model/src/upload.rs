//! What may be uploaded, and in which pieces.

use std::{fmt, str::FromStr};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize, de};

use crate::{
    MediaKind,
    error::{InputError, InputErrorCode},
};

/// Up to this size a file goes up in one PUT.
pub const SINGLE_PUT_MAX_BYTES: u64 = 16 * 1024 * 1024;
/// The size of every part of a larger file but the last.
pub const PART_BYTES: u64 = 8 * 1024 * 1024;
/// The largest file: what S3's 10,000 parts hold.
pub const MAX_FILE_BYTES: u64 = PART_BYTES * 10_000;
/// How long an upload may take before it counts as abandoned.
pub const UPLOAD_LIFETIME_SECONDS: i64 = 7 * 24 * 3_600;

/// A SHA-256 digest. Its text here is hexadecimal; clients and S3 write it in base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sha256([u8; 32]);

impl Sha256 {
    /// From its bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// From standard base64 with padding, as S3 writes it.
    ///
    /// # Errors
    /// When the text is not 32 bytes in base64; the error is about `field`.
    pub fn from_base64(text: &str, field: &'static str) -> Result<Self, InputError> {
        BASE64_STANDARD.decode(text).ok().and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or_else(|| {
            InputError::new(InputErrorCode::Invalid, field, "Expected the SHA-256 of the file: 32 bytes in base64.")
        })
    }

    /// In standard base64 with padding, as S3 writes it.
    #[must_use]
    pub fn to_base64(self) -> String {
        BASE64_STANDARD.encode(self.0)
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl FromStr for Sha256 {
    type Err = hex::FromHexError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes)?;
        Ok(Self(bytes))
    }
}

impl Serialize for Sha256 {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sha256 {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// The kind that a declared content type stands for.
///
/// The content decides in the end; this only refuses early what can never be a photo or video.
///
/// # Errors
/// [`InputErrorCode::UnsupportedType`] when it is neither `image/*` nor `video/*`, or no media type at all.
pub fn declared_kind(content_type: &str, field: &'static str) -> Result<MediaKind, InputError> {
    let token = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&b));
    let kind = match content_type.split_once('/') {
        Some((top, sub)) if content_type.len() <= 100 && token(sub) => match top {
            "image" => Some(MediaKind::Photo),
            "video" => Some(MediaKind::Video),
            _ => None,
        },
        _ => None,
    };
    kind.ok_or_else(|| {
        InputError::new(
            InputErrorCode::UnsupportedType,
            field,
            "Only photos and videos are kept here: image/… or video/….",
        )
    })
}

/// Checks the size of a file that is announced.
///
/// # Errors
/// When it is empty, not a whole number, or larger than [`MAX_FILE_BYTES`].
pub fn check_size(size_bytes: f64, field: &'static str) -> Result<u64, InputError> {
    if !(size_bytes >= 1.0 && size_bytes.fract() == 0.0) {
        return Err(InputError::new(InputErrorCode::Invalid, field, "The file must have at least one byte."));
    }
    #[expect(clippy::cast_precision_loss, reason = "both limits are far below 2^53")]
    if size_bytes > MAX_FILE_BYTES as f64 {
        return Err(InputError::new(
            InputErrorCode::TooLarge,
            field,
            format!("The file is too large; at most {} GiB can be kept.", MAX_FILE_BYTES >> 30),
        ));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole, positive and small, as checked"
    )]
    Ok(size_bytes as u64)
}

/// One piece of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Counted from 1, as S3 does.
    pub number: u32,
    /// Where it begins, in bytes.
    pub offset: u64,
    /// Its length in bytes.
    pub length: u64,
}

/// Whether a file of this size goes up in several parts.
#[must_use]
pub fn is_multipart(size_bytes: u64) -> bool {
    size_bytes > SINGLE_PUT_MAX_BYTES
}

/// The pieces of a file: one up to [`SINGLE_PUT_MAX_BYTES`], else of [`PART_BYTES`] each but the last.
pub fn parts(size_bytes: u64) -> impl Iterator<Item = Part> {
    let part_bytes = if is_multipart(size_bytes) { PART_BYTES } else { size_bytes.max(1) };
    (1..).zip(0..size_bytes.div_ceil(part_bytes)).map(move |(number, index)| {
        let offset = index * part_bytes;
        Part { number, offset, length: part_bytes.min(size_bytes - offset) }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_cover_the_file_without_gap_or_overlap(size in 1_u64..200_000_000) {
            let mut end = 0;
            for (index, part) in parts(size).enumerate() {
                prop_assert_eq!(part.number as usize, index + 1);
                prop_assert_eq!(part.offset, end);
                prop_assert!(part.length > 0);
                end += part.length;
            }
            prop_assert_eq!(end, size);
        }

        #[test]
        fn a_digest_reads_back(bytes in any::<[u8; 32]>()) {
            let digest = Sha256::new(bytes);
            prop_assert_eq!(digest.to_string().parse::<Sha256>(), Ok(digest));
            prop_assert_eq!(Sha256::from_base64(&digest.to_base64(), "sha256"), Ok(digest));
        }
    }

    #[test]
    fn sixteen_mebibytes_are_one_put_and_a_byte_more_are_three_parts() {
        assert_eq!(parts(SINGLE_PUT_MAX_BYTES).count(), 1);
        assert_eq!(parts(SINGLE_PUT_MAX_BYTES + 1).map(|p| p.length).collect::<Vec<_>>(), [PART_BYTES, PART_BYTES, 1]);
        assert_eq!(parts(MAX_FILE_BYTES).count(), 10_000);
    }

    #[test]
    #[expect(clippy::cast_precision_loss, reason = "the limit is far below 2^53")]
    fn a_size_is_a_whole_number_within_limits() {
        assert_eq!(check_size(1.0, "sizeBytes"), Ok(1));
        for wrong in [0.0, -1.0, 1.5, f64::NAN, f64::INFINITY] {
            assert!(check_size(wrong, "sizeBytes").is_err(), "{wrong} was taken");
        }
        assert_eq!(check_size(MAX_FILE_BYTES as f64, "sizeBytes"), Ok(MAX_FILE_BYTES));
        assert_eq!(
            check_size(MAX_FILE_BYTES as f64 + 1.0, "sizeBytes").map_err(|e| e.code),
            Err(InputErrorCode::TooLarge)
        );
    }

    #[test]
    fn only_pictures_and_films_are_taken() {
        assert_eq!(declared_kind("image/jpeg", "contentType"), Ok(MediaKind::Photo));
        assert_eq!(declared_kind("video/quicktime", "contentType"), Ok(MediaKind::Video));
        for wrong in ["", "text/html", "image/", "image", "image/jpeg; x=1", "image/a\r\nb", "IMAGE/jpeg"] {
            assert!(declared_kind(wrong, "contentType").is_err(), "{wrong} was taken");
        }
    }
}
