use std::{error::Error, io::Write, time::Instant};

use image::{
    DynamicImage, GenericImageView, GrayAlphaImage, GrayImage, ImageBuffer, ImageDecoder, Luma, LumaA, Rgb, RgbImage,
    Rgba, RgbaImage, codecs::jpeg::JpegDecoder,
};

use super::*;
use crate::testing::{self, ExifFields};

type TestResult = Result<(), Box<dyn Error>>;

fn render_bytes(bytes: &[u8]) -> Result<Rendered, Refusal> {
    render_with(bytes, Rotation::None, &Limits::default())
}

fn render_with(bytes: &[u8], rotation: Rotation, limits: &Limits) -> Result<Rendered, Refusal> {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("room for a small file");
    render(file.path(), rotation, limits)
}

fn decoded(rendition: &RenditionFile) -> RgbImage {
    let picture = image::load_from_memory(&rendition.jpeg).expect("a rendition is a JPEG").into_rgb8();
    assert_eq!(picture.dimensions(), (rendition.width, rendition.height));
    picture
}

/// Mean difference of all samples, 0 to 255.
fn difference(a: &RgbImage, b: &RgbImage) -> f64 {
    assert_eq!(a.dimensions(), b.dimensions());
    let sum: u64 = a.as_raw().iter().zip(b.as_raw()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    f64::from(u32::try_from(sum).expect("small pictures")) / f64::from(a.width() * a.height() * 3)
}

fn assert_near(pixel: Rgb<u8>, expected: [u8; 3]) {
    let far = pixel.0.iter().zip(expected).any(|(a, b)| a.abs_diff(b) > 6);
    assert!(!far, "{pixel:?} is not {expected:?}");
}

#[test]
fn all_orientations_of_both_shapes_come_out_upright() -> TestResult {
    for (width, height) in [(96, 64), (64, 96)] {
        let upright = testing::picture(width, height, 3);
        for value in 1..=8 {
            let fields = ExifFields { orientation: Some(value), ..ExifFields::default() };
            let rendered = render_bytes(&testing::jpeg_with_exif(width, height, 3, &fields))?;
            assert_eq!((rendered.width, rendered.height), (width, height), "orientation {value}");
            assert_eq!(rendered.exif.orientation, Some(value));
            let difference = difference(&decoded(&rendered.preview), &upright);
            assert!(difference < 4.0, "orientation {value} of {width} x {height} differs by {difference}");
        }
    }
    Ok(())
}

#[test]
fn a_rotation_comes_on_top_of_the_orientation() -> TestResult {
    let upright = testing::picture(96, 64, 3);
    for value in 1..=8 {
        let fields = ExifFields { orientation: Some(value), ..ExifFields::default() };
        let jpeg = testing::jpeg_with_exif(96, 64, 3, &fields);
        for degrees in [90, 180, 270] {
            let rotation = Rotation::from_degrees(degrees).expect("a quarter turn");
            let rendered = render_with(&jpeg, rotation, &Limits::default())?;
            let turned = Orientation::from(rotation).apply(upright.clone());
            assert_eq!((rendered.width, rendered.height), turned.dimensions());
            assert!(
                difference(&decoded(&rendered.preview), &turned) < 4.0,
                "orientation {value} and {degrees} degrees"
            );
        }
    }
    Ok(())
}

#[test]
fn a_large_picture_is_scaled_and_a_small_one_is_not_enlarged() -> TestResult {
    let rendered = render_bytes(&testing::jpeg(&testing::picture(2400, 1200, 1)))?;
    assert_eq!((rendered.width, rendered.height), (2400, 1200));
    assert_eq!((rendered.preview.width, rendered.preview.height), (2048, 1024));
    assert_eq!((rendered.thumbnail.width, rendered.thumbnail.height), (512, 256));
    let rendered = render_bytes(&testing::jpeg(&testing::picture(3, 2, 1)))?;
    assert_eq!((rendered.preview.width, rendered.preview.height), (3, 2));
    assert_eq!(rendered.thumbnail, rendered.preview);
    Ok(())
}

#[test]
fn the_same_file_gives_the_same_bytes() -> TestResult {
    let fields = ExifFields { orientation: Some(7), ..ExifFields::default() };
    let jpeg = testing::jpeg_with_exif(700, 500, 5, &fields);
    let rotation = Rotation::from_degrees(90).expect("a quarter turn");
    let first = render_with(&jpeg, rotation, &Limits::default())?;
    assert_eq!(render_with(&jpeg, rotation, &Limits::default())?, first);
    Ok(())
}

#[test]
fn alpha_is_shown_on_white() -> TestResult {
    let transparent = RgbaImage::from_fn(32, 32, |x, _| Rgba([200, 30, 30, if x < 16 { 255 } else { 0 }]));
    let rendered = render_bytes(&testing::png(&transparent.into()))?;
    let preview = decoded(&rendered.preview);
    assert_near(*preview.get_pixel(4, 16), [200, 30, 30]);
    assert_near(*preview.get_pixel(28, 16), [255, 255, 255]);
    Ok(())
}

#[test]
fn every_layout_of_png_becomes_rgb() -> TestResult {
    let deep = ImageBuffer::from_pixel(24, 24, Rgb([65_535_u16, 32_768, 0]));
    let grey = GrayImage::from_pixel(24, 24, Luma([90]));
    let grey_alpha = GrayAlphaImage::from_pixel(24, 24, LumaA([0, 128]));
    let deep_grey = ImageBuffer::from_pixel(24, 24, Luma([23_130_u16]));
    let cases: [(DynamicImage, [u8; 3]); 4] = [
        (deep.into(), [255, 128, 0]),
        (grey.into(), [90, 90, 90]),
        (grey_alpha.into(), [127, 127, 127]),
        (deep_grey.into(), [90, 90, 90]),
    ];
    for (picture, expected) in cases {
        let rendered = render_bytes(&testing::png(&picture))?;
        assert_near(*decoded(&rendered.preview).get_pixel(12, 12), expected);
    }
    Ok(())
}

#[test]
fn a_palette_png_shows_its_colours() -> TestResult {
    // 2 x 1 pixels of one byte each, from a palette of green and blue (CRCs and the zlib stream made with zlib).
    let header = chunk(*b"IHDR", &[0, 0, 0, 2, 0, 0, 0, 1, 8, 3, 0, 0, 0]);
    let palette = chunk(*b"PLTE", &[0, 200, 0, 0, 0, 200]);
    let data = chunk(*b"IDAT", &[0x78, 0x01, 0x01, 0x03, 0x00, 0xFC, 0xFF, 0x00, 0x00, 0x01, 0x00, 0x04, 0x00, 0x02]);
    let png = [b"\x89PNG\r\n\x1A\n".to_vec(), header, palette, data, chunk(*b"IEND", &[])].concat();
    let picture = image::load_from_memory(&png)?;
    assert_eq!(picture.get_pixel(1, 0), Rgba([0, 0, 200, 255]));
    let rendered = render_bytes(&png)?;
    assert_eq!(rendered.dominant_color, "#006464");
    Ok(())
}

fn chunk(name: [u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).expect("a small chunk").to_be_bytes();
    let named = [name.as_slice(), data].concat();
    let crc = named.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 })
    });
    [length.as_slice(), &named, &(!crc).to_be_bytes()].concat()
}

