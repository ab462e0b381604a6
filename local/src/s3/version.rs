//! The rows of objects: a row is a version of a key.
//!
//! Invariant: a version that is retained is deleted by nobody, and no other row is touched by what is put.

use model::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};
use s3s::{S3Error, s3_error};

use super::{
    bucket::{self, Bucket, Versioning},
    condition::WriteCondition,
    error::Error,
    object::{Object, Properties, http_date},
    outbox,
    store::Store,
};

/// The id of what was put while the bucket kept no versions.
const NULL: &str = "null";

/// A version that has bytes.
pub(super) struct Version {
    pub(super) object: Object,
    pub(super) blob: String,
    /// Not in a bucket that never kept versions.
    pub(super) id: Option<String>,
    number: i64,
}

/// What a put did.
pub(super) struct Put {
    /// Not in a bucket that never kept versions.
    pub(super) id: Option<String>,
    /// No row names it any more.
    pub(super) replaced_blob: Option<String>,
}

/// What to delete.
pub(super) struct Unwanted {
    pub(super) key: String,
    /// The present one, if none: a bucket that keeps versions gets a delete marker then.
    pub(super) version: Option<String>,
    pub(super) condition: WriteCondition,
    /// Whether a retention for governance is to be ended.
    pub(super) bypasses: bool,
}

/// What a delete did.
#[derive(Default)]
pub(super) struct Deleted {
    /// Of what was removed by its id, or of the new delete marker.
    pub(super) id: Option<String>,
    /// Whether that is a delete marker.
    pub(super) is_marker: bool,
    /// No row names it any more.
    pub(super) blob: Option<String>,
}

/// A row, of a delete marker too.
struct Found {
    number: i64,
    version: String,
    blob: Option<String>,
    /// Whether the bucket keeps versions, or did once.
    is_versioned: bool,
    object: Object,
}

const SELECT: &str = "SELECT number, version, blob,
    (SELECT versioning FROM bucket WHERE name = object.bucket) IS NOT NULL, size_bytes, etag, modified, properties
    FROM object WHERE bucket = ?1 AND key = ?2";

/// The version with that id, or else the present one.
pub(super) fn find(db: &Connection, bucket: &str, key: &str, version: Option<&str>) -> Result<Version, Error> {
    let found = find_row(db, bucket, key, version)?;
    let found = found.ok_or_else(|| match version {
        Some(_) => s3_error!(NoSuchVersion, "The specified version does not exist."),
        None => s3_error!(NoSuchKey),
    })?;
    let Some(blob) = found.blob else { return Err(is_marker(&found, version.is_some()).into()) };
    let id = found.is_versioned.then_some(found.version);
    Ok(Version { object: found.object, blob, id, number: found.number })
}

/// Puts a version and its event if the condition holds, and the retention that the bucket wants of it.
pub(super) fn put(
    tx: &Transaction<'_>,
    store: &Store,
    object: &Object,
    blob: &str,
    condition: &WriteCondition,
) -> Result<Put, Error> {
    let bucket = bucket::find(tx, &object.bucket)?;
    let present = find_row(tx, &object.bucket, &object.key, None)?;
    condition.check(etag_of(present.as_ref()))?;
    let object = retained(&bucket, object)?;
    let (id, replaced_blob) = add(tx, &bucket, present.as_ref(), &object, Some(blob))?;
    if store.makes_events(&object.bucket) {
        outbox::put(tx, &object)?;
    }
    Ok(Put { id: (bucket.versioning != Versioning::Never).then_some(id), replaced_blob })
}

/// Keeps what became of a version's retention or restore.
pub(super) fn put_properties(tx: &Transaction<'_>, version: &Version) -> Result<(), Error> {
    let object = &version.object;
    let properties = serde_json::to_string(&object.properties)?;
    tx.execute(
        "UPDATE object SET properties = ? WHERE bucket = ? AND key = ? AND number = ?",
        params![properties, object.bucket, object.key.as_bytes(), version.number],
    )?;
    Ok(())
}

/// Deletes a version, or says with a delete marker that there is none, if the condition holds.
pub(super) fn delete(
    tx: &Transaction<'_>,
    bucket_name: &str,
    unwanted: &Unwanted,
    now: Timestamp,
) -> Result<Deleted, Error> {
    let key = &unwanted.key;
    let bucket = bucket::find(tx, bucket_name)?;
    let found = find_row(tx, bucket_name, key, unwanted.version.as_deref())?;
    unwanted.condition.check(etag_of(found.as_ref()))?;
    match (&unwanted.version, bucket.versioning) {
        (Some(id), _) => {
            let is_marker = found.as_ref().is_some_and(|found| found.blob.is_none());
            let blob = found.map(|found| remove(tx, found, now, unwanted.bypasses)).transpose()?.flatten();
            Ok(Deleted { id: Some(id.clone()), is_marker, blob })
        }
        (None, Versioning::Never) => {
            let blob = found.map(|found| remove(tx, found, now, unwanted.bypasses)).transpose()?.flatten();
            Ok(Deleted { blob, ..Deleted::default() })
        }
        (None, Versioning::Enabled | Versioning::Suspended) => {
            let marker = Object {
                bucket: bucket_name.to_owned(),
                key: key.clone(),
                size_bytes: 0,
                etag: String::new(),
                modified: now,
                properties: Properties::default(),
            };
            let (id, blob) = add(tx, &bucket, found.as_ref(), &marker, None)?;
            Ok(Deleted { id: Some(id), is_marker: true, blob })
        }
    }
}

