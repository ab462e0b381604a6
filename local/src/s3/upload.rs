//! The rows of multipart uploads and their parts.

use model::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};
use s3s::{S3Error, s3_error};

use super::{
    checksum::{Algorithm, Checksums},
    error::Error,
    object::Properties,
};

/// A multipart upload, open or done.
pub(super) struct Upload {
    pub(super) id: String,
    pub(super) bucket: String,
    pub(super) key: String,
    pub(super) created: Timestamp,
    pub(super) properties: Properties,
    pub(super) algorithm: Option<Algorithm>,
    /// Whether the object's checksum is one of checksums.
    pub(super) composite: bool,
    /// What its completion answered.
    pub(super) done: Option<Done>,
}

/// The answer of a completion, kept for a retry of it.
#[derive(Clone, PartialEq)]
pub(super) struct Done {
    pub(super) etag: String,
    /// The id of the version, if the bucket has such.
    pub(super) version: Option<String>,
    pub(super) checksums: Checksums,
}

#[derive(Clone, PartialEq)]
pub(super) struct Part {
    pub(super) number: i32,
    pub(super) blob: String,
    pub(super) size_bytes: u64,
    /// Without quotes.
    pub(super) etag: String,
    pub(super) modified: Timestamp,
    pub(super) checksums: Checksums,
}

const SELECT: &str =
    "SELECT id, bucket, key, created, properties, algorithm, composite, etag, checksums, version FROM upload";

pub(super) fn insert(tx: &Transaction<'_>, upload: &Upload) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO upload (id, bucket, key, created, properties, algorithm, composite) VALUES (?, ?, ?, ?, ?, ?, ?)",
        params![
            upload.id,
            upload.bucket,
            upload.key.as_bytes(),
            upload.created.unix_millis(),
            serde_json::to_string(&upload.properties)?,
            upload.algorithm.map(Algorithm::name),
            upload.composite
        ],
    )?;
    Ok(())
}

/// The upload, open or done.
pub(super) fn find(db: &Connection, bucket: &str, key: &str, id: &str) -> Result<Upload, Error> {
    let upload = db
        .query_row(
            &format!("{SELECT} WHERE id = ? AND bucket = ? AND key = ?"),
            params![id, bucket, key.as_bytes()],
            |row| Ok(from_row(row)),
        )
        .optional()?;
    upload.unwrap_or_else(|| Err(no_such_upload().into()))
}

/// The upload if it still takes parts.
pub(super) fn find_open(db: &Connection, bucket: &str, key: &str, id: &str) -> Result<Upload, Error> {
    let upload = find(db, bucket, key, id)?;
    if upload.done.is_some() { Err(no_such_upload().into()) } else { Ok(upload) }
}

/// Open uploads of keys with a prefix, after a key and an upload of that key, in order.
pub(super) fn list_open(
    db: &Connection,
    bucket: &str,
    prefix: &str,
    after: (&str, &str),
    limit: usize,
) -> Result<Vec<Upload>, Error> {
    let mut statement = db.prepare(&format!(
        "{SELECT} WHERE etag IS NULL AND bucket = ? AND key >= ? AND (key, id) > (?, ?) ORDER BY key, id LIMIT ?"
    ))?;
    let parameters = params![bucket, prefix.as_bytes(), after.0.as_bytes(), after.1, limit];
    let uploads = statement.query_map(parameters, |row| Ok(from_row(row)))?;
    let mut found = Vec::new();
    for upload in uploads {
        let upload = upload??;
        if !upload.key.starts_with(prefix) {
            break;
        }
        found.push(upload);
    }
    Ok(found)
}

/// Notes what the completion answered, and forgets the parts.
pub(super) fn finish(tx: &Transaction<'_>, id: &str, done: &Done) -> Result<(), Error> {
    let checksums = serde_json::to_string(&done.checksums)?;
    let update = "UPDATE upload SET etag = ?, checksums = ?, version = ? WHERE id = ?";
    tx.execute(update, params![done.etag, checksums, done.version, id])?;
    tx.execute("DELETE FROM part WHERE upload = ?", [id])?;
    Ok(())
}

pub(super) fn delete(tx: &Transaction<'_>, id: &str) -> Result<(), Error> {
    tx.execute("DELETE FROM part WHERE upload = ?", [id])?;
    tx.execute("DELETE FROM upload WHERE id = ?", [id])?;
    Ok(())
}

/// Puts a part, and returns the blob that it replaces.
pub(super) fn put_part(tx: &Transaction<'_>, upload: &str, part: &Part) -> Result<Option<String>, Error> {
    let old = tx
        .query_row("SELECT blob FROM part WHERE upload = ? AND number = ?", params![upload, part.number], |row| {
            row.get(0)
        })
        .optional()?;
    tx.execute(
        "INSERT OR REPLACE INTO part (upload, number, blob, size_bytes, etag, modified, checksums)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
        params![
            upload,
            part.number,
            part.blob,
            part.size_bytes,
            part.etag,
            part.modified.unix_millis(),
            serde_json::to_string(&part.checksums)?
        ],
    )?;
    Ok(old)
}

/// The parts after a number, in order.
pub(super) fn parts(db: &Connection, upload: &str, after: i32, limit: usize) -> Result<Vec<Part>, Error> {
    let mut statement = db.prepare(
        "SELECT number, blob, size_bytes, etag, modified, checksums FROM part
         WHERE upload = ? AND number > ? ORDER BY number LIMIT ?",
    )?;
    let rows = statement.query_map(params![upload, after, limit], |row| Ok(part(row)))?;
    rows.map(|row| row?).collect()
}

pub(super) fn no_such_upload() -> S3Error {
    s3_error!(NoSuchUpload, "The upload was aborted or completed, or never existed.")
}

fn part(row: &Row<'_>) -> Result<Part, Error> {
    Ok(Part {
        number: row.get(0)?,
        blob: row.get(1)?,
        size_bytes: row.get(2)?,
        etag: row.get(3)?,
        modified: Timestamp::from_unix_millis(row.get(4)?),
        checksums: serde_json::from_str(&row.get::<_, String>(5)?)?,
    })
}

fn from_row(row: &Row<'_>) -> Result<Upload, Error> {
    let algorithm: Option<String> = row.get(5)?;
    let done = match (row.get(7)?, row.get::<_, Option<String>>(8)?) {
        (Some(etag), Some(checksums)) => {
            Some(Done { etag, version: row.get(9)?, checksums: serde_json::from_str(&checksums)? })
        }
        (_, _) => None,
    };
    Ok(Upload {
        id: row.get(0)?,
        bucket: row.get(1)?,
        key: String::from_utf8(row.get(2)?).map_err(|_| rusqlite::Error::InvalidQuery)?,
        created: Timestamp::from_unix_millis(row.get(3)?),
        properties: serde_json::from_str(&row.get::<_, String>(4)?)?,
        algorithm: algorithm.as_deref().map(Algorithm::parse).transpose()?,
        composite: row.get(6)?,
        done,
    })
}
