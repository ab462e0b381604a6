//! Claims on bytes: they make it impossible that a gallery has the same file twice.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use model::{Error, GalleryId, Media, MediaId, Sha256};
use serde::{Deserialize, Serialize};

use crate::{
    Store,
    change::Change,
    item::{Transaction, to_value, whole_item},
    keys,
    media::Moved,
};

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

    /// Does some writes together with the claim on the bytes in a gallery. What was rejected has other bytes, and claims
    /// nothing.
    pub(crate) async fn transact_with_claim(
        &self,
        mut writes: Vec<TransactWriteItem>,
        media: &Media,
        gallery: GalleryId,
    ) -> Result<Moved, Error> {
        let claim = writes.len();
        if !media.rejected {
            writes.push(self.claim_write(media, gallery)?);
        }
        Ok(match self.transact(writes).await? {
            Transaction::Done => Moved::Done,
            Transaction::Refused(which) if which.as_slice() == [claim] => Moved::Duplicate,
            Transaction::Refused(_) => Moved::Changed,
        })
    }

    /// The write that claims the bytes of media in a gallery; it is refused where other media has them.
    pub(crate) fn claim_write(&self, media: &Media, gallery: GalleryId) -> Result<TransactWriteItem, Error> {
        let item = whole_item(&keys::claim(gallery, media.sha256), None, &Claim { media_id: media.id })?;
        let put = Put::builder()
            .table_name(&self.settings.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(PK) OR media_id = :own")
            .expression_attribute_values(":own", to_value(&media.id)?);
        Ok(TransactWriteItem::builder().put(put.build().expect("table and item are set")).build())
    }

    /// The write that gives up the claim on the bytes of media, where it holds one: what was rejected does not.
    pub(crate) async fn release_of_claim(&self, media: &Media) -> Result<Option<TransactWriteItem>, Error> {
        let key = keys::claim(media.gallery_id, media.sha256);
        let held = self.get::<Claim>(&key).await?.is_some_and(|claim| claim.media_id == media.id);
        let own = Change::of_existing().when("media_id", &media.id)?;
        Ok(held.then(|| self.delete_write(&key, own)))
    }
}
