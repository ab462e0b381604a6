//! The embedded S3: a durable file store behind the S3 protocol of `s3s`.
//!
//! The bytes of an object are one file under `blobs`, never changed once named; everything else is in one `SQLite`
//! database. A write is acknowledged when its blob is on disk under its final name, and one transaction has checked
//! the condition and stored the object's row together with the event it causes.
//!
//! Invariant: a row never names a blob that is not durable. A blob that no row names is garbage, removed at start-up.
//! Invariant: keys never become paths.
//! Invariant: a version that Object Lock retains is deleted by no request, nor replaced.
//! Invariant: one process at a time has the folder open; whoever owns the data folder holds its lock.

mod error;

mod blobs;
mod database;
mod store;

mod archive;
mod bucket;
mod checksum;
mod condition;
mod object;
mod outbox;
mod retention;
mod upload;
mod version;

mod complete;
mod copy;
mod copy_part;
mod delete;
mod list;
mod list_objects;
mod list_versions;
mod multipart;
mod read;
mod receive;
mod write;

mod cors;
mod operations;
mod service;

pub use error::{Error, OpenError};
pub use outbox::{DeadEvent, Keys, OutboxEvent};
pub use s3s::Body;
pub use service::{Access, AllowedOrigin, Service, service};
pub use store::{Options, Store};
