//! How the environment says that the processor is set up.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use store::config::optional;

use crate::{Limits, Tools, Worker, video::Converter};

/// Larger films fill the disk of a function that was not given a larger one.
const DEFAULT_MAX_FILM_BYTES: u64 = 400 * 1024 * 1024;

/// Where programs are looked for: the variable `PATH`.
#[must_use]
pub fn search_path() -> Option<OsString> {
    optional("PATH").map(OsString::from)
}

impl Tools {
    /// What a Lambda function works with. `MANTEL_MAX_FILM_BYTES` says how large films may be, where the function has a
    /// larger disk than usual; `MANTEL_FFMPEG` where ffmpeg is, if not on the `PATH`.
    ///
    /// # Errors
    /// When a variable is not what it should be, for whoever set it.
    pub async fn from_env(scratch: &Path) -> Result<Self, String> {
        let max_film_bytes = match optional("MANTEL_MAX_FILM_BYTES") {
            Some(text) => text.parse().map_err(|_| "MANTEL_MAX_FILM_BYTES is not a number of bytes".to_owned())?,
            None => DEFAULT_MAX_FILM_BYTES,
        };
        let configured = optional("MANTEL_FFMPEG").map(PathBuf::from);
        let converter =
            Converter::find(configured, search_path().as_deref()).await.map_err(|error| error.to_string())?;
        if converter.is_none() {
            tracing::warn!("no ffmpeg: films have no pictures and may not play");
        }
        let worker = Worker::of_this_program().map_err(|error| error.to_string())?;
        Ok(Self { limits: Limits::default(), worker, scratch: scratch.to_owned(), max_film_bytes, converter })
    }
}
