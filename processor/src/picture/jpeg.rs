//! The outline of a JPEG: its markers and frame header, read without decoding.

use std::{
    collections::BTreeMap,
    io::{self, BufRead, Read, Seek},
};

use super::MAX_ICC_PROFILE_BYTES;

/// Bytes of rubbish between two header segments that are stepped over.
const MAX_RUBBISH_BYTES: u64 = 64 * 1024;

/// Rows that a decoder keeps of a component, for each row of its sampling: those of a block, one above, one below, and one
/// at full width.
const ROWS_KEPT: u64 = 8 + 1 + 1 + 1;
/// Pixels across that the widest block stands for.
const BLOCK_OF_ANY_SAMPLING: u64 = 8 * 4;

const START_OF_IMAGE: u8 = 0xD8;
const END_OF_IMAGE: u8 = 0xD9;
pub(crate) const START_OF_SCAN: u8 = 0xDA;
pub(crate) const APP1: u8 = 0xE1;
pub(crate) const APP0: u8 = 0xE0;
pub(crate) const APP2: u8 = 0xE2;
const APP14: u8 = 0xEE;
const APP15: u8 = 0xEF;
const COMMENT: u8 = 0xFE;

/// What an APP2 segment with a part of a profile begins with (ICC.1:2022, B.4).
const ICC_SIGNATURE: &[u8] = b"ICC_PROFILE\0";

/// One marker segment; the reader stands at its payload, which the caller reads or skips.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment {
    pub(crate) marker: u8,
    pub(crate) payload_bytes: u16,
}

/// A segment that decoders need not understand: a program's notes, or a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AppSegment {
    pub(crate) marker: u8,
    pub(crate) payload: Vec<u8>,
}

/// What the headers of a JPEG promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outline {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Horizontal and vertical sampling factor of each component.
    sampling: Vec<(u8, u8)>,
    /// Whether there is a decoder for the way in which it is coded.
    pub(crate) decodable: bool,
    progressive: bool,
    components_in_first_scan: usize,
    /// An Adobe program wrote it: ink is stored as what it leaves of the light.
    pub(crate) adobe: bool,
    pub(crate) icc_profile: Option<Vec<u8>>,
}

impl Outline {
    /// Bytes that a decoder needs for coefficients, which it must keep until the last scan unless there is only one.
    pub(crate) fn coefficient_bytes(&self) -> u64 {
        if self.components_in_first_scan == self.sampling.len() && !self.progressive {
            return 0;
        }
        self.all_coefficient_bytes()
    }

    /// Bytes of all coefficients of the picture.
    pub(crate) fn all_coefficient_bytes(&self) -> u64 {
        let across = self.sampling.iter().map(|s| u64::from(s.0)).max().unwrap_or(1).max(1);
        let down = self.sampling.iter().map(|s| u64::from(s.1)).max().unwrap_or(1).max(1);
        let units = u64::from(self.width).div_ceil(8 * across) * u64::from(self.height).div_ceil(8 * down);
        let blocks = self.sampling.iter().map(|s| u64::from(s.0) * u64::from(s.1)).sum::<u64>();
        units * blocks * 64 * 2
    }

    /// Bytes of the rows that a decoder keeps of each component, from above: where it puts pixels together, a row of blocks
    /// and some around it.
    pub(crate) fn row_bytes(&self) -> u64 {
        let rows = self.sampling.iter().map(|s| u64::from(s.1) * ROWS_KEPT).sum::<u64>();
        rows * u64::from(self.width).next_multiple_of(BLOCK_OF_ANY_SAMPLING)
    }
}

/// Where the data of a scan end, and a marker follows. The reader stands at the start of the file; `scan` counts from 1.
pub(crate) fn end_of_scan<R: BufRead + Seek>(reader: &mut R, scan: u16) -> io::Result<u64> {
    let mut scans_begun = 0;
    loop {
        let marker = next_marker(reader)?;
        if scans_begun == scan {
            return Ok(reader.stream_position()?.saturating_sub(2));
        }
        match marker {
            START_OF_IMAGE => continue,
            END_OF_IMAGE => return Err(invalid("there are fewer scans")),
            START_OF_SCAN => scans_begun += 1,
            _ => {}
        }
        let payload_bytes = read_payload_length(reader)?;
        reader.seek_relative(payload_bytes.into())?;
    }
}

/// The next marker segment before the first scan, or none at the end of the picture.
pub(crate) fn next_segment<R: BufRead>(reader: &mut R) -> io::Result<Option<Segment>> {
    loop {
        match next_marker(&mut reader.by_ref().take(MAX_RUBBISH_BYTES))? {
            START_OF_IMAGE => {}
            END_OF_IMAGE => return Ok(None),
            marker => return Ok(Some(Segment { marker, payload_bytes: read_payload_length(reader)? })),
        }
    }
}

