//! Objects: originals, renditions, and the parts of uploads.

use std::path::Path;

use aws_sdk_s3::{
    operation::head_object::HeadObjectError,
    primitives::ByteStream,
    types::{ChecksumMode, CompletedMultipartUpload, CompletedPart, Delete, ObjectIdentifier},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use model::{
    BACKUP_JOBS, DRILL_JOBS, Error, MediaId, RenditionName, Sha256,
    object_key::{OriginalsKey, Work, rendition_key, renditions_prefix},
};
use sha2::Digest;
use tokio::io::AsyncWriteExt;
use ulid::Ulid;

use crate::{
    Store,
    error::{from_sdk, service_code},
};

/// What the bucket says of a stored original.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredObject {
    /// Its length in bytes.
    pub size_bytes: u64,
    /// Its SHA-256, where S3 checked one when it was written: not for multipart uploads.
    pub sha256: Option<Sha256>,
}

/// A part of a multipart upload that is stored already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPart {
    /// Counted from 1.
    pub number: u32,
    /// Its length in bytes.
    pub size_bytes: u64,
    /// Its `ETag`, which completes the upload.
    pub etag: String,
}

impl Store {
    /// What is stored of an original; none where nothing is.
    pub async fn head_original(&self, id: MediaId) -> Result<Option<StoredObject>, Error> {
        let result = self
            .s3
            .head_object()
            .bucket(&self.settings.originals_bucket)
            .key(OriginalsKey::Original(id).to_string())
            .checksum_mode(ChecksumMode::Enabled)
            .send()
            .await;
        match result {
            Ok(head) => Ok(Some(StoredObject {
                size_bytes: u64::try_from(head.content_length.unwrap_or(0)).map_err(Error::internal)?,
                sha256: head.checksum_sha256.as_deref().and_then(whole_object_sha256),
            })),
            Err(error) if error.as_service_error().is_some_and(HeadObjectError::is_not_found) => Ok(None),
            Err(error) => Err(from_sdk(error)),
        }
    }

    /// Reads all bytes of an original, writes the first `keep_bytes` of them to a file, and gives length and SHA-256 of
    /// all; none where there is no such object.
    pub async fn download_original(
        &self,
        id: MediaId,
        to: &Path,
        keep_bytes: u64,
    ) -> Result<Option<(u64, Sha256)>, Error> {
        let result = self
            .s3
            .get_object()
            .bucket(&self.settings.originals_bucket)
            .key(OriginalsKey::Original(id).to_string())
            .send()
            .await;
        let mut body = match result {
            Ok(answer) => answer.body,
            Err(error) if service_code(&error) == Some("NoSuchKey") => return Ok(None),
            Err(error) => return Err(from_sdk(error)),
        };
        let mut file = tokio::fs::File::create(to).await.map_err(Error::internal)?;
        let mut hasher = sha2::Sha256::new();
        let mut size_bytes = 0_u64;
        while let Some(chunk) = body.try_next().await.map_err(|error| Error::Unavailable(error.into()))? {
            hasher.update(&chunk);
            let room = usize::try_from(keep_bytes.saturating_sub(size_bytes)).unwrap_or(usize::MAX);
            file.write_all(&chunk[..chunk.len().min(room)]).await.map_err(Error::internal)?;
            size_bytes += chunk.len() as u64;
        }
        file.flush().await.map_err(Error::internal)?;
        Ok(Some((size_bytes, Sha256::new(hasher.finalize().into()))))
    }

    /// Writes one rendition from memory, and makes sure that it is there whole.
    pub async fn put_rendition(
        &self,
        id: MediaId,
        recipe: &str,
        name: RenditionName,
        bytes: Vec<u8>,
    ) -> Result<(), Error> {
        let size_bytes = bytes.len() as u64;
        self.put_derived(&rendition_key(id, recipe, name), name, ByteStream::from(bytes), size_bytes).await
    }

