//! What long work says of itself while it runs.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The table is read.
    Table,
    /// Originals and blobs are listed.
    Listing,
    /// Media are copied.
    Copying,
    /// The manifest is written.
    Manifest,
    /// The backup is checked.
    Checking,
    /// Archived objects are asked back.
    AskingBack,
    /// Originals are put back.
    Originals,
    /// Records are put back.
    Records,
    /// What was restored is compared.
    Comparing,
}

impl Stage {
    /// Its name for programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Listing => "listing",
            Self::Copying => "copying",
            Self::Manifest => "manifest",
            Self::Checking => "checking",
            Self::AskingBack => "asking-back",
            Self::Originals => "originals",
            Self::Records => "records",
            Self::Comparing => "comparing",
        }
    }
}

/// How far a stage is. With `of` 0 it has only begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which.
    pub stage: Stage,
    /// Things done.
    pub done: u64,
    /// Things to do.
    pub of: u64,
    /// Bytes done.
    pub bytes: u64,
    /// Bytes to do.
    pub of_bytes: u64,
}

/// Hears of every step. It is called often, and must not wait.
pub type Observer = Arc<dyn Fn(Step) + Send + Sync>;

/// Nobody.
#[must_use]
pub fn nobody() -> Observer {
    Arc::new(|_| {})
}

/// Counts what a stage has done.
pub(crate) struct Progress {
    observer: Observer,
    stage: Stage,
    of: u64,
    of_bytes: u64,
    done: AtomicU64,
    bytes: AtomicU64,
}

impl Progress {
    pub(crate) fn begin(observer: &Observer, stage: Stage, of: u64, of_bytes: u64) -> Self {
        observer(Step { stage, done: 0, of, bytes: 0, of_bytes });
        Self { observer: observer.clone(), stage, of, of_bytes, done: AtomicU64::new(0), bytes: AtomicU64::new(0) }
    }

    pub(crate) fn add(&self, done: u64, bytes: u64) {
        let done = self.done.fetch_add(done, Ordering::Relaxed) + done;
        let bytes = self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
        (self.observer)(Step { stage: self.stage, done, of: self.of, bytes, of_bytes: self.of_bytes });
    }
}
