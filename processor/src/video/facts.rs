//! What a film says of itself, read without decoding anything.

use std::io::{Read, Seek};

use model::{Exif, Location, Rotation, TakenAt};
use serde::{Deserialize, Serialize};

use super::{
    boxes::{find, read_index},
    codec::{AudioCodec, FilmColor, Pictures, VideoCodec, audio_codec},
    metadata,
    track::{Header, Track, fragments_seconds, tracks},
};
use crate::picture::Refusal;

/// Transfer functions of films with more light than screens had (ITU-T H.273): PQ and HLG.
const HDR_TRANSFERS: [u16; 2] = [16, 18];
/// Instead of a number of ITU-T H.273: the file does not say.
const UNSPECIFIED: u16 = 2;
/// Players take films of this longer or this shorter side for BT.709, if nothing says what they are.
const HIGH_DEFINITION: (u32, u32) = (1280, 720);
/// Pixels that are longer than this one way are a mistake.
const PIXEL_RATIOS: std::ops::RangeInclusive<f64> = 0.2..=5.0;
/// Sides by which a film is laid out differ from the stored ones by rounding, too.
const ROUNDING: f64 = 0.02;

/// What a film says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VideoFacts {
    /// Stored width in pixels.
    pub stored_width: u32,
    /// Stored height in pixels.
    pub stored_height: u32,
    /// Width when shown upright with square pixels.
    pub width: u32,
    /// Height when shown upright with square pixels.
    pub height: u32,
    /// The turn that makes it upright; none where the file asks for anything else than quarter turns.
    pub rotation: Rotation,
    /// The file asks for mirroring, or for a turn that is no quarter turn.
    pub is_placed_oddly: bool,
    /// How long it is shown, in seconds; a film in fragments may not say.
    pub duration_seconds: Option<f64>,
    /// Frames in a second, on the average; a film in fragments does not say.
    pub frame_rate: Option<f64>,
    /// How the pictures are coded.
    pub video: VideoCodec,
    /// How the sound is coded, if there is any.
    pub audio: Option<AudioCodec>,
    /// What the colours are meant to be, where the file says so; of HEVC also where only the coded pictures do.
    pub color: Option<FilmColor>,
    /// Every frame holds the lines of two moments, and the file says so.
    pub is_interlaced: bool,
    /// The index is before the media, so that the film can be shown while it is still on its way.
    pub is_index_first: bool,
    /// When the film was taken; where only the header has a date, it is in UTC and the offset is none.
    pub taken_at: Option<TakenAt>,
    /// Where the film was taken.
    pub location: Option<Location>,
    /// The camera: make, model, lens and software.
    pub exif: Exif,
    /// What a Live Photo's film and its picture have in common.
    pub content_identifier: Option<String>,
}

impl VideoFacts {
    /// Whether it has to be mapped to the light of usual screens.
    #[must_use]
    pub fn is_hdr(&self) -> bool {
        self.color.is_some_and(|color| HDR_TRANSFERS.contains(&color.transfer))
    }

    /// Whether it is to be taken for BT.709, since it is of high definition and does not say what its colours are. What
    /// is smaller is of BT.601, as ffmpeg has it, too.
    pub(super) fn is_taken_for_bt709(&self) -> bool {
        let is_silent = self.color.is_none_or(|color| color.matrix == UNSPECIFIED);
        let (long, short) = (self.stored_width.max(self.stored_height), self.stored_width.min(self.stored_height));
        is_silent && (long >= HIGH_DEFINITION.0 || short >= HIGH_DEFINITION.1)
    }
}

/// Reads what a film of `length_bytes` says of itself: its index alone, wherever that is.
///
/// # Errors
/// When there is no index, when it is cut, or when no track of it has pictures.
pub fn facts<R: Read + Seek>(file: &mut R, length_bytes: u64) -> Result<VideoFacts, Refusal> {
    let index = read_index(file, length_bytes)?;
    let moov = index.moov.as_slice();
    let is_sound_alone = || tracks(moov).any(|track| &track.handler == b"soun");
    let Some(video) = tracks(moov).find(|track| &track.handler == b"vide") else {
        return Err(if is_sound_alone() { Refusal::sound_alone() } else { Refusal::broken_film("no video track") });
    };
    let clock = find(moov, *b"mvhd").and_then(Header::read);
    let (name, entry) = video.description.ok_or_else(|| Refusal::broken_film("no description of the pictures"))?;
    let pictures = Pictures::read(name, entry).ok_or_else(|| Refusal::broken_film("a cut description"))?;
    if pictures.width == 0 || pictures.height == 0 {
        return Err(Refusal::broken_film("the film has no pixels"));
    }
    let (width, height) = upright_size(&pictures, &video);
    let sound = tracks(moov).find(|track| &track.handler == b"soun").and_then(|track| track.description);
    let notes = metadata::read(moov, clock, video.trak);
    Ok(VideoFacts {
        stored_width: u32::from(pictures.width),
        stored_height: u32::from(pictures.height),
        width,
        height,
        rotation: video.placing.rotation,
        is_placed_oddly: video.placing.is_odd,
        duration_seconds: clock.and_then(|clock| {
            video.seconds(clock).or_else(|| clock.seconds()).or_else(|| fragments_seconds(moov, clock))
        }),
        frame_rate: video.frame_rate(),
        video: pictures.codec,
        audio: sound.map(|(name, entry)| audio_codec(name, entry)),
        color: pictures.color,
        is_interlaced: pictures.is_interlaced,
        is_index_first: index.comes_first,
        taken_at: notes.taken_at,
        location: notes.location,
        exif: notes.exif,
        content_identifier: notes.content_identifier,
    })
}

/// Width and height with square pixels, after the turn.
fn upright_size(pictures: &Pictures, video: &Track) -> (u32, u32) {
    let (width, height) = (f64::from(pictures.width), f64::from(pictures.height));
    let said = pictures.pixel.map(|(across, down)| f64::from(across) / f64::from(down));
    let laid_out = || {
        let (across, down) = (f64::from(video.layout.0) / width, f64::from(video.layout.1) / height);
        Some(across / down).filter(|ratio| (ratio - 1.0).abs() > ROUNDING)
    };
    let ratio = said.or_else(laid_out).filter(|ratio| PIXEL_RATIOS.contains(ratio)).unwrap_or(1.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most five times 16 bits, positive")]
    let width = (width * ratio).round().max(1.0) as u32;
    let height = u32::from(pictures.height);
    if video.placing.swaps_sides { (height, width) } else { (width, height) }
}
