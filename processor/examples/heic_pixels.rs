//! Writes the pixels of a HEIC at full size as a PPM, for a comparison with other decoders.
//!
//! `cargo run -p processor --example heic_pixels -- FILE TO`

use std::{env, fs::File, io::Write, path::PathBuf};

use anyhow::Context;
use processor::testing::heic_pixels;

fn main() -> anyhow::Result<()> {
    let mut arguments = env::args_os().skip(1);
    let file = PathBuf::from(arguments.next().context("which file?")?);
    let to = PathBuf::from(arguments.next().context("which file to write?")?);
    let pixels = heic_pixels(&file)?;
    let mut written = File::create(to)?;
    writeln!(written, "P6 {} {} 255", pixels.width(), pixels.height())?;
    written.write_all(pixels.as_raw())?;
    Ok(())
}
