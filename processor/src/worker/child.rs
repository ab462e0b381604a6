//! The worker's side: a process that does one task and ends.

use std::{
    env, fs,
    io::{self, Read, Write},
    path::Path,
    process::ExitCode,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use model::{Findings, RenditionSize};

use super::{Pictures, Refused, Report, TRY_AGAIN, Task, WORKER, Wish, WorkerLimits};
use crate::{FileFacts, Refusal, Rendered, RenditionFile, facts, render};

/// Runs this process as a worker, where its arguments say that it is one. To be called before anything else.
pub fn run_if_worker() -> Option<ExitCode> {
    let mut arguments = env::args_os().skip(1);
    if arguments.next()? != WORKER {
        return None;
    }
    let limits = arguments.next().and_then(|text| WorkerLimits::from_argument(text.to_str()?));
    let Some(limits) = limits else {
        return Some(fail("this is how Mantel starts parts of itself; it is not for people"));
    };
    if let Err(error) = limits.apply() {
        return Some(fail(&format!("the limits could not be set: {error}")));
    }
    Some(match arguments.next() {
        Some(program) => become_program(std::process::Command::new(program).args(arguments)),
        None => match do_task() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error.to_string()),
        },
    })
}

fn fail(reason: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "{reason}");
    ExitCode::from(TRY_AGAIN)
}

#[cfg(unix)]
fn become_program(command: &mut std::process::Command) -> ExitCode {
    fail(&std::os::unix::process::CommandExt::exec(command).to_string())
}

#[cfg(not(unix))]
fn become_program(command: &mut std::process::Command) -> ExitCode {
    match command.status() {
        Ok(status) => ExitCode::from(u8::try_from(status.code().unwrap_or(1)).unwrap_or(1)),
        Err(error) => fail(&error.to_string()),
    }
}

fn do_task() -> Result<(), Refusal> {
    let mut text = Vec::new();
    io::stdin().read_to_end(&mut text).map_err(Refusal::Unreadable)?;
    let task: Task = serde_json::from_slice(&text).map_err(|error| Refusal::Unreadable(error.into()))?;
    let report = perform(&task)?;
    let text = serde_json::to_vec(&report).map_err(|error| Refusal::Unreadable(error.into()))?;
    io::stdout().write_all(&text).map_err(Refusal::Unreadable)
}

/// Does what is asked. An error means that another try may end otherwise; what the file is to blame for is in the report.
fn perform(task: &Task) -> Result<Report, Refusal> {
    let file = Path::new(&task.file);
    let mut report = Report {
        findings: Findings::of(task.kind, task.content_type.clone()),
        pictures: Err(Refused::none_wanted()),
        upright: None,
    };
    match task.wish {
        Wish::Facts => add_facts(&mut report.findings, file),
        Wish::Pictures => match render(file, task.rotation, &task.limits) {
            Ok(rendered) => {
                report.pictures = Ok(keep(&rendered)?);
                report.findings = findings_of(rendered);
            }
            Err(refusal) if refusal.is_transient() => return Err(refusal),
            Err(refusal) => {
                add_facts(&mut report.findings, file);
                report.pictures = Err(refusal.into());
            }
        },
        Wish::Placeholder { .. } | Wish::Upright => {}
    }
    Ok(report)
}

/// No picture can be made; what the file says of itself is still worth keeping.
fn add_facts(findings: &mut Findings, file: &Path) {
    let Ok(FileFacts { format, exif, taken_at, location }) = facts(file) else { return };
    findings.kind = format.kind();
    format.content_type().clone_into(&mut findings.content_type);
    findings.taken_at = taken_at;
    findings.location = location;
    findings.exif = Some(exif);
}

fn findings_of(rendered: Rendered) -> Findings {
    Findings {
        width: Some(rendered.width),
        height: Some(rendered.height),
        taken_at: rendered.taken_at,
        location: rendered.location,
        exif: Some(rendered.exif),
        thumbhash: Some(BASE64_STANDARD.encode(&rendered.thumbhash)),
        dominant_color: Some(rendered.dominant_color),
        damaged: rendered.partial,
        ..Findings::of(rendered.format.kind(), rendered.format.content_type().to_owned())
    }
}

/// Leaves the small pictures in the folder.
fn keep(rendered: &Rendered) -> Result<Pictures, Refusal> {
    let write = |name: &str, file: &RenditionFile| -> Result<RenditionSize, Refusal> {
        fs::write(name, &file.jpeg).map_err(Refusal::Unreadable)?;
        Ok(RenditionSize { width: file.width, height: file.height, size_bytes: file.jpeg.len() as u64 })
    };
    Ok(Pictures {
        thumbnail: write(Pictures::THUMBNAIL, &rendered.thumbnail)?,
        preview: write(Pictures::PREVIEW, &rendered.preview)?,
    })
}
