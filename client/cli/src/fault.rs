//! What can go wrong, told apart by what becomes of it.

use std::{io, path::Path};

use crate::shown::shown_path;

/// Why something was not done.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// The command cannot be done as it was given. Exit code 2.
    #[error("{0}")]
    Usage(String),
    /// Not done, and trying again would not help by itself. Exit code 1.
    #[error("{0}")]
    Failed(String),
    /// Not done for a reason that may pass: the network, a server that starts anew.
    #[error("{0}")]
    Passing(String),
    /// The session is over, and could not be renewed.
    #[error("You are not signed in. Please run: mantel-cli login")]
    SignedOut,
    /// Somebody pressed Ctrl-C.
    #[error("stopped")]
    Stopped,
}

impl Fault {
    /// What the system says about a file.
    pub(crate) fn of_file(path: &Path, error: &io::Error) -> Self {
        Self::Failed(format!("{}: {error}", shown_path(path)))
    }
}

/// What most functions here answer.
pub(crate) type Outcome<T> = Result<T, Fault>;
