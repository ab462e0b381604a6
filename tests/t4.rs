#[path = "stories/recovery.rs"]
mod recovery;
mod support;
