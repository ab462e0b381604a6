//! Makes small media files for tests and the demo.

pub mod film;
pub mod heic;
mod profiles;
mod scenery;

use std::io::Cursor;

use ::exif::{Field, In, Rational, Tag, Value, experimental::Writer};
use image::{
    DynamicImage, ExtendedColorType, Frame, ImageEncoder, ImageFormat, Rgb, RgbImage, RgbaImage,
    codecs::{gif::GifEncoder, jpeg::JpegEncoder, webp::WebPEncoder},
};
use model::Location;

use crate::picture::Orientation;
#[cfg(feature = "heic")]
use crate::{Limits, Refusal};

pub use self::{
    profiles::ink_profile,
    scenery::{Land, Light, Scene, Season, draw, scene_jpeg},
};

const WRITES_TO_MEMORY: &str = "encoding a small picture into memory cannot fail";

/// What to write into the EXIF of a made picture; the default is nothing.
#[derive(Clone, Debug, Default)]
pub struct ExifFields {
    /// Orientation tag, 1 to 8.
    pub orientation: Option<u8>,
    /// Maker of the camera.
    pub camera_make: Option<String>,
    /// Model of the camera.
    pub camera_model: Option<String>,
    /// Model of the lens.
    pub lens: Option<String>,
    /// Program that wrote the file.
    pub software: Option<String>,
    /// `DateTimeOriginal`, such as `2024:07:03 15:04:05`.
    pub taken: Option<String>,
    /// `DateTimeDigitized`.
    pub digitized: Option<String>,
    /// `DateTime`, of the last change.
    pub changed: Option<String>,
    /// `SubSecTimeOriginal`, the digits after the decimal point.
    pub sub_seconds: Option<String>,
    /// `OffsetTimeOriginal`, such as `+02:00`.
    pub offset: Option<String>,
    /// Date (`2024:07:03`) and hour, minute, second of the satellites.
    pub satellite_clock: Option<(String, [u32; 3])>,
    /// Seconds, as a fraction.
    pub exposure_time: Option<(u32, u32)>,
    /// The N in f/N, as a fraction.
    pub f_number: Option<(u32, u32)>,
    /// Millimetres, as a fraction.
    pub focal_length: Option<(u32, u32)>,
    /// Sensitivity.
    pub iso: Option<u16>,
    /// Where the picture was taken.
    pub location: Option<Location>,
    /// What the film of a Live Photo has, too; written as iPhones do.
    pub content_identifier: Option<String>,
}

/// A landscape under a sky, with a sun at the upper left and a corner each of red, green, blue and yellow (clockwise from
/// the top left), so that its orientation is easy to tell. Another `seed` gives other colours and hills.
#[must_use]
pub fn picture(width: u32, height: u32, seed: u32) -> RgbImage {
    // The golden angle: neighbouring seeds look different, and none repeats another.
    let hue = f64::from(seed) * std::f64::consts::PI * (3.0 - 5.0_f64.sqrt());
    let shortest = f64::from(width.min(height)).max(1.0);
    let corner = (width.min(height) / 8).max(1);
    let tall = f64::from(height) / shortest;
    RgbImage::from_fn(width, height, |x, y| match (x < corner, x + corner >= width, y < corner, y + corner >= height) {
        (true, _, true, _) => Rgb([210, 40, 40]),
        (_, true, true, _) => Rgb([40, 170, 60]),
        (_, true, _, true) => Rgb([40, 70, 210]),
        (true, _, _, true) => Rgb([235, 210, 40]),
        _ => landscape(f64::from(x) / shortest, f64::from(y) / shortest, tall, hue),
    })
}