#[test]
fn an_animation_shows_its_first_frame() -> TestResult {
    let frames = [[220, 20, 20, 255], [20, 220, 20, 255]].map(|color| RgbaImage::from_pixel(20, 10, Rgba(color)));
    let rendered = render_bytes(&testing::gif(&frames))?;
    assert_eq!((rendered.format, rendered.width, rendered.height), (Format::Gif, 20, 10));
    assert_near(*decoded(&rendered.preview).get_pixel(10, 5), [220, 20, 20]);
    Ok(())
}

#[test]
fn webp_and_tiff_are_rendered_upright() -> TestResult {
    let upright = testing::picture(96, 64, 2);
    let orientation = Orientation::from_exif(6).expect("an orientation");
    let fields = ExifFields { orientation: Some(6), ..ExifFields::default() };
    let webp = render_bytes(&testing::webp(&orientation.inverse().apply(upright.clone()), Some(&fields)))?;
    assert!(difference(&decoded(&webp.preview), &upright) < 4.0);
    let tiff = render_bytes(&testing::tiff(&upright.clone().into()))?;
    assert_eq!(tiff.format, Format::Tiff);
    assert!(difference(&decoded(&tiff.preview), &upright) < 4.0);
    Ok(())
}

#[test]
fn an_rgb_profile_is_kept_and_others_are_not() -> TestResult {
    let mut profile = vec![7; 132];
    for (space, kept) in [(b"RGB ", true), (b"CMYK", false), (b"GRAY", false)] {
        profile[16..20].copy_from_slice(space);
        let rendered = render_bytes(&testing::jpeg_with_profile(&testing::picture(600, 20, 1), &profile))?;
        for rendition in [&rendered.preview, &rendered.thumbnail] {
            let found = JpegDecoder::new(std::io::Cursor::new(&rendition.jpeg))?.icc_profile()?;
            assert_eq!(found, kept.then(|| profile.clone()));
        }
    }
    Ok(())
}

#[test]
fn renditions_carry_no_exif() -> TestResult {
    let fields = ExifFields { camera_make: Some("Secret".to_owned()), ..ExifFields::default() };
    let rendered = render_bytes(&testing::jpeg_with_exif(64, 64, 1, &fields))?;
    assert_eq!(rendered.exif.camera_make.as_deref(), Some("Secret"));
    assert_eq!(JpegDecoder::new(std::io::Cursor::new(&rendered.preview.jpeg))?.exif_metadata()?, None);
    Ok(())
}

