//! Who is signed in where: kept in a file for its owner alone.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use etcetera::{BaseStrategy, choose_base_strategy};
use serde::{Deserialize, Serialize};

use crate::fault::{Fault, Outcome};

/// A session at one server.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Session {
    /// Address of the site.
    pub(crate) server: String,
    /// Address of the API.
    pub(crate) graphql: String,
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
    /// When the access token stops working, in RFC 3339.
    pub(crate) expires_at: String,
}

/// The folder of a profile: its session, and what the uploads of it note.
#[derive(Clone)]
pub(crate) struct Profile {
    pub(crate) folder: PathBuf,
}

impl Profile {
    /// The profile of a name, in the user's folder for state (`$XDG_STATE_HOME` on Linux).
    pub(crate) fn of(name: &str) -> Outcome<Self> {
        if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c)) || name.starts_with('.') {
            return Err(Fault::Usage("The name of a profile is made of letters, digits, - and _.".into()));
        }
        let base = choose_base_strategy().map_err(|_| {
            Fault::Failed("There is no home folder here to keep the session in. Please set HOME.".into())
        })?;
        let folder = base.state_dir().unwrap_or_else(|| base.data_dir()).join("mantel-cli").join(name);
        Ok(Self { folder })
    }

    fn file(&self) -> PathBuf {
        self.folder.join("session.json")
    }

    /// The session that is kept.
    pub(crate) fn load(&self) -> Outcome<Session> {
        let file = self.file();
        match fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|_| Fault::SignedOut),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Fault::SignedOut),
            Err(error) => Err(Fault::of_file(&file, &error)),
        }
    }

    /// Keeps a session in place of the one before.
    pub(crate) fn save(&self, session: &Session) -> Outcome<()> {
        let bytes = serde_json::to_vec_pretty(session).expect("a session is plain text");
        self.make_folder()
            .and_then(|()| write_private(&self.file(), &bytes))
            .map_err(|e| Fault::of_file(&self.file(), &e))
    }

    /// Forgets the session.
    pub(crate) fn forget(&self) -> Outcome<()> {
        match fs::remove_file(self.file()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Fault::of_file(&self.file(), &error)),
            _ => Ok(()),
        }
    }

    /// Makes the folder, for its owner alone.
    pub(crate) fn make_folder(&self) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.folder)
    }
}

/// Options to create a file that only its owner may read.
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Writes a private file whole or not at all.
fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = path.with_extension("new");
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = private().write(true).create_new(true).open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&new, path)
}
