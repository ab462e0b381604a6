//! What people do, from beginning to end, through the public API.

#[path = "stories/addresses.rs"]
mod addresses;
#[path = "stories/crash.rs"]
mod crash;
#[path = "stories/instance.rs"]
mod instance;
#[path = "stories/multipart.rs"]
mod multipart;
#[path = "stories/pictures.rs"]
mod pictures;
#[path = "stories/processing.rs"]
mod processing;
#[path = "stories/starting.rs"]
mod starting;
mod support;
#[path = "stories/upload_rules.rs"]
mod upload_rules;
#[path = "stories/uploads.rs"]
mod uploads;
