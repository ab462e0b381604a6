//! Sessions of challenges: short-lived, single use, kept as a fingerprint.

use model::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    error::{Failure, not_authorized},
    random,
};

/// Begins a session for a user and returns its secret.
pub(super) fn begin(connection: &Connection, sub: &str, expires_at: Timestamp) -> Result<String, Failure> {
    let secret = random::secret()?;
    connection.execute(
        "INSERT INTO sessions (fingerprint, sub, expires_at) VALUES (?1, ?2, ?3)",
        params![random::fingerprint(&secret), sub, expires_at.unix_millis()],
    )?;
    Ok(secret)
}

/// Whose session it is.
pub(super) fn find(connection: &Connection, secret: &str, now: Timestamp) -> Result<String, Failure> {
    let row: Option<(String, i64)> = connection
        .query_row(
            "SELECT sub, expires_at FROM sessions WHERE fingerprint = ?1",
            params![random::fingerprint(secret)],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    match row {
        Some((sub, expires_at)) if now.unix_millis() < expires_at => Ok(sub),
        Some(_) => Err(not_authorized("Invalid session for the user, session is expired.")),
        None => Err(not_authorized("Invalid session for the user.")),
    }
}

/// Ends every session of a user.
pub(super) fn end_all(connection: &Connection, sub: &str) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM sessions WHERE sub = ?1", params![sub])?;
    Ok(())
}

/// Removes sessions that expired an hour ago or more; until then they are told apart from unknown ones.
pub(super) fn purge(connection: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    connection
        .execute("DELETE FROM sessions WHERE expires_at < ?1", params![now.plus_seconds(-3_600).unix_millis()])?;
    Ok(())
}
