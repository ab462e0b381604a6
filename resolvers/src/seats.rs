//! How many subscriptions each caller has open.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use model::access::Requester;

/// The most subscriptions of one person, or of the guests of one link, at once.
pub(crate) const MAX_SEATS: usize = 50;

/// Counts what each caller has open.
#[derive(Clone, Default)]
pub(crate) struct Seats(Arc<Mutex<HashMap<String, usize>>>);

/// One open subscription; it is free again when this is dropped.
pub(crate) struct Seat {
    seats: Seats,
    caller: String,
}

impl Seats {
    /// Another one for this caller; none where there are too many, or nobody is calling.
    pub(crate) fn take(&self, requester: &Requester) -> Option<Seat> {
        let caller = match requester {
            Requester::Person { id, .. } => id.to_string(),
            Requester::Guest(guest) => guest.link.to_string(),
            Requester::Anonymous | Requester::Service => String::new(),
        };
        let mut counts = self.lock();
        let count = counts.entry(caller.clone()).or_default();
        if *count >= MAX_SEATS {
            return None;
        }
        *count += 1;
        drop(counts);
        Some(Seat { seats: self.clone(), caller })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut counts = self.seats.lock();
        if let Some(count) = counts.get_mut(&self.caller) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.caller);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_caller_has_so_many_and_one_that_ended_is_free_again() {
        let seats = Seats::default();
        let of = |sub: &str| Requester::Person {
            id: model::UserId::from_sub(sub).expect("a UUID"),
            role: model::Role::Visitor,
        };
        let (one, other) = (of("00000000-0000-0000-0000-000000000001"), of("00000000-0000-0000-0000-000000000002"));
        let mut taken: Vec<Seat> = (0..MAX_SEATS).map(|_| seats.take(&one).expect("a seat")).collect();
        assert!(seats.take(&one).is_none());
        assert!(seats.take(&other).is_some());
        taken.pop();
        assert!(seats.take(&one).is_some());
        taken.clear();
        assert!(seats.lock().is_empty(), "nothing is kept of those who left");
    }
}
