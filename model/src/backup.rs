//! What is known of the backup: the record that every run writes and that settings show.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// What the keys of the objects begin with that ask for a backup, in the bucket of originals.
pub const BACKUP_JOBS: &str = "jobs/backup/";
/// What the keys of those begin with that ask for a drill instead.
pub const DRILL_JOBS: &str = "jobs/backup/drill-";

/// How the last run ended, or that one is under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BackupPhase {
    /// There was none yet.
    #[default]
    Never,
    /// One is under way, or one ran out of time and the next goes on.
    Running,
    /// All that there was is in the backup.
    Succeeded,
    /// Something is not in the backup; the message says what to do.
    Failed,
}

/// A restore that was tried out, and compared byte by byte and field by field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// When.
    pub at: Timestamp,
    /// The manifest that was restored from.
    pub manifest: String,
    /// Photos and videos that came back exactly as they were.
    pub proved: u64,
    /// Photos and videos that were tried.
    pub tried: u64,
    /// Records that were compared, attribute by attribute.
    pub records: u64,
    /// What was wrong; none where nothing was.
    #[serde(default)]
    pub problem: Option<String>,
}

impl Proof {
    /// Whether all that was tried came back as it was.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.problem.is_none() && self.proved == self.tried
    }
}

/// Objects that were asked back from the archive, to be compared once they can be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedBack {
    /// When.
    pub at: Timestamp,
    /// The manifest that names them.
    pub manifest: String,
    /// Hexadecimal SHA-256 of each.
    pub blobs: Vec<String>,
}

/// The record of the backup.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupRecord {
    /// Names the library, so that a place which holds another library's backup is not taken for this one's.
    pub library: String,
    /// How the last run ended.
    pub phase: BackupPhase,
    /// A run that did not say that it still runs until then has died.
    #[serde(default)]
    pub lease_until: Option<Timestamp>,
    /// When the last run began.
    #[serde(default)]
    pub started_at: Option<Timestamp>,
    /// When the last run ended.
    #[serde(default)]
    pub finished_at: Option<Timestamp>,
    /// When a run last ended well.
    #[serde(default)]
    pub succeeded_at: Option<Timestamp>,
    /// Objects that the last run copied.
    #[serde(default)]
    pub objects_copied: u64,
    /// Bytes that the last run copied.
    #[serde(default)]
    pub bytes_copied: u64,
    /// Things that the last run could not copy.
    #[serde(default)]
    pub failures: u64,
    /// What is wrong, or what happened, for people.
    #[serde(default)]
    pub message: Option<String>,
    /// Where the backup goes.
    #[serde(default)]
    pub destination: Option<String>,
    /// The last manifest of each place, by the name of the place.
    #[serde(default)]
    pub manifests: std::collections::BTreeMap<String, String>,
    /// Photos and videos in the last manifest.
    #[serde(default)]
    pub media_count: u64,
    /// The last restore that was tried out.
    #[serde(default)]
    pub proof: Option<Proof>,
    /// What the next drill compares.
    #[serde(default)]
    pub asked_back: Option<AskedBack>,
    /// The manifest that is being restored into this library, which is not whole until that is done.
    #[serde(default)]
    pub restoring: Option<String>,
}
