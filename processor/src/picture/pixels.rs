//! Decoded pixels, and how every layout of them becomes 8-bit grey or RGB without alpha.

use image::ColorType;

/// Samples of a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channels {
    /// One: how light it is.
    Grey,
    /// Three: red, green, blue.
    Rgb,
}

/// A decoded picture with 8 bits per sample, row by row without gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Raster {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) channels: Channels,
    pub(super) pixels: Vec<u8>,
}

impl Raster {
    /// From a decoder's buffer. Works in place, since a second copy of a large picture may not fit in memory.
    ///
    /// Alpha is flattened on white; 16-bit and floating-point samples become 8-bit. None for a layout that is not known.
    pub(super) fn from_decoder(width: u32, height: u32, layout: ColorType, mut pixels: Vec<u8>) -> Option<Self> {
        match layout {
            ColorType::L8 | ColorType::Rgb8 => {}
            ColorType::La8 => compact::<1, 1, true>(&mut pixels, |[sample]| sample),
            ColorType::L16 => compact::<2, 1, false>(&mut pixels, from_u16),
            ColorType::La16 => compact::<2, 1, true>(&mut pixels, from_u16),
            ColorType::Rgba8 => compact::<1, 3, true>(&mut pixels, |[sample]| sample),
            ColorType::Rgb16 => compact::<2, 3, false>(&mut pixels, from_u16),
            ColorType::Rgba16 => compact::<2, 3, true>(&mut pixels, from_u16),
            ColorType::Rgb32F => compact::<4, 3, false>(&mut pixels, from_f32),
            ColorType::Rgba32F => compact::<4, 3, true>(&mut pixels, from_f32),
            // The library's list is open.
            _ => return None,
        }
        let channels = if layout.has_color() { Channels::Rgb } else { Channels::Grey };
        Some(Self { width, height, channels, pixels })
    }
}

/// Rewrites pixels of `COLORS` samples of `BYTES` bytes, and one more for `ALPHA`, as pixels of `COLORS` bytes.
fn compact<const BYTES: usize, const COLORS: usize, const ALPHA: bool>(
    pixels: &mut Vec<u8>,
    to_u8: impl Fn([u8; BYTES]) -> u8,
) {
    let stride = BYTES * (COLORS + usize::from(ALPHA));
    let count = pixels.len() / stride;
    for pixel in 0..count {
        let sample = |pixels: &[u8], index: usize| {
            let at = pixel * stride + index * BYTES;
            to_u8(std::array::from_fn(|byte| pixels[at + byte]))
        };
        let alpha = if ALPHA { sample(pixels, COLORS) } else { u8::MAX };
        for color in 0..COLORS {
            // What is written lies at or before what is still to be read.
            let value = sample(pixels, color);
            pixels[pixel * COLORS + color] = if ALPHA { on_white(value, alpha) } else { value };
        }
    }
    pixels.truncate(count * COLORS);
    pixels.shrink_to_fit();
}

/// A sample in front of white.
fn on_white(value: u8, alpha: u8) -> u8 {
    let (value, alpha) = (u32::from(value), u32::from(alpha));
    let mixed = (value * alpha + 255 * (255 - alpha) + 127) / 255;
    u8::try_from(mixed).unwrap_or(u8::MAX)
}

fn from_u16(sample: [u8; 2]) -> u8 {
    let rounded = (u32::from(u16::from_ne_bytes(sample)) + 128) / 257;
    u8::try_from(rounded).unwrap_or(u8::MAX)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 to 255; NaN becomes 0")]
fn from_f32(sample: [u8; 4]) -> u8 {
    (f32::from_ne_bytes(sample).clamp(0.0, 1.0) * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn convert(layout: ColorType, pixels: &[u8]) -> (Channels, Vec<u8>) {
        let raster = Raster::from_decoder(1, 1, layout, pixels.to_vec()).expect("a known layout");
        (raster.channels, raster.pixels)
    }

    #[test]
    fn alpha_is_flattened_on_white() {
        assert_eq!(convert(ColorType::Rgba8, &[10, 20, 30, 0]), (Channels::Rgb, vec![255, 255, 255]));
        assert_eq!(convert(ColorType::Rgba8, &[10, 20, 30, 255]), (Channels::Rgb, vec![10, 20, 30]));
        assert_eq!(convert(ColorType::Rgba8, &[0, 0, 255, 128]), (Channels::Rgb, vec![127, 127, 255]));
        assert_eq!(convert(ColorType::La8, &[0, 51, 9, 255]), (Channels::Grey, vec![204, 9]));
    }

    #[test]
    fn deep_samples_are_rounded_to_eight_bits() {
        let samples: Vec<u8> = [0_u16, 128, 129, 257, 32_768, 65_535].iter().flat_map(|v| v.to_ne_bytes()).collect();
        assert_eq!(convert(ColorType::L16, &samples), (Channels::Grey, vec![0, 0, 1, 1, 128, 255]));
        assert_eq!(convert(ColorType::Rgb16, &samples), (Channels::Rgb, vec![0, 0, 1, 1, 128, 255]));
        let floats: Vec<u8> = [-1.0_f32, 0.5, 7.0, 1.0].iter().flat_map(|v| v.to_ne_bytes()).collect();
        assert_eq!(convert(ColorType::Rgba32F, &floats), (Channels::Rgb, vec![0, 128, 255]));
    }
}
