//! The outline of a JPEG: its markers and frame header, read without decoding.

use std::io::{self, BufRead, Read, Seek};

/// Bytes of rubbish between two header segments that are stepped over.
const MAX_RUBBISH_BYTES: u64 = 64 * 1024;

const START_OF_IMAGE: u8 = 0xD8;
const END_OF_IMAGE: u8 = 0xD9;
pub(crate) const START_OF_SCAN: u8 = 0xDA;
pub(crate) const APP1: u8 = 0xE1;

/// One marker segment; the reader stands at its payload, which the caller reads or skips.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment {
    pub(crate) marker: u8,
    pub(crate) payload_bytes: u16,
}

/// What the headers of a JPEG promise, and whether its data goes on to the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outline {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Horizontal and vertical sampling factor of each component.
    sampling: Vec<(u8, u8)>,
    progressive: bool,
    components_in_first_scan: usize,
    /// The file ends before its picture does.
    pub(crate) ends_early: bool,
}

impl Outline {
    /// Bytes that a decoder needs for coefficients, which it must keep until the last scan unless there is only one.
    pub(crate) fn coefficient_bytes(&self) -> u64 {
        let one_scan = self.components_in_first_scan == self.sampling.len();
        if one_scan && !self.progressive {
            return 0;
        }
        let across = self.sampling.iter().map(|s| u64::from(s.0)).max().unwrap_or(1).max(1);
        let down = self.sampling.iter().map(|s| u64::from(s.1)).max().unwrap_or(1).max(1);
        // Not interleaved, the decoder counts every component in blocks of the full size, and then its factors again.
        let (across, down) = if one_scan { (across, down) } else { (1, 1) };
        let units = u64::from(self.width).div_ceil(8 * across) * u64::from(self.height).div_ceil(8 * down);
        let blocks = self.sampling.iter().map(|s| u64::from(s.0) * u64::from(s.1)).sum::<u64>();
        units * blocks * 64 * 2
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

/// Reads the outline of the JPEG that starts where the reader stands.
pub(crate) fn outline<R: BufRead + Seek>(reader: &mut R) -> io::Result<Outline> {
    let mut frame: Option<Outline> = None;
    while let Some(segment) = next_segment(reader)? {
        match segment.marker {
            START_OF_SCAN => {
                let mut outline = frame.ok_or_else(|| invalid("a scan comes before the frame header"))?;
                let mut count = [0];
                reader.read_exact(&mut count)?;
                outline.components_in_first_scan = usize::from(count[0]);
                outline.ends_early = !reaches_end(reader, i64::from(segment.payload_bytes) - 1)?;
                return Ok(outline);
            }
            // Start of frame, of any coding process; C4, C8 and CC are other things (ISO/IEC 10918-1, table B.1).
            marker @ (0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF) => {
                if frame.is_some() {
                    return Err(invalid("there are two frame headers"));
                }
                let mut payload = vec![0; usize::from(segment.payload_bytes)];
                reader.read_exact(&mut payload)?;
                frame = Some(parse_frame(marker, &payload)?);
            }
            _ => reader.seek_relative(i64::from(segment.payload_bytes))?,
        }
    }
    Err(invalid("there is no scan"))
}

fn parse_frame(marker: u8, payload: &[u8]) -> io::Result<Outline> {
    let [_precision, h1, h0, w1, w0, count, components @ ..] = payload else {
        return Err(invalid("the frame header is too short"));
    };
    let (components, _) = components.as_chunks::<3>();
    if components.len() != usize::from(*count) {
        return Err(invalid("the frame header names more components than it has"));
    }
    Ok(Outline {
        width: u32::from(u16::from_be_bytes([*w1, *w0])),
        height: u32::from(u16::from_be_bytes([*h1, *h0])),
        sampling: components.iter().map(|[_, factors, _]| (factors >> 4, factors & 0x0F)).collect(),
        progressive: matches!(marker, 0xC2 | 0xC6 | 0xCA | 0xCE),
        components_in_first_scan: 0,
        ends_early: false,
    })
}

/// Walks over all scans; whether an end-of-image marker closes them.
fn reaches_end<R: BufRead + Seek>(reader: &mut R, rest_of_header: i64) -> io::Result<bool> {
    reader.seek_relative(rest_of_header)?;
    let mut to_next_scan = || -> io::Result<bool> {
        if next_marker(reader)? == END_OF_IMAGE {
            return Ok(true);
        }
        let payload = read_payload_length(reader)?;
        reader.seek_relative(i64::from(payload))?;
        Ok(false)
    };
    let end = loop {
        match to_next_scan() {
            Ok(false) => {}
            end => break end,
        }
    };
    match end {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData) => Ok(false),
        Err(error) => Err(error),
    }
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
    fn the_outline_of_a_whole_file_is_whole() -> io::Result<()> {
        let jpeg = testing::jpeg(&testing::picture(37, 21, 1));
        let outline = outline(&mut Cursor::new(&jpeg))?;
        assert_eq!((outline.width, outline.height, outline.ends_early), (37, 21, false));
        assert_eq!(outline.coefficient_bytes(), 0);
        Ok(())
    }

    #[test]
    fn a_cut_file_ends_early() -> io::Result<()> {
        let jpeg = testing::jpeg(&testing::picture(64, 64, 1));
        assert!(outline(&mut Cursor::new(&jpeg[..jpeg.len() - 2]))?.ends_early);
        assert!(outline(&mut Cursor::new(&jpeg[..jpeg.len() - 200]))?.ends_early);
        assert!(outline(&mut Cursor::new(&jpeg[..100])).is_err());
        Ok(())
    }

    #[test]
    fn a_progressive_file_needs_room_for_its_coefficients() -> io::Result<()> {
        let frame = parse_frame(0xC2, &[8, 0, 16, 0, 32, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1])?;
        let interleaved = Outline { components_in_first_scan: 3, ..frame };
        assert_eq!(interleaved.coefficient_bytes(), 32 * 16 * 3 / 2 * 2);
        Ok(())
    }
}
