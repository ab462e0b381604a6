//! From an event to a READY record: download, check, render, store, record. Every step may happen twice.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use model::{
    Clock, Error, Findings, Media, MediaId, MediaStatus, RenditionName, RenditionSize, Renditions,
    object_key::{OriginalsKey, recipe},
};
use serde_json::Value;
use store::Store;

use crate::{
    HEAD_BYTES, Limits, Rendered, RenditionFile,
    event::{Batch, BatchResponse, Event, Failure, Message},
    facts, render,
};

/// How often a picture is done over because its record changed meanwhile.
const MAX_ROUNDS: usize = 4;
/// Larger files are kept, but not looked into: they would fill the disk of a function.
const MAX_RENDERED_BYTES: u64 = 400 * 1024 * 1024;
const TOO_LARGE_TO_RENDER: &str =
    "This file is too large for Mantel to show. The original is kept and can be downloaded.";
/// Lost processing is asked for anew after this long without a change.
const LOST_AFTER_SECONDS: i64 = 15 * 60;
const MAX_ATTEMPTS: u32 = 5;

/// Makes renditions of what was uploaded.
#[derive(Clone)]
pub struct Processor {
    store: Store,
    clock: Clock,
    limits: Limits,
    scratch: PathBuf,
}

/// The outcome of looking at an original's bytes.
struct Looked {
    findings: Findings,
    result: Result<Rendered, String>,
}

impl Processor {
    /// A processor that works on these services, within these limits, with temporary files in the folder `scratch`.
    #[must_use]
    pub fn new(store: Store, clock: Clock, limits: Limits, scratch: PathBuf) -> Self {
        Self { store, clock, limits, scratch }
    }

    /// Handles one batch within `time_left`, and names the messages that must come again.
    ///
    /// # Errors
    /// When the batch itself is not in the form of SQS.
    pub async fn handle(&self, batch: Value, time_left: Duration) -> Result<BatchResponse, serde_json::Error> {
        let batch: Batch = serde_json::from_value(batch)?;
        let deadline = tokio::time::Instant::now() + time_left;
        let mut response = BatchResponse::default();
        for message in batch.records {
            let outcome = tokio::time::timeout_at(deadline, self.handle_message(&message)).await;
            let reason = match outcome {
                Ok(Ok(())) => continue,
                Ok(Err(reason)) => reason,
                Err(_) => "the time of this invocation was over".to_owned(),
            };
            tracing::error!(message.id = message.message_id, reason, "processing failed and will be tried again");
            response.failures.push(Failure { message_id: message.message_id, reason });
        }
        Ok(response)
    }

    /// Finds media whose processing got lost on the way, and asks for it anew; what fails again and again is given up.
    /// To be called now and then.
    ///
    /// # Errors
    /// When a service does not answer; the next call goes on.
    pub async fn reconcile(&self) -> Result<(), Error> {
        let now = (self.clock)();
        for media in self.store.scan_unfinished_media(now.plus_seconds(-LOST_AFTER_SECONDS)).await? {
            let waiting = media.status == MediaStatus::Uploading && self.store.head_original(media.id).await?.is_none();
            if waiting {
                continue;
            }
            if media.attempts >= MAX_ATTEMPTS {
                tracing::error!(media.id = %media.id, "given up after several attempts to process it");
                let reason = "Mantel could not process this file. The original is kept and can be downloaded.";
                self.store.give_up(&media, reason, now).await?;
            } else if let Some(counted) = self.store.count_attempt(&media, now).await? {
                tracing::warn!(media.id = %media.id, attempts = counted.attempts, "processing got lost; asked for anew");
                self.store.put_job(media.id, &format!("again-{}", now.unix_millis())).await?;
            }
        }
        Ok(())
    }

    async fn handle_message(&self, message: &Message) -> Result<(), String> {
        let event: Event =
            serde_json::from_str(&message.body).map_err(|error| format!("not an EventBridge event: {error}"))?;
        if event.detail_type != "Object Created" {
            return Ok(());
        }
        let Some(key) = OriginalsKey::parse(&event.detail.object.key) else {
            tracing::warn!(object.key = event.detail.object.key, "not an object of ours; left alone");
            return Ok(());
        };
        let done = async {
            self.process(&key).await?;
            match &key {
                OriginalsKey::Original(_) => Ok(()),
                OriginalsKey::Job(id, name) => self.store.delete_job(*id, name).await,
            }
        };
        done.await.map_err(|error| match error {
            Error::Unavailable(reason) | Error::Internal(reason) => reason.to_string(),
            other => other.to_string(),
        })
    }

    async fn process(&self, key: &OriginalsKey) -> Result<(), Error> {
        let id = key.media_id();
        for _ in 0..MAX_ROUNDS {
            let Some(media) = self.store.get_media(id).await? else {
                // Erased, perhaps while its renditions were being made.
                return self.store.delete_renditions(id, None).await;
            };
            let asked_again = matches!(key, OriginalsKey::Job(..));
            if is_done(&media, asked_again) || self.process_once(&media).await? {
                return Ok(());
            }
        }
        Err(Error::Unavailable("the record changed again and again while it was processed".into()))
    }

