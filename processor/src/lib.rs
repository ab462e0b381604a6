//! The media processor: from a file that somebody uploaded to facts and upright renditions.

mod event;
mod exif;
mod handler;
mod picture;
mod sniff;
pub mod testing;
pub mod video;
mod worker;

pub use event::{BatchResponse, Failure, ObjectCreated, batch_of_one};
pub use exif::{PhotoFacts, read_exif};
pub use handler::{Asked, Processor, Reprocess, Tools, reprocess};
pub use picture::{
    FileFacts, Limits, Orientation, PREVIEW_SIDE, Refusal, Rendered, RenditionFile, THUMBNAIL_SIDE, facts, has_vector_instructions,
    render,
};
pub use sniff::{Format, HEAD_BYTES, sniff};
pub use worker::{Worker, WorkerLimits, run_if_worker};
