//! Delivers the outbox to the processor, at least once, until it is done or dead.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::{FutureExt, StreamExt, stream};
use model::{BACKUP_JOBS, Clock, DRILL_JOBS, object_key::Work};
use processor::{BatchResponse, ObjectCreated, Processor, batch_of_one};
use store::Store as Services;
use tokio::sync::watch;

use crate::{
    backups::Wishes,
    s3::{Keys, OutboxEvent, Store},
};

const BATCH: u32 = 16;
/// Where nothing is due for long, the outbox is looked at this often all the same.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// Events wait in two lines, so that a picture does not wait for the films before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Conversions of films.
    Films,
    /// All else.
    Pictures,
}

impl Lane {
    pub(crate) const ALL: [Self; 2] = [Self::Films, Self::Pictures];

    fn keys(self) -> Keys {
        let films = Work::Convert.prefix();
        match self {
            Self::Films => Keys::With(films),
            Self::Pictures => Keys::Without(films),
        }
    }

    /// How many files are processed at once: decoding takes memory, and a converter takes all cores by itself.
    fn concurrency(self) -> usize {
        match self {
            Self::Films => 1,
            Self::Pictures => 2,
        }
    }

    /// The time that one event has: as long as a Lambda function may run, but for films that of a long evening.
    fn time_per_event(self) -> Duration {
        match self {
            Self::Films => Duration::from_hours(6),
            Self::Pictures => Duration::from_mins(15),
        }
    }
}

/// The outbox, the processor that it feeds, and how they are told apart from AWS: not at all.
#[derive(Clone)]
pub(crate) struct Delivery {
    pub(crate) outbox: Arc<Store>,
    pub(crate) processor: Processor,
    pub(crate) region: String,
    pub(crate) clock: Clock,
    /// What whoever makes backups is asked for.
    pub(crate) wishes: Arc<Wishes>,
    pub(crate) store: Services,
}

impl Delivery {
    /// Delivers until `stop` changes; what is under way is then delivered again after the next start.
    pub(crate) async fn run(self, lane: Lane, stop: watch::Receiver<bool>) {
        let mut put = self.outbox.events_put();
        let mut stopped = stop.clone();
        loop {
            put.mark_unchanged();
            match self.outbox.due_events(lane.keys(), BATCH).await {
                Ok(events) if events.is_empty() => {
                    tokio::select! {
                        _ = put.changed() => {}
                        () = self.until_due(lane) => {}
                        _ = stopped.changed() => {}
                    }
                }
                Ok(events) => {
                    let deliver = |event| self.deliver(event, lane, stop.clone());
                    stream::iter(events).for_each_concurrent(lane.concurrency(), deliver).await;
                }
                Err(error) => {
                    tracing::error!(%error, "the outbox could not be read");
                    pause(&mut stopped).await;
                }
            }
            if *stop.borrow() {
                return;
            }
        }
    }

    /// Until the next event is due, as far as that is known.
    async fn until_due(&self, lane: Lane) {
        let pause = match self.outbox.next_due(lane.keys()).await {
            Ok(Some(due)) => {
                let millis = due.unix_millis() - (self.clock)().unix_millis();
                Duration::from_millis(u64::try_from(millis).unwrap_or(0)).min(LONGEST_PAUSE)
            }
            Ok(None) | Err(_) => LONGEST_PAUSE,
        };
        tokio::time::sleep(pause).await;
    }

    async fn deliver(&self, event: OutboxEvent, lane: Lane, mut stop: watch::Receiver<bool>) {
        if *stop.borrow() {
            return;
        }
        match self.outbox.begin_event(event.id).await {
            Ok(true) => {}
            Ok(false) => {
                tracing::error!(object.key = event.key, "an event ended Mantel again and again; see `mantel redrive`");
                return;
            }
            Err(error) => {
                tracing::error!(%error, event.id, "an event could not be begun");
                return pause(&mut stop).await;
            }
        }
        let noted = tokio::select! {
            failure = self.hand_over(&event, lane) => match &failure {
                None => self.outbox.complete_event(event.id).await,
                Some(reason) => {
                    tracing::error!(object.key = event.key, event.attempts, reason, "an event failed; see `mantel redrive`");
                    self.outbox.fail_event(event.id, reason).await
                }
            },
            _ = stop.changed() => self.outbox.release_event(event.id).await,
        };
        if let Err(error) = noted {
            // It stays in the outbox and comes again, which the processor is made for.
            tracing::error!(%error, event.id, "the outcome of an event could not be noted");
            pause(&mut stop).await;
        }
    }

    /// Gives an event to the processor, and tells why that failed, if it did.
    async fn hand_over(&self, event: &OutboxEvent, lane: Lane) -> Option<String> {
        if event.key.starts_with(BACKUP_JOBS) {
            let wish = if event.key.starts_with(DRILL_JOBS) { &self.wishes.drill } else { &self.wishes.backup };
            wish.notify_one();
            return self.store.delete_backup_job(&event.key).await.err().map(|error| error.to_string());
        }
        let time = event.created.to_string();
        let object = ObjectCreated {
            bucket: &event.bucket,
            key: &event.key,
            size_bytes: event.size_bytes,
            etag: &event.etag,
            sequencer: &event.sequencer,
            time: &time,
        };
        let batch = batch_of_one(&event.id.to_string(), &self.region, &object);
        // A fault of ours in one event must not end the delivery of all others.
        match AssertUnwindSafe(self.processor.handle(batch, lane.time_per_event())).catch_unwind().await {
            Ok(Ok(BatchResponse { failures })) => failures.into_iter().next().map(|failure| failure.reason),
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some("the processor panicked".to_owned()),
        }
    }
}

/// After something that will not be right at once, such as a full disk.
async fn pause(stop: &mut watch::Receiver<bool>) {
    tokio::select! {
        () = tokio::time::sleep(LONGEST_PAUSE) => {}
        _ = stop.changed() => {}
    }
}
