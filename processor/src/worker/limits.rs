//! What a worker may take of the machine.

use std::{io, num::NonZero, thread};

use serde::{Deserialize, Serialize};

const MEBIBYTE: u64 = 1024 * 1024;

/// What a worker may take of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerLimits {
    /// Bytes of address space. Only Linux holds it to this.
    pub memory_bytes: u64,
    /// Seconds of computing, on all cores together.
    pub cpu_seconds: u64,
    /// Bytes of each file that it writes.
    pub file_bytes: u64,
}

impl Default for WorkerLimits {
    /// For pictures: what decoding may allocate, and as much again for the program around it.
    fn default() -> Self {
        Self { memory_bytes: 1_024 * MEBIBYTE, cpu_seconds: 120, file_bytes: 512 * MEBIBYTE }
    }
}

impl WorkerLimits {
    /// For the converter of films, which works on several cores for at most `seconds`.
    pub(crate) fn for_films(seconds: u64) -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZero::get) as u64;
        Self {
            memory_bytes: 4_096 * MEBIBYTE,
            cpu_seconds: seconds.saturating_mul(cores).max(1),
            file_bytes: 5 * 1_024 * MEBIBYTE,
        }
    }

    /// The argument that gives these limits to a worker.
    pub(super) fn to_argument(self) -> String {
        format!("{},{},{}", self.memory_bytes, self.cpu_seconds, self.file_bytes)
    }

    /// Reads [`Self::to_argument`].
    pub(super) fn from_argument(text: &str) -> Option<Self> {
        let mut numbers = text.split(',').map(|number| number.parse().ok());
        let mut next = || numbers.next().flatten();
        let limits = Self { memory_bytes: next()?, cpu_seconds: next()?, file_bytes: next()? };
        numbers.next().is_none().then_some(limits)
    }

    /// Holds this process, and what it becomes or starts, to these limits.
    #[cfg(unix)]
    pub(super) fn apply(self) -> io::Result<()> {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let set = |resource, most: u64, later: u64| {
            // Whoever started Mantel may hold it to less already, which it cannot lift.
            let held = getrlimit(resource).maximum.unwrap_or(u64::MAX);
            let maximum = most.saturating_add(later).min(held);
            setrlimit(resource, Rlimit { current: Some(most.min(maximum)), maximum: Some(maximum) })
        };
        set(Resource::Core, 0, 0)?;
        // The first limit can be caught, the second cannot.
        set(Resource::Cpu, self.cpu_seconds, 5)?;
        set(Resource::Fsize, self.file_bytes, 0)?;
        #[cfg(target_os = "linux")]
        {
            set(Resource::As, self.memory_bytes, 0)?;
            // Nobody is left to read what it finds.
            rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
        }
        Ok(())
    }

    /// Other systems know no such limits.
    #[cfg(not(unix))]
    pub(super) fn apply(self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_as_they_are_written_and_nothing_else_is() {
        let limits = WorkerLimits { memory_bytes: 1, cpu_seconds: 2, file_bytes: u64::MAX };
        assert_eq!(WorkerLimits::from_argument(&limits.to_argument()), Some(limits));
        for wrong in ["", "1,2", "1,2,3,4", "1,,3", "a,b,c", "-1,2,3", "1,2,18446744073709551616"] {
            assert_eq!(WorkerLimits::from_argument(wrong), None, "{wrong}");
        }
    }
}
