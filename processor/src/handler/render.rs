//! Looks at a file, and makes its small pictures.

use model::{
    Conversion, Error, Findings, Media, MediaKind, MediaStatus, RenditionName, Renditions,
    object_key::{OriginalsKey, recipe, sign_recipe},
};
use tokio::time::Instant;

use super::{Fetch, Fetched, MAX_ROUNDS, Processor, changed_too_often};
use crate::{
    video::{VideoFacts, poster},
    worker::{Ended, Pictures, Refused, Report, Task, Wish},
};

const TOO_LARGE_TO_SHOW: &str =
    "This file is too large for Mantel to show. The original is kept and can be downloaded.";
const DAMAGED_ON_ITS_WAY: &str = "This file was damaged on its way. Please upload it again.";

impl Processor {
    pub(super) async fn process(&self, key: &OriginalsKey, deadline: Instant) -> Result<(), Error> {
        let id = key.media_id();
        for _ in 0..MAX_ROUNDS {
            let Some(media) = self.store.get_media(id).await? else {
                // Erased, perhaps while its renditions were being made.
                return self.store.delete_renditions(id, None).await;
            };
            let asked_again = matches!(key, OriginalsKey::Job(..));
            if is_done(&media, asked_again) {
                // It may have been in the trash while it was to be converted.
                return if media.awaits_conversion() { self.ask_conversion(&media).await } else { Ok(()) };
            }
            if self.process_once(&media, deadline).await? {
                return Ok(());
            }
        }
        Err(changed_too_often())
    }

    /// False where the record changed meanwhile, so that it must be done over.
    async fn process_once(&self, media: &Media, deadline: Instant) -> Result<bool, Error> {
        if media.status == MediaStatus::Uploading {
            return self.admit(media).await;
        }
        match self.fetch(media).await? {
            Fetch::Gone => Ok(true),
            Fetch::Damaged => self.store.reject_media(media, DAMAGED_ON_ITS_WAY, (self.clock)()).await,
            Fetch::Done(fetched) => {
                let report = self.look(media, &fetched, deadline).await?;
                self.record(media, &fetched, report).await
            }
        }
    }

    /// Where all bytes are here, it does not matter whether the client still says so. What they are is looked at next.
    async fn admit(&self, media: &Media) -> Result<bool, Error> {
        if self.store.head_original(media.id).await?.is_none() {
            return Ok(true);
        }
        self.store.admit_media(media, (self.clock)()).await?;
        Ok(false)
    }

    /// Has a file looked at. Where that ends the worker, what the file says of itself may still be had.
    async fn look(&self, media: &Media, fetched: &Fetched, deadline: Instant) -> Result<Report, Error> {
        let refused = if fetched.whole {
            match self.ask(media, fetched, Fetched::FILE, Wish::Pictures).await {
                Ok(Report { findings, film: Some(film), .. }) => {
                    return self.look_at_film(media, fetched, (findings, film), deadline).await;
                }
                Ok(report) => return Ok(report),
                Err(ended @ Ended::Lost(_)) => return Err(Error::Unavailable(ended.into())),
                Err(Ended::Crashed(how)) => Refused::crashed(how),
            }
        } else {
            Refused::too_large(TOO_LARGE_TO_SHOW)
        };
        let findings = match self.ask(media, fetched, Fetched::FILE, Wish::Facts).await {
            Ok(report) => report.findings,
            Err(ended @ Ended::Lost(_)) => return Err(Error::Unavailable(ended.into())),
            Err(Ended::Crashed(_)) => Findings::of(media.kind, media.content_type.clone()),
        };
        Ok(Report { pictures: Err(refused), ..Report::of(findings) })
    }

