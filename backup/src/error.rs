//! What can go wrong with a backup, told by what one can do about it.

use std::{error::Error as StdError, io, path::PathBuf};

/// A failed operation. The text is for whoever looks after the library, and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It would be dangerous to go on.
    #[error("{0}")]
    Refused(String),
    /// Another run is under way.
    #[error("a backup of this library is running already; it is done or given up within minutes")]
    Busy,
    /// Something in the backup is not what it was when it was written.
    #[error("{what} is damaged: {problem}")]
    Damaged {
        /// The object.
        what: String,
        /// What is wrong with it.
        problem: String,
    },
    /// It is not in the backup.
    #[error("{0} is not in the backup")]
    Missing(String),
    /// It lies in an archive and cannot be read now.
    #[error("{0} lies in the archive, and must be asked back first")]
    Archived(String),
    /// A service failed.
    #[error("{}", reason(.0))]
    Service(#[from] model::Error),
    /// The disk said no.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
}

impl Error {
    pub(crate) fn damaged(what: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Damaged { what: what.into(), problem: problem.into() }
    }

    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }

    pub(crate) fn internal(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Service(model::Error::internal(source))
    }
}

/// What people who use the library must not read, whoever looks after it must.
fn reason(error: &model::Error) -> String {
    match error {
        model::Error::Unavailable(source) | model::Error::Internal(source) => source.to_string(),
        other => other.to_string(),
    }
}
