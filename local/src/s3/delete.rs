//! `DeleteObject` and `DeleteObjects`.

use std::sync::Arc;

use s3s::{
    S3Request, S3Response, S3Result,
    dto::{
        self, DeleteObjectInput, DeleteObjectOutput, DeleteObjectsInput, DeleteObjectsOutput, DeletedObject,
        ObjectIdentifier,
    },
    s3_error,
};

use super::{
    condition::WriteCondition,
    error::Error,
    store::{Store, blocking},
    version::{self, Deleted, Unwanted},
};

/// The most that S3 deletes in one request.
const MAX_KEYS: usize = 1000;

pub(super) async fn delete_object(
    store: Arc<Store>,
    request: S3Request<DeleteObjectInput>,
) -> S3Result<S3Response<DeleteObjectOutput>> {
    let input = request.input;
    store.require_bucket(&input.bucket)?;
    if input.if_match_size.is_some() || input.if_match_last_modified_time.is_some() {
        return Err(s3_error!(NotImplemented, "Of conditions, a delete supports only If-Match."));
    }
    let unwanted = Unwanted {
        condition: WriteCondition::of(input.if_match.as_ref(), None)?,
        key: input.key,
        version: input.version_id,
        bypasses: input.bypass_governance_retention.unwrap_or(false),
    };
    let deleted = blocking(&store, move |store| {
        let now = store.now();
        let mut deleted = store.database.write(|tx| version::delete(tx, &input.bucket, &unwanted, now))?;
        remove(store, deleted.blob.take());
        Ok(deleted)
    })
    .await?;
    Ok(S3Response::new(DeleteObjectOutput {
        delete_marker: deleted.is_marker.then_some(true),
        version_id: deleted.id,
        ..DeleteObjectOutput::default()
    }))
}

pub(super) async fn delete_objects(
    store: Arc<Store>,
    request: S3Request<DeleteObjectsInput>,
) -> S3Result<S3Response<DeleteObjectsOutput>> {
    let input = request.input;
    store.require_bucket(&input.bucket)?;
    if input.delete.objects.len() > MAX_KEYS {
        return Err(s3_error!(MalformedXML));
    }
    let is_quiet = input.delete.quiet.unwrap_or(false);
    let (deleted, errors) = blocking(&store, move |store| delete_all(store, &input)).await?;
    Ok(S3Response::new(DeleteObjectsOutput {
        deleted: (!is_quiet).then_some(deleted),
        errors: Some(errors),
        ..DeleteObjectsOutput::default()
    }))
}

/// All in one transaction, which costs one sync to disk.
fn delete_all(store: &Store, input: &DeleteObjectsInput) -> Result<(Vec<DeletedObject>, Vec<dto::Error>), Error> {
    let (now, bypasses) = (store.now(), input.bypass_governance_retention.unwrap_or(false));
    let mut deleted = Vec::new();
    let mut errors = Vec::new();
    let blobs = store.database.write(|tx| {
        let mut blobs = Vec::new();
        for wanted in &input.delete.objects {
            if wanted.size.is_some() || wanted.last_modified_time.is_some() {
                errors.push(error_of(wanted, &s3_error!(NotImplemented)));
                continue;
            }
            match version::delete(tx, &input.bucket, &unwanted(wanted, bypasses), now) {
                Ok(mut done) => {
                    blobs.extend(done.blob.take());
                    deleted.push(answer(wanted, done));
                }
                Err(Error::Refused(refusal)) => errors.push(error_of(wanted, &refusal)),
                Err(error) => return Err(error),
            }
        }
        Ok(blobs)
    })?;
    remove(store, blobs);
    Ok((deleted, errors))
}

fn unwanted(wanted: &ObjectIdentifier, bypasses: bool) -> Unwanted {
    let condition = match &wanted.e_tag {
        Some(etag) => WriteCondition::ETag(etag.value().to_owned()),
        None => WriteCondition::Always,
    };
    Unwanted { key: wanted.key.clone(), version: wanted.version_id.clone(), condition, bypasses }
}

/// A delete marker is told of by what was done to it: its id is a version's where it was removed.
fn answer(wanted: &ObjectIdentifier, done: Deleted) -> DeletedObject {
    DeletedObject {
        key: Some(wanted.key.clone()),
        version_id: wanted.version_id.clone(),
        delete_marker: done.is_marker.then_some(true),
        delete_marker_version_id: done.id.filter(|_| done.is_marker),
    }
}

fn error_of(wanted: &ObjectIdentifier, refusal: &s3s::S3Error) -> dto::Error {
    dto::Error {
        code: Some(refusal.code().as_str().to_owned()),
        key: Some(wanted.key.clone()),
        message: refusal.message().map(str::to_owned),
        version_id: wanted.version_id.clone(),
    }
}

fn remove(store: &Store, blobs: impl IntoIterator<Item = String>) {
    for blob in blobs {
        store.blobs.remove(&blob);
    }
}
