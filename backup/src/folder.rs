//! A folder as a place for backups: on another disk, or one that is plugged in now and then.
//!
//! A file is written under another name, synced, then named: whatever ends the program leaves it whole or absent.

use std::{
    io,
    path::{Path, PathBuf},
};

use tokio::{fs, io::AsyncWriteExt};
use ulid::Ulid;

use crate::Error;

const INCOMING: &str = "incoming";

/// A folder that holds a backup.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The folder at a path, which need not be there yet; but the folder that it is in must be, as a disk that is not
    /// mounted looks like this.
    ///
    /// # Errors
    /// When it cannot be made.
    pub async fn open(path: &Path) -> Result<Self, Error> {
        let folder = Self(path.to_owned());
        if !fs::try_exists(path).await.map_err(Error::io(path))? {
            make_folder(path).await?;
        }
        for part in [INCOMING, "blobs", "db", "manifests"] {
            let part = path.join(part);
            if !fs::try_exists(&part).await.map_err(Error::io(&part))? {
                make_folder(&part).await?;
            }
        }
        Ok(folder)
    }

    /// The folder at a path, which must be there.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The files of one of its folders, each with its length; none where there is no such folder.
    pub(crate) async fn list(&self, prefix: &str) -> Result<Vec<(String, u64)>, Error> {
        let path = self.0.join(prefix.trim_end_matches('/'));
        let mut entries = match fs::read_dir(&path).await {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Error::io(&path)(error)),
        };
        let mut found = Vec::new();
        while let Some(entry) = entries.next_entry().await.map_err(Error::io(&path))? {
            let length = match entry.metadata().await {
                Ok(metadata) => metadata.len(),
                // It got its name at this moment.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(Error::io(entry.path())(error)),
            };
            if let Some(name) = entry.file_name().to_str() {
                found.push((format!("{prefix}{name}"), length));
            }
        }
        Ok(found)
    }

    /// A file, to be read; none where there is none.
    pub(crate) async fn read(&self, key: &str) -> Result<Option<fs::File>, Error> {
        let path = self.path_of(key)?;
        match fs::File::open(&path).await {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io(&path)(error)),
        }
    }

    /// Begins to write a file.
    pub(crate) async fn write(&self, key: &str, id: Ulid) -> Result<FolderWriter, Error> {
        let temporary = self.0.join(INCOMING).join(id.to_string());
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        options.mode(0o600);
        let file = options.open(&temporary).await.map_err(Error::io(&temporary))?;
        Ok(FolderWriter { file, temporary, target: self.path_of(key)? })
    }

    /// Removes what an earlier run left half written. Only while no other run is under way.
    pub(crate) async fn clear_incoming(&self) -> Result<(), Error> {
        for (key, _) in self.list("incoming/").await? {
            let path = self.0.join(&key);
            match fs::remove_file(&path).await {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(Error::io(&path)(error)),
                _ => {}
            }
        }
        Ok(())
    }

    /// Removes a file: for an admin who prunes.
    pub(crate) async fn delete(&self, key: &str) -> Result<(), Error> {
        let path = self.path_of(key)?;
        fs::remove_file(&path).await.map_err(Error::io(&path))
    }

    /// Names come out of manifests: none may lead out of the folder.
    fn path_of(&self, key: &str) -> Result<PathBuf, Error> {
        let plain = |part: &str| {
            !part.is_empty()
                && !part.starts_with('.')
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
        };
        if !key.split('/').all(plain) {
            return Err(Error::damaged(key, "this is no name of a backup's file"));
        }
        Ok(self.0.join(key))
    }
}

/// A file that is being written. It is there when [`Self::finish`] says so, and not before.
pub(crate) struct FolderWriter {
    file: fs::File,
    temporary: PathBuf,
    target: PathBuf,
}

impl FolderWriter {
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.file.write_all(bytes).await.map_err(Error::io(&self.temporary))
    }

    /// False where there is a file of this name, which stays as it is.
    pub(crate) async fn finish(mut self) -> Result<bool, Error> {
        self.file.flush().await.map_err(Error::io(&self.temporary))?;
        self.file.sync_all().await.map_err(Error::io(&self.temporary))?;
        if fs::try_exists(&self.target).await.map_err(Error::io(&self.target))? {
            self.abandon().await;
            return Ok(false);
        }
        fs::rename(&self.temporary, &self.target).await.map_err(Error::io(&self.target))?;
        sync_parent(&self.target).await?;
        Ok(true)
    }

    pub(crate) async fn abandon(self) {
        if let Err(error) = fs::remove_file(&self.temporary).await {
            tracing::warn!(%error, file = %self.temporary.display(), "a half-written file stays until the next run");
        }
    }
}

/// Not with those above it: a disk that is not mounted would be made up on the wrong one.
async fn make_folder(path: &Path) -> Result<(), Error> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    builder.mode(0o700);
    builder.create(path).await.map_err(Error::io(path))?;
    sync_parent(path).await
}

async fn sync_parent(path: &Path) -> Result<(), Error> {
    let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) else { return Ok(()) };
    let folder = fs::File::open(parent).await.map_err(Error::io(parent))?;
    folder.sync_all().await.map_err(Error::io(parent))
}