/// The programs' notes and the comments before the first scan, of at most so many bytes together.
pub(crate) fn app_segments<R: BufRead + Seek>(reader: &mut R, max_bytes: u64) -> io::Result<Vec<AppSegment>> {
    let mut segments = Vec::new();
    let mut left = max_bytes;
    while let Some(segment) = next_segment(reader)?.filter(|segment| segment.marker != START_OF_SCAN) {
        let marker = segment.marker;
        if !matches!(marker, APP0..=APP15 | COMMENT) {
            reader.seek_relative(i64::from(segment.payload_bytes))?;
            continue;
        }
        let bytes = u64::from(segment.payload_bytes).max(1);
        left = left.checked_sub(bytes).ok_or_else(|| invalid("there are more notes than a picture has"))?;
        segments.push(AppSegment { marker, payload: read_payload(reader, segment)? });
    }
    Ok(segments)
}

/// Reads the outline of the JPEG that starts where the reader stands.
pub(crate) fn outline<R: BufRead + Seek>(reader: &mut R) -> io::Result<Outline> {
    let mut frame: Option<Outline> = None;
    let mut profile = ProfileParts::default();
    let mut adobe = false;
    while let Some(segment) = next_segment(reader)? {
        match segment.marker {
            START_OF_SCAN => {
                let frame = frame.ok_or_else(|| invalid("a scan comes before the frame header"))?;
                let mut count = [0];
                reader.read_exact(&mut count)?;
                let components_in_first_scan = usize::from(count[0]);
                reader.seek_relative(i64::from(segment.payload_bytes) - 1)?;
                if reader.fill_buf()?.is_empty() {
                    return Err(invalid("nothing of the picture is there"));
                }
                return Ok(Outline { components_in_first_scan, adobe, icc_profile: profile.whole(), ..frame });
            }
            // Start of frame, of any coding process; C4, C8 and CC are other things (ISO/IEC 10918-1, table B.1).
            marker @ (0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF) => {
                if frame.is_some() {
                    return Err(invalid("there are two frame headers"));
                }
                frame = Some(parse_frame(marker, &read_payload(reader, segment)?)?);
            }
            APP2 => profile.add(&read_payload(reader, segment)?),
            APP14 => adobe |= read_payload(reader, segment)?.starts_with(b"Adobe"),
            _ => reader.seek_relative(i64::from(segment.payload_bytes))?,
        }
    }
    Err(invalid("there is no scan"))
}

/// The parts of a colour profile, by their numbers.
#[derive(Default)]
struct ProfileParts {
    parts: BTreeMap<u8, Vec<u8>>,
    count: u8,
    bytes: usize,
}

impl ProfileParts {
    fn add(&mut self, payload: &[u8]) {
        let Some([number, count, part @ ..]) = payload.strip_prefix(ICC_SIGNATURE) else { return };
        self.count = *count;
        self.bytes = self.bytes.saturating_add(part.len());
        if self.bytes <= MAX_ICC_PROFILE_BYTES {
            self.parts.insert(*number, part.to_vec());
        }
    }

    /// None where a part is missing, or all are too large.
    fn whole(self) -> Option<Vec<u8>> {
        let complete = self.count > 0 && self.parts.keys().copied().eq(1..=self.count);
        let fits = self.bytes <= MAX_ICC_PROFILE_BYTES;
        (complete && fits).then(|| self.parts.into_values().collect::<Vec<_>>().concat())
    }
}

fn parse_frame(marker: u8, payload: &[u8]) -> io::Result<Outline> {
    let [precision, h1, h0, w1, w0, count, components @ ..] = payload else {
        return Err(invalid("the frame header is too short"));
    };
    let (components, _) = components.as_chunks::<3>();
    if components.len() != usize::from(*count) {
        return Err(invalid("the frame header names more components than it has"));
    }
    let sampling: Vec<(u8, u8)> = components.iter().map(|[_, factors, _]| (factors >> 4, factors & 0x0F)).collect();
    if !sampling.iter().all(|(across, down)| (1..=4).contains(across) && (1..=4).contains(down)) {
        return Err(invalid("a sampling factor is not 1 to 4"));
    }
    Ok(Outline {
        width: u32::from(u16::from_be_bytes([*w1, *w0])),
        height: u32::from(u16::from_be_bytes([*h1, *h0])),
        sampling,
        // Sequential or progressive, with Huffman's code; not lossless, hierarchical or arithmetic.
        decodable: matches!(marker, 0xC0..=0xC2) && *precision == 8,
        progressive: matches!(marker, 0xC2 | 0xC6 | 0xCA | 0xCE),
        components_in_first_scan: 0,
        adobe: false,
        icc_profile: None,
    })
}

