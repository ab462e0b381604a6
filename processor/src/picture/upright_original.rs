//! An original that is upright wherever it is shown: turned without loss, for those who download it.

mod exif;
mod segments;

use std::{
    fs::{self, File},
    io::{BufReader, Seek},
    path::Path,
};

use super::{
    Limits, Orientation, Refusal,
    decode_jpeg::{LIBRARY_BYTES, max_scans},
    jpeg::{self, AppSegment, Outline},
    libjpeg::{Coefficients, Decoder, Failure},
};
use crate::{
    exif::{is_of_content, read_exif},
    motion::motion_part,
    sniff::Format,
};

/// More notes of programs than a photo has; some phones add megabytes of what they know of the depth.
const MAX_SEGMENT_BYTES: u64 = 32 * 1024 * 1024;

/// What became of the wish for an upright original.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UprightOriginal {
    /// The file was written.
    Made {
        /// Length of the file.
        size_bytes: u64,
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// The original is upright already, and says nothing else: nothing was written.
    AlreadyUpright,
    /// Something would be lost or is damaged: nothing was written. The original with its tag is what to hand out.
    NotLossless,
}

/// Writes the JPEG at `source` to `to`, with `turn` applied to what is stored, and nothing left that would turn it again.
///
/// No pixel changes: blocks of pixels change places. Where the picture does not fill the blocks at an edge that would have
/// to come first, that cannot be done. Notes of the camera and colour profiles are kept; previews are dropped, as they are
/// not upright, and so is what follows the picture in the file. A photo with a film is left as it is, and so is one with a
/// gain map for bright screens. This is work for the CPU: call it where blocking is fine.
///
/// # Errors
/// When the picture is past a limit, or a file could not be read or written.
pub fn upright_original(
    source: &Path,
    turn: Orientation,
    to: &Path,
    limits: &Limits,
) -> Result<UprightOriginal, Refusal> {
    let mut file = BufReader::new(File::open(source).map_err(Refusal::Unreadable)?);
    let headers = jpeg::outline(&mut file).and_then(|outline| {
        file.rewind()?;
        Ok((outline, jpeg::app_segments(&mut file, MAX_SEGMENT_BYTES)?))
    });
    let (outline, segments) = match headers {
        Err(error) if is_of_content(&error) => return Ok(UprightOriginal::NotLossless),
        headers => headers.map_err(Refusal::Unreadable)?,
    };
    if turn == Orientation::UPRIGHT && is_upright_to_viewers(&mut file)? {
        return Ok(UprightOriginal::AlreadyUpright);
    }
    let has_film = motion_part(&mut file, Format::Jpeg).map_err(Refusal::Unreadable)?.is_some();
    if has_film || segments::name_gain_map(&segments) {
        return Ok(UprightOriginal::NotLossless);
    }
    file.rewind().map_err(Refusal::Unreadable)?;
    match read(&mut file, &outline, &segments, turn, limits)? {
        Some(coefficients) => write(coefficients, segments, &outline, turn, to),
        None => Ok(UprightOriginal::NotLossless),
    }
}

/// Reads all of the picture, where it can be turned without loss.
fn read<'f>(
    file: &'f mut BufReader<File>,
    outline: &Outline,
    segments: &[AppSegment],
    turn: Orientation,
    limits: &Limits,
) -> Result<Option<Coefficients<&'f mut File>>, Refusal> {
    limits.check_dimensions(outline.width, outline.height)?;
    if !outline.decodable {
        return Ok(None);
    }
    let segment_bytes: u64 = segments.iter().map(|segment| segment.payload.len() as u64).sum();
    // The picture as it was, and as it will be.
    limits.check_memory(LIBRARY_BYTES + 2 * outline.all_coefficient_bytes() + segment_bytes)?;
    let scans = max_scans(outline.all_coefficient_bytes());
    let read = Decoder::open(file.get_mut(), scans).and_then(|decoder| {
        let same = decoder.dimensions() == (outline.width, outline.height);
        if same { Coefficients::read(decoder, turn) } else { Ok(None) }
    });
    match read {
        Err(Failure::Library(_) | Failure::TooManyScans) => Ok(None),
        read => Ok(read?),
    }
}

/// Writes the turned picture; nothing stays of a file that could not be finished.
fn write(
    coefficients: Coefficients<&mut File>,
    segments: Vec<AppSegment>,
    outline: &Outline,
    turn: Orientation,
    to: &Path,
) -> Result<UprightOriginal, Refusal> {
    let segments = segments::upright(segments, turn.swaps_sides());
    let mut target = File::create(to).map_err(Refusal::Unreadable)?;
    let (width, height) = turn.dimensions(outline.width, outline.height);
    let outcome = match coefficients.write(&segments, &mut target) {
        Ok(()) => checked(to).map(|size_bytes| match size_bytes {
            Some(size_bytes) => UprightOriginal::Made { size_bytes, width, height },
            None => UprightOriginal::NotLossless,
        }),
        Err(Failure::Library(_)) => Ok(UprightOriginal::NotLossless),
        Err(failure) => Err(failure.into()),
    };
    if !matches!(outcome, Ok(UprightOriginal::Made { .. })) {
        fs::remove_file(to).map_err(Refusal::Unreadable)?;
    }
    outcome
}

/// The length of a file that viewers show as it is stored: notes may be too broken to be changed, but not to be read.
fn checked(path: &Path) -> Result<Option<u64>, Refusal> {
    let mut file = BufReader::new(File::open(path).map_err(Refusal::Unreadable)?);
    let size_bytes = file.get_ref().metadata().map_err(Refusal::Unreadable)?.len();
    Ok(is_upright_to_viewers(&mut file)?.then_some(size_bytes))
}

fn is_upright_to_viewers(file: &mut BufReader<File>) -> Result<bool, Refusal> {
    let facts = read_exif(file, Format::Jpeg).map_err(Refusal::Unreadable)?;
    Ok(facts.exif.orientation.is_none_or(|value| value == Orientation::UPRIGHT.to_exif()))
}

#[cfg(test)]
mod tests;
