//! The files that hold the bytes.

use std::{
    collections::HashSet,
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use ulid::Ulid;

/// The two folders of files: `incoming` for what is being received, `blobs` for what rows name.
///
/// Both are in one folder, hence in one file system, so that a finished file is renamed from one to the other.
pub(super) struct Blobs {
    incoming: PathBuf,
    kept: PathBuf,
    /// The folders under `kept` that are known to be durable themselves.
    durable_folders: Mutex<HashSet<PathBuf>>,
}

/// A file being received; removed when dropped.
pub(super) struct TempFile {
    path: PathBuf,
    pub(super) file: File,
}

/// A durable blob that no row names yet; removed when dropped, unless a row was written for it.
pub(super) struct NewBlob<'a> {
    blobs: &'a Blobs,
    name: String,
    named: bool,
}

impl Blobs {
    pub(super) fn open(dir: &Path) -> io::Result<Self> {
        let (incoming, kept) = (dir.join("incoming"), dir.join("blobs"));
        fs::create_dir_all(&incoming)?;
        fs::create_dir_all(&kept)?;
        sync_folder(dir)?;
        if let Some(parent) = dir.canonicalize()?.parent() {
            sync_folder(parent)?;
        }
        Ok(Self { incoming, kept, durable_folders: Mutex::default() })
    }

    pub(super) fn create_temp(&self) -> io::Result<TempFile> {
        let path = self.incoming.join(unique_name()?);
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path)?;
        Ok(TempFile { path, file })
    }

    /// Makes a received file durable under a name of its own.
    pub(super) fn keep(&self, temp: &TempFile) -> io::Result<NewBlob<'_>> {
        temp.file.sync_all()?;
        self.place(|path| fs::rename(&temp.path, path))
    }

    /// Gives the bytes of a blob a second name, as durable as the first.
    pub(super) fn link(&self, from: &str) -> io::Result<NewBlob<'_>> {
        self.place(|path| fs::hard_link(self.path(from), path))
    }

    pub(super) fn open_blob(&self, name: &str) -> io::Result<File> {
        File::open(self.path(name))
    }

    /// Removes a blob that no row names any more. What cannot be removed now, start-up removes.
    pub(super) fn remove(&self, name: &str) {
        if let Err(error) = fs::remove_file(self.path(name)) {
            tracing::warn!(blob = name, error = &error as &dyn std::error::Error, "a blob stays until the next start");
        }
    }

    pub(super) fn is_empty(&self) -> io::Result<bool> {
        for folder in fs::read_dir(&self.kept)? {
            if fs::read_dir(folder?.path())?.next().is_some() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Removes every file that is not named, and returns how many there were.
    pub(super) fn sweep(&self, named: &HashSet<String>) -> io::Result<usize> {
        let mut removed = 0;
        for entry in fs::read_dir(&self.incoming)? {
            fs::remove_file(entry?.path())?;
            removed += 1;
        }
        for folder in fs::read_dir(&self.kept)? {
            for entry in fs::read_dir(folder?.path())? {
                let entry = entry?;
                if !entry.file_name().to_str().is_some_and(|name| named.contains(name)) {
                    fs::remove_file(entry.path())?;
                    removed += 1;
                }
            }
        }
        Ok(removed)
    }

    fn place(&self, put: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<NewBlob<'_>> {
        let name = unique_name()?;
        let path = self.path(&name);
        let folder = self.folder(&name);
        self.make_folder(&folder)?;
        put(&path)?;
        let blob = NewBlob { blobs: self, name, named: false };
        sync_folder(&folder)?;
        Ok(blob)
    }

    /// A folder that exists may have been made a moment ago, by a thread that has not synced it yet.
    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        let mut durable = self.durable_folders.lock().unwrap_or_else(PoisonError::into_inner);
        if !durable.contains(folder) {
            fs::create_dir_all(folder)?;
            sync_folder(&self.kept)?;
            durable.insert(folder.to_owned());
        }
        Ok(())
    }

    /// The fan-out is by the last two characters: the first ones are the time, the same for years.
    fn folder(&self, name: &str) -> PathBuf {
        self.kept.join(&name[name.len() - 2..])
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder(name).join(name)
    }
}

impl NewBlob<'_> {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Leaves the file to the row that the current transaction wrote. Should that transaction fail to commit, the
    /// file is garbage for start-up to remove: a commit that reports an error may still have happened.
    pub(super) fn named_by_a_row(mut self) {
        self.named = true;
    }
}

impl Drop for NewBlob<'_> {
    fn drop(&mut self) {
        if !self.named {
            self.blobs.remove(&self.name);
        }
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        // After a rename there is nothing at the old path, which is what is wanted.
        let _ = fs::remove_file(&self.path);
    }
}

/// A name that was never used before: the time does not matter, 128 random bits do.
#[expect(clippy::disallowed_methods, reason = "the embedded services draw names and secrets that nobody may choose")]
fn unique_name() -> io::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(Ulid::from_bytes(bytes).to_string())
}

fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}
