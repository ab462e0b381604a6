//! From an event to a READY record: download, check, have it looked at, store, record. Every step may happen twice.

mod convert;
mod maintenance;
mod render;
mod upright;

use std::{path::PathBuf, time::Duration};

use model::{
    BACKUP_JOBS, Clock, Error, Media, MediaId, RenditionName,
    object_key::{OriginalsKey, Work},
};
use serde_json::Value;
use store::Store;
use tempfile::TempDir;
use tokio::time::Instant;

pub use self::maintenance::{Asked, Reprocess, reprocess};
use crate::{
    HEAD_BYTES, Limits, Worker,
    event::{Batch, BatchResponse, Event, Failure, Message},
    video::Converter,
};

/// How often a file is done over because its record changed meanwhile.
const MAX_ROUNDS: usize = 4;
/// Larger pictures are kept, but not looked into.
const MAX_PICTURE_BYTES: u64 = 400 * 1024 * 1024;

/// What a processor works with.
#[derive(Clone, Debug)]
pub struct Tools {
    /// What decoding a picture may take.
    pub limits: Limits,
    /// Who looks into files.
    pub worker: Worker,
    /// A folder for temporary files.
    pub scratch: PathBuf,
    /// Larger films are kept, but not looked into: they would fill the disk.
    pub max_film_bytes: u64,
    /// Who makes pictures of films, and films that phones play.
    pub converter: Option<Converter>,
}

/// Makes renditions of what was uploaded.
#[derive(Clone)]
pub struct Processor {
    store: Store,
    clock: Clock,
    tools: Tools,
}

/// An original on the disk, in a folder of its own that goes with it.
struct Fetched {
    folder: TempDir,
    /// Whether all of it is there, or only its beginning.
    whole: bool,
}

impl Fetched {
    /// Its name within the folder.
    const FILE: &str = "original";

    fn file(&self) -> PathBuf {
        self.folder.path().join(Self::FILE)
    }
}

/// What came of fetching an original.
enum Fetch {
    Done(Fetched),
    /// There is no such object (any more).
    Gone,
    /// Its bytes are not those that were announced.
    Damaged,
}

impl Processor {
    /// A processor that works on these services, with these tools.
    #[must_use]
    pub fn new(store: Store, clock: Clock, tools: Tools) -> Self {
        Self { store, clock, tools }
    }

    /// Handles one batch within `time_left`, and names the messages that must come again.
    ///
    /// # Errors
    /// When the batch itself is not in the form of SQS.
    pub async fn handle(&self, batch: Value, time_left: Duration) -> Result<BatchResponse, serde_json::Error> {
        let batch: Batch = serde_json::from_value(batch)?;
        let deadline = Instant::now() + time_left;
        let mut response = BatchResponse::default();
        for message in batch.records {
            let handled = Box::pin(self.handle_message(&message, deadline));
            let outcome = tokio::time::timeout_at(deadline, handled).await;
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

    async fn handle_message(&self, message: &Message, deadline: Instant) -> Result<(), String> {
        let event: Event =
            serde_json::from_str(&message.body).map_err(|error| format!("not an EventBridge event: {error}"))?;
        if event.detail_type != "Object Created" {
            return Ok(());
        }
        let Some(key) = OriginalsKey::parse(&event.detail.object.key) else {
            if event.detail.object.key.starts_with(BACKUP_JOBS) {
                return Ok(());
            }
            tracing::warn!(object.key = event.detail.object.key, "not an object of ours; left alone");
            return Ok(());
        };
        let done = async {
            match key.work() {
                Work::Render => self.process(&key, deadline).await?,
                Work::Convert => Box::pin(self.convert(key.media_id(), deadline)).await?,
                Work::Upright => self.make_upright(key.media_id()).await?,
            }
            match &key {
                OriginalsKey::Original(_) => Ok(()),
                OriginalsKey::Job(..) => self.store.delete_from_originals(&key).await,
            }
        };
        Box::pin(done).await.map_err(|error| match error {
            Error::Unavailable(reason) | Error::Internal(reason) => reason.to_string(),
            other => other.to_string(),
        })
    }

    /// Brings an original to the disk, at least its beginning.
    async fn fetch(&self, media: &Media) -> Result<Fetch, Error> {
        let folder = tempfile::tempdir_in(&self.tools.scratch).map_err(Error::internal)?;
        let most = match media.kind {
            model::MediaKind::Photo => MAX_PICTURE_BYTES,
            model::MediaKind::Video => self.tools.max_film_bytes,
        };
        let whole = media.size_bytes <= most;
        let keep_bytes = if whole { most } else { HEAD_BYTES as u64 };
        let file = folder.path().join(Fetched::FILE);
        let Some(stored) = self.store.download_original(media.id, &file, keep_bytes).await? else {
            return Ok(Fetch::Gone);
        };
        if stored != (media.size_bytes, media.sha256) {
            tracing::warn!(media.id = %media.id, size_bytes = stored.0, "the stored bytes are not those announced");
            return Ok(Fetch::Damaged);
        }
        Ok(Fetch::Done(Fetched { folder, whole }))
    }

    /// Deletes what was made by a recipe, unless the record names it: another run may have made it anew.
    async fn forget(&self, id: MediaId, recipe: &str) -> Result<(), Error> {
        let now = self.store.get_media(id).await?;
        if now.is_some_and(|now| now.names(recipe)) {
            return Ok(());
        }
        self.store.delete_renditions(id, Some(recipe)).await
    }

    /// Stores a file that was made of an original.
    async fn put(
        &self,
        id: MediaId,
        recipe: &str,
        name: RenditionName,
        fetched: &Fetched,
        file: &str,
    ) -> Result<(), Error> {
        self.store.put_rendition_file(id, recipe, name, &fetched.folder.path().join(file)).await
    }
}

fn changed_too_often() -> Error {
    Error::Unavailable("the record changed again and again while it was processed".into())
}
