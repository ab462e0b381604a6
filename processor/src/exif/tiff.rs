//! A small copy of a TIFF's tags, since the parser wants all of a file in memory and scans have hundreds of megabytes.

use std::io::{self, BufRead, Seek, SeekFrom};

use super::container::read_up_to;

/// More tags than any directory has.
const MAX_ENTRIES: u16 = 512;
/// Larger values are pixels, profiles or thumbnails.
const MAX_VALUE_BYTES: u64 = 4096;

const ENTRY_BYTES: usize = 12;
pub(crate) const EXIF_DIRECTORY: u16 = 0x8769;
const GPS_DIRECTORY: u16 = 0x8825;

/// The byte order of a TIFF.
#[derive(Clone, Copy)]
pub(crate) enum Order {
    Little,
    Big,
}

impl Order {
    /// The order of a block that begins with one of the two marks, which are `II` and `MM`.
    pub(crate) fn of(block: &[u8]) -> Option<Self> {
        match block.get(..2)? {
            b"II" => Some(Self::Little),
            b"MM" => Some(Self::Big),
            _ => None,
        }
    }

    pub(crate) fn u16(self, bytes: [u8; 2]) -> u16 {
        match self {
            Self::Little => u16::from_le_bytes(bytes),
            Self::Big => u16::from_be_bytes(bytes),
        }
    }

    pub(crate) fn u32(self, bytes: [u8; 4]) -> u32 {
        match self {
            Self::Little => u32::from_le_bytes(bytes),
            Self::Big => u32::from_be_bytes(bytes),
        }
    }

    pub(crate) fn bytes_of_u16(self, value: u16) -> [u8; 2] {
        match self {
            Self::Little => value.to_le_bytes(),
            Self::Big => value.to_be_bytes(),
        }
    }

    pub(crate) fn bytes_of_u32(self, value: u32) -> [u8; 4] {
        match self {
            Self::Little => value.to_le_bytes(),
            Self::Big => value.to_be_bytes(),
        }
    }
}

/// What a kept entry needs beside its twelve bytes.
enum Kept {
    Inline,
    Value(Vec<u8>),
    Directory(u32),
}

/// A TIFF with the first directory of another, its EXIF and GPS directories, and of those only the short values.
pub(super) fn small_copy<R: BufRead + Seek>(reader: &mut R) -> io::Result<Option<Vec<u8>>> {
    let mut header = [0; 8];
    reader.read_exact(&mut header)?;
    let [o0, o1, f0, f1, at @ ..] = header;
    let order = if o0 == b'I' { Order::Little } else { Order::Big };
    let mut copy = vec![o0, o1, f0, f1];
    copy.extend_from_slice(&order.bytes_of_u32(8));
    copy_directory(reader, order, order.u32(at), true, &mut copy)?;
    Ok(Some(copy))
}

/// Appends the directory at `offset`; its own EXIF and GPS directories are followed only from the first one.
fn copy_directory<R: BufRead + Seek>(
    reader: &mut R,
    order: Order,
    offset: u32,
    is_first: bool,
    copy: &mut Vec<u8>,
) -> io::Result<()> {
    let mut entries = Vec::new();
    for entry in read_entries(reader, order, offset)? {
        if let Some(kept) = keep(reader, order, entry, is_first)? {
            entries.push((entry, kept));
        }
    }
    let count = u16::try_from(entries.len()).unwrap_or(MAX_ENTRIES);
    copy.extend_from_slice(&order.bytes_of_u16(count));
    let mut table_at = copy.len();
    // After the table, four bytes of zero: no other directory follows.
    copy.resize(table_at + entries.len() * ENTRY_BYTES + 4, 0);
    for (mut entry, kept) in entries {
        if !matches!(kept, Kept::Inline) {
            let at = u32::try_from(copy.len()).map_err(|_| io::ErrorKind::InvalidData)?;
            entry[8..].copy_from_slice(&order.bytes_of_u32(at));
        }
        copy[table_at..table_at + ENTRY_BYTES].copy_from_slice(&entry);
        table_at += ENTRY_BYTES;
        match kept {
            Kept::Inline => {}
            Kept::Value(value) => copy.extend_from_slice(&value),
            Kept::Directory(offset) => copy_directory(reader, order, offset, false, copy)?,
        }
    }
    Ok(())
}

fn read_entries<R: BufRead + Seek>(reader: &mut R, order: Order, offset: u32) -> io::Result<Vec<[u8; ENTRY_BYTES]>> {
    reader.seek(SeekFrom::Start(u64::from(offset)))?;
    let count = read_up_to(reader, 2)?;
    let count = count.try_into().map_or(0, |count| order.u16(count)).min(MAX_ENTRIES);
    let table = read_up_to(reader, u64::from(count) * ENTRY_BYTES as u64)?;
    Ok(table.as_chunks::<ENTRY_BYTES>().0.to_vec())
}

/// What to take along of an entry (TIFF 6.0, section 2: tag, type, count, value or offset); none for what is too large.
fn keep<R: BufRead + Seek>(
    reader: &mut R,
    order: Order,
    entry: [u8; ENTRY_BYTES],
    is_first: bool,
) -> io::Result<Option<Kept>> {
    let [t0, t1, k0, k1, c0, c1, c2, c3, value @ ..] = entry;
    let value = order.u32(value);
    if matches!(order.u16([t0, t1]), EXIF_DIRECTORY | GPS_DIRECTORY) {
        return Ok(is_first.then_some(Kept::Directory(value)));
    }
    let unit_bytes: u64 = match order.u16([k0, k1]) {
        1 | 2 | 6 | 7 => 1,
        3 | 8 => 2,
        4 | 9 | 11 => 4,
        5 | 10 | 12 => 8,
        _ => return Ok(None),
    };
    let value_bytes = unit_bytes * u64::from(order.u32([c0, c1, c2, c3]));
    if value_bytes <= 4 {
        return Ok(Some(Kept::Inline));
    }
    if value_bytes > MAX_VALUE_BYTES {
        return Ok(None);
    }
    reader.seek(SeekFrom::Start(u64::from(value)))?;
    let value = read_up_to(reader, value_bytes)?;
    Ok((value.len() as u64 == value_bytes).then_some(Kept::Value(value)))
}
