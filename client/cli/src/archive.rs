//! A zip file that several threads read at once, where it is.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
    sync::Arc,
};

use zip::ZipArchive;

use crate::{
    fault::{Fault, Outcome},
    shown::{shown_bytes, shown_path},
};

/// A zip file.
pub(crate) struct Archive {
    /// Its path, safe to print.
    pub(crate) shown: String,
    zip: ZipArchive<Shared>,
}

/// What a zip file says of one of its files.
pub(crate) struct Entry {
    pub(crate) index: usize,
    /// Its path in the zip file, parted by `/`.
    pub(crate) name: String,
    pub(crate) size: u64,
    pub(crate) crc32: u32,
}

impl Archive {
    /// Reads what a zip file holds.
    pub(crate) fn open(path: &Path) -> Outcome<Self> {
        let file = File::open(path).map_err(|error| Fault::of_file(path, &error))?;
        let broken = |error: zip::result::ZipError| {
            Fault::Failed(format!(
                "{} cannot be read as a zip file: {error}. Please download it again.",
                shown_path(path)
            ))
        };
        let zip = ZipArchive::new(Shared { file: Arc::new(file), position: 0 }).map_err(broken)?;
        Ok(Self { shown: shown_path(path), zip })
    }

    /// All files that it holds, without folders.
    pub(crate) fn entries(&self) -> Outcome<Vec<Entry>> {
        let mut zip = self.zip.clone();
        let mut entries = Vec::new();
        for index in 0..zip.len() {
            let file = zip.by_index_raw(index);
            let file = file.map_err(|error| Fault::Failed(format!("{}: {error}", self.shown)))?;
            if file.is_file() {
                let name = file.name().map_or_else(|_| shown_bytes(file.name_raw()), std::borrow::Cow::into_owned);
                entries.push(Entry { index, name, size: file.size(), crc32: file.crc32() });
            }
        }
        Ok(entries)
    }

    /// A reader of one file.
    pub(crate) fn read(self: &Arc<Self>, entry: usize) -> io::Result<EntryReader> {
        EntryReader::new(self.zip.clone(), entry)
    }
}

/// A reader of one file of a zip file, which holds the zip file open itself.
///
/// The library's reader borrows its archive, so a thread of its own drives it, at most two pieces ahead.
pub(crate) struct EntryReader {
    pieces: std::sync::mpsc::Receiver<io::Result<Vec<u8>>>,
    piece: io::Cursor<Vec<u8>>,
}

const PIECE_BYTES: usize = 256 * 1024;

impl EntryReader {
    fn new(mut zip: ZipArchive<Shared>, entry: usize) -> io::Result<Self> {
        let (sender, pieces) = std::sync::mpsc::sync_channel(2);
        std::thread::Builder::new().name("unzip".into()).spawn(move || {
            let mut file = match zip.by_index(entry) {
                Ok(file) => file,
                Err(error) => {
                    let _ = sender.send(Err(io::Error::other(error)));
                    return;
                }
            };
            loop {
                let mut piece = Vec::with_capacity(PIECE_BYTES);
                let read = file.by_ref().take(PIECE_BYTES as u64).read_to_end(&mut piece);
                let ended = !matches!(read, Ok(1..));
                // Nobody listens any more where the reader was dropped.
                if sender.send(read.map(|_| piece)).is_err() || ended {
                    return;
                }
            }
        })?;
        Ok(Self { pieces, piece: io::Cursor::default() })
    }
}

impl Read for EntryReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.piece.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            match self.pieces.recv() {
                Ok(piece) => {
                    let piece = piece?;
                    if piece.is_empty() {
                        return Ok(0);
                    }
                    self.piece = io::Cursor::new(piece);
                }
                Err(_) => return Ok(0),
            }
        }
    }
}

/// One open file, read at several positions.
#[derive(Clone)]
struct Shared {
    file: Arc<File>,
    position: u64,
}

impl Read for Shared {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(&*self.file, buffer, self.position)?;
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(&*self.file, buffer, self.position)?;
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for Shared {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
            SeekFrom::End(by) => self.file.metadata()?.len().checked_add_signed(by),
        };
        self.position = position.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}
