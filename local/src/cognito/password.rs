//! Password hashes, their bound on CPU and memory, and the policy for new passwords.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use argon2::{
    Algorithm, Argon2, Params, PasswordVerifier, Version,
    password_hash::{Error, PasswordHash, PasswordHasher, SaltString},
};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
};

use super::{
    error::{Failure, Fault, OpenError, invalid_parameter, refuse},
    random,
    settings::PasswordCost,
};

const PARALLEL_HASHES: usize = 2;
const WAITING_REQUESTS: usize = 64;
const MIN_CHARS: usize = 8;
const MAX_CHARS: usize = 256;

/// Hashes passwords, a few at a time.
pub(super) struct Hasher {
    params: Params,
    /// A hash that no password has, at the same cost.
    decoy: String,
    running: Arc<Semaphore>,
    seats: Arc<Semaphore>,
    hashes: Arc<AtomicU64>,
}

impl Hasher {
    pub(super) fn new(cost: PasswordCost) -> Result<Self, OpenError> {
        let params =
            Params::new(cost.memory_kib, cost.iterations, cost.parallelism, None).map_err(OpenError::PasswordCost)?;
        let decoy = format!(
            "$argon2id$v=19$m={},t={},p={}${}${}",
            cost.memory_kib,
            cost.iterations,
            cost.parallelism,
            STANDARD_NO_PAD.encode(random::bytes::<16>()?),
            STANDARD_NO_PAD.encode(random::bytes::<32>()?),
        );
        Ok(Self {
            params,
            decoy,
            running: Arc::new(Semaphore::new(PARALLEL_HASHES)),
            seats: Arc::new(Semaphore::new(WAITING_REQUESTS)),
            hashes: Arc::default(),
        })
    }

    /// How many passwords were hashed so far.
    pub(super) fn hashes(&self) -> u64 {
        self.hashes.load(Ordering::Relaxed)
    }

    /// A place in the queue. Taken before an attempt is counted, so that a full queue costs nobody an attempt.
    pub(super) fn seat(&self) -> Result<Seat<'_>, Failure> {
        let place = Arc::clone(&self.seats)
            .try_acquire_owned()
            .map_err(|_| refuse("TooManyRequestsException", "Too many sign-ins at once; try again."))?;
        Ok(Seat { hasher: self, _place: place })
    }
}

/// A place in the queue for password hashes.
pub(super) struct Seat<'a> {
    hasher: &'a Hasher,
    _place: OwnedSemaphorePermit,
}

impl Seat<'_> {
    /// Whether a password is that of the stored hash. Without one it takes as long, and is not.
    pub(super) async fn verify(&self, password: String, stored: Option<String>) -> Result<bool, Failure> {
        let known = stored.is_some();
        let hash = stored.unwrap_or_else(|| self.hasher.decoy.clone());
        let same = self
            .run(move || match Argon2::default().verify_password(password.as_bytes(), &PasswordHash::new(&hash)?) {
                Ok(()) => Ok(true),
                Err(Error::Password) => Ok(false),
                Err(other) => Err(other),
            })
            .await?;
        Ok(known && same)
    }

    /// The hash of a new password, as a PHC string.
    pub(super) async fn hash(&self, password: String) -> Result<String, Failure> {
        let salt = random::bytes::<16>()?;
        let params = self.hasher.params.clone();
        self.run(move || {
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            let salt = SaltString::encode_b64(&salt)?;
            Ok(argon2.hash_password(password.as_bytes(), &salt)?.to_string())
        })
        .await
    }

    /// The permit moves into the task: when the request is dropped, the hash still runs and still counts.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Failure> {
        let permit = Arc::clone(&self.hasher.running).acquire_owned().await?;
        let hashes = Arc::clone(&self.hasher.hashes);
        let done = spawn_blocking(move || {
            let _permit = permit;
            hashes.fetch_add(1, Ordering::Relaxed);
            work()
        })
        .await?;
        Ok(done.map_err(Fault::PasswordHash)?)
    }
}

/// Refuses a password too long to be hashed, given or new.
pub(super) fn check_length(password: &str) -> Result<(), Failure> {
    if password.chars().count() > MAX_CHARS {
        return Err(invalid_parameter("The password must have at most 256 characters."));
    }
    Ok(())
}

/// Refuses a new password that breaks the pool's policy.
pub(super) fn check_policy(password: &str) -> Result<(), Failure> {
    check_length(password)?;
    if password.chars().count() < MIN_CHARS {
        return Err(refuse(
            "InvalidPasswordException",
            "Password did not conform with policy: Password not long enough",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_unknown_user_costs_the_same_hash_as_a_known_one() {
        let hasher = Hasher::new(PasswordCost::default()).expect("the default cost is in range");
        let seat = hasher.seat().expect("nobody waits");
        let stored = seat.hash("correct horse".to_owned()).await.expect("passwords can be hashed");
        assert_eq!(hasher.hashes(), 1);
        for hash in [&stored, &hasher.decoy] {
            assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
            assert_eq!(hash.len(), stored.len());
        }
        let verify = |password: &str, stored: Option<String>| seat.verify(password.to_owned(), stored);
        assert!(verify("correct horse", Some(stored.clone())).await.expect("the hash is read"));
        assert!(!verify("wrong horse", Some(stored)).await.expect("the hash is read"));
        assert!(!verify("correct horse", None).await.expect("the decoy is a hash like any other"));
        assert_eq!(hasher.hashes(), 4);
    }

    #[test]
    fn the_queue_for_hashes_is_bounded() {
        let hasher = Hasher::new(PasswordCost::default()).expect("the default cost is in range");
        let seats: Vec<_> = (0..WAITING_REQUESTS).map_while(|_| hasher.seat().ok()).collect();
        assert_eq!(seats.len(), WAITING_REQUESTS);
        assert!(hasher.seat().is_err());
        drop(seats);
        assert!(hasher.seat().is_ok());
    }
}
