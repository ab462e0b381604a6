//! The fast path: from a JPEG to the planes of a preview, without a copy of it at full size or in another colour space.

use std::{
    fs::File,
    io::{BufReader, Read, Seek, Take},
    iter,
};

use super::{
    Limits, Orientation, PREVIEW_SIDE, Refusal,
    decode::Decoded,
    jpeg::{self, Outline},
    libjpeg::{Color, Decoder, Failure, PlaneLayout, Scale},
    planes::{PlanarScaler, SourcePlane},
    profile::{Inks, WORKING_FACTOR},
    scale,
};
use crate::sniff::Format;

/// More scans than this are no picture but an attempt to keep us busy: each is a pass over all of it. Programs write a
/// dozen.
const MAX_SCANS: u16 = 100;
/// A scan of a few bytes can be work on every coefficient: of large pictures, fewer scans are looked at.
const MAX_SCANNED_COEFFICIENTS: u64 = 2_000_000_000;
/// As many as any picture may have: programs write a dozen.
const MIN_SCANS: u16 = 20;
/// Bytes that the JPEG library, its buffers and what it writes take, beside what is counted one by one.
pub(super) const LIBRARY_BYTES: u64 = 2 * 1024 * 1024;
/// How many samples of each row and column there are at least for a pixel of the preview, as a fraction, where a picture is
/// decoded at less than its size. With fewer, SSIMULACRA2 loses 0.4 and more (`processor/benches/RESULTS.md`).
const SCALED_PER_PIXEL: (u64, u64) = (3, 2);
/// What a damaged file leaves undecoded shows as grey, which the library makes of missing data, too.
const UNDECODED: u8 = 0x80;

/// Decodes a JPEG to the planes of its preview.
pub(super) fn decode(
    file: &mut BufReader<File>,
    orientation: Orientation,
    limits: &Limits,
) -> Result<Decoded, Refusal> {
    let outline = jpeg::outline(file).map_err(Refusal::from_io)?;
    let (width, height) = (outline.width, outline.height);
    limits.check_dimensions(width, height)?;
    if !outline.decodable {
        return Err(unsupported());
    }
    let held_bytes = LIBRARY_BYTES + outline.row_bytes() + outline.coefficient_bytes();
    limits.check_memory(held_bytes)?;

    let scale = smallest_scale(width, height);
    let mut decoder = open(file, u64::MAX, &outline)?;
    let color = decoder.color().ok_or_else(unsupported)?;
    let layouts = decoder.plan(color, scale);
    let sources = sources(color, &layouts);
    let mut scaler = PlanarScaler::new((width, height), &sources, orientation, PREVIEW_SIDE);
    let profile = outline.icc_profile.as_deref().filter(|_| color == Color::Cmyk);
    let profile_bytes = profile.map_or(0, |profile| profile.len() as u64 * WORKING_FACTOR);
    limits.check_memory(held_bytes + profile_bytes + decoder.band_bytes() as u64 + scaler.bytes())?;
    let mut inks = Inks::new(profile, outline.adobe);

    let started = decoder.start();
    let scans = decoder.scans_read();
    let broken_after_scans = matches!(started, Err(Failure::Library(_))) && scans > 0;
    if broken_after_scans {
        // They are the picture, less sharp: it is read anew, as if the file ended with them.
        drop(decoder);
        file.rewind().map_err(Refusal::Unreadable)?;
        let end = jpeg::end_of_scan(file, scans).map_err(Refusal::from_io)?;
        decoder = open(file, end, &outline)?;
        decoder.plan(color, scale);
        decoder.start()?;
    } else {
        started?;
    }
    let partial = match decode_all(&mut decoder, color, &mut inks, &mut scaler)? {
        Ended::Well => decoder.finish()? || broken_after_scans,
        Ended::Early => {
            scaler.fill(UNDECODED);
            true
        }
    };
    let preview = scaler.finish();
    if partial && preview.planes.iter().flatten().all(|&sample| sample == UNDECODED) {
        return Err(Refusal::broken("nothing could be decoded"));
    }
    Ok(Decoded { width, height, preview, icc_profile: outline.icc_profile, partial })
}

/// Opens the first `length` bytes of a file.
fn open<'f>(
    file: &'f mut BufReader<File>,
    length: u64,
    outline: &Outline,
) -> Result<Decoder<Take<&'f mut File>>, Refusal> {
    file.rewind().map_err(Refusal::Unreadable)?;
    let decoder = Decoder::open(file.get_mut().take(length), max_scans(outline.coefficient_bytes()))?;
    if decoder.dimensions() != (outline.width, outline.height) {
        return Err(Refusal::broken("the headers can be read in two ways"));
    }
    Ok(decoder)
}

