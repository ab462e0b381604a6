//! Tokens as others could make them.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ring::{
    hmac,
    rand::SystemRandom,
    rsa::PublicKeyComponents,
    signature::{RSA_PKCS1_SHA256, RsaEncoding, RsaKeyPair},
};
use rsa::{RsaPrivateKey, pkcs8::EncodePrivateKey, rand_core};
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

use crate::support::Home;

/// Random numbers for a key of our own.
struct SystemRng;

impl rand_core::CryptoRng for SystemRng {}

impl rand_core::RngCore for SystemRng {
    fn next_u32(&mut self) -> u32 {
        rand_core::impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        rand_core::impls::next_u64_via_fill(self)
    }

    #[expect(clippy::disallowed_methods, reason = "tests make the random source, as main does")]
    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("random bytes");
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

pub(crate) fn stranger_key() -> RsaKeyPair {
    let key = new_key(2_048);
    RsaKeyPair::from_pkcs8(key.to_pkcs8_der().expect("PKCS#8").as_bytes()).expect("a key that ring takes")
}

pub(super) fn new_key(bits: usize) -> RsaPrivateKey {
    RsaPrivateKey::new(&mut SystemRng, bits).expect("a key")
}

/// The published half of a key, as a JSON Web Key that says for what it is.
pub(super) fn jwk(kid: &str, key: &RsaKeyPair) -> Value {
    let public = PublicKeyComponents::<Vec<u8>>::from(key.public());
    let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    json!({ "kty": "RSA", "alg": "RS256", "use": "sig", "kid": kid, "n": encode(&public.n), "e": encode(&public.e) })
}

/// A token of any two texts, signed by a key.
pub(super) fn signed_texts(header: impl AsRef<[u8]>, claims: impl AsRef<[u8]>, key: &RsaKeyPair) -> String {
    let encode = |part: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(part);
    sign(&format!("{}.{}", encode(header.as_ref()), encode(claims.as_ref())), key, &RSA_PKCS1_SHA256)
}

fn sign(signed: &str, key: &RsaKeyPair, encoding: &'static dyn RsaEncoding) -> String {
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(encoding, &SystemRandom::new(), signed.as_bytes(), &mut signature).expect("a signature");
    format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

/// The pool's own key for access tokens, from where it lies: claims can only be tried one by one when the signature
/// is right.
pub(super) fn pool_key(home: &Home) -> RsaKeyPair {
    let path = home.folder().join("cognito.sqlite3");
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("the pool's database");
    let key: Vec<u8> = database.query_row("SELECT access_key FROM pool", [], |row| row.get(0)).expect("the key");
    RsaKeyPair::from_pkcs8(&key).expect("a key")
}

/// A token in its parts.
#[derive(Clone)]
pub(crate) struct Token {
    pub(super) header: Value,
    pub(super) claims: Value,
}

impl Token {
    pub(crate) fn parse(token: &str) -> Self {
        let part = |n: usize| {
            let bytes = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(n).expect("a part")).expect("base64url");
            serde_json::from_slice(&bytes).expect("JSON")
        };
        Self { header: part(0), claims: part(1) }
    }

    pub(super) fn with_header(&self, name: &str, value: Value) -> Self {
        let mut changed = self.clone();
        changed.header[name] = value;
        changed
    }

    pub(crate) fn with_claim(&self, name: &str, value: Value) -> Self {
        let mut changed = self.clone();
        changed.claims[name] = value;
        changed
    }

    pub(super) fn without_claim(&self, name: &str) -> Self {
        let mut changed = self.clone();
        changed.claims.as_object_mut().expect("claims").remove(name).expect("a claim that was there");
        changed
    }

    /// What the signature covers.
    pub(super) fn signed_part(&self) -> String {
        let encode = |part: &Value| BASE64_URL_SAFE_NO_PAD.encode(part.to_string());
        format!("{}.{}", encode(&self.header), encode(&self.claims))
    }

    pub(crate) fn signed_by(&self, key: &RsaKeyPair) -> String {
        self.signed_as(key, &RSA_PKCS1_SHA256)
    }

    pub(super) fn signed_as(&self, key: &RsaKeyPair, encoding: &'static dyn RsaEncoding) -> String {
        sign(&self.signed_part(), key, encoding)
    }

    pub(super) fn signed_by_secret(&self, secret: &[u8]) -> String {
        let signed = self.signed_part();
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), signed.as_bytes());
        format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(tag))
    }
}
