//! Ctrl-C: what is under way ends in order, and what follows is not begun.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use signal_hook::{
    consts::{SIGINT, SIGTERM},
    flag,
};

use crate::fault::{Fault, Outcome};

/// How often a wait looks whether it should end.
const TICK: Duration = Duration::from_millis(100);

/// Whether somebody asked us to stop.
#[derive(Clone, Default)]
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Listens to Ctrl-C and to SIGTERM. The second Ctrl-C ends the program at once, with exit code 1.
    pub(crate) fn on_signals() -> io::Result<Self> {
        let stop = Self::default();
        for signal in [SIGINT, SIGTERM] {
            flag::register_conditional_shutdown(signal, 1, stop.0.clone())?;
            flag::register(signal, stop.0.clone())?;
        }
        Ok(stop)
    }

    /// Whether to stop.
    pub(crate) fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// An error where we should stop.
    pub(crate) fn check(&self) -> Outcome<()> {
        if self.is_asked() { Err(Fault::Stopped) } else { Ok(()) }
    }

    /// Waits so long, or until we should stop.
    pub(crate) fn wait(&self, time: Duration) -> Outcome<()> {
        let end = Instant::now() + time;
        while let Some(left) = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
            self.check()?;
            thread::sleep(left.min(TICK));
        }
        self.check()
    }
}
