//! A Cognito user pool on this machine: the JSON 1.1 protocol, with its state in one `SQLite` file.
//!
//! It hosts one pool with one client. Requests that [`needs_signature`] names must have had their `SigV4` signature
//! checked by whoever calls [`UserPool::handle`]; everything else is decided here.

mod attempts;
mod attributes;
mod database;
mod error;
mod grants;
mod groups;
mod http_api;
mod keys;
mod operations;
mod password;
mod random;
mod sessions;
mod settings;
mod tokens;
mod users;

use std::{
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use bytes::Bytes;
use http::{Request, Response};
use model::Timestamp;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::task::spawn_blocking;

use self::{
    attempts::Turns,
    error::{Failure, Fault},
    keys::SigningKeys,
    password::Hasher,
};

pub use self::{
    database::read_ids,
    error::OpenError,
    http_api::needs_signature,
    settings::{Lifetimes, PasswordCost, Settings},
};

const PURGE_EVERY_MILLIS: i64 = 10 * 60 * 1_000;

/// One user pool with one client, as Cognito would host it.
pub struct UserPool {
    settings: Settings,
    pool_id: String,
    client_id: String,
    issuer: String,
    created_at: Timestamp,
    database: Arc<Mutex<Connection>>,
    keys: Arc<SigningKeys>,
    hasher: Hasher,
    turns: Turns,
    purged_at_millis: AtomicI64,
}

impl UserPool {
    /// Opens the pool kept in a folder, or makes one there.
    ///
    /// Blocks: the first opening makes two RSA keys, which takes seconds. The folder must exist and be used by one
    /// process only.
    pub fn open(dir: &Path, settings: Settings) -> Result<Arc<Self>, OpenError> {
        let now = (settings.clock)();
        let mut connection = database::open(dir)?;
        let identity = database::load_or_make_identity(&mut connection, &settings.region, now)?;
        let keys = SigningKeys::load(&identity.id_key, &identity.access_key)?;
        database::purge(&connection, now, &settings.lifetimes)?;
        let hasher = Hasher::new(settings.password_cost)?;
        let issuer = format!("{}/{}", settings.issuer_base.trim_end_matches('/'), identity.pool_id);
        Ok(Arc::new(Self {
            settings,
            pool_id: identity.pool_id,
            client_id: identity.client_id,
            issuer,
            created_at: identity.created_at,
            database: Arc::new(Mutex::new(connection)),
            keys: Arc::new(keys),
            hasher,
            turns: Turns::new(),
            purged_at_millis: AtomicI64::new(now.unix_millis()),
        }))
    }

    /// The id of the pool, such as `eu-central-1_aB3dE5fG7`.
    #[must_use]
    pub fn pool_id(&self) -> &str {
        &self.pool_id
    }

    /// The id of the pool's only client.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// What tokens carry as `iss`.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// How many passwords were hashed so far: nearly all that a sign-in costs, for measurements.
    #[must_use]
    pub fn password_hashes(&self) -> u64 {
        self.hasher.hashes()
    }

    /// Answers one request of the protocol, or for the pool's published keys.
    pub async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.purge_when_due().await;
        http_api::answer(self, request).await
    }

    fn now(&self) -> Timestamp {
        (self.settings.clock)()
    }

    /// Runs a transaction off the async threads. It is kept when `work` gives `Ok`, and undone when not.
    async fn write<T, W>(&self, work: W) -> Result<T, Failure>
    where
        T: Send + 'static,
        W: FnOnce(&Transaction<'_>) -> Result<T, Failure> + Send + 'static,
    {
        let database = Arc::clone(&self.database);
        spawn_blocking(move || {
            // A panic in a transaction rolls it back, so what the mutex guards is whole even when poisoned.
            let mut connection = database.lock().unwrap_or_else(PoisonError::into_inner);
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok(done)
        })
        .await
        .map_err(Fault::from)?
    }

    /// Runs queries off the async threads.
    async fn read<T, W>(&self, work: W) -> Result<T, Failure>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    {
        let database = Arc::clone(&self.database);
        spawn_blocking(move || work(&database.lock().unwrap_or_else(PoisonError::into_inner)))
            .await
            .map_err(Fault::from)?
    }

    async fn purge_when_due(&self) {
        let now = self.now();
        let last = self.purged_at_millis.load(Ordering::Relaxed);
        let due = now.unix_millis().saturating_sub(last) >= PURGE_EVERY_MILLIS;
        let ours = due
            && self
                .purged_at_millis
                .compare_exchange(last, now.unix_millis(), Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if !ours {
            return;
        }
        let lifetimes = self.settings.lifetimes;
        if let Err(failure) = self.write(move |tx| Ok(database::purge(tx, now, &lifetimes)?)).await {
            // Nothing depends on the purge: expired rows are refused wherever they are read.
            failure.log("purge");
        }
    }
}

impl std::fmt::Debug for UserPool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserPool").field("pool_id", &self.pool_id).finish_non_exhaustive()
    }
}
