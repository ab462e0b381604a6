//! The public keys of the user pool.

use std::time::Duration;

use aws_smithy_http_client::{Connector, tls};
use aws_smithy_runtime_api::client::{http::HttpConnector, orchestrator::HttpRequest};
use model::Error;
use serde::Deserialize;

const TIMEOUT: Duration = Duration::from_secs(5);
const MAX_BYTES: usize = 64 * 1024;

/// An RSA public key, by RFC 7517.
#[derive(Clone, Debug, Deserialize)]
pub struct PublicKey {
    /// Which of the pool's keys it is.
    pub kid: String,
    /// `RSA`.
    pub kty: String,
    /// Modulus, in base64url.
    pub n: String,
    /// Exponent, in base64url.
    pub e: String,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<PublicKey>,
}

/// Fetches the keys with which a user pool signs its tokens.
///
/// # Errors
/// [`Error::Unavailable`] when they cannot be had just now.
pub async fn fetch_public_keys(url: &str) -> Result<Vec<PublicKey>, Error> {
    let unavailable = |reason: String| Error::Unavailable(format!("the keys at {url}: {reason}").into());
    let fetch = async {
        let connector: Connector =
            Connector::builder().tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring)).build();
        let request = HttpRequest::get(url).map_err(|error| unavailable(error.to_string()))?;
        let answer = connector.call(request).await.map_err(|error| unavailable(format!("{error:?}")))?;
        if !answer.status().is_success() {
            return Err(unavailable(format!("status {}", answer.status())));
        }
        let body = aws_sdk_s3::primitives::ByteStream::new(answer.into_body());
        let bytes = body.collect().await.map_err(|error| unavailable(error.to_string()))?.into_bytes();
        if bytes.len() > MAX_BYTES {
            return Err(unavailable(format!("{} bytes are too many", bytes.len())));
        }
        let set: KeySet = serde_json::from_slice(&bytes).map_err(|error| unavailable(error.to_string()))?;
        Ok(set.keys)
    };
    tokio::time::timeout(TIMEOUT, fetch).await.map_err(|_| unavailable("no answer in time".to_owned()))?
}
