//! `GetObject` and `HeadObject`.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
    ops,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures::Stream;
use http::{HeaderMap, HeaderValue, header};
use s3s::{
    S3Error, S3Request, S3Response, S3Result, StdError,
    dto::{
        ChecksumMode, GetObjectInput, GetObjectOutput, HeadObjectInput, HeadObjectOutput, Range, StorageClass,
        StreamingBlob, Timestamp,
    },
    s3_error,
    stream::{ByteStream, RemainingLength},
};

use super::{
    checksum::{Algorithm, Checksums, set_checksums},
    condition::{ReadCondition, range_applies},
    error::Error,
    object::{Object, to_s3_time},
    store::{Store, blocking},
    version::{self, Version},
};

const CHUNK_BYTES: u64 = 256 << 10;
/// Each attempt fails only when a write replaces the object between two calls.
const ATTEMPTS: usize = 32;

/// The content type of an object whose writer said none, as S3 has it.
const DEFAULT_CONTENT_TYPE: &str = "binary/octet-stream";

/// Both outputs have these fields, and both inputs these overrides.
macro_rules! output_of {
    ($output:ident, $object:expr, $input:expr, $id:expr, $now:expr) => {{
        let (object, input): (&Object, _) = (&$object, $input);
        let kept = &object.properties;
        let mut output = $output {
            accept_ranges: Some("bytes".to_owned()),
            cache_control: Some(object.cache_control(input.response_cache_control.as_deref())),
            content_disposition: input.response_content_disposition.or_else(|| kept.content_disposition.clone()),
            content_encoding: input.response_content_encoding.or_else(|| kept.content_encoding.clone()),
            content_language: input.response_content_language.or_else(|| kept.content_language.clone()),
            content_type: (input.response_content_type)
                .or_else(|| kept.content_type.clone())
                .or_else(|| Some(DEFAULT_CONTENT_TYPE.to_owned())),
            e_tag: Some(object.e_tag()),
            expires: input.response_expires.or_else(|| kept.expires.clone()),
            last_modified: Some(to_s3_time(object.modified)),
            object_lock_mode: kept.retention.map(|retention| retention.s3_mode()),
            object_lock_retain_until_date: kept.retention.map(|retention| to_s3_time(retention.until)),
            restore: kept.restore_header($now),
            version_id: $id,
            metadata: (!kept.metadata.is_empty()).then(|| kept.metadata.clone().into_iter().collect()),
            storage_class: kept.storage_class.clone().filter(|class| class != StorageClass::STANDARD).map(Into::into),
            ..$output::default()
        };
        if input.checksum_mode.is_some_and(|mode| mode.as_str() == ChecksumMode::ENABLED) {
            set_checksums!(output, &kept.checksums);
            output.checksum_type = kept.checksums.kind();
        }
        output
    }};
}

macro_rules! condition_of {
    ($input:expr) => {
        ReadCondition {
            if_match: $input.if_match.take(),
            if_none_match: $input.if_none_match.take(),
            if_modified_since: $input.if_modified_since.take().map(Timestamp::into),
            if_unmodified_since: $input.if_unmodified_since.take().map(Timestamp::into),
        }
    };
}

pub(super) async fn get_object(
    store: Arc<Store>,
    request: S3Request<GetObjectInput>,
) -> S3Result<S3Response<GetObjectOutput>> {
    let mut input = request.input;
    store.require_bucket(&input.bucket)?;
    refuse_part(input.part_number.is_some())?;
    let condition = condition_of!(input);
    let (bucket, key, version) = (input.bucket.clone(), input.key.clone(), input.version_id.take());
    let Opened { version: Version { object, id, .. }, file } =
        blocking(&store, move |store| open(store, &bucket, &key, version.as_deref())).await?;
    object.properties.check_readable(store.now())?;
    condition.check(&object, input.response_cache_control.as_deref())?;
    let asked = input.range.take().filter(|_| range_applies(&request.headers, &object));
    let range = asked.map(|range| satisfiable(range, object.size_bytes)).transpose()?;
    if range.is_some() {
        // The stored checksums are those of the whole.
        input.checksum_mode = None;
    }
    let mut output = output_of!(GetObjectOutput, object, input, id, store.now());
    output.content_range =
        range.as_ref().map(|range| format!("bytes {}-{}/{}", range.start, range.end - 1, object.size_bytes));
    let range = range.unwrap_or(0..object.size_bytes);
    output.content_length = i64::try_from(range.end - range.start).ok();
    output.body = Some(StreamingBlob::new(FileBody::new(file, range)));
    Ok(S3Response::new(output))
}

