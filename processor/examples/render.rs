//! Prints what Mantel reads from a file, and writes the renditions it makes of it.
//!
//! `cargo run -p processor --example render -- FILE FOLDER [DEGREES]`

use std::{env, fs, io::Write, path::PathBuf, time::Instant};

use anyhow::Context;
use model::Rotation;
use processor::{Limits, facts, render};

fn main() -> anyhow::Result<()> {
    let mut arguments = env::args_os().skip(1);
    let file = PathBuf::from(arguments.next().context("which file?")?);
    let folder = PathBuf::from(arguments.next().context("which folder for the renditions?")?);
    let degrees = arguments.next().map_or(Ok(0), |text| text.to_string_lossy().parse())?;
    let rotation = Rotation::from_degrees(degrees).context("the degrees are 0, 90, 180 or 270")?;

    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", file.display())?;
    match facts(&file) {
        Ok(facts) => writeln!(out, "  {facts:?}")?,
        Err(refusal) => writeln!(out, "  {}: {refusal}", refusal.code())?,
    }
    let start = Instant::now();
    let rendered = render(&file, rotation, &Limits::default());
    writeln!(out, "  in {} ms", start.elapsed().as_millis())?;
    match rendered {
        Err(refusal) => writeln!(out, "  {}: {refusal}\n  {refusal:?}", refusal.code())?,
        Ok(rendered) => {
            fs::create_dir_all(&folder)?;
            let stem = file.file_stem().context("the file has no name")?.to_string_lossy();
            for (name, rendition) in [("preview", &rendered.preview), ("thumbnail", &rendered.thumbnail)] {
                fs::write(folder.join(format!("{stem}.{name}.jpg")), &rendition.jpeg)?;
                let kib = rendition.jpeg.len() / 1024;
                writeln!(out, "  {name}: {} x {}, {kib} KiB", rendition.width, rendition.height)?;
            }
            let (width, height) = (rendered.width, rendered.height);
            writeln!(out, "  upright {width} x {height}, {}, partial: {}", rendered.dominant_color, rendered.partial)?;
        }
    }
    Ok(())
}
