//! Plain HTTP, for what has no client in the SDK.

use aws_sdk_s3::primitives::{ByteStream, SdkBody};
use aws_smithy_http_client::{Connector, tls};

/// Opens connections, and keeps those that can be used again.
pub(crate) fn connector() -> Connector {
    Connector::builder().tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring)).build()
}

/// Reads a body that may have so many bytes and no more.
///
/// # Errors
/// When it has more, or breaks off.
pub(crate) async fn read(body: SdkBody, max_bytes: usize) -> Result<Vec<u8>, String> {
    let mut body = ByteStream::new(body);
    let mut bytes = Vec::new();
    while let Some(chunk) = body.try_next().await.map_err(|error| error.to_string())? {
        if bytes.len() + chunk.len() > max_bytes {
            return Err(format!("more than {max_bytes} bytes"));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
