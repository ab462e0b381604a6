//! Files of the library, read whole: to hash them again, or to hand them on.

use aws_sdk_s3::operation::get_object::GetObjectError;
use model::{
    Error, MediaId, RenditionName, Sha256,
    object_key::{OriginalsKey, rendition_key},
};
use sha2::Digest;

use crate::{Bucket, Fetched, Store, error::from_sdk};

impl Store {
    /// The bucket of what was made of originals.
    #[must_use]
    pub fn renditions(&self) -> Bucket {
        self.bucket(&self.settings.renditions_bucket, None)
    }

    /// A file that was made of an original; none where there is no such object.
    pub async fn get_rendition(
        &self,
        id: MediaId,
        recipe: &str,
        name: RenditionName,
    ) -> Result<Option<Vec<u8>>, Error> {
        let call = self.s3.get_object().bucket(&self.settings.renditions_bucket).key(rendition_key(id, recipe, name));
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
        let mut body = match self.originals().get(&OriginalsKey::Original(id).to_string()).await? {
            Fetched::Body(body) => body,
            Fetched::Missing => return Ok(None),
            Fetched::Archived => return Err(Error::Unavailable("the original is archived".into())),
        };
        let mut hasher = sha2::Sha256::new();
        let mut size_bytes = 0;
        while let Some(chunk) = body.next().await? {
            hasher.update(&chunk);
            size_bytes += chunk.len() as u64;
        }
        Ok(Some((size_bytes, Sha256::new(hasher.finalize().into()))))
    }
}
