//! Why an operation gives no answer, and how that is told.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;

/// The pool's file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder or the file cannot be read or written.
    #[error("the user pool's folder: {0}")]
    Io(#[from] std::io::Error),
    /// `SQLite` refused.
    #[error("the user pool's database: {0}")]
    Database(#[from] rusqlite::Error),
    /// The file was written by a newer version of this program.
    #[error("the user pool's database has layout {found}, and this program knows {known}: use a newer program")]
    NewerLayout {
        /// The layout of the file.
        found: i64,
        /// The newest layout that this program knows.
        known: i64,
    },
    /// The database does not take the setting that makes it durable.
    #[error("the user pool's database refuses the setting {0}")]
    NotDurable(&'static str),
    /// A signing key could not be made or read.
    #[error("the user pool's signing keys: {0}")]
    Keys(String),
    /// The operating system gives no random bytes.
    #[error("no random bytes: {0}")]
    Random(#[from] getrandom::Error),
    /// The cost of password hashes is out of argon2's range.
    #[error("the cost of password hashes: {0}")]
    PasswordCost(argon2::Error),
}

/// Why an operation gives no answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// The caller asked for what is not given.
    Refused { kind: &'static str, message: Cow<'static, str> },
    /// Something broke here.
    Fault(Fault),
}

/// What broke. It is logged and never told.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error("database: {0}")]
    Database(#[from] rusqlite::Error),
    #[error("password hash: {0}")]
    PasswordHash(argon2::password_hash::Error),
    #[error("signing a token")]
    Signing,
    #[error("random bytes: {0}")]
    Random(#[from] getrandom::Error),
    #[error("a task ended early: {0}")]
    Task(#[from] tokio::task::JoinError),
    #[error("the pool is closing")]
    Closing(#[from] tokio::sync::AcquireError),
}

impl<F: Into<Fault>> From<F> for Failure {
    fn from(fault: F) -> Self {
        Self::Fault(fault.into())
    }
}

/// A refusal under one of Cognito's names.
pub(super) fn refuse(kind: &'static str, message: impl Into<Cow<'static, str>>) -> Failure {
    Failure::Refused { kind, message: message.into() }
}

pub(super) fn not_authorized(message: &'static str) -> Failure {
    refuse("NotAuthorizedException", message)
}

pub(super) fn invalid_parameter(message: impl Into<Cow<'static, str>>) -> Failure {
    refuse("InvalidParameterException", message)
}

/// What a wrong password and an unknown name answer alike.
pub(super) fn incorrect_password() -> Failure {
    not_authorized("Incorrect username or password.")
}

pub(super) fn user_disabled() -> Failure {
    not_authorized("User is disabled.")
}

pub(super) fn user_not_found() -> Failure {
    refuse("UserNotFoundException", "User does not exist.")
}

impl Failure {
    /// Logs a fault; a refusal is the caller's business.
    pub(super) fn log(&self, operation: &str) {
        match self {
            Self::Refused { .. } => {}
            Self::Fault(fault) => tracing::error!(operation, error = %fault, "the user pool failed"),
        }
    }

    /// The failure as Cognito words it.
    pub(super) fn into_response(self) -> Response<Bytes> {
        let (status, kind, message) = match self {
            Self::Refused { kind, message } => (StatusCode::BAD_REQUEST, kind, message),
            Self::Fault(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "InternalErrorException", "The user pool failed; try again.".into())
            }
        };
        let mut response = Response::new(json!({ "__type": kind, "message": message }).to_string().into());
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.1"));
        headers.insert("x-amzn-errortype", HeaderValue::from_static(kind));
        response
    }
}
