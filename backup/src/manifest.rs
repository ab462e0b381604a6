//! The manifest: what one backup consists of. It is written last, and names everything with its SHA-256.
//!
//! Its own SHA-256 is in its name, so that it proves itself; it is checked against the table that it names, so that
//! neither can be of another day. Its form is JSON without white space, fields in the order of this file.

use std::collections::{BTreeMap, BTreeSet};

use model::{Media, MediaId, Sha256, Timestamp};
use serde::{Deserialize, Serialize};
use store::{ExportedAccount, Line};

use crate::{Error, reader::sha256};

/// The form that is written today. Earlier ones stay readable.
pub const FORMAT: u32 = 1;
/// What the names of manifests begin with.
pub const MANIFESTS: &str = "manifests/";
/// What the names of media begin with.
pub const BLOBS: &str = "blobs/";
/// What the names of tables begin with.
pub const TABLES: &str = "db/";

/// What one backup consists of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The form of manifest, table and blobs; 1.
    pub format: u32,
    /// The program that wrote it.
    pub tool: String,
    /// The library.
    pub library: String,
    /// When the reading of the table began.
    pub taken_at: Timestamp,
    /// The manifest before, by name.
    pub previous: Option<String>,
    /// Whether nothing changed while the table was read, so that it is that of one moment.
    pub quiet: bool,
    /// The table.
    pub table: Table,
    /// Every photo and video whose bytes are here, by id.
    pub media: Vec<Entry>,
    /// Originals of which there is no record; they are kept all the same.
    pub without_record: Vec<Orphan>,
    /// Photos and videos whose originals could not be read or were not what their records say, and are not here either.
    pub missing: Vec<Lost>,
    /// Photos and videos that were erased while this backup was made: their records must not come back.
    pub gone: Vec<MediaId>,
    /// Accounts and their groups. Passwords cannot be exported.
    pub accounts: Vec<ExportedAccount>,
    /// What was erased for good, and must not come back from here or any earlier backup.
    pub erased: Vec<String>,
}

/// The table of a backup: `db/<sha256>.jsonl.gz`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Of the compressed file.
    pub sha256: Sha256,
    /// Of the compressed file.
    pub size_bytes: u64,
    /// Of the lines within, each with its line break.
    pub lines_sha256: Sha256,
    /// Of the lines within.
    pub lines_bytes: u64,
    /// How many lines, that is items, there are.
    pub items: u64,
}

impl Table {
    /// Its name.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{TABLES}{}.jsonl.gz", self.sha256)
    }
}

/// A photo or video of a backup: `blobs/<sha256>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its id.
    pub id: MediaId,
    /// The object that was copied.
    pub key: String,
    /// The version of that object, where the bucket has versions.
    pub version: Option<String>,
    /// Bytes of the original.
    pub size_bytes: u64,
    /// The content type of the object.
    pub content_type: String,
    /// Of the original.
    pub sha256: Sha256,
}

/// An original without a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Orphan {
    /// The object that was copied.
    pub key: String,
    /// Its length.
    pub size_bytes: u64,
    /// Of its bytes.
    pub sha256: Sha256,
}

/// A photo or video that is not in the backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lost {
    /// Its id.
    pub id: MediaId,
    /// As its record has it.
    pub sha256: Sha256,
    /// Why, for people.
    pub reason: String,
}

/// The name of a blob.
#[must_use]
pub fn blob_key(sha256: Sha256) -> String {
    format!("{BLOBS}{sha256}")
}

/// The photos and videos of a table whose bytes a backup keeps.
///
/// # Errors
/// When a record cannot be read.
pub(crate) fn media_of(lines: &[Line]) -> Result<Vec<Media>, Error> {
    lines.iter().filter_map(|line| line.media().transpose()).map(|media| Ok(media?)).collect()
}

impl Manifest {
    /// Its bytes, and the name that they have.
    #[must_use]
    pub fn written(&self) -> (String, Vec<u8>) {
        let bytes = serde_json::to_vec(self).expect("texts and numbers are JSON");
        (format!("{MANIFESTS}{}-{}.json", compact(self.taken_at), sha256(&bytes)), bytes)
    }

