//! The lock-out: how many wrong passwords in a row one name may try.

use std::{
    array,
    hash::{BuildHasher, RandomState},
};

use model::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{
    error::{Failure, not_authorized},
    users::User,
};

const FREE_FAILURES: u32 = 5;
const MAX_LOCK_SECONDS: i64 = 15 * 60;
const FORGET_AFTER_SECONDS: i64 = 24 * 60 * 60;
/// Unknown names are remembered over this many later attempts, which bounds the table.
const REMEMBERED_ATTEMPTS: i64 = 100_000;
const TURN_SLOTS: usize = 64;

/// Lets attempts at one name go one after the other, so that many right ones at once do not count as failures.
///
/// It is a matter of comfort only: the count is what guards, and it holds without turns.
pub(super) struct Turns {
    slots: [Semaphore; TURN_SLOTS],
    hasher: RandomState,
}

impl Turns {
    pub(super) fn new() -> Self {
        Self { slots: array::from_fn(|_| Semaphore::new(1)), hasher: RandomState::new() }
    }

    /// Waits for the turn of a name; other names seldom wait for the same.
    pub(super) async fn take(&self, name: &str) -> Result<SemaphorePermit<'_>, Failure> {
        let slots = u64::try_from(TURN_SLOTS).expect("a small number fits");
        let slot = usize::try_from(self.hasher.hash_one(name.to_lowercase()) % slots).expect("a small number fits");
        Ok(self.slots[slot].acquire().await?)
    }
}

/// Whom attempts are counted for: a user under any of their names, or a name that nobody has.
pub(super) fn subject(name: &str, user: Option<&User>) -> String {
    match user {
        Some(user) => user_subject(&user.sub),
        None => format!("name:{}", hex::encode(Sha256::digest(name.to_lowercase()))),
    }
}

pub(super) fn user_subject(sub: &str) -> String {
    format!("user:{sub}")
}

/// Counts an attempt as failed before its password is looked at, so that attempts at once cannot share one count;
/// [`clear`] takes it back. Refuses while locked, without counting.
pub(super) fn admit(connection: &Connection, subject: &str, now: Timestamp) -> Result<(), Failure> {
    let (failures, locked_until) = past_failures(connection, subject, now)?;
    let left_millis = locked_until - now.unix_millis();
    // More than the longest lock can be left only when the clock was set back.
    if left_millis > 0 && left_millis <= MAX_LOCK_SECONDS * 1_000 {
        return Err(not_authorized("Password attempts exceeded"));
    }
    let failures = failures.saturating_add(1);
    let locked_until = now.plus_seconds(lock_seconds(failures));
    // A replaced row gets a new number, so numbers are in the order of last attempts.
    connection.execute(
        "INSERT OR REPLACE INTO attempts (subject, failures, last_at, locked_until) VALUES (?1, ?2, ?3, ?4)",
        params![subject, failures, now.unix_millis(), locked_until.unix_millis()],
    )?;
    connection.execute(
        "DELETE FROM attempts WHERE number <= ?1 AND subject >= 'name:' AND subject < 'name;'",
        params![connection.last_insert_rowid() - REMEMBERED_ATTEMPTS],
    )?;
    Ok(())
}

fn past_failures(connection: &Connection, subject: &str, now: Timestamp) -> rusqlite::Result<(u32, i64)> {
    let forgotten_before = now.plus_seconds(-FORGET_AFTER_SECONDS).unix_millis();
    let row = connection
        .query_row(
            "SELECT failures, locked_until FROM attempts WHERE subject = ?1 AND last_at > ?2",
            params![subject, forgotten_before],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    Ok(row.unwrap_or((0, i64::MIN / 2)))
}

/// How long the n-th failure in a row locks.
fn lock_seconds(failures: u32) -> i64 {
    match failures.checked_sub(FREE_FAILURES) {
        None => 0,
        Some(doublings) => 2_i64.saturating_pow(doublings).min(MAX_LOCK_SECONDS),
    }
}

/// Forgets the failures of a subject, whose right password was given or set anew.
pub(super) fn clear(connection: &Connection, subject: &str) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM attempts WHERE subject = ?1", params![subject])?;
    Ok(())
}

/// Removes what [`admit`] would no longer look at.
pub(super) fn purge(connection: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    let forgotten_before = now.plus_seconds(-FORGET_AFTER_SECONDS).unix_millis();
    connection.execute("DELETE FROM attempts WHERE last_at <= ?1", params![forgotten_before])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_doubles_with_each_failure_up_to_a_quarter_hour() {
        let seconds: Vec<i64> = (1..=16).map(lock_seconds).collect();
        assert_eq!(seconds, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
        for failures in 60..80 {
            assert_eq!(lock_seconds(failures), 900);
        }
        assert_eq!(lock_seconds(u32::MAX), 900);
    }

    #[test]
    fn unknown_names_are_forgotten_after_many_attempts_and_users_are_not() -> Result<(), rusqlite::Error> {
        let connection = Connection::open_in_memory()?;
        connection.execute_batch(super::super::database::TABLES)?;
        let now = Timestamp::from_unix_seconds(1_800_000_000);
        let try_once = |subject: &str| admit(&connection, subject, now).expect("nobody is locked");
        let failures = |subject: &str| past_failures(&connection, subject, now).map(|(failures, _)| failures);
        let later_attempts = |count: i64| connection.execute("UPDATE sqlite_sequence SET seq = seq + ?1", [count]);
        try_once("user:anna");
        try_once("name:early");
        try_once("name:late");
        later_attempts(REMEMBERED_ATTEMPTS - 3)?;
        try_once("name:late");
        assert_eq!((failures("user:anna")?, failures("name:early")?, failures("name:late")?), (1, 1, 2));
        try_once("user:ben");
        assert_eq!((failures("user:anna")?, failures("name:early")?, failures("name:late")?), (1, 0, 2));
        Ok(())
    }
}