fn read_payload<R: Read>(reader: &mut R, segment: Segment) -> io::Result<Vec<u8>> {
    let mut payload = vec![0; usize::from(segment.payload_bytes)];
    reader.read_exact(&mut payload)?;
    Ok(payload)
}

/// The next marker that is not part of entropy-coded data (stuffed bytes and restarts are).
fn next_marker<R: BufRead>(reader: &mut R) -> io::Result<u8> {
    loop {
        reader.skip_until(0xFF)?;
        let mut code = [0xFF];
        while code == [0xFF] {
            reader.read_exact(&mut code)?;
        }
        if !matches!(code[0], 0x00 | 0x01 | 0xD0..=0xD7) {
            return Ok(code[0]);
        }
    }
}

fn read_payload_length<R: Read>(reader: &mut R) -> io::Result<u16> {
    let mut length = [0; 2];
    reader.read_exact(&mut length)?;
    u16::from_be_bytes(length).checked_sub(2).ok_or_else(|| invalid("a segment is shorter than its own length"))
}

fn invalid(reason: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::testing;

    #[test]
    fn the_outline_of_a_file_is_that_of_its_headers() -> io::Result<()> {
        let jpeg = testing::jpeg(&testing::picture(37, 21, 1));
        let outline = outline(&mut Cursor::new(&jpeg))?;
        assert_eq!((outline.width, outline.height, outline.decodable, outline.adobe), (37, 21, true, false));
        assert_eq!(outline.coefficient_bytes(), 0);
        assert_eq!(outline.icc_profile, None);
        Ok(())
    }

    #[test]
    fn a_profile_is_put_together_from_its_parts() -> io::Result<()> {
        let profile: Vec<u8> = (0..150_000_u32).map(|index| index.to_le_bytes()[1]).collect();
        let jpeg = testing::jpeg_with_profile(&testing::picture(8, 8, 1), &profile);
        assert_eq!(outline(&mut Cursor::new(&jpeg))?.icc_profile, Some(profile));
        let mut parts = ProfileParts::default();
        parts.add(b"ICC_PROFILE\0\x01\x02first");
        assert_eq!(parts.whole(), None);
        Ok(())
    }

    #[test]
    fn a_file_that_ends_in_its_headers_has_no_outline() {
        let jpeg = testing::jpeg(&testing::picture(64, 64, 1));
        assert!(outline(&mut Cursor::new(&jpeg[..100])).is_err());
    }

    #[test]
    fn a_progressive_file_needs_room_for_its_coefficients() -> io::Result<()> {
        let frame = parse_frame(0xC2, &[8, 0, 16, 0, 32, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1])?;
        let interleaved = Outline { components_in_first_scan: 3, ..frame };
        assert_eq!(interleaved.coefficient_bytes(), 32 * 16 * 3 / 2 * 2);
        Ok(())
    }

    #[test]
    fn wide_pictures_in_four_inks_need_room_for_their_rows() -> io::Result<()> {
        let inks = [1, 0x14, 0, 2, 0x14, 0, 3, 0x14, 0, 4, 0x14, 0];
        let frame = parse_frame(0xC0, &[&[8, 0, 16, 0x75, 0x30, 4], inks.as_slice()].concat())?;
        // 30,000 pixels across: ten rows of blocks' worth for each of four times four rows, and four more at full width.
        assert!(frame.row_bytes() > 30_000 * 4 * (4 * 10 + 4));
        Ok(())
    }

    #[test]
    fn a_scan_ends_at_the_marker_after_its_data() -> io::Result<()> {
        let jpeg = b"\xFF\xD8\xFF\xE0\0\x04\xFF\xDA\xFF\xDA\0\x03\x01\x05\xFF\0\x07\xFF\xD0\x08\xFF\xC4\0\x02\xFF\xD9";
        assert_eq!(end_of_scan(&mut Cursor::new(jpeg), 1)?, 20);
        assert!(end_of_scan(&mut Cursor::new(jpeg), 2).is_err());
        Ok(())
    }

    #[test]
    fn what_is_coded_otherwise_is_known_as_such() -> io::Result<()> {
        let grey = [8, 0, 16, 0, 32, 1, 1, 0x11, 0];
        assert!(parse_frame(0xC0, &grey)?.decodable);
        for marker in [0xC3, 0xC5, 0xC9] {
            assert!(!parse_frame(marker, &grey)?.decodable);
        }
        assert!(!parse_frame(0xC1, &[12, 0, 16, 0, 32, 1, 1, 0x11, 0])?.decodable);
        assert!(parse_frame(0xC0, &[8, 0, 16, 0, 32, 1, 1, 0x51, 0]).is_err());
        assert!(parse_frame(0xC0, &[8, 0, 16, 0, 32, 1, 1, 0x10, 0]).is_err());
        Ok(())
    }
}
