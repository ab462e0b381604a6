//! What stands for a film where nothing can be decoded: a dark surface, and the sign for playing.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};

use super::filters::fit;
use crate::picture::{PREVIEW_SIDE, Refusal};

/// Top and bottom of the surface, and the sign.
const TOP: [u8; 3] = [46, 52, 64];
const BOTTOM: [u8; 3] = [28, 32, 40];
const SIGN: [u8; 3] = [216, 222, 233];
/// The sign's height, as a share of the shorter side.
const SIGN_SHARE: f64 = 0.28;

/// A picture with the sides of a film, as a PNG that fits 2048 x 2048 pixels. The same sides give the same bytes.
pub fn placeholder_poster(width: u32, height: u32) -> Result<Vec<u8>, Refusal> {
    let (width, height) = fit((width.max(1), height.max(1)), (PREVIEW_SIDE, PREVIEW_SIDE), 1);
    let mut png = Cursor::new(Vec::new());
    draw(width, height).write_to(&mut png, ImageFormat::Png).map_err(Refusal::broken_film)?;
    Ok(png.into_inner())
}

fn draw(width: u32, height: u32) -> RgbImage {
    let size = f64::from(width.min(height)) * SIGN_SHARE;
    let middle = (f64::from(width) / 2.0, f64::from(height) / 2.0);
    RgbImage::from_fn(width, height, |x, y| {
        let (across, down) = (f64::from(x) + 0.5 - middle.0, f64::from(y) + 0.5 - middle.1);
        let surface = mix(TOP, BOTTOM, (f64::from(y) + 0.5) / f64::from(height));
        Rgb(mix(surface, SIGN, inside_sign(across, down, size)))
    })
}

/// How much of a pixel, at some place from the middle, is in the sign: a triangle of equal sides that points right.
fn inside_sign(across: f64, down: f64, size: f64) -> f64 {
    let half = size / 2.0;
    let tip = size * 3.0_f64.sqrt() / 2.0;
    // From the triangle's centre of gravity, a third of the way from its back to its tip.
    let from_back = across + tip / 3.0;
    // The distance to the slanted side that is nearer; those fall by half a unit for each to the right, less or more.
    let from_slant = (half * (tip - from_back) / tip - down.abs()) * (3.0_f64.sqrt() / 2.0);
    (from_back.min(from_slant) + 0.5).clamp(0.0, 1.0)
}

fn mix(from: [u8; 3], to: [u8; 3], share: f64) -> [u8; 3] {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two bytes")]
    let between = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share).round() as u8;
    std::array::from_fn(|index| between(from[index], to[index]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_has_the_sides_of_its_film_and_a_sign_in_its_middle() -> Result<(), Refusal> {
        for ((width, height), sides) in
            [((1920, 1080), (1920, 1080)), ((2160, 3840), (1152, 2048)), ((1, 1), (1, 1)), ((0, 7), (1, 7))]
        {
            let picture = image::load_from_memory(&placeholder_poster(width, height)?).expect("a PNG").into_rgb8();
            assert_eq!(picture.dimensions(), sides);
        }
        let picture = draw(640, 480);
        assert_eq!(picture.get_pixel(320, 240), &Rgb(SIGN));
        assert!(picture.get_pixel(0, 0)[0] < 50 && picture.get_pixel(639, 479)[0] < 50);
        Ok(())
    }
}