    /// Writes one rendition from a file, and makes sure that it is there whole.
    pub async fn put_rendition_file(
        &self,
        id: MediaId,
        recipe: &str,
        name: RenditionName,
        file: &Path,
    ) -> Result<(), Error> {
        let size_bytes = tokio::fs::metadata(file).await.map_err(Error::internal)?.len();
        let body = ByteStream::from_path(file).await.map_err(Error::internal)?;
        self.put_derived(&rendition_key(id, recipe, name), name, body, size_bytes).await
    }

    /// S3 compares the checksum that the SDK sends along, so that the length says that all of it got there.
    async fn put_derived(
        &self,
        key: &str,
        name: RenditionName,
        body: ByteStream,
        size_bytes: u64,
    ) -> Result<(), Error> {
        let bucket = &self.settings.renditions_bucket;
        let put = self.s3.put_object().bucket(bucket).key(key).content_type(name.content_type()).body(body);
        put.send().await.map_err(from_sdk)?;
        let head = self.s3.head_object().bucket(bucket).key(key).send().await.map_err(from_sdk)?;
        let stored = head.content_length.and_then(|length| u64::try_from(length).ok());
        if stored == Some(size_bytes) {
            return Ok(());
        }
        Err(Error::Unavailable(format!("{key} has {stored:?} bytes after {size_bytes} were written").into()))
    }

    /// Asks the processor to do something with stored media.
    pub async fn put_job(&self, work: Work, id: MediaId, name: &str) -> Result<(), Error> {
        self.s3
            .put_object()
            .bucket(&self.settings.originals_bucket)
            .key(OriginalsKey::Job(work, id, name.to_owned()).to_string())
            .content_type("application/octet-stream")
            .body(ByteStream::from_static(b""))
            .send()
            .await
            .map_err(from_sdk)?;
        Ok(())
    }

    /// Asks for a backup, or for a drill.
    pub async fn put_backup_job(&self, id: Ulid, drill: bool) -> Result<(), Error> {
        let kind = if drill { DRILL_JOBS } else { BACKUP_JOBS };
        let put = self.s3.put_object().bucket(&self.settings.originals_bucket).key(format!("{kind}{id}"));
        let put = put.content_type("application/octet-stream").body(ByteStream::from_static(b""));
        put.send().await.map_err(from_sdk)?;
        Ok(())
    }

    /// Deletes what asked for a backup, once that is done; on AWS the bucket forgets it by itself.
    pub async fn delete_backup_job(&self, key: &str) -> Result<(), Error> {
        let call = self.s3.delete_object().bucket(&self.settings.originals_bucket).key(key);
        call.send().await.map_err(from_sdk)?;
        Ok(())
    }

    /// Deletes a job that is done, or an original; it is no error when it is not there.
    pub async fn delete_from_originals(&self, key: &OriginalsKey) -> Result<(), Error> {
        let call = self.s3.delete_object().bucket(&self.settings.originals_bucket).key(key.to_string());
        call.send().await.map_err(from_sdk)?;
        Ok(())
    }

    /// Deletes an original; it is no error when it is not there.
    pub async fn delete_original(&self, id: MediaId) -> Result<(), Error> {
        self.delete_from_originals(&OriginalsKey::Original(id)).await
    }

    /// Deletes the renditions of one recipe, or all.
    pub async fn delete_renditions(&self, id: MediaId, recipe: Option<&str>) -> Result<(), Error> {
        let prefix = renditions_prefix(id, recipe);
        loop {
            let found = self
                .s3
                .list_objects_v2()
                .bucket(&self.settings.renditions_bucket)
                .prefix(&prefix)
                .send()
                .await
                .map_err(from_sdk)?;
            let keys: Vec<ObjectIdentifier> = found
                .contents()
                .iter()
                .filter_map(|object| object.key())
                .map(|key| ObjectIdentifier::builder().key(key).build().expect("the key is set"))
                .collect();
            if keys.is_empty() {
                return Ok(());
            }
            let delete = Delete::builder().set_objects(Some(keys)).quiet(true).build().map_err(Error::internal)?;
            let call = self.s3.delete_objects().bucket(&self.settings.renditions_bucket).delete(delete);
            let answer = call.send().await.map_err(from_sdk)?;
            if !answer.errors().is_empty() {
                return Err(Error::Unavailable(format!("S3 did not delete: {:?}", answer.errors()).into()));
            }
        }
    }

