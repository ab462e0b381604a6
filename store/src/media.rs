//! Photos and videos in the table: every change of state is conditional, and counters move with what they count.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use model::{
    Caption, Error, Findings, GalleryId, Media, MediaId, MediaStatus, Page, PageRequest, Renditions, Rotation, Sha256,
    Timestamp, Upload,
};
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::{
    Store,
    change::Change,
    error::from_sdk,
    item::{Listing, Source, Transaction, from_item, to_value, whole_item},
    keys::{self, GSI1_PK, GSI1_SK, Key, TRASH, TTL, text},
};

/// Says which photo or video of a gallery has some bytes, so that a second one with the same bytes is impossible.
#[derive(Debug, Serialize, Deserialize)]
struct Claim {
    media_id: MediaId,
}

/// How the announcement of new media ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Announced {
    /// The record is there, waiting for the bytes.
    New,
    /// The gallery has these bytes already, or they are on their way.
    Claimed(MediaId),
}

/// What of a photo or video a person changes; what is none stays.
#[derive(Debug, Default)]
pub struct MediaChange {
    /// New caption; an inner none takes it away.
    pub caption: Option<Option<Caption>>,
    /// New taken time, and the minutes that the wall clock was ahead of UTC.
    pub taken_at: Option<(Timestamp, Option<i32>)>,
    /// New turn, counted from what the file says.
    pub rotation: Option<Rotation>,
}

/// How moving media between states or galleries ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Moved {
    /// It happened.
    Done,
    /// The target holds the same bytes already.
    Duplicate,
    /// The record was changed meanwhile, or is not in the state for it.
    Changed,
}

impl Store {
    /// One photo or video, in any state.
    pub async fn get_media(&self, id: MediaId) -> Result<Option<Media>, Error> {
        self.get(&keys::media(id)).await
    }

    /// Photos and videos by id, in any state; those that are not there are left out.
    pub async fn get_many_media(&self, ids: &[MediaId]) -> Result<HashMap<MediaId, Media>, Error> {
        let keys: Vec<Key> = ids.iter().copied().map(keys::media).collect();
        let found: Vec<Media> = self.get_many(&keys).await?;
        Ok(found.into_iter().map(|media| (media.id, media)).collect())
    }

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

