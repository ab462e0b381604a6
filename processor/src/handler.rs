//! From an event to a READY record: download, check, render, store, record. Every step may happen twice.

use std::{path::Path, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use model::{
    Clock, Error, Findings, Media, MediaId, MediaStatus, RenditionName, RenditionSize, Renditions,
    object_key::{OriginalsKey, recipe},
};
use serde_json::Value;
use store::Store;

use crate::{
    Limits, Refusal, Rendered, RenditionFile,
    event::{Batch, BatchResponse, Event, Failure, Message},
    facts, render,
};

/// How often a picture is done over because its record changed meanwhile.
const MAX_ROUNDS: usize = 4;

/// Makes renditions of what was uploaded.
#[derive(Clone)]
pub struct Processor {
    store: Store,
    clock: Clock,
    limits: Limits,
}

/// The outcome of looking at an original's bytes.
struct Looked {
    findings: Findings,
    result: Result<Rendered, String>,
}

impl Processor {
    /// A processor that works on these services, within these limits.
    #[must_use]
    pub fn new(store: Store, clock: Clock, limits: Limits) -> Self {
        Self { store, clock, limits }
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
        self.process(&key).await.map_err(|error| match error {
            Error::Unavailable(reason) | Error::Internal(reason) => reason.to_string(),
            other => other.to_string(),
        })
    }

    async fn process(&self, key: &OriginalsKey) -> Result<(), Error> {
        let id = key.media_id();
        for _ in 0..MAX_ROUNDS {
            // Gone, or in the trash: nothing to do; a restored picture gets a job of its own.
            let Some(media) = self.store.get_media(id).await? else { return Ok(()) };
            let asked_again = matches!(key, OriginalsKey::Job(..));
            if is_done(&media, asked_again) {
                return Ok(());
            }
            if self.process_once(&media).await? {
                return Ok(());
            }
        }
        Err(Error::Unavailable("the record changed again and again while it was processed".into()))
    }

    /// False where the record changed meanwhile, so that it must be done over.
    async fn process_once(&self, media: &Media) -> Result<bool, Error> {
        let folder = tempfile::tempdir().map_err(Error::internal)?;
        let file = folder.path().join("original");
        let Some((size_bytes, sha256)) = self.store.download_original(media.id, &file).await? else {
            return Ok(true);
        };
        if (size_bytes, sha256) != (media.size_bytes, media.sha256) {
            tracing::warn!(media.id = %media.id, size_bytes, "the stored bytes are not those that were announced");
            let reason = "This file was damaged on its way. Please upload it again.";
            self.store.reject_media(media, reason, (self.clock)()).await?;
            return Ok(true);
        }
        if media.status == MediaStatus::Uploading {
            // All bytes are here and right, so that it does not matter whether the client still says so.
            self.store.admit_media(media, (self.clock)()).await?;
            return Ok(false);
        }
        let looked = self.look(media, &file).await?;
        self.record(media, looked).await
    }

    async fn look(&self, media: &Media, file: &Path) -> Result<Looked, Error> {
        let (file, rotation, limits) = (file.to_owned(), media.rotation, self.limits);
        let declared = (media.kind, media.content_type.clone());
        let looked = tokio::task::spawn_blocking(move || match render(&file, rotation, &limits) {
            Ok(rendered) => Ok(Looked { findings: findings_of(&rendered), result: Ok(rendered) }),
            Err(refusal) if refusal.is_transient() => Err(Error::Unavailable(refusal.into())),
            Err(refusal) => Ok(refused(&file, &refusal, declared)),
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
        self.store.delete_renditions(done.id, done.renditions.as_ref().map(|kept| kept.recipe.as_str())).await?;
        self.store.refresh_gallery_span(done.gallery_id, None).await?;
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
    let current = media.renditions.as_ref().is_some_and(|made| made.recipe == recipe(media.rotation));
    match media.status {
        MediaStatus::Trashed => true,
        MediaStatus::Ready => current,
        MediaStatus::Failed => !asked_again,
        MediaStatus::Uploading | MediaStatus::Processing => false,
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
fn refused(file: &Path, refusal: &Refusal, (kind, content_type): (model::MediaKind, String)) -> Looked {
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
    Looked { findings, result: Err(refusal.to_string()) }
}
