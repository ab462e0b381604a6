//! The public keys of the user pool.

use std::time::Duration;

use aws_smithy_runtime_api::client::{http::HttpConnector, orchestrator::HttpRequest};
use model::Error;
use serde::Deserialize;
use serde_json::Value;

use crate::http::{connector, read};

const TIMEOUT: Duration = Duration::from_secs(5);
const MAX_BYTES: usize = 64 * 1024;

/// An RSA public key with a name, by RFC 7517.
#[derive(Clone, Debug, Deserialize)]
pub struct PublicKey {
    /// Which of the pool's keys it is.
    pub kid: String,
    /// The family of algorithms that it is of, such as `RSA`.
    pub kty: String,
    /// The one algorithm that it is for, if it says so.
    pub alg: Option<String>,
    /// What it is for, if it says so: `sig` or `enc`.
    #[serde(rename = "use")]
    pub key_use: Option<String>,
    /// The operations that it is for, if it says so.
    pub key_ops: Option<Vec<String>>,
    /// Modulus, in base64url.
    pub n: String,
    /// Exponent, in base64url.
    pub e: String,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

/// Fetches the keys with which a user pool signs its tokens. Those of another kind are left out, as RFC 7517 wants it.
///
/// # Errors
/// [`Error::Unavailable`] when they cannot be had just now.
pub async fn fetch_public_keys(url: &str) -> Result<Vec<PublicKey>, Error> {
    let unavailable = |reason: String| Error::Unavailable(format!("the keys at {url}: {reason}").into());
    let fetch = async {
        let request = HttpRequest::get(url).map_err(|error| unavailable(error.to_string()))?;
        let answer = connector().call(request).await.map_err(|error| unavailable(format!("{error:?}")))?;
        if !answer.status().is_success() {
            return Err(unavailable(format!("status {}", answer.status())));
        }
        let bytes = read(answer.into_body(), MAX_BYTES).await.map_err(unavailable)?;
        let set: KeySet = serde_json::from_slice(&bytes).map_err(|error| unavailable(error.to_string()))?;
        let objects = set.keys.into_iter().filter(Value::is_object);
        Ok(objects.filter_map(|key| serde_json::from_value(key).ok()).collect())
    };
    tokio::time::timeout(TIMEOUT, fetch).await.map_err(|_| unavailable("no answer in time".to_owned()))?
}
