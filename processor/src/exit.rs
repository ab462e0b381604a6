//! What the end of another process says of why it ended.

use std::process::ExitStatus;

/// What a worker ends with where the same task may well end otherwise another time.
pub(crate) const TRY_AGAIN: u8 = 75;

/// Whether a process was ended by somebody else, rather than by what it worked on: by whoever stops Mantel, or by a system
/// that is short of memory. Another try may end otherwise.
pub(crate) fn ended_by_others(status: ExitStatus) -> bool {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        use rustix::process::Signal;
        return [Signal::KILL, Signal::TERM, Signal::INT, Signal::HUP].iter().any(|other| other.as_raw() == signal);
    }
    status.code() == Some(TRY_AGAIN.into())
}
