//! Small upright pictures as JPEG files, and what stands in for them while they load.

use super::{
    Refusal, RenditionFile, color,
    libjpeg::{Encoding, encode as encode_jpeg},
    planes::Planar,
};

const JPEG_QUALITY: u8 = 80;

/// The thumbhash gains nothing from more pixels than 100 on a side.
const PLACEHOLDER_SIDE: u32 = 100;

/// What is shown until a picture has loaded.
pub(super) struct Placeholder {
    pub(super) thumbhash: Vec<u8>,
    pub(super) dominant_color: String,
}

/// Encodes a picture, with the profile that its numbers are meant in.
pub(super) fn encode(picture: &Planar, icc_profile: Option<&[u8]>) -> Result<RenditionFile, Refusal> {
    let (width, height) = (picture.width, picture.height);
    let encoding = Encoding {
        width,
        height,
        grey: picture.is_grey(),
        quality: JPEG_QUALITY,
        // A grey file with a profile for colours would be wrong.
        icc_profile: icc_profile.filter(|_| !picture.is_grey()),
    };
    let jpeg = encode_jpeg(&encoding, |plane, first, rows| picture.copy_rows(plane, first, rows))?;
    Ok(RenditionFile { jpeg, width, height })
}

/// Makes the placeholders of a picture.
pub(super) fn placeholder(picture: &Planar) -> Placeholder {
    let small = picture.to_fit(PLACEHOLDER_SIDE);
    let rgba: Vec<u8> = small.to_rgb().pixels().flat_map(|pixel| [pixel[0], pixel[1], pixel[2], u8::MAX]).collect();
    let thumbhash = thumbhash::rgba_to_thumb_hash(small.width as usize, small.height as usize, &rgba);
    let [r, g, b] = average_color(&small);
    Placeholder { thumbhash, dominant_color: format!("#{r:02x}{g:02x}{b:02x}") }
}

/// The average of all pixels in red, green and blue: that of the planes, as one follows from the other by sums.
fn average_color(picture: &Planar) -> [u8; 3] {
    let mut averages = picture.planes.iter().map(|plane| {
        let count = u32::try_from(plane.len()).unwrap_or(u32::MAX);
        f64::from(plane.iter().map(|&sample| u32::from(sample)).sum::<u32>()) / f64::from(count)
    });
    let luma = averages.next().unwrap_or_default();
    let (Some(cb), Some(cr)) = (averages.next(), averages.next()) else { return [color::nearest(luma); 3] };
    color::to_rgb_exactly([luma, cb, cr])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dominant_colour_is_the_average() {
        // Red and almost black, whose colours share their samples.
        let [red, black] = [[255, 0, 16], [0, 0, 17]].map(color::to_ycbcr);
        let mean = |index: usize| vec![red[index].midpoint(black[index])];
        let planes = vec![vec![red[0], black[0]], mean(1), mean(2)];
        let average = average_color(&Planar { width: 2, height: 1, original: (2, 1), planes });
        assert!(average.iter().zip([128, 0, 17]).all(|(a, b)| a.abs_diff(b) <= 1), "{average:?}");
    }

    #[test]
    fn a_placeholder_is_made_of_any_shape() {
        for (width, height) in [(1_u32, 1_u32), (1, 512), (512, 1), (512, 384), (3, 2)] {
            let pixels = (width as usize * height as usize, width.div_ceil(2) as usize * height.div_ceil(2) as usize);
            let planes = vec![vec![109; pixels.0], vec![95; pixels.1], vec![193; pixels.1]];
            let placeholder = placeholder(&Planar { width, height, original: (width, height), planes });
            assert_eq!(placeholder.dominant_color, "#c84a33");
            assert!((5..=30).contains(&placeholder.thumbhash.len()), "{width} x {height}");
        }
    }
}
