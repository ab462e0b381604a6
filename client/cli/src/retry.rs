//! How what fails for a passing reason is tried again.

use std::time::{Duration, Instant};

use crate::{
    fault::{Fault, Outcome},
    stop::Stop,
};

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// The longest that a server may ask for with `Retry-After`.
const LONGEST_ASKED: Duration = Duration::from_mins(10);

/// How long a passing fault is borne, counted from the first of a row.
#[derive(Clone, Copy)]
pub(crate) struct Patience(pub(crate) Duration);

/// What one attempt came to.
pub(crate) enum Attempt<T> {
    Done(T),
    /// Try again, not before so long.
    Again(Fault, Option<Duration>),
    /// Give up.
    Fails(Fault),
}

/// Tries until it is done, fails for good, patience ends, or somebody stops it.
///
/// Pauses double from half a second to half a minute, and are varied by `salt`, so that those who failed together do not
/// come back together.
pub(crate) fn retry<T>(
    patience: Patience,
    stop: &Stop,
    salt: u64,
    mut attempt: impl FnMut() -> Attempt<T>,
) -> Outcome<T> {
    let mut pause = FIRST_PAUSE;
    let mut since = None;
    loop {
        stop.check()?;
        let (fault, asked) = match attempt() {
            Attempt::Done(value) => return Ok(value),
            Attempt::Fails(fault) => return Err(fault),
            Attempt::Again(fault, asked) => (fault, asked),
        };
        let wait = asked.unwrap_or_else(|| varied(pause, salt)).min(LONGEST_ASKED);
        let since = *since.get_or_insert_with(Instant::now);
        if since.elapsed() + wait > patience.0 {
            return Err(fault);
        }
        stop.wait(wait)?;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Between three quarters and all of the pause.
fn varied(pause: Duration, salt: u64) -> Duration {
    let share = u32::try_from(salt.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56).unwrap_or(0);
    pause * (768 + share) / 1_024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passing_fault_is_borne_until_patience_ends() {
        let mut tries = 0;
        let end: Outcome<()> = retry(Patience(Duration::ZERO), &Stop::default(), 1, || {
            tries += 1;
            Attempt::Again(Fault::Passing("no answer".into()), None)
        });
        assert_eq!((tries, end.map_err(|fault| fault.to_string())), (1, Err("no answer".into())));
    }

    #[test]
    fn the_server_says_when_to_come_back() {
        let mut tries = 0;
        let end = retry(Patience(Duration::from_secs(5)), &Stop::default(), 1, || {
            tries += 1;
            if tries < 3 {
                return Attempt::Again(Fault::Passing("busy".into()), Some(Duration::ZERO));
            }
            Attempt::Done(tries)
        });
        assert_eq!(end.ok(), Some(3));
    }

    #[test]
    fn pauses_differ_but_not_by_much() {
        let pauses: Vec<Duration> = (0..50).map(|salt| varied(LONGEST_PAUSE, salt)).collect();
        assert!(pauses.iter().all(|pause| *pause <= LONGEST_PAUSE && *pause >= LONGEST_PAUSE * 3 / 4));
        assert!(pauses.iter().any(|pause| *pause != pauses[0]));
    }
}
