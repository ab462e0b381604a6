//! `CopyObject`: a second name for the same bytes.

use std::{
    fs::File,
    io::{self, Read as _},
    sync::Arc,
};

use s3s::{
    S3Request, S3Response, S3Result,
    crypto::{Checksum as _, Md5},
    dto::{CopyObjectInput, CopyObjectOutput, CopyObjectResult, CopySource, MetadataDirective, Timestamp},
    s3_error,
};

use super::{
    archive::known_class,
    checksum::{Algorithm, Checksums, checksums_of, hasher, set_checksums},
    condition::{ReadCondition, WriteCondition},
    error::Error,
    object::{
        Object, Properties, properties_of, refuse_legal_hold, refuse_unsupported, to_s3_time, without_aws_chunked,
    },
    read::{Opened, open},
    retention::Retention,
    store::{Store, blocking},
};

/// Larger objects are copied in parts.
pub(super) const MAX_COPY_BYTES: u64 = 5 << 30;
const CHUNK_BYTES: usize = 1 << 20;
const ATTEMPTS: usize = 32;

struct Copy {
    from: (String, String, Option<String>),
    to: (String, String),
    source_condition: ReadCondition,
    condition: WriteCondition,
    properties: Properties,
    /// Whether the properties are all as the caller says; else those of the source stay, but for class and retention.
    replaces: bool,
    wanted: Option<Algorithm>,
}

/// What a copy made.
struct Copied {
    object: Object,
    id: Option<String>,
    source_id: Option<String>,
}

pub(super) async fn copy_object(
    store: Arc<Store>,
    request: S3Request<CopyObjectInput>,
) -> S3Result<S3Response<CopyObjectOutput>> {
    let condition = WriteCondition::of_headers(&request.headers)?;
    let input = request.input;
    let from = source_of(&store, &input.copy_source)?;
    store.require_bucket(&input.bucket)?;
    let properties = properties_of!(input);
    properties.check_retention(store.now())?;
    let copy = Copy {
        from,
        to: (input.bucket, input.key),
        source_condition: ReadCondition {
            if_match: input.copy_source_if_match,
            if_none_match: input.copy_source_if_none_match,
            if_modified_since: input.copy_source_if_modified_since.map(Timestamp::into),
            if_unmodified_since: input.copy_source_if_unmodified_since.map(Timestamp::into),
        },
        condition,
        properties,
        replaces: input.metadata_directive.as_ref().is_some_and(|name| name.as_str() == MetadataDirective::REPLACE),
        wanted: input.checksum_algorithm.as_ref().map(|name| Algorithm::parse(name.as_str())).transpose()?,
    };
    check_changes(&copy)?;
    let copied = blocking(&store, move |store| store_copy(store, &copy)).await?;
    let checksums = &copied.object.properties.checksums;
    let mut result = CopyObjectResult {
        e_tag: Some(copied.object.e_tag()),
        last_modified: Some(to_s3_time(copied.object.modified)),
        checksum_type: checksums.kind(),
        ..CopyObjectResult::default()
    };
    set_checksums!(result, checksums);
    Ok(S3Response::new(CopyObjectOutput {
        copy_object_result: Some(result),
        copy_source_version_id: copied.source_id,
        version_id: copied.id,
        ..CopyObjectOutput::default()
    }))
}

/// Bucket, key and version of the source of a copy.
pub(super) fn source_of(store: &Store, source: &CopySource) -> S3Result<(String, String, Option<String>)> {
    let CopySource::Bucket { bucket, key, version_id } = source else {
        return Err(s3_error!(NotImplemented, "A copy is of an object of a bucket."));
    };
    store.require_bucket(bucket)?;
    Ok((bucket.to_string(), key.to_string(), version_id.as_ref().map(ToString::to_string)))
}

fn check_changes(copy: &Copy) -> S3Result<()> {
    let (bucket, key, version) = &copy.from;
    let is_itself = (bucket, key) == (&copy.to.0, &copy.to.1) && version.is_none();
    if is_itself && !copy.replaces && copy.properties.storage_class.is_none() {
        return Err(s3_error!(InvalidRequest, "A copy of an object to itself must change its metadata or class."));
    }
    Ok(())
}

fn store_copy(store: &Store, copy: &Copy) -> Result<Copied, Error> {
    let (bucket, key, version) = &copy.from;
    for _ in 0..ATTEMPTS {
        let Opened { version: source, file } = open(store, bucket, key, version.as_deref())?;
        copy.source_condition.check_source(&source.object)?;
        source.object.properties.check_readable(store.now())?;
        if source.object.size_bytes > MAX_COPY_BYTES {
            let text = "The specified copy source is larger than the maximum allowable size for a copy source";
            return Err(s3_error!(InvalidRequest, "{text}: {MAX_COPY_BYTES}").into());
        }
        let object = copied(store, copy, source.object, file)?;
        match store.blobs.link(&source.blob) {
            Ok(blob) => {
                let id = store.put(&object, blob, &copy.condition)?;
                return Ok(Copied { object, id, source_id: source.id });
            }
            // The source was replaced meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(io::Error::new(io::ErrorKind::NotFound, "the blob that the source's row names is missing").into())
}

fn copied(store: &Store, copy: &Copy, source: Object, file: File) -> Result<Object, Error> {
    let (etag, checksums) = hashes(copy.wanted, &source, file)?;
    let asked = copy.properties.clone();
    let properties = if copy.replaces {
        Properties { checksums, ..asked }
    } else {
        let (storage_class, retention) = (asked.storage_class, asked.retention);
        Properties { checksums, storage_class, retention, restored: None, ..source.properties }
    };
    let (bucket, key) = copy.to.clone();
    Ok(Object { bucket, key, modified: store.now(), properties, size_bytes: source.size_bytes, etag })
}

/// A copy is one piece: what its source has of being put in parts, entity tag and checksum, is computed anew.
fn hashes(wanted: Option<Algorithm>, source: &Object, mut file: File) -> Result<(String, Checksums), Error> {
    let kept = &source.properties.checksums;
    let is_whole = !source.etag.contains('-') && !kept.is_composite();
    if is_whole && wanted.is_none_or(|wanted| kept.get(wanted).is_some()) {
        return Ok((source.etag.clone(), kept.clone()));
    }
    let mut md5 = Md5::new();
    let mut hasher = hasher(kept.algorithms().chain(wanted));
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let length = file.read(&mut chunk)?;
        if length == 0 {
            break;
        }
        md5.update(&chunk[..length]);
        hasher.update(&chunk[..length]);
    }
    Ok((hex::encode(md5.finalize()), checksums_of!(hasher.finalize())))
}
