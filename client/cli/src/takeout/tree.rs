//! The files of a Takeout by folder, whichever of its parts they are in.

use std::{
    collections::BTreeMap,
    fs,
    io::Read,
    path::{Path, PathBuf, absolute},
    sync::Arc,
};

use super::names::{Match, Sidecars, is_year};
use crate::{
    archive::Archive,
    fault::{Fault, Outcome},
    item::{Source, stamp},
    media_type,
    shown::{shown, shown_path},
    sidecar::album_title,
};

/// The largest sidecar that is read.
const MAX_SIDECAR_BYTES: u64 = 4 * 1024 * 1024;

/// A photo or video of the export.
pub(super) struct Medium {
    /// Its name.
    pub(super) name: String,
    pub(super) content_type: &'static str,
    pub(super) place: FilePlace,
}

/// Where a file of the export is.
#[derive(Clone)]
pub(super) struct FilePlace {
    pub(super) source: Source,
    pub(super) size: u64,
    /// Safe to print: the zip file and the path in it, or the path.
    pub(super) shown: String,
    pub(super) key: String,
    pub(super) stamp: String,
}

/// A folder of the export.
#[derive(Default)]
pub(super) struct Folder {
    pub(super) media: Vec<Medium>,
    sidecars: Sidecars<FilePlace>,
    /// JSON that may describe the folder.
    describing: Vec<FilePlace>,
}

/// All folders, by their paths in the export.
#[derive(Default)]
pub(super) struct Tree {
    pub(super) folders: BTreeMap<String, Folder>,
    /// What is neither photo, video nor JSON.
    pub(super) others: usize,
    /// What could not be read, and why.
    pub(super) unreadable: Vec<(String, String)>,
}

impl Tree {
    /// Lists what the parts of an export hold.
    pub(super) fn read(paths: &[PathBuf]) -> Outcome<Self> {
        let mut tree = Self::default();
        for path in paths {
            let metadata =
                fs::metadata(path).map_err(|error| Fault::Usage(format!("{}: {error}", shown_path(path))))?;
            if metadata.is_dir() {
                tree.folder(path, path);
            } else {
                tree.zip(path, &stamp(&metadata))?;
            }
        }
        if tree.folders.values().all(|folder| folder.media.is_empty()) {
            return Err(Fault::Usage("There are no photos or videos in it. Is it a Takeout of Google Photos?".into()));
        }
        Ok(tree)
    }

    fn zip(&mut self, path: &Path, archive_stamp: &str) -> Outcome<()> {
        let archive = Arc::new(Archive::open(path)?);
        let base = absolute(path).map_or_else(|_| shown_path(path), |path| shown_path(&path));
        for entry in archive.entries()? {
            let source = Source::Zipped { archive: archive.clone(), entry: entry.index };
            let place = FilePlace {
                source,
                size: entry.size,
                shown: format!("{}: {}", archive.shown, shown(&entry.name)),
                key: format!("{base}: {}", entry.name),
                stamp: format!("{archive_stamp}-{:08x}-{}", entry.crc32, entry.size),
            };
            self.add(&entry.name, place);
        }
        Ok(())
    }

    fn folder(&mut self, root: &Path, folder: &Path) {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => return self.unreadable.push((shown_path(folder), error.to_string())),
        };
        let mut paths: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            // Links are not followed: an export has none.
            match fs::symlink_metadata(&path) {
                Ok(metadata) if metadata.is_dir() => self.folder(root, &path),
                Ok(metadata) if metadata.is_file() => {
                    let shown = shown_path(&path);
                    let place = FilePlace {
                        key: absolute(&path).map_or_else(|_| shown.clone(), |path| shown_path(&path)),
                        shown,
                        size: metadata.len(),
                        stamp: stamp(&metadata),
                        source: Source::File(path.clone()),
                    };
                    let below = path.strip_prefix(root).unwrap_or(&path);
                    let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
                    self.add(&parts.join("/"), place);
                }
                Ok(_) => {}
                Err(error) => self.unreadable.push((shown_path(&path), error.to_string())),
            }
        }
    }

    /// Adds a file by its path in the export.
    fn add(&mut self, path: &str, place: FilePlace) {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        // Parts may have been unpacked one below the other, or from within.
        let folder = folder.split_once("Takeout/").map_or(folder, |(_, below)| below);
        let entry = self.folders.entry(folder.to_owned()).or_default();
        if let Some(content_type) = media_type::of_name(name) {
            entry.media.push(Medium { name: name.to_owned(), content_type, place });
        } else if entry.sidecars.add(name, place.clone()) {
            entry.describing.push(place);
        } else {
            self.others += 1;
        }
    }
}

impl Folder {
    /// The sidecar of a photo or video.
    pub(super) fn sidecar(&self, name: &str) -> Option<(FilePlace, Match)> {
        self.sidecars.find(name)
    }

    /// The title of the album that this folder is; none for folders of a year, of the archive and the like.
    pub(super) fn album(&self, path: &str) -> Option<String> {
        let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
        if is_year(name) {
            return None;
        }
        // The file that describes an album has a name without the ending of a photo: few are read.
        let candidates = self.describing.iter().filter(|place| !names_a_photo(&place.key));
        candidates.filter_map(FilePlace::text).find_map(|text| album_title(&text))
    }
}

/// Whether the name of a sidecar has that of a photo in it: `….jpg.json`, `….jpg.supplemental-metadata.json`.
fn names_a_photo(key: &str) -> bool {
    let name = key.rsplit('/').next().unwrap_or(key);
    let mut parts = name.split('.').skip(1);
    parts.any(|part| media_type::of_name(&format!("x.{}", part.split('(').next().unwrap_or(part))).is_some())
}

impl FilePlace {
    /// Its text, where it is not too large to be a sidecar.
    pub(super) fn text(&self) -> Option<String> {
        if self.size > MAX_SIDECAR_BYTES {
            return None;
        }
        let mut text = String::new();
        self.source.open_at(0).ok()?.take(MAX_SIDECAR_BYTES).read_to_string(&mut text).ok()?;
        Some(text)
    }
}
