//! What lies in the buckets, for whoever compares it with the records.

use aws_sdk_s3::operation::{get_object::GetObjectError, head_object::HeadObjectError};
use model::{
    Error, MediaId, RenditionName, Sha256,
    object_key::{OriginalsKey, rendition_key},
};
use sha2::Digest;

use crate::{Store, error::from_sdk};

/// A bucket of the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bucket {
    /// What people brought.
    Originals,
    /// What was made of it.
    Renditions,
}

/// An object as a list names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedObject {
    /// Its key.
    pub key: String,
    /// Its length in bytes.
    pub size_bytes: u64,
}

impl Store {
    fn bucket(&self, bucket: Bucket) -> &str {
        match bucket {
            Bucket::Originals => &self.settings.originals_bucket,
            Bucket::Renditions => &self.settings.renditions_bucket,
        }
    }

    /// All objects of a bucket, a thousand in a call.
    pub async fn list_objects(&self, bucket: Bucket) -> Result<Vec<ListedObject>, Error> {
        let mut found = Vec::new();
        let mut token = None;
        loop {
            let call = self.s3.list_objects_v2().bucket(self.bucket(bucket)).set_continuation_token(token);
            let page = call.send().await.map_err(from_sdk)?;
            for object in page.contents.unwrap_or_default() {
                let size_bytes = object.size.and_then(|size| u64::try_from(size).ok()).unwrap_or(0);
                found.extend(object.key.map(|key| ListedObject { key, size_bytes }));
            }
            token = page.next_continuation_token;
            if token.is_none() {
                return Ok(found);
            }
        }
    }

    /// Whether there is an object at this moment.
    pub async fn has_object(&self, bucket: Bucket, key: &str) -> Result<bool, Error> {
        match self.s3.head_object().bucket(self.bucket(bucket)).key(key).send().await {
            Ok(_) => Ok(true),
            Err(error) if error.as_service_error().is_some_and(HeadObjectError::is_not_found) => Ok(false),
            Err(error) => Err(from_sdk(error)),
        }
    }

    /// A file that was made of an original; none where there is no such object.
    pub async fn get_rendition(
        &self,
        id: MediaId,
        recipe: &str,
        name: RenditionName,
    ) -> Result<Option<Vec<u8>>, Error> {
        let call = self.s3.get_object().bucket(self.bucket(Bucket::Renditions)).key(rendition_key(id, recipe, name));
        match call.send().await {
            Ok(answer) => match answer.body.collect().await {
                Ok(bytes) => Ok(Some(bytes.to_vec())),
                Err(error) => Err(Error::Unavailable(error.into())),
            },
            Err(error) if error.as_service_error().is_some_and(GetObjectError::is_no_such_key) => Ok(None),
            Err(error) => Err(from_sdk(error)),
        }
    }

    /// Reads an original, and gives its length and SHA-256; none where there is no such object.
    pub async fn hash_original(&self, id: MediaId) -> Result<Option<(u64, Sha256)>, Error> {
        let call = self.s3.get_object().bucket(self.bucket(Bucket::Originals));
        let mut body = match call.key(OriginalsKey::Original(id).to_string()).send().await {
            Ok(answer) => answer.body,
            Err(error) if error.as_service_error().is_some_and(GetObjectError::is_no_such_key) => return Ok(None),
            Err(error) => return Err(from_sdk(error)),
        };
        let mut hasher = sha2::Sha256::new();
        let mut size_bytes = 0;
        while let Some(chunk) = body.try_next().await.map_err(|error| Error::Unavailable(error.into()))? {
            hasher.update(&chunk);
            size_bytes += chunk.len() as u64;
        }
        Ok(Some((size_bytes, Sha256::new(hasher.finalize().into()))))
    }
}
