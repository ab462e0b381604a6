//! One run of ffmpeg on a file of unknown origin, in bounds.

use std::{
    ffi::OsString,
    io,
    ops::ControlFlow,
    path::Path,
    process::{ExitStatus, Stdio},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt},
    time::{Instant, timeout_at},
};

use super::{converter::Converter, facts::VideoFacts};
use crate::{exit::ended_by_others, picture::Refusal};

/// Of what the program complains about, the last is kept for the log.
const LOG_BYTES: usize = 4 * 1024;
/// Longer lines are no report of progress.
const MAX_LINE_BYTES: usize = 4 * 1024;
/// Cores for decoding, and for encoding.
const THREADS: &str = "2";
/// Films of 8K have 33 million.
const MAX_PIXELS: &str = "50000000";
/// What films of families are coded with: less used decoders are less looked after.
const DECODERS: &str = "h264,hevc,av1,libdav1d,libaom-av1,vp9,libvpx-vp9,vp8,mpeg4,h263,mjpeg,mpeg1video,mpeg2video,\
    prores,dvvideo,aac,mp3float,mp3,amrnb,amrwb,libopencore_amrnb,libopencore_amrwb,alac,ac3,eac3,opus,libopus,\
    pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,pcm_u8,pcm_s8,pcm_mulaw,pcm_alaw";

/// Why a run did not come to its end.
#[derive(Debug)]
pub(super) enum Stopped {
    /// The program could not be started, or listened to.
    NotStarted(io::Error),
    /// The time was over.
    OutOfTime,
    /// Whoever listened had heard enough.
    GivenUp,
    /// It failed, crashed, or was killed.
    Failed {
        /// How it ended.
        status: ExitStatus,
        /// The last that it complained about.
        log: String,
    },
}

impl From<Stopped> for Refusal {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::NotStarted(error) => Self::Unreadable(error),
            Stopped::OutOfTime | Stopped::GivenUp => Self::TooLong,
            Stopped::Failed { status, .. } if ended_by_others(status) => {
                Self::Unreadable(io::Error::other(format!("ffmpeg: {status}")))
            }
            // The same bytes would end it again.
            Stopped::Failed { status, log } => Self::broken_film(format!("ffmpeg: {status}: {log}")),
        }
    }
}

/// Arguments of a run.
#[derive(Debug, Default)]
pub(super) struct Arguments(Vec<OsString>);

impl Arguments {
    /// What comes first: nothing is asked for, nothing but complaints is told.
    pub(super) fn new() -> Self {
        let mut arguments = Self::default();
        arguments.add(["-hide_banner", "-nostdin", "-nostats", "-loglevel", "error", "-y", "-filter_threads", THREADS]);
        arguments
    }

    pub(super) fn add<const N: usize>(&mut self, words: [&str; N]) -> &mut Self {
        self.0.extend(words.map(OsString::from));
        self
    }

    /// The film: read as what it is known to be, and from its own file alone, whatever it says of others (`dref`).
    pub(super) fn input(&mut self, file: &Path, from_seconds: f64, facts: &VideoFacts) -> io::Result<&mut Self> {
        self.add(["-f", "mov", "-protocol_whitelist", "file", "-enable_drefs", "0", "-use_absolute_path", "0"]);
        self.add(["-codec_whitelist", DECODERS, "-max_pixels", MAX_PIXELS, "-threads", THREADS]);
        if facts.is_taken_for_bt709() {
            // What the coded pictures say goes before.
            self.add(["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"]);
        }
        if from_seconds > 0.0 {
            self.add(["-ss", &format!("{from_seconds:.3}")]);
        }
        let file = file_url(file)?;
        self.add(["-i"]).0.push(file);
        Ok(self.add(["-map", "0:V:0", "-sn", "-dn"]))
    }

    /// Where to write.
    pub(super) fn output(&mut self, file: &Path) -> io::Result<&mut Self> {
        let file = file_url(file)?;
        self.0.push(file);
        Ok(self)
    }
}

/// A name that can be nothing but a file's.
fn file_url(file: &Path) -> io::Result<OsString> {
    let mut url = OsString::from("file:");
    url.push(std::path::absolute(file)?);
    Ok(url)
}

/// Runs the program in a folder until `deadline`, with a report of every line that it writes. It is killed when the
/// time is over, when the report says to stop, and when nobody waits for this any more.
pub(super) async fn run(
    converter: &Converter,
    arguments: &Arguments,
    folder: &Path,
    deadline: Instant,
    on_line: impl FnMut(&str) -> ControlFlow<()> + Send,
) -> Result<(), Stopped> {
    let mut command = converter.command();
    command.args(&arguments.0).current_dir(folder);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(Stopped::NotStarted)?;
    let (Some(out), Some(complaints)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(Stopped::NotStarted(io::Error::other("the program has no pipes")));
    };
    let work = async {
        let ((), log) = tokio::try_join!(report_lines(out, on_line), last_bytes(complaints))?;
        let status = child.wait().await.map_err(Stopped::NotStarted)?;
        if status.success() { Ok(()) } else { Err(Stopped::Failed { status, log }) }
    };
    timeout_at(deadline, work).await.unwrap_or(Err(Stopped::OutOfTime))
}

async fn report_lines(
    mut out: impl AsyncRead + Unpin,
    mut on_line: impl FnMut(&str) -> ControlFlow<()>,
) -> Result<(), Stopped> {
    let mut buffer = [0; 1024];
    let mut line = Vec::new();
    loop {
        let read = out.read(&mut buffer).await.map_err(Stopped::NotStarted)?;
        if read == 0 {
            return Ok(());
        }
        for &byte in &buffer[..read] {
            if byte != b'\n' {
                if line.len() < MAX_LINE_BYTES {
                    line.push(byte);
                }
                continue;
            }
            if on_line(&String::from_utf8_lossy(&line)).is_break() {
                return Err(Stopped::GivenUp);
            }
            line.clear();
        }
    }
}

/// Reads all there is, so that whoever writes never waits, and keeps the end.
async fn last_bytes(mut complaints: impl AsyncRead + Unpin) -> Result<String, Stopped> {
    let mut buffer = [0; 1024];
    let mut last = Vec::new();
    loop {
        let read = complaints.read(&mut buffer).await.map_err(Stopped::NotStarted)?;
        if read == 0 {
            return Ok(String::from_utf8_lossy(&last).trim().to_owned());
        }
        last.extend_from_slice(&buffer[..read]);
        last.drain(..last.len().saturating_sub(LOG_BYTES));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_end_of_what_is_complained_about_is_kept() -> Result<(), Stopped> {
        let long = [vec![b'a'; 3 * LOG_BYTES], b"the end".to_vec()].concat();
        let last = last_bytes(long.as_slice()).await?;
        assert_eq!(last.len(), LOG_BYTES);
        assert!(last.ends_with("aaathe end"));
        Ok(())
    }

    #[tokio::test]
    async fn lines_are_reported_until_somebody_has_heard_enough() {
        let mut heard = Vec::new();
        let text = b"one\ntwo\nthree\nfour".as_slice();
        let listened = report_lines(text, |line| {
            heard.push(line.to_owned());
            if line == "two" { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert!(matches!(listened.await, Err(Stopped::GivenUp)));
        assert_eq!(heard, ["one", "two"]);
    }
}
