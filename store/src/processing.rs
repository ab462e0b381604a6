//! What the processor records, and what it finds that got lost.

use model::{Error, Findings, Media, MediaStatus, Renditions, Timestamp};

use crate::{
    Store,
    error::from_sdk,
    item::{from_item, to_value},
    keys::{self, text},
    replace::Replaced,
};

impl Store {
    /// Records what the processor found and made: READY with renditions, else FAILED with a reason for people.
    ///
    /// None where the media is gone or in the trash, or was changed meanwhile, so that it must be done over.
    pub async fn finish_processing(
        &self,
        media: &Media,
        findings: &Findings,
        outcome: Result<&Renditions, &str>,
        now: Timestamp,
    ) -> Result<Option<Media>, Error> {
        if !media.is_shown() {
            return Ok(None);
        }
        let mut done = Media {
            updated_at: now,
            kind: findings.kind,
            content_type: findings.content_type.clone(),
            width: findings.width,
            height: findings.height,
            location: findings.location,
            exif: findings.exif.clone(),
            thumbhash: findings.thumbhash.clone(),
            dominant_color: findings.dominant_color.clone(),
            attempts: 0,
            ..media.clone()
        };
        if !media.taken_at_by_person {
            done.taken_at = findings.taken_at.map(|taken| taken.time).or(media.file_modified_at);
            done.taken_at_offset_minutes = findings.taken_at.and_then(|taken| taken.offset_minutes);
        }
        match outcome {
            Ok(renditions) => {
                done.status = MediaStatus::Ready;
                done.renditions = Some(renditions.clone());
                done.failure_reason = None;
            }
            Err(reason) => {
                done.status = MediaStatus::Failed;
                done.failure_reason = Some(reason.to_owned());
            }
        }
        let end = self.replace_media(Some(media), Some(&done), Vec::new()).await?;
        Ok((end == Replaced::Done).then_some(done))
    }

    /// Records that the stored bytes are not those that were announced, and releases the claim on the latter.
    ///
    /// False where the media was changed, trashed or erased meanwhile.
    pub async fn reject_media(&self, media: &Media, reason: &str, now: Timestamp) -> Result<bool, Error> {
        if media.status != MediaStatus::Processing {
            return Ok(false);
        }
        let failure_reason = Some(reason.to_owned());
        let rejected =
            Media { status: MediaStatus::Failed, rejected: true, failure_reason, updated_at: now, ..media.clone() };
        Ok(self.replace_media(Some(media), Some(&rejected), Vec::new()).await? == Replaced::Done)
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
        let counted = Media { attempts: media.attempts + 1, updated_at: now, ..media.clone() };
        let end = self.replace_media(Some(media), Some(&counted), Vec::new()).await?;
        Ok((end == Replaced::Done).then_some(counted))
    }

    /// Gives up on media that is being processed, with a reason for people; false where it changed meanwhile.
    pub async fn give_up(&self, media: &Media, reason: &str, now: Timestamp) -> Result<bool, Error> {
        if media.status != MediaStatus::Processing {
            return Ok(false);
        }
        let failure_reason = Some(reason.to_owned());
        let failed =
            Media { status: MediaStatus::Failed, failure_reason, attempts: 0, updated_at: now, ..media.clone() };
        Ok(self.replace_media(Some(media), Some(&failed), Vec::new()).await? == Replaced::Done)
    }
}
