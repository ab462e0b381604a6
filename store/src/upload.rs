//! Media whose bytes are on their way: announced, gone on with, let in, forgotten.

use model::{Error, Media, MediaId, MediaStatus, Timestamp, Upload};

use crate::{
    Store,
    change::Change,
    claim::Claim,
    item::{Transaction, to_value, whole_item},
    keys::{self, GSI1_PK, GSI1_SK, TRASH, TTL},
};

/// How the announcement of new media ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Announced {
    /// The record is there, waiting for the bytes.
    New,
    /// The gallery has these bytes already, or they are on their way.
    Claimed(MediaId),
}

impl Store {
    /// Announces media whose bytes are still to come, together with the claim on those bytes.
    pub async fn announce_media(&self, media: &Media, upload: &Upload) -> Result<Announced, Error> {
        let expiry = to_value(&upload.expires_at.unix_seconds())?;
        let mut record = whole_item(&keys::media(media.id), None, media)?;
        record.insert(TTL.to_owned(), expiry.clone());
        let claim_key = keys::claim(media.gallery_id, media.sha256);
        let mut claim = whole_item(&claim_key, None, &Claim { media_id: media.id })?;
        claim.insert(TTL.to_owned(), expiry);
        let writes = vec![self.put_write(record, true), self.put_write(claim.clone(), true)];
        match self.transact(writes).await? {
            Transaction::Done => Ok(Announced::New),
            Transaction::Refused(_) => match self.get::<Claim>(&claim_key).await? {
                Some(held) => Ok(Announced::Claimed(held.media_id)),
                None => Err(Error::Unavailable("the claim on the same bytes was released at this moment".into())),
            },
        }
    }

    /// Gives an upload more time, or another multipart upload; none where it is not on its way any more.
    pub async fn renew_upload(&self, media: &Media, upload: &Upload) -> Result<Option<Media>, Error> {
        let expiry = upload.expires_at.unix_seconds();
        let claim = Change::of_existing().set(TTL, &expiry)?;
        let record =
            Change::of_existing().when("status", &MediaStatus::Uploading)?.set("upload", upload)?.set(TTL, &expiry)?;
        let writes = vec![
            self.change_write(&keys::media(media.id), record),
            self.change_write(&keys::claim(media.gallery_id, media.sha256), claim),
        ];
        match self.transact(writes).await? {
            Transaction::Done => self.get_media(media.id).await,
            Transaction::Refused(_) => Ok(None),
        }
    }

    /// Lets media whose bytes are all here into its gallery; false where that happened already.
    ///
    /// Where the gallery was deleted meanwhile, it goes into the trash with the rest of it.
    pub async fn admit_media(&self, media: &Media, now: Timestamp) -> Result<bool, Error> {
        const GALLERY: usize = 2;
        let record = leaving_upload(MediaStatus::Processing, now)?
            .set(GSI1_PK, &keys::gallery_partition(media.gallery_id))?
            .set(GSI1_SK, &keys::media_order(media))?;
        let gallery = Change::of_existing().when_absent("deleted_at").add("media_count", 1);
        let writes = vec![
            self.change_write(&keys::media(media.id), record),
            self.claim_write(media, media.gallery_id)?,
            self.change_write(&keys::gallery(media.gallery_id), gallery),
        ];
        let end = self.transact(writes).await?;
        if end == Transaction::Refused(vec![GALLERY]) {
            let record = leaving_upload(MediaStatus::Trashed, now)?
                .set("trashed_at", &now)?
                .set(GSI1_PK, &TRASH)?
                .set(GSI1_SK, &keys::time_order(now, media.id))?;
            let mut writes = vec![self.change_write(&keys::media(media.id), record)];
            writes.extend(self.release_of_claim(media).await?);
            self.transact(writes).await?;
        }
        Ok(end == Transaction::Done)
    }

    /// Forgets an announcement whose bytes never came; false where it is not on its way any more.
    pub async fn forget_upload(&self, media: &Media) -> Result<bool, Error> {
        let on_its_way = Change::of_existing().when("status", &MediaStatus::Uploading)?;
        let mut writes = vec![self.delete_write(&keys::media(media.id), on_its_way)];
        writes.extend(self.release_of_claim(media).await?);
        Ok(self.transact(writes).await? == Transaction::Done)
    }
}

/// What changes in every record whose bytes are all here.
fn leaving_upload(to: MediaStatus, now: Timestamp) -> Result<Change, Error> {
    let change = Change::of_existing().when("status", &MediaStatus::Uploading)?;
    Ok(change.set("status", &to)?.set("updated_at", &now)?.remove("upload").remove(TTL))
}
