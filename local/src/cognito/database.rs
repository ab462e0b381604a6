//! The pool's file: its layout, what is made at the first opening, and what is thrown away in time.

use std::{fs, path::Path, time::Duration};

use model::Timestamp;
use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior, params};

use super::{attempts, error::OpenError, grants, keys, random, sessions, settings::Lifetimes};

const FILE_NAME: &str = "cognito.sqlite3";
const LAYOUT: i64 = 1;
const FIRST_GROUPS: [(&str, &str); 3] = [
    ("admin", "Run the family's galleries."),
    ("visitor", "Family members with an account."),
    ("guest", "People who sign in with a shared password."),
];

pub(super) const TABLES: &str = "
CREATE TABLE pool (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    pool_id     TEXT NOT NULL,
    client_id   TEXT NOT NULL,
    id_key      BLOB NOT NULL,
    access_key  BLOB NOT NULL,
    created_at  INTEGER NOT NULL
);
CREATE TABLE users (
    sub             TEXT PRIMARY KEY,
    username        TEXT NOT NULL,
    username_key    TEXT NOT NULL UNIQUE,
    email_alias     TEXT UNIQUE,
    password_hash   TEXT NOT NULL,
    status          TEXT NOT NULL,
    temporary_until INTEGER,
    enabled         INTEGER NOT NULL,
    attributes      TEXT NOT NULL,
    created_at      INTEGER NOT NULL,
    modified_at     INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE groups (
    name        TEXT PRIMARY KEY,
    description TEXT,
    precedence  INTEGER,
    created_at  INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE members (
    group_name TEXT NOT NULL REFERENCES groups (name) ON DELETE CASCADE,
    sub        TEXT NOT NULL REFERENCES users (sub) ON DELETE CASCADE,
    PRIMARY KEY (group_name, sub)
) WITHOUT ROWID;
CREATE INDEX members_by_sub ON members (sub);
CREATE TABLE sessions (
    fingerprint BLOB PRIMARY KEY,
    sub         TEXT NOT NULL REFERENCES users (sub) ON DELETE CASCADE,
    expires_at  INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_by_sub ON sessions (sub);
CREATE TABLE grants (
    origin_jti  TEXT PRIMARY KEY,
    fingerprint BLOB NOT NULL UNIQUE,
    sub         TEXT NOT NULL REFERENCES users (sub) ON DELETE CASCADE,
    auth_time   INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    revoked     INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX grants_by_sub ON grants (sub);
CREATE TABLE attempts (
    number       INTEGER PRIMARY KEY AUTOINCREMENT,
    subject      TEXT NOT NULL UNIQUE,
    failures     INTEGER NOT NULL,
    last_at      INTEGER NOT NULL,
    locked_until INTEGER NOT NULL
);
";

/// What the first opening makes and every other one finds.
pub(super) struct Identity {
    pub(super) pool_id: String,
    pub(super) client_id: String,
    pub(super) id_key: Vec<u8>,
    pub(super) access_key: Vec<u8>,
    pub(super) created_at: Timestamp,
}

/// Opens the file, made if need be, readable by its owner only.
pub(super) fn open(dir: &Path) -> Result<Connection, OpenError> {
    let path = dir.join(FILE_NAME);
    open_private(&path)?;
    #[cfg(unix)]
    fs::File::open(dir)?.sync_all()?;
    let mut connection = Connection::open(&path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    make_durable(&connection)?;
    lay_out(&mut connection)?;
    Ok(connection)
}

/// `SQLite` gives its `-wal` and `-shm` files the mode of the main file.
fn open_private(path: &Path) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    file.sync_all()
}

fn make_durable(connection: &Connection) -> Result<(), OpenError> {
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(OpenError::NotDurable("journal_mode = WAL"));
    }
    connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;")?;
    let synchronous: i64 = connection.query_row("PRAGMA synchronous", [], |row| row.get(0))?;
    if synchronous == 2 { Ok(()) } else { Err(OpenError::NotDurable("synchronous = FULL")) }
}

fn lay_out(connection: &mut Connection) -> Result<(), OpenError> {
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: i64 = tx.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > LAYOUT {
        return Err(OpenError::NewerLayout { found, known: LAYOUT });
    }
    if found == 0 {
        tx.execute_batch(TABLES)?;
        tx.pragma_update(None, "user_version", LAYOUT)?;
    }
    tx.commit()?;
    Ok(())
}

/// Finds the pool's ids and keys, or makes them together with its first groups.
pub(super) fn load_or_make_identity(
    connection: &mut Connection,
    region: &str,
    now: Timestamp,
) -> Result<Identity, OpenError> {
    if let Some(identity) = load_identity(connection)? {
        return Ok(identity);
    }
    let identity = make_identity(region, now)?;
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    tx.execute(
        "INSERT INTO pool (id, pool_id, client_id, id_key, access_key, created_at) VALUES (1, ?1, ?2, ?3, ?4, ?5)",
        params![identity.pool_id, identity.client_id, identity.id_key, identity.access_key, now.unix_millis()],
    )?;
    for (name, description) in FIRST_GROUPS {
        tx.execute(
            "INSERT INTO groups (name, description, created_at) VALUES (?1, ?2, ?3)",
            params![name, description, now.unix_millis()],
        )?;
    }
    tx.commit()?;
    Ok(identity)
}

fn load_identity(connection: &Connection) -> rusqlite::Result<Option<Identity>> {
    connection
        .query_row("SELECT pool_id, client_id, id_key, access_key, created_at FROM pool", [], |row| {
            Ok(Identity {
                pool_id: row.get(0)?,
                client_id: row.get(1)?,
                id_key: row.get(2)?,
                access_key: row.get(3)?,
                created_at: Timestamp::from_unix_millis(row.get(4)?),
            })
        })
        .optional()
}

fn make_identity(region: &str, now: Timestamp) -> Result<Identity, OpenError> {
    const LETTERS_AND_DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let pool_id = format!("{region}_{}", random::text(LETTERS_AND_DIGITS, 9)?);
    let client_id = random::text(&LETTERS_AND_DIGITS[26..], 26)?;
    let (id_key, access_key) = keys::generate_two()?;
    Ok(Identity { pool_id, client_id, id_key, access_key, created_at: now })
}

/// The ids of the pool and of its client in a folder that another process may have open.
///
/// # Errors
/// When there is no pool yet.
pub fn read_ids(dir: &Path) -> Result<(String, String), OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(dir.join(FILE_NAME), flags)?;
    Ok(connection.query_row("SELECT pool_id, client_id FROM pool", [], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Removes rows that no longer decide anything.
pub(super) fn purge(connection: &Connection, now: Timestamp, lifetimes: &Lifetimes) -> rusqlite::Result<()> {
    sessions::purge(connection, now)?;
    grants::purge(connection, now, lifetimes)?;
    attempts::purge(connection, now)
}
