//! The backup: a copy of media and records that proves itself, made, checked, restored and tried out by the same code on
//! AWS and on one machine. `README.md` beside this crate has the form of it all, and what the function may do.

mod accounts;
mod at_once;
mod cipher;
mod config;
mod copy;
mod drill;
mod error;
mod find;
mod folder;
mod into_place;
mod manifest;
mod place;
mod progress;
mod prune;
mod reader;
mod restore;
mod restore_gallery;
mod run;
mod snapshot;
mod verify;

pub use accounts::NewPassword;
pub use cipher::Cipher;
pub use config::{places_from_env, second_place};
pub use drill::{Drill, Drilled};
pub use error::Error;
pub use find::{find, list, read_manifest};
pub use folder::Folder;
pub use manifest::{BLOBS, Entry, FORMAT, Lost, MANIFESTS, Manifest, Orphan, TABLES, Table, blob_key};
pub use place::{Kind, MARKER, Marker, NewId, Place};
pub use progress::{Observer, Stage, Step, nobody};
pub use prune::{LEAST_DAYS, Pruned, prune};
pub use restore::{Random, Restore, RestoreReport, Restored};
pub use run::{Backup, RunOptions, RunReport};
pub use verify::{Depth, Verified, verify};
