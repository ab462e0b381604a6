//! Headers of the boxes that ISO base media files are made of (ISO/IEC 14496-12, 4.2): HEIC, AVIF, MP4 and `QuickTime`.

use std::io::{self, Read, Seek, SeekFrom};

/// Bytes of the shortest header: size and name.
pub(crate) const BOX_HEADER_BYTES: u64 = 8;

/// The header of a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BoxHeader {
    pub(crate) name: [u8; 4],
    /// Bytes of the header itself.
    pub(crate) header_bytes: u64,
    /// Bytes of the whole box, as it says; it may end behind the file.
    pub(crate) size: u64,
}

/// The header of the box that begins at `start`; none where no box can begin there.
///
/// # Errors
/// Where reading fails, or the file ends within a long header.
pub(crate) fn box_header<R: Read + Seek>(file: &mut R, start: u64, file_bytes: u64) -> io::Result<Option<BoxHeader>> {
    if start.saturating_add(BOX_HEADER_BYTES) > file_bytes {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(start))?;
    let [s0, s1, s2, s3, name @ ..] = read::<8>(file)?;
    let (size, header_bytes) = match u32::from_be_bytes([s0, s1, s2, s3]) {
        // To the end of the file.
        0 => (file_bytes - start, BOX_HEADER_BYTES),
        1 => (u64::from_be_bytes(read(file)?), BOX_HEADER_BYTES + 8),
        size => (u64::from(size), BOX_HEADER_BYTES),
    };
    Ok((size >= header_bytes).then_some(BoxHeader { name, header_bytes, size }))
}

fn read<const N: usize>(file: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn header(bytes: &[u8], start: u64) -> io::Result<Option<BoxHeader>> {
        box_header(&mut Cursor::new(bytes), start, bytes.len() as u64)
    }

    #[test]
    fn sizes_are_short_or_long_or_to_the_end() -> io::Result<()> {
        let name = *b"mdat";
        assert_eq!(header(b"\0\0\0\x0Amdat..", 0)?, Some(BoxHeader { name, header_bytes: 8, size: 10 }));
        let long = b"..\0\0\0\x01mdat\0\0\0\x01\0\0\0\0";
        assert_eq!(header(long, 2)?, Some(BoxHeader { name, header_bytes: 16, size: 1 << 32 }));
        assert_eq!(header(b"\0\0\0\0mdat....", 0)?, Some(BoxHeader { name, header_bytes: 8, size: 12 }));
        Ok(())
    }

    #[test]
    fn no_box_begins_where_there_is_no_room_or_within_its_own_header() -> io::Result<()> {
        assert_eq!(header(b"\0\0\0\x08free", 1)?, None);
        assert_eq!(header(b"\0\0\0\x07free", 0)?, None);
        assert_eq!(header(b"\0\0\0\x08free", u64::MAX)?, None);
        assert!(header(b"\0\0\0\x01free\0\0", 0).is_err());
        Ok(())
    }
}
