//! The row of an object.

use std::collections::BTreeMap;

use model::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};
use s3s::{
    S3Result,
    dto::{self, TimestampFormat},
    s3_error,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{checksum::Checksums, condition::WriteCondition, error::Error, outbox, store::Store};

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
}

/// The properties in the fields of the input of a put, a copy or a multipart upload; refuses what is not supported.
macro_rules! properties_of {
    ($input:expr) => {{
        let input = &$input;
        refuse_unsupported(input.tagging.is_some(), input.sse_customer_key.is_some())?;
        Properties {
            content_type: input.content_type.clone(),
            content_disposition: input.content_disposition.clone(),
            content_encoding: input.content_encoding.as_deref().and_then(without_aws_chunked),
            content_language: input.content_language.clone(),
            cache_control: input.cache_control.clone(),
            expires: input.expires.clone(),
            storage_class: input.storage_class.as_ref().map(|class| class.as_str().to_owned()),
            metadata: input.metadata.clone().unwrap_or_default().into_iter().collect(),
            checksums: Checksums::default(),
        }
    }};
}
pub(super) use properties_of;

impl Object {
    pub(super) fn cache_control(&self, overridden: Option<&str>) -> String {
        overridden.or(self.properties.cache_control.as_deref()).unwrap_or(DEFAULT_CACHE_CONTROL).to_owned()
    }

    pub(super) fn e_tag(&self) -> dto::ETag {
        dto::ETag::Strong(self.etag.clone())
    }
}

/// The object, and the name of its blob.
pub(super) fn find(db: &Connection, bucket: &str, key: &str) -> Result<(Object, String), Error> {
    let found = db.query_row(
        "SELECT size_bytes, etag, modified, properties, blob FROM object WHERE bucket = ? AND key = ?",
        params![bucket, key.as_bytes()],
        |row| Ok((from_row(row, bucket, key), row.get(4)?)),
    );
    let (object, blob) = found.optional()?.ok_or_else(|| s3_error!(NoSuchKey))?;
    Ok((object?, blob))
}

fn from_row(row: &Row<'_>, bucket: &str, key: &str) -> Result<Object, Error> {
    Ok(Object {
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        size_bytes: row.get(0)?,
        etag: row.get(1)?,
        modified: Timestamp::from_unix_millis(row.get(2)?),
        properties: serde_json::from_str(&row.get::<_, String>(3)?)?,
    })
}

/// Puts the object's row and its event if the condition holds, and returns the blob that it replaces.
pub(super) fn put(
    tx: &Transaction<'_>,
    store: &Store,
    object: &Object,
    blob: &str,
    condition: &WriteCondition,
) -> Result<Option<String>, Error> {
    let old = find_old(tx, &object.bucket, &object.key)?;
    condition.check(old.as_ref().map(|(etag, _)| etag.as_str()))?;
    tx.execute(
        "INSERT OR REPLACE INTO object (bucket, key, blob, size_bytes, etag, modified, properties)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
        params![
            object.bucket,
            object.key.as_bytes(),
            blob,
            object.size_bytes,
            object.etag,
            object.modified.unix_millis(),
            serde_json::to_string(&object.properties)?
        ],
    )?;
    if store.makes_events(&object.bucket) {
        outbox::put(tx, object)?;
    }
    Ok(old.map(|(_, blob)| blob))
}

/// Deletes the object's row if the condition holds, and returns the blob that it named.
pub(super) fn delete(
    tx: &Transaction<'_>,
    bucket: &str,
    key: &str,
    condition: &WriteCondition,
) -> Result<Option<String>, Error> {
    let old = find_old(tx, bucket, key)?;
    condition.check(old.as_ref().map(|(etag, _)| etag.as_str()))?;
    tx.execute("DELETE FROM object WHERE bucket = ? AND key = ?", params![bucket, key.as_bytes()])?;
    Ok(old.map(|(_, blob)| blob))
}

/// The entity tag and the blob of the present object.
fn find_old(tx: &Transaction<'_>, bucket: &str, key: &str) -> Result<Option<(String, String)>, Error> {
    let old = tx.query_row(
        "SELECT etag, blob FROM object WHERE bucket = ? AND key = ?",
        params![bucket, key.as_bytes()],
        |row| Ok((row.get(0)?, row.get(1)?)),
    );
    Ok(old.optional()?)
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

pub(super) fn http_date(time: Timestamp) -> String {
    let mut text = Vec::new();
    to_s3_time(time).format(TimestampFormat::HttpDate, &mut text).expect("a Vec takes every write");
    String::from_utf8(text).expect("an HTTP date is ASCII")
}
