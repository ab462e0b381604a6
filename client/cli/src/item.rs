//! A file that is to be uploaded, and where its bytes come from.

use std::{
    fs::{self, File, Metadata},
    io::{self, Read, Seek, SeekFrom},
    path::PathBuf,
    sync::Arc,
    time::UNIX_EPOCH,
};

use ring::digest::{Context, SHA256};

use crate::{archive::Archive, notes::Notes, stop::Stop};

/// How much is read at a time to be hashed.
const CHUNK_BYTES: usize = 1024 * 1024;

/// A SHA-256 digest.
pub(crate) type Digest = [u8; 32];

/// Where the bytes of a file are.
#[derive(Clone)]
pub(crate) enum Source {
    /// A file of its own.
    File(PathBuf),
    /// An entry of a zip file, which is read where it is.
    Zipped { archive: Arc<Archive>, entry: usize },
}

/// A file that is to be uploaded.
pub(crate) struct Item {
    /// How reports name it: safe to print.
    pub(crate) shown: String,
    /// Tells it from all other files of this machine.
    pub(crate) key: String,
    /// Changes when the file does.
    pub(crate) stamp: String,
    pub(crate) source: Source,
    /// The name to announce.
    pub(crate) file_name: String,
    pub(crate) content_type: &'static str,
    pub(crate) size: u64,
    /// When it was last changed, by the clock on the wall, as the API writes it.
    pub(crate) modified_at: Option<String>,
    /// Which of the targets it goes to.
    pub(crate) target: usize,
    pub(crate) notes: Notes,
}

impl Source {
    /// Opens it for reading from a byte on.
    pub(crate) fn open_at(&self, offset: u64) -> io::Result<Box<dyn Read + Send>> {
        match self {
            Self::File(path) => {
                let mut file = File::open(path)?;
                file.seek(SeekFrom::Start(offset))?;
                Ok(Box::new(file))
            }
            Self::Zipped { archive, entry } => {
                let mut reader = archive.read(*entry)?;
                // What is compressed can only be read from its beginning.
                io::copy(&mut reader.by_ref().take(offset), &mut io::sink())?;
                Ok(Box::new(reader))
            }
        }
    }

    /// Whether it is as it was when it was found.
    pub(crate) fn is_still(&self, found: &str, size: u64) -> bool {
        match self {
            Self::File(path) => fs::metadata(path).is_ok_and(|now| now.len() == size && stamp(&now) == found),
            // Its own checksum tells of changes while it is read.
            Self::Zipped { .. } => true,
        }
    }

    /// The first bytes, at most so many.
    pub(crate) fn head(&self, length: u64) -> io::Result<Vec<u8>> {
        let mut head = Vec::new();
        self.open_at(0)?.take(length).read_to_end(&mut head)?;
        Ok(head)
    }

    /// Reads all of it, a piece at a time, and gives its digest and length.
    pub(crate) fn hash(&self, stop: &Stop) -> io::Result<(Digest, u64)> {
        let mut reader = self.open_at(0)?;
        let (mut context, mut length) = (Context::new(&SHA256), 0);
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            if stop.is_asked() {
                return Err(io::Error::other("stopped"));
            }
            match reader.read(&mut chunk) {
                Ok(0) => break,
                Ok(read) => {
                    context.update(&chunk[..read]);
                    length += read as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let digest = context.finish().as_ref().try_into().expect("SHA-256 has 32 bytes");
        Ok((digest, length))
    }
}

/// What changes when a file does. On Unix that is also the time of the last change of any kind, which programs that set
/// dates do not reach.
pub(crate) fn stamp(metadata: &Metadata) -> String {
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    let stamp = format!("{}-{}", metadata.len(), modified.as_nanos());
    #[cfg(unix)]
    let stamp = {
        use std::os::unix::fs::MetadataExt;
        format!("{stamp}-{}-{}.{}", metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
    };
    stamp
}
