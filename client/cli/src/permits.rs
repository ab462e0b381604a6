//! How many buffers are in use at a time: what bounds memory.

use std::{
    sync::{Condvar, Mutex, PoisonError},
    time::Duration,
};

use crate::{fault::Outcome, stop::Stop};

const TICK: Duration = Duration::from_millis(100);

/// A number of permits.
pub(crate) struct Permits {
    free: Mutex<usize>,
    returned: Condvar,
}

/// One of them, given back when it is dropped.
pub(crate) struct Permit<'a>(&'a Permits);

impl Permits {
    /// So many.
    pub(crate) fn new(count: usize) -> Self {
        Self { free: Mutex::new(count), returned: Condvar::new() }
    }

    /// Waits for one.
    pub(crate) fn take(&self, stop: &Stop) -> Outcome<Permit<'_>> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            stop.check()?;
            if *free > 0 {
                *free -= 1;
                return Ok(Permit(self));
            }
            free = self.returned.wait_timeout(free, TICK).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.returned.notify_one();
    }
}
