//! How far a conversion is, and whether it will be done in time.

use std::{ops::ControlFlow, time::Duration};

use tokio::time::Instant;

/// By then a conversion has shown how fast it is: after this share of the film, or this time.
const TELLING_SHARE: f64 = 0.02;
const TELLING_TIME: Duration = Duration::from_secs(20);
/// Even so, the first moments tell nothing: the program has just begun.
const FIRST_MOMENTS: Duration = Duration::from_secs(2);
/// Some parts of a film take longer than others: within this factor of the time left, it may yet be done.
const DOUBT: f64 = 1.25;

/// Listens to what ffmpeg says by `-progress`.
pub(super) struct Progress<F> {
    /// Seconds that the film is long.
    duration: Option<f64>,
    start: Instant,
    deadline: Instant,
    on_percent: F,
    told: u8,
}

impl<F: FnMut(u8)> Progress<F> {
    pub(super) fn new(duration: Option<f64>, deadline: Instant, on_percent: F) -> Self {
        Self { duration, start: Instant::now(), deadline, on_percent, told: 0 }
    }

    /// Hears a line such as `out_time_us=1234`; breaks when there is no hope.
    pub(super) fn hear(&mut self, line: &str) -> ControlFlow<()> {
        let (Some(duration), Some(done)) = (self.duration, done_seconds(line)) else {
            return ControlFlow::Continue(());
        };
        let share = (done / duration).clamp(0.0, 1.0);
        // That it is all done is said once it was looked at.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 0 to 99")]
        let percent = (share * 100.0).min(99.0) as u8;
        if percent > self.told {
            self.told = percent;
            (self.on_percent)(percent);
        }
        let now = Instant::now();
        let is_hopeless = is_hopeless(share, now - self.start, self.deadline.saturating_duration_since(now));
        if is_hopeless { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

fn done_seconds(line: &str) -> Option<f64> {
    line.strip_prefix("out_time_us=")?.trim().parse::<f64>().ok().map(|micros| micros / 1e6)
}

/// Whether what is left of the film will clearly take longer than there is time, at the speed so far.
fn is_hopeless(share: f64, elapsed: Duration, left: Duration) -> bool {
    let is_telling = elapsed >= TELLING_TIME || (share >= TELLING_SHARE && elapsed >= FIRST_MOMENTS);
    let needed = elapsed.as_secs_f64() * (1.0 - share) / share;
    is_telling && needed > left.as_secs_f64() * DOUBT
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hopeless(share: f64, elapsed: u64, left: u64) -> bool {
        is_hopeless(share, Duration::from_secs(elapsed), Duration::from_secs(left))
    }

    #[test]
    fn a_conversion_is_given_up_only_when_it_is_clear_that_time_runs_out() {
        assert!(!hopeless(0.0, 19, 900), "too early to tell");
        assert!(hopeless(0.0, 20, 900), "nothing at all came out of it");
        assert!(!hopeless(0.021, 1, 30), "just begun");
        assert!(hopeless(0.021, 10, 300), "466 seconds to go");
        assert!(!hopeless(0.021, 10, 400), "466 seconds to go, perhaps fewer");
        assert!(!hopeless(0.5, 450, 450));
        assert!(!hopeless(1.0, 900, 1), "only the index is still to be moved");
    }

    #[test]
    fn progress_is_told_once_for_each_percent() {
        let mut told = Vec::new();
        let deadline = Instant::now() + Duration::from_mins(1);
        let mut progress = Progress::new(Some(10.0), deadline, |percent| told.push(percent));
        for line in ["frame=3", "out_time_us=N/A", "out_time_us=-40", "out_time_us=2500000", "out_time_us=2510000"] {
            assert!(progress.hear(line).is_continue());
        }
        assert!(progress.hear("out_time_us=11000000").is_continue());
        assert_eq!(told, [25, 99]);
    }
}
