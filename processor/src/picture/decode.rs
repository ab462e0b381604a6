//! Decoding within limits: the header is looked at first, and nothing large is allocated before it passed.

use std::{
    fs::File,
    io::{BufReader, Seek},
};

use image::{ImageDecoder, ImageFormat, ImageReader};

use super::{Limits, PREVIEW_SIDE, Refusal, jpeg, pixels::Raster, scale};
use crate::{exif::webp_chunk, sniff::Format};

/// The buffer's content before decoding: what a damaged file leaves undecoded shows as grey.
const UNDECODED: u8 = 0x80;

/// Larger colour profiles are dropped; those of scanners take some 600 KiB.
const MAX_ICC_PROFILE_BYTES: usize = 1024 * 1024;

/// A decoded picture, as it is stored: not yet upright.
pub(super) struct Decoded {
    pub(super) raster: Raster,
    /// The colour profile, if it fits an RGB picture.
    pub(super) icc_profile: Option<Vec<u8>>,
    /// The file is damaged, and some of the picture is grey.
    pub(super) partial: bool,
}

/// Decodes the first frame of a picture.
pub(super) fn decode(
    file: &mut BufReader<File>,
    format: Format,
    image_format: ImageFormat,
    limits: &Limits,
) -> Result<Decoded, Refusal> {
    let Probe { held_bytes, ends_early } = probe(file, format, limits)?;
    let webp_profile = match format {
        Format::WebP => webp_chunk(file, *b"ICCP", MAX_ICC_PROFILE_BYTES).map_err(Refusal::from_io)?,
        _ => None,
    };
    file.rewind().map_err(Refusal::Unreadable)?;

    let from_decoder = |error| Refusal::from_decoder(error, format, limits);
    let mut reader = ImageReader::with_format(file, image_format);
    reader.limits(limits.before_header(image_format));
    let mut decoder = reader.into_decoder().map_err(from_decoder)?;
    let (width, height) = decoder.dimensions();
    limits.check_dimensions(width, height)?;
    let buffer_bytes = decoder.total_bytes();
    limits.check_memory(held_bytes + buffer_bytes + working_bytes(format, width, height, buffer_bytes))?;
    decoder.set_limits(limits.for_decoding()).map_err(from_decoder)?;
    let icc_profile = match format {
        // The WebP decoder would allocate whatever length the chunk claims.
        Format::WebP => webp_profile,
        // A picture with a broken profile is still a picture.
        _ => decoder.icc_profile().unwrap_or_default(),
    };

    let layout = decoder.color_type();
    let length = usize::try_from(buffer_bytes).map_err(Refusal::broken)?;
    let mut buffer = vec![UNDECODED; length];
    let outcome = decoder.read_image(&mut buffer);
    let partial = ends_early || outcome.is_err();
    if partial && buffer.iter().all(|&byte| byte == UNDECODED) {
        return Err(outcome.map_err(from_decoder).err().unwrap_or_else(|| Refusal::broken("nothing could be decoded")));
    }
    match outcome.map_err(from_decoder) {
        // Some of it is there: better than nothing.
        Ok(()) | Err(Refusal::Broken { .. }) => {}
        Err(refusal) => return Err(refusal),
    }
    let raster = Raster::from_decoder(width, height, layout, buffer)
        .ok_or_else(|| Refusal::Unsupported { what: format!("this kind of {} file", format.name()) })?;
    Ok(Decoded { raster, icc_profile: icc_profile.filter(|profile| fits_rgb(profile)), partial })
}

/// What is known before a decoder is made.
struct Probe {
    /// Bytes that the decoder holds beside the pixels.
    held_bytes: u64,
    ends_early: bool,
}

/// Checks the limits for JPEG, whose decoder takes the whole file into memory before it tells the dimensions.
fn probe(file: &mut BufReader<File>, format: Format, limits: &Limits) -> Result<Probe, Refusal> {
    if format != Format::Jpeg {
        return Ok(Probe { held_bytes: 0, ends_early: false });
    }
    let file_bytes = file.get_ref().metadata().map_err(Refusal::Unreadable)?.len();
    limits.check_memory(file_bytes)?;
    file.rewind().map_err(Refusal::Unreadable)?;
    let outline = jpeg::outline(file).map_err(Refusal::from_io)?;
    limits.check_dimensions(outline.width, outline.height)?;
    let held_bytes = file_bytes + outline.coefficient_bytes();
    limits.check_memory(held_bytes)?;
    Ok(Probe { held_bytes, ends_early: outline.ends_early })
}

/// Bytes that decoding and scaling take beside the decoder's output, from above.
fn working_bytes(format: Format, width: u32, height: u32, buffer_bytes: u64) -> u64 {
    let pixels = u64::from(width) * u64::from(height);
    let decoding = match format {
        // A frame or a plane of the same size, with alpha.
        Format::WebP | Format::Gif => pixels * 4,
        // A copy, with a fourth channel where it is CMYK.
        Format::Tiff => buffer_bytes / 3 * 4,
        Format::Jpeg | Format::Png | Format::Heic | Format::Avif | Format::Mp4 | Format::QuickTime => 0,
    };
    // The resizer scales the width first, of all rows; then there is the preview.
    let (preview_width, preview_height) = scale::fit(width, height, PREVIEW_SIDE);
    let scaling = u64::from(preview_width) * (u64::from(height) + u64::from(preview_height)) * 3;
    decoding.max(scaling)
}

/// Whether a profile says what RGB numbers mean (ICC.1:2022, 7.2: colour space at byte 16); those for grey or CMYK
/// describe the original's numbers, not the rendition's.
fn fits_rgb(profile: &[u8]) -> bool {
    (128..=MAX_ICC_PROFILE_BYTES).contains(&profile.len()) && profile.get(16..20) == Some(b"RGB ")
}
