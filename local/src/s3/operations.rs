//! The operations there are. Every other one answers `NotImplemented`, which is the default of `s3s`.

use std::sync::Arc;

use futures::future::BoxFuture;
use s3s::{
    S3, S3Request, S3Response, S3Result,
    dto::{
        Bucket, CreateBucketInput, CreateBucketOutput, GetBucketLocationInput, GetBucketLocationOutput,
        HeadBucketInput, HeadBucketOutput, ListBucketsInput, ListBucketsOutput, Owner, PostObjectInput,
        PostObjectOutput,
    },
    s3_error,
};

use super::{
    archive, bucket, complete, copy, copy_part, delete, list_objects, list_versions, multipart, object::to_s3_time,
    read, retention, store::Store, write,
};

/// The store, as `s3s` calls it.
pub(super) struct Operations(pub(super) Arc<Store>);

/// Writes out what `async_trait` would make of an `async fn` that calls a function.
macro_rules! operations {
    ($($name:ident($input:ident) -> $output:ident = $function:path;)*) => {
        impl S3 for Operations {
            $(fn $name<'a, 'b>(
                &'a self,
                request: S3Request<s3s::dto::$input>,
            ) -> BoxFuture<'b, S3Result<S3Response<s3s::dto::$output>>>
            where
                'a: 'b,
                Self: 'b,
            {
                Box::pin($function(Arc::clone(&self.0), request))
            })*
        }
    };
}

operations! {
    put_object(PutObjectInput) -> PutObjectOutput = write::put_object;
    get_object(GetObjectInput) -> GetObjectOutput = read::get_object;
    head_object(HeadObjectInput) -> HeadObjectOutput = read::head_object;
    copy_object(CopyObjectInput) -> CopyObjectOutput = copy::copy_object;
    delete_object(DeleteObjectInput) -> DeleteObjectOutput = delete::delete_object;
    delete_objects(DeleteObjectsInput) -> DeleteObjectsOutput = delete::delete_objects;
    list_objects_v2(ListObjectsV2Input) -> ListObjectsV2Output = list_objects::list_objects_v2;
    list_objects(ListObjectsInput) -> ListObjectsOutput = list_objects::list_objects;
    create_multipart_upload(CreateMultipartUploadInput) -> CreateMultipartUploadOutput =
        multipart::create_multipart_upload;
    upload_part(UploadPartInput) -> UploadPartOutput = multipart::upload_part;
    abort_multipart_upload(AbortMultipartUploadInput) -> AbortMultipartUploadOutput =
        multipart::abort_multipart_upload;
    list_parts(ListPartsInput) -> ListPartsOutput = multipart::list_parts;
    list_multipart_uploads(ListMultipartUploadsInput) -> ListMultipartUploadsOutput =
        multipart::list_multipart_uploads;
    complete_multipart_upload(CompleteMultipartUploadInput) -> CompleteMultipartUploadOutput =
        complete::complete_multipart_upload;
    upload_part_copy(UploadPartCopyInput) -> UploadPartCopyOutput = copy_part::upload_part_copy;
    list_object_versions(ListObjectVersionsInput) -> ListObjectVersionsOutput = list_versions::list_object_versions;
    get_object_retention(GetObjectRetentionInput) -> GetObjectRetentionOutput = retention::get_object_retention;
    put_object_retention(PutObjectRetentionInput) -> PutObjectRetentionOutput = retention::put_object_retention;
    restore_object(RestoreObjectInput) -> RestoreObjectOutput = archive::restore_object;
    get_bucket_versioning(GetBucketVersioningInput) -> GetBucketVersioningOutput = bucket::get_bucket_versioning;
    put_bucket_versioning(PutBucketVersioningInput) -> PutBucketVersioningOutput = bucket::put_bucket_versioning;
    get_object_lock_configuration(GetObjectLockConfigurationInput) -> GetObjectLockConfigurationOutput =
        bucket::get_object_lock_configuration;
    put_object_lock_configuration(PutObjectLockConfigurationInput) -> PutObjectLockConfigurationOutput =
        bucket::put_object_lock_configuration;
    create_bucket(CreateBucketInput) -> CreateBucketOutput = create_bucket;
    head_bucket(HeadBucketInput) -> HeadBucketOutput = head_bucket;
    list_buckets(ListBucketsInput) -> ListBucketsOutput = list_buckets;
    get_bucket_location(GetBucketLocationInput) -> GetBucketLocationOutput = get_bucket_location;
    // The default would be a put.
    post_object(PostObjectInput) -> PostObjectOutput = post_object;
}

async fn create_bucket(
    store: Arc<Store>,
    request: S3Request<CreateBucketInput>,
) -> S3Result<S3Response<CreateBucketOutput>> {
    match store.require_bucket(&request.input.bucket) {
        Ok(()) => Err(s3_error!(BucketAlreadyOwnedByYou)),
        Err(_) => Err(s3_error!(NotImplemented, "Buckets are made when the store is opened.")),
    }
}

async fn head_bucket(store: Arc<Store>, request: S3Request<HeadBucketInput>) -> S3Result<S3Response<HeadBucketOutput>> {
    store.require_bucket(&request.input.bucket)?;
    Ok(S3Response::new(HeadBucketOutput::default()))
}

async fn list_buckets(
    store: Arc<Store>,
    _request: S3Request<ListBucketsInput>,
) -> S3Result<S3Response<ListBucketsOutput>> {
    let bucket = |(name, created): (&String, &model::Timestamp)| Bucket {
        name: Some(name.clone()),
        creation_date: Some(to_s3_time(*created)),
        ..Bucket::default()
    };
    Ok(S3Response::new(ListBucketsOutput {
        buckets: Some(store.buckets.iter().map(bucket).collect()),
        owner: Some(Owner::default()),
        ..ListBucketsOutput::default()
    }))
}

/// S3 names no location for `us-east-1`, which is what any region here is.
async fn get_bucket_location(
    store: Arc<Store>,
    request: S3Request<GetBucketLocationInput>,
) -> S3Result<S3Response<GetBucketLocationOutput>> {
    store.require_bucket(&request.input.bucket)?;
    Ok(S3Response::new(GetBucketLocationOutput::default()))
}

async fn post_object(
    _store: Arc<Store>,
    _request: S3Request<PostObjectInput>,
) -> S3Result<S3Response<PostObjectOutput>> {
    Err(s3_error!(NotImplemented, "Uploads by HTML form are not implemented."))
}
