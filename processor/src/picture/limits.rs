//! How much a picture may ask of the machine, checked before it is decoded.

use serde::{Deserialize, Serialize};

use super::Refusal;

/// Bytes of one MiB.
pub(super) const MEBIBYTE: u64 = 1024 * 1024;

/// What the PNG decoder may allocate beside the pixels: it keeps profiles and texts, which may be compressed.
const PNG_EXTRAS_BYTES: u64 = 64 * MEBIBYTE;

/// How much a picture may ask of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Most pixels, width times height.
    pub max_pixels: u64,
    /// Most pixels of one side.
    pub max_side: u32,
    /// Most bytes of memory that decoding may take.
    pub max_memory_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_pixels: 100_000_000, max_side: 30_000, max_memory_bytes: 512 * MEBIBYTE }
    }
}

impl Limits {
    /// Refuses a picture of too many pixels, or of none.
    pub(super) fn check_dimensions(&self, width: u32, height: u32) -> Result<(), Refusal> {
        if width == 0 || height == 0 {
            return Err(Refusal::broken("the picture has no pixels"));
        }
        if width.max(height) > self.max_side || u64::from(width) * u64::from(height) > self.max_pixels {
            return Err(Refusal::TooLarge { width, height });
        }
        Ok(())
    }

    /// Refuses what needs too much memory.
    pub(super) fn check_memory(&self, needed_bytes: u64) -> Result<(), Refusal> {
        if needed_bytes > self.max_memory_bytes { Err(Refusal::TooMuchMemory { needed_bytes }) } else { Ok(()) }
    }

    /// What a decoder may allocate while it is made, before its dimensions are known and checked.
    pub(super) fn before_header(&self, format: image::ImageFormat) -> image::Limits {
        let mut limits = image::Limits::no_limits();
        limits.max_alloc = Some(match format {
            image::ImageFormat::Png => self.max_memory_bytes.min(PNG_EXTRAS_BYTES),
            _ => self.max_memory_bytes,
        });
        limits
    }

    /// The same limits as a decoder knows them.
    pub(super) fn for_decoding(&self) -> image::Limits {
        let mut limits = image::Limits::no_limits();
        limits.max_image_width = Some(self.max_side);
        limits.max_image_height = Some(self.max_side);
        limits.max_alloc = Some(self.max_memory_bytes);
        limits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_at_the_limit_passes_and_one_past_it_does_not() {
        let limits = Limits { max_pixels: 100, max_side: 50, max_memory_bytes: 10 };
        assert!(limits.check_dimensions(10, 10).is_ok());
        assert!(limits.check_dimensions(50, 2).is_ok());
        assert!(matches!(limits.check_dimensions(101, 1), Err(Refusal::TooLarge { width: 101, height: 1 })));
        assert!(matches!(limits.check_dimensions(1, 51), Err(Refusal::TooLarge { .. })));
        assert!(matches!(limits.check_dimensions(51, 1), Err(Refusal::TooLarge { .. })));
        assert!(matches!(limits.check_dimensions(11, 10), Err(Refusal::TooLarge { .. })));
        assert!(matches!(limits.check_dimensions(0, 10), Err(Refusal::Broken { .. })));
        assert!(limits.check_memory(10).is_ok());
        assert!(matches!(limits.check_memory(11), Err(Refusal::TooMuchMemory { needed_bytes: 11 })));
    }
}
