//! A place where a backup lies: a bucket of the library's own service, one anywhere else, or a folder.
//!
//! Every place has the same objects under the same names: `mantel-backup.json`, which says whose backup it is,
//! `blobs/<sha256>`, `db/<sha256>.jsonl.gz` and `manifests/<time>-<sha256>.json`; in an encrypted one all but the first
//! end in `.age`. Nothing is ever overwritten.

use std::{collections::BTreeMap, sync::Arc};

use model::Sha256;
use serde::{Deserialize, Serialize};
use store::{Archive, Bucket, BucketWriter, Fetched, Head};
use ulid::Ulid;

use crate::{
    Error,
    cipher::{Cipher, Encrypting},
    folder::{Folder, FolderWriter},
    reader::{Measure, Reader},
};

/// Says whose backup a place holds. Never encrypted.
pub const MARKER: &str = "mantel-backup.json";
const MARKER_FORMAT: u32 = 1;
const MAX_MARKER_BYTES: u64 = 64 * 1024;
const ENCRYPTED: &str = ".age";

/// Gives ids that nobody has used, for names of files that are being written.
pub type NewId = Arc<dyn Fn() -> Ulid + Send + Sync>;

/// Where the bytes lie.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A bucket of the service that keeps the library: it copies by itself, and no byte of media comes here.
    Library(Bucket),
    /// A bucket of another service.
    Elsewhere(Bucket),
    /// A folder.
    Folder(Folder),
}

/// A place for a backup.
#[derive(Clone)]
pub struct Place {
    name: String,
    kind: Kind,
    cipher: Option<Cipher>,
    new_id: NewId,
}

/// The content of [`MARKER`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Marker {
    /// The form of all that lies here; 1.
    pub format: u32,
    /// The library whose backup this is.
    pub library: String,
    /// Whether everything else is encrypted.
    #[serde(default)]
    pub encrypted: bool,
}

/// What is to be kept, as it must be.
pub(crate) struct Expected<'a> {
    pub(crate) size_bytes: u64,
    pub(crate) sha256: Sha256,
    pub(crate) content_type: Option<&'a str>,
}

/// How keeping something ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// It is there now.
    New,
    /// It was there.
    Before,
    /// These are other bytes than announced; nothing was kept.
    OtherBytes,
}

