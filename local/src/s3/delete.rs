//! `DeleteObject` and `DeleteObjects`.

use std::sync::Arc;

use s3s::{
    S3Request, S3Response, S3Result,
    dto::{self, DeleteObjectInput, DeleteObjectOutput, DeleteObjectsInput, DeleteObjectsOutput, DeletedObject},
    s3_error,
};

use super::{
    condition::WriteCondition,
    error::Error,
    object,
    store::{Store, blocking},
};

/// The most that S3 deletes in one request.
const MAX_KEYS: usize = 1000;

pub(super) async fn delete_object(
    store: Arc<Store>,
    request: S3Request<DeleteObjectInput>,
) -> S3Result<S3Response<DeleteObjectOutput>> {
    let input = request.input;
    store.require_bucket(&input.bucket)?;
    if input.version_id.is_some() || input.if_match_size.is_some() || input.if_match_last_modified_time.is_some() {
        return Err(s3_error!(NotImplemented, "Of conditions, a delete supports only If-Match."));
    }
    let condition = WriteCondition::of(input.if_match.as_ref(), None)?;
    blocking(&store, move |store| {
        let blob = store.database.write(|tx| object::delete(tx, &input.bucket, &input.key, &condition))?;
        remove(store, blob);
        Ok(())
    })
    .await?;
    Ok(S3Response::new(DeleteObjectOutput::default()))
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
    let mut deleted = Vec::new();
    let mut errors = Vec::new();
    let blobs = store.database.write(|tx| {
        let mut blobs = Vec::new();
        for wanted in &input.delete.objects {
            if wanted.version_id.is_some() || wanted.size.is_some() || wanted.last_modified_time.is_some() {
                errors.push(error_of(&wanted.key, &s3_error!(NotImplemented)));
                continue;
            }
            let condition = match &wanted.e_tag {
                Some(etag) => WriteCondition::ETag(etag.value().to_owned()),
                None => WriteCondition::Always,
            };
            match object::delete(tx, &input.bucket, &wanted.key, &condition) {
                Ok(blob) => {
                    blobs.extend(blob);
                    deleted.push(DeletedObject { key: Some(wanted.key.clone()), ..DeletedObject::default() });
                }
                Err(Error::Refused(refusal)) => errors.push(error_of(&wanted.key, &refusal)),
                Err(error) => return Err(error),
            }
        }
        Ok(blobs)
    })?;
    remove(store, blobs);
    Ok((deleted, errors))
}

fn error_of(key: &str, refusal: &s3s::S3Error) -> dto::Error {
    dto::Error {
        code: Some(refusal.code().as_str().to_owned()),
        key: Some(key.to_owned()),
        message: refusal.message().map(str::to_owned),
        version_id: None,
    }
}

fn remove(store: &Store, blobs: impl IntoIterator<Item = String>) {
    for blob in blobs {
        store.blobs.remove(&blob);
    }
}
