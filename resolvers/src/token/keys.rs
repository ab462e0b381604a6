//! The pool's keys, kept between requests.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, PoisonError, RwLock},
};

use model::{Clock, Error, Timestamp};
use store::{PublicKey, fetch_public_keys};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::ALGORITHM;

/// An unknown key makes us look for new ones, but not more often than this.
const REFETCH_SECONDS: i64 = 60;
/// After a failure they are looked for again this soon.
const RETRY_SECONDS: i64 = 5;

#[derive(Clone)]
pub(super) struct Keys {
    url: String,
    clock: Clock,
    known: Arc<RwLock<HashMap<String, PublicKey>>>,
    /// Held while keys are fetched, so that one request at a time does; known keys do not wait for it.
    last_fetch: Arc<Mutex<Option<Fetch>>>,
}

#[derive(Clone, Copy)]
struct Fetch {
    at: Timestamp,
    failed: bool,
}

impl Fetch {
    /// Whether it was less than this long ago. One of the future was before the clock was set back, and counts no more.
    fn is_within(self, seconds: i64, now: Timestamp) -> bool {
        self.at <= now && now < self.at.plus_seconds(seconds)
    }
}

impl Keys {
    /// No keys yet: the first that is looked for fetches them.
    pub(super) fn new(url: String, clock: Clock) -> Self {
        Self { url, clock, known: Arc::default(), last_fetch: Arc::default() }
    }

    /// The key by its id. One that is not known is looked for, at most once a minute.
    pub(super) async fn find(&self, kid: &str) -> Result<Option<PublicKey>, Error> {
        if let Some(key) = self.known(kid) {
            return Ok(Some(key));
        }
        let last_fetch = Arc::clone(&self.last_fetch).lock_owned().await;
        // Another request may have fetched it while this one waited.
        if let Some(key) = self.known(kid) {
            return Ok(Some(key));
        }
        let now = (self.clock)();
        match *last_fetch {
            Some(fetch) if !fetch.failed && fetch.is_within(REFETCH_SECONDS, now) => return Ok(None),
            Some(fetch) if fetch.failed && fetch.is_within(RETRY_SECONDS, now) => {
                return Err(Error::Unavailable("the keys of the user pool could not be fetched a moment ago".into()));
            }
            Some(_) | None => {}
        }
        // In a task of its own: who hangs up meanwhile does not undo that it was fetched.
        tokio::spawn(self.clone().fetch(last_fetch, now)).await.map_err(Error::internal)??;
        Ok(self.known(kid))
    }

    async fn fetch(self, mut last_fetch: OwnedMutexGuard<Option<Fetch>>, at: Timestamp) -> Result<(), Error> {
        let fetched = fetch_public_keys(&self.url).await;
        *last_fetch = Some(Fetch { at, failed: fetched.is_err() });
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = usable(fetched?);
        Ok(())
    }

    fn known(&self, kid: &str) -> Option<PublicKey> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).get(kid).cloned()
    }
}

/// The keys that may prove tokens, by their ids. Of several with one id none is used, as it cannot be told which is meant.
fn usable(keys: Vec<PublicKey>) -> HashMap<String, PublicKey> {
    let mut by_id = HashMap::new();
    for key in keys.into_iter().filter(is_for_tokens) {
        match by_id.entry(key.kid.clone()) {
            Entry::Vacant(entry) => drop(entry.insert(Some(key))),
            Entry::Occupied(mut entry) => drop(entry.insert(None)),
        }
    }
    by_id.into_iter().filter_map(|(kid, key)| Some((kid, key?))).collect()
}

/// Whether a key is for checking signatures by our algorithm, as far as it says what it is for (RFC 7517, section 4).
fn is_for_tokens(key: &PublicKey) -> bool {
    key.kty == "RSA"
        && key.alg.as_deref().is_none_or(|alg| alg == ALGORITHM)
        && key.key_use.as_deref().is_none_or(|key_use| key_use == "sig")
        && key.key_ops.as_deref().is_none_or(|operations| operations.iter().any(|operation| operation == "verify"))
}
