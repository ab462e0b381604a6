//! `CopyObject`: a second name for the same bytes.

use std::{io, sync::Arc};

use s3s::{
    S3Request, S3Response, S3Result,
    dto::{CopyObjectInput, CopyObjectOutput, CopyObjectResult, CopySource, MetadataDirective, Timestamp},
    s3_error,
};

use super::{
    checksum::{Algorithm, Checksums, set_checksums},
    condition::{ReadCondition, WriteCondition},
    error::Error,
    object::{self, Object, Properties, properties_of, refuse_unsupported, to_s3_time, without_aws_chunked},
    store::{Store, blocking},
};

const ATTEMPTS: usize = 32;

struct Copy {
    from: (String, String),
    to: (String, String),
    source_condition: ReadCondition,
    condition: WriteCondition,
    /// Those of the source are kept when there are none.
    properties: Option<Properties>,
    wanted: Option<Algorithm>,
}

pub(super) async fn copy_object(
    store: Arc<Store>,
    request: S3Request<CopyObjectInput>,
) -> S3Result<S3Response<CopyObjectOutput>> {
    let condition = WriteCondition::of_headers(&request.headers)?;
    let input = request.input;
    let CopySource::Bucket { bucket, key, version_id: None } = &input.copy_source else {
        return Err(s3_error!(NotImplemented, "A copy is of the present version of a bucket's object."));
    };
    store.require_bucket(bucket)?;
    store.require_bucket(&input.bucket)?;
    let replaces = input.metadata_directive.as_ref().is_some_and(|name| name.as_str() == MetadataDirective::REPLACE);
    let properties = properties_of!(input);
    let copy = Copy {
        from: (bucket.to_string(), key.to_string()),
        to: (input.bucket, input.key),
        source_condition: ReadCondition {
            if_match: input.copy_source_if_match,
            if_none_match: input.copy_source_if_none_match,
            if_modified_since: input.copy_source_if_modified_since.map(Timestamp::into),
            if_unmodified_since: input.copy_source_if_unmodified_since.map(Timestamp::into),
        },
        condition,
        properties: replaces.then_some(properties),
        wanted: input.checksum_algorithm.as_ref().map(|name| Algorithm::parse(name.as_str())).transpose()?,
    };
    if copy.from == copy.to && copy.properties.is_none() {
        return Err(s3_error!(InvalidRequest, "A copy of an object to itself must change its metadata."));
    }
    let object = blocking(&store, move |store| store_copy(store, &copy)).await?;
    let mut result = CopyObjectResult {
        e_tag: Some(object.e_tag()),
        last_modified: Some(to_s3_time(object.modified)),
        checksum_type: object.properties.checksums.kind(),
        ..CopyObjectResult::default()
    };
    set_checksums!(result, &object.properties.checksums);
    Ok(S3Response::new(CopyObjectOutput { copy_object_result: Some(result), ..CopyObjectOutput::default() }))
}

fn store_copy(store: &Store, copy: &Copy) -> Result<Object, Error> {
    for _ in 0..ATTEMPTS {
        let (source, blob) = store.database.read(|db| object::find(db, &copy.from.0, &copy.from.1))?;
        copy.source_condition.check_source(&source)?;
        let object = copied(store, copy, source)?;
        match store.blobs.link(&blob) {
            Ok(blob) => {
                store.put(&object, blob, &copy.condition)?;
                return Ok(object);
            }
            // The source was replaced meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(io::Error::new(io::ErrorKind::NotFound, "the blob that the source's row names is missing").into())
}

fn copied(store: &Store, copy: &Copy, source: Object) -> S3Result<Object> {
    let checksums = source.properties.checksums.clone();
    if copy.wanted.is_some_and(|algorithm| checksums.get(algorithm).is_none()) {
        return Err(s3_error!(NotImplemented, "A copy has the checksums of its source, and no other."));
    }
    let properties = match copy.properties.clone() {
        Some(properties) => Properties { checksums, ..properties },
        None => source.properties,
    };
    let (bucket, key) = copy.to.clone();
    Ok(Object { bucket, key, modified: store.now(), properties, size_bytes: source.size_bytes, etag: source.etag })
}
