//! What the processor records, and what it finds that got lost.

use model::{Error, Findings, Media, MediaStatus, Renditions, Timestamp};

use crate::{
    Store,
    change::Change,
    error::from_sdk,
    item::{Transaction, from_item, to_value},
    keys::{self, GSI1_SK, text},
};

impl Store {
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
}
