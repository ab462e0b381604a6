//! JPEGs of all kinds, against a plain slow way of doing the same.

use std::f64::consts::PI;

use image::{RgbImage, imageops};
use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, SamplingFactor};
use proptest::prelude::*;

use super::*;

const SAMPLINGS: [SamplingFactor; 6] = [
    SamplingFactor::R_4_4_4,
    SamplingFactor::R_4_2_2,
    SamplingFactor::R_4_4_0,
    SamplingFactor::R_4_2_0,
    SamplingFactor::R_4_1_1,
    SamplingFactor::R_4_1_0,
];

/// Waves of light and of colour, a bit different at every place, and slow enough for a thumbnail and for samples of colour
/// that are shared.
pub(super) fn waves(width: u32, height: u32) -> RgbImage {
    let slow = f64::from(width.max(height).max(THUMBNAIL_SIDE)) / f64::from(THUMBNAIL_SIDE);
    RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = (f64::from(x) / slow, f64::from(y) / slow);
        let wave = |fast: f64, across: f64, down: f64| 128.0 + 90.0 * ((x * across + y * down) * PI / fast).sin();
        Rgb([wave(31.0, 1.0, 0.3), wave(37.0, -0.4, 1.0), wave(43.0, 0.8, -0.7)].map(color::nearest))
    })
}

pub(super) fn encoded(picture: &RgbImage, adjust: impl FnOnce(&mut Encoder<&mut Vec<u8>>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 97);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    adjust(&mut encoder);
    let side = |length: u32| u16::try_from(length).expect("a JPEG has at most 65,535 pixels on a side");
    encoder
        .encode(picture.as_raw(), side(picture.width()), side(picture.height()), ColorType::Rgb)
        .expect("a picture can be encoded");
    bytes
}

fn sampled(picture: &RgbImage, sampling: SamplingFactor) -> Vec<u8> {
    encoded(picture, |encoder| encoder.set_sampling_factor(sampling))
}

fn with_orientation(jpeg: &[u8], value: u8) -> Vec<u8> {
    testing::with_exif(jpeg, &ExifFields { orientation: Some(value), ..ExifFields::default() })
}

/// Scales by Lanczos3 as it is written in books, in double precision.
fn scaled_slowly(picture: &RgbImage, (width, height): (u32, u32)) -> RgbImage {
    let across = resampled(picture, width);
    imageops::rotate270(&resampled(&imageops::rotate90(&across), height))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place within the picture")]
fn resampled(picture: &RgbImage, width: u32) -> RgbImage {
    if width == picture.width() {
        return picture.clone();
    }
    let step = f64::from(picture.width()) / f64::from(width);
    let sinc = |x: f64| if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) };
    RgbImage::from_fn(width, picture.height(), |x, y| {
        let center = (f64::from(x) + 0.5) * step;
        let mut sums = [0.0; 4];
        let first = (center - 3.0 * step).max(0.0) as u32;
        for source in first..picture.width().min(first + (6.0 * step) as u32 + 3) {
            let distance = (f64::from(source) + 0.5 - center) / step;
            if distance.abs() < 3.0 {
                let weight = sinc(distance) * sinc(distance / 3.0);
                let samples = picture.get_pixel(source, y).0;
                (0..3).for_each(|color| sums[color] += weight * f64::from(samples[color]));
                sums[3] += weight;
            }
        }
        Rgb([sums[0], sums[1], sums[2]].map(|sum| color::nearest(sum / sums[3])))
    })
}

/// Likeness in dB; above 35, one has to look for the difference.
pub(super) fn psnr(a: &RgbImage, b: &RgbImage) -> f64 {
    assert_eq!(a.dimensions(), b.dimensions());
    let squares: f64 = a.as_raw().iter().zip(b.as_raw()).map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2)).sum();
    10.0 * (255.0_f64.powi(2) * f64::from(a.width() * a.height() * 3) / squares.max(1.0)).log10()
}

