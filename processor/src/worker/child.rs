//! The worker's side: a process that does one task and ends.

use std::{
    env,
    fs::{self, File},
    io::{self, BufReader, Read, Write},
    path::Path,
    process::ExitCode,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use model::{Findings, MediaKind, RenditionSize};

use super::{Pictures, Report, Task, WORKER, Wish, WorkerLimits};
use crate::{
    Format, Orientation, Refusal, Rendered, RenditionFile, UprightOriginal,
    exit::TRY_AGAIN,
    facts, render, upright_original,
    video::{self, VideoFacts, placeholder_poster},
};

/// The name within the folder.
const PLACEHOLDER: &str = "placeholder.png";

/// Runs this process as a worker, where its arguments say that it is one. To be called before anything else.
#[must_use]
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
    match task.wish {
        Wish::Facts => Ok(Report::of(read_facts(task, file)?)),
        Wish::Pictures if is_film(file) => look_at_film(task, file),
        Wish::Pictures => show(task, file),
        Wish::Placeholder { width, height } => {
            let png = placeholder_poster(width, height)?;
            fs::write(PLACEHOLDER, png).map_err(Refusal::Unreadable)?;
            show(task, Path::new(PLACEHOLDER))
        }
        Wish::Upright => Ok(Report { upright: make_upright(task, file)?, ..Report::of(read_facts(task, file)?) }),
    }
}

fn is_film(file: &Path) -> bool {
    facts(file).is_ok_and(|facts| facts.format.kind() == MediaKind::Video)
}

fn show(task: &Task, file: &Path) -> Result<Report, Refusal> {
    match render(file, task.rotation, &task.limits) {
        Ok(rendered) => {
            let pictures = Ok(keep(&rendered)?);
            Ok(Report { pictures, ..Report::of(findings_of(rendered)) })
        }
        Err(refusal) if refusal.is_transient() => Err(refusal),
        Err(refusal) => Ok(Report { pictures: Err(refusal.into()), ..Report::of(read_facts(task, file)?) }),
    }
}

/// Its pictures are for a program of its own to make.
fn look_at_film(task: &Task, path: &Path) -> Result<Report, Refusal> {
    let report = Report::of(read_facts(task, path)?);
    match read_film(path) {
        Ok(film) => Ok(Report { film: Some(film), ..report }),
        Err(refusal) if refusal.is_transient() => Err(refusal),
        Err(refusal) => Ok(Report { pictures: Err(refusal.into()), ..report }),
    }
}

fn read_film(file: &Path) -> Result<VideoFacts, Refusal> {
    let mut file = File::open(file).map_err(Refusal::Unreadable)?;
    let length_bytes = file.metadata().map_err(Refusal::Unreadable)?.len();
    video::facts(&mut BufReader::new(&mut file), length_bytes)
}

/// What a file says of itself, as far as it can be read: worth keeping where no picture can be made, too.
fn read_facts(task: &Task, path: &Path) -> Result<Findings, Refusal> {
    let declared = || Findings::of(task.kind, task.content_type.clone());
    let found = match facts(path) {
        Ok(found) => found,
        Err(refusal) if refusal.is_transient() => return Err(refusal),
        Err(_) => return Ok(declared()),
    };
    let findings = Findings {
        taken_at: found.taken_at,
        location: found.location,
        exif: Some(found.exif),
        film: found.film,
        live_photo_id: found.content_identifier,
        ..Findings::of(found.format.kind(), found.format.content_type().to_owned())
    };
    let film = if findings.kind == MediaKind::Video { read_film(path).ok() } else { None };
    Ok(match film {
        None => findings,
        Some(film) => Findings {
            width: Some(film.width),
            height: Some(film.height),
            duration_seconds: film.duration_seconds,
            taken_at: film.taken_at,
            location: film.location,
            exif: Some(film.exif),
            live_photo_id: film.content_identifier,
            ..findings
        },
    })
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
        film: rendered.film,
        live_photo_id: rendered.content_identifier,
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

/// Leaves an upright copy in the folder, where one can be made without loss and is another than the original.
fn make_upright(task: &Task, file: &Path) -> Result<Option<RenditionSize>, Refusal> {
    let stored = match facts(file) {
        Ok(found) if found.format == Format::Jpeg => found.exif.orientation,
        Err(refusal) if refusal.is_transient() => return Err(refusal),
        Ok(_) | Err(_) => return Ok(None),
    };
    let turn = stored.and_then(Orientation::from_exif).unwrap_or_default().then(task.rotation.into());
    match upright_original(file, turn, Path::new(Pictures::UPRIGHT), &task.limits) {
        Ok(UprightOriginal::Made { size_bytes, width, height }) => {
            Ok(Some(RenditionSize { width, height, size_bytes }))
        }
        Err(refusal) if refusal.is_transient() => Err(refusal),
        Ok(UprightOriginal::AlreadyUpright | UprightOriginal::NotLossless) | Err(_) => Ok(None),
    }
}