    /// False where the record changed meanwhile, so that it must be done over.
    async fn process_once(&self, media: &Media) -> Result<bool, Error> {
        if media.status == MediaStatus::Uploading {
            return self.admit(media).await;
        }
        let folder = tempfile::tempdir_in(&self.scratch).map_err(Error::internal)?;
        let file = folder.path().join("original");
        let whole = media.size_bytes <= MAX_RENDERED_BYTES;
        let keep_bytes = if whole { MAX_RENDERED_BYTES } else { HEAD_BYTES as u64 };
        let Some(stored) = self.store.download_original(media.id, &file, keep_bytes).await? else { return Ok(true) };
        if stored != (media.size_bytes, media.sha256) {
            tracing::warn!(media.id = %media.id, size_bytes = stored.0, "the stored bytes are not those announced");
            let reason = "This file was damaged on its way. Please upload it again.";
            return self.store.reject_media(media, reason, (self.clock)()).await;
        }
        let looked = self.look(media, &file, whole).await?;
        self.record(media, looked).await
    }

    /// Where all bytes are here, it does not matter whether the client still says so. What they are is looked at next.
    async fn admit(&self, media: &Media) -> Result<bool, Error> {
        if self.store.head_original(media.id).await?.is_none() {
            return Ok(true);
        }
        self.store.admit_media(media, (self.clock)()).await?;
        Ok(false)
    }

    async fn look(&self, media: &Media, file: &Path, whole: bool) -> Result<Looked, Error> {
        let (id, file, rotation, limits) = (media.id, file.to_owned(), media.rotation, self.limits);
        let declared = (media.kind, media.content_type.clone());
        let looked = tokio::task::spawn_blocking(move || {
            if !whole {
                return Ok(refused(&file, TOO_LARGE_TO_RENDER.to_owned(), declared));
            }
            match render(&file, rotation, &limits) {
                Ok(rendered) => {
                    if rendered.partial {
                        tracing::warn!(media.id = %id, "the file is damaged; its renditions show what could be read");
                    }
                    Ok(Looked { findings: findings_of(&rendered), result: Ok(rendered) })
                }
                Err(refusal) if refusal.is_transient() => Err(Error::Unavailable(refusal.into())),
                Err(refusal) => {
                    tracing::info!(media.id = %id, code = refusal.code(), reason = ?refusal, "no renditions");
                    Ok(refused(&file, refusal.to_string(), declared))
                }
            }
        });
        looked.await.map_err(Error::internal)?
    }

    async fn record(&self, media: &Media, looked: Looked) -> Result<bool, Error> {
        let recipe = recipe(media.rotation);
        let renditions = match looked.result {
            Ok(rendered) => Ok(self.keep(media.id, &recipe, rendered).await?),
            Err(reason) => Err(reason),
        };
        let outcome = renditions.as_ref().map_err(String::as_str);
        let now = (self.clock)();
        let Some(done) = self.store.finish_processing(media, &looked.findings, outcome, now).await? else {
            return Ok(false);
        };
        // Only what this run replaced: a later turn may be on its way already.
        if let Some(old) = media.renditions.as_ref().filter(|old| done.renditions.as_ref() != Some(old)) {
            self.store.delete_renditions(done.id, Some(&old.recipe)).await?;
        }
        self.store.refresh_gallery_span(done.gallery_id).await?;
        tracing::info!(media.id = %done.id, status = ?done.status, size_bytes = done.size_bytes, "processed");
        Ok(true)
    }

    async fn keep(&self, id: MediaId, recipe: &str, rendered: Rendered) -> Result<Renditions, Error> {
        let thumbnail = self.put(id, recipe, RenditionName::Thumbnail, rendered.thumbnail).await?;
        let preview = self.put(id, recipe, RenditionName::Preview, rendered.preview).await?;
        Ok(Renditions { recipe: recipe.to_owned(), thumbnail, preview })
    }

    async fn put(
        &self,
        id: MediaId,
        recipe: &str,
        name: RenditionName,
        file: RenditionFile,
    ) -> Result<RenditionSize, Error> {
        let size = RenditionSize { width: file.width, height: file.height, size_bytes: file.jpeg.len() as u64 };
        self.store.put_rendition(id, recipe, name, file.jpeg).await?;
        Ok(size)
    }
}

/// Whether there is nothing left to do for this record.
fn is_done(media: &Media, asked_again: bool) -> bool {
    match media.status {
        // Other bytes will not become right by looking again.
        MediaStatus::Failed => !asked_again || media.rejected,
        // A picture that returns from the trash gets a job of its own.
        MediaStatus::Trashed => true,
        MediaStatus::Ready | MediaStatus::Uploading | MediaStatus::Processing => !media.is_unfinished(),
    }
}

fn findings_of(rendered: &Rendered) -> Findings {
    Findings {
        kind: rendered.format.kind(),
        content_type: rendered.format.content_type().to_owned(),
        width: Some(rendered.width),
        height: Some(rendered.height),
        taken_at: rendered.taken_at,
        location: rendered.location,
        exif: Some(rendered.exif.clone()),
        thumbhash: Some(BASE64_STANDARD.encode(&rendered.thumbhash)),
        dominant_color: Some(rendered.dominant_color.clone()),
    }
}

/// No picture could be made; what the file says of itself is still worth keeping.
fn refused(file: &Path, reason: String, (kind, content_type): (model::MediaKind, String)) -> Looked {
    let mut findings = Findings {
        kind,
        content_type,
        width: None,
        height: None,
        taken_at: None,
        location: None,
        exif: None,
        thumbhash: None,
        dominant_color: None,
    };
    if let Ok(facts) = facts(file) {
        findings.kind = facts.format.kind();
        facts.format.content_type().clone_into(&mut findings.content_type);
        findings.taken_at = facts.taken_at;
        findings.location = facts.location;
        findings.exif = Some(facts.exif);
    }
    Looked { findings, result: Err(reason) }
}
