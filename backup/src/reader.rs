//! Bytes as they come, from wherever they lie.

use std::pin::Pin;

use bytes::Bytes;
use futures::{AsyncRead, AsyncReadExt as _};
use model::Sha256;
use sha2::Digest;
use store::ObjectBody;
use tokio::io::AsyncReadExt as _;

use crate::Error;

const CHUNK_BYTES: usize = 256 * 1024;

/// A source of bytes.
pub(crate) enum Reader {
    /// An object of a bucket.
    Object(ObjectBody),
    /// A file.
    File(tokio::fs::File),
    /// What an encrypted source holds.
    Decrypted(Pin<Box<dyn AsyncRead + Send>>),
}

impl Reader {
    /// The next bytes; none at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        match self {
            Self::Object(body) => Ok(body.next().await?),
            Self::File(file) => {
                let mut chunk = vec![0; CHUNK_BYTES];
                let read = file.read(&mut chunk).await.map_err(Error::internal)?;
                Ok(filled(chunk, read))
            }
            Self::Decrypted(plain) => {
                let mut chunk = vec![0; CHUNK_BYTES];
                let read = plain.read(&mut chunk).await;
                let read = read.map_err(|error| Error::damaged("an encrypted object", error.to_string()))?;
                Ok(filled(chunk, read))
            }
        }
    }

    /// All of it; refuses more than `max_bytes`.
    pub(crate) async fn read_all(mut self, what: &str, max_bytes: u64) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        while let Some(chunk) = self.next().await? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() as u64 > max_bytes {
                return Err(Error::damaged(what, format!("it has more than {max_bytes} bytes")));
            }
        }
        Ok(bytes)
    }

    /// Length and SHA-256 of all of it.
    pub(crate) async fn measure(mut self) -> Result<(u64, Sha256), Error> {
        let mut measure = Measure::default();
        while let Some(chunk) = self.next().await? {
            measure.add(&chunk);
        }
        Ok(measure.end())
    }
}

fn filled(mut chunk: Vec<u8>, read: usize) -> Option<Bytes> {
    chunk.truncate(read);
    (read > 0).then(|| chunk.into())
}

/// Length and SHA-256 of what passes by.
#[derive(Default)]
pub(crate) struct Measure {
    size_bytes: u64,
    hasher: sha2::Sha256,
}

impl Measure {
    pub(crate) fn add(&mut self, chunk: &[u8]) {
        self.size_bytes += chunk.len() as u64;
        self.hasher.update(chunk);
    }

    pub(crate) fn end(self) -> (u64, Sha256) {
        (self.size_bytes, Sha256::new(self.hasher.finalize().into()))
    }
}

/// The SHA-256 of some bytes.
pub(crate) fn sha256(bytes: &[u8]) -> Sha256 {
    Sha256::new(sha2::Sha256::digest(bytes).into())
}
