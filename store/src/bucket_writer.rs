//! Writes an object of any length with little memory: in one piece where it is short, else in parts.

use aws_sdk_s3::{
    primitives::ByteStream,
    types::{CompletedMultipartUpload, CompletedPart},
};
use model::Error;

use crate::{Bucket, bucket::is_there_already, error::from_sdk};

/// Objects up to this length are written in one piece.
const MAX_PIECE_BYTES: usize = 16 * 1024 * 1024;
/// S3 takes this many parts.
const MAX_PARTS: u64 = 10_000;

/// An object that is being written. It is there when [`Self::finish`] says so, and not before.
#[derive(Debug)]
pub struct BucketWriter<'a> {
    bucket: &'a Bucket,
    key: String,
    content_type: Option<String>,
    archived: bool,
    part_bytes: usize,
    buffer: Vec<u8>,
    upload: Option<Upload>,
}

#[derive(Debug)]
struct Upload {
    id: String,
    parts: Vec<CompletedPart>,
}

impl Bucket {
    /// Begins to write an object of about `size_bytes`, kept as the bucket keeps media where it is to be `archived`.
    #[must_use]
    pub fn writer(&self, key: &str, size_bytes: u64, content_type: Option<&str>, archived: bool) -> BucketWriter<'_> {
        // A tenth more than is announced fits, for what encryption adds.
        let part_bytes = usize::try_from(size_bytes / (MAX_PARTS - 1_000)).unwrap_or(usize::MAX).max(MAX_PIECE_BYTES);
        BucketWriter {
            bucket: self,
            key: key.to_owned(),
            content_type: content_type.map(str::to_owned),
            archived,
            part_bytes,
            buffer: Vec::new(),
            upload: None,
        }
    }
}

impl BucketWriter<'_> {
    /// Takes the next bytes.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() > self.part_bytes { self.flush().await } else { Ok(()) }
    }

    /// Makes the object of what was written; false where there is one of this name.
    pub async fn finish(mut self) -> Result<bool, Error> {
        if self.upload.is_none() {
            let content_type = self.content_type.as_deref();
            return self.bucket.put_new(&self.key, self.buffer, content_type, self.archived).await;
        }
        if !self.buffer.is_empty() {
            self.flush().await?;
        }
        let Some(upload) = self.upload else { return Err(Error::internal("an upload in parts without an id")) };
        let parts = CompletedMultipartUpload::builder().set_parts(Some(upload.parts)).build();
        let result = self
            .bucket
            .s3
            .complete_multipart_upload()
            .bucket(&self.bucket.name)
            .key(&self.key)
            .upload_id(&upload.id)
            .set_if_none_match(self.bucket.if_none_match())
            .multipart_upload(parts)
            .send()
            .await;
        match result {
            Ok(_) => Ok(true),
            Err(error) if is_there_already(&error) => Ok(false),
            Err(error) => Err(from_sdk(error)),
        }
    }

    /// Gives up: what was written so far is thrown away, and no object is made.
    pub async fn abandon(self) {
        let Some(upload) = self.upload else { return };
        let call = self.bucket.s3.abort_multipart_upload().bucket(&self.bucket.name).key(&self.key);
        if let Err(error) = call.upload_id(upload.id).send().await {
            tracing::warn!(error = %from_sdk(error), "the parts of an abandoned upload stay until the bucket removes them");
        }
    }

    async fn flush(&mut self) -> Result<(), Error> {
        if self.upload.is_none() {
            self.upload = Some(Upload { id: self.begin().await?, parts: Vec::new() });
        }
        let Some(upload) = &mut self.upload else { return Ok(()) };
        let number = i32::try_from(upload.parts.len() + 1).map_err(Error::internal)?;
        let bytes = std::mem::take(&mut self.buffer);
        let answer = self
            .bucket
            .s3
            .upload_part()
            .bucket(&self.bucket.name)
            .key(&self.key)
            .upload_id(&upload.id)
            .part_number(number)
            .body(ByteStream::from(bytes))
            .send()
            .await
            .map_err(from_sdk)?;
        upload.parts.push(CompletedPart::builder().part_number(number).set_e_tag(answer.e_tag).build());
        Ok(())
    }

    pub(crate) async fn begin(&self) -> Result<String, Error> {
        let create = self
            .bucket
            .s3
            .create_multipart_upload()
            .bucket(&self.bucket.name)
            .key(&self.key)
            .set_content_type(self.content_type.clone())
            .set_storage_class(self.bucket.storage_class.clone().filter(|_| self.archived));
        let answer = create.send().await.map_err(from_sdk)?;
        answer.upload_id.ok_or_else(|| Error::internal("S3 began a multipart upload without an id"))
    }
}