    /// Reads a manifest and checks it against its name.
    ///
    /// # Errors
    /// When it is not what its name says, or of a form that this program does not know.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Form {
            format: u32,
        }
        let damaged = |problem: String| Error::damaged(name, problem);
        let digest = sha256(bytes);
        if !name.ends_with(&format!("-{digest}.json")) {
            return Err(damaged("its bytes have not the SHA-256 that is in its name".to_owned()));
        }
        let form: Form = serde_json::from_slice(bytes).map_err(|error| damaged(error.to_string()))?;
        if form.format > FORMAT {
            return Err(Error::Refused(format!("{name} was written by a newer Mantel: update this one")));
        }
        let manifest: Self = serde_json::from_slice(bytes).map_err(|error| damaged(error.to_string()))?;
        if name != format!("{MANIFESTS}{}-{digest}.json", compact(manifest.taken_at)) {
            return Err(damaged("its time is not the one that is in its name".to_owned()));
        }
        Ok(manifest)
    }

    /// Whether it says the same of a library as another, but for the time and what changes with it.
    pub(crate) fn says_the_same(&self, other: &Self) -> bool {
        let timeless = |manifest: &Self| Self {
            taken_at: Timestamp::MIN,
            previous: None,
            tool: String::new(),
            table: Table { sha256: manifest.table.lines_sha256, size_bytes: 0, ..manifest.table.clone() },
            ..manifest.clone()
        };
        timeless(self) == timeless(other)
    }

    /// What it says that its table does not, and the other way round.
    ///
    /// # Errors
    /// When a record cannot be read.
    pub(crate) fn differences(&self, lines: &[Line]) -> Result<Vec<String>, Error> {
        let mut problems = Vec::new();
        let records: BTreeMap<MediaId, Media> = media_of(lines)?.into_iter().map(|media| (media.id, media)).collect();
        let lost: BTreeSet<MediaId> =
            self.missing.iter().map(|lost| lost.id).chain(self.gone.iter().copied()).collect();
        let mut named = BTreeSet::new();
        for entry in &self.media {
            if !named.insert(entry.id) {
                problems.push(format!("{} is named twice", entry.id));
            }
            match records.get(&entry.id) {
                None => problems.push(format!("{} is named, but the table has no record of it", entry.id)),
                Some(media)
                    if !media.rejected && (media.sha256, media.size_bytes) != (entry.sha256, entry.size_bytes) =>
                {
                    problems.push(format!("{} is named with other bytes than its record has", entry.id));
                }
                Some(_) => {}
            }
        }
        let unnamed = records.keys().filter(|id| !named.contains(id) && !lost.contains(id));
        problems.extend(unnamed.map(|id| format!("{id} has a record, but is not named")));
        let erased: Vec<&str> = lines.iter().filter_map(Line::erased).collect();
        if erased != self.erased.iter().map(String::as_str).collect::<Vec<_>>() {
            problems.push("the list of what was erased is not that of the table".to_owned());
        }
        Ok(problems)
    }

    /// The lengths of all blobs that it names, by their SHA-256 in hexadecimal.
    #[must_use]
    pub fn blobs(&self) -> BTreeMap<String, u64> {
        let media = self.media.iter().map(|entry| (entry.sha256.to_string(), entry.size_bytes));
        media.chain(self.without_record.iter().map(|orphan| (orphan.sha256.to_string(), orphan.size_bytes))).collect()
    }
}

/// A time as it is in names: `20260301T093000000Z`.
fn compact(time: Timestamp) -> String {
    time.to_string().replace(['-', ':', '.'], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        let digest = sha256(b"");
        Manifest {
            format: FORMAT,
            tool: "mantel 0.1.0".to_owned(),
            library: "01JNQ0000000000000000000AA".to_owned(),
            taken_at: "2026-03-01T09:30:00.123Z".parse().expect("a time"),
            previous: None,
            quiet: true,
            table: Table { sha256: digest, size_bytes: 20, lines_sha256: digest, lines_bytes: 0, items: 0 },
            media: Vec::new(),
            without_record: Vec::new(),
            missing: Vec::new(),
            gone: Vec::new(),
            accounts: Vec::new(),
            erased: Vec::new(),
        }
    }

    #[test]
    fn a_manifest_is_read_back_by_its_own_name_only() {
        let (name, bytes) = manifest().written();
        assert!(name.starts_with("manifests/20260301T093000123Z-"), "{name}");
        assert_eq!(Manifest::parse(&name, &bytes).expect("itself"), manifest());
        let later = name.replace("20260301", "20260302");
        assert!(Manifest::parse(&later, &bytes).is_err(), "the time in the name counts");
        let mut other = bytes.clone();
        other[0] = b' ';
        assert!(Manifest::parse(&name, &other).is_err(), "every byte counts");
    }

    #[test]
    fn a_manifest_of_a_later_form_is_refused_with_what_to_do() {
        let (name, bytes) = Manifest { format: FORMAT + 1, ..manifest() }.written();
        let error = Manifest::parse(&name, &bytes).expect_err("not known");
        assert!(error.to_string().contains("newer Mantel"), "{error}");
    }
}
