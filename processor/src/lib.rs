//! The media processor: from a file that somebody uploaded to facts and upright renditions.

mod bmff;
mod config;
mod event;
mod exif;
mod exit;
mod handler;
mod hevc;
mod integrity;
mod motion;
mod picture;
mod sniff;
pub mod testing;
pub mod video;
mod worker;
mod xmp;

pub use config::search_path;
pub use event::{BatchResponse, Failure, ObjectCreated, batch_of_one};
pub use exif::{PhotoFacts, read_exif};
pub use handler::{Asked, Processor, Reprocess, Tools, reprocess};
pub use integrity::{CheckIntegrity, End, Finding, Kind, Progress, Report, SHARES, check_integrity, last_integrity};
pub use motion::motion_part;
pub use picture::{
    FileFacts, Limits, Orientation, PREVIEW_SIDE, Refusal, Rendered, RenditionFile, THUMBNAIL_SIDE, UprightOriginal,
    facts, has_vector_instructions, render, upright_original,
};
pub use sniff::{Format, HEAD_BYTES, sniff};
pub use worker::{Worker, WorkerLimits, run_if_worker};
