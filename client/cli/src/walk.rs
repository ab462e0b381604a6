//! Finds the photos and videos below some paths, in the order of their names.

use std::{
    collections::{BTreeSet, HashSet},
    ffi::OsString,
    fs::{self, Metadata},
    path::{Path, PathBuf},
};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::{
    fault::{Fault, Outcome},
    media_type,
    shown::{shown, shown_path},
};

/// A photo or video that was found.
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    /// The path that was given, if it was a folder; else the folder of the file.
    pub(crate) root: PathBuf,
    pub(crate) content_type: &'static str,
    pub(crate) metadata: Metadata,
}

/// What was found, and what was not looked at.
#[derive(Default)]
pub(crate) struct Walked {
    pub(crate) found: Vec<Found>,
    /// What could not be read, and why.
    pub(crate) unreadable: Vec<(PathBuf, String)>,
    /// What is neither photo nor video, by its ending.
    pub(crate) others: BTreeSet<String>,
    pub(crate) other_count: usize,
    /// Folders that a link leads to for the second time.
    pub(crate) repeated: Vec<PathBuf>,
    seen: HashSet<PathBuf>,
}

/// Which files count, by their paths.
pub(crate) struct Filter {
    include: Option<GlobSet>,
    exclude: GlobSet,
}

impl Filter {
    /// From patterns of the command line.
    pub(crate) fn of(include: &[String], exclude: &[String]) -> Outcome<Self> {
        let include = if include.is_empty() { None } else { Some(set(include)?) };
        Ok(Self { include, exclude: set(exclude)? })
    }

    fn takes(&self, path: &Path) -> bool {
        self.include.as_ref().is_none_or(|include| include.is_match(path)) && !self.exclude.is_match(path)
    }
}

fn set(patterns: &[String]) -> Outcome<GlobSet> {
    let mut set = GlobSetBuilder::new();
    let fault = |error: globset::Error| Fault::Usage(shown(&error.to_string()));
    for pattern in patterns {
        set.add(GlobBuilder::new(pattern).case_insensitive(true).build().map_err(fault)?);
    }
    set.build().map_err(fault)
}

/// Walks through the paths. One that is not there at all is a mistake of whoever gave it.
pub(crate) fn walk(paths: &[PathBuf], filter: &Filter) -> Outcome<Walked> {
    let mut walked = Walked::default();
    for path in paths {
        let metadata = fs::metadata(path).map_err(|error| Fault::Usage(format!("{}: {error}", shown_path(path))))?;
        if metadata.is_dir() {
            walked.folder(path, path, filter);
        } else {
            let root = path.parent().unwrap_or(Path::new("")).to_owned();
            walked.file(path.clone(), &root, metadata, filter);
        }
    }
    Ok(walked)
}

impl Walked {
    /// Walks through a folder, unless a link led there before: so that links in circles end.
    fn folder(&mut self, root: &Path, folder: &Path, filter: &Filter) {
        match fs::canonicalize(folder) {
            Ok(real) => {
                if !self.seen.insert(real) {
                    return self.repeated.push(folder.to_owned());
                }
            }
            Err(error) => return self.unreadable.push((folder.to_owned(), error.to_string())),
        }
        let names = match names(folder) {
            Ok(names) => names,
            Err(error) => return self.unreadable.push((folder.to_owned(), error.to_string())),
        };
        for name in names {
            let path = folder.join(&name);
            match fs::metadata(&path) {
                Ok(metadata) if metadata.is_dir() => {
                    if !filter.exclude.is_match(path.strip_prefix(root).unwrap_or(&path)) {
                        self.folder(root, &path, filter);
                    }
                }
                Ok(metadata) => self.file(path, root, metadata, filter),
                Err(error) => self.unreadable.push((path, error.to_string())),
            }
        }
    }

    fn file(&mut self, path: PathBuf, root: &Path, metadata: Metadata, filter: &Filter) {
        if !filter.takes(path.strip_prefix(root).unwrap_or(&path)) {
            return;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        match media_type::of_name(&name) {
            Some(content_type) if metadata.is_file() => {
                self.found.push(Found { root: root.to_owned(), content_type, metadata, path });
            }
            _ => {
                self.other_count += 1;
                let ending = name.rsplit_once('.').map_or("(none)", |(_, ending)| ending).to_lowercase();
                self.others.insert(shown(&ending));
            }
        }
    }
}

/// The names in a folder, in order. Hidden ones are left out, among them what cameras and file servers leave behind.
fn names(folder: &Path) -> std::io::Result<Vec<OsString>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        if !matches!(name.as_encoded_bytes(), [b'.', ..] | b"@eaDir") {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}
