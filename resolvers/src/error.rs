//! The one place where our errors become GraphQL errors and `userErrors`.

use async_graphql::{
    Context, Enum, ErrorExtensionValues, ErrorExtensions, Pos, ServerError, SimpleObject, Value,
    resolver_utils::enum_value,
};
use model::{Error, InputError, InputErrorCode, Outcome};

use crate::{audit::notes, context::Caller, directives};

/// What kind of mistake it was; stable, for programs.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "InputErrorCode")]
pub(crate) enum UserErrorCode {
    /// Not a value that this field takes.
    Invalid,
    /// Longer than allowed.
    TooLong,
    /// Empty where something is needed.
    Blank,
    /// Names something that is not there.
    NotFound,
    /// One of several things to which you may not do this.
    Forbidden,
    /// Cannot be done in the present state, or was changed meanwhile.
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

/// A mistake that a person can correct. Broken requests, missing rights and faults are GraphQL errors instead.
#[derive(SimpleObject)]
#[graphql(directive = directives::aws_api_key::apply(), directive = directives::aws_cognito_user_pools::apply(None))]
pub(crate) struct UserError {
    /// What kind of mistake, for programs.
    code: UserErrorCode,
    /// What to do, for people.
    message: String,
    /// Path into the arguments, for example `["input", "title"]`.
    path: Option<Vec<String>>,
}

impl From<InputError> for UserError {
    fn from(error: InputError) -> Self {
        Self {
            code: error.code.into(),
            message: error.message,
            path: Some(vec!["input".to_owned(), error.field.to_owned()]),
        }
    }
}

/// Parts what a mutation answers as data from what it answers as an error, and notes for the audit log how it ended.
pub(crate) fn to_payload<T>(
    ctx: &Context<'_>,
    result: Result<T, Error>,
) -> async_graphql::Result<(Option<T>, Vec<UserError>)> {
    notes(ctx).ended(match &result {
        Ok(_) => Outcome::Done,
        Err(Error::Input(mistake)) => Outcome::Refused(name_of(mistake.code)),
        Err(error) => Outcome::Refused(error.code().to_owned()),
    });
    match result {
        Ok(value) => Ok((Some(value), Vec::new())),
        Err(Error::Input(mistake)) => Ok((None, vec![mistake.into()])),
        Err(error) => Err(to_graphql(&error, crate::context::caller(ctx))),
    }
}

/// The code as clients get it.
fn name_of(code: InputErrorCode) -> String {
    match enum_value(UserErrorCode::from(code)) {
        Value::Enum(name) => name.to_string(),
        other => other.to_string(),
    }
}

/// Turns our result into the library's.
pub(crate) fn answer<T>(ctx: &Context<'_>, result: Result<T, Error>) -> async_graphql::Result<T> {
    result.map_err(|error| to_graphql(&error, crate::context::caller(ctx)))
}

fn to_graphql(error: &Error, caller: &Caller) -> async_graphql::Error {
    log(error, caller);
    async_graphql::Error::new(error.to_string()).extend_with(|_, extensions| extend(extensions, error, caller))
}

/// For errors that arise outside resolvers.
pub(crate) fn to_server_error(error: &Error, caller: &Caller, pos: Option<Pos>) -> ServerError {
    log(error, caller);
    let mut server_error = ServerError::new(error.to_string(), pos);
    let mut extensions = ErrorExtensionValues::default();
    extend(&mut extensions, error, caller);
    server_error.extensions = Some(extensions);
    server_error
}

fn extend(extensions: &mut ErrorExtensionValues, error: &Error, caller: &Caller) {
    extensions.set("code", error.code());
    if matches!(error, Error::Unavailable(_) | Error::Internal(_)) {
        extensions.set("requestId", caller.request_id.as_str());
    }
}

/// Faults are logged with their reason; the client gets a fixed text and the id of the request.
fn log(error: &Error, caller: &Caller) {
    match error {
        Error::Unavailable(reason) | Error::Internal(reason) => {
            tracing::error!(request.id = caller.request_id, code = error.code(), %reason, "request failed");
        }
        Error::Unauthenticated | Error::Forbidden | Error::BadRequest(_) | Error::Input(_) => {}
    }
}

impl UserError {
    /// The same mistake, in one item of a list.
    pub(crate) fn at(mut self, position: usize) -> Self {
        self.path.get_or_insert_default().push(position.to_string());
        self
    }
}