impl Place {
    /// A place with a name for people, encrypted where there is a cipher.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: Kind, cipher: Option<Cipher>, new_id: NewId) -> Self {
        Self { name: name.into(), kind, cipher, new_id }
    }

    /// What people call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether what is written here can be read here.
    #[must_use]
    pub fn can_read(&self) -> bool {
        self.cipher.as_ref().is_none_or(Cipher::can_read)
    }

    /// The bucket, where the library's own service copies into it.
    pub(crate) fn library_bucket(&self) -> Option<&Bucket> {
        match (&self.kind, &self.cipher) {
            (Kind::Library(bucket), None) => Some(bucket),
            _ => None,
        }
    }

    /// Whose backup it holds; none where it holds none.
    pub(crate) async fn marker(&self) -> Result<Option<Marker>, Error> {
        let Some(reader) = self.open_plain(MARKER).await? else { return Ok(None) };
        let bytes = reader.read_all(MARKER, MAX_MARKER_BYTES).await?;
        let marker: Marker =
            serde_json::from_slice(&bytes).map_err(|error| Error::damaged(MARKER, error.to_string()))?;
        if marker.format > MARKER_FORMAT {
            return Err(Error::Refused(format!("{} was written by a newer Mantel: update this one", self.name)));
        }
        Ok(Some(marker))
    }

    /// Says that it holds a library's backup from now on.
    pub(crate) async fn claim_for(&self, library: &str) -> Result<(), Error> {
        let marker = Marker { format: MARKER_FORMAT, library: library.to_owned(), encrypted: self.cipher.is_some() };
        let bytes = serde_json::to_vec(&marker).map_err(Error::internal)?;
        let mut writer = Writer { sink: self.sink(MARKER, bytes.len() as u64, None, false).await?, cipher: None };
        writer.push(&bytes).await?;
        writer.finish().await?;
        Ok(())
    }

    /// What a run that ended early left half done here.
    pub(crate) async fn tidy(&self) -> Result<(), Error> {
        match &self.kind {
            Kind::Folder(folder) => folder.clear_incoming().await,
            Kind::Library(_) | Kind::Elsewhere(_) => Ok(()),
        }
    }

    /// The objects under a prefix, each with its length; of encrypted ones, that of the encrypted form.
    pub(crate) async fn list(&self, prefix: &str) -> Result<BTreeMap<String, u64>, Error> {
        let found: Vec<(String, u64)> = match &self.kind {
            Kind::Library(bucket) | Kind::Elsewhere(bucket) => {
                bucket.list(prefix).await?.into_iter().map(|listed| (listed.key, listed.size_bytes)).collect()
            }
            Kind::Folder(folder) => folder.list(prefix).await?,
        };
        let named = found.into_iter().filter_map(|(key, size)| {
            if self.cipher.is_some() {
                Some((key.strip_suffix(ENCRYPTED)?.to_owned(), size))
            } else {
                Some((key, size))
            }
        });
        Ok(named.collect())
    }

    /// Whether a listed length can be that of an object with so many bytes.
    pub(crate) fn fits(&self, listed_bytes: u64, size_bytes: u64) -> bool {
        // `age` adds a header and 16 bytes to each 64 KiB, in lengths that vary a little.
        if self.cipher.is_some() { listed_bytes > size_bytes } else { listed_bytes == size_bytes }
    }

    /// Begins to read an object; none where there is none.
    pub(crate) async fn open(&self, key: &str) -> Result<Option<Reader>, Error> {
        let Some(reader) = self.open_plain(&self.stored_key(key)).await? else { return Ok(None) };
        match &self.cipher {
            None => Ok(Some(reader)),
            Some(cipher) => Ok(Some(cipher.decrypting(key, reader).await?)),
        }
    }

    async fn open_plain(&self, stored_key: &str) -> Result<Option<Reader>, Error> {
        match &self.kind {
            Kind::Folder(folder) => Ok(folder.read(stored_key).await?.map(Reader::File)),
            Kind::Library(bucket) | Kind::Elsewhere(bucket) => match bucket.get(stored_key).await? {
                Fetched::Body(body) => Ok(Some(Reader::Object(body))),
                Fetched::Missing => Ok(None),
                Fetched::Archived => Err(Error::Archived(stored_key.to_owned())),
            },
        }
    }

    /// What the service says of an object; none where there is none, or no service.
    pub(crate) async fn head(&self, key: &str) -> Result<Option<Head>, Error> {
        match &self.kind {
            Kind::Folder(_) => Ok(None),
            Kind::Library(bucket) | Kind::Elsewhere(bucket) => Ok(bucket.head(&self.stored_key(key)).await?),
        }
    }

    /// Whether an object can be read now.
    pub(crate) async fn archive(&self, key: &str) -> Result<Archive, Error> {
        Ok(self.head(key).await?.map_or(Archive::Readable, |head| head.archive))
    }

    /// Asks an archived object back for some days.
    pub(crate) async fn ask_back(&self, key: &str, days: i32) -> Result<(), Error> {
        match &self.kind {
            Kind::Folder(_) => Ok(()),
            Kind::Library(bucket) | Kind::Elsewhere(bucket) => Ok(bucket.ask_back(&self.stored_key(key), days).await?),
        }
    }

    /// Keeps some bytes that must be readable at once; false where there is an object of this name.
    pub(crate) async fn put(&self, key: &str, bytes: &[u8]) -> Result<bool, Error> {
        let mut writer = self.writer(key, bytes.len() as u64, None, false).await?;
        writer.push(bytes).await?;
        writer.finish().await
    }

    /// Keeps what a reader gives, if it is what is expected.
    pub(crate) async fn keep(&self, key: &str, mut source: Reader, expected: &Expected<'_>) -> Result<Kept, Error> {
        let mut writer = self.writer(key, expected.size_bytes, expected.content_type, true).await?;
        let mut measure = Measure::default();
        loop {
            let step = match source.next().await {
                Ok(Some(chunk)) => {
                    measure.add(&chunk);
                    writer.push(&chunk).await
                }
                Ok(None) => break,
                Err(error) => Err(error),
            };
            if let Err(error) = step {
                writer.abandon().await;
                return Err(error);
            }
        }
        if measure.end() != (expected.size_bytes, expected.sha256) {
            writer.abandon().await;
            return Ok(Kept::OtherBytes);
        }
        Ok(if writer.finish().await? { Kept::New } else { Kept::Before })
    }

    /// Deletes an object: for an admin who prunes.
    pub(crate) async fn delete(&self, key: &str, version: Option<&str>) -> Result<(), Error> {
        match &self.kind {
            Kind::Folder(folder) => folder.delete(&self.stored_key(key)).await,
            Kind::Library(bucket) | Kind::Elsewhere(bucket) => {
                Ok(bucket.delete(&self.stored_key(key), version).await?)
            }
        }
    }

    fn stored_key(&self, key: &str) -> String {
        if self.cipher.is_some() { format!("{key}{ENCRYPTED}") } else { key.to_owned() }
    }

    async fn writer(
        &self,
        key: &str,
        size_bytes: u64,
        content_type: Option<&str>,
        archived: bool,
    ) -> Result<Writer<'_>, Error> {
        let cipher = self.cipher.as_ref().map(Cipher::encrypting).transpose()?;
        Ok(Writer { sink: self.sink(&self.stored_key(key), size_bytes, content_type, archived).await?, cipher })
    }

    async fn sink(
        &self,
        stored_key: &str,
        size_bytes: u64,
        content_type: Option<&str>,
        archived: bool,
    ) -> Result<Sink<'_>, Error> {
        Ok(match &self.kind {
            Kind::Folder(folder) => Sink::Folder(folder.write(stored_key, (self.new_id)()).await?),
            Kind::Library(bucket) | Kind::Elsewhere(bucket) => {
                Sink::Bucket(bucket.writer(stored_key, size_bytes, content_type, archived))
            }
        })
    }
}

/// Something that is being written into a place.
struct Writer<'a> {
    sink: Sink<'a>,
    cipher: Option<Encrypting>,
}

enum Sink<'a> {
    Bucket(BucketWriter<'a>),
    Folder(FolderWriter),
}

impl Sink<'_> {
    async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        match self {
            Self::Bucket(writer) => Ok(writer.write(bytes).await?),
            Self::Folder(writer) => writer.write(bytes).await,
        }
    }
}

impl Writer<'_> {
    async fn push(&mut self, plain: &[u8]) -> Result<(), Error> {
        match &mut self.cipher {
            None => self.sink.write(plain).await,
            Some(cipher) => {
                let ready = cipher.push(plain)?;
                self.sink.write(&ready).await
            }
        }
    }

    async fn finish(mut self) -> Result<bool, Error> {
        if let Some(cipher) = self.cipher.take() {
            let rest = cipher.finish()?;
            self.sink.write(&rest).await?;
        }
        match self.sink {
            Sink::Bucket(writer) => Ok(writer.finish().await?),
            Sink::Folder(writer) => writer.finish().await,
        }
    }

    async fn abandon(self) {
        match self.sink {
            Sink::Bucket(writer) => writer.abandon().await,
            Sink::Folder(writer) => writer.abandon().await,
        }
    }
}