    /// The small pictures of a film are those of one of its pictures, or of a sign where nothing can take one.
    async fn look_at_film(
        &self,
        media: &Media,
        fetched: &Fetched,
        (findings, film): (Findings, VideoFacts),
        deadline: Instant,
    ) -> Result<Report, Error> {
        let (name, wish) = match self.converter(deadline) {
            None => (String::new(), Wish::Placeholder { width: film.width, height: film.height }),
            Some(converter) => {
                let folder = fetched.folder.path();
                match poster(&converter, &fetched.file(), &film, folder, deadline).await {
                    Ok(path) => (path.file_name().unwrap_or_default().to_string_lossy().into_owned(), Wish::Pictures),
                    Err(refusal) if refusal.is_transient() => return Err(Error::Unavailable(refusal.into())),
                    Err(refusal) => return Ok(Report { pictures: Err(refusal.into()), ..Report::of(findings) }),
                }
            }
        };
        let seen = match self.ask(media, fetched, &name, wish).await {
            Ok(seen) => seen,
            Err(ended @ Ended::Lost(_)) => return Err(Error::Unavailable(ended.into())),
            Err(Ended::Crashed(how)) => {
                return Ok(Report { pictures: Err(Refused::crashed(how)), ..Report::of(findings) });
            }
        };
        let (width, height) =
            if media.rotation.swaps_sides() { (film.height, film.width) } else { (film.width, film.height) };
        let Findings { thumbhash, dominant_color, .. } = seen.findings;
        let findings = Findings { width: Some(width), height: Some(height), thumbhash, dominant_color, ..findings };
        Ok(Report { pictures: seen.pictures, ..Report::of(findings) })
    }

    pub(super) async fn ask(&self, media: &Media, fetched: &Fetched, file: &str, wish: Wish) -> Result<Report, Ended> {
        let task = Task {
            file: file.to_owned(),
            kind: media.kind,
            content_type: media.content_type.clone(),
            rotation: media.rotation,
            limits: self.tools.limits,
            wish,
        };
        self.tools.worker.run(fetched.folder.path(), &task).await
    }

    async fn record(&self, media: &Media, fetched: &Fetched, report: Report) -> Result<bool, Error> {
        let findings = report.findings;
        let renditions = match report.pictures {
            Ok(pictures) => Ok(self.keep(media, fetched, (findings.kind, pictures)).await?),
            Err(refused) => {
                let Refused { code, reason, detail } = refused;
                tracing::info!(media.id = %media.id, code, detail, "no renditions");
                Err(reason)
            }
        };
        if findings.damaged {
            tracing::warn!(media.id = %media.id, "the file is damaged; its renditions show what could be read");
        }
        let outcome = renditions.as_ref().map_err(String::as_str);
        let conversion = if renditions.is_ok() { self.conversion_of(media, &findings) } else { None };
        let now = (self.clock)();
        let Some(done) = self.store.finish_processing(media, &findings, outcome, conversion, now).await? else {
            return Ok(false);
        };
        if done.awaits_conversion() {
            self.ask_conversion(&done).await?;
        }
        self.store.refresh_gallery_span(done.gallery_id).await?;
        // Only what this run replaced: a later turn may be on its way already.
        if let Some(old) = &media.renditions {
            self.forget(done.id, &old.recipe).await?;
        }
        tracing::info!(media.id = %done.id, status = ?done.status, size_bytes = done.size_bytes, "processed");
        Ok(true)
    }

    /// What is to become of a film.
    fn conversion_of(&self, media: &Media, findings: &Findings) -> Option<Conversion> {
        if findings.kind == MediaKind::Photo || media.plays_its_turn() {
            return None;
        }
        let waiting = self.tools.converter.as_ref().map(|_| Conversion::Waiting { percent: 0 });
        Some(waiting.unwrap_or(Conversion::NoConverter))
    }

    async fn keep(
        &self,
        media: &Media,
        fetched: &Fetched,
        (kind, pictures): (MediaKind, Pictures),
    ) -> Result<Renditions, Error> {
        let is_sign = kind == MediaKind::Video && self.tools.converter.is_none();
        let recipe = if is_sign { sign_recipe(media.rotation) } else { recipe(media.rotation) };
        self.put(media.id, &recipe, RenditionName::Thumbnail, fetched, Pictures::THUMBNAIL).await?;
        self.put(media.id, &recipe, RenditionName::Preview, fetched, Pictures::PREVIEW).await?;
        Ok(Renditions { recipe, thumbnail: pictures.thumbnail, preview: pictures.preview })
    }
}

/// Whether there is nothing left to do for this record.
fn is_done(media: &Media, asked_again: bool) -> bool {
    match media.status {
        // Other bytes will not become right by looking again.
        MediaStatus::Failed => !asked_again || media.rejected,
        // A picture that returns from the trash gets a job of its own.
        MediaStatus::Trashed => true,
        MediaStatus::Ready => media.shows_its_turn() && !(asked_again && (media.is_outdated() || media.is_refused())),
        MediaStatus::Uploading | MediaStatus::Processing => false,
    }
}
