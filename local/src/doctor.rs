//! What is there on this machine for Mantel to work with, what is missing, and what to do about it.

use std::{ffi::OsStr, fmt, path::PathBuf};

use processor::{
    Worker, has_vector_instructions,
    testing::{jpeg, picture},
    video::Converter,
};

use crate::{
    backups::are_on_one_disk,
    data_folder::{DataFolder, DataFolderError},
    maintenance::last_integrity,
    system::Options,
};

/// Less than this is soon full of photos.
const LOW_BYTES: u64 = 5 * 1024 * 1024 * 1024;
const INSTALL_FFMPEG: &str = "Films get no pictures, and may not play on every phone. Install ffmpeg (`apt install \
    ffmpeg`, `brew install ffmpeg`, `winget install ffmpeg`), start Mantel again, and run `mantel reprocess`.";

/// How one thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// As it should be.
    Fine,
    /// Mantel works, but could do better.
    Lacking,
    /// Mantel does not work.
    Broken,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub subject: &'static str,
    /// How it is.
    pub health: Health,
    /// What was found and, where it is not fine, what to do.
    pub text: String,
}

impl Finding {
    fn new(subject: &'static str, health: Health, text: impl Into<String>) -> Self {
        Self { subject, health, text: text.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let health = match self.health {
            Health::Fine => "ok",
            Health::Lacking => "lacking",
            Health::Broken => "broken",
        };
        write!(f, "{health:8} {:8} {}", self.subject, self.text)
    }
}

/// Looks at everything; works while Mantel runs.
pub async fn examine(options: &Options, ffmpeg: Option<PathBuf>, search_path: Option<&OsStr>) -> Vec<Finding> {
    vec![
        jpegs(),
        heics(),
        films(ffmpeg, search_path).await,
        workers(&options.worker).await,
        data(&options.data),
        whole(options).await,
        backups(options),
    ]
}

fn jpegs() -> Finding {
    if has_vector_instructions() {
        return Finding::new("JPEG", Health::Fine, "decoded with the vector instructions of this machine");
    }
    let text = "decoded without the vector instructions of this machine, which takes up to twice the time. Install nasm \
        (`apt install nasm`, `brew install nasm`) and build Mantel again, after `cargo clean -p mozjpeg-sys`.";
    Finding::new("JPEG", Health::Lacking, text)
}

fn heics() -> Finding {
    if cfg!(feature = "heic") {
        return Finding::new("HEIC", Health::Fine, "photos of iPhones are shown");
    }
    let text = "photos of iPhones are kept, but not shown: Mantel was built without the feature `heic`.";
    Finding::new("HEIC", Health::Lacking, text)
}

async fn films(configured: Option<PathBuf>, search_path: Option<&OsStr>) -> Finding {
    match Converter::find(configured, search_path).await {
        Ok(None) => Finding::new("Films", Health::Lacking, format!("no ffmpeg. {INSTALL_FFMPEG}")),
        Err(error) => Finding::new("Films", Health::Lacking, format!("{error}. {INSTALL_FFMPEG}")),
        Ok(Some(converter)) => {
            let name = format!("ffmpeg {} at {}", converter.version(), converter.program().display());
            match converter.missing() {
                Some(missing) => {
                    Finding::new("Films", Health::Lacking, format!("{name} cannot convert all films: {missing}."))
                }
                None if !converter.maps_tones() => Finding::new(
                    "Films",
                    Health::Lacking,
                    format!("{name}. It was built without zscale (libzimg): films in HDR come out pale."),
                ),
                None => Finding::new("Films", Health::Fine, name),
            }
        }
    }
}

async fn workers(worker: &Worker) -> Finding {
    match worker.try_out(&jpeg(&picture(64, 48, 1))).await {
        Ok(()) => Finding::new("Workers", Health::Fine, "small pictures of a test photo are made"),
        Err(reason) => Finding::new("Workers", Health::Broken, format!("no small pictures can be made: {reason}.")),
    }
}

fn data(path: &std::path::Path) -> Finding {
    let name = path.display();
    let state = match DataFolder::check_exists(path).and_then(|()| DataFolder::open(path).map(drop)) {
        Ok(()) => "Mantel is not running",
        Err(DataFolderError::InUse(_)) => "Mantel is running",
        Err(error @ DataFolderError::Missing(_)) => {
            return Finding::new("Data", Health::Lacking, format!("{error} It is made at the first start."));
        }
        Err(error) => return Finding::new("Data", Health::Broken, error.to_string()),
    };
    match free_bytes(path) {
        Some(free) if free < LOW_BYTES => {
            let text =
                format!("{name}: {state}; only {} left. Make room, or move it to a larger disk.", gigabytes(free));
            Finding::new("Data", Health::Lacking, text)
        }
        Some(free) => Finding::new("Data", Health::Fine, format!("{name}: {state}; {} left", gigabytes(free))),
        None => Finding::new("Data", Health::Fine, format!("{name}: {state}")),
    }
}

/// What the last look at everything found.
async fn whole(options: &Options) -> Finding {
    let last = match last_integrity(options).await {
        Ok(last) => last,
        Err(error) => return Finding::new("Whole", Health::Lacking, format!("not known: {error:#}.")),
    };
    let Some(last) = last else {
        let text = "nobody looked yet. Mantel does while it runs, once a day; or run `mantel integrity`.";
        return Finding::new("Whole", Health::Lacking, text);
    };
    let when = last.ended_at.day_at(0);
    if !last.is_well() {
        let text = format!("{when}: {} things need somebody. Run `mantel integrity` to see what.", last.needs_you);
        return Finding::new("Whole", Health::Broken, text);
    }
    if last.unread > 0 {
        let text = format!("{when}: all well, but {} originals could not be read in time.", last.unread);
        return Finding::new("Whole", Health::Lacking, text);
    }
    Finding::new("Whole", Health::Fine, format!("{when}: {} photos and films are there", last.media))
}

fn backups(options: &Options) -> Finding {
    let Some(folder) = &options.backup.folder else {
        let text = match options.backup.destination() {
            Some(_) => {
                return Finding::new("Backup", Health::Fine, "goes to a service that speaks S3, and nowhere else");
            }
            None => {
                "none is made. Start Mantel with --backup-to and a folder on another disk (or set MANTEL_BACKUP_TO)."
            }
        };
        return Finding::new("Backup", Health::Lacking, text);
    };
    let name = folder.display();
    if !folder.exists() {
        return Finding::new("Backup", Health::Lacking, format!("{name} is not there. Is the disk plugged in?"));
    }
    if are_on_one_disk(folder, &options.data) {
        let text = format!("{name} is on the same disk as the library, and does not outlive it. Choose another disk.");
        return Finding::new("Backup", Health::Lacking, text);
    }
    Finding::new("Backup", Health::Fine, format!("goes to {name} every day"))
}

fn gigabytes(bytes: u64) -> String {
    format!("{}.{} GB", bytes / 1_000_000_000, bytes / 100_000_000 % 10)
}

#[cfg(unix)]
fn free_bytes(path: &std::path::Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(path).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free_bytes(_: &std::path::Path) -> Option<u64> {
    None
}
