//! A file of a film that everything plays: H.264 of 8 bits 4:2:0 and AAC in MP4, its index first, and without notes.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use model::Rotation;
use tokio::time::Instant;

use super::{
    codec::{AudioCodec, VideoCodec},
    converter::Converter,
    facts::{VideoFacts, facts as read_facts},
    filters::{Target, fit, to_bt709, to_target, turned},
    progress::Progress,
    run::{Arguments, run},
};
use crate::picture::Refusal;

/// Longer and shorter side that a film is made to fit, in pixels.
pub const PLAYBACK_SIDES: (u32, u32) = (1920, 1080);

/// Levels above 4.2 are for more pixels in a second than 1080p60 has.
const MAX_LEVEL: u8 = 42;
const MAX_FRAME_RATE: f64 = 60.0;
/// Cameras of 60 frames a second write somewhat more or less.
const FRAME_RATE_SLACK: f64 = 0.5;
/// Where nothing says how many frames there are, films are made to have this many.
const UNKNOWN_FRAME_RATE: &str = "fps=30";
/// On the development machine's two cores: a little more than as fast as the film is shown, at 1080p30.
const PRESET: &str = "veryfast";
/// Bits in a second that a phone on the go can load.
const MAX_BITS: &str = "6M";
/// Bits that may go before: two seconds of them.
const BUFFER_BITS: &str = "12M";
/// What both of them and the sound come to in bytes a second, and half as much for luck.
const MAX_BYTES_PER_SECOND: f64 = 1_200_000.0;
/// A film that does not say how long it is gets no more than this.
const UNKNOWN_MAX_SECONDS: f64 = 4.0 * 3_600.0;
/// The container's own bytes.
const CONTAINER_BYTES: u64 = 16 * 1024 * 1024;
/// How much shorter or longer the result may be: seconds, or a share.
const DURATION_SLACK: (f64, f64) = (1.0, 0.05);

/// A film that everything plays.
#[derive(Clone, Debug, PartialEq)]
pub struct Playback {
    /// Where it is.
    pub file: PathBuf,
    /// Width when shown upright.
    pub width: u32,
    /// Height when shown upright.
    pub height: u32,
    /// Bytes of the file.
    pub size_bytes: u64,
    /// The coded pictures are those of the original.
    pub remuxed: bool,
}

/// How the result is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// With the coded pictures of the original.
    Remux,
    /// With pictures that are coded anew.
    Transcode,
}

/// Makes `playback.mp4` in `folder` of the film `input`, upright and then turned by `rotation`; tells how many percent are
/// done. Coded pictures that everything plays are kept as they are, with the matrix that turns them: players heed it.
///
/// # Errors
/// When it will not be done before `deadline`, when ffmpeg lacks something, or when the film cannot be decoded; nothing
/// is worth another try but [`Refusal::Unreadable`].
pub async fn playback(
    converter: &Converter,
    input: &Path,
    facts: &VideoFacts,
    rotation: Rotation,
    folder: &Path,
    deadline: Instant,
    mut on_progress: impl FnMut(u8) + Send,
) -> Result<Playback, Refusal> {
    let file = folder.join("playback.mp4");
    // Without the filter, notes between the coded pictures would stay, such as the place.
    if plays_everywhere(facts) && rotation == Rotation::None && converter.abilities().unit_filter {
        let remux = make(converter, input, facts, (Way::Remux, rotation), (folder, &file), deadline, &mut on_progress);
        match remux.await {
            Err(Refusal::BrokenFilm { source }) => {
                tracing::warn!(reason = source, "the coded pictures could not be kept; they are coded anew");
            }
            made => return made,
        }
    }
    make(converter, input, facts, (Way::Transcode, rotation), (folder, &file), deadline, &mut on_progress).await
}

/// Whether phones and browsers of the last ten years play these coded pictures.
fn plays_everywhere(facts: &VideoFacts) -> bool {
    let is_usual = matches!(
        facts.video,
        VideoCodec::H264 { profile: 66 | 77 | 100, level: ..=MAX_LEVEL, bit_depth: 8, chroma: 1 }
    );
    let (long, short) = sides(facts.stored_width, facts.stored_height);
    let fits = long <= PLAYBACK_SIDES.0 && short <= PLAYBACK_SIDES.1;
    let is_slow = facts.frame_rate.is_some_and(|rate| rate <= MAX_FRAME_RATE + FRAME_RATE_SLACK);
    is_usual && fits && is_slow && !facts.is_hdr() && !facts.is_interlaced && !facts.is_placed_oddly
}

fn sides(width: u32, height: u32) -> (u32, u32) {
    (width.max(height), width.min(height))
}

