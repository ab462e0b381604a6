//! The short film that phones put into the file of a photo.
//!
//! Google's phones write it behind a JPEG and say so in its XMP (Motion Photo format 1.0, and Micro Video before it), and
//! into a box `mpvd` of a HEIC; Samsung's write a table at the end of the file. What a file says is believed only where a
//! film begins.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

use model::FilmInPhoto;

use crate::{
    bmff::{BOX_HEADER_BYTES, BoxHeader, box_header},
    exif::is_of_content,
    picture::jpeg::{APP1, START_OF_SCAN, next_segment},
    sniff::Format,
    xmp::{self, XMP_PREFIX},
};

/// More segments, boxes or entries than any honest file has before what is looked for.
const MAX_STEPS: usize = 1000;
/// A file has one packet; a second may come from a program that added its own.
const MAX_PACKETS: usize = 4;

/// What a file of a Samsung phone ends with: the table's length, and this.
const SAMSUNG_END: &[u8] = b"SEFT";
const SAMSUNG_TABLE: &[u8] = b"SEFH";
/// Signature, version, number of entries.
const SAMSUNG_HEADER_BYTES: usize = 12;
const SAMSUNG_ENTRY_BYTES: usize = 12;
/// The kind of an entry whose data is a film, which follows the entry's name.
const SAMSUNG_FILM: u16 = 0x0A30;
/// Two numbers and the length of the name, before the name.
const SAMSUNG_DATA_HEADER_BYTES: u64 = 8;

/// Finds the film in a photo's file, from anywhere in the reader. None where there is none, or not at the place that the
/// file names.
///
/// # Errors
/// Where reading itself fails.
pub fn motion_part<R: BufRead + Seek>(file: &mut R, format: Format) -> io::Result<Option<FilmInPhoto>> {
    let by_format = match format {
        Format::Jpeg => named_by_xmp,
        Format::Heic | Format::Avif => named_by_box,
        Format::Png | Format::WebP | Format::Gif | Format::Tiff | Format::Mp4 | Format::QuickTime => return Ok(None),
    };
    let file_bytes = file.seek(SeekFrom::End(0))?;
    for find in [by_format, named_by_samsung] {
        let parts = match find(file, file_bytes) {
            Err(error) if is_of_content(&error) => continue,
            parts => parts?,
        };
        for part in parts {
            if is_film(file, part, file_bytes)? {
                return Ok(Some(part));
            }
        }
    }
    Ok(None)
}

/// Whether a film begins there, that is, a box that says of which kind it is, and the file does not end before the film.
fn is_film<R: Read + Seek>(file: &mut R, part: FilmInPhoto, file_bytes: u64) -> io::Result<bool> {
    let within = part.offset.checked_add(part.size_bytes).is_some_and(|end| end <= file_bytes);
    if part.offset == 0 || part.size_bytes < BOX_HEADER_BYTES || !within {
        return Ok(false);
    }
    let first = box_header(file, part.offset, file_bytes)?;
    Ok(first.is_some_and(|first| first.name == *b"ftyp" && first.size <= part.size_bytes))
}

/// What the XMP of a JPEG names: places counted from the end of the file.
fn named_by_xmp<R: BufRead + Seek>(file: &mut R, file_bytes: u64) -> io::Result<Vec<FilmInPhoto>> {
    let parts = xmp_packets(file)?.into_iter().flat_map(|packet| {
        let directory = named_by_directory(&packet);
        let offsets = [b"MicroVideoOffset".as_slice(), b"MotionPhotoOffset"];
        let offsets = offsets.into_iter().filter_map(|property| xmp::number(&packet, property));
        offsets.map(|bytes| (bytes, bytes)).chain(directory).collect::<Vec<_>>()
    });
    let from_end = |(distance, size_bytes)| {
        let offset = file_bytes.checked_sub(distance)?;
        Some(FilmInPhoto { offset, size_bytes })
    };
    Ok(parts.filter_map(from_end).collect())
}

/// The film's distance from the end of the file and its length, by a list of what is in the file one after the other.
fn named_by_directory(packet: &[u8]) -> Option<(u64, u64)> {
    let items = xmp::elements(packet, b"Item");
    let film = items.iter().position(|item| {
        let kinds = xmp::values(item, b"Mime").map(|range| &item[range]);
        xmp::says(item, b"Semantic", b"MotionPhoto") || kinds.into_iter().any(|kind| kind.starts_with(b"video/"))
    })?;
    let length = |item: &&[u8]| xmp::number(item, b"Length").unwrap_or(0);
    let distance = items[film..].iter().map(length).try_fold(0_u64, u64::checked_add)?;
    Some((distance, length(&items[film])))
}

