//! How pictures and sound of a film are coded, by the descriptions of their samples (ISO/IEC 14496-12, 8.5.2).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::boxes::{Name, boxes, find, u16_at, u32_at};
use crate::hevc::{SEQUENCE_PARAMETERS, video_signal};

/// How the pictures of a film are coded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum VideoCodec {
    /// H.264 (AVC).
    H264 {
        /// The profile's number: 66 is Baseline, 77 Main, 100 High.
        profile: u8,
        /// Ten times the level: 42 is 4.2.
        level: u8,
        /// Bits of a sample.
        bit_depth: u8,
        /// 0 is grey, 1 is 4:2:0, 2 is 4:2:2, 3 is 4:4:4.
        chroma: u8,
    },
    /// H.265 (HEVC).
    Hevc,
    /// AV1.
    Av1,
    /// VP9.
    Vp9,
    /// Another one, by the four letters that the file has for it.
    Other(String),
}

/// How the sound of a film is coded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AudioCodec {
    /// AAC, in one of the kinds that everything plays.
    Aac,
    /// Another one, by the four letters that the file has for it.
    Other(String),
}

/// What the colours of a film are meant to be: the numbers of ITU-T H.273.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilmColor {
    /// 1 is BT.709, 9 is BT.2020, 12 is Display P3.
    pub primaries: u16,
    /// 1 is BT.709, 16 is PQ, 18 is HLG.
    pub transfer: u16,
    /// 1 is BT.709, 6 is BT.601, 9 is BT.2020.
    pub matrix: u16,
}

impl fmt::Display for VideoCodec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::H264 { .. } => "H.264",
            Self::Hevc => "HEVC",
            Self::Av1 => "AV1",
            Self::Vp9 => "VP9",
            Self::Other(name) => name,
        })
    }
}

impl fmt::Display for AudioCodec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Aac => "AAC",
            Self::Other(name) => name,
        })
    }
}

/// A description of pictures.
pub(super) struct Pictures {
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) codec: VideoCodec,
    /// Width and height of a stored pixel, in any unit.
    pub(super) pixel: Option<(u32, u32)>,
    pub(super) color: Option<FilmColor>,
    /// Every frame holds the lines of two moments (`fiel`).
    pub(super) is_interlaced: bool,
}

impl Pictures {
    /// From a `VisualSampleEntry`, whose boxes follow its 78 bytes.
    pub(super) fn read(name: Name, entry: &[u8]) -> Option<Self> {
        let details = entry.get(78..).unwrap_or_default();
        Some(Self {
            width: u16_at(entry, 24)?,
            height: u16_at(entry, 26)?,
            codec: video_codec(name, details),
            pixel: find(details, *b"pasp").and_then(|pixel| Some((u32_at(pixel, 0)?, u32_at(pixel, 4)?))),
            color: find(details, *b"colr").and_then(read_color).or_else(|| coded_color(details)),
            is_interlaced: find(details, *b"fiel").and_then(<[u8]>::first) == Some(&2),
        })
    }
}

fn video_codec(name: Name, details: &[u8]) -> VideoCodec {
    match &name {
        b"avc1" | b"avc2" | b"avc3" | b"avc4" => {
            find(details, *b"avcC").and_then(read_avc).unwrap_or_else(|| VideoCodec::Other(letters(name)))
        }
        b"hvc1" | b"hev1" | b"hvc2" | b"hev2" | b"dvh1" | b"dvhe" => VideoCodec::Hevc,
        b"av01" => VideoCodec::Av1,
        b"vp09" => VideoCodec::Vp9,
        _ => VideoCodec::Other(letters(name)),
    }
}

/// `AVCDecoderConfigurationRecord` (ISO/IEC 14496-15, 5.3.3.1). What is beyond 8 bits of 4:2:0 follows the parameter sets,
/// and only in profiles that can have it.
fn read_avc(record: &[u8]) -> Option<VideoCodec> {
    let (profile, level) = (*record.get(1)?, *record.get(3)?);
    let mut rest = record.get(5..)?;
    for mask in [0x1F, 0xFF] {
        let (&count, sets) = rest.split_first()?;
        rest = (0..count & mask).try_fold(sets, |sets, _| sets.get(2 + usize::from(u16_at(sets, 0)?)..))?;
    }
    let (chroma, bit_depth) = match rest {
        [chroma, luma, colors, ..] if profile >= 100 => (chroma & 3, 8 + (luma & 7).max(colors & 7)),
        // Without them a greater profile could be anything.
        _ if profile > 100 => return None,
        _ => (1, 8),
    };
    Some(VideoCodec::H264 { profile, level, bit_depth, chroma })
}