async fn make(
    converter: &Converter,
    input: &Path,
    facts: &VideoFacts,
    (way, rotation): (Way, Rotation),
    (folder, file): (&Path, &Path),
    deadline: Instant,
    mut on_progress: impl FnMut(u8) + Send,
) -> Result<Playback, Refusal> {
    let needs_encoder = way == Way::Transcode || !matches!(facts.audio, None | Some(AudioCodec::Aac));
    if let Some(missing) = converter.missing().filter(|_| needs_encoder) {
        return Err(Refusal::CannotConvert { missing: missing.to_owned() });
    }
    let upright = turned((facts.width, facts.height), rotation);
    let (width, height) = match way {
        Way::Remux => upright,
        Way::Transcode => playback_size(upright),
    };
    let input_bytes = input.metadata().map_err(Refusal::Unreadable)?.len();
    let mut arguments = Arguments::new();
    arguments.input(input, 0.0, facts).map_err(Refusal::Unreadable)?;
    arguments.add(["-map", "0:a:0?", "-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact"]);
    match way {
        Way::Remux => keep_pictures(&mut arguments, converter),
        Way::Transcode => {
            let target = Target { width, height, rotation, layout: "yuv420p" };
            encode_pictures(&mut arguments, facts, target, converter);
        }
    }
    add_sound(&mut arguments, facts.audio.as_ref());
    bound(&mut arguments, facts.duration_seconds, (way == Way::Remux).then_some(input_bytes));
    arguments.add(["-movflags", "+faststart", "-progress", "pipe:1", "-f", "mp4"]);
    arguments.output(file).map_err(Refusal::Unreadable)?;
    let mut progress = Progress::new(facts.duration_seconds, deadline, &mut on_progress);
    run(converter, &arguments, folder, deadline, |line| progress.hear(line)).await?;
    let size_bytes = verify(file, facts, (width, height)).await?;
    on_progress(100);
    Ok(Playback { file: file.to_owned(), width, height, size_bytes, remuxed: way == Way::Remux })
}

/// Fits the sides, either way up; codecs want even ones.
fn playback_size((width, height): (u32, u32)) -> (u32, u32) {
    let (long, short) = PLAYBACK_SIDES;
    let space = if width >= height { (long, short) } else { (short, long) };
    let (width, height) = fit((width, height), space, 2);
    (width & !1, height & !1)
}

/// As they are, but without what cameras note between them: some camcorders write place and time there.
fn keep_pictures(arguments: &mut Arguments, converter: &Converter) {
    arguments.add(["-c:v", "copy"]);
    if converter.abilities().unit_filter {
        arguments.add(["-bsf:v", "filter_units=remove_types=6"]);
    }
}

fn encode_pictures(arguments: &mut Arguments, facts: &VideoFacts, target: Target, converter: &Converter) {
    let mut filters = to_target(facts, target, converter.abilities());
    match facts.frame_rate {
        None => filters = format!("{UNKNOWN_FRAME_RATE},{filters}"),
        // Before the rest, so that what is dropped costs nothing.
        Some(rate) if rate > MAX_FRAME_RATE + FRAME_RATE_SLACK => filters = format!("fps={MAX_FRAME_RATE},{filters}"),
        Some(_) => {}
    }
    arguments.add(["-vf", &filters, "-c:v", "libx264", "-profile:v", "high", "-preset", PRESET, "-crf", "23"]);
    arguments.add(["-maxrate", MAX_BITS, "-bufsize", BUFFER_BITS, "-pix_fmt", "yuv420p", "-threads", "2"]);
    arguments.add(["-flags:v", "+bitexact"]);
    if to_bt709(facts, converter.abilities()).is_some() {
        arguments.add(["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"]);
    }
}

fn add_sound(arguments: &mut Arguments, audio: Option<&AudioCodec>) {
    match audio {
        None => {}
        Some(AudioCodec::Aac) => {
            arguments.add(["-c:a", "copy"]);
        }
        Some(AudioCodec::Other(_)) => {
            arguments.add(["-c:a", "aac", "-b:a", "128k", "-ac", "2", "-ar", "48000", "-flags:a", "+bitexact"]);
        }
    }
}

/// No more than the film says it has, so that a small file does not become a large one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "seconds of a month at most, positive")]
fn bound(arguments: &mut Arguments, duration: Option<f64>, kept_bytes: Option<u64>) {
    let seconds = duration.map_or(UNKNOWN_MAX_SECONDS, |seconds| seconds + DURATION_SLACK.0 / 2.0);
    let bytes = kept_bytes.unwrap_or((seconds * MAX_BYTES_PER_SECOND) as u64).saturating_add(CONTAINER_BYTES);
    arguments.add(["-t", &format!("{seconds:.3}"), "-fs", &bytes.to_string()]);
}

/// Looks at what was made as at any other film; its length in bytes.
async fn verify(file: &Path, original: &VideoFacts, size: (u32, u32)) -> Result<u64, Refusal> {
    let path = file.to_owned();
    let look = move || {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        io::Result::Ok((read_facts(&mut file, length), length))
    };
    let looked = tokio::task::spawn_blocking(look).await.map_err(|error| Refusal::broken_film(error.to_string()))?;
    let (made, length) = looked.map_err(Refusal::Unreadable)?;
    match difference(&made?, original, size) {
        Some(difference) => Err(Refusal::broken_film(format!("what was made is not right: {difference}"))),
        None => Ok(length),
    }
}

/// What is wrong about a result, for the log.
fn difference(made: &VideoFacts, original: &VideoFacts, size: (u32, u32)) -> Option<String> {
    let is_usual = matches!(made.video, VideoCodec::H264 { bit_depth: 8, chroma: 1, .. });
    let is_long = match (made.duration_seconds, original.duration_seconds) {
        (Some(made), Some(original)) => (made - original).abs() <= DURATION_SLACK.0.max(original * DURATION_SLACK.1),
        (made, None) => made.is_some(),
        (None, Some(_)) => false,
    };
    let is_near = |a: u32, b: u32| a.abs_diff(b) <= 1;
    let has_size = is_near(made.width, size.0) && is_near(made.height, size.1);
    if !is_usual || !matches!(made.audio, None | Some(AudioCodec::Aac)) {
        return Some(format!("{} and {:?}", made.video, made.audio));
    }
    if !has_size {
        return Some(format!("{} x {} pixels", made.width, made.height));
    }
    if !is_long {
        return Some(format!("{:?} seconds", made.duration_seconds));
    }
    (!made.is_index_first).then(|| "its index is not first".to_owned())
}
