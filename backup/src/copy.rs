//! One original into one place, and whether it is what its record says.

use std::collections::{BTreeMap, HashSet};

use model::{Media, MediaId, Sha256, object_key::OriginalsKey};
use store::{Bucket, Copied, Fetched, Store};

use crate::{
    Error,
    manifest::{Entry, Orphan, blob_key},
    place::{Expected, Kept, Place},
    reader::Reader,
};

/// An original as its record has it.
#[derive(Clone, Debug)]
pub(crate) struct Original {
    pub(crate) id: MediaId,
    pub(crate) size_bytes: u64,
    /// None where the stored bytes are known not to be those of the record.
    pub(crate) sha256: Option<Sha256>,
}

impl From<&Media> for Original {
    fn from(media: &Media) -> Self {
        Self { id: media.id, size_bytes: media.size_bytes, sha256: (!media.rejected).then_some(media.sha256) }
    }
}

impl Original {
    pub(crate) fn key(&self) -> String {
        OriginalsKey::Original(self.id).to_string()
    }
}

/// What became of an original.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It is in the place; whether its bytes were copied just now.
    Kept(Entry, bool),
    /// There is no such object.
    Missing,
    /// The object has other bytes than its record says.
    OtherBytes,
}

/// The blobs of a place that count as there.
pub(crate) struct There {
    /// As listed, with their lengths.
    pub(crate) listed: BTreeMap<String, u64>,
    /// Those of which it is known that they hold other bytes than their name says.
    pub(crate) spoiled: HashSet<Sha256>,
}

impl There {
    pub(crate) fn has(&self, sha256: Sha256) -> bool {
        self.listed.contains_key(&blob_key(sha256)) && !self.spoiled.contains(&sha256)
    }
}

/// Copies an original into a place, unless it is there by what the place lists.
pub(crate) async fn copy(store: &Store, place: &Place, original: &Original, there: &There) -> Result<Outcome, Error> {
    let (originals, key) = (store.originals(), original.key());
    let Some(head) = originals.head(&key).await? else { return Ok(Outcome::Missing) };
    let sha256 = match (original.sha256, head.sha256) {
        (Some(recorded), Some(stored)) if recorded != stored => return Ok(Outcome::OtherBytes),
        (Some(_), _) if head.size_bytes != original.size_bytes => return Ok(Outcome::OtherBytes),
        (Some(recorded), _) => recorded,
        (None, Some(stored)) => stored,
        // What was rejected came in parts, so that S3 knows no SHA-256 of it: its bytes have to be read.
        (None, None) => match read(&originals, &key).await? {
            Some(reader) => reader.measure().await?.1,
            None => return Ok(Outcome::Missing),
        },
    };
    let mut entry = Entry {
        id: original.id,
        key: key.clone(),
        version: head.version,
        size_bytes: head.size_bytes,
        content_type: head.content_type.unwrap_or_else(|| "application/octet-stream".to_owned()),
        sha256,
    };
    if there.has(sha256) {
        return Ok(Outcome::Kept(entry, false));
    }
    let blob = blob_key(sha256);
    if let Some(bucket) = place.library_bucket() {
        return match bucket.copy_new(&originals, &key, entry.size_bytes, &blob).await? {
            Copied::Done(computed, version) => {
                entry.version = version.or(entry.version);
                // Of what is copied in parts, S3 has a checksum of each part alone: then the original is read once.
                let found = match computed {
                    Some(found) => found,
                    None => computed_of(&originals, &key).await?,
                };
                Ok(if found == sha256 { Outcome::Kept(entry, true) } else { Outcome::OtherBytes })
            }
            Copied::Exists => Ok(Outcome::Kept(entry, false)),
            Copied::SourceMissing => Ok(Outcome::Missing),
        };
    }
    let Some(reader) = read(&originals, &key).await? else { return Ok(Outcome::Missing) };
    let content_type = Some(entry.content_type.as_str());
    let expected = Expected { size_bytes: entry.size_bytes, sha256, content_type };
    match place.keep(&blob, reader, &expected).await? {
        Kept::New => Ok(Outcome::Kept(entry, true)),
        Kept::Before => Ok(Outcome::Kept(entry, false)),
        Kept::OtherBytes => Ok(Outcome::OtherBytes),
    }
}

/// Keeps an original that has no record; none where it is gone by now.
pub(crate) async fn copy_orphan(
    store: &Store,
    place: &Place,
    id: MediaId,
    there: &There,
) -> Result<Option<(Orphan, bool)>, Error> {
    let original = Original { id, size_bytes: 0, sha256: None };
    Ok(match copy(store, place, &original, there).await? {
        Outcome::Kept(entry, copied) => {
            Some((Orphan { key: entry.key, size_bytes: entry.size_bytes, sha256: entry.sha256 }, copied))
        }
        Outcome::Missing | Outcome::OtherBytes => None,
    })
}

/// A service that copies without saying what: then the source has to be read.
async fn computed_of(bucket: &Bucket, key: &str) -> Result<Sha256, Error> {
    match read(bucket, key).await? {
        Some(reader) => Ok(reader.measure().await?.1),
        None => Err(Error::Missing(key.to_owned())),
    }
}

pub(crate) async fn read(bucket: &Bucket, key: &str) -> Result<Option<Reader>, Error> {
    match bucket.get(key).await? {
        Fetched::Body(body) => Ok(Some(Reader::Object(body))),
        Fetched::Missing => Ok(None),
        Fetched::Archived => Err(Error::Archived(key.to_owned())),
    }
}
