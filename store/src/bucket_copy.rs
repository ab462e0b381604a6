//! Copies within a service: its bytes never come here.

use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};
use model::Error;

use crate::{
    Bucket, Copied,
    bucket::is_there_already,
    error::{from_sdk, service_code},
    object::whole_object_sha256,
};

/// What `CopyObject` takes; longer objects are copied in parts of this length.
pub(crate) const COPY_LIMIT_BYTES: u64 = 5 << 30;

impl Bucket {
    /// The same, for a service that copies fewer bytes at once than Amazon S3, which copies 5 GiB.
    #[must_use]
    pub fn with_copy_limit(self, bytes: u64) -> Self {
        Self { copy_limit_bytes: bytes, ..self }
    }

    /// Has the service copy an object of `size_bytes` from another bucket of the same service, unless there is one of this
    /// name. Of a copy in parts the service computes no SHA-256 of the whole.
    pub async fn copy_new(&self, from: &Self, from_key: &str, size_bytes: u64, key: &str) -> Result<Copied, Error> {
        if size_bytes > self.copy_limit_bytes {
            return self.copy_in_parts(from, from_key, size_bytes, key).await;
        }
        let result = self
            .s3
            .copy_object()
            .bucket(&self.name)
            .key(key)
            .copy_source(format!("{}/{from_key}", from.name))
            .checksum_algorithm(ChecksumAlgorithm::Sha256)
            .set_if_none_match(self.if_none_match())
            .set_storage_class(self.storage_class.clone())
            .send()
            .await;
        match result {
            Ok(answer) => {
                let computed = answer.copy_object_result().and_then(|result| result.checksum_sha256());
                Ok(Copied::Done(computed.and_then(whole_object_sha256), answer.copy_source_version_id))
            }
            Err(error) if is_there_already(&error) => Ok(Copied::Exists),
            Err(error) if service_code(&error) == Some("NoSuchKey") => Ok(Copied::SourceMissing),
            Err(error) => Err(from_sdk(error)),
        }
    }

    async fn copy_in_parts(&self, from: &Self, from_key: &str, size_bytes: u64, key: &str) -> Result<Copied, Error> {
        let content_type = from.head(from_key).await?.and_then(|head| head.content_type);
        let id = self.writer(key, size_bytes, content_type.as_deref(), true).begin().await?;
        let mut parts = Vec::new();
        let mut start = 0;
        while start < size_bytes {
            let end = (start + self.copy_limit_bytes).min(size_bytes);
            let number = i32::try_from(parts.len() + 1).map_err(Error::internal)?;
            let call = self.s3.upload_part_copy().bucket(&self.name).key(key).upload_id(&id).part_number(number);
            let call = call.copy_source(format!("{}/{from_key}", from.name));
            let result = call.copy_source_range(format!("bytes={start}-{}", end - 1)).send().await;
            let answer = match result {
                Ok(answer) => answer,
                Err(error) if service_code(&error) == Some("NoSuchKey") => return Ok(Copied::SourceMissing),
                Err(error) => return Err(from_sdk(error)),
            };
            let etag = answer.copy_part_result.and_then(|result| result.e_tag);
            parts.push(CompletedPart::builder().part_number(number).set_e_tag(etag).build());
            start = end;
        }
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
        let complete = self.s3.complete_multipart_upload().bucket(&self.name).key(key).upload_id(&id);
        match complete.set_if_none_match(self.if_none_match()).multipart_upload(parts).send().await {
            Ok(_) => Ok(Copied::Done(None, None)),
            Err(error) if is_there_already(&error) => Ok(Copied::Exists),
            Err(error) => Err(from_sdk(error)),
        }
    }
}