#[test]
fn a_cut_picture_shows_what_is_there() -> TestResult {
    let picture = testing::picture(256, 256, 4);
    for bytes in [testing::jpeg(&picture), testing::png(&picture.clone().into())] {
        let rendered = render_bytes(&bytes[..bytes.len() * 2 / 3])?;
        assert!(rendered.partial);
        let preview = decoded(&rendered.preview);
        assert_near(*preview.get_pixel(8, 8), [210, 40, 40]);
        assert_near(*preview.get_pixel(250, 250), [128, 128, 128]);
        assert!(!render_bytes(&bytes)?.partial);
    }
    Ok(())
}

#[test]
fn garbage_and_nothing_are_refused() {
    let refusal = |bytes: &[u8]| render_bytes(bytes).expect_err("this is no picture");
    assert!(matches!(refusal(b""), Refusal::NotAPicture));
    assert!(matches!(refusal(&[7; 5_000]), Refusal::NotAPicture));
    for head in
        [b"\xFF\xD8\xFF\xE0".as_slice(), b"\x89PNG\r\n\x1A\n", b"GIF89a", b"II*\0\x08\0\0\0", b"RIFF\0\x10\0\0WEBP"]
    {
        let refusal = refusal(&[head, &[0; 3_000]].concat());
        assert!(matches!(refusal, Refusal::Broken { .. } | Refusal::Unsupported { .. }), "{head:?}: {refusal:?}");
    }
}

#[test]
fn formats_without_a_decoder_are_refused_but_tell_facts() -> TestResult {
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(b"\0\0\0\x14ftypqt  \0\0\0\0qt  ")?;
    let refusal = render(file.path(), Rotation::None, &Limits::default()).expect_err("films are not rendered here");
    assert_eq!(refusal.code(), "UNSUPPORTED_FORMAT");
    assert_eq!(facts(file.path())?.format, Format::QuickTime);
    Ok(())
}

#[test]
fn the_small_copy_in_a_raw_file_is_not_taken_for_the_picture() {
    // A directory with NewSubfileType (LONG) 1, as DNG, NEF and ARW files begin.
    let raw = b"MM\0*\0\0\0\x08\0\x01\0\xFE\0\x04\0\0\0\x01\0\0\0\x01\0\0\0\0";
    let refusal = render_bytes(raw).expect_err("a raw file");
    assert_eq!(
        refusal.to_string(),
        "Mantel cannot show camera raw files yet. The original is kept and can be downloaded."
    );
}

#[test]
fn a_missing_file_is_not_the_files_fault() {
    let refusal = facts(Path::new("/nonexistent/file")).expect_err("there is no such file");
    assert!(refusal.is_transient());
}

#[test]
fn limits_hold_at_the_edge_for_every_decoder() -> TestResult {
    let picture = testing::picture(40, 30, 1);
    let files = [
        testing::jpeg(&picture),
        testing::png(&picture.clone().into()),
        testing::tiff(&picture.clone().into()),
        testing::webp(&picture, None),
        testing::gif(&[DynamicImage::from(picture).into_rgba8()]),
    ];
    let limits = Limits { max_pixels: 1_200, max_side: 40, ..Limits::default() };
    for bytes in files {
        assert_eq!(render_with(&bytes, Rotation::None, &limits)?.width, 40);
        for tighter in [Limits { max_pixels: 1_199, ..limits }, Limits { max_side: 39, ..limits }] {
            let refusal = render_with(&bytes, Rotation::None, &tighter).expect_err("one past the limit");
            assert!(matches!(refusal, Refusal::TooLarge { width: 40, height: 30 }), "{refusal:?}");
        }
        let poor = Limits { max_memory_bytes: 3_000, ..limits };
        let refusal = render_with(&bytes, Rotation::None, &poor).expect_err("too little memory");
        assert!(matches!(refusal, Refusal::TooMuchMemory { .. }), "{refusal:?}");
    }
    Ok(())
}

#[test]
fn a_huge_header_is_refused_before_decoding() {
    let mut jpeg = testing::jpeg(&testing::picture(64, 64, 1));
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).expect("a frame header");
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xFD, 0xE8, 0xFD, 0xE8]);
    let start = Instant::now();
    let refusal = render_bytes(&jpeg).expect_err("65000 x 65000 pixels");
    assert!(matches!(refusal, Refusal::TooLarge { width: 65_000, height: 65_000 }));
    assert!(start.elapsed().as_millis() < 500);
}

mod containers;
mod damaged;
mod geometry;
mod jpegs;
mod profiles;