/// The packets before the first scan, or before the place where the headers are broken.
fn xmp_packets<R: BufRead + Seek>(file: &mut R) -> io::Result<Vec<Vec<u8>>> {
    file.rewind()?;
    let mut packets = Vec::new();
    for _ in 0..MAX_STEPS {
        let payload = match next_app1(file) {
            Err(error) if is_of_content(&error) => break,
            payload => payload?,
        };
        let Some(payload) = payload.filter(|_| packets.len() < MAX_PACKETS) else { break };
        packets.extend(payload.strip_prefix(XMP_PREFIX).map(<[u8]>::to_vec));
    }
    Ok(packets)
}

/// The content of the next segment that may hold a packet.
fn next_app1<R: BufRead + Seek>(file: &mut R) -> io::Result<Option<Vec<u8>>> {
    for _ in 0..MAX_STEPS {
        let Some(segment) = next_segment(file)?.filter(|segment| segment.marker != START_OF_SCAN) else { break };
        if segment.marker == APP1 {
            let mut payload = vec![0; usize::from(segment.payload_bytes)];
            file.read_exact(&mut payload)?;
            return Ok(Some(payload));
        }
        file.seek_relative(i64::from(segment.payload_bytes))?;
    }
    Ok(None)
}

/// The content of the boxes `mpvd` among the outermost ones.
fn named_by_box<R: BufRead + Seek>(file: &mut R, file_bytes: u64) -> io::Result<Vec<FilmInPhoto>> {
    let mut parts = Vec::new();
    let mut at = 0;
    for _ in 0..MAX_STEPS {
        let Some(BoxHeader { name, header_bytes, size }) = box_header(file, at, file_bytes)? else { break };
        if name == *b"mpvd" {
            parts.push(FilmInPhoto { offset: at + header_bytes, size_bytes: size - header_bytes });
        }
        at = at.saturating_add(size);
    }
    Ok(parts)
}

/// The films in the table at the end of a file, which counts places backwards from itself.
fn named_by_samsung<R: BufRead + Seek>(file: &mut R, file_bytes: u64) -> io::Result<Vec<FilmInPhoto>> {
    let Some(end_at) = file_bytes.checked_sub(8) else { return Ok(Vec::new()) };
    let [l0, l1, l2, l3, signature @ ..] = read_at::<_, 8>(file, end_at)?;
    let table_bytes = u32::from_le_bytes([l0, l1, l2, l3]);
    let Some(table_at) = end_at.checked_sub(u64::from(table_bytes)).filter(|_| signature == SAMSUNG_END) else {
        return Ok(Vec::new());
    };
    file.seek(SeekFrom::Start(table_at))?;
    let most = (SAMSUNG_HEADER_BYTES + MAX_STEPS * SAMSUNG_ENTRY_BYTES) as u64;
    let mut table = Vec::new();
    file.by_ref().take(u64::from(table_bytes).min(most)).read_to_end(&mut table)?;
    let entries = table.get(SAMSUNG_HEADER_BYTES..).filter(|_| table.starts_with(SAMSUNG_TABLE)).unwrap_or_default();
    let mut parts = Vec::new();
    for &[_, _, k0, k1, o0, o1, o2, o3, b0, b1, b2, b3] in entries.as_chunks::<SAMSUNG_ENTRY_BYTES>().0 {
        let data_at = table_at.checked_sub(u64::from(u32::from_le_bytes([o0, o1, o2, o3])));
        if let (SAMSUNG_FILM, Some(data_at)) = (u16::from_le_bytes([k0, k1]), data_at) {
            let data_bytes = u64::from(u32::from_le_bytes([b0, b1, b2, b3]));
            let [_, _, _, _, n0, n1, n2, n3] = read_at(file, data_at)?;
            let before = SAMSUNG_DATA_HEADER_BYTES + u64::from(u32::from_le_bytes([n0, n1, n2, n3]));
            let part = data_bytes.checked_sub(before);
            parts.extend(part.map(|size_bytes| FilmInPhoto { offset: data_at + before, size_bytes }));
        }
    }
    Ok(parts)
}

fn read_at<R: Read + Seek, const N: usize>(file: &mut R, at: u64) -> io::Result<[u8; N]> {
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = [0; N];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
