//! Multipart uploads up to their completion.

use std::{io, sync::Arc};

use s3s::{
    S3Request, S3Response, S3Result, dto,
    dto::{
        AbortMultipartUploadInput, AbortMultipartUploadOutput, ChecksumAlgorithm, CreateMultipartUploadInput,
        CreateMultipartUploadOutput, ETag, ListMultipartUploadsInput, ListMultipartUploadsOutput, ListPartsInput,
        ListPartsOutput, MultipartUpload, UploadPartInput, UploadPartOutput,
    },
    s3_error,
};
use ulid::Ulid;

use super::{
    archive::known_class,
    checksum::{Algorithm, Checksums, checksums_of, set_checksums},
    error::Error,
    list_objects::{encoder, max_keys},
    object::{Properties, properties_of, refuse_legal_hold, refuse_unsupported, to_s3_time, without_aws_chunked},
    receive::{Declared, Received, receive},
    retention::Retention,
    store::{Store, blocking},
    upload::{self, Part, Upload},
};

/// Parts are numbered from 1 to this.
pub(super) const MAX_PARTS: i32 = 10_000;

pub(super) async fn create_multipart_upload(
    store: Arc<Store>,
    request: S3Request<CreateMultipartUploadInput>,
) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
    let input = request.input;
    store.require_bucket(&input.bucket)?;
    let algorithm = input.checksum_algorithm.as_ref().map(|name| Algorithm::parse(name.as_str())).transpose()?;
    let asked = input.checksum_type.as_ref().map(dto::ChecksumType::as_str);
    let composite = algorithm.map(|algorithm| algorithm.is_composite(asked)).transpose()?.unwrap_or(false);
    let properties = properties_of!(input);
    properties.check_retention(store.now())?;
    let upload = Upload {
        id: upload_id(&store).map_err(Error::from)?,
        created: store.now(),
        properties,
        bucket: input.bucket,
        key: input.key,
        algorithm,
        composite,
        done: None,
    };
    let upload = blocking(&store, move |store| {
        store.database.write(|tx| upload::insert(tx, &upload))?;
        Ok(upload)
    })
    .await?;
    Ok(S3Response::new(CreateMultipartUploadOutput {
        checksum_algorithm: algorithm_of(&upload),
        checksum_type: type_of(&upload),
        bucket: Some(upload.bucket),
        key: Some(upload.key),
        upload_id: Some(upload.id),
        ..CreateMultipartUploadOutput::default()
    }))
}

pub(super) async fn upload_part(
    store: Arc<Store>,
    request: S3Request<UploadPartInput>,
) -> S3Result<S3Response<UploadPartOutput>> {
    let input = request.input;
    store.require_bucket(&input.bucket)?;
    check_part_number(input.part_number)?;
    let checksums = checksums_of!(input);
    let mut declared = Declared::new(&request.headers, input.content_length, input.content_md5, checksums)?;
    let (bucket, key, id) = (input.bucket.clone(), input.key.clone(), input.upload_id.clone());
    let upload =
        blocking(&store, move |store| store.database.read(|db| upload::find_open(db, &bucket, &key, &id))).await?;
    declared.wanted = upload.algorithm;
    let received = receive(&store, input.body, declared, request.trailing_headers).await?;
    let part = blocking(&store, move |store| store_part(store, &upload, input.part_number, received)).await?;
    let mut output = UploadPartOutput { e_tag: Some(ETag::Strong(part.etag)), ..UploadPartOutput::default() };
    set_checksums!(output, &part.checksums);
    Ok(S3Response::new(output))
}

pub(super) fn check_part_number(number: i32) -> S3Result<()> {
    if (1..=MAX_PARTS).contains(&number) {
        Ok(())
    } else {
        Err(s3_error!(InvalidArgument, "Part number must be an integer between 1 and 10000, inclusive"))
    }
}

pub(super) fn store_part(store: &Store, upload: &Upload, number: i32, received: Received) -> Result<Part, Error> {
    let blob = store.blobs.keep(&received.temp)?;
    let part = Part {
        number,
        blob: blob.name().to_owned(),
        size_bytes: received.size_bytes,
        etag: hex::encode(received.md5),
        modified: store.now(),
        checksums: received.checksums,
    };
    let old = store.database.write(|tx| {
        // The upload may have ended while the part was received.
        upload::find_open(tx, &upload.bucket, &upload.key, &upload.id)?;
        let old = upload::put_part(tx, &upload.id, &part)?;
        blob.named_by_a_row();
        Ok(old)
    })?;
    if let Some(old) = old {
        store.blobs.remove(&old);
    }
    Ok(part)
}

pub(super) async fn abort_multipart_upload(
    store: Arc<Store>,
    request: S3Request<AbortMultipartUploadInput>,
) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
    let input = request.input;
    store.require_bucket(&input.bucket)?;
    blocking(&store, move |store| {
        let parts = store.database.write(|tx| {
            let upload = upload::find_open(tx, &input.bucket, &input.key, &input.upload_id)?;
            let parts = all_parts(tx, &upload.id)?;
            upload::delete(tx, &upload.id)?;
            Ok(parts)
        })?;
        for part in parts {
            store.blobs.remove(&part.blob);
        }
        Ok(())
    })
    .await?;
    Ok(S3Response::new(AbortMultipartUploadOutput::default()))
}

