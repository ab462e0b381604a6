//! The media processor: from a file that somebody uploaded to facts and upright renditions.

mod event;
mod exif;
mod handler;
mod motion;
mod picture;
mod sniff;
pub mod testing;
mod xmp;

pub use event::{BatchResponse, Failure, ObjectCreated, batch_of_one};
pub use exif::{PhotoFacts, read_exif};
pub use handler::Processor;
pub use motion::{MotionPart, motion_part};
pub use picture::{
    FileFacts, Limits, Orientation, PREVIEW_SIDE, Refusal, Rendered, RenditionFile, THUMBNAIL_SIDE, UprightOriginal,
    facts, render, upright_original,
};
pub use sniff::{Format, HEAD_BYTES, sniff};