/// Renders all orientations of a file, and compares both renditions with those made slowly from the picture in it.
fn assert_rendered(picture: &RgbImage, jpeg: &[u8], least: f64, what: &str) -> TestResult {
    let slowly = |side: u32| scaled_slowly(picture, scale::fit(picture.width(), picture.height(), side));
    let (preview, thumbnail) = (slowly(PREVIEW_SIDE), slowly(THUMBNAIL_SIDE));
    for value in 1..=8 {
        let orientation = Orientation::from_exif(value).expect("1 to 8 are orientations");
        let rendered = render_bytes(&with_orientation(jpeg, value))?;
        assert_eq!((rendered.width, rendered.height), orientation.dimensions(picture.width(), picture.height()));
        assert!(!rendered.partial);
        for (rendition, expected) in [(&rendered.preview, &preview), (&rendered.thumbnail, &thumbnail)] {
            let found = psnr(&decoded(rendition), &orientation.apply(expected.clone()));
            let (width, height) = (rendition.width, rendition.height);
            assert!(found > least, "{what}, orientation {value}, {width} x {height}: {found:.1} dB");
        }
    }
    Ok(())
}

#[test]
fn every_sampling_and_orientation_comes_out_upright() -> TestResult {
    for (width, height) in [(64, 48), (97, 61), (701, 433), (2, 35)] {
        let picture = waves(width, height);
        for sampling in SAMPLINGS {
            let what = format!("{width} x {height}, {:#x}", sampling as u8);
            assert_rendered(&picture, &sampled(&picture, sampling), 33.0, &what)?;
        }
    }
    Ok(())
}

#[test]
fn large_pictures_are_decoded_at_a_fraction_of_their_size() -> TestResult {
    for (width, height) in [(4_103, 133), (135, 8_201), (16_500, 67)] {
        let picture = waves(width, height);
        for sampling in [SamplingFactor::R_4_4_4, SamplingFactor::R_4_2_2, SamplingFactor::R_4_2_0] {
            let what = format!("{width} x {height}, {:#x}", sampling as u8);
            assert_rendered(&picture, &sampled(&picture, sampling), 30.0, &what)?;
        }
    }
    Ok(())
}

#[test]
fn progressive_files_and_restart_markers_make_no_difference() -> TestResult {
    let picture = waves(333, 222);
    let plain = render_bytes(&sampled(&picture, SamplingFactor::R_4_2_0))?;
    let adjustments: [fn(&mut Encoder<&mut Vec<u8>>); 2] =
        [|encoder| encoder.set_progressive(true), |encoder| encoder.set_restart_interval(7)];
    for adjust in adjustments {
        let jpeg = encoded(&picture, |encoder| {
            encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
            adjust(encoder);
        });
        let rendered = render_bytes(&jpeg)?;
        assert!(!rendered.partial);
        assert_eq!(rendered.preview, plain.preview);
    }
    Ok(())
}

#[test]
fn grey_stays_grey() -> TestResult {
    let picture = imageops::grayscale(&waves(75, 51));
    let mut jpeg = Vec::new();
    Encoder::new(&mut jpeg, 97).encode(picture.as_raw(), 75, 51, ColorType::Luma)?;
    let shown = DynamicImage::from(picture).into_rgb8();
    assert_rendered(&shown, &jpeg, 35.0, "grey")?;
    let rendered = render_bytes(&jpeg)?;
    assert_eq!(JpegDecoder::new(std::io::Cursor::new(&rendered.preview.jpeg))?.color_type(), image::ColorType::L8);
    Ok(())
}

#[test]
fn ink_becomes_light() -> TestResult {
    let picture = waves(75, 51);
    // All black ink, where it can be.
    let inks: Vec<u8> = picture
        .pixels()
        .flat_map(|Rgb(pixel)| {
            let most = *pixel.iter().max().expect("three samples");
            let ink =
                |sample: u8| 255 - u8::try_from(u32::from(sample) * 255 / u32::from(most.max(1))).expect("at most 255");
            [ink(pixel[0]), ink(pixel[1]), ink(pixel[2]), 255 - most]
        })
        .collect();
    for kind in [ColorType::Cmyk, ColorType::CmykAsYcck] {
        let mut jpeg = Vec::new();
        Encoder::new(&mut jpeg, 97).encode(&inks, 75, 51, kind)?;
        assert_rendered(&picture, &jpeg, 30.0, "ink")?;
    }
    Ok(())
}

