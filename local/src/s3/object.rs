//! What an object is.

use std::collections::BTreeMap;

use model::Timestamp;
use s3s::{
    S3Result,
    dto::{self, TimestampFormat},
    s3_error,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{archive::Restored, checksum::Checksums, retention::Retention};

/// How long a browser may use what it got without asking again, when nobody said otherwise.
const DEFAULT_CACHE_CONTROL: &str = "private, max-age=3600";

/// What an object is, besides its bytes.
#[derive(Clone, Debug)]
pub(super) struct Object {
    pub(super) bucket: String,
    pub(super) key: String,
    pub(super) size_bytes: u64,
    /// Without quotes.
    pub(super) etag: String,
    pub(super) modified: Timestamp,
    pub(super) properties: Properties,
}

/// What the writer said of an object, kept and answered as it was said.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Properties {
    pub(super) content_type: Option<String>,
    pub(super) content_disposition: Option<String>,
    pub(super) content_encoding: Option<String>,
    pub(super) content_language: Option<String>,
    pub(super) cache_control: Option<String>,
    pub(super) expires: Option<dto::Timestamp>,
    pub(super) storage_class: Option<String>,
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) checksums: Checksums,
    /// Until when Object Lock keeps this version.
    pub(super) retention: Option<Retention>,
    /// The last restore from an archive.
    pub(super) restored: Option<Restored>,
}

/// The properties in the fields of the input of a put, a copy or a multipart upload; refuses what is not supported.
macro_rules! properties_of {
    ($input:expr) => {{
        let input = &$input;
        refuse_unsupported(input.tagging.is_some(), input.sse_customer_key.is_some())?;
        refuse_legal_hold(input.object_lock_legal_hold_status.as_ref())?;
        Properties {
            content_type: input.content_type.clone(),
            content_disposition: input.content_disposition.clone(),
            content_encoding: input.content_encoding.as_deref().and_then(without_aws_chunked),
            content_language: input.content_language.clone(),
            cache_control: input.cache_control.clone(),
            expires: input.expires.clone(),
            storage_class: input.storage_class.as_ref().map(|class| known_class(class.as_str())).transpose()?,
            metadata: input.metadata.clone().unwrap_or_default().into_iter().collect(),
            checksums: Checksums::default(),
            retention: Retention::of(input.object_lock_mode.as_ref(), input.object_lock_retain_until_date.as_ref())?,
            restored: None,
        }
    }};
}
pub(super) use properties_of;

impl Properties {
    /// Refuses a retention that would be over at once.
    pub(super) fn check_retention(&self, now: Timestamp) -> S3Result<()> {
        self.retention.map_or(Ok(()), |retention| retention.check_future(now))
    }
}

impl Object {
    pub(super) fn cache_control(&self, overridden: Option<&str>) -> String {
        overridden.or(self.properties.cache_control.as_deref()).unwrap_or(DEFAULT_CACHE_CONTROL).to_owned()
    }

    pub(super) fn e_tag(&self) -> dto::ETag {
        dto::ETag::Strong(self.etag.clone())
    }
}

pub(super) fn refuse_unsupported(has_tags: bool, has_customer_key: bool) -> S3Result<()> {
    if has_tags {
        return Err(s3_error!(NotImplemented, "Object tags are not implemented."));
    }
    if has_customer_key {
        return Err(s3_error!(NotImplemented, "Encryption with the caller's key is not implemented."));
    }
    Ok(())
}

pub(super) fn refuse_legal_hold(status: Option<&dto::ObjectLockLegalHoldStatus>) -> S3Result<()> {
    match status.map(dto::ObjectLockLegalHoldStatus::as_str) {
        None | Some(dto::ObjectLockLegalHoldStatus::OFF) => Ok(()),
        Some(_) => Err(s3_error!(NotImplemented, "Legal holds are not implemented; a retention is.")),
    }
}

/// `aws-chunked` is how the body travels, not what it is.
pub(super) fn without_aws_chunked(encoding: &str) -> Option<String> {
    let kept: Vec<_> = encoding.split(',').map(str::trim).filter(|name| *name != "aws-chunked").collect();
    let kept = kept.join(",");
    (!kept.is_empty()).then_some(kept)
}

pub(super) fn to_s3_time(time: Timestamp) -> dto::Timestamp {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(time.unix_millis()) * 1_000_000)
        .expect("a Timestamp lies in the years 1 to 9999")
        .into()
}

pub(super) fn from_s3_time(time: &dto::Timestamp) -> Timestamp {
    let time = OffsetDateTime::from(time.clone());
    Timestamp::from_unix_millis(i64::try_from(time.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX))
}

pub(super) fn http_date(time: Timestamp) -> String {
    let mut text = Vec::new();
    to_s3_time(time).format(TimestampFormat::HttpDate, &mut text).expect("a Vec takes every write");
    String::from_utf8(text).expect("an HTTP date is ASCII")
}
