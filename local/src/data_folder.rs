//! The one folder that holds everything, used by one process at a time.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use resolvers::Random;
use serde::{Deserialize, Serialize};

const MARKER: &str = "mantel-data.json";
/// What a first start that was cut short may leave.
const UNFINISHED_MARKER: &str = "mantel-data.new";
const LOCK: &str = "lock";
const SECRETS: &str = "secrets.json";
const FORMAT: u32 = 1;

/// Why a folder cannot be used. The text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum DataFolderError {
    /// Something else is in it.
    #[error(
        "{0} is not a folder of Mantel's: it has files, but no {MARKER}. Choose an empty folder with --data, or if \
         this is your library, put {MARKER} back from a backup."
    )]
    NotOurs(PathBuf),
    /// Written by a later version.
    #[error("{0} was written by a newer Mantel. Please update Mantel.")]
    Newer(PathBuf),
    /// Nothing was ever kept there.
    #[error("{0} is not a folder of Mantel's. Name the one that you start Mantel with by --data.")]
    Missing(PathBuf),
    /// A second process.
    #[error("another Mantel is using {0}. Stop it first, or choose another folder with --data.")]
    InUse(PathBuf),
    /// The disk said no.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
}

/// The folder, held for as long as this lives.
#[derive(Debug)]
pub(crate) struct DataFolder {
    path: PathBuf,
    lock: Arc<Lock>,
}

/// Says that the folder is in use; the system releases it when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing is not enough: a process that is being started has a copy of all open files until it runs its own program.
        if let Err(error) = self.0.unlock() {
            tracing::warn!(%error, "the lock of the data folder was not released");
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Marker {
    format: u32,
}

/// The key that signs requests to the embedded services. Made at random with the folder, readable by its owner only.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Secrets {
    /// The access key's id.
    pub access_key_id: String,
    /// The access key's secret.
    pub secret_access_key: String,
}

impl DataFolder {
    /// Takes a folder, and makes it if it is not there or empty.
    ///
    /// # Errors
    /// When another process has it, or it holds something else.
    pub(crate) fn open(path: &Path) -> Result<Self, DataFolderError> {
        let at = |path: &Path| {
            let path = path.to_owned();
            move |source| DataFolderError::Io { path, source }
        };
        create_private_folder(path).map_err(at(path))?;
        let marker = path.join(MARKER);
        match fs::read(&marker) {
            Ok(bytes) => {
                let marker: Marker =
                    serde_json::from_slice(&bytes).map_err(|error| at(&marker)(io::Error::other(error)))?;
                if marker.format > FORMAT {
                    return Err(DataFolderError::Newer(path.to_owned()));
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let others = fs::read_dir(path).map_err(at(path))?.filter_map(Result::ok);
                if others.into_iter().any(|entry| entry.file_name() != LOCK && entry.file_name() != UNFINISHED_MARKER) {
                    return Err(DataFolderError::NotOurs(path.to_owned()));
                }
            }
            Err(error) => return Err(at(&marker)(error)),
        }
        make_private(path).map_err(at(path))?;
        let lock_path = path.join(LOCK);
        let lock = private_file(&lock_path).map_err(at(&lock_path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DataFolderError::InUse(path.to_owned())),
            Err(TryLockError::Error(error)) => return Err(at(&lock_path)(error)),
        }
        if !marker.exists() {
            let text = serde_json::to_vec(&Marker { format: FORMAT }).expect("a number is JSON");
            write_durably(&marker, &text).map_err(at(&marker))?;
        }
        Ok(Self { path: path.to_owned(), lock: Arc::new(Lock(lock)) })
    }

    /// Refuses a folder that Mantel has never used.
    pub(crate) fn check_exists(path: &Path) -> Result<(), DataFolderError> {
        if path.join(MARKER).exists() { Ok(()) } else { Err(DataFolderError::Missing(path.to_owned())) }
    }

    /// The key of a folder that may be in use.
    pub(crate) fn read_secrets(path: &Path) -> Result<Secrets, DataFolderError> {
        Self::check_exists(path)?;
        let file = path.join(SECRETS);
        let failed = |source| DataFolderError::Io { path: file.clone(), source };
        let bytes = fs::read(&file).map_err(failed)?;
        serde_json::from_slice(&bytes).map_err(|error| failed(io::Error::other(error)))
    }

    /// The lock, for whoever must hold it longer than this lives.
    pub(crate) fn lock(&self) -> Arc<Lock> {
        self.lock.clone()
    }

    /// The folder.
    #[must_use]
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// A folder within, made if it is not there.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(crate) fn subfolder(&self, name: &str) -> Result<PathBuf, DataFolderError> {
        let path = self.path.join(name);
        create_private_folder(&path).map_err(|source| DataFolderError::Io { path: path.clone(), source })?;
        Ok(path)
    }

    /// The key of this folder, made at the first call.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub(crate) fn secrets(&self, random: &Random) -> Result<Secrets, DataFolderError> {
        let path = self.path.join(SECRETS);
        let failed = |source| DataFolderError::Io { path: path.clone(), source };
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| failed(io::Error::other(error))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut bytes = [0; 30];
                random(&mut bytes);
                let mut id = [0; 10];
                random(&mut id);
                let secrets = Secrets {
                    access_key_id: format!("MANTEL{}", hex::encode_upper(id)),
                    secret_access_key: BASE64_URL_SAFE_NO_PAD.encode(bytes),
                };
                let text = serde_json::to_vec_pretty(&secrets).expect("texts are JSON");
                write_durably(&path, &text).map_err(failed)?;
                Ok(secrets)
            }
            Err(error) => Err(failed(error)),
        }
    }
}

/// Written under another name, synced, then named: a crash leaves the file whole or absent.
fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension("new");
    let mut file = private_file(&temporary)?;
    file.set_len(0)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    let folder = path.parent().ok_or_else(|| io::Error::other("a file without a folder"))?;
    File::open(folder)?.sync_all()
}

#[cfg(unix)]
fn private_file(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn private_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

#[cfg(unix)]
fn create_private_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// A folder that was there before may have been open to others.
#[cfg(unix)]
fn make_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn make_private(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn create_private_folder(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}
