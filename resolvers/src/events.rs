//! Passes events on within one process, from where they are told to those who listen.

use std::sync::{Mutex, PoisonError};

use futures::{Stream, stream};
use model::Event;
use tokio::sync::broadcast::{Receiver, Sender, channel, error::RecvError};

/// How far a listener may fall behind before it must begin anew.
const CAPACITY: usize = 1_024;

/// Where events are told and heard. On AWS, AppSync passes them on, and nobody listens here.
#[derive(Clone, Debug)]
pub struct Events(Sender<Event>);

impl Default for Events {
    fn default() -> Self {
        Self(channel(CAPACITY).0)
    }
}

/// Why no more events come.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooSlow;

impl Events {
    /// Tells whoever listens.
    pub(crate) fn tell(&self, event: Event) {
        // That nobody listens is no mistake.
        let _ = self.0.send(event);
    }

    /// Listens from now on.
    pub(crate) fn listen(&self) -> Listening {
        Listening(Mutex::new(Some(self.0.subscribe())))
    }
}

/// All events since somebody began to listen. Lies beside a request, for its one subscription.
pub(crate) struct Listening(Mutex<Option<Receiver<Event>>>);

impl Listening {
    /// The events. There is one listener: a second gets none.
    pub(crate) fn events(&self) -> impl Stream<Item = Result<Event, TooSlow>> + Send + use<> {
        let receiver = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        stream::unfold(receiver, |receiver| async move {
            let mut receiver = receiver?;
            match receiver.recv().await {
                Ok(event) => Some((Ok(event), Some(receiver))),
                Err(RecvError::Lagged(_)) => Some((Err(TooSlow), None)),
                Err(RecvError::Closed) => None,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use futures::StreamExt;
    use model::{MediaEvent, MediaStatus};

    use super::*;

    fn event(status: MediaStatus) -> Event {
        let ulid = "01JZZZZZZZZZZZZZZZZZZZZZZZ";
        Event::Media(MediaEvent {
            gallery_id: format!("gal_{ulid}").parse().expect("an id"),
            media_id: format!("med_{ulid}").parse().expect("an id"),
            status,
        })
    }

    #[tokio::test]
    async fn a_listener_hears_what_is_told_after_it_began_in_order() {
        let events = Events::default();
        events.tell(event(MediaStatus::Processing));
        let mut heard = Box::pin(events.listen().events());
        events.tell(event(MediaStatus::Ready));
        events.tell(event(MediaStatus::Failed));
        assert_eq!(heard.next().await, Some(Ok(event(MediaStatus::Ready))));
        assert_eq!(heard.next().await, Some(Ok(event(MediaStatus::Failed))));
        drop(events);
        assert_eq!(heard.next().await, None);
    }

    #[tokio::test]
    async fn a_listener_that_fell_behind_is_told_so_and_hears_no_more() {
        let events = Events::default();
        let mut heard = Box::pin(events.listen().events());
        for _ in 0..=CAPACITY {
            events.tell(event(MediaStatus::Ready));
        }
        assert_eq!(heard.next().await, Some(Err(TooSlow)));
        assert_eq!(heard.next().await, None);
    }
}
