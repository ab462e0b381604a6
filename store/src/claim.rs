//! Claims on bytes: they make it impossible that a gallery has the same file twice.

use model::{Error, GalleryId, MediaId, Sha256};
use serde::{Deserialize, Serialize};

use crate::{Store, change::Change, keys};

/// Says which photo or video of a gallery has some bytes, so that a second one with the same bytes is impossible.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Claim {
    pub(crate) media_id: MediaId,
}

impl Store {
    /// The photo or video of a gallery that has these bytes, if one does.
    pub async fn find_by_sha256(&self, gallery: GalleryId, sha256: Sha256) -> Result<Option<MediaId>, Error> {
        let claim: Option<Claim> = self.get(&keys::claim(gallery, sha256)).await?;
        Ok(claim.map(|claim| claim.media_id))
    }

    /// Gives up a claim whose media is gone: each of the two expires by itself.
    pub async fn release_stale_claim(&self, gallery: GalleryId, sha256: Sha256, of: MediaId) -> Result<(), Error> {
        let own = Change::of_existing().when("media_id", &of)?;
        self.transact(vec![self.delete_write(&keys::claim(gallery, sha256), own)]).await?;
        Ok(())
    }
}
