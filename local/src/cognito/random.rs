//! Random ids and secrets.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rsa::rand_core::{CryptoRng, Error, RngCore};
use sha2::{Digest, Sha256};

/// A random UUID, as `sub`, `jti` and `event_id` are.
pub(super) fn uuid() -> Result<String, getrandom::Error> {
    Ok(uuid::Builder::from_random_bytes(bytes()?).into_uuid().to_string())
}

/// 256 random bits as URL-safe text.
pub(super) fn secret() -> Result<String, getrandom::Error> {
    Ok(URL_SAFE_NO_PAD.encode(bytes::<32>()?))
}

/// What is kept of a secret. It has 256 random bits, so a plain hash cannot be guessed back.
pub(super) fn fingerprint(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// Characters drawn evenly from an alphabet of ASCII.
pub(super) fn text(alphabet: &[u8], length: usize) -> Result<String, getrandom::Error> {
    let even = 256 - 256 % alphabet.len();
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let [byte] = bytes::<1>()?;
        let index = usize::from(byte);
        if index < even {
            text.push(char::from(alphabet[index % alphabet.len()]));
        }
    }
    Ok(text)
}

#[expect(clippy::disallowed_methods, reason = "the embedded services draw names and secrets that nobody may choose")]
pub(super) fn bytes<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// The operating system's random source in the shape that the `rsa` crate takes.
pub(super) struct SystemRng;

impl RngCore for SystemRng {
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.fill_bytes(&mut bytes);
        u32::from_le_bytes(bytes)
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.fill_bytes(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the embedded services draw names and secrets that nobody may choose"
    )]
    fn fill_bytes(&mut self, dest: &mut [u8]) {
        getrandom::fill(dest).expect("the pool took random bytes from the same source just before");
    }

    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(dest);
        Ok(())
    }
}

impl CryptoRng for SystemRng {}
