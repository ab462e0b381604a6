//! `CompleteMultipartUpload`.

use std::{io, sync::Arc};

use rusqlite::Transaction;
use s3s::{
    S3Request, S3Response, S3Result,
    crypto::{Checksum as _, Md5},
    dto::{CompleteMultipartUploadInput, CompleteMultipartUploadOutput, CompletedPart, ETag},
    s3_error,
};

use super::{
    blobs::{NewBlob, TempFile},
    checksum::{self, Algorithm, Checksums, checksums_of, set_checksums},
    condition::WriteCondition,
    error::Error,
    multipart::all_parts,
    object::{Object, Properties},
    store::{Store, blocking},
    upload::{self, Done, Part, Upload},
    version,
};

/// All parts but the last have at least this size.
const MIN_PART_BYTES: u64 = 5 << 20;
/// Each attempt fails only when a part is uploaded again meanwhile.
const ATTEMPTS: usize = 8;

/// What the caller wants completed.
struct Order {
    bucket: String,
    key: String,
    id: String,
    parts: Vec<CompletedPart>,
    /// Of the whole.
    checksums: Checksums,
    size_bytes: Option<u64>,
    condition: WriteCondition,
}

/// How the last transaction of a completion ended.
enum Outcome {
    Stored { done: Done, replaced_blob: Option<String>, part_blobs: Vec<String> },
    DoneBefore(Done),
    PartsChanged,
}

pub(super) async fn complete_multipart_upload(
    store: Arc<Store>,
    request: S3Request<CompleteMultipartUploadInput>,
) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
    let input = request.input;
    store.require_bucket(&input.bucket)?;
    let order = Order {
        condition: WriteCondition::of(input.if_match.as_ref(), input.if_none_match.as_ref())?,
        checksums: checksums_of!(input),
        size_bytes: input.mpu_object_size.and_then(|size| u64::try_from(size).ok()),
        bucket: input.bucket.clone(),
        key: input.key.clone(),
        id: input.upload_id,
        parts: input.multipart_upload.and_then(|upload| upload.parts).unwrap_or_default(),
    };
    check_order(&order.parts)?;
    let done = blocking(&store, move |store| complete(store, &order)).await?;
    let mut output = CompleteMultipartUploadOutput {
        location: Some(format!("/{}/{}", input.bucket, input.key)),
        bucket: Some(input.bucket),
        key: Some(input.key),
        e_tag: Some(ETag::Strong(done.etag)),
        version_id: done.version,
        checksum_type: done.checksums.kind(),
        ..CompleteMultipartUploadOutput::default()
    };
    set_checksums!(output, &done.checksums);
    Ok(S3Response::new(output))
}

fn check_order(parts: &[CompletedPart]) -> S3Result<()> {
    if parts.is_empty() || parts.iter().any(|part| part.part_number.is_none() || part.e_tag.is_none()) {
        return Err(s3_error!(MalformedXML));
    }
    if parts.is_sorted_by(|a, b| a.part_number < b.part_number) { Ok(()) } else { Err(s3_error!(InvalidPartOrder)) }
}

fn complete(store: &Store, order: &Order) -> Result<Done, Error> {
    for _ in 0..ATTEMPTS {
        let (upload, stored) = store.database.read(|db| {
            let upload = upload::find(db, &order.bucket, &order.key, &order.id)?;
            let parts = all_parts(db, &upload.id)?;
            Ok((upload, parts))
        })?;
        if let Some(done) = upload.done {
            return Ok(done);
        }
        let parts = chosen(order, &stored)?;
        let object = whole(store, order, &upload, &parts)?;
        let temp = match join(store, &parts) {
            Ok(temp) => temp,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error.into()),
        };
        let blob = store.blobs.keep(&temp)?;
        let outcome = store.database.write(|tx| finish(tx, store, order, &object, &parts, blob))?;
        match outcome {
            Outcome::Stored { done, replaced_blob, part_blobs } => {
                for blob in &part_blobs {
                    store.blobs.remove(blob);
                }
                store.was_put(&object, replaced_blob.as_deref());
                return Ok(done);
            }
            Outcome::DoneBefore(done) => return Ok(done),
            Outcome::PartsChanged => {}
        }
    }
    Err(s3_error!(OperationAborted, "The parts are being uploaded again; try again later.").into())
}

