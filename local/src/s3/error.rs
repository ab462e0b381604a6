//! What can go wrong, and how it is answered.

use std::{io, path::PathBuf};

use s3s::S3Error;

/// The store could not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database failed.
    #[error("the object store's database failed")]
    Sqlite(#[from] rusqlite::Error),
    /// A file could not be read or written.
    #[error("the object store's files failed")]
    Io(#[from] io::Error),
    /// What the database holds does not parse.
    #[error("a row of the object store does not parse")]
    Row(#[from] serde_json::Error),
    /// The work was cut off because the runtime stops, or it panicked.
    #[error("the object store's work was cut off")]
    CutOff(#[from] tokio::task::JoinError),
    /// The request is one that S3 refuses; the text is S3's answer.
    #[error("{0}")]
    Refused(S3Error),
}

/// The store could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("cannot open the object store at {path}")]
pub struct OpenError {
    /// The folder of the store.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub source: Error,
}

impl From<S3Error> for Error {
    fn from(refusal: S3Error) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Error> for S3Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => refusal,
            Error::Sqlite(_) | Error::Io(_) | Error::Row(_) | Error::CutOff(_) => {
                // The caller is told nothing of it, and `s3s` drops it.
                tracing::error!(error = &error as &dyn std::error::Error, "the object store failed");
                Self::internal_error(error)
            }
        }
    }
}
