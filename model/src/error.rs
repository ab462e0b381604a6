//! What can go wrong, told by what the caller can do about it.

use std::error::Error as StdError;

/// A failed operation. The text is for people; a source is for the log and never reaches a client.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in, or not any more.
    #[error("Please sign in.")]
    Unauthenticated,
    /// Signed in, and may see the thing, but may not do this.
    #[error("You may not do this.")]
    Forbidden,
    /// The request itself is malformed, so trying again will not help.
    #[error("{0}")]
    BadRequest(String),
    /// A mistake that the person can correct.
    #[error("{0}")]
    Input(InputError),
    /// A service that is needed did not answer; trying again may help.
    #[error("A part of the system does not answer just now. Please try again in a moment.")]
    Unavailable(#[source] Box<dyn StdError + Send + Sync>),
    /// A fault of ours.
    #[error("Something went wrong on our side.")]
    Internal(#[source] Box<dyn StdError + Send + Sync>),
}

impl Error {
    /// The stable code that clients branch on.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::BadRequest(_) | Self::Input(_) => "BAD_REQUEST",
            Self::Unavailable(_) => "UNAVAILABLE",
            Self::Internal(_) => "INTERNAL",
        }
    }

    /// A fault of ours, with its reason for the log.
    pub fn internal(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Internal(source.into())
    }
}

impl From<InputError> for Error {
    fn from(error: InputError) -> Self {
        Self::Input(error)
    }
}

/// A mistake in one field of an input.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct InputError {
    /// The stable code that clients branch on.
    pub code: InputErrorCode,
    /// Says to a person what to do.
    pub message: String,
    /// The field of the input, as the schema names it.
    pub field: &'static str,
}

impl InputError {
    /// From its parts.
    pub fn new(code: InputErrorCode, field: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), field }
    }

    /// The thing named in `field` is not there, or may not be seen: the two answer alike.
    #[must_use]
    pub fn not_found(field: &'static str) -> Self {
        Self::new(InputErrorCode::NotFound, field, "There is nothing with this id.")
    }

    /// The name or the password is wrong: which of them, or that the account is closed, is not told.
    #[must_use]
    pub fn wrong_password(field: &'static str) -> Self {
        Self::new(InputErrorCode::WrongPassword, field, "This password is not right.")
    }

    /// The session has ended.
    #[must_use]
    pub fn signed_out(field: &'static str) -> Self {
        Self::new(InputErrorCode::Expired, field, "You were signed out. Please sign in again.")
    }
}

/// The kinds of mistake a person can correct.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputErrorCode {
    /// Not a value that this field takes.
    Invalid,
    /// Longer than allowed.
    TooLong,
    /// Empty where something is needed.
    Blank,
    /// Names something that is not there.
    NotFound,
    /// One of several things to which the caller may not do this.
    Forbidden,
    /// The thing is in a state, or was changed meanwhile, so that this cannot be done now.
    Conflict,
    /// Somebody has this name or address already.
    Taken,
    /// More at once than allowed.
    TooMany,
    /// A file over the size limit.
    TooLarge,
    /// A kind of file that is not kept here.
    UnsupportedType,
    /// Too late: ask for a new one.
    Expired,
    /// The name or the password is wrong.
    WrongPassword,
    /// Too many wrong passwords; wait a while.
    Locked,
    /// Would leave nobody to look after the family.
    LastAdmin,
}
