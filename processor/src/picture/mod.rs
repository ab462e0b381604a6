//! From a picture on disk to upright renditions, within limits and with a reason for every refusal.

mod color;
mod decode;
mod decode_jpeg;
#[cfg(feature = "heic")]
pub(crate) mod heic;
pub(crate) mod jpeg;
#[expect(unsafe_code, reason = "the JPEG library is written in C; nothing else in this project is")]
mod libjpeg;
mod limits;
mod orientation;
mod pixels;
mod planes;
mod profile;
mod refusal;
mod rendition;
mod scale;
mod upright;
mod upright_original;
mod weights;

use std::{
    fs::File,
    io::{BufReader, Read, Seek},
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use model::{Exif, FilmInPhoto, Location, Rotation, TakenAt};

use self::{decode::Decoded, limits::MEBIBYTE, rendition::Placeholder};
pub use self::{
    libjpeg::has_vector_instructions,
    limits::Limits,
    orientation::Orientation,
    refusal::Refusal,
    upright_original::{UprightOriginal, upright_original},
};
use crate::{
    exif::{PhotoFacts, read_exif},
    motion::motion_part,
    sniff::{Format, HEAD_BYTES, sniff},
};

/// Longest side of a preview, in pixels.
pub const PREVIEW_SIDE: u32 = 2048;
/// Longest side of a thumbnail, in pixels.
pub const THUMBNAIL_SIDE: u32 = 512;

/// Larger colour profiles are dropped; those of scanners take some 600 KiB.
const MAX_ICC_PROFILE_BYTES: usize = 1024 * 1024;

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
    /// The film that is in the file beside the picture.
    pub film: Option<FilmInPhoto>,
    /// What the photo and the film of a Live Photo have in common.
    pub content_identifier: Option<String>,
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
    /// The film that is in the file beside the picture.
    pub film: Option<FilmInPhoto>,
    /// What the photo and the film of a Live Photo have in common.
    pub content_identifier: Option<String>,
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
    let Opened { format, facts, film, .. } = open(path)?;
    let PhotoFacts { exif, taken_at, location, content_identifier, .. } = facts;
    Ok(FileFacts { format, exif, taken_at, location, film, content_identifier })
}

/// Makes the renditions of the picture at `path`, upright and then turned by `rotation`.
///
/// The same file and rotation give the same bytes. This is work for the CPU: call it where blocking is fine.
pub fn render(path: &Path, rotation: Rotation, limits: &Limits) -> Result<Rendered, Refusal> {
    let Opened { mut file, format, facts, film } = open(path)?;
    if facts.is_reduced_copy {
        return Err(Refusal::Unsupported { what: "camera raw files".to_owned() });
    }
    // A decoder that panics on hostile bytes must not end the process that works on other people's pictures, too.
    catch_unwind(AssertUnwindSafe(|| {
        let stored = match format {
            #[cfg(feature = "heic")]
            Format::Heic => heic::orientation(&mut file, limits)?,
            _ => facts.exif.orientation.and_then(Orientation::from_exif).unwrap_or_default(),
        };
        let upright = stored.then(rotation.into());
        let decoded = decode(&mut file, format, upright, limits)?;
        let rendered = finish(decoded, format, facts, upright)?;
        Ok(Rendered { film, ..rendered })
    }))
    .unwrap_or_else(|_| Err(Refusal::broken("the decoder panicked")))
}

/// A file, and what it says of itself.
struct Opened {
    file: BufReader<File>,
    format: Format,
    facts: PhotoFacts,
    film: Option<FilmInPhoto>,
}

/// Opens and sniffs a file, reads its EXIF, and looks for a film in it.
fn open(path: &Path) -> Result<Opened, Refusal> {
    let mut file = BufReader::new(File::open(path).map_err(Refusal::Unreadable)?);
    let mut head = Vec::with_capacity(HEAD_BYTES);
    file.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head).map_err(Refusal::Unreadable)?;
    let format = sniff(&head).ok_or(Refusal::NotAPicture)?;
    file.rewind().map_err(Refusal::Unreadable)?;
    let facts = read_exif(&mut file, format).map_err(Refusal::Unreadable)?;
    let within = motion_part(&mut file, format).map_err(Refusal::Unreadable)?;
    Ok(Opened { file, format, facts, film: within })
}

/// Decodes a picture to the size of its preview, by the decoder for its format, where there is one.
fn decode(
    file: &mut BufReader<File>,
    format: Format,
    upright: Orientation,
    limits: &Limits,
) -> Result<Decoded, Refusal> {
    let image_format = match format {
        Format::Jpeg => {
            file.rewind().map_err(Refusal::Unreadable)?;
            return decode_jpeg::decode(file, upright, limits);
        }
        Format::Png => image::ImageFormat::Png,
        Format::WebP => image::ImageFormat::WebP,
        Format::Gif => image::ImageFormat::Gif,
        Format::Tiff => image::ImageFormat::Tiff,
        #[cfg(feature = "heic")]
        Format::Heic => return heic::decode(file, upright, PREVIEW_SIDE, limits),
        #[cfg(not(feature = "heic"))]
        Format::Heic => return Err(Refusal::unsupported(format)),
        Format::Avif | Format::Mp4 | Format::QuickTime => return Err(Refusal::unsupported(format)),
    };
    decode::decode(file, format, image_format, upright, limits)
}

/// The pixels of a HEIC at full size, upright, by the way of [`render`]: for a comparison with other decoders.
#[cfg(feature = "heic")]
pub(crate) fn heic_pixels(path: &Path, limits: &Limits) -> Result<image::RgbImage, Refusal> {
    let mut file = BufReader::new(File::open(path).map_err(Refusal::Unreadable)?);
    let orientation = heic::orientation(&mut file, limits)?;
    Ok(heic::decode(&mut file, orientation, limits.max_side, limits)?.preview.to_rgb())
}

/// Makes the smaller picture and encodes both.
fn finish(decoded: Decoded, format: Format, facts: PhotoFacts, upright: Orientation) -> Result<Rendered, Refusal> {
    let Decoded { width, height, mut preview, icc_profile, partial } = decoded;
    let (width, height) = upright.dimensions(width, height);
    if preview.is_grey()
        && let Some(curve) = icc_profile.as_deref().and_then(profile::grey_to_srgb)
    {
        preview.planes[0].iter_mut().for_each(|sample| *sample = curve[usize::from(*sample)]);
    }
    let icc_profile = icc_profile.filter(|profile| profile::fits_rgb(profile));
    let small = preview.to_fit(THUMBNAIL_SIDE);
    let preview_file = rendition::encode(&preview, icc_profile.as_deref())?;
    drop(preview);
    let Placeholder { thumbhash, dominant_color } = rendition::placeholder(&small);
    Ok(Rendered {
        format,
        width,
        height,
        exif: facts.exif,
        taken_at: facts.taken_at,
        location: facts.location,
        film: None,
        content_identifier: facts.content_identifier,
        thumbhash,
        dominant_color,
        thumbnail: rendition::encode(&small, icc_profile.as_deref())?,
        preview: preview_file,
        partial,
    })
}

#[cfg(test)]
mod tests;
