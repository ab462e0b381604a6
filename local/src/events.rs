//! Delivers the outbox to the processor, at least once, until it is done or dead.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt, stream};
use model::Clock;
use processor::{BatchResponse, ObjectCreated, Processor, batch_of_one};
use tokio::sync::watch;

use crate::s3::{OutboxEvent, Store};

/// How many files are processed at once: decoding takes memory.
const CONCURRENCY: usize = 2;
const BATCH: u32 = 16;
/// The time that one event has, as long as a Lambda function may run.
const TIME_PER_EVENT: Duration = Duration::from_mins(15);
/// Where nothing is due for long, the outbox is looked at this often all the same.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// The outbox, the processor that it feeds, and how they are told apart from AWS: not at all.
pub(crate) struct Delivery {
    pub(crate) outbox: Arc<Store>,
    pub(crate) processor: Processor,
    pub(crate) region: String,
    pub(crate) clock: Clock,
}

impl Delivery {
    /// Delivers until `stop` changes; what is under way is then delivered again after the next start.
    pub(crate) async fn run(self, mut stop: watch::Receiver<bool>) {
        loop {
            let round = async {
                match self.outbox.due_events(BATCH).await {
                    Ok(events) if events.is_empty() => self.pause().await,
                    Ok(events) => {
                        stream::iter(events).for_each_concurrent(CONCURRENCY, |event| self.deliver(event)).await;
                    }
                    Err(error) => {
                        tracing::error!(%error, "the outbox could not be read");
                        tokio::time::sleep(LONGEST_PAUSE).await;
                    }
                }
            };
            tokio::select! {
                () = round => {}
                _ = stop.changed() => return,
            }
        }
    }

    /// Until an event arrives, or the next one is due.
    async fn pause(&self) {
        let until_due = match self.outbox.next_due().await {
            Ok(Some(due)) => {
                let millis = due.unix_millis() - (self.clock)().unix_millis();
                Duration::from_millis(u64::try_from(millis).unwrap_or(0)).min(LONGEST_PAUSE)
            }
            Ok(None) | Err(_) => LONGEST_PAUSE,
        };
        tokio::select! {
            () = self.outbox.wait_for_event() => {}
            () = tokio::time::sleep(until_due) => {}
        }
    }

    async fn deliver(&self, event: OutboxEvent) {
        match self.outbox.begin_event(event.id).await {
            Ok(true) => {}
            Ok(false) => {
                tracing::error!(object.key = event.key, "an event ended Mantel again and again; see `mantel redrive`");
                return;
            }
            Err(error) => {
                tracing::error!(%error, event.id, "an event could not be begun");
                return;
            }
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
        let failure = match self.processor.handle(batch, TIME_PER_EVENT).await {
            Ok(BatchResponse { failures }) => failures.into_iter().next().map(|failure| failure.reason),
            Err(error) => Some(error.to_string()),
        };
        let noted = match &failure {
            None => self.outbox.complete_event(event.id).await,
            Some(reason) => {
                tracing::error!(
                    object.key = event.key,
                    event.attempts,
                    reason,
                    "an event failed; see `mantel redrive`"
                );
                self.outbox.fail_event(event.id, reason).await
            }
        };
        if let Err(error) = noted {
            // It stays in the outbox and comes again, which the processor is made for.
            tracing::error!(%error, event.id, "the outcome of an event could not be noted");
        }
    }
}
