//! Files of strangers are decoded in a process of its own, with limits, so that what one of them does to a decoder costs
//! that one file. The process is this same program, started anew with [`WORKER`] as its first argument.

mod child;
mod limits;
mod task;

use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
};

use model::{MediaKind, Rotation};
use tokio::io::AsyncWriteExt;

pub(crate) use self::task::{Pictures, Refused, Report, Task, Wish};
use crate::Limits;

pub use self::{child::run_if_worker, limits::WorkerLimits};

/// The argument that makes a worker of this program.
const WORKER: &str = "worker";
/// What a worker ends with where the same task may well end otherwise another time.
const TRY_AGAIN: u8 = 75;
/// More of an answer than this is none of a worker's.
const MAX_REPORT_BYTES: usize = 1024 * 1024;

/// Starts workers.
#[derive(Clone, Debug)]
pub struct Worker {
    program: PathBuf,
    limits: WorkerLimits,
}

/// A worker ended without an answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Ended {
    /// The file made it end: it crashed, or ran into a limit. It would do so again.
    #[error("the worker ended: {0}")]
    Crashed(String),
    /// The machine did.
    #[error("the worker could not do its work: {0}")]
    Lost(String),
}

impl Worker {
    /// Workers of this program, which calls [`run_if_worker`] first of all.
    #[must_use]
    pub fn new(program: PathBuf, limits: WorkerLimits) -> Self {
        Self { program, limits }
    }

    /// Workers of the running program, which calls [`run_if_worker`] first of all.
    ///
    /// # Errors
    /// When the system does not say where the program is.
    pub fn of_this_program() -> io::Result<Self> {
        // The running program itself, even when an update has put another one in its place.
        let running = Path::new("/proc/self/exe");
        let program = if running.exists() { running.to_owned() } else { std::env::current_exe()? };
        Ok(Self::new(program, WorkerLimits::default()))
    }

    /// What stands before a command so that it runs within limits.
    pub(crate) fn launcher(&self, limits: &WorkerLimits) -> Vec<OsString> {
        vec![self.program.clone().into(), WORKER.into(), limits.to_argument().into()]
    }

    /// Has small pictures made of a test photo, and tells why that cannot be.
    ///
    /// # Errors
    /// The reason, for people.
    pub async fn try_out(&self, jpeg: &[u8]) -> Result<(), String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        std::fs::write(folder.path().join("photo"), jpeg).map_err(|error| error.to_string())?;
        let task = Task {
            file: "photo".to_owned(),
            kind: MediaKind::Photo,
            content_type: "image/jpeg".to_owned(),
            rotation: Rotation::None,
            limits: Limits::default(),
            wish: Wish::Pictures,
        };
        let report = self.run(folder.path(), &task).await.map_err(|ended| ended.to_string())?;
        report.pictures.map(|_| ()).map_err(|refused| refused.reason)
    }

    /// Has a task done in a folder, in which its files are and its output goes. Ends with the future: a worker is not left
    /// behind.
    pub(crate) async fn run(&self, folder: &Path, task: &Task) -> Result<Report, Ended> {
        let lost = |error: io::Error| Ended::Lost(error.to_string());
        let task = serde_json::to_vec(task).map_err(|error| Ended::Lost(error.to_string()))?;
        let mut child = tokio::process::Command::new(&self.program)
            .arg(WORKER)
            .arg(self.limits.to_argument())
            .current_dir(folder)
            // Nothing of ours is theirs: no credentials above all.
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(lost)?;
        let mut stdin = child.stdin.take().ok_or_else(|| Ended::Lost("it has no input".to_owned()))?;
        // A worker that ends early reads no more; how it ended says more than the broken pipe.
        let _ = stdin.write_all(&task).await;
        drop(stdin);
        let output = child.wait_with_output().await.map_err(lost)?;
        let said = String::from_utf8_lossy(&output.stderr[..output.stderr.len().min(4096)]).trim().to_owned();
        if !output.status.success() {
            return Err(ended(output.status, said));
        }
        let report = output.stdout.get(..output.stdout.len().min(MAX_REPORT_BYTES)).unwrap_or_default();
        serde_json::from_slice(report).map_err(|error| Ended::Lost(format!("its answer makes no sense: {error}")))
    }
}

/// What the end of a process says of why it ended.
fn ended(status: ExitStatus, said: String) -> Ended {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        use rustix::process::Signal;
        // Killed from outside: by whoever stops Mantel, or by a system that is short of memory.
        if [Signal::KILL, Signal::TERM, Signal::INT, Signal::HUP].iter().any(|s| s.as_raw() == signal) {
            return Ended::Lost(format!("signal {signal}"));
        }
        return Ended::Crashed(format!("signal {signal} {said}"));
    }
    match status.code() {
        Some(code) if code == i32::from(TRY_AGAIN) => Ended::Lost(said),
        _ => Ended::Crashed(format!("{status} {said}")),
    }
}
