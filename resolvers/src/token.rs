//! Access tokens of the user pool, checked by hand: every claim that matters is required.
//!
//! Format: JWT (RFC 7519) signed by RS256 (RFC 7518, section 3.3), with Cognito's claims.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use model::{Clock, Error, LinkId, Role, Timestamp, access::GUEST_GROUP};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde::{Deserialize, de::DeserializeOwned};
use store::{PublicKey, fetch_public_keys};
use tokio::sync::Mutex;

/// How far the clocks of the pool and of this server may be apart.
const LEEWAY_SECONDS: i64 = 5;
/// An unknown key makes us look for new ones, but not more often than this.
const REFETCH_SECONDS: i64 = 60;
/// After a failure they are looked for again this soon.
const RETRY_SECONDS: i64 = 5;
const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// Which tokens are taken, and where the keys are that prove them.
#[derive(Clone, Debug)]
pub struct TokenSettings {
    /// The `iss` that a token must have.
    pub issuer: String,
    /// The `client_id` that a token must have.
    pub client_id: String,
    /// Address of the pool's JSON Web Key Set.
    pub jwks_url: String,
}

/// What an access token says.
#[derive(Clone, Debug, Deserialize)]
pub struct Claims {
    /// The account's id in the user pool.
    pub sub: String,
    /// The account's name.
    pub username: String,
    /// When it was issued, in seconds since 1970.
    pub iat: i64,
    /// When it expires, in seconds since 1970.
    pub exp: i64,
    /// Since when it is valid; Cognito's access tokens have none.
    nbf: Option<i64>,
    /// When the person typed the password, in seconds since 1970.
    pub auth_time: i64,
    iss: String,
    token_use: String,
    client_id: String,
    #[serde(default, rename = "cognito:groups")]
    groups: Vec<String>,
}

/// Whose account a token is of, by its groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A person's, who may be this.
    Person(Role),
    /// A share link's, by which guests come.
    Link(LinkId),
}

impl Claims {
    /// Whose account it is: a person's, with the highest role among its groups, or else a share link's.
    #[must_use]
    pub fn standing(&self) -> Option<Standing> {
        if let Some(role) = Role::from_groups(self.groups.iter().map(String::as_str)) {
            return Some(Standing::Person(role));
        }
        let is_guest = self.groups.iter().any(|group| group == GUEST_GROUP);
        LinkId::from_username(&self.username).ok().filter(|_| is_guest).map(Standing::Link)
    }
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
    crit: Option<serde_json::Value>,
}

/// Checks tokens. Keeps the pool's keys between requests.
#[derive(Clone)]
pub struct Verifier {
    settings: TokenSettings,
    clock: Clock,
    keys: Arc<RwLock<HashMap<String, PublicKey>>>,
    /// Held while keys are fetched, so that one request at a time does; known keys do not wait for it.
    last_fetch: Arc<Mutex<Option<Fetch>>>,
}

#[derive(Clone, Copy)]
struct Fetch {
    at: Timestamp,
    failed: bool,
}

impl Verifier {
    /// A verifier without keys yet: the first token fetches them.
    #[must_use]
    pub fn new(settings: TokenSettings, clock: Clock) -> Self {
        Self { settings, clock, keys: Arc::default(), last_fetch: Arc::default() }
    }

    /// What the token says, if the pool signed it for this client and it is valid now.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for any token that is not; [`Error::Unavailable`] when the keys cannot be had.
    pub async fn verify(&self, token: &str) -> Result<Claims, Error> {
        let parts = Parts::split(token)?;
        let header: Header = parse_part(parts.header)?;
        if header.alg != "RS256" || header.crit.is_some() {
            return Err(Error::Unauthenticated);
        }
        let key = self.key(&header.kid).await?.ok_or(Error::Unauthenticated)?;
        check_signature(&key, &parts)?;
        let claims: Claims = parse_part(parts.claims)?;
        self.check_claims(&claims)?;
        Ok(claims)
    }

    /// Whether claims whose signature is known to be good are of an access token for this client, and valid now.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when they are not.
    pub(crate) fn check_claims(&self, claims: &Claims) -> Result<(), Error> {
        let now = (self.clock)().unix_seconds();
        let valid = claims.iss == self.settings.issuer
            && claims.token_use == "access"
            && claims.client_id == self.settings.client_id
            && now < claims.exp.saturating_add(LEEWAY_SECONDS)
            && claims.iat <= now.saturating_add(LEEWAY_SECONDS)
            && claims.nbf.is_none_or(|nbf| nbf <= now.saturating_add(LEEWAY_SECONDS));
        if valid { Ok(()) } else { Err(Error::Unauthenticated) }
    }

    /// The key by its id. One that is not known is looked for, at most once a minute.
    async fn key(&self, kid: &str) -> Result<Option<PublicKey>, Error> {
        if let Some(key) = self.known_key(kid) {
            return Ok(Some(key));
        }
        let mut last_fetch = self.last_fetch.lock().await;
        // Another request may have fetched it while this one waited.
        if let Some(key) = self.known_key(kid) {
            return Ok(Some(key));
        }
        let now = (self.clock)();
        match *last_fetch {
            Some(Fetch { at, failed: false }) if now < at.plus_seconds(REFETCH_SECONDS) => return Ok(None),
            Some(Fetch { at, failed: true }) if now < at.plus_seconds(RETRY_SECONDS) => {
                return Err(Error::Unavailable("the keys of the user pool could not be fetched a moment ago".into()));
            }
            _ => {}
        }
        let fetched = fetch_public_keys(&self.settings.jwks_url).await;
        *last_fetch = Some(Fetch { at: now, failed: fetched.is_err() });
        let keys = fetched?.into_iter().filter(|key| key.kty == "RSA").map(|key| (key.kid.clone(), key));
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys.collect();
        Ok(self.known_key(kid))
    }

    fn known_key(&self, kid: &str) -> Option<PublicKey> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).get(kid).cloned()
    }
}

/// What a token says that the pool itself just gave us; its signature is not looked at.
pub(crate) fn read_unverified(token: &str) -> Result<Claims, Error> {
    parse_part(Parts::split(token)?.claims)
}

struct Parts<'a> {
    header: &'a str,
    claims: &'a str,
    signature: &'a str,
    signed: &'a str,
}

impl<'a> Parts<'a> {
    fn split(token: &'a str) -> Result<Self, Error> {
        let (signed, signature) = token.rsplit_once('.').ok_or(Error::Unauthenticated)?;
        let (header, claims) = signed.split_once('.').ok_or(Error::Unauthenticated)?;
        if token.len() > MAX_TOKEN_BYTES || claims.contains('.') {
            return Err(Error::Unauthenticated);
        }
        Ok(Self { header, claims, signature, signed })
    }
}

fn parse_part<T: DeserializeOwned>(part: &str) -> Result<T, Error> {
    serde_json::from_slice(&decode(part)?).map_err(|_| Error::Unauthenticated)
}

fn decode(part: &str) -> Result<Vec<u8>, Error> {
    BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| Error::Unauthenticated)
}

fn check_signature(key: &PublicKey, parts: &Parts<'_>) -> Result<(), Error> {
    let components = RsaPublicKeyComponents { n: decode(&key.n)?, e: decode(&key.e)? };
    components
        .verify(&RSA_PKCS1_2048_8192_SHA256, parts.signed.as_bytes(), &decode(parts.signature)?)
        .map_err(|_| Error::Unauthenticated)
}
