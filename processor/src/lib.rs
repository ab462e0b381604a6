//! The media processor: from a file that somebody uploaded to facts and upright renditions.

mod event;
mod exif;
mod handler;
mod picture;
mod sniff;
pub mod testing;
pub mod video;

pub use event::{BatchResponse, Failure, ObjectCreated, batch_of_one};
pub use exif::{PhotoFacts, read_exif};
pub use handler::Processor;
pub use picture::{
    FileFacts, Limits, Orientation, PREVIEW_SIDE, Refusal, Rendered, RenditionFile, THUMBNAIL_SIDE, facts, render,
};
pub use sniff::{Format, HEAD_BYTES, sniff};