/// The place of a version among those of its key, which its id tells; none of `null`.
pub(super) fn number_of(id: &str) -> Option<i64> {
    i64::from_str_radix(id.get(..NUMBER_DIGITS)?, 16).ok()
}

/// Adds the newest version of a key, and returns its id and the blob of the one that it replaces.
fn add(
    tx: &Transaction<'_>,
    bucket: &Bucket,
    present: Option<&Found>,
    object: &Object,
    blob: Option<&str>,
) -> Result<(String, Option<String>), Error> {
    let key = params![object.bucket, object.key.as_bytes()];
    let replaced_blob = if bucket.versioning == Versioning::Enabled {
        None
    } else {
        let delete = "DELETE FROM object WHERE bucket = ? AND key = ? AND version = 'null' RETURNING blob";
        tx.query_row(delete, key, |row| row.get(0)).optional()?.flatten()
    };
    tx.execute("UPDATE object SET present = 0 WHERE bucket = ? AND key = ? AND present = 1", key)?;
    let number = present.map_or(0, |present| present.number) + 1;
    let id = if bucket.versioning == Versioning::Enabled { new_id(number)? } else { NULL.to_owned() };
    tx.execute(
        "INSERT INTO object (bucket, key, number, version, present, blob, size_bytes, etag, modified, properties)
         VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, ?)",
        params![
            object.bucket,
            object.key.as_bytes(),
            number,
            id,
            blob,
            object.size_bytes,
            object.etag,
            object.modified.unix_millis(),
            serde_json::to_string(&object.properties)?
        ],
    )?;
    Ok((id, replaced_blob))
}

/// Removes a version for good, and returns its blob. The one before it is the present one then.
fn remove(tx: &Transaction<'_>, found: Found, now: Timestamp, bypasses: bool) -> Result<Option<String>, Error> {
    if let Some(retention) = found.object.properties.retention {
        retention.check_may_end(now, bypasses)?;
    }
    let (bucket, key) = (&found.object.bucket, found.object.key.as_bytes());
    tx.execute("DELETE FROM object WHERE bucket = ? AND key = ? AND number = ?", params![bucket, key, found.number])?;
    tx.execute(
        "UPDATE object SET present = 1 WHERE bucket = ?1 AND key = ?2
         AND number = (SELECT max(number) FROM object WHERE bucket = ?1 AND key = ?2)",
        params![bucket, key],
    )?;
    Ok(found.blob)
}

fn find_row(db: &Connection, bucket: &str, key: &str, version: Option<&str>) -> Result<Option<Found>, Error> {
    let (condition, version) = match version {
        Some(version) => ("AND version = ?3", version),
        None => ("AND ?3 = '' ORDER BY number DESC LIMIT 1", ""),
    };
    let found = db.query_row(&format!("{SELECT} {condition}"), params![bucket, key.as_bytes(), version], |row| {
        Ok(from_row(row, bucket, key))
    });
    found.optional()?.transpose()
}

fn from_row(row: &Row<'_>, bucket: &str, key: &str) -> Result<Found, Error> {
    Ok(Found {
        number: row.get(0)?,
        version: row.get(1)?,
        blob: row.get(2)?,
        is_versioned: row.get(3)?,
        object: Object {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            size_bytes: row.get(4)?,
            etag: row.get(5)?,
            modified: Timestamp::from_unix_millis(row.get(6)?),
            properties: serde_json::from_str(&row.get::<_, String>(7)?)?,
        },
    })
}

/// The entity tag of an object; a delete marker is no object.
fn etag_of(found: Option<&Found>) -> Option<&str> {
    found.filter(|found| found.blob.is_some()).map(|found| found.object.etag.as_str())
}

fn retained(bucket: &Bucket, object: &Object) -> Result<Object, Error> {
    let mut object = object.clone();
    match (&bucket.lock, object.properties.retention) {
        (None, Some(_)) => {
            return Err(s3_error!(InvalidRequest, "Bucket is missing Object Lock Configuration").into());
        }
        (Some(lock), None) => {
            object.properties.retention = lock.default_retention.map(|default| default.from(object.modified));
        }
        (None, None) | (Some(_), Some(_)) => {}
    }
    Ok(object)
}

/// As S3 has it: a delete marker is not there, and by its id it may not be read.
fn is_marker(found: &Found, by_id: bool) -> S3Error {
    let mut refusal = if by_id { s3_error!(MethodNotAllowed) } else { s3_error!(NoSuchKey) };
    let mut headers = http::HeaderMap::new();
    headers.insert("x-amz-delete-marker", http::HeaderValue::from_static("true"));
    let fields = [("x-amz-version-id", found.version.clone()), ("last-modified", http_date(found.object.modified))];
    for (name, value) in fields {
        if let Ok(value) = http::HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
    refusal.set_headers(headers);
    refusal
}

const NUMBER_DIGITS: usize = 10;

/// Ids begin with the number of the version, so that a listing goes on where it stopped though that one was deleted.
#[expect(clippy::disallowed_methods, reason = "the embedded services draw names and secrets that nobody may choose")]
fn new_id(number: i64) -> Result<String, Error> {
    let mut random = [0; 11];
    getrandom::fill(&mut random).map_err(std::io::Error::other)?;
    Ok(format!("{number:0NUMBER_DIGITS$x}{}", hex::encode(random)))
}
