//! `ListObjectVersions`: every version of every key, the newest of a key first.

use std::sync::Arc;

use model::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use s3s::{
    S3Request, S3Response, S3Result,
    dto::{
        DeleteMarkerEntry, ETag, ListObjectVersionsInput, ListObjectVersionsOutput, ObjectVersion,
        ObjectVersionStorageClass,
    },
    s3_error,
};

use super::{
    error::Error,
    list::upper_bound,
    list_objects::{encoder, max_keys},
    object::to_s3_time,
    store::{Store, blocking},
    version,
};

/// What to list, and after which version of which key.
struct Query {
    bucket: String,
    prefix: String,
    key_marker: String,
    version_marker: Option<String>,
    limit: usize,
}

struct Listed {
    key: String,
    version: String,
    is_latest: bool,
    is_marker: bool,
    size_bytes: u64,
    etag: String,
    modified: Timestamp,
    storage_class: Option<String>,
}

pub(super) async fn list_object_versions(
    store: Arc<Store>,
    request: S3Request<ListObjectVersionsInput>,
) -> S3Result<S3Response<ListObjectVersionsOutput>> {
    let input = request.input;
    store.require_bucket(&input.bucket)?;
    if input.delimiter.as_ref().is_some_and(|delimiter| !delimiter.is_empty()) {
        return Err(s3_error!(NotImplemented, "Listing versions with a delimiter is not implemented."));
    }
    if input.version_id_marker.is_some() && input.key_marker.is_none() {
        return Err(s3_error!(InvalidArgument, "A version-id marker cannot be specified without a key marker."));
    }
    let encode = encoder(input.encoding_type.as_ref())?;
    let max_keys = max_keys(input.max_keys)?;
    let query = Query {
        bucket: input.bucket.clone(),
        prefix: input.prefix.clone().unwrap_or_default(),
        key_marker: input.key_marker.clone().unwrap_or_default(),
        version_marker: input.version_id_marker.clone().filter(|marker| !marker.is_empty()),
        limit: usize::try_from(max_keys).unwrap_or(0),
    };
    let limit = query.limit;
    let mut listed = blocking(&store, move |store| store.database.read(|db| page(db, &query))).await?;
    let is_truncated = listed.len() > limit && limit > 0;
    listed.truncate(limit);
    let last = listed.last().filter(|_| is_truncated);
    let mut output = ListObjectVersionsOutput {
        encoding_type: input.encoding_type,
        is_truncated: Some(is_truncated),
        key_marker: Some(encode(&input.key_marker.unwrap_or_default())),
        max_keys: Some(max_keys),
        name: Some(input.bucket),
        next_key_marker: last.map(|last| encode(&last.key)),
        next_version_id_marker: last.map(|last| last.version.clone()),
        prefix: Some(encode(&input.prefix.unwrap_or_default())),
        version_id_marker: input.version_id_marker,
        ..ListObjectVersionsOutput::default()
    };
    let (markers, versions): (Vec<_>, Vec<_>) = listed.into_iter().partition(|listed| listed.is_marker);
    output.versions = Some(versions.into_iter().map(|listed| to_version(listed, encode)).collect());
    output.delete_markers = Some(markers.into_iter().map(|listed| to_marker(listed, encode)).collect());
    Ok(S3Response::new(output))
}

/// One more than the limit, if there are more.
fn page(db: &Connection, query: &Query) -> Result<Vec<Listed>, Error> {
    // Numbers fall within a key: after the marker come lower ones of its key, and all of later keys.
    let below = match &query.version_marker {
        Some(id) => number_of(db, query, id)?,
        None if query.key_marker.is_empty() => i64::MAX,
        None => 0,
    };
    let mut statement = db.prepare(
        "SELECT key, version, number = (SELECT max(number) FROM object AS newest
            WHERE newest.bucket = object.bucket AND newest.key = object.key),
            blob IS NULL, size_bytes, etag, modified, properties ->> 'storage_class'
         FROM object
         WHERE bucket = ?1 AND key >= ?2 AND key < ?3 AND key >= ?4 AND (key > ?4 OR number < ?5)
         ORDER BY key, number DESC LIMIT ?6",
    )?;
    let prefix = query.prefix.as_bytes();
    let limit = if query.limit == 0 { 0 } else { query.limit + 1 };
    let parameters =
        params![query.bucket, prefix, upper_bound(&query.prefix), query.key_marker.as_bytes(), below, limit];
    let rows = statement.query_map(parameters, |row| Ok(listed(row)))?;
    rows.map(|row| row?).collect()
}

/// The number of the marker's version. Of one that is gone and had no id of its own, all of its key come again.
fn number_of(db: &Connection, query: &Query, id: &str) -> Result<i64, Error> {
    if let Some(number) = version::number_of(id) {
        return Ok(number);
    }
    let number = db.query_row(
        "SELECT number FROM object WHERE bucket = ? AND key = ? AND version = ?",
        params![query.bucket, query.key_marker.as_bytes(), id],
        |row| row.get(0),
    );
    Ok(number.optional()?.unwrap_or(i64::MAX))
}

fn listed(row: &Row<'_>) -> Result<Listed, Error> {
    Ok(Listed {
        key: String::from_utf8(row.get(0)?).map_err(|_| rusqlite::Error::InvalidQuery)?,
        version: row.get(1)?,
        is_latest: row.get(2)?,
        is_marker: row.get(3)?,
        size_bytes: row.get(4)?,
        etag: row.get(5)?,
        modified: Timestamp::from_unix_millis(row.get(6)?),
        storage_class: row.get(7)?,
    })
}

fn to_version(listed: Listed, encode: fn(&str) -> String) -> ObjectVersion {
    let class = listed.storage_class.unwrap_or_else(|| ObjectVersionStorageClass::STANDARD.to_owned());
    ObjectVersion {
        e_tag: Some(ETag::Strong(listed.etag)),
        is_latest: Some(listed.is_latest),
        key: Some(encode(&listed.key)),
        last_modified: Some(to_s3_time(listed.modified)),
        size: i64::try_from(listed.size_bytes).ok(),
        storage_class: Some(class.into()),
        version_id: Some(listed.version),
        ..ObjectVersion::default()
    }
}

fn to_marker(listed: Listed, encode: fn(&str) -> String) -> DeleteMarkerEntry {
    DeleteMarkerEntry {
        is_latest: Some(listed.is_latest),
        key: Some(encode(&listed.key)),
        last_modified: Some(to_s3_time(listed.modified)),
        owner: None,
        version_id: Some(listed.version),
    }
}
