//! The two RSA keys: id tokens are signed by one, access tokens by the other, as Cognito does.

use std::thread;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    rand::SystemRandom,
    rsa::PublicKeyComponents,
    signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents},
};
use rsa::{RsaPrivateKey, pkcs8::EncodePrivateKey};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{
    error::{Fault, OpenError},
    random::SystemRng,
};

const KEY_BITS: usize = 2_048;

/// Makes two keys at once, as PKCS#8.
pub(super) fn generate_two() -> Result<(Vec<u8>, Vec<u8>), OpenError> {
    thread::scope(|scope| {
        let first = scope.spawn(generate);
        let second = generate()?;
        let first = first.join().map_err(|_| OpenError::Keys("making a key panicked".to_owned()))??;
        Ok((first, second))
    })
}

fn generate() -> Result<Vec<u8>, OpenError> {
    let key = RsaPrivateKey::new(&mut SystemRng, KEY_BITS).map_err(|e| OpenError::Keys(e.to_string()))?;
    let der = key.to_pkcs8_der().map_err(|e| OpenError::Keys(e.to_string()))?;
    // Read back by the library that will sign, so that no key is kept that it refuses.
    SigningKey::load(der.as_bytes())?;
    Ok(der.as_bytes().to_vec())
}

/// The pool's keys.
pub(super) struct SigningKeys {
    pub(super) id: SigningKey,
    pub(super) access: SigningKey,
}

impl SigningKeys {
    pub(super) fn load(id_key: &[u8], access_key: &[u8]) -> Result<Self, OpenError> {
        Ok(Self { id: SigningKey::load(id_key)?, access: SigningKey::load(access_key)? })
    }

    /// The JSON Web Key Set that the pool publishes.
    pub(super) fn published(&self) -> Value {
        json!({ "keys": [self.id.published(), self.access.published()] })
    }
}

/// One key, with its published half.
pub(super) struct SigningKey {
    kid: String,
    pair: RsaKeyPair,
    public: PublicKeyComponents<Vec<u8>>,
}

impl SigningKey {
    fn load(pkcs8: &[u8]) -> Result<Self, OpenError> {
        let pair = RsaKeyPair::from_pkcs8(pkcs8).map_err(|e| OpenError::Keys(e.to_string()))?;
        let public = PublicKeyComponents::from(pair.public_key());
        let kid = thumbprint(&public);
        Ok(Self { kid, pair, public })
    }

    fn published(&self) -> Value {
        json!({
            "alg": "RS256", "kty": "RSA", "use": "sig", "kid": self.kid,
            "n": URL_SAFE_NO_PAD.encode(&self.public.n), "e": URL_SAFE_NO_PAD.encode(&self.public.e),
        })
    }

    /// Signs claims into a compact JWT. Takes about a millisecond of CPU.
    pub(super) fn sign(&self, claims: &Value) -> Result<String, Fault> {
        let header = json!({ "kid": self.kid, "alg": "RS256" }).to_string();
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims.to_string()));
        let mut signature = vec![0; self.pair.public().modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .map_err(|_| Fault::Signing)?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// The claims of a JWT that this key signed. Their times are not looked at.
    pub(super) fn verify(&self, token: &str) -> Option<Map<String, Value>> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let header = decode_object(header)?;
        if header.get("alg") != Some(&json!("RS256")) || header.get("kid") != Some(&json!(self.kid)) {
            return None;
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        RsaPublicKeyComponents { n: &self.public.n, e: &self.public.e }
            .verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature)
            .ok()?;
        decode_object(claims)
    }
}

fn decode_object(part: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

/// The key's name: the thumbprint of RFC 7638.
fn thumbprint(public: &PublicKeyComponents<Vec<u8>>) -> String {
    let (n, e) = (URL_SAFE_NO_PAD.encode(&public.n), URL_SAFE_NO_PAD.encode(&public.e));
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#)))
}
