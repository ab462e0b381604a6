//! A picture of a film that stands for it.

use std::{
    io,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use image::{ImageReader, Limits as DecoderLimits};
use model::Rotation;
use tokio::time::Instant;

use super::{
    converter::Converter,
    facts::VideoFacts,
    filters::{Target, fit, to_target},
    run::{Arguments, Stopped, run},
};
use crate::picture::{PREVIEW_SIDE, Refusal};

/// Of so many pictures in a row the most usual one is taken, so that a flash or a blur is not what one sees.
const PICTURES_IN_A_ROW: u32 = 12;
/// A darker average than this, of 255, says that the film has not begun, or has a pause.
const DARK: f64 = 24.0;
/// A compressed picture of [`PREVIEW_SIDE`] takes at most this much.
const MAX_DECODED_BYTES: u64 = 64 * 1024 * 1024;

/// Takes one picture of the film `input` that is not dark, upright and at most 2048 pixels a side, as a PNG in `folder`.
///
/// # Errors
/// When nothing of the film can be decoded before `deadline`; nothing is worth another try but [`Refusal::Unreadable`].
pub async fn poster(
    converter: &Converter,
    input: &Path,
    facts: &VideoFacts,
    folder: &Path,
    deadline: Instant,
) -> Result<PathBuf, Refusal> {
    let mut best: Option<(f64, PathBuf)> = None;
    let mut failure = None;
    for (number, seconds) in moments(facts.duration_seconds).into_iter().enumerate() {
        let file = folder.join(format!("poster-{number}.png"));
        let shot = match take(converter, input, facts, seconds, (folder, &file), deadline).await {
            Ok(()) => brightness(file.clone()).await?,
            Err(stopped @ (Stopped::NotStarted(_) | Stopped::OutOfTime | Stopped::GivenUp)) => {
                failure = Some(stopped);
                break;
            }
            Err(stopped) => {
                failure = Some(stopped);
                continue;
            }
        };
        // No picture: there is none that late in the film.
        let Some(brightness) = shot else { continue };
        if best.as_ref().is_none_or(|(brightest, _)| brightness > *brightest) {
            best = Some((brightness, file));
        }
        if brightness >= DARK {
            break;
        }
    }
    match (best, failure) {
        (Some((_, file)), _) => Ok(file),
        (None, Some(Stopped::OutOfTime)) => Err(Refusal::broken_film("no picture in the time there was")),
        (None, Some(stopped)) => Err(stopped.into()),
        (None, None) => Err(Refusal::broken_film("no picture came out of it")),
    }
}

/// Where to look, in seconds: soon after the start, then further on, and at the very start at last.
fn moments(duration: Option<f64>) -> Vec<f64> {
    match duration {
        Some(duration) => vec![(duration / 3.0).min(1.0), duration / 3.0, duration * 0.6, 0.0],
        None => vec![1.0, 0.0],
    }
}

async fn take(
    converter: &Converter,
    input: &Path,
    facts: &VideoFacts,
    seconds: f64,
    (folder, file): (&Path, &Path),
    deadline: Instant,
) -> Result<(), Stopped> {
    let (width, height) = fit((facts.width, facts.height), (PREVIEW_SIDE, PREVIEW_SIDE), 1);
    let target = Target { width, height, rotation: Rotation::None, layout: "rgb24" };
    let filters = format!("{},thumbnail=n={PICTURES_IN_A_ROW}", to_target(facts, target, converter.abilities()));
    let mut arguments = Arguments::new();
    arguments.input(input, seconds, facts).map_err(Stopped::NotStarted)?;
    arguments.add(["-an", "-vf", &filters, "-frames:v", "1", "-map_metadata", "-1", "-c:v", "png", "-f", "image2pipe"]);
    arguments.output(file).map_err(Stopped::NotStarted)?;
    run(converter, &arguments, folder, deadline, |_| ControlFlow::Continue(())).await
}

/// The average of a picture's samples, 0 to 255; none where there is no picture.
async fn brightness(file: PathBuf) -> Result<Option<f64>, Refusal> {
    let look = move || {
        if !file.metadata().is_ok_and(|file| file.len() > 0) {
            return Ok(None);
        }
        let mut reader = ImageReader::open(&file)?;
        reader.set_format(image::ImageFormat::Png);
        let mut limits = DecoderLimits::default();
        limits.max_alloc = Some(MAX_DECODED_BYTES);
        (limits.max_image_width, limits.max_image_height) = (Some(PREVIEW_SIDE), Some(PREVIEW_SIDE));
        reader.limits(limits);
        let picture = reader.decode().map_err(io::Error::other)?.into_rgb8();
        let sum: u64 = picture.as_raw().iter().map(|&sample| u64::from(sample)).sum();
        #[expect(clippy::cast_precision_loss, reason = "a sum over 12 million bytes is far below 2^53")]
        Ok(Some(sum as f64 / picture.as_raw().len() as f64))
    };
    let looked: Result<io::Result<Option<f64>>, _> = tokio::task::spawn_blocking(look).await;
    looked.map_err(|error| Refusal::broken_film(error.to_string()))?.map_err(Refusal::broken_film)
}