#[test]
fn red_green_and_blue_may_be_stored_as_they_are() -> TestResult {
    // Without a JFIF marker and with these ids of components, a file is RGB (libjpeg's rule, which all follow).
    let picture = waves(75, 51);
    let [red, green, blue] = [0, 1, 2].map(|color| picture.pixels().map(|pixel| pixel[color]).collect::<Vec<u8>>());
    let planes: Vec<u8> = (0..red.len()).flat_map(|index| [red[index], green[index], blue[index]]).collect();
    let mut jpeg = Vec::new();
    Encoder::new(&mut jpeg, 97).encode(&planes, 75, 51, ColorType::Ycbcr)?;
    let adobe_rgb = [0xFF, 0xEE, 0, 14, b'A', b'd', b'o', b'b', b'e', 0, 100, 0, 0, 0, 0, 0];
    let frame = jpeg.windows(4).position(|bytes| bytes == [0xFF, 0xE0, 0, 16]).expect("a JFIF segment");
    jpeg.splice(frame..frame + 18, adobe_rgb);
    assert_rendered(&picture, &jpeg, 33.0, "RGB")
}

#[test]
fn a_file_that_is_cut_anywhere_is_partial_or_refused() {
    let picture = waves(64, 48);
    for progressive in [false, true] {
        let jpeg = encoded(&picture, |encoder| encoder.set_progressive(progressive));
        // Without its last two bytes, a file lacks nothing.
        for end in (2..jpeg.len() - 2).step_by(41) {
            match render_bytes(&jpeg[..end]) {
                Ok(rendered) => assert!(rendered.partial, "{end} of {} bytes", jpeg.len()),
                Err(refusal) => {
                    assert!(matches!(refusal, Refusal::Broken { .. } | Refusal::NotAPicture), "{refusal:?}");
                }
            }
        }
    }
}

#[test]
fn scans_without_end_are_refused() {
    let jpeg = encoded(&waves(64, 48), |encoder| encoder.set_progressive(true));
    let last = jpeg.windows(2).rposition(|bytes| bytes == [0xFF, 0xDA]).expect("a scan");
    let (scan, end) = jpeg[last..].split_at(jpeg.len() - last - 2);
    let endless = [&jpeg[..last], &scan.repeat(200), end].concat();
    let refusal = render_bytes(&endless).expect_err("two hundred scans");
    assert!(format!("{refusal:?}").contains("TooManyScans"), "{refusal:?}");
}

#[test]
fn a_progressive_file_must_fit_the_memory() -> TestResult {
    let jpeg = encoded(&waves(640, 480), |encoder| encoder.set_progressive(true));
    let limits = |max_memory_bytes| Limits { max_memory_bytes, ..Limits::default() };
    let refusal = render_with(&jpeg, Rotation::None, &limits(3_000_000)).expect_err("too little memory");
    let Refusal::TooMuchMemory { needed_bytes } = refusal else { panic!("{refusal:?}") };
    assert!(needed_bytes > 640 * 480 * 3 * 2, "the coefficients alone take more than {needed_bytes}");
    render_with(&jpeg, Rotation::None, &limits(16_000_000))?;
    Ok(())
}

#[test]
fn what_no_decoder_is_for_is_unsupported() {
    let mut jpeg = sampled(&waves(64, 48), SamplingFactor::R_4_4_4);
    let frame = jpeg.windows(2).position(|bytes| bytes == [0xFF, 0xC0]).expect("a frame header");
    // Lossless, and coded arithmetically.
    for marker in [0xC3, 0xC9] {
        jpeg[frame + 1] = marker;
        let refusal = render_bytes(&jpeg).expect_err("no decoder");
        assert!(matches!(refusal, Refusal::Unsupported { .. }), "{refusal:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn damage_never_gets_past_the_guard(
        progressive in any::<bool>(), sampling in 0..SAMPLINGS.len(),
        damage in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let mut jpeg = encoded(&waves(40, 24), |encoder| {
            encoder.set_progressive(progressive);
            encoder.set_sampling_factor(SAMPLINGS[sampling]);
        });
        for (at, byte) in damage {
            let at = at.index(jpeg.len());
            jpeg[at] = byte;
        }
        // A tight limit, as damage may make a header large.
        let limits = Limits { max_pixels: 1_000_000, ..Limits::default() };
        if let Err(refusal) = render_with(&jpeg, Rotation::None, &limits) {
            let said = format!("{refusal:?}");
            prop_assert!(!said.contains("panicked") && !said.contains("Fault"), "{}", said);
        }
    }
}
