//! Writes an upright copy of a JPEG without loss, if that can be done.
//!
//! `cargo run -p processor --example upright -- FILE TO [DEGREES]`

use std::{env, io::Write, path::PathBuf, time::Instant};

use anyhow::Context;
use model::Rotation;
use processor::{Limits, Orientation, facts, upright_original};

fn main() -> anyhow::Result<()> {
    let mut arguments = env::args_os().skip(1);
    let file = PathBuf::from(arguments.next().context("which file?")?);
    let to = PathBuf::from(arguments.next().context("which file to write?")?);
    let degrees = arguments.next().map_or(Ok(0), |text| text.to_string_lossy().parse())?;
    let rotation = Rotation::from_degrees(degrees).context("the degrees are 0, 90, 180 or 270")?;

    let facts = facts(&file)?;
    let stored = facts.exif.orientation.and_then(Orientation::from_exif).unwrap_or_default();
    let start = Instant::now();
    let outcome = upright_original(&file, stored.then(rotation.into()), &to, &Limits::default());
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}: {outcome:?} in {} ms", file.display(), start.elapsed().as_millis())?;
    Ok(())
}
