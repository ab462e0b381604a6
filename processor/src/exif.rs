//! What the camera wrote into a picture (EXIF 2.32), read in bounds and believed only where it is plausible.

mod container;
mod location;
mod maker_note;
mod taken_at;
mod tiff;

use std::{
    io::{self, BufRead, Seek},
    panic::{AssertUnwindSafe, catch_unwind},
};

use ::exif::{In, Rational, Reader, SRational, Tag, Value};
use model::{Exif, Location, TakenAt};

pub(crate) use self::{
    container::{EXIF_PREFIX, is_of_content, webp_chunk},
    location::believable,
    tiff::{EXIF_DIRECTORY, Order},
};
use self::{location::read_location, maker_note::read_content_identifier, taken_at::read_taken_at};
use crate::sniff::Format;

/// Longest text that is kept, in characters.
const MAX_TEXT_CHARS: usize = 200;

/// What a HEIF file may make its reader read; its tables and the EXIF block are far smaller.
const HEIF_BUDGET_BYTES: u64 = 2 * 1024 * 1024;

/// What a picture says of itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PhotoFacts {
    /// The camera's notes.
    pub exif: Exif,
    /// When the picture was taken.
    pub taken_at: Option<TakenAt>,
    /// Where the picture was taken.
    pub location: Option<Location>,
    /// The file's first picture is a small copy of the real one (TIFF 6.0, `NewSubfileType`), as in camera raw files.
    pub is_reduced_copy: bool,
    /// What the photo and the film of a Live Photo have in common: visible ASCII, at most 64 characters.
    pub content_identifier: Option<String>,
}

/// Reads the EXIF of a file of a format, from anywhere in the reader; what is broken or implausible is left out.
///
/// Fails only where reading itself fails.
pub fn read_exif<R: BufRead + Seek>(reader: &mut R, format: Format) -> io::Result<PhotoFacts> {
    // Hostile bytes that make the parser panic cost the picture its facts, and nothing more.
    catch_unwind(AssertUnwindSafe(|| Ok(parse(reader, format)?.map(|exif| interpret(&exif)).unwrap_or_default())))
        .unwrap_or_else(|_| Ok(PhotoFacts::default()))
}

fn parse<R: BufRead + Seek>(reader: &mut R, format: Format) -> io::Result<Option<::exif::Exif>> {
    let mut parser = Reader::new();
    parser.continue_on_error(true);
    let parsed = match format {
        Format::Jpeg | Format::Png | Format::WebP | Format::Tiff => match container::exif_block(reader, format)? {
            Some(block) => parser.read_raw(block),
            None => return Ok(None),
        },
        Format::Heic | Format::Avif => {
            reader.rewind()?;
            parser.read_from_container(&mut container::Budget::new(reader, HEIF_BUDGET_BYTES))
        }
        Format::Gif | Format::Mp4 | Format::QuickTime => return Ok(None),
    };
    Ok(parsed.or_else(|error| error.distill_partial_result(|_| ())).ok())
}

fn interpret(exif: &::exif::Exif) -> PhotoFacts {
    let orientation = uint(exif, Tag::Orientation).and_then(|value| u8::try_from(value).ok());
    PhotoFacts {
        exif: Exif {
            camera_make: text(exif, Tag::Make),
            camera_model: text(exif, Tag::Model),
            lens: text(exif, Tag::LensModel),
            focal_length_mm: fraction(exif, Tag::FocalLength)
                .map(two_decimals)
                .filter(|mm| (0.01..=10_000.0).contains(mm)),
            f_number: fraction(exif, Tag::FNumber).map(two_decimals).filter(|n| (0.01..=1_000.0).contains(n)),
            exposure_time: fraction(exif, Tag::ExposureTime).and_then(exposure_time),
            iso: iso(exif),
            orientation: orientation.filter(|value| (1..=8).contains(value)),
            software: text(exif, Tag::Software),
        },
        taken_at: read_taken_at(exif),
        location: read_location(exif),
        is_reduced_copy: uint(exif, Tag(::exif::Context::Tiff, 0x00FE)).is_some_and(|flags| flags & 1 == 1),
        content_identifier: read_content_identifier(exif),
    }
}

/// The sensitivity; 65535 stands for a larger one that is in a tag of its own (EXIF 2.32, 0x8827).
fn iso(exif: &::exif::Exif) -> Option<u32> {
    let short = uint(exif, Tag::PhotographicSensitivity).filter(|&iso| iso != u32::from(u16::MAX));
    let long = || uint(exif, Tag::ISOSpeed).or_else(|| uint(exif, Tag::RecommendedExposureIndex));
    short.or_else(long).filter(|iso| (1..=100_000_000).contains(iso))
}

/// Seconds as people write them: `1/250` up to a quarter of a second, then `0.5` or `30`.
fn exposure_time(seconds: f64) -> Option<String> {
    if !(1e-6..=86_400.0).contains(&seconds) {
        return None;
    }
    if seconds < 0.250_01 {
        return Some(format!("1/{:.0}", 1.0 / seconds));
    }
    let text = format!("{seconds:.1}");
    Some(text.strip_suffix(".0").map(str::to_owned).unwrap_or(text))
}

fn two_decimals(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn value(exif: &::exif::Exif, tag: Tag) -> Option<&Value> {
    exif.get_field(tag, In::PRIMARY).map(|field| &field.value)
}

fn uint(exif: &::exif::Exif, tag: Tag) -> Option<u32> {
    value(exif, tag)?.get_uint(0)
}

/// Fractions as numbers; where the denominator is 0, not a finite one. Some phones write them with a sign that is not due.
fn fractions(exif: &::exif::Exif, tag: Tag) -> Option<Vec<f64>> {
    match value(exif, tag)? {
        Value::Rational(values) => Some(values.iter().map(Rational::to_f64).collect()),
        Value::SRational(values) => Some(values.iter().map(SRational::to_f64).collect()),
        _ => None,
    }
}

fn fraction(exif: &::exif::Exif, tag: Tag) -> Option<f64> {
    fractions(exif, tag)?.first().copied().filter(|value| value.is_finite())
}

fn ascii(exif: &::exif::Exif, tag: Tag) -> Option<&[u8]> {
    match value(exif, tag)? {
        Value::Ascii(parts) => parts.first().map(Vec::as_slice),
        _ => None,
    }
}

fn text(exif: &::exif::Exif, tag: Tag) -> Option<String> {
    clean_text(ascii(exif, tag)?)
}

/// A text without control characters, spaces around it, or more length than anybody reads.
pub(crate) fn clean_text(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let printable: String = text.chars().filter(|c| !c.is_control()).collect();
    let bounded: String = printable.trim().chars().take(MAX_TEXT_CHARS).collect();
    Some(bounded.trim_end().to_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests;
