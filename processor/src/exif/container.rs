//! Where the formats keep their EXIF block, found by stepping over everything else.

use std::io::{self, BufRead, ErrorKind, Read, Seek, SeekFrom};

use super::tiff;
use crate::{
    picture::jpeg::{APP1, START_OF_SCAN, next_segment},
    sniff::Format,
};

/// Larger blocks are not EXIF: in JPEG it is at most 64 KiB.
const MAX_BLOCK_BYTES: usize = 1024 * 1024;

/// More segments or chunks than any honest file has before its EXIF block.
const MAX_STEPS: usize = 100_000;

/// What JPEG puts before the block, and some programs in the other formats too.
pub(crate) const EXIF_PREFIX: &[u8] = b"Exif\0\0";

/// The TIFF structure that holds the EXIF of a file; of a TIFF, a copy of what is small in it.
pub(super) fn exif_block<R: BufRead + Seek>(reader: &mut R, format: Format) -> io::Result<Option<Vec<u8>>> {
    reader.rewind()?;
    let block = match format {
        Format::Jpeg => jpeg_block(reader),
        Format::Png => png_chunk(reader, *b"eXIf", MAX_BLOCK_BYTES),
        Format::WebP => webp_chunk(reader, *b"EXIF", MAX_BLOCK_BYTES),
        Format::Tiff => tiff::small_copy(reader),
        #[cfg(feature = "heic")]
        Format::Heic => crate::picture::heic::exif_block(reader),
        #[cfg(not(feature = "heic"))]
        Format::Heic => Ok(None),
        Format::Gif | Format::Avif | Format::Mp4 | Format::QuickTime => Ok(None),
    };
    match block {
        Ok(block) => Ok(block.map(|block| block.strip_prefix(EXIF_PREFIX).map(<[u8]>::to_vec).unwrap_or(block))),
        Err(error) if is_of_content(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether an error says that the file is cut or wrong, rather than that reading failed.
pub(crate) fn is_of_content(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::InvalidData | ErrorKind::InvalidInput)
}

fn jpeg_block<R: BufRead + Seek>(reader: &mut R) -> io::Result<Option<Vec<u8>>> {
    for _ in 0..MAX_STEPS {
        match next_segment(reader)? {
            None => return Ok(None),
            Some(segment) if segment.marker == START_OF_SCAN => return Ok(None),
            Some(segment) if segment.marker == APP1 => {
                let payload = read_up_to(reader, u64::from(segment.payload_bytes))?;
                if payload.starts_with(EXIF_PREFIX) {
                    return Ok(Some(payload));
                }
            }
            Some(segment) => reader.seek_relative(i64::from(segment.payload_bytes))?,
        }
    }
    Ok(None)
}

fn png_chunk<R: BufRead + Seek>(reader: &mut R, wanted: [u8; 4], max_bytes: usize) -> io::Result<Option<Vec<u8>>> {
    reader.seek(SeekFrom::Start(8))?;
    for _ in 0..MAX_STEPS {
        let length = u32::from_be_bytes(read_word(reader)?);
        let name = read_word(reader)?;
        if name == wanted {
            return read_payload(reader, length, max_bytes);
        }
        reader.seek_relative(i64::from(length) + 4)?;
    }
    Ok(None)
}

/// The payload of a WebP file's chunk (RIFF), if it is there and not larger than `max_bytes`.
pub(crate) fn webp_chunk<R: BufRead + Seek>(
    reader: &mut R,
    wanted: [u8; 4],
    max_bytes: usize,
) -> io::Result<Option<Vec<u8>>> {
    reader.seek(SeekFrom::Start(12))?;
    for _ in 0..MAX_STEPS {
        let name = match read_word(reader) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
            name => name?,
        };
        let length = u32::from_le_bytes(read_word(reader)?);
        if name == wanted {
            return read_payload(reader, length, max_bytes);
        }
        reader.seek_relative(i64::from(length) + i64::from(length % 2))?;
    }
    Ok(None)
}

fn read_payload<R: Read>(reader: &mut R, length: u32, max_bytes: usize) -> io::Result<Option<Vec<u8>>> {
    if usize::try_from(length).is_ok_and(|length| length <= max_bytes) {
        read_up_to(reader, u64::from(length)).map(Some)
    } else {
        Ok(None)
    }
}

fn read_word<R: Read>(reader: &mut R) -> io::Result<[u8; 4]> {
    let mut word = [0; 4];
    reader.read_exact(&mut word)?;
    Ok(word)
}

/// The next `length` bytes, or fewer at the end: memory is taken for bytes that are there, not for those promised.
pub(super) fn read_up_to<R: Read>(reader: &mut R, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A reader that seems to end after some number of bytes read, wherever they are.
pub(super) struct Budget<'r, R> {
    reader: &'r mut R,
    left: u64,
}

impl<'r, R> Budget<'r, R> {
    pub(super) fn new(reader: &'r mut R, bytes: u64) -> Self {
        Self { reader, left: bytes }
    }
}

impl<R: BufRead> Read for Budget<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let length = available.len().min(buffer.len());
        buffer[..length].copy_from_slice(&available[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl<R: BufRead> BufRead for Budget<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let available = self.reader.fill_buf()?;
        let length = usize::try_from(self.left).map_or(available.len(), |left| left.min(available.len()));
        Ok(&available[..length])
    }

    fn consume(&mut self, amount: usize) {
        self.left = self.left.saturating_sub(amount as u64);
        self.reader.consume(amount);
    }
}

impl<R: Seek> Seek for Budget<'_, R> {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.reader.seek(position)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn a_budget_ends_like_a_file() -> io::Result<()> {
        let mut cursor = Cursor::new(b"0123456789");
        let mut budget = Budget::new(&mut cursor, 4);
        assert_eq!(read_up_to(&mut budget, 3)?, b"012");
        budget.seek(SeekFrom::Start(8))?;
        assert_eq!(read_up_to(&mut budget, 3)?, b"8");
        assert!(budget.fill_buf()?.is_empty());
        Ok(())
    }

    #[test]
    fn a_chunk_that_promises_too_much_is_left_out() -> io::Result<()> {
        let webp = b"RIFF\xFF\xFF\xFF\xFFWEBPABCD\x01\0\0\0x\0EXIF\x03\0\0\0abc";
        assert_eq!(webp_chunk(&mut Cursor::new(webp), *b"EXIF", 3)?.as_deref(), Some(b"abc".as_slice()));
        assert_eq!(webp_chunk(&mut Cursor::new(webp), *b"EXIF", 2)?, None);
        assert_eq!(webp_chunk(&mut Cursor::new(webp), *b"ICCP", 9)?, None);
        Ok(())
    }
}
