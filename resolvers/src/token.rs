//! Access tokens of the user pool, checked by hand: every claim that matters is required.
//!
//! Format: JWT (RFC 7519) signed by RS256 (RFC 7518, section 3.3), with Cognito's claims.

mod keys;
#[cfg(test)]
mod wycheproof;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use model::{Clock, Error, LinkId, Role, access::GUEST_GROUP};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;
use store::PublicKey;

use self::keys::Keys;

/// The one algorithm of Cognito's tokens.
const ALGORITHM: &str = "RS256";
/// What a header may say of the token's type, in any case: it is a JWT (RFC 7519), an access token in particular
/// (RFC 9068). Cognito says nothing.
const TYPES: [&str; 2] = ["JWT", "at+jwt"];
/// How far the clocks of the pool and of this server may be apart.
const LEEWAY_SECONDS: i64 = 5;
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
    #[serde(default, deserialize_with = "present")]
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
    #[serde(default, deserialize_with = "present")]
    crit: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    typ: Option<String>,
}

impl Header {
    /// Whether it is of a token as we take them. Extensions that must be understood are not.
    fn is_taken(&self) -> bool {
        let typ = self.typ.as_deref();
        self.alg == ALGORITHM
            && self.crit.is_none()
            && typ.is_none_or(|typ| TYPES.iter().any(|known| known.eq_ignore_ascii_case(typ)))
    }
}

/// What is there, null included: only what is left out is absent.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Checks tokens. Keeps the pool's keys between requests.
#[derive(Clone)]
pub struct Verifier {
    settings: TokenSettings,
    clock: Clock,
    keys: Keys,
}

impl Verifier {
    /// A verifier without keys yet: the first token fetches them.
    #[must_use]
    pub fn new(settings: TokenSettings, clock: Clock) -> Self {
        let keys = Keys::new(settings.jwks_url.clone(), clock.clone());
        Self { settings, clock, keys }
    }

    /// What the token says, if the pool signed it for this client and it is valid now.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for any token that is not; [`Error::Unavailable`] when the keys cannot be had.
    pub async fn verify(&self, token: &str) -> Result<Claims, Error> {
        let parts = Parts::split(token)?;
        let header: Header = parse_part(parts.header)?;
        if !header.is_taken() {
            return Err(Error::Unauthenticated);
        }
        let key = self.keys.find(&header.kid).await?.ok_or(Error::Unauthenticated)?;
        check_signature(&key, parts.signed.as_bytes(), &decode(parts.signature)?)?;
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
            && (0..=now.saturating_add(LEEWAY_SECONDS)).contains(&claims.iat)
            && claims.nbf.is_none_or(|nbf| nbf <= now.saturating_add(LEEWAY_SECONDS));
        if valid { Ok(()) } else { Err(Error::Unauthenticated) }
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

/// Reads an object. A member that we look at must not be there twice, which serde refuses.
fn parse_part<T: DeserializeOwned>(part: &str) -> Result<T, Error> {
    // Serde would not look at the text of members that it skips, and would take a list of the values too.
    let text = String::from_utf8(decode(part)?).map_err(|_| Error::Unauthenticated)?;
    if !text.trim_ascii_start().starts_with('{') {
        return Err(Error::Unauthenticated);
    }
    serde_json::from_str(&text).map_err(|_| Error::Unauthenticated)
}

fn decode(part: &str) -> Result<Vec<u8>, Error> {
    BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| Error::Unauthenticated)
}

fn check_signature(key: &PublicKey, signed: &[u8], signature: &[u8]) -> Result<(), Error> {
    let components = RsaPublicKeyComponents { n: decode(&key.n)?, e: decode(&key.e)? };
    components.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature).map_err(|_| Error::Unauthenticated)
}
