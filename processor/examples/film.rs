//! Prints what Mantel reads from a film, and writes the poster and the film that everything plays.
//!
//! `cargo run -p processor --example film -- FILE FOLDER [DEGREES]`

use std::{env, fs, io::Write, path::PathBuf, time::Duration};

use anyhow::Context;
use model::Rotation;
use processor::video::{Converter, facts, placeholder_poster, playback, poster};
use tokio::time::Instant;

#[tokio::main]
#[expect(clippy::disallowed_methods, reason = "main reads the environment")]
async fn main() -> anyhow::Result<()> {
    let mut arguments = env::args_os().skip(1);
    let input = PathBuf::from(arguments.next().context("which film?")?);
    let folder = PathBuf::from(arguments.next().context("which folder for what is made of it?")?);
    let degrees = arguments.next().map_or(Ok(0), |text| text.to_string_lossy().parse())?;
    let rotation = Rotation::from_degrees(degrees).context("the degrees are 0, 90, 180 or 270")?;
    fs::create_dir_all(&folder)?;

    let mut out = std::io::stdout().lock();
    let mut file = fs::File::open(&input)?;
    let length = file.metadata()?.len();
    let facts = facts(&mut file, length)?;
    writeln!(out, "{}, {length} bytes\n  {facts:?}", input.display())?;
    fs::write(folder.join("placeholder.png"), placeholder_poster(facts.width, facts.height)?)?;

    let path = env::var_os("PATH");
    let converter = Converter::find(None, path.as_deref()).await?.context("there is no ffmpeg on the path")?;
    let (program, version, missing) = (converter.program(), converter.version(), converter.missing());
    writeln!(out, "  {} {version}, missing: {missing:?}", program.display())?;
    let start = Instant::now();
    let deadline = start + Duration::from_mins(15);
    let made = poster(&converter, &input, &facts, &folder, deadline).await;
    writeln!(out, "  poster in {} ms: {made:?}", start.elapsed().as_millis())?;
    let start = Instant::now();
    let made = playback(&converter, &input, &facts, rotation, &folder, deadline, |_| {}).await?;
    let elapsed = start.elapsed();
    let speed = facts.duration_seconds.unwrap_or_default() / elapsed.as_secs_f64();
    writeln!(out, "  playback in {} ms, {speed:.2} x real time: {made:?}", elapsed.as_millis())?;
    Ok(())
}
