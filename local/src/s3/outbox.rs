//! The events of new objects, kept until they are delivered.

use std::sync::Arc;

use model::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

use tokio::sync::watch;

use super::{
    error::Error,
    object::Object,
    store::{Store, blocking},
};

/// After so many failed deliveries an event is dead: it waits for a redrive.
const MAX_ATTEMPTS: u32 = 5;
/// After so many deliveries without an outcome too: whatever they did, nobody was left to say.
const MAX_BEGUN: u32 = 3;

/// An object was put, copied or completed. Delivered at least once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxEvent {
    /// Names the event when it is completed or failed.
    pub id: i64,
    /// The bucket of the object.
    pub bucket: String,
    /// The key of the object, as it is.
    pub key: String,
    /// The entity tag of the object, without quotes.
    pub etag: String,
    /// The size of the object.
    pub size_bytes: u64,
    /// Hexadecimal of fixed length: of two events, the later one has the greater text.
    pub sequencer: String,
    /// When the object was put.
    pub created: Timestamp,
    /// How many deliveries failed.
    pub attempts: u32,
}

/// An event whose deliveries all failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadEvent {
    /// The event.
    pub event: OutboxEvent,
    /// Why the last delivery failed.
    pub reason: String,
}

/// Which events are meant, by the keys of their objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keys {
    /// All.
    Any,
    /// Those that begin like this.
    With(String),
    /// All others.
    Without(String),
}

impl Keys {
    /// As a condition on the prefix `?1`.
    fn condition(&self) -> (&'static str, &str) {
        match self {
            Self::Any => ("?1 = ''", ""),
            Self::With(prefix) => ("substr(key, 1, length(?1)) = ?1", prefix),
            Self::Without(prefix) => ("substr(key, 1, length(?1)) <> ?1", prefix),
        }
    }
}

impl Store {
    /// The events to deliver now, oldest first.
    pub async fn due_events(self: &Arc<Self>, keys: Keys, limit: u32) -> Result<Vec<OutboxEvent>, Error> {
        blocking(self, move |store| {
            let now = store.now().unix_millis();
            store.database.read(|db| {
                let (meant, prefix) = keys.condition();
                let condition = format!("{meant} AND dead = 0 AND due <= ?2 ORDER BY due, id LIMIT ?3");
                let mut statement = db.prepare(&format!("{SELECT} WHERE {condition}"))?;
                let events = statement.query_map(params![prefix, now, limit], event)?.collect::<Result<_, _>>()?;
                Ok(events)
            })
        })
        .await
    }

    /// Counts a delivery that begins; false where this event is dead now, because several deliveries began and never ended:
    /// it must have ended Mantel itself, and would do so again.
    pub async fn begin_event(self: &Arc<Self>, id: i64) -> Result<bool, Error> {
        blocking(self, move |store| store.database.write(|tx| begin(tx, id))).await
    }

    /// Forgets a delivered event.
    pub async fn complete_event(self: &Arc<Self>, id: i64) -> Result<(), Error> {
        blocking(self, move |store| {
            store.database.write(|tx| {
                tx.execute("DELETE FROM event WHERE id = ?", [id])?;
                Ok(())
            })
        })
        .await
    }

    /// Notes that a delivery failed: the event is due again later, or dead after five failures.
    pub async fn fail_event(self: &Arc<Self>, id: i64, reason: &str) -> Result<(), Error> {
        let reason = reason.to_owned();
        blocking(self, move |store| store.database.write(|tx| fail(tx, store, id, &reason))).await
    }

