//! The program that decodes and encodes films: where it is, and what it can do.

use std::{
    env,
    ffi::{OsStr, OsString},
    io,
    path::PathBuf,
    process::{Output, Stdio},
    time::Duration,
};

use tokio::process::Command;

/// A program that takes longer to tell its version is none.
const QUESTION_SECONDS: u64 = 20;
/// What people install.
const PROGRAM: &str = "ffmpeg";

/// Why there is no converter.
#[derive(Debug, thiserror::Error)]
pub enum ConverterError {
    /// There is no file at the configured place.
    #[error("there is no program at {}", .0.display())]
    NotThere(PathBuf),
    /// It could not be run, or is not ffmpeg.
    #[error("{} does not answer as ffmpeg does: {reason}", program.display())]
    NoAnswer {
        /// The program that was asked.
        program: PathBuf,
        /// What happened.
        reason: String,
    },
}

/// ffmpeg, as it is installed here.
#[derive(Clone, Debug)]
pub struct Converter {
    program: PathBuf,
    launcher: Vec<OsString>,
    search_path: Option<OsString>,
    version: String,
    abilities: Abilities,
}

/// What a build of ffmpeg can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a list of independent parts that a build has or has not")]
pub(super) struct Abilities {
    /// Encodes H.264, by libx264.
    pub(super) h264: bool,
    /// Encodes AAC.
    pub(super) aac: bool,
    /// Encodes PNG.
    pub(super) png: bool,
    /// Converts between colour spaces, by `zscale`.
    pub(super) color: bool,
    /// Maps much light to little, by `tonemap`.
    pub(super) tone_mapping: bool,
    /// Takes notes out of coded pictures, by `filter_units`.
    pub(super) unit_filter: bool,
}

impl Converter {
    /// Looks for ffmpeg at the `configured` place, else in the folders of `search_path` (the variable `PATH`), and asks
    /// it what it can do. None where no place is configured and nothing is found.
    ///
    /// # Errors
    /// When nothing is at the configured place, or what was found does not answer as ffmpeg does.
    pub async fn find(
        configured: Option<PathBuf>,
        search_path: Option<&OsStr>,
    ) -> Result<Option<Self>, ConverterError> {
        let program = match configured {
            Some(program) if program.is_file() => program,
            Some(program) => return Err(ConverterError::NotThere(program)),
            None => match search_path.and_then(find_program) {
                Some(program) => program,
                None => return Ok(None),
            },
        };
        let no_answer = |reason: String| ConverterError::NoAnswer { program: program.clone(), reason };
        let program = std::path::absolute(&program).map_err(|error| no_answer(error.to_string()))?;
        let mut converter = Self {
            program: program.clone(),
            launcher: Vec::new(),
            search_path: search_path.map(OsStr::to_owned),
            version: String::new(),
            abilities: Abilities::default(),
        };
        let ask = async |question| converter.ask(question).await.map_err(|error| no_answer(error.to_string()));
        let version = read_version(&ask("-version").await?).ok_or_else(|| no_answer("no version".to_owned()))?;
        let abilities = Abilities::read(&ask("-encoders").await?, &ask("-filters").await?, &ask("-bsfs").await?);
        (converter.version, converter.abilities) = (version, abilities);
        Ok(Some(converter))
    }

    /// The same program, run by another: `launcher` is that one and its arguments, before those of ffmpeg. It is to set
    /// limits on itself and then become ffmpeg.
    #[must_use]
    pub fn with_launcher(mut self, launcher: Vec<OsString>) -> Self {
        self.launcher = launcher;
        self
    }

    /// Where the program is.
    #[must_use]
    pub fn program(&self) -> &std::path::Path {
        &self.program
    }

    /// The version that it tells, such as `5.1.9-0+deb12u1`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What it lacks to convert films, in words for people; nothing of a usual build.
    #[must_use]
    pub fn missing(&self) -> Option<&'static str> {
        self.abilities.missing()
    }

    /// Whether films with more light than usual screens have keep their look; else they come out pale.
    #[must_use]
    pub fn maps_tones(&self) -> bool {
        self.abilities.color && self.abilities.tone_mapping
    }

    pub(super) fn abilities(&self) -> Abilities {
        self.abilities
    }

    /// A run of the program without arguments, environment or input; it ends when nobody waits for it any more.
    pub(super) fn command(&self) -> Command {
        let mut words = self.launcher.iter().map(OsString::as_os_str).chain([self.program.as_os_str()]);
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words).env_clear().env("LC_ALL", "C").stdin(Stdio::null()).kill_on_drop(true);
        if let Some(path) = &self.search_path {
            command.env("PATH", path);
        }
        command
    }

    async fn ask(&self, question: &str) -> io::Result<String> {
        let answer = self.command().args(["-hide_banner", "-nostdin", question]).output();
        let Output { status, stdout, .. } =
            tokio::time::timeout(Duration::from_secs(QUESTION_SECONDS), answer).await??;
        if !status.success() {
            return Err(io::Error::other(format!("{question}: {status}")));
        }
        Ok(String::from_utf8_lossy(&stdout).into_owned())
    }
}

impl Abilities {
    fn read(encoders: &str, filters: &str, stream_filters: &str) -> Self {
        // A line is some letters that tell what it does, then its name; of stream filters the name alone.
        let names = |list: &str, name: &str| list.lines().any(|line| line.split_whitespace().nth(1) == Some(name));
        Self {
            h264: names(encoders, "libx264"),
            aac: names(encoders, "aac"),
            png: names(encoders, "png"),
            color: names(filters, "zscale"),
            tone_mapping: names(filters, "tonemap"),
            unit_filter: stream_filters.lines().any(|line| line.trim() == "filter_units"),
        }
    }

    fn missing(self) -> Option<&'static str> {
        match self {
            Self { h264: false, .. } => Some("a build of ffmpeg with libx264"),
            Self { aac: false, .. } => Some("a build of ffmpeg with its AAC encoder"),
            Self { png: false, .. } => Some("a build of ffmpeg with its PNG encoder"),
            _ => None,
        }
    }
}

/// Folders that are not absolute would depend on where one stands.
fn find_program(search_path: &OsStr) -> Option<PathBuf> {
    env::split_paths(search_path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(PROGRAM).with_extension(env::consts::EXE_EXTENSION))
        .find(|program| program.is_file())
}

fn read_version(answer: &str) -> Option<String> {
    answer.strip_prefix("ffmpeg version ")?.split_whitespace().next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_tells_what_a_build_can_do() {
        let encoders =
            "Encoders:\n V..... = Video\n ------\n V....D libx264rgb  x\n V....D png  PNG\n A....D aac  AAC\n";
        let filters = "Filters:\n .SC zscale  V->V  Apply\n .S. tonemap_opencl  V->V  Tone\n";
        let found = Abilities::read(encoders, filters, "Bitstream filters:\nfilter_units\n");
        let expected = Abilities { aac: true, png: true, color: true, unit_filter: true, ..Abilities::default() };
        assert_eq!(found, expected);
        assert_eq!(found.missing(), Some("a build of ffmpeg with libx264"));
        assert_eq!(Abilities { h264: true, ..found }.missing(), None);
    }

    #[test]
    fn a_version_is_that_of_ffmpeg_alone() {
        assert_eq!(read_version("ffmpeg version n7.1 Copyright (c)\nbuilt with"), Some("n7.1".to_owned()));
        assert_eq!(read_version("avconv version 12"), None);
    }
}