fn read_color(color: &[u8]) -> Option<FilmColor> {
    let is_by_numbers = color.starts_with(b"nclx") || color.starts_with(b"nclc");
    let number = |at| u16_at(color, at).filter(|_| is_by_numbers);
    Some(FilmColor { primaries: number(4)?, transfer: number(6)?, matrix: number(8)? })
}

/// What the coded pictures say of their colours, where that can be told without decoding any: of HEVC.
fn coded_color(details: &[u8]) -> Option<FilmColor> {
    let signal = parameter_sets(find(details, *b"hvcC")?, SEQUENCE_PARAMETERS).into_iter().find_map(video_signal)?;
    signal.colors.map(|[primaries, transfer, matrix]| FilmColor { primaries, transfer, matrix })
}

/// The parameter sets of one type in a `HEVCDecoderConfigurationRecord` (ISO/IEC 14496-15, 8.3.2.1).
fn parameter_sets(record: &[u8], wanted: u8) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let mut rest = record.get(23..).unwrap_or_default();
    while let (Some(kind), Some(count)) = (rest.first().map(|byte| byte & 0x3F), u16_at(rest, 1)) {
        rest = &rest[3..];
        for _ in 0..count {
            let Some(set) = u16_at(rest, 0).and_then(|length| rest.get(2..2 + usize::from(length))) else {
                return found;
            };
            found.extend((kind == wanted).then_some(set));
            rest = &rest[2 + set.len()..];
        }
    }
    found
}

/// The codec of a description of sound.
pub(super) fn audio_codec(name: Name, entry: &[u8]) -> AudioCodec {
    let is_aac = &name == b"mp4a" && elementary_stream(entry).is_some_and(is_aac);
    if is_aac { AudioCodec::Aac } else { AudioCodec::Other(letters(name)) }
}

/// The box `esds`: behind an `AudioSampleEntry` of 28 bytes, or of `QuickTime`'s later versions, perhaps in `wave`.
fn elementary_stream(entry: &[u8]) -> Option<&[u8]> {
    let details = match u16_at(entry, 8)? {
        1 => entry.get(44..),
        2 => entry.get(64..),
        _ => entry.get(28..),
    }?;
    boxes(details).find_map(|(name, payload)| match &name {
        b"esds" => Some(payload),
        b"wave" => find(payload, *b"esds"),
        _ => None,
    })
}

/// Whether an `ES_Descriptor` (ISO/IEC 14496-1, 7.2.6.5) is of AAC that is not of a late, seldom played kind.
fn is_aac(esds: &[u8]) -> bool {
    let object = || {
        let stream = descriptor(esds.get(4..)?, 3)?;
        let flags = *stream.get(2)?;
        let depends = if flags & 0x80 == 0 { 0 } else { 2 };
        let url = if flags & 0x40 == 0 { 0 } else { 1 + usize::from(*stream.get(3 + depends)?) };
        let clock = if flags & 0x20 == 0 { 0 } else { 2 };
        let config = descriptor(stream.get(3 + depends + url + clock..)?, 4)?;
        // The kind of AAC is in the first five bits of what is for the decoder (ISO/IEC 14496-3, 1.6.2.1).
        let kind = config.get(13..).and_then(|rest| descriptor(rest, 5)?.first().map(|first| first >> 3));
        Some((*config.first()?, kind))
    };
    match object() {
        Some((0x40, kind)) => matches!(kind, Some(1..=5 | 29)),
        Some((0x66..=0x68, _)) => true,
        _ => false,
    }
}

/// The payload of a descriptor with this tag at the start of some bytes; its length is in groups of seven bits.
fn descriptor(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    let (&found, mut rest) = bytes.split_first()?;
    let mut length = 0;
    for _ in 0..4 {
        let (&byte, tail) = rest.split_first()?;
        rest = tail;
        length = length << 7 | usize::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            break;
        }
    }
    // A length that promises too much is common, and harmless.
    (found == tag).then(|| rest.get(..length).unwrap_or(rest))
}

/// The four letters of a name, where they can be read.
fn letters(name: Name) -> String {
    name.iter().map(|&byte| if byte.is_ascii_graphic() { char::from(byte) } else { '?' }).collect()
}
