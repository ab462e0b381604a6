//! The command line against the real server: both as processes, as people start them.

mod downloads;
mod failures;
mod help;
mod sessions;
mod support;
mod takeout;
mod uploads;
