//! From a picture on disk to upright renditions, within limits and with a reason for every refusal.

mod decode;
pub(crate) mod jpeg;
mod limits;
mod orientation;
mod pixels;
mod refusal;
mod rendition;
mod scale;

use std::{
    fs::File,
    io::{BufReader, Read, Seek},
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use model::{Exif, Location, Rotation, TakenAt};

pub use self::{limits::Limits, orientation::Orientation, refusal::Refusal};
use self::{limits::MEBIBYTE, rendition::Placeholder};
use crate::{
    exif::{PhotoFacts, read_exif},
    sniff::{Format, HEAD_BYTES, sniff},
};

/// Longest side of a preview, in pixels.
pub const PREVIEW_SIDE: u32 = 2048;
/// Longest side of a thumbnail, in pixels.
pub const THUMBNAIL_SIDE: u32 = 512;

/// What can be told of a file without decoding it.
#[derive(Clone, Debug, PartialEq)]
pub struct FileFacts {
    /// What the file is, by its content.
    pub format: Format,
    /// The camera's notes.
    pub exif: Exif,
    /// When the picture was taken.
    pub taken_at: Option<TakenAt>,
    /// Where the picture was taken.
    pub location: Option<Location>,
}

/// A picture's facts and upright renditions.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendered {
    /// What the file is, by its content.
    pub format: Format,
    /// Width of the original when upright, in pixels.
    pub width: u32,
    /// Height of the original when upright, in pixels.
    pub height: u32,
    /// The camera's notes.
    pub exif: Exif,
    /// When the picture was taken.
    pub taken_at: Option<TakenAt>,
    /// Where the picture was taken.
    pub location: Option<Location>,
    /// A blurred image in some 25 bytes (<https://evanw.github.io/thumbhash/>).
    pub thumbhash: Vec<u8>,
    /// The average colour as `#rrggbb`.
    pub dominant_color: String,
    /// Fits 512 x 512 pixels.
    pub thumbnail: RenditionFile,
    /// Fits 2048 x 2048 pixels.
    pub preview: RenditionFile,
    /// The file is damaged, and the renditions show only what could be read.
    pub partial: bool,
}

/// An upright JPEG made from an original: no EXIF, the original's RGB colour profile if it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenditionFile {
    /// The file's bytes.
    pub jpeg: Vec<u8>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// Reads what the file at `path` says of itself, without decoding: of all formats, also those that [`render`] refuses.
pub fn facts(path: &Path) -> Result<FileFacts, Refusal> {
    let (_, format, facts) = open(path)?;
    let PhotoFacts { exif, taken_at, location, .. } = facts;
    Ok(FileFacts { format, exif, taken_at, location })
}

/// Makes the renditions of the picture at `path`, upright and then turned by `rotation`.
///
/// The same file and rotation give the same bytes. This is work for the CPU: call it where blocking is fine.
pub fn render(path: &Path, rotation: Rotation, limits: &Limits) -> Result<Rendered, Refusal> {
    let (mut file, format, facts) = open(path)?;
    let image_format = decodable(format)?;
    if facts.is_reduced_copy {
        return Err(Refusal::Unsupported { what: "camera raw files".to_owned() });
    }
    // A decoder that panics on hostile bytes must not end the process that works on other people's pictures, too.
    catch_unwind(AssertUnwindSafe(|| {
        let decoded = decode::decode(&mut file, format, image_format, limits)?;
        finish(decoded, format, facts, rotation)
    }))
    .unwrap_or_else(|_| Err(Refusal::broken("the decoder panicked")))
}

/// Opens and sniffs a file, and reads its EXIF.
fn open(path: &Path) -> Result<(BufReader<File>, Format, PhotoFacts), Refusal> {
    let mut file = BufReader::new(File::open(path).map_err(Refusal::Unreadable)?);
    let mut head = Vec::with_capacity(HEAD_BYTES);
    file.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head).map_err(Refusal::Unreadable)?;
    let format = sniff(&head).ok_or(Refusal::NotAPicture)?;
    file.rewind().map_err(Refusal::Unreadable)?;
    let facts = read_exif(&mut file, format).map_err(Refusal::Unreadable)?;
    Ok((file, format, facts))
}

/// The decoder for a format, where there is one.
fn decodable(format: Format) -> Result<image::ImageFormat, Refusal> {
    match format {
        Format::Jpeg => Ok(image::ImageFormat::Jpeg),
        Format::Png => Ok(image::ImageFormat::Png),
        Format::WebP => Ok(image::ImageFormat::WebP),
        Format::Gif => Ok(image::ImageFormat::Gif),
        Format::Tiff => Ok(image::ImageFormat::Tiff),
        Format::Heic | Format::Avif | Format::Mp4 | Format::QuickTime => Err(Refusal::unsupported(format)),
    }
}

/// Scales, turns and encodes what was decoded. Turning comes after scaling, where there is less to turn.
fn finish(
    decoded: decode::Decoded,
    format: Format,
    facts: PhotoFacts,
    rotation: Rotation,
) -> Result<Rendered, Refusal> {
    let decode::Decoded { raster, icc_profile, partial } = decoded;
    let stored = facts.exif.orientation.and_then(Orientation::from_exif).unwrap_or_default();
    let upright = stored.then(rotation.into());
    let (width, height) = upright.dimensions(raster.width, raster.height);

    let preview = upright.apply(scale::to_fit(raster, PREVIEW_SIDE)?.into_rgb());
    let thumbnail = scale::rgb_to_fit(&preview, THUMBNAIL_SIDE)?;
    let Placeholder { thumbhash, dominant_color } = rendition::placeholder(&thumbnail)?;
    Ok(Rendered {
        format,
        width,
        height,
        exif: facts.exif,
        taken_at: facts.taken_at,
        location: facts.location,
        thumbhash,
        dominant_color,
        thumbnail: rendition::encode(&thumbnail, icc_profile.as_deref())?,
        preview: rendition::encode(&preview, icc_profile.as_deref())?,
        partial,
    })
}

#[cfg(test)]
mod tests;
