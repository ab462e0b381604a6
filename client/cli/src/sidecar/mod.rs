//! Files beside a photo or video that say what is known of it.

mod google;
mod ours;
mod xmp;

use std::{
    fs,
    path::{Path, PathBuf},
};

pub(crate) use self::{
    google::{Google, album_title},
    ours::{ENDING, GALLERY_FILE, GalleryFile, Location, Ours},
};
use crate::notes::Notes;

/// The largest sidecar that is read.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// What the sidecars of a file say, and one that could not be read.
#[derive(Default)]
pub(crate) struct Sidecars {
    pub(crate) notes: Notes,
    /// The name that the file had before it was downloaded.
    pub(crate) file_name: Option<String>,
    pub(crate) unreadable: Option<PathBuf>,
}

/// Reads the sidecars of a file. `download` wrote ours; XMP counts before Google's JSON.
pub(crate) fn read(file: &Path) -> Sidecars {
    let mut sidecars = Sidecars::default();
    if let Some(text) = sidecars.text(&with_ending(file, ENDING)) {
        match Ours::parse(&text) {
            Some(ours) => {
                sidecars.file_name = Some(ours.file_name.clone());
                sidecars.notes = ours.notes();
                return sidecars;
            }
            None => sidecars.unreadable = Some(with_ending(file, ENDING)),
        }
    }
    for path in [with_ending(file, ".xmp"), file.with_extension("xmp")] {
        if let Some(text) = sidecars.text(&path) {
            match xmp::parse(&text) {
                Some(notes) => sidecars.notes = std::mem::take(&mut sidecars.notes).or(notes),
                None => sidecars.unreadable = Some(path),
            }
        }
    }
    for path in [with_ending(file, ".supplemental-metadata.json"), with_ending(file, ".json")] {
        if let Some(google) = sidecars.text(&path).and_then(|text| Google::parse(&text)) {
            sidecars.notes = std::mem::take(&mut sidecars.notes).or(google.notes());
        }
    }
    sidecars
}

impl Sidecars {
    /// The text of a sidecar that is there.
    fn text(&mut self, path: &Path) -> Option<String> {
        let metadata = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
        let text = if metadata.len() > MAX_BYTES { None } else { fs::read_to_string(path).ok() };
        if text.is_none() {
            self.unreadable = Some(path.to_owned());
        }
        text
    }
}

/// A path with something added to its name.
pub(crate) fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
