//! Boxes of ISO base media files (ISO/IEC 14496-12, 4.2) and of `QuickTime`: found without reading what is between them.

use std::io::{Read, Seek};

use crate::{
    bmff::{BoxHeader, box_header},
    picture::Refusal,
};

/// The name of a box.
pub(super) type Name = [u8; 4];

/// An index of a film is some ten bytes for a frame: this is enough for a day.
const MAX_INDEX_BYTES: u64 = 64 * 1024 * 1024;
/// More boxes than a film of hours in fragments has.
const MAX_TOP_LEVEL_BOXES: usize = 100_000;
const NO_INDEX: &str = "the boxes end before an index (moov)";

/// The index of a film.
pub(super) struct Index {
    /// What is in the box `moov`.
    pub(super) moov: Vec<u8>,
    /// It is before the media, so that a film can be shown while it is still on its way.
    pub(super) comes_first: bool,
}

/// Steps over the boxes of a file up to its index, and reads that alone.
///
/// Not by the crate `re_mp4`, which makes 64 bytes of every sample that a table announces, be it four billion of them in
/// a file of a kilobyte, and refuses a film as a whole for a track that nobody watches.
pub(super) fn read_index<R: Read + Seek>(file: &mut R, length_bytes: u64) -> Result<Index, Refusal> {
    let mut start = 0;
    let mut comes_first = true;
    for _ in 0..MAX_TOP_LEVEL_BOXES {
        let header = box_header(file, start, length_bytes).map_err(Refusal::from_film_io)?;
        let BoxHeader { name, header_bytes, size } = header.ok_or_else(|| Refusal::broken_film(NO_INDEX))?;
        let end = start.checked_add(size).ok_or_else(|| Refusal::broken_film(NO_INDEX))?;
        match &name {
            b"moov" if end > length_bytes => return Err(Refusal::broken_film("the index (moov) is cut")),
            b"moov" => return Ok(Index { moov: read_payload(file, size - header_bytes)?, comes_first }),
            b"mdat" | b"moof" => comes_first = false,
            _ => {}
        }
        start = end;
    }
    Err(Refusal::broken_film("there are too many boxes before the index"))
}

fn read_payload<R: Read>(file: &mut R, bytes: u64) -> Result<Vec<u8>, Refusal> {
    if bytes > MAX_INDEX_BYTES {
        return Err(Refusal::broken_film("the index (moov) is larger than that of any film"));
    }
    let mut payload = Vec::new();
    file.take(bytes).read_to_end(&mut payload).map_err(Refusal::from_film_io)?;
    Ok(payload)
}

/// The boxes that lie one after the other in some bytes, up to one that is wrong.
pub(super) struct Boxes<'a> {
    rest: &'a [u8],
}

/// The boxes in some bytes.
pub(super) fn boxes(bytes: &[u8]) -> Boxes<'_> {
    Boxes { rest: bytes }
}

impl<'a> Iterator for Boxes<'a> {
    type Item = (Name, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let size = u32_at(self.rest, 0)?;
        let name = *self.rest.get(4..)?.first_chunk()?;
        let (header, size) = match size {
            0 => (8, self.rest.len()),
            1 => (16, usize::try_from(u64_at(self.rest, 8)?).ok()?),
            size => (8, usize::try_from(size).ok()?),
        };
        let payload = self.rest.get(header..size)?;
        self.rest = &self.rest[size..];
        Some((name, payload))
    }
}

/// The first box with this name.
pub(super) fn find(bytes: &[u8], name: Name) -> Option<&[u8]> {
    boxes(bytes).find(|(found, _)| *found == name).map(|(_, payload)| payload)
}

/// The first box at the end of a path of names.
pub(super) fn find_in<'a>(bytes: &'a [u8], path: &[Name]) -> Option<&'a [u8]> {
    path.iter().try_fold(bytes, |bytes, name| find(bytes, *name))
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|chunk| u16::from_be_bytes(*chunk))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|chunk| u32::from_be_bytes(*chunk))
}

pub(super) fn i32_at(bytes: &[u8], at: usize) -> Option<i32> {
    bytes.get(at..)?.first_chunk().map(|chunk| i32::from_be_bytes(*chunk))
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|chunk| u64::from_be_bytes(*chunk))
}
