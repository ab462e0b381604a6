//! Grants: what one sign-in gave. Each has one refresh token, kept as a fingerprint, and the `origin_jti` that all its
//! access and id tokens carry, so that revoking the grant revokes them.

use model::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{
    error::{Failure, not_authorized},
    random,
    settings::Lifetimes,
};

/// What one sign-in gave.
pub(super) struct Grant {
    pub(super) origin_jti: String,
    pub(super) sub: String,
    pub(super) auth_time: Timestamp,
}

/// Makes a grant and its refresh token.
pub(super) fn make(
    connection: &Connection,
    sub: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(Grant, String), Failure> {
    let refresh_token = random::secret()?;
    let grant = Grant { origin_jti: random::uuid()?, sub: sub.to_owned(), auth_time: now };
    connection.execute(
        "INSERT INTO grants (origin_jti, fingerprint, sub, auth_time, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            grant.origin_jti,
            random::fingerprint(&refresh_token),
            sub,
            now.unix_millis(),
            expires_at.unix_millis()
        ],
    )?;
    Ok((grant, refresh_token))
}

/// The grant of a refresh token that is still good.
pub(super) fn find_by_refresh_token(connection: &Connection, token: &str, now: Timestamp) -> Result<Grant, Failure> {
    let row = connection
        .query_row(
            "SELECT origin_jti, sub, auth_time, expires_at, revoked FROM grants WHERE fingerprint = ?1",
            params![random::fingerprint(token)],
            |row| Ok((from_row(row)?, row.get::<_, i64>(3)?, row.get::<_, bool>(4)?)),
        )
        .optional()?;
    match row {
        None => Err(not_authorized("Invalid Refresh Token")),
        Some((_, _, true)) => Err(not_authorized("Refresh Token has been revoked")),
        Some((_, expires_at, false)) if now.unix_millis() >= expires_at => {
            Err(not_authorized("Refresh Token has expired"))
        }
        Some((grant, _, false)) => Ok(grant),
    }
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Grant> {
    Ok(Grant { origin_jti: row.get(0)?, sub: row.get(1)?, auth_time: Timestamp::from_unix_millis(row.get(2)?) })
}

/// Whether tokens with this `origin_jti` are still good, apart from their own expiry.
pub(super) fn stands(connection: &Connection, origin_jti: &str) -> rusqlite::Result<bool> {
    connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM grants WHERE origin_jti = ?1 AND NOT revoked)",
        params![origin_jti],
        |row| row.get(0),
    )
}

/// Revokes the grant of a refresh token, if there is one.
pub(super) fn revoke_by_refresh_token(connection: &Connection, token: &str) -> rusqlite::Result<()> {
    connection.execute("UPDATE grants SET revoked = 1 WHERE fingerprint = ?1", params![random::fingerprint(token)])?;
    Ok(())
}

/// Revokes every grant of a user.
pub(super) fn revoke_all(connection: &Connection, sub: &str) -> rusqlite::Result<()> {
    connection.execute("UPDATE grants SET revoked = 1 WHERE sub = ?1", params![sub])?;
    Ok(())
}

/// Removes grants whose last access token has expired too.
pub(super) fn purge(connection: &Connection, now: Timestamp, lifetimes: &Lifetimes) -> rusqlite::Result<()> {
    connection.execute(
        "DELETE FROM grants WHERE expires_at < ?1",
        params![now.plus_seconds(-lifetimes.token_seconds).unix_millis()],
    )?;
    Ok(())
}