/// One point of the landscape, in units of the shorter side; `tall` is the picture's height.
fn landscape(across: f64, from_top: f64, tall: f64, hue: f64) -> Rgb<u8> {
    if (across - 0.33).hypot(from_top - 0.30) < 0.09 {
        return Rgb([250, 235, 170]);
    }
    let down = from_top / tall;
    let horizon = 0.62 + 0.10 * (across * 2.3 + hue * 3.0).sin() + 0.04 * (across * 5.9 + hue).sin();
    let wave = |phase: f64| 0.5 + 0.5 * (hue + phase).cos();
    let mix = |sky: f64, ground: f64| {
        let value = if down < horizon { sky * (0.75 + 0.4 * down) } else { ground * (1.5 - down) };
        byte(value)
    };
    Rgb([
        mix(90.0 + 110.0 * wave(0.0), 110.0),
        mix(150.0 + 40.0 * wave(2.1), 150.0),
        mix(190.0 + 50.0 * wave(4.2), 80.0),
    ])
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 to 255")]
fn byte(value: f64) -> u8 {
    value.clamp(0.0, 255.0) as u8
}

/// A picture as a JPEG of high quality without EXIF.
#[must_use]
pub fn jpeg(picture: &RgbImage) -> Vec<u8> {
    jpeg_with_profile(picture, &[])
}

/// A picture as a JPEG with a colour profile.
#[must_use]
pub fn jpeg_with_profile(picture: &RgbImage, icc_profile: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 95);
    encoder.set_icc_profile(icc_profile.to_vec()).expect("JPEG files hold profiles");
    encoder
        .write_image(picture.as_raw(), picture.width(), picture.height(), ExtendedColorType::Rgb8)
        .expect(WRITES_TO_MEMORY);
    bytes
}

/// A JPEG that shows [`picture`] upright to a viewer that heeds the orientation in `fields`.
#[must_use]
pub fn jpeg_with_exif(width: u32, height: u32, seed: u32, fields: &ExifFields) -> Vec<u8> {
    let orientation = fields.orientation.and_then(Orientation::from_exif).unwrap_or_default();
    with_exif(&jpeg(&orientation.inverse().apply(picture(width, height, seed))), fields)
}

/// A JPEG with an EXIF segment (APP1) put at its start.
///
/// # Panics
/// If the fields take more than the 64 KiB of a segment.
#[must_use]
pub fn with_exif(jpeg: &[u8], fields: &ExifFields) -> Vec<u8> {
    let block = [b"Exif\0\0".as_slice(), &exif_block(fields)].concat();
    let length = u16::try_from(block.len() + 2).expect("the fields fit a segment").to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xE1], &length, &block, &jpeg[2..]].concat()
}

/// The pixels of a HEIC at full size and upright, decoded as for its renditions, each with the nearest sample of colour.
///
/// # Errors
/// As for its renditions.
#[cfg(feature = "heic")]
pub fn heic_pixels(file: &std::path::Path) -> Result<RgbImage, Refusal> {
    crate::picture::heic_pixels(file, &Limits::default())
}

/// A picture as a PNG, in whichever of PNG's layouts it is in.
#[must_use]
pub fn png(picture: &DynamicImage) -> Vec<u8> {
    write(picture, ImageFormat::Png)
}

/// A picture as an uncompressed TIFF.
#[must_use]
pub fn tiff(picture: &DynamicImage) -> Vec<u8> {
    write(picture, ImageFormat::Tiff)
}

/// A picture as a lossless WebP, with EXIF if there are fields.
#[must_use]
pub fn webp(picture: &RgbImage, fields: Option<&ExifFields>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = WebPEncoder::new_lossless(&mut bytes);
    if let Some(fields) = fields {
        encoder.set_exif_metadata(exif_block(fields)).expect("WebP files hold EXIF");
    }
    encoder
        .write_image(picture.as_raw(), picture.width(), picture.height(), ExtendedColorType::Rgb8)
        .expect(WRITES_TO_MEMORY);
    bytes
}

/// An animated GIF.
#[must_use]
pub fn gif(frames: &[RgbaImage]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new(&mut bytes);
    encoder.encode_frames(frames.iter().cloned().map(Frame::new)).expect(WRITES_TO_MEMORY);
    drop(encoder);
    bytes
}

fn write(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect(WRITES_TO_MEMORY);
    bytes.into_inner()
}

/// The fields as a TIFF structure: what JPEG, PNG, WebP and HEIF carry as EXIF.
#[must_use]
pub fn exif_block(fields: &ExifFields) -> Vec<u8> {
    let version = (Tag::ExifVersion, Value::Undefined(b"0232".to_vec(), 0));
    let fields: Vec<Field> = std::iter::once(version)
        .chain(camera_fields(fields))
        .chain(time_fields(fields))
        .chain(fields.location.iter().flat_map(location_fields))
        .chain(fields.content_identifier.iter().map(|text| (Tag::MakerNote, Value::Undefined(apple_note(text), 0))))
        .map(|(tag, value)| Field { tag, ifd_num: In::PRIMARY, value })
        .collect();
    let mut writer = Writer::new();
    for field in &fields {
        writer.push_field(field);
    }
    let mut bytes = Cursor::new(Vec::new());
    writer.write(&mut bytes, false).expect(WRITES_TO_MEMORY);
    bytes.into_inner()
}

