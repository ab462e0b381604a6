//! What programs noted beside a picture, made true of the picture when it is turned.

use super::exif;
use crate::{
    exif::EXIF_PREFIX,
    picture::jpeg::{APP0, APP1, APP2, AppSegment},
    xmp::{self, XMP_PREFIX},
};

/// The segment of JFIF (ITU-T T.871), with version, unit, two densities, and the sides of a preview of three bytes a pixel.
const JFIF_PREFIX: &[u8] = b"JFIF\0";
const JFIF_BYTES: usize = 14;
/// Another preview.
const JFIF_EXTENSION_PREFIX: &[u8] = b"JFXX\0";
/// A list of further pictures that follow in the file (CIPA DC-007), by their places.
const MULTI_PICTURE_PREFIX: &[u8] = b"MPF\0";
/// What tells of a gain map by ISO 21496-1; Ultra HDR has a property in XMP, before or beside it.
const GAIN_MAP_PREFIX: &[u8] = b"urn:iso:std:iso:ts:21496:-1\0";

/// Whether the file says that a second picture, behind the first, makes this one shine where a screen can: it would be lost.
pub(super) fn name_gain_map(segments: &[AppSegment]) -> bool {
    segments.iter().any(|AppSegment { marker, payload }| match *marker {
        APP1 if payload.starts_with(XMP_PREFIX) => xmp::values(payload, b"hdrgm:Version").next().is_some(),
        APP2 => payload.starts_with(GAIN_MAP_PREFIX),
        _ => false,
    })
}

/// The segments for the turned picture, in the same order; those are left out that are of other pictures.
pub(super) fn upright(segments: Vec<AppSegment>, swaps_sides: bool) -> Vec<AppSegment> {
    segments.into_iter().filter_map(|segment| upright_segment(segment, swaps_sides)).collect()
}

fn upright_segment(mut segment: AppSegment, swaps_sides: bool) -> Option<AppSegment> {
    let payload = &mut segment.payload;
    match segment.marker {
        APP0 if payload.starts_with(JFIF_EXTENSION_PREFIX) => return None,
        APP0 if payload.starts_with(JFIF_PREFIX) && payload.len() >= JFIF_BYTES => {
            if swaps_sides {
                payload[8..12].rotate_left(2);
            }
            payload[12..14].fill(0);
            payload.truncate(JFIF_BYTES);
        }
        APP1 if payload.starts_with(EXIF_PREFIX) => {
            let mut block = payload.split_off(EXIF_PREFIX.len());
            exif::make_upright(&mut block, swaps_sides);
            payload.append(&mut block);
        }
        APP1 if payload.starts_with(XMP_PREFIX) => {
            let one_digit = |range: &std::ops::Range<usize>| range.len() == 1;
            let found: Vec<_> = xmp::values(payload, b"tiff:Orientation").filter(one_digit).collect();
            for range in found {
                payload[range].fill(b'1');
            }
        }
        APP2 if payload.starts_with(MULTI_PICTURE_PREFIX) => return None,
        _ => {}
    }
    Some(segment)
}