    /// Begins an upload in parts and gives its S3 id.
    pub async fn create_multipart(&self, id: MediaId, content_type: &str) -> Result<String, Error> {
        let answer = self
            .s3
            .create_multipart_upload()
            .bucket(&self.settings.originals_bucket)
            .key(OriginalsKey::Original(id).to_string())
            .content_type(content_type)
            .send()
            .await
            .map_err(from_sdk)?;
        answer.upload_id.ok_or_else(|| Error::internal("S3 began a multipart upload without an id"))
    }

    /// The parts that are stored already, in order; none where there is no such upload (any more).
    pub async fn list_parts(&self, id: MediaId, multipart_id: &str) -> Result<Option<Vec<StoredPart>>, Error> {
        let mut parts = Vec::new();
        let mut marker = None;
        loop {
            let result = self
                .s3
                .list_parts()
                .bucket(&self.settings.originals_bucket)
                .key(OriginalsKey::Original(id).to_string())
                .upload_id(multipart_id)
                .set_part_number_marker(marker)
                .send()
                .await;
            let answer = match result {
                Ok(answer) => answer,
                Err(error) if service_code(&error) == Some("NoSuchUpload") => return Ok(None),
                Err(error) => return Err(from_sdk(error)),
            };
            for part in answer.parts() {
                parts.push(StoredPart {
                    number: part.part_number.and_then(|n| u32::try_from(n).ok()).unwrap_or(0),
                    size_bytes: part.size.and_then(|n| u64::try_from(n).ok()).unwrap_or(0),
                    etag: part.e_tag.clone().unwrap_or_default(),
                });
            }
            if answer.is_truncated != Some(true) {
                return Ok(Some(parts));
            }
            marker = answer.next_part_number_marker;
        }
    }

    /// Makes the original of its parts; false where there is no such upload (any more).
    pub async fn complete_multipart(
        &self,
        id: MediaId,
        multipart_id: &str,
        parts: &[StoredPart],
    ) -> Result<bool, Error> {
        let parts = parts
            .iter()
            .map(|part| {
                let number = i32::try_from(part.number).map_err(Error::internal)?;
                Ok(CompletedPart::builder().part_number(number).e_tag(&part.etag).build())
            })
            .collect::<Result<Vec<_>, Error>>()?;
        let result = self
            .s3
            .complete_multipart_upload()
            .bucket(&self.settings.originals_bucket)
            .key(OriginalsKey::Original(id).to_string())
            .upload_id(multipart_id)
            .if_none_match("*")
            .multipart_upload(CompletedMultipartUpload::builder().set_parts(Some(parts)).build())
            .send()
            .await;
        match result {
            Ok(_) => Ok(true),
            // The original is there already: an earlier call got through and its answer was lost.
            Err(error) if matches!(service_code(&error), Some("NoSuchUpload" | "PreconditionFailed")) => Ok(false),
            Err(error) => Err(from_sdk(error)),
        }
    }

    /// Gives up an upload in parts; it is no error when it is not there.
    pub async fn abort_multipart(&self, id: MediaId, multipart_id: &str) -> Result<(), Error> {
        let result = self
            .s3
            .abort_multipart_upload()
            .bucket(&self.settings.originals_bucket)
            .key(OriginalsKey::Original(id).to_string())
            .upload_id(multipart_id)
            .send()
            .await;
        match result {
            Ok(_) => Ok(()),
            Err(error) if service_code(&error) == Some("NoSuchUpload") => Ok(()),
            Err(error) => Err(from_sdk(error)),
        }
    }
}

/// A checksum of checksums (`…-3`), as multipart uploads have, says nothing about the whole.
pub(crate) fn whole_object_sha256(text: &str) -> Option<Sha256> {
    let bytes: [u8; 32] = BASE64_STANDARD.decode(text).ok()?.try_into().ok()?;
    Some(Sha256::new(bytes))
}
