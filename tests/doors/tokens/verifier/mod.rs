//! Access tokens and the keys that prove them, seen by a verifier with a clock and a key endpoint of its own.

mod key_endpoint;

mod key_choice;
mod key_faults;
mod keys;
mod mutations;
mod times;

use std::sync::{
    Arc, LazyLock,
    atomic::{AtomicI64, Ordering},
};

use model::{Error, Timestamp};
use resolvers::{TokenSettings, Verifier};
use ring::signature::RsaKeyPair;
use serde_json::{Value, json};

use self::key_endpoint::{KeyEndpoint, Reply};
use crate::doors::forgery::{Token, jwk, stranger_key};

const START: i64 = 1_800_000_000;
const ISSUER: &str = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_aB3dE5fG7";
const CLIENT: &str = "7l2m0q4example";
const SUB: &str = "6f1d5f0e-9f5c-4c9a-8f3e-0a1b2c3d4e5f";

/// The key that the pool has at first. Making one takes a while, so all tests have the same.
static FIRST_KEY: LazyLock<RsaKeyPair> = LazyLock::new(stranger_key);
/// The key that takes its place.
static SECOND_KEY: LazyLock<RsaKeyPair> = LazyLock::new(stranger_key);

/// A verifier, its clock, and where its keys come from.
struct World {
    endpoint: KeyEndpoint,
    verifier: Verifier,
    millis: Arc<AtomicI64>,
}

impl World {
    /// With the first key published.
    async fn new() -> Self {
        Self::answering(Reply::key_set(&[jwk("first", &FIRST_KEY)])).await
    }

    async fn answering(reply: Reply) -> Self {
        let endpoint = KeyEndpoint::start(reply).await;
        let millis = Arc::new(AtomicI64::new(START * 1_000));
        let ticking = millis.clone();
        let clock = Arc::new(move || Timestamp::from_unix_millis(ticking.load(Ordering::SeqCst)));
        let settings =
            TokenSettings { issuer: ISSUER.to_owned(), client_id: CLIENT.to_owned(), jwks_url: endpoint.url() };
        Self { verifier: Verifier::new(settings, clock), endpoint, millis }
    }

    fn pass_millis(&self, millis: i64) {
        self.millis.fetch_add(millis, Ordering::SeqCst);
    }

    /// Whether the verifier takes a token; that it cannot say so is no refusal.
    async fn takes(&self, token: &str) -> bool {
        match self.verifier.verify(token).await {
            Ok(_) => true,
            Err(Error::Unauthenticated) => false,
            Err(other) => panic!("neither taken nor refused: {other:?}"),
        }
    }

    /// Whether the verifier could not say, as it has no keys.
    async fn is_at_a_loss(&self, token: &str) -> bool {
        matches!(self.verifier.verify(token).await, Err(Error::Unavailable(_)))
    }
}

/// A token as the pool gives it, good for two days from the start.
fn token(kid: &str) -> Token {
    let claims = json!({
        "sub": SUB, "username": "anna", "cognito:groups": ["visitor"], "iss": ISSUER, "client_id": CLIENT,
        "token_use": "access", "scope": "aws.cognito.signin.user.admin", "auth_time": START, "iat": START,
        "exp": START + 2 * 86_400, "version": 2, "jti": "2b1c7d1e-55a5-4d0f-8b53-0b8a2f4f2f11",
    });
    Token { header: json!({ "kid": kid, "alg": "RS256" }), claims }
}

fn first_token() -> String {
    token("first").signed_by(&FIRST_KEY)
}

fn second_token() -> String {
    token("second").signed_by(&SECOND_KEY)
}

/// A token whose key nobody published.
fn token_of_nobody(kid: &str) -> String {
    token(kid).signed_by(&SECOND_KEY)
}

fn both_keys() -> [Value; 2] {
    [jwk("first", &FIRST_KEY), jwk("second", &SECOND_KEY)]
}
