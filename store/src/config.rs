//! Where everything is: the one place that reads the environment of the Lambda functions.

use std::env;

use model::Error;

/// Names of the table, the buckets and the user pool.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The DynamoDB table.
    pub table: String,
    /// The bucket of originals, which are written once.
    pub originals_bucket: String,
    /// The bucket of thumbnails and previews.
    pub renditions_bucket: String,
    /// The Cognito user pool.
    pub user_pool_id: String,
    /// The app client of the user pool; it has no secret.
    pub client_id: String,
    /// Under which address clients reach the buckets.
    pub media_address: MediaAddress,
    /// The GraphQL endpoint that tells subscribers of events, as AppSync does; where there is none, nobody is told.
    pub events_url: Option<String>,
}

/// Under which address clients reach the buckets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaAddress {
    /// Each bucket under its own name at Amazon S3.
    Aws,
    /// All buckets under this address, each as the first part of the path.
    Fixed(String),
    /// As [`Self::Fixed`], under the host by which the caller came, at this port, by plain HTTP.
    CallersHost(u16),
}

impl Settings {
    /// From the variables `MANTEL_TABLE`, `MANTEL_ORIGINALS_BUCKET`, `MANTEL_RENDITIONS_BUCKET`,
    /// `MANTEL_USER_POOL_ID`, `MANTEL_CLIENT_ID`, where the buckets are not at Amazon S3, `MANTEL_MEDIA_URL`, and where
    /// there is AppSync, `MANTEL_APPSYNC_URL`.
    ///
    /// # Errors
    /// When one of them is missing; the error names it.
    pub fn from_env() -> Result<Self, Error> {
        Ok(Self {
            table: required("MANTEL_TABLE")?,
            originals_bucket: required("MANTEL_ORIGINALS_BUCKET")?,
            renditions_bucket: required("MANTEL_RENDITIONS_BUCKET")?,
            user_pool_id: required("MANTEL_USER_POOL_ID")?,
            client_id: required("MANTEL_CLIENT_ID")?,
            media_address: match optional("MANTEL_MEDIA_URL").or_else(|| optional("AWS_ENDPOINT_URL")) {
                Some(url) => MediaAddress::Fixed(url.trim_end_matches('/').to_owned()),
                None => MediaAddress::Aws,
            },
            events_url: optional("MANTEL_APPSYNC_URL"),
        })
    }
}

/// Whether `MANTEL_DEV` is 1: then the schema shows to callers without a session too.
#[must_use]
pub fn is_dev() -> bool {
    optional("MANTEL_DEV").is_some_and(|value| value == "1")
}

/// A variable that must be set.
///
/// # Errors
/// When it is missing or empty; the error names it.
pub fn required(name: &str) -> Result<String, Error> {
    optional(name).ok_or_else(|| Error::internal(format!("the environment variable {name} is not set")))
}

/// A variable that may be set; empty counts as not set.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment of the functions")]
pub fn optional(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
