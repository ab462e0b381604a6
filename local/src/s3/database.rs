//! The database: its schema, one writer at a time, readers beside it.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::error::Error;

const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
const IDLE_READERS: usize = 4;

/// The form of the tables, which the file keeps as its `user_version`. Form 0 had no versions of objects.
const FORM: i64 = 1;

/// From form 0; the rows follow when the new table is there.
const UPGRADE: &str = "
ALTER TABLE object RENAME TO object_of_form_0;
ALTER TABLE bucket ADD COLUMN versioning TEXT;
ALTER TABLE bucket ADD COLUMN lock TEXT;
ALTER TABLE upload ADD COLUMN version TEXT;
";
const UPGRADE_ROWS: &str = "
INSERT INTO object SELECT bucket, key, 1, 'null', 1, blob, size_bytes, etag, modified, properties FROM object_of_form_0;
DROP TABLE object_of_form_0;
";

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS bucket (
    name TEXT PRIMARY KEY,
    created INTEGER NOT NULL,
    -- As PutBucketVersioning said, if it ever did.
    versioning TEXT,
    -- JSON, if the bucket has Object Lock.
    lock TEXT
) STRICT, WITHOUT ROWID;

-- Keys are BLOBs, so that they sort by their UTF-8 bytes as S3 lists them.
-- A row is a version. Of a key, the one with the greatest number is the present one.
CREATE TABLE IF NOT EXISTS object (
    bucket TEXT NOT NULL,
    key BLOB NOT NULL,
    number INTEGER NOT NULL,
    -- The id, or 'null' for what was put while the bucket did not keep versions.
    version TEXT NOT NULL,
    present INTEGER NOT NULL,
    -- A delete marker has none.
    blob TEXT,
    size_bytes INTEGER NOT NULL,
    etag TEXT NOT NULL,
    modified INTEGER NOT NULL,
    properties TEXT NOT NULL,
    PRIMARY KEY (bucket, key, number DESC)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS object_present ON object (bucket, key) WHERE present = 1 AND blob IS NOT NULL;

-- An upload with an etag is done: its row stays a while, to answer a retried completion.
CREATE TABLE IF NOT EXISTS upload (
    id TEXT PRIMARY KEY,
    bucket TEXT NOT NULL,
    key BLOB NOT NULL,
    created INTEGER NOT NULL,
    properties TEXT NOT NULL,
    algorithm TEXT,
    composite INTEGER NOT NULL,
    etag TEXT,
    checksums TEXT,
    version TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS upload_open ON upload (bucket, key, id) WHERE etag IS NULL;

CREATE TABLE IF NOT EXISTS part (
    upload TEXT NOT NULL,
    number INTEGER NOT NULL,
    blob TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    etag TEXT NOT NULL,
    modified INTEGER NOT NULL,
    checksums TEXT NOT NULL,
    PRIMARY KEY (upload, number)
) STRICT, WITHOUT ROWID;

-- AUTOINCREMENT, because the id is the event's sequencer and must never come twice.
CREATE TABLE IF NOT EXISTS event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    bucket TEXT NOT NULL,
    key TEXT NOT NULL,
    etag TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    created INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    begun INTEGER NOT NULL DEFAULT 0,
    due INTEGER NOT NULL,
    dead INTEGER NOT NULL DEFAULT 0,
    reason TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS event_due ON event (dead, due, id);
";

pub(super) struct Database {
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
}

impl Database {
    /// Whether there is no database yet, or one that was never written to.
    pub(super) fn is_new(path: &Path) -> Result<bool, Error> {
        if !path.try_exists()? {
            return Ok(true);
        }
        let tables: i64 =
            Connection::open(path)?.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))?;
        Ok(tables == 0)
    }

    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let mut writer = connect(path)?;
        make_tables(&mut writer)?;
        Ok(Self { path: path.to_owned(), writer: Mutex::new(writer), readers: Mutex::new(Vec::new()) })
    }

    /// Runs `work` as one transaction: durable when this returns, or not done at all when `work` fails.
    pub(super) fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, Error>) -> Result<T, Error> {
        // A panic in an earlier transaction rolled that one back: the connection is sound.
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }

    /// Runs `work` on a snapshot that writers do not disturb.
    pub(super) fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T, Error>) -> Result<T, Error> {
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut reader = idle.map_or_else(|| connect(&self.path), Ok)?;
        let done = reader.transaction().map_err(Error::from).and_then(|snapshot| work(&snapshot));
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < IDLE_READERS {
            readers.push(reader);
        }
        done
    }
}

/// Makes the tables, or brings those of an earlier release into the present form: all of it or nothing.
fn make_tables(connection: &mut Connection) -> Result<(), Error> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let form: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if form > FORM {
        let text = "the object store was written by a newer Mantel; please update Mantel";
        return Err(io::Error::new(io::ErrorKind::InvalidData, text).into());
    }
    let is_old = form == 0 && transaction.table_exists(None, "object")?;
    if is_old {
        transaction.execute_batch(UPGRADE)?;
    }
    transaction.execute_batch(SCHEMA)?;
    if is_old {
        transaction.execute_batch(UPGRADE_ROWS)?;
    }
    transaction.pragma_update(None, "user_version", FORM)?;
    transaction.commit()?;
    Ok(())
}

fn connect(path: &Path) -> Result<Connection, rusqlite::Error> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    let journal: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    let synchronous: i64 = connection.pragma_query_value(None, "synchronous", |row| row.get(0))?;
    assert!(journal == "wal" && synchronous == 2, "SQLite must sync every commit, or acknowledged writes can be lost");
    Ok(connection)
}
