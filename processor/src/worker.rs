//! Files of strangers are decoded in a process of its own, with limits, so that what one of them does to a decoder costs
//! that one file. The process is this same program, started anew with [`WORKER`] as its first argument.

mod child;
mod limits;
mod task;

use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
    process::Stdio,
};

use model::{MediaKind, Rotation};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};

pub(crate) use self::task::{Pictures, Refused, Report, Task, Wish};
use crate::{Limits, exit::ended_by_others};

pub use self::{child::run_if_worker, limits::WorkerLimits};

/// The argument that makes a worker of this program.
const WORKER: &str = "worker";
/// More of an answer than this is none of a worker's.
const MAX_REPORT_BYTES: u64 = 1024 * 1024;
const MAX_COMPLAINT_BYTES: u64 = 4 * 1024;

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
        let (report, complaint) = tokio::try_join!(
            read(child.stdout.take(), MAX_REPORT_BYTES),
            read(child.stderr.take(), MAX_COMPLAINT_BYTES)
        )
        .map_err(lost)?;
        let status = child.wait().await.map_err(lost)?;
        if !status.success() {
            let how = format!("{status} {}", String::from_utf8_lossy(&complaint).trim());
            return Err(if ended_by_others(status) { Ended::Lost(how) } else { Ended::Crashed(how) });
        }
        serde_json::from_slice(&report).map_err(|error| Ended::Lost(format!("its answer makes no sense: {error}")))
    }
}

/// Reads what a worker writes, and no more than it may write.
async fn read(pipe: Option<impl AsyncRead + Unpin>, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let pipe = pipe.ok_or_else(|| io::Error::other("it has no output"))?;
    pipe.take(most).read_to_end(&mut bytes).await?;
    Ok(bytes)
}