/// The stored parts that were ordered, in order, each as the caller knows it.
fn chosen(order: &Order, stored: &[Part]) -> S3Result<Vec<Part>> {
    let parts: Vec<_> = order.parts.iter().map(|wanted| matching(wanted, stored)).collect::<S3Result<_>>()?;
    if parts.iter().rev().skip(1).any(|part| part.size_bytes < MIN_PART_BYTES) {
        return Err(s3_error!(EntityTooSmall, "Your proposed upload is smaller than the minimum allowed size"));
    }
    Ok(parts)
}

fn matching(wanted: &CompletedPart, stored: &[Part]) -> S3Result<Part> {
    let wanted_etag = wanted.e_tag.as_ref().map(ETag::value);
    let found = stored
        .iter()
        .find(|part| Some(part.number) == wanted.part_number)
        .filter(|part| Some(part.etag.as_str()) == wanted_etag)
        .filter(|part| checksums_of!(wanted).check_against(&part.checksums).is_ok());
    found.cloned().ok_or_else(|| {
        s3_error!(
            InvalidPart,
            "One or more of the specified parts could not be found. The part may not have been uploaded, or the \
             specified entity tag may not match the part's entity tag."
        )
    })
}

/// The object that the parts make, checked against what the caller declared of it.
fn whole(store: &Store, order: &Order, upload: &Upload, parts: &[Part]) -> S3Result<Object> {
    let size_bytes = parts.iter().map(|part| part.size_bytes).sum();
    if order.size_bytes.is_some_and(|declared| declared != size_bytes) {
        return Err(s3_error!(InvalidRequest, "The declared object size does not match that of the parts."));
    }
    let of_parts = || parts.iter().map(|part| (&part.checksums, part.size_bytes));
    let checksums = upload
        .algorithm
        .map(|algorithm| checksum::of_parts(algorithm, upload.composite, of_parts()))
        .unwrap_or_default();
    order.checksums.check_against(&checksums)?;
    Ok(Object {
        bucket: order.bucket.clone(),
        key: order.key.clone(),
        size_bytes,
        etag: etag_of(parts),
        modified: store.now(),
        properties: Properties { checksums, ..upload.properties.clone() },
    })
}

/// The MD5 of the parts' MD5s, and their number.
fn etag_of(parts: &[Part]) -> String {
    let mut md5 = Md5::new();
    for part in parts {
        md5.update(&hex::decode(&part.etag).expect("a part's entity tag is an MD5 in hexadecimal"));
    }
    format!("{}-{}", hex::encode(md5.finalize()), parts.len())
}

fn join(store: &Store, parts: &[Part]) -> io::Result<TempFile> {
    let mut temp = store.blobs.create_temp()?;
    for part in parts {
        let copied = io::copy(&mut store.blobs.open_blob(&part.blob)?, &mut temp.file)?;
        if copied != part.size_bytes {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a part's blob has not the size of its row"));
        }
    }
    Ok(temp)
}

fn finish(
    tx: &Transaction<'_>,
    store: &Store,
    order: &Order,
    object: &Object,
    parts: &[Part],
    blob: NewBlob<'_>,
) -> Result<Outcome, Error> {
    // Before the condition: the object of a first try must not refuse its retry.
    if let Some(done) = upload::find(tx, &order.bucket, &order.key, &order.id)?.done {
        return Ok(Outcome::DoneBefore(done));
    }
    let stored = all_parts(tx, &order.id)?;
    if !parts.iter().all(|part| stored.contains(part)) {
        return Ok(Outcome::PartsChanged);
    }
    let put = version::put(tx, store, object, blob.name(), &order.condition)?;
    let (etag, checksums) = (object.etag.clone(), object.properties.checksums.clone());
    let done = Done { etag, version: put.id, checksums };
    upload::finish(tx, &order.id, &done)?;
    blob.named_by_a_row();
    let part_blobs = stored.into_iter().map(|part| part.blob).collect();
    Ok(Outcome::Stored { done, replaced_blob: put.replaced_blob, part_blobs })
}