/// How many scans a picture may have whose coefficients take so many bytes, two each.
pub(super) fn max_scans(coefficient_bytes: u64) -> u16 {
    let scans = MAX_SCANNED_COEFFICIENTS * 2 / coefficient_bytes.max(1);
    u16::try_from(scans).unwrap_or(MAX_SCANS).clamp(MIN_SCANS, MAX_SCANS)
}

/// The smallest scale that leaves the resampler enough to choose from: what the library drops at a smaller one is seen
/// where almost every sample that is left becomes a pixel.
fn smallest_scale(width: u32, height: u32) -> Scale {
    let (preview_width, preview_height) = scale::fit(width, height, PREVIEW_SIDE);
    let serves = |scale: &Scale| {
        let enough = |side: u32, preview: u32| {
            u64::from(side) * *scale as u64 * SCALED_PER_PIXEL.1 >= u64::from(preview) * 8 * SCALED_PER_PIXEL.0
        };
        enough(width, preview_width) && enough(height, preview_height)
    };
    [Scale::Eighth, Scale::Quarter, Scale::Half].into_iter().find(serves).unwrap_or(Scale::Full)
}

/// What the planes of the preview are made of.
fn sources(color: Color, layouts: &[PlaneLayout]) -> Vec<SourcePlane> {
    let source = |layout: &PlaneLayout| SourcePlane { size: (layout.width, layout.height), density: layout.density };
    match color {
        Color::Grey | Color::YCbCr => layouts.iter().map(source).collect(),
        // Pixel by pixel, they become three planes of one size.
        Color::Rgb | Color::Cmyk => iter::repeat_n(source(&layouts[0]), 3).collect(),
    }
}

/// How decoding came to its end.
enum Ended {
    Well,
    /// By an error, after some of the picture was there.
    Early,
}

/// Decodes all, and hands it on in the colours of the preview.
fn decode_all(
    decoder: &mut Decoder<Take<&mut File>>,
    color: Color,
    inks: &mut Inks,
    scaler: &mut PlanarScaler,
) -> Result<Ended, Refusal> {
    let mut begun = false;
    loop {
        match decoder.decode_band() {
            Ok(true) => begun = true,
            Ok(false) => return Ok(Ended::Well),
            // Some of it is there: better than nothing.
            Err(Failure::Library(_)) if begun => return Ok(Ended::Early),
            Err(failure) => return Err(failure.into()),
        }
        match color {
            Color::Grey => scaler.push(0, decoder.rows(0)),
            Color::YCbCr => (0..3).for_each(|plane| scaler.push(plane, decoder.rows(plane))),
            Color::Rgb => decoder.rows(0).for_each(|row| scaler.push_rgb(row.as_chunks::<3>().0.iter().copied())),
            Color::Cmyk => {
                let missing = decoder.is_damaged().then(|| decoder.missing_ink());
                for row in decoder.rows(0) {
                    scaler.push_rgb(inks.convert(row, missing, UNDECODED).iter().copied());
                }
            }
        }
    }
}

fn unsupported() -> Refusal {
    Refusal::Unsupported { what: format!("this kind of {} file", Format::Jpeg.name()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_pictures_may_have_fewer_scans_and_every_picture_a_usual_number() {
        let of_megapixels = |megapixels: u64| max_scans(megapixels * 1_000_000 * 3 / 2 * 2);
        assert_eq!((of_megapixels(0), of_megapixels(12), of_megapixels(20), of_megapixels(100)), (100, 100, 66, 20));
    }

    #[test]
    fn a_smaller_scale_is_taken_where_it_leaves_enough() {
        let eighths = |width, height| smallest_scale(width, height) as u64;
        assert_eq!([eighths(2_000, 1_500), eighths(4_160, 3_120), eighths(6_143, 4_000)], [8, 8, 8]);
        assert_eq!([eighths(6_144, 4_096), eighths(4_096, 6_144), eighths(8_320, 6_240)], [4, 4, 4]);
        assert_eq!([eighths(12_288, 8_192), eighths(24_576, 16)], [2, 1]);
        // The shorter side counts as well, where rounding leaves it less.
        assert_eq!(eighths(6_144, 1), 8);
    }
}
