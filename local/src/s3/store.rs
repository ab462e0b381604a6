//! The store: where things are, and how work gets off the async threads.

use std::{
    collections::{BTreeMap, HashSet},
    fs, io,
    path::Path,
    sync::Arc,
};

use model::{Clock, Timestamp};
use rusqlite::{Transaction, params};
use s3s::{S3Result, s3_error};
use tokio::sync::watch;

use crate::data_folder::Lock;

use super::{
    blobs::Blobs,
    database::Database,
    error::{Error, OpenError},
};

/// Multipart uploads, open or done, are forgotten after this time.
const UPLOAD_LIFE_SECONDS: i64 = 7 * 24 * 60 * 60;

const PRESENT: &str =
    "SELECT count(*) FROM object INDEXED BY object_present WHERE bucket = ? AND present = 1 AND blob IS NOT NULL";

/// How a store is set up.
#[derive(Clone)]
pub struct Options {
    /// The buckets there are; made if missing. Others do not exist, whatever the folder holds of them.
    pub buckets: Vec<String>,
    /// The buckets whose new objects make events.
    pub event_buckets: Vec<String>,
    /// A delivery that failed `n` times is due again after this many seconds times 2^n.
    pub retry_base_seconds: i64,
    /// Tells the time for rows and events. Signatures are checked against the system's clock, by `s3s`.
    pub clock: Clock,
    /// The lock of the folder, if it has one: held until the last write that is under way has ended.
    pub lock: Option<Arc<Lock>>,
}

/// A durable object store in one folder.
pub struct Store {
    pub(super) database: Database,
    pub(super) blobs: Blobs,
    pub(super) buckets: BTreeMap<String, Timestamp>,
    pub(super) clock: Clock,
    pub(super) retry_base_seconds: i64,
    pub(super) events_put: watch::Sender<()>,
    event_buckets: HashSet<String>,
    /// Held until the last write that is under way has ended.
    _lock: Option<Arc<Lock>>,
}

impl Store {
    /// Opens the store in `dir`, making it if missing, and removes what an interrupted run left behind.
    ///
    /// Events of an earlier run may be due at once. Blocks on files. The caller sees to it that no other process has the folder open.
    pub fn open(dir: &Path, options: Options) -> Result<Arc<Self>, OpenError> {
        Self::open_inner(dir, options).map(Arc::new).map_err(|source| OpenError { path: dir.to_owned(), source })
    }

    fn open_inner(dir: &Path, options: Options) -> Result<Self, Error> {
        fs::create_dir_all(dir)?;
        let path = dir.join("objects.sqlite");
        let is_new = Database::is_new(&path)?;
        let blobs = Blobs::open(dir)?;
        if is_new && !blobs.is_empty()? {
            // A run that is cut off leaves no such thing: the database is durable before the first blob.
            return Err(io::Error::new(io::ErrorKind::InvalidData, "there are blobs, but no database").into());
        }
        let database = Database::open(&path)?;
        let now = (options.clock)();
        let (buckets, named) = database.write(|tx| {
            forget_old_uploads(tx, now)?;
            Ok((make_buckets(tx, &options.buckets, now)?, named_blobs(tx)?))
        })?;
        let removed = blobs.sweep(&named)?;
        if removed > 0 {
            tracing::info!(removed, "removed files of unfinished writes");
        }
        Ok(Self {
            database,
            blobs,
            buckets,
            clock: options.clock,
            retry_base_seconds: options.retry_base_seconds,
            events_put: watch::Sender::new(()),
            event_buckets: options.event_buckets.into_iter().collect(),
            _lock: options.lock,
        })
    }

    /// How many objects a bucket holds, without older versions.
    pub async fn object_count(self: &Arc<Self>, bucket: &str) -> Result<u64, Error> {
        let bucket = bucket.to_owned();
        blocking(self, move |store| store.database.read(|db| Ok(db.query_row(PRESENT, [bucket], |row| row.get(0))?)))
            .await
    }

    /// Forgets multipart uploads begun over a week ago, and returns how many were never completed. Start-up does so too.
    pub async fn expire_uploads(self: &Arc<Self>) -> Result<usize, Error> {
        blocking(self, |store| {
            let now = store.now();
            let (count, blobs) = store.database.write(|tx| forget_old_uploads(tx, now))?;
            for blob in blobs {
                store.blobs.remove(&blob);
            }
            Ok(count)
        })
        .await
    }

    pub(super) fn require_bucket(&self, bucket: &str) -> S3Result<()> {
        if self.buckets.contains_key(bucket) { Ok(()) } else { Err(s3_error!(NoSuchBucket)) }
    }

    pub(super) fn makes_events(&self, bucket: &str) -> bool {
        self.event_buckets.contains(bucket)
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.clock)()
    }
}

/// Runs file and database work where it may block. It runs to its end even if the caller goes away.
pub(super) async fn blocking<T: Send + 'static>(
    store: &Arc<Store>,
    work: impl FnOnce(&Store) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let store = Arc::clone(store);
    tokio::task::spawn_blocking(move || work(&store)).await?
}

/// Returns how many open uploads there were, and the blobs of their parts.
fn forget_old_uploads(tx: &Transaction<'_>, now: Timestamp) -> Result<(usize, Vec<String>), Error> {
    let before = now.plus_seconds(-UPLOAD_LIFE_SECONDS).unix_millis();
    let mut parts =
        tx.prepare("DELETE FROM part WHERE upload IN (SELECT id FROM upload WHERE created < ?) RETURNING blob")?;
    let blobs = parts.query_map([before], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let count = tx.execute("DELETE FROM upload WHERE created < ? AND etag IS NULL", [before])?;
    tx.execute("DELETE FROM upload WHERE created < ?", [before])?;
    Ok((count, blobs))
}

fn make_buckets(tx: &Transaction<'_>, names: &[String], now: Timestamp) -> Result<BTreeMap<String, Timestamp>, Error> {
    let mut buckets = BTreeMap::new();
    for name in names {
        tx.execute("INSERT OR IGNORE INTO bucket (name, created) VALUES (?, ?)", params![name, now.unix_millis()])?;
        let created = tx.query_row("SELECT created FROM bucket WHERE name = ?", [name], |row| row.get(0))?;
        buckets.insert(name.clone(), Timestamp::from_unix_millis(created));
    }
    Ok(buckets)
}

fn named_blobs(tx: &Transaction<'_>) -> Result<HashSet<String>, Error> {
    let mut statement = tx.prepare("SELECT blob FROM object WHERE blob IS NOT NULL UNION ALL SELECT blob FROM part")?;
    let names = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(names)
}
