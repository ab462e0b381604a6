//! What answers say: refusals, attributes and tokens.

use std::{error::Error, fmt::Debug};

use aws_sdk_cognitoidentityprovider::{
    error::ProvideErrorMetadata,
    types::{AttributeType, AuthenticationResultType},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

pub(super) const INCORRECT: &str = "NotAuthorizedException: Incorrect username or password.";
pub(super) const EXCEEDED: &str = "NotAuthorizedException: Password attempts exceeded";
pub(super) const NO_SESSION: &str = "NotAuthorizedException: Invalid session for the user.";

#[expect(clippy::needless_pass_by_value, reason = "it has the shape that map_err takes")]
pub(super) fn refused<E: ProvideErrorMetadata + Debug>(error: E) -> String {
    match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (_, _) => format!("{error:?}"),
    }
}

/// The refusal's name without its words.
pub(super) fn kind<T: Debug>(result: Result<T, impl ToString>) -> String {
    let refusal = result.map_err(|e| e.to_string()).expect_err("it is refused");
    refusal.split(':').next().unwrap_or_default().to_owned()
}

pub(super) fn words<T: Debug>(result: Result<T, impl ToString>) -> String {
    result.map_err(|e| e.to_string()).expect_err("it is refused")
}

pub(super) fn attribute_types(attributes: &[(&str, &str)]) -> Result<Vec<AttributeType>, Box<dyn Error>> {
    let built = attributes.iter().map(|(name, value)| AttributeType::builder().name(*name).value(*value).build());
    Ok(built.collect::<Result<_, _>>()?)
}

pub(super) fn attribute<'a>(attributes: &'a [AttributeType], name: &str) -> Option<&'a str> {
    attributes.iter().find(|attribute| attribute.name() == name).and_then(AttributeType::value)
}

pub(super) fn access(result: &AuthenticationResultType) -> &str {
    result.access_token().expect("there is an access token")
}

pub(super) fn id(result: &AuthenticationResultType) -> &str {
    result.id_token().expect("there is an id token")
}

pub(super) fn refresh_token(result: &AuthenticationResultType) -> &str {
    result.refresh_token().expect("there is a refresh token")
}

pub(super) fn part(token: &str, index: usize) -> Map<String, Value> {
    let part = token.split('.').nth(index).expect("a JWT has three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("parts are base64url")).expect("parts are JSON")
}

pub(super) fn claims(token: &str) -> Map<String, Value> {
    part(token, 1)
}

pub(super) fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names
}