pub(super) async fn head_object(
    store: Arc<Store>,
    request: S3Request<HeadObjectInput>,
) -> S3Result<S3Response<HeadObjectOutput>> {
    let mut input = request.input;
    store.require_bucket(&input.bucket)?;
    refuse_part(input.part_number.is_some())?;
    let condition = condition_of!(input);
    let (bucket, key, version) = (input.bucket.clone(), input.key.clone(), input.version_id.take());
    let find = move |store: &Store| store.database.read(|db| version::find(db, &bucket, &key, version.as_deref()));
    let Version { object, id, .. } = blocking(&store, find).await?;
    condition.check(&object, input.response_cache_control.as_deref())?;
    let mut output = output_of!(HeadObjectOutput, object, input, id, store.now());
    output.content_length = i64::try_from(object.size_bytes).ok();
    Ok(S3Response::new(output))
}

fn refuse_part(has_part: bool) -> S3Result<()> {
    if has_part {
        return Err(s3_error!(NotImplemented, "Reading a part by number is not implemented."));
    }
    Ok(())
}

/// A version and its open blob.
pub(super) struct Opened {
    pub(super) version: Version,
    pub(super) file: File,
}

/// A blob that is gone belongs to a row that is gone: the row is read again.
pub(super) fn open(store: &Store, bucket: &str, key: &str, version: Option<&str>) -> Result<Opened, Error> {
    for _ in 0..ATTEMPTS {
        let version = store.database.read(|db| version::find(db, bucket, key, version))?;
        match store.blobs.open_blob(&version.blob) {
            Ok(file) => return Ok(Opened { version, file }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(io::Error::new(io::ErrorKind::NotFound, "the blob that the object's row names is missing").into())
}

fn satisfiable(range: Range, size_bytes: u64) -> S3Result<ops::Range<u64>> {
    match range.check(size_bytes) {
        Ok(range) if !range.is_empty() => Ok(range),
        Ok(_) | Err(_) => Err(not_satisfiable(size_bytes)),
    }
}

fn not_satisfiable(size_bytes: u64) -> S3Error {
    let mut error = s3_error!(InvalidRange, "The requested range is not satisfiable");
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/xml"));
    if let Ok(value) = HeaderValue::try_from(format!("bytes */{size_bytes}")) {
        headers.insert(header::CONTENT_RANGE, value);
    }
    error.set_headers(headers);
    error
}

/// Streams a range of an open file. The file stays readable though its blob be removed meanwhile.
struct FileBody {
    chunks: Pin<Box<dyn Stream<Item = Result<Bytes, StdError>> + Send + Sync>>,
    remaining_bytes: u64,
}

impl FileBody {
    fn new(file: File, range: ops::Range<u64>) -> Self {
        let remaining_bytes = range.end - range.start;
        let chunks = futures::stream::try_unfold((file, range), |(file, range)| async move {
            if range.is_empty() {
                return Ok(None);
            }
            let length = CHUNK_BYTES.min(range.end - range.start);
            let (file, chunk) = tokio::task::spawn_blocking(move || read_chunk(file, range.start, length)).await??;
            Ok(Some((chunk, (file, range.start + length..range.end))))
        });
        Self { chunks: Box::pin(chunks), remaining_bytes }
    }
}

fn read_chunk(mut file: File, from: u64, length: u64) -> io::Result<(File, Bytes)> {
    let mut chunk = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    file.seek(SeekFrom::Start(from))?;
    file.read_exact(&mut chunk)?;
    Ok((file, chunk.into()))
}

impl Stream for FileBody {
    type Item = Result<Bytes, StdError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = self.chunks.as_mut().poll_next(cx);
        if let Poll::Ready(Some(Ok(chunk))) = &polled {
            self.remaining_bytes -= chunk.len() as u64;
        }
        polled
    }
}

impl ByteStream for FileBody {
    fn remaining_length(&self) -> RemainingLength {
        usize::try_from(self.remaining_bytes).map_or_else(|_| RemainingLength::unknown(), RemainingLength::new_exact)
    }
}
