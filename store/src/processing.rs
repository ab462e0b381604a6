//! What the processor records, and what it finds that got lost.

use model::{Conversion, DerivedFile, Error, Findings, Media, MediaStatus, Renditions, Timestamp, Upright};

use crate::{
    Store,
    change::Change,
    error::from_sdk,
    item::from_item,
    keys::{self, text},
    media::Moved,
    replace::Replaced,
};

impl Store {
    /// Records what the processor found and made: READY with renditions, else FAILED with a reason for people.
    /// `conversion` says what is to become of a film.
    ///
    /// None where the media is gone or in the trash, or was changed meanwhile, so that it must be done over.
    pub async fn finish_processing(
        &self,
        media: &Media,
        findings: &Findings,
        outcome: Result<&Renditions, &str>,
        conversion: Option<Conversion>,
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
            damaged: findings.damaged,
            duration_seconds: findings.duration_seconds,
            film: findings.film,
            live_photo_id: findings.live_photo_id.clone(),
            conversion,
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

    /// Notes how much of a film is converted, so that it does not count as lost; gives the record as it is then, or none
    /// where the film need not be converted any more.
    ///
    /// This is no change that others must take note of: whoever changes the record meanwhile is not in its way.
    pub async fn note_conversion(&self, media: &Media, percent: u8, now: Timestamp) -> Result<Option<Media>, Error> {
        let change = Change::of_existing()
            .when_one_of("status", &[MediaStatus::Ready])?
            .when("conversion", &media.conversion)?
            .set("conversion", &Conversion::Waiting { percent })?
            .set("updated_at", &now)?;
        self.change(&keys::media(media.id), change).await
    }

    /// Records how the conversion of a film ended: with a file, or with a reason why there is none.
    ///
    /// None where the media is gone or in the trash, or was changed meanwhile, so that it must be looked at again.
    pub async fn finish_conversion(
        &self,
        media: &Media,
        end: Result<DerivedFile, Conversion>,
        now: Timestamp,
    ) -> Result<Option<Media>, Error> {
        if !media.awaits_conversion() {
            return Ok(None);
        }
        let mut done = Media { updated_at: now, attempts: 0, conversion: None, ..media.clone() };
        match end {
            Ok(file) => done.playback = Some(file),
            Err(conversion) => done.conversion = Some(conversion),
        }
        let end = self.replace_media(Some(media), Some(&done), Vec::new()).await?;
        Ok((end == Replaced::Done).then_some(done))
    }

    /// Records what became of the wish for an upright copy; none where the media was changed meanwhile.
    pub async fn finish_upright(
        &self,
        media: &Media,
        upright: Upright,
        now: Timestamp,
    ) -> Result<Option<Media>, Error> {
        let done = Media { updated_at: now, upright: Some(upright), ..media.clone() };
        let end = self.replace_media(Some(media), Some(&done), Vec::new()).await?;
        Ok((end == Replaced::Done).then_some(done))
    }

    /// Media whose processing may have got lost: on its way, being processed, or turned without being rendered anew, and
    /// not touched since `before`. Reads the whole table, so it is for maintenance and never for a request.
    pub async fn scan_unfinished_media(&self, before: Timestamp) -> Result<Vec<Media>, Error> {
        self.scan_media(|media| media.updated_at < before && media.is_unfinished()).await
    }

    /// All media of a kind. Reads the whole table, so it is for maintenance and never for a request.
    pub async fn scan_media(&self, wanted: impl Fn(&Media) -> bool) -> Result<Vec<Media>, Error> {
        let mut found = Vec::new();
        let mut start = None;
        loop {
            let answer = self
                .dynamodb
                .scan()
                .table_name(&self.settings.table)
                .filter_expression("SK = :media")
                .expression_attribute_values(":media", text(keys::MEDIA))
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(from_sdk)?;
            for item in answer.items.unwrap_or_default() {
                // A record that cannot be read is no reason to leave the others.
                match from_item::<Media>(item) {
                    Ok(media) if wanted(&media) => found.push(media),
                    Ok(_) => {}
                    Err(error) => tracing::error!(%error, "the record of a photo or video cannot be read"),
                }
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(found);
            }
        }
    }

    /// Forgets all that was made of media, so that it is made anew, as after a restore; false where there is nothing to
    /// forget, or it was changed meanwhile.
    pub async fn forget_renditions(&self, media: &Media, now: Timestamp) -> Result<bool, Error> {
        let status = if media.status == MediaStatus::Ready { MediaStatus::Processing } else { media.status };
        let bare = Media {
            status,
            renditions: None,
            playback: None,
            upright: None,
            conversion: None,
            attempts: 0,
            updated_at: now,
            ..media.clone()
        };
        if media.renditions.is_none() && media.playback.is_none() && media.upright.is_none() {
            return Ok(false);
        }
        Ok(self.replace_media(Some(media), Some(&bare), Vec::new()).await? == Replaced::Done)
    }

    /// Puts media of a backup back into a library that goes on meanwhile, its original being there already. What was made
    /// of it is to be made anew.
    pub async fn bring_back_media(&self, media: &Media, now: Timestamp) -> Result<Moved, Error> {
        let back = Media {
            status: if media.status == MediaStatus::Ready { MediaStatus::Processing } else { media.status },
            renditions: None,
            playback: None,
            upright: None,
            conversion: None,
            attempts: 0,
            upload: None,
            trashed_at: None,
            updated_at: now,
            ..media.clone()
        };
        Ok(self.replace_media(None, Some(&back), Vec::new()).await?.into())
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