fn camera_fields(fields: &ExifFields) -> impl Iterator<Item = (Tag, Value)> {
    let texts = [
        (Tag::Make, &fields.camera_make),
        (Tag::Model, &fields.camera_model),
        (Tag::LensModel, &fields.lens),
        (Tag::Software, &fields.software),
    ];
    let fractions = [
        (Tag::ExposureTime, fields.exposure_time),
        (Tag::FNumber, fields.f_number),
        (Tag::FocalLength, fields.focal_length),
    ];
    let shorts = [(Tag::Orientation, fields.orientation.map(u16::from)), (Tag::PhotographicSensitivity, fields.iso)];
    let texts = texts.into_iter().filter_map(|(tag, value)| Some((tag, text(value.as_ref()?))));
    let fractions = fractions.into_iter().filter_map(|(tag, value)| Some((tag, rationals(&[value?]))));
    texts.chain(fractions).chain(shorts.into_iter().filter_map(|(tag, value)| Some((tag, Value::Short(vec![value?])))))
}

fn time_fields(fields: &ExifFields) -> impl Iterator<Item = (Tag, Value)> {
    let texts = [
        (Tag::DateTimeOriginal, &fields.taken),
        (Tag::DateTimeDigitized, &fields.digitized),
        (Tag::DateTime, &fields.changed),
        (Tag::SubSecTimeOriginal, &fields.sub_seconds),
        (Tag::OffsetTimeOriginal, &fields.offset),
    ];
    let satellite = fields.satellite_clock.iter().flat_map(|(date, time)| {
        [(Tag::GPSDateStamp, text(date)), (Tag::GPSTimeStamp, rationals(&time.map(|part| (part, 1))))]
    });
    texts.into_iter().filter_map(|(tag, value)| Some((tag, text(value.as_ref()?)))).chain(satellite)
}

fn location_fields(location: &Location) -> Vec<(Tag, Value)> {
    let mut fields = vec![
        (Tag::GPSLatitudeRef, text(if location.latitude < 0.0 { "S" } else { "N" })),
        (Tag::GPSLatitude, degrees(location.latitude)),
        (Tag::GPSLongitudeRef, text(if location.longitude < 0.0 { "W" } else { "E" })),
        (Tag::GPSLongitude, degrees(location.longitude)),
    ];
    if let Some(metres) = location.altitude_metres {
        fields.push((Tag::GPSAltitudeRef, Value::Byte(vec![u8::from(metres < 0.0)])));
        fields.push((Tag::GPSAltitude, rationals(&[(millionths(metres) / 1_000, 1_000)])));
    }
    fields
}

/// An iPhone's note with nothing in it but the identifier: a header, and a directory like those of a TIFF.
fn apple_note(content_identifier: &str) -> Vec<u8> {
    let count = u32::try_from(content_identifier.len() + 1).expect("a short text").to_be_bytes();
    let header = b"Apple iOS\0\0\x01MM";
    // The text follows the header, the number of entries, one entry, and the place of a next directory.
    let text_at = [0, 0, 0, 14 + 2 + 12 + 4];
    let entry = [&[0, 0x11, 0, 2], count.as_slice(), &text_at].concat();
    [header.as_slice(), &[0, 1], &entry, &[0; 4], content_identifier.as_bytes(), &[0]].concat()
}

/// Degrees as cameras write them: whole degrees, whole minutes, and seconds with decimals.
fn degrees(value: f64) -> Value {
    let micro = u64::from(millionths(value)) * 3_600;
    let part = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
    let seconds = part(micro % 60_000_000 / 100);
    rationals(&[(part(micro / 3_600_000_000), 1), (part(micro / 60_000_000 % 60), 1), (seconds, 10_000)])
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "degrees and metres are small; clamped at 0"
)]
fn millionths(value: f64) -> u32 {
    (value.abs() * 1e6).round() as u32
}

fn text(text: impl AsRef<str>) -> Value {
    Value::Ascii(vec![text.as_ref().as_bytes().to_vec()])
}

fn rationals(parts: &[(u32, u32)]) -> Value {
    Value::Rational(parts.iter().map(|&(num, denom)| Rational { num, denom }).collect())
}
