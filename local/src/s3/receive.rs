//! Receives a body into a temporary file, hashed and checked: nothing is replaced before a body has proved right.

use std::{io::Write as _, sync::Arc, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use http::HeaderMap;
use s3s::{
    S3Error, S3ErrorCode, S3Result, StdError, TrailingHeaders,
    checksum::ChecksumHasher,
    crypto::{Checksum as _, Md5},
    dto::StreamingBlob,
    s3_error,
};

use super::{
    blobs::TempFile,
    checksum::{Algorithm, Checksums, checksums_of, hasher},
    error::Error,
    store::{Store, blocking},
};

/// The most that S3 takes in one request.
const MAX_SIZE_BYTES: u64 = 5 << 30;
/// A body that stays silent for longer has lost its sender.
const LONGEST_SILENCE: Duration = Duration::from_mins(1);
/// So much is collected before a thread is asked to write it.
const BATCH_BYTES: usize = 1 << 20;

/// What a request declares of its body.
pub(super) struct Declared {
    pub(super) size_bytes: Option<u64>,
    pub(super) md5: Option<String>,
    pub(super) checksums: Checksums,
    /// Those whose values come after the body.
    pub(super) trailing: Vec<Algorithm>,
    /// To be computed whatever is declared.
    pub(super) wanted: Option<Algorithm>,
}

/// A body that is what was declared.
pub(super) struct Received {
    pub(super) temp: TempFile,
    pub(super) size_bytes: u64,
    pub(super) md5: [u8; 16],
    pub(super) checksums: Checksums,
}

/// Goes to a thread and back with each batch. When the request is dropped, so is this, and the file is removed.
struct Sink {
    temp: TempFile,
    size_bytes: u64,
    md5: Md5,
    hasher: ChecksumHasher,
}

impl Declared {
    pub(super) fn new(
        headers: &HeaderMap,
        content_length: Option<i64>,
        md5: Option<String>,
        checksums: Checksums,
    ) -> S3Result<Self> {
        checksums.check_form()?;
        if md5.as_ref().is_some_and(|md5| BASE64_STANDARD.decode(md5).ok().is_none_or(|bytes| bytes.len() != 16)) {
            return Err(s3_error!(InvalidDigest, "The Content-MD5 you specified is not valid."));
        }
        let decoded_length = headers.get("x-amz-decoded-content-length").and_then(|value| value.to_str().ok());
        let size_bytes = decoded_length
            .and_then(|text| text.parse().ok())
            .or_else(|| content_length.and_then(|length| u64::try_from(length).ok()));
        if size_bytes.is_some_and(|size| size > MAX_SIZE_BYTES) {
            return Err(s3_error!(EntityTooLarge));
        }
        let trailers = headers.get_all("x-amz-trailer").iter().filter_map(|value| value.to_str().ok());
        let trailing = trailers.flat_map(|names| names.split(',')).filter_map(Algorithm::of_header).collect();
        Ok(Self { size_bytes, md5, checksums, trailing, wanted: None })
    }

    /// Whether anything tells what the bytes must be.
    pub(super) fn has_digest(&self) -> bool {
        self.md5.is_some() || self.algorithms().next().is_some()
    }

    /// The declared checksums, with those that came after the body.
    fn complete(&self, trailers: Option<&TrailingHeaders>) -> S3Result<Checksums> {
        let came = trailers.and_then(TrailingHeaders::take).unwrap_or_default();
        let mut values: Vec<_> = self.checksums.algorithms().map(|name| (name, self.checksums.get(name))).collect();
        for algorithm in &self.trailing {
            let value = came.get(algorithm.header()).and_then(|value| value.to_str().ok());
            let value = value.ok_or_else(|| s3_error!(InvalidRequest, "The promised trailing checksum is missing."))?;
            values.push((*algorithm, Some(value.to_owned())));
        }
        Ok(Checksums::of(values))
    }

    fn algorithms(&self) -> impl Iterator<Item = Algorithm> {
        self.checksums.algorithms().chain(self.trailing.iter().copied()).chain(self.wanted)
    }
}

pub(super) async fn receive(
    store: &Arc<Store>,
    body: Option<StreamingBlob>,
    declared: Declared,
    trailers: Option<TrailingHeaders>,
) -> S3Result<Received> {
    let hasher = hasher(declared.algorithms());
    let sink = blocking(store, move |store| {
        Ok(Sink { temp: store.blobs.create_temp()?, size_bytes: 0, md5: Md5::new(), hasher })
    })
    .await?;
    let limit = declared.size_bytes.unwrap_or(MAX_SIZE_BYTES);
    let sink = match body {
        Some(body) => drain(store, body, sink, limit).await?,
        None => sink,
    };
    if declared.size_bytes.is_some_and(|size| size != sink.size_bytes) {
        return Err(s3_error!(IncompleteBody));
    }
    let declared_checksums = declared.complete(trailers.as_ref())?;
    let checksums = checksums_of!(sink.hasher.finalize());
    declared_checksums.check_against(&checksums)?;
    let md5 = sink.md5.finalize();
    if declared.md5.is_some_and(|declared| declared != BASE64_STANDARD.encode(md5)) {
        return Err(s3_error!(BadDigest, "The Content-MD5 you specified did not match what we received."));
    }
    Ok(Received { temp: sink.temp, size_bytes: sink.size_bytes, md5, checksums })
}

async fn drain(store: &Arc<Store>, mut body: StreamingBlob, mut sink: Sink, limit: u64) -> S3Result<Sink> {
    let mut batch = Vec::new();
    let mut batch_bytes = 0;
    while let Some(chunk) = next_chunk(&mut body).await? {
        let chunk = chunk.map_err(|error| broken_body(&error))?;
        batch_bytes += chunk.len();
        batch.push(chunk);
        if sink.size_bytes + batch_bytes as u64 > limit {
            return Err(s3_error!(IncompleteBody, "The body is longer than was declared."));
        }
        if batch_bytes >= BATCH_BYTES {
            sink = write(store, sink, std::mem::take(&mut batch)).await?;
            batch_bytes = 0;
        }
    }
    if batch.is_empty() { Ok(sink) } else { Ok(write(store, sink, batch).await?) }
}

/// A client that went away without a word must not hold its temporary file for ever.
async fn next_chunk<S: Stream + Unpin>(body: &mut S) -> S3Result<Option<S::Item>> {
    let next = tokio::time::timeout(LONGEST_SILENCE, body.next()).await;
    next.map_err(|_| s3_error!(RequestTimeout, "Nothing was read from your connection for too long."))
}

async fn write(store: &Arc<Store>, mut sink: Sink, batch: Vec<Bytes>) -> Result<Sink, Error> {
    blocking(store, move |_| {
        for chunk in batch {
            sink.temp.file.write_all(&chunk)?;
            sink.size_bytes += chunk.len() as u64;
            sink.md5.update(&chunk);
            sink.hasher.update(&chunk);
        }
        Ok(sink)
    })
    .await
}

/// `s3s` checks the payload's hash and the chunks' signatures while it streams, but keeps the error types private:
/// only the texts tell them apart.
fn broken_body(error: &StdError) -> S3Error {
    let text = error.to_string();
    if text.contains("Sha256Mismatch") {
        let code = S3ErrorCode::Custom("XAmzContentSHA256Mismatch".into());
        let mut refusal =
            S3Error::with_message(code, "The provided 'x-amz-content-sha256' header does not match what was computed.");
        refusal.set_status_code(http::StatusCode::BAD_REQUEST);
        refusal
    } else if text.contains("SignatureMismatch") {
        s3_error!(SignatureDoesNotMatch)
    } else {
        s3_error!(IncompleteBody, "The body ended early or is malformed.")
    }
}
