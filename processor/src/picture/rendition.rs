//! Small upright pictures as JPEG files, and what stands in for them while they load.

use image::{ExtendedColorType, ImageEncoder, RgbImage, codecs::jpeg::JpegEncoder};

use super::{Refusal, RenditionFile, scale};

const JPEG_QUALITY: u8 = 80;

/// The thumbhash gains nothing from more pixels than 100 on a side.
const PLACEHOLDER_SIDE: u32 = 100;

/// What is shown until a picture has loaded.
pub(super) struct Placeholder {
    pub(super) thumbhash: Vec<u8>,
    pub(super) dominant_color: String,
}

/// Encodes an upright picture, with the profile that its numbers are meant in.
pub(super) fn encode(picture: &RgbImage, icc_profile: Option<&[u8]>) -> Result<RenditionFile, Refusal> {
    let (width, height) = picture.dimensions();
    let mut jpeg = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut jpeg, JPEG_QUALITY);
    if let Some(profile) = icc_profile {
        encoder.set_icc_profile(profile.to_vec()).map_err(Refusal::broken)?;
    }
    encoder.write_image(picture.as_raw(), width, height, ExtendedColorType::Rgb8).map_err(Refusal::broken)?;
    Ok(RenditionFile { jpeg, width, height })
}

/// Makes the placeholders of an upright picture.
pub(super) fn placeholder(picture: &RgbImage) -> Result<Placeholder, Refusal> {
    let small = scale::rgb_to_fit(picture, PLACEHOLDER_SIDE)?;
    let rgba: Vec<u8> = small.pixels().flat_map(|pixel| [pixel[0], pixel[1], pixel[2], u8::MAX]).collect();
    let thumbhash = thumbhash::rgba_to_thumb_hash(small.width() as usize, small.height() as usize, &rgba);
    Ok(Placeholder { thumbhash, dominant_color: average_color(&small) })
}

/// The average of all pixels as `#rrggbb`.
fn average_color(picture: &RgbImage) -> String {
    let mut sums = [0_u64; 3];
    for pixel in picture.pixels() {
        for (sum, &sample) in sums.iter_mut().zip(&pixel.0) {
            *sum += u64::from(sample);
        }
    }
    let count = (u64::from(picture.width()) * u64::from(picture.height())).max(1);
    let [r, g, b] = sums.map(|sum| (sum + count / 2) / count);
    format!("#{r:02x}{g:02x}{b:02x}")
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    #[test]
    fn the_dominant_colour_is_the_average() {
        let picture = RgbImage::from_fn(2, 1, |x, _| if x == 0 { Rgb([255, 0, 16]) } else { Rgb([0, 0, 17]) });
        assert_eq!(average_color(&picture), "#800011");
    }

    #[test]
    fn a_placeholder_is_made_of_any_shape() -> Result<(), Refusal> {
        for (width, height) in [(1, 1), (1, 512), (512, 1), (512, 384), (3, 2)] {
            let placeholder = placeholder(&RgbImage::from_pixel(width, height, Rgb([200, 100, 50])))?;
            assert_eq!(placeholder.dominant_color, "#c86432");
            assert!((5..=30).contains(&placeholder.thumbhash.len()), "{width} x {height}");
        }
        Ok(())
    }
}