    /// The events whose deliveries all failed, oldest first.
    pub async fn dead_events(self: &Arc<Self>) -> Result<Vec<DeadEvent>, Error> {
        blocking(self, |store| {
            store.database.read(|db| {
                let mut statement = db.prepare(&format!("{SELECT} WHERE dead = 1 ORDER BY id"))?;
                let dead = |row: &Row<'_>| {
                    Ok(DeadEvent { event: event(row)?, reason: row.get::<_, Option<String>>(7)?.unwrap_or_default() })
                };
                let events = statement.query_map([], dead)?.collect::<Result<_, _>>()?;
                Ok(events)
            })
        })
        .await
    }

    /// Makes all dead events due now as if they had never failed, and returns how many.
    pub async fn redrive(self: &Arc<Self>) -> Result<usize, Error> {
        let count = blocking(self, |store| {
            let now = store.now().unix_millis();
            store.database.write(|tx| {
                let revive =
                    "UPDATE event SET dead = 0, attempts = 0, begun = 0, due = ?, reason = NULL WHERE dead = 1";
                Ok(tx.execute(revive, [now])?)
            })
        })
        .await?;
        if count > 0 {
            self.tell_of_events();
        }
        Ok(count)
    }

    /// When the next event that is not dead is due; this may be in the past.
    pub async fn next_due(self: &Arc<Self>, keys: Keys) -> Result<Option<Timestamp>, Error> {
        blocking(self, move |store| store.database.read(|db| first_due(db, &keys))).await
    }

    /// Forgets that a delivery began: it was broken off, and not by the event.
    pub async fn release_event(self: &Arc<Self>, id: i64) -> Result<(), Error> {
        blocking(self, move |store| {
            store.database.write(|tx| {
                tx.execute("UPDATE event SET begun = begun - 1 WHERE id = ? AND begun > 0", [id])?;
                Ok(())
            })
        })
        .await
    }

    /// Changes whenever an event was put or revived.
    #[must_use]
    pub fn events_put(&self) -> watch::Receiver<()> {
        self.events_put.subscribe()
    }

    pub(super) fn tell_of_events(&self) {
        self.events_put.send_replace(());
    }
}

const SELECT: &str = "SELECT id, bucket, key, etag, size_bytes, created, attempts, reason FROM event";

/// Puts the event of a new object, in the transaction that puts the object.
pub(super) fn put(tx: &Transaction<'_>, object: &Object) -> Result<(), Error> {
    let now = object.modified.unix_millis();
    tx.execute(
        "INSERT INTO event (bucket, key, etag, size_bytes, created, due) VALUES (?, ?, ?, ?, ?, ?)",
        params![object.bucket, object.key, object.etag, object.size_bytes, now, now],
    )?;
    Ok(())
}

fn begin(tx: &Transaction<'_>, id: i64) -> Result<bool, Error> {
    let begun = "UPDATE event SET begun = begun + 1 WHERE id = ? AND begun < ?";
    if tx.execute(begun, params![id, MAX_BEGUN])? == 1 {
        return Ok(true);
    }
    let reason = "Mantel ended while it worked on this file, again and again.";
    tx.execute("UPDATE event SET dead = 1, reason = ? WHERE id = ?", params![reason, id])?;
    Ok(false)
}

fn fail(tx: &Transaction<'_>, store: &Store, id: i64, reason: &str) -> Result<(), Error> {
    let attempts: Option<u32> =
        tx.query_row("SELECT attempts FROM event WHERE id = ?", [id], |row| row.get(0)).optional()?;
    let Some(attempts) = attempts.map(|before| before + 1) else { return Ok(()) };
    let due = store.now().plus_seconds(store.retry_base_seconds.saturating_mul(1 << attempts.min(30)));
    tx.execute(
        "UPDATE event SET attempts = ?, begun = 0, due = ?, dead = ?, reason = ? WHERE id = ?",
        params![attempts, due.unix_millis(), attempts >= MAX_ATTEMPTS, reason, id],
    )?;
    Ok(())
}

fn first_due(db: &Connection, keys: &Keys) -> Result<Option<Timestamp>, Error> {
    let (meant, prefix) = keys.condition();
    let select = format!("SELECT min(due) FROM event WHERE {meant} AND dead = 0");
    let due: Option<i64> = db.query_row(&select, [prefix], |row| row.get(0))?;
    Ok(due.map(Timestamp::from_unix_millis))
}

fn event(row: &Row<'_>) -> rusqlite::Result<OutboxEvent> {
    let id: i64 = row.get(0)?;
    Ok(OutboxEvent {
        id,
        bucket: row.get(1)?,
        key: row.get(2)?,
        etag: row.get(3)?,
        size_bytes: row.get(4)?,
        sequencer: format!("{id:016X}"),
        created: Timestamp::from_unix_millis(row.get(5)?),
        attempts: row.get(6)?,
    })
}
