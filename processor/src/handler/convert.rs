//! Brings films into a form that every phone plays. Takes minutes to hours, and tells how far it is.

use std::{
    pin::pin,
    sync::atomic::{AtomicU8, Ordering},
    time::Duration,
};

use model::{
    Conversion, DerivedFile, Error, Media, MediaId, RenditionName, RenditionSize, object_key::playback_recipe,
};
use tokio::time::Instant;

use super::{Fetch, Fetched, MAX_ROUNDS, Processor, changed_too_often};
use crate::{
    Refusal, WorkerLimits,
    video::{Converter, Playback, playback},
    worker::{Ended, Wish},
};

/// Kept back of the time there is, to store what was made.
const RESERVE: Duration = Duration::from_mins(1);
/// The record is told this often how far it is.
const NOTE_INTERVAL: Duration = Duration::from_secs(5);
/// Where nothing changes for so many of these, it is told all the same, so that the work does not count as lost.
const STILL_AT_WORK: u32 = 12;
/// A long film may be broken off by each of several evenings' ends.
const MAX_ATTEMPTS: u32 = 10;
const GIVEN_UP: &str = "Mantel could not convert this film. The original is kept and can be downloaded.";
/// What a film becomes, and how that ended.
type End = Result<DerivedFile, Conversion>;

impl Processor {
    /// The converter, for work that ends before `deadline`.
    pub(super) fn converter(&self, deadline: Instant) -> Option<Converter> {
        let seconds = deadline.saturating_duration_since(Instant::now()).as_secs();
        let launcher = self.tools.worker.launcher(&WorkerLimits::for_films(seconds));
        self.tools.converter.clone().map(|converter| converter.with_launcher(launcher))
    }

    pub(super) async fn convert(&self, id: MediaId, deadline: Instant) -> Result<(), Error> {
        let Some(media) = self.store.get_media(id).await? else {
            // Erased, perhaps while it was being converted.
            return self.store.delete_renditions(id, None).await;
        };
        // Where it is being turned, the turn brings a job of its own.
        if !media.awaits_conversion() || !media.shows_its_turn() {
            return Ok(());
        }
        let end = if media.attempts >= MAX_ATTEMPTS {
            tracing::error!(media.id = %id, "given up after several attempts to convert it");
            Err(refused(GIVEN_UP))
        } else {
            let Some(counted) = self.store.count_attempt(&media, (self.clock)()).await? else {
                return Err(changed_too_often());
            };
            Box::pin(self.convert_now(&counted, deadline)).await?
        };
        self.record_conversion(&media, end).await
    }

    async fn record_conversion(&self, media: &Media, end: End) -> Result<(), Error> {
        let id = media.id;
        for _ in 0..MAX_ROUNDS {
            let Some(now) = self.store.get_media(id).await? else {
                return self.store.delete_renditions(id, None).await;
            };
            if !now.awaits_conversion() || now.rotation != media.rotation {
                // Turned or trashed meanwhile: it will be asked for again.
                return match &end {
                    Ok(made) => self.forget(id, &made.recipe).await,
                    Err(_) => Ok(()),
                };
            }
            if let Some(done) = self.store.finish_conversion(&now, end.clone(), (self.clock)()).await? {
                tracing::info!(media.id = %id, conversion = ?done.conversion, "converted");
                return match &now.playback {
                    Some(old) => self.forget(id, &old.recipe).await,
                    None => Ok(()),
                };
            }
        }
        Err(changed_too_often())
    }

    async fn convert_now(&self, media: &Media, deadline: Instant) -> Result<End, Error> {
        let time_left = deadline.saturating_duration_since(Instant::now());
        let deadline = deadline - RESERVE.min(time_left / 4);
        let Some(converter) = self.converter(deadline) else { return Ok(Err(Conversion::NoConverter)) };
        let fetched = match self.fetch(media).await? {
            Fetch::Done(fetched) if fetched.whole => fetched,
            Fetch::Done(_) | Fetch::Gone | Fetch::Damaged => {
                return Ok(Err(refused("This film cannot be converted; the original can be downloaded.")));
            }
        };
        let report = match self.ask(media, &fetched, Fetched::FILE, Wish::Pictures).await {
            Ok(report) => report,
            Err(ended @ Ended::Lost(_)) => return Err(Error::Unavailable(ended.into())),
            Err(Ended::Crashed(_)) => return Ok(Err(refused("This film is damaged and cannot be converted."))),
        };
        let Some(film) = report.film else { return Ok(Err(refused("This is no film that can be converted."))) };
        let percent = AtomicU8::new(0);
        let tell = |now| percent.store(now, Ordering::Relaxed);
        let (folder, input) = (fetched.folder.path(), fetched.file());
        let making = playback(&converter, &input, &film, media.rotation, folder, deadline, tell);
        let made = self.noting(media, &percent, making).await;
        match made {
            Ok(made) => Ok(Ok(self.keep_playback(media, made).await?)),
            Err(refusal) if refusal.is_transient() => Err(Error::Unavailable(refusal.into())),
            Err(Refusal::CannotConvert { missing }) => {
                tracing::warn!(media.id = %media.id, missing, "the converter lacks something");
                Ok(Err(Conversion::NoConverter))
            }
            Err(refusal) => {
                tracing::warn!(media.id = %media.id, code = refusal.code(), reason = ?refusal, "not converted");
                Ok(Err(refused(&refusal.to_string())))
            }
        }
    }

    /// Waits for the end of `making`, and tells the record now and then how far it is.
    async fn noting<T>(&self, media: &Media, percent: &AtomicU8, making: impl Future<Output = T>) -> T {
        let mut making = pin!(making);
        let mut ticks = tokio::time::interval(NOTE_INTERVAL);
        let mut record = media.clone();
        let (mut noted, mut unchanged) = (None, 0);
        loop {
            tokio::select! {
                made = &mut making => return made,
                _ = ticks.tick() => {}
            }
            let now = percent.load(Ordering::Relaxed);
            unchanged += 1;
            let due = noted != Some(now) || unchanged >= STILL_AT_WORK;
            if !due {
                continue;
            }
            match self.store.note_conversion(&record, now, (self.clock)()).await {
                Ok(Some(changed)) => record = changed,
                // Changed by others: as it is now it may still wait for this.
                Ok(None) => match self.store.get_media(media.id).await {
                    Ok(Some(changed)) => record = changed,
                    Ok(None) => {}
                    Err(error) => tracing::warn!(%error, "progress could not be noted"),
                },
                Err(error) => tracing::warn!(%error, "progress could not be noted"),
            }
            (noted, unchanged) = (Some(now), 0);
        }
    }

    async fn keep_playback(&self, media: &Media, made: Playback) -> Result<DerivedFile, Error> {
        let recipe = playback_recipe(media.rotation);
        self.store.put_rendition_file(media.id, &recipe, RenditionName::Playback, &made.file).await?;
        let size = RenditionSize { width: made.width, height: made.height, size_bytes: made.size_bytes };
        Ok(DerivedFile { recipe, size })
    }
}

fn refused(reason: &str) -> Conversion {
    Conversion::Refused { reason: reason.to_owned() }
}