    /// The photo or video of a gallery that has these bytes, if one does.
    pub async fn find_by_sha256(&self, gallery: GalleryId, sha256: Sha256) -> Result<Option<MediaId>, Error> {
        let claim: Option<Claim> = self.get(&keys::claim(gallery, sha256)).await?;
        Ok(claim.map(|claim| claim.media_id))
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
        let record = Self::leaving_upload(MediaStatus::Processing, now)?
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
            let record = Self::leaving_upload(MediaStatus::Trashed, now)?
                .set("trashed_at", &now)?
                .set(GSI1_PK, &TRASH)?
                .set(GSI1_SK, &keys::time_order(now, media.id))?;
            let mut writes = vec![self.change_write(&keys::media(media.id), record)];
            writes.extend(self.release_of_claim(media).await?);
            self.transact(writes).await?;
        }
        Ok(end == Transaction::Done)
    }

    /// What changes in every record whose bytes are all here.
    fn leaving_upload(to: MediaStatus, now: Timestamp) -> Result<Change, Error> {
        let change = Change::of_existing().when("status", &MediaStatus::Uploading)?;
        Ok(change.set("status", &to)?.set("updated_at", &now)?.remove("upload").remove(TTL))
    }

    /// Forgets an announcement whose bytes never came; false where it is not on its way any more.
    pub async fn forget_upload(&self, media: &Media) -> Result<bool, Error> {
        let on_its_way = Change::of_existing().when("status", &MediaStatus::Uploading)?;
        let mut writes = vec![self.delete_write(&keys::media(media.id), on_its_way)];
        writes.extend(self.release_of_claim(media).await?);
        Ok(self.transact(writes).await? == Transaction::Done)
    }

    /// Gives up a claim whose media is gone: each of the two expires by itself.
    pub async fn release_stale_claim(&self, gallery: GalleryId, sha256: Sha256, of: MediaId) -> Result<(), Error> {
        let own = Change::of_existing().when("media_id", &of)?;
        self.transact(vec![self.delete_write(&keys::claim(gallery, sha256), own)]).await?;
        Ok(())
    }

    /// Records what the processor found and made: READY with renditions, else FAILED with a reason for people.
    ///
    /// None where the media is gone or in the trash, or was turned meanwhile, so that another run is on its way.
    pub async fn finish_processing(
        &self,
        media: &Media,
        findings: &Findings,
        outcome: Result<&Renditions, &str>,
        now: Timestamp,
    ) -> Result<Option<Media>, Error> {
        let mut update = Change::of_existing()
            .when_one_of("status", &[MediaStatus::Processing, MediaStatus::Ready, MediaStatus::Failed])?
            .when("rotation", &media.rotation)?
            .when("taken_at_by_person", &media.taken_at_by_person)?
            .when("gallery_id", &media.gallery_id)?
            .set("updated_at", &now)?
            .set("kind", &findings.kind)?
            .set("content_type", &findings.content_type)?
            .put("width", findings.width.as_ref())?
            .put("height", findings.height.as_ref())?
            .put("location", findings.location.as_ref())?
            .put("exif", findings.exif.as_ref())?
            .put("thumbhash", findings.thumbhash.as_ref())?
            .put("dominant_color", findings.dominant_color.as_ref())?
            .remove("attempts");
        // A date that a person set is not the processor's to write, not even as it was read a moment ago.
        if !media.taken_at_by_person {
            let mut found = media.clone();
            found.taken_at = findings.taken_at.map(|taken| taken.time).or(media.file_modified_at);
            found.taken_at_offset_minutes = findings.taken_at.and_then(|taken| taken.offset_minutes);
            update = update
                .put("taken_at", found.taken_at.as_ref())?
                .put("taken_at_offset_minutes", found.taken_at_offset_minutes.as_ref())?
                .set(GSI1_SK, &keys::media_order(&found))?;
        }
        let update = match outcome {
            Ok(renditions) => {
                update.set("status", &MediaStatus::Ready)?.set("renditions", renditions)?.remove("failure_reason")
            }
            Err(reason) => update.set("status", &MediaStatus::Failed)?.set("failure_reason", &reason)?,
        };
        self.change(&keys::media(media.id), update).await
    }

    /// Records that the stored bytes are not those that were announced, and releases the claim on the latter.
    ///
    /// False where the media was moved, trashed or erased meanwhile.
    pub async fn reject_media(&self, media: &Media, reason: &str, now: Timestamp) -> Result<bool, Error> {
        let update = Change::of_existing()
            .when("status", &MediaStatus::Processing)?
            .when("gallery_id", &media.gallery_id)?
            .set("status", &MediaStatus::Failed)?
            .set("rejected", &true)?
            .set("failure_reason", &reason)?
            .set("updated_at", &now)?;
        let mut writes = vec![self.change_write(&keys::media(media.id), update)];
        writes.extend(self.release_of_claim(media).await?);
        Ok(self.transact(writes).await? == Transaction::Done)
    }

    /// Changes what a person may change; none where the record was moved, trashed or erased meanwhile.
    pub async fn update_media(
        &self,
        media: &Media,
        change: &MediaChange,
        now: Timestamp,
    ) -> Result<Option<Media>, Error> {
        let mut update = Change::of_existing()
            .when("status", &media.status)?
            .when("gallery_id", &media.gallery_id)?
            .set("updated_at", &now)?;
        if let Some(caption) = &change.caption {
            update = update.put("caption", caption.as_ref())?;
        }
        if let Some((taken_at, offset_minutes)) = &change.taken_at {
            let order = keys::time_order(*taken_at, media.id);
            update = update
                .set("taken_at", taken_at)?
                .put("taken_at_offset_minutes", offset_minutes.as_ref())?
                .set("taken_at_by_person", &true)?;
            if media.status != MediaStatus::Uploading {
                update = update.set(GSI1_SK, &order)?;
            }
        }
        if let Some(rotation) = &change.rotation {
            update = update.when("rotation", &media.rotation)?.set("rotation", rotation)?;
            if media.status == MediaStatus::Ready {
                update = update.set("status", &MediaStatus::Processing)?;
            }
        }
        self.change(&keys::media(media.id), update).await
    }

    /// Moves media to another gallery, with its claim and both counts.
    pub async fn move_media(&self, media: &Media, to: GalleryId, now: Timestamp) -> Result<Moved, Error> {
        let record = Change::of_existing()
            .when("status", &media.status)?
            .when("gallery_id", &media.gallery_id)?
            .set("gallery_id", &to)?
            .set("updated_at", &now)?
            .set(GSI1_PK, &keys::gallery_partition(to))?;
        let mut writes = vec![
            self.change_write(&keys::media(media.id), record),
            self.change_write(
                &keys::gallery(to),
                Change::of_existing().when_absent("deleted_at").add("media_count", 1),
            ),
            self.change_write(&keys::gallery(media.gallery_id), leaving()),
        ];
        writes.extend(self.release_of_claim(media).await?);
        self.transact_with_claim(writes, media, to).await
    }

    /// Puts media into the trash: out of its gallery, its claim released.
    pub async fn trash_media(&self, media: &Media, now: Timestamp) -> Result<Moved, Error> {
        let record = Change::of_existing()
            .when("status", &media.status)?
            .when("gallery_id", &media.gallery_id)?
            .set("status", &MediaStatus::Trashed)?
            .set("trashed_at", &now)?
            .set("updated_at", &now)?
            .set(GSI1_PK, &TRASH)?
            .set(GSI1_SK, &keys::time_order(now, media.id))?;
        let mut writes = vec![
            self.change_write(&keys::media(media.id), record),
            self.change_write(&keys::gallery(media.gallery_id), leaving()),
        ];
        writes.extend(self.release_of_claim(media).await?);
        Ok(match self.transact(writes).await? {
            Transaction::Done => Moved::Done,
            Transaction::Refused(_) => Moved::Changed,
        })
    }

    /// Takes media out of the trash, back into its gallery, which must not be deleted.
    pub async fn restore_media(&self, media: &Media, now: Timestamp) -> Result<Moved, Error> {
        let back = match (&media.renditions, &media.failure_reason) {
            (_, Some(_)) => MediaStatus::Failed,
            (Some(_), None) => MediaStatus::Ready,
            (None, None) => MediaStatus::Processing,
        };
        let record = Change::of_existing()
            .when("status", &MediaStatus::Trashed)?
            .when_absent("erasing")
            .set("status", &back)?
            .set("updated_at", &now)?
            .remove("trashed_at")
            .set(GSI1_PK, &keys::gallery_partition(media.gallery_id))?
            .set(GSI1_SK, &keys::media_order(media))?;
        let gallery = Change::of_existing().when_absent("deleted_at").add("media_count", 1);
        let writes = vec![
            self.change_write(&keys::media(media.id), record),
            self.change_write(&keys::gallery(media.gallery_id), gallery),
        ];
        self.transact_with_claim(writes, media, media.gallery_id).await
    }

    /// Does some writes together with the claim on the bytes in a gallery. What was rejected has other bytes, and claims
    /// nothing.
    async fn transact_with_claim(
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
    fn claim_write(&self, media: &Media, gallery: GalleryId) -> Result<TransactWriteItem, Error> {
        let item = whole_item(&keys::claim(gallery, media.sha256), None, &Claim { media_id: media.id })?;
        let put = Put::builder()
            .table_name(&self.settings.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(PK) OR media_id = :own")
            .expression_attribute_values(":own", to_value(&media.id)?);
        Ok(TransactWriteItem::builder().put(put.build().expect("table and item are set")).build())
    }

    /// The write that gives up the claim on the bytes of media, where it holds one: what was rejected does not.
    async fn release_of_claim(&self, media: &Media) -> Result<Option<TransactWriteItem>, Error> {
        let key = keys::claim(media.gallery_id, media.sha256);
        let held = self.get::<Claim>(&key).await?.is_some_and(|claim| claim.media_id == media.id);
        let own = Change::of_existing().when("media_id", &media.id)?;
        Ok(held.then(|| self.delete_write(&key, own)))
    }

    /// Begins to erase media that is in the trash, from where it can then not return; false where it is not there.
    pub async fn begin_erasing(&self, id: MediaId) -> Result<bool, Error> {
        let update = Change::of_existing().when("status", &MediaStatus::Trashed)?.set("erasing", &true)?;
        let changed: Option<Media> = self.change(&keys::media(id), update).await?;
        Ok(changed.is_some())
    }

    /// Deletes the record of media that is being erased, after its objects. Its comments go first.
    pub async fn erase_media(&self, id: MediaId) -> Result<(), Error> {
        loop {
            let page = self.list_comments(id, &PageRequest { first: 100, after: None }).await?;
            for (_, comment) in &page.rows {
                self.delete(&keys::comment(comment.id)).await?;
            }
            if !page.has_next {
                break;
            }
        }
        let erasing = Change::of_existing().when("erasing", &true)?;
        self.transact(vec![self.delete_write(&keys::media(id), erasing)]).await?;
        Ok(())
    }

    /// Media whose processing may have got lost: on its way, being processed, or turned without being rendered anew, and
    /// not touched since `before`. Reads the whole table, so it is for maintenance and never for a request.
    pub async fn scan_unfinished_media(&self, before: Timestamp) -> Result<Vec<Media>, Error> {
        let mut unfinished = Vec::new();
        let mut start = None;
        loop {
            let answer = self
                .dynamodb
                .scan()
                .table_name(&self.settings.table)
                .filter_expression("SK = :media AND updated_at < :before")
                .expression_attribute_values(":media", text(keys::MEDIA))
                .expression_attribute_values(":before", to_value(&before)?)
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(from_sdk)?;
            for item in answer.items.unwrap_or_default() {
                let media: Media = from_item(item)?;
                if media.is_unfinished() {
                    unfinished.push(media);
                }
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(unfinished);
            }
        }
    }

    /// Counts another attempt to process media, so that attempts have an end; none where it changed meanwhile.
    pub async fn count_attempt(&self, media: &Media, now: Timestamp) -> Result<Option<Media>, Error> {
        let update = Change::of_existing()
            .when("status", &media.status)?
            .when("updated_at", &media.updated_at)?
            .set("updated_at", &now)?
            .add("attempts", 1);
        self.change(&keys::media(media.id), update).await
    }

    /// Gives up on media that is being processed, with a reason for people; false where it changed meanwhile.
    pub async fn give_up(&self, media: &Media, reason: &str, now: Timestamp) -> Result<bool, Error> {
        let update = Change::of_existing()
            .when("status", &MediaStatus::Processing)?
            .when("updated_at", &media.updated_at)?
            .set("status", &MediaStatus::Failed)?
            .set("failure_reason", &reason)?
            .set("updated_at", &now)?
            .remove("attempts");
        let changed: Option<Media> = self.change(&keys::media(media.id), update).await?;
        Ok(changed.is_some())
    }

    /// The media of a gallery by the time they were taken; not those on their way or in the trash.
    pub async fn list_media(
        &self,
        gallery: GalleryId,
        page: &PageRequest,
        ascending: bool,
    ) -> Result<Page<Media>, Error> {
        let source = Source::Index { pk: keys::gallery_partition(gallery) };
        self.list(Listing { source, ascending }, page, media_of_place).await
    }

    /// The trash, latest first.
    pub async fn list_trash(&self, page: &PageRequest) -> Result<Page<Media>, Error> {
        let source = Source::Index { pk: TRASH.to_owned() };
        self.list(Listing { source, ascending: false }, page, media_of_place).await
    }
}

/// What changes in a gallery that a picture leaves.
fn leaving() -> Change {
    Change::of_existing().add("media_count", -1)
}

fn media_of_place(place: &str) -> Option<Key> {
    let (_, id) = place.rsplit_once('#')?;
    Some(keys::media(MediaId::new(Ulid::from_string(id).ok()?)))
}
