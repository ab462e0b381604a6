//! Finds what got lost on its way, and asks for what is made otherwise today.

use model::{
    Conversion, Error, Media, MediaStatus, Timestamp,
    object_key::{Work, playback_recipe},
};
use serde::{Deserialize, Serialize};
use store::Store;

use super::Processor;

/// Lost processing is asked for anew after this long without a change, and then after twice as long each time: it may be
/// waiting behind thousands of others.
const LOST_AFTER_SECONDS: i64 = 15 * 60;
const MAX_ATTEMPTS: u32 = 5;
const GIVEN_UP: &str = "Mantel could not process this file. The original is kept and can be downloaded.";

/// What to process anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reprocess {
    /// What could not be processed, too, as Mantel may know better by now.
    pub failed: bool,
}

/// How many files were asked for anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// Small pictures that are made otherwise today.
    pub outdated: usize,
    /// Films without a form that every phone plays, for want of a converter.
    pub films: usize,
    /// What could not be processed.
    pub failed: usize,
}

impl Processor {
    /// Finds media whose processing got lost on the way, and asks for it anew; what fails again and again is given up.
    /// To be called now and then.
    ///
    /// # Errors
    /// When a service does not answer; the next call goes on.
    pub async fn reconcile(&self) -> Result<(), Error> {
        let now = (self.clock)();
        for media in self.store.scan_unfinished_media(now.plus_seconds(-LOST_AFTER_SECONDS)).await? {
            // What is wrong with one is no reason to leave the others.
            if let Err(error) = self.ask_again(&media, now).await {
                tracing::warn!(media.id = %media.id, %error, "lost processing could not be asked for anew");
            }
        }
        Ok(())
    }

    async fn ask_again(&self, media: &Media, now: Timestamp) -> Result<(), Error> {
        if media.status == MediaStatus::Uploading && self.store.head_original(media.id).await?.is_none() {
            return Ok(());
        }
        if media.awaits_conversion() && media.shows_its_turn() {
            // It may be waiting for the films before it: that is no attempt, and no reason to give it up.
            self.store.note_conversion(media, 0, now).await?;
            return self.ask_conversion(media).await;
        }
        if media.updated_at.plus_seconds(LOST_AFTER_SECONDS << media.attempts.min(MAX_ATTEMPTS)) > now {
            return Ok(());
        }
        if media.attempts >= MAX_ATTEMPTS {
            tracing::error!(media.id = %media.id, "given up after several attempts to process it");
            self.store.give_up(media, GIVEN_UP, now).await?;
        } else if let Some(counted) = self.store.count_attempt(media, now).await? {
            tracing::warn!(media.id = %media.id, attempts = counted.attempts, "processing got lost; asked for anew");
            self.store.put_job(Work::Render, media.id, &format!("again-{}", now.unix_millis())).await?;
        }
        Ok(())
    }

    /// Has a film converted. Asking twice for the same is one job.
    pub(super) async fn ask_conversion(&self, media: &Media) -> Result<(), Error> {
        self.store.put_job(Work::Convert, media.id, &playback_recipe(media.rotation)).await
    }
}

/// Asks for all small pictures that are made otherwise today, and for films that nothing could convert before. What there
/// is stays until the new is there.
///
/// # Errors
/// When a service does not answer; another call goes on.
pub async fn reprocess(store: &Store, what: Reprocess, now: Timestamp) -> Result<Asked, Error> {
    let name = format!("anew-{}", now.unix_millis());
    let mut asked = Asked::default();
    for media in store.scan_media(|media| is_wanted(media, what)).await? {
        let count = match media.status {
            MediaStatus::Failed => &mut asked.failed,
            _ if media.is_refused() => &mut asked.failed,
            _ if media.conversion == Some(Conversion::NoConverter) => &mut asked.films,
            _ => &mut asked.outdated,
        };
        *count += 1;
        store.put_job(Work::Render, media.id, &name).await?;
    }
    Ok(asked)
}

fn is_wanted(media: &Media, what: Reprocess) -> bool {
    match media.status {
        MediaStatus::Ready => media.is_outdated() || (what.failed && media.is_refused()),
        MediaStatus::Failed => what.failed && !media.rejected,
        MediaStatus::Uploading | MediaStatus::Processing | MediaStatus::Trashed => false,
    }
}
