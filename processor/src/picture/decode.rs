//! Decoding other formats than JPEG within limits: nothing large is allocated before the header passed.

use std::{
    fs::File,
    io::{BufReader, Seek},
};

use image::{ImageDecoder, ImageFormat, ImageReader};

use super::{
    Limits, MAX_ICC_PROFILE_BYTES, Orientation, PREVIEW_SIDE, Refusal,
    pixels::{Channels, Raster},
    planes::{Planar, PlanarScaler, SourcePlane},
};
use crate::{exif::webp_chunk, sniff::Format};

/// The buffer's content before decoding: what a damaged file leaves undecoded shows as grey.
const UNDECODED: u8 = 0x80;

/// A decoded picture.
pub(super) struct Decoded {
    /// Width and height in pixels as stored.
    pub(super) width: u32,
    pub(super) height: u32,
    /// The picture to fit [`PREVIEW_SIDE`].
    pub(super) preview: Planar,
    /// The colour profile, whatever it is for.
    pub(super) icc_profile: Option<Vec<u8>>,
    /// The file is damaged, and some of the picture is grey.
    pub(super) partial: bool,
}

/// Decodes the first frame of a picture.
pub(super) fn decode(
    file: &mut BufReader<File>,
    format: Format,
    image_format: ImageFormat,
    orientation: Orientation,
    limits: &Limits,
) -> Result<Decoded, Refusal> {
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
    let layout = decoder.color_type();
    let planes = if layout.has_color() { 3 } else { 1 };
    let source = SourcePlane { size: (width, height), density: (1.0, 1.0) };
    let scaler = PlanarScaler::new((width, height), &vec![source; planes], orientation, PREVIEW_SIDE);
    let working_bytes = decoding_bytes(format, width, height, buffer_bytes).max(scaler.bytes());
    limits.check_memory(buffer_bytes + working_bytes)?;
    decoder.set_limits(limits.for_decoding()).map_err(from_decoder)?;
    let icc_profile = match format {
        // The WebP decoder would allocate whatever length the chunk claims.
        Format::WebP => webp_profile,
        // A picture with a broken profile is still a picture.
        _ => decoder.icc_profile().unwrap_or_default(),
    };

    let length = usize::try_from(buffer_bytes).map_err(Refusal::broken)?;
    let mut buffer = vec![UNDECODED; length];
    let outcome = decoder.read_image(&mut buffer);
    let partial = outcome.is_err();
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
    Ok(Decoded { width, height, preview: scale_raster(&raster, scaler), icc_profile, partial })
}

fn scale_raster(raster: &Raster, mut scaler: PlanarScaler) -> Planar {
    let width = raster.width as usize;
    match raster.channels {
        Channels::Grey => raster.pixels.chunks_exact(width).for_each(|row| scaler.push(0, [row])),
        Channels::Rgb => {
            let pixels = raster.pixels.as_chunks::<3>().0;
            pixels.chunks_exact(width).for_each(|row| scaler.push_rgb(row.iter().copied()));
        }
    }
    scaler.finish()
}

/// Bytes that decoding takes beside the decoder's output, from above.
fn decoding_bytes(format: Format, width: u32, height: u32, buffer_bytes: u64) -> u64 {
    let pixels = u64::from(width) * u64::from(height);
    match format {
        // A frame or a plane of the same size, with alpha.
        Format::WebP | Format::Gif => pixels * 4,
        // A copy, with a fourth channel where it is CMYK.
        Format::Tiff => buffer_bytes / 3 * 4,
        Format::Jpeg | Format::Png | Format::Heic | Format::Avif | Format::Mp4 | Format::QuickTime => 0,
    }
}