pub(super) async fn list_parts(
    store: Arc<Store>,
    request: S3Request<ListPartsInput>,
) -> S3Result<S3Response<ListPartsOutput>> {
    let input = request.input;
    store.require_bucket(&input.bucket)?;
    let max_parts = max_keys(input.max_parts)?;
    let limit = usize::try_from(max_parts).unwrap_or(0);
    let after = input.part_number_marker.unwrap_or(0);
    let (bucket, key, id) = (input.bucket, input.key, input.upload_id);
    let (upload, mut parts) = blocking(&store, move |store| {
        store.database.read(|db| {
            let upload = upload::find_open(db, &bucket, &key, &id)?;
            let parts = upload::parts(db, &upload.id, after, limit + 1)?;
            Ok((upload, parts))
        })
    })
    .await?;
    let is_truncated = parts.len() > limit && limit > 0;
    parts.truncate(limit);
    Ok(S3Response::new(ListPartsOutput {
        checksum_algorithm: algorithm_of(&upload),
        checksum_type: type_of(&upload),
        storage_class: Some(storage_class(&upload.properties)),
        bucket: Some(upload.bucket),
        key: Some(upload.key),
        upload_id: Some(upload.id),
        is_truncated: Some(is_truncated),
        max_parts: Some(max_parts),
        part_number_marker: Some(after),
        next_part_number_marker: parts.last().map(|part| part.number),
        parts: Some(parts.into_iter().map(listed_part).collect()),
        ..ListPartsOutput::default()
    }))
}

pub(super) async fn list_multipart_uploads(
    store: Arc<Store>,
    request: S3Request<ListMultipartUploadsInput>,
) -> S3Result<S3Response<ListMultipartUploadsOutput>> {
    let input = request.input;
    store.require_bucket(&input.bucket)?;
    if input.delimiter.is_some() {
        return Err(s3_error!(NotImplemented, "Listing uploads with a delimiter is not implemented."));
    }
    let max_uploads = max_keys(input.max_uploads)?;
    let limit = usize::try_from(max_uploads).unwrap_or(0);
    let encode = encoder(input.encoding_type.as_ref())?;
    let (bucket, prefix) = (input.bucket.clone(), input.prefix.clone().unwrap_or_default());
    let key_marker = input.key_marker.clone().unwrap_or_default();
    // Without an upload id, all uploads of the key are behind the marker: `~` is above every id.
    let id_marker = input.upload_id_marker.clone().unwrap_or_else(|| "~".to_owned());
    let mut uploads = blocking(&store, move |store| {
        let after = (key_marker.as_str(), id_marker.as_str());
        store.database.read(|db| upload::list_open(db, &bucket, &prefix, after, limit + 1))
    })
    .await?;
    let is_truncated = uploads.len() > limit && limit > 0;
    uploads.truncate(limit);
    let last = uploads.last().filter(|_| is_truncated);
    Ok(S3Response::new(ListMultipartUploadsOutput {
        bucket: Some(input.bucket),
        encoding_type: input.encoding_type,
        is_truncated: Some(is_truncated),
        key_marker: Some(encode(&input.key_marker.unwrap_or_default())),
        upload_id_marker: input.upload_id_marker,
        max_uploads: Some(max_uploads),
        next_key_marker: last.map(|upload| encode(&upload.key)),
        next_upload_id_marker: last.map(|upload| upload.id.clone()),
        prefix: Some(encode(&input.prefix.unwrap_or_default())),
        uploads: Some(uploads.into_iter().map(|upload| listed_upload(upload, encode)).collect()),
        ..ListMultipartUploadsOutput::default()
    }))
}

pub(super) fn all_parts(db: &rusqlite::Connection, upload: &str) -> Result<Vec<Part>, Error> {
    upload::parts(db, upload, 0, usize::try_from(MAX_PARTS).unwrap_or(usize::MAX))
}

fn listed_part(part: Part) -> dto::Part {
    let mut listed = dto::Part {
        part_number: Some(part.number),
        size: i64::try_from(part.size_bytes).ok(),
        e_tag: Some(ETag::Strong(part.etag)),
        last_modified: Some(to_s3_time(part.modified)),
        ..dto::Part::default()
    };
    set_checksums!(listed, &part.checksums);
    listed
}

fn listed_upload(upload: Upload, encode: fn(&str) -> String) -> MultipartUpload {
    MultipartUpload {
        checksum_algorithm: algorithm_of(&upload),
        checksum_type: type_of(&upload),
        initiated: Some(to_s3_time(upload.created)),
        key: Some(encode(&upload.key)),
        storage_class: Some(storage_class(&upload.properties)),
        upload_id: Some(upload.id),
        ..MultipartUpload::default()
    }
}

fn storage_class(properties: &Properties) -> dto::StorageClass {
    properties.storage_class.clone().unwrap_or_else(|| dto::StorageClass::STANDARD.to_owned()).into()
}

fn algorithm_of(upload: &Upload) -> Option<ChecksumAlgorithm> {
    upload.algorithm.map(|algorithm| ChecksumAlgorithm::from_static(algorithm.name()))
}

fn type_of(upload: &Upload) -> Option<dto::ChecksumType> {
    let name = if upload.composite { dto::ChecksumType::COMPOSITE } else { dto::ChecksumType::FULL_OBJECT };
    upload.algorithm.map(|_| dto::ChecksumType::from_static(name))
}

/// Uploads of one key are listed by id, which is by the time they were begun.
#[expect(clippy::disallowed_methods, reason = "the embedded services draw names and secrets that nobody may choose")]
fn upload_id(store: &Store) -> io::Result<String> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    let millis = u64::try_from(store.now().unix_millis()).unwrap_or(0);
    Ok(Ulid::from_parts(millis, u128::from_be_bytes(random)).to_string())
}
