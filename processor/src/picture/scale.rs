//! Making pictures smaller, never larger.

use fast_image_resize::{
    PixelType, Resizer,
    images::{Image, ImageRef},
};
use image::RgbImage;

use super::{
    Refusal,
    pixels::{Channels, Raster},
};

/// Width and height within a square of `side`, in the same proportions, never enlarged and never empty.
pub(super) fn fit(width: u32, height: u32, side: u32) -> (u32, u32) {
    let longest = width.max(height);
    if longest <= side {
        return (width, height);
    }
    let scaled = |length: u32| {
        let rounded = (u64::from(length) * u64::from(side) + u64::from(longest) / 2) / u64::from(longest);
        u32::try_from(rounded).unwrap_or(side).clamp(1, side)
    };
    (scaled(width), scaled(height))
}

/// Scales a picture to fit a square.
pub(super) fn to_fit(raster: Raster, side: u32) -> Result<Raster, Refusal> {
    let (width, height) = fit(raster.width, raster.height, side);
    if (width, height) == (raster.width, raster.height) {
        return Ok(raster);
    }
    let pixel_type = match raster.channels {
        Channels::Grey => PixelType::U8,
        Channels::Rgb => PixelType::U8x3,
    };
    let pixels = resize(&raster.pixels, (raster.width, raster.height), (width, height), pixel_type)?;
    Ok(Raster { width, height, channels: raster.channels, pixels })
}

/// Scales an RGB picture to fit a square.
pub(super) fn rgb_to_fit(picture: &RgbImage, side: u32) -> Result<RgbImage, Refusal> {
    let (width, height) = fit(picture.width(), picture.height(), side);
    if (width, height) == picture.dimensions() {
        return Ok(picture.clone());
    }
    let pixels = resize(picture.as_raw(), picture.dimensions(), (width, height), PixelType::U8x3)?;
    Ok(RgbImage::from_raw(width, height, pixels).expect("the resizer gives three bytes for every pixel"))
}

/// Scales by convolution with Lanczos3, which is the resizer's default.
fn resize(pixels: &[u8], from: (u32, u32), to: (u32, u32), pixel_type: PixelType) -> Result<Vec<u8>, Refusal> {
    let source = ImageRef::new(from.0, from.1, pixels, pixel_type).map_err(Refusal::broken)?;
    let mut target = Image::new(to.0, to.1, pixel_type);
    Resizer::new().resize(&source, &mut target, None).map_err(Refusal::broken)?;
    Ok(target.into_vec())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn proportions_are_kept() {
        assert_eq!(fit(4032, 3024, 2048), (2048, 1536));
        assert_eq!(fit(3024, 4032, 512), (384, 512));
        assert_eq!(fit(30_000, 1, 512), (512, 1));
        assert_eq!(fit(512, 512, 512), (512, 512));
        assert_eq!(fit(513, 513, 512), (512, 512));
    }

    proptest! {
        #[test]
        fn what_fits_is_never_enlarged_and_never_empty(w in 1..70_000_u32, h in 1..70_000_u32, side in 1..4_096_u32) {
            let (width, height) = fit(w, h, side);
            prop_assert!((1..=w.min(side)).contains(&width) && (1..=h.min(side)).contains(&height));
            prop_assert_eq!(fit(width, height, side), (width, height));
            prop_assert_eq!(fit(h, w, side), (height, width));
            if w.max(h) > side {
                prop_assert_eq!(width.max(height), side);
                let error = (f64::from(width) * f64::from(h) - f64::from(height) * f64::from(w)).abs();
                prop_assert!(error <= f64::from(w.max(h)), "proportions differ by more than a pixel");
            }
        }
    }
}
