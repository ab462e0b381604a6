//! A server of its own for each story, and people who use the command line.

pub(crate) mod files;
pub(crate) mod proxy;
pub(crate) mod server;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

pub(crate) use self::server::Server;

/// The longest that anything takes here, on a machine that is busy with something else.
pub(crate) const PATIENCE: Duration = Duration::from_mins(5);

/// Somebody with a home folder.
pub(crate) struct Person {
    home: TempDir,
}

/// How a command ended.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Person {
    /// Somebody who has not signed in anywhere.
    pub(crate) fn new() -> Self {
        Self { home: tempfile::tempdir().expect("a temporary folder") }
    }

    /// The admin of a server, signed in.
    pub(crate) fn admin_of(server: &Server) -> Self {
        let person = Self::new();
        person.signs_in(&server.address());
        person
    }

    /// Signs in as the admin at an address.
    pub(crate) fn signs_in(&self, address: &str) {
        let ran = self.types(&["login", address, "--password-stdin"], server::ADMIN_PASSWORD);
        assert_eq!(ran.code, 0, "{}", ran.err);
    }

    /// The folder of the session and the journal.
    pub(crate) fn state(&self) -> PathBuf {
        self.home.path().join("state/mantel-cli/default")
    }

    /// A command with nothing of this environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mantel-cli"));
        command.env_clear().env("HOME", self.home.path()).env("XDG_STATE_HOME", self.home.path().join("state"));
        command.env("TZ", "UTC").args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a command.
    pub(crate) fn runs(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().expect("the program can be run"))
    }

    /// Runs a command that must succeed, and gives what it printed.
    pub(crate) fn does(&self, arguments: &[&str]) -> String {
        let ran = self.runs(arguments);
        assert_eq!(ran.code, 0, "{arguments:?}\n{}\n{}", ran.out, ran.err);
        ran.out
    }

    /// Runs a command with something on its standard input.
    pub(crate) fn types(&self, arguments: &[&str], text: &str) -> Ran {
        let input = self.home.path().join("input");
        fs::write(&input, format!("{text}\n")).expect("it can be written");
        let mut command = self.command(arguments);
        command.stdin(fs::File::open(&input).expect("it was just written"));
        Ran::of(command.output().expect("the program can be run"))
    }

    /// Starts a command.
    pub(crate) fn starts(&self, arguments: &[&str]) -> Child {
        self.command(arguments).spawn().expect("the program can be run")
    }

    /// What galleries hold: title, file name, digest, in order.
    pub(crate) fn library(&self) -> Vec<[String; 3]> {
        let mut library = Vec::new();
        for gallery in lines(&self.does(&["--json", "ls"])) {
            let (id, title) = (text(&gallery["id"]), text(&gallery["title"]));
            for media in lines(&self.does(&["--json", "ls", &id])) {
                library.push([title.clone(), text(&media["fileName"]), text(&media["sha256"])]);
            }
        }
        library.sort();
        library
    }
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("it prints text");
        Self { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }

    /// The events of a run with `--json`.
    pub(crate) fn events(&self) -> Vec<Value> {
        lines(&self.out)
    }

    /// How many files came to this end.
    pub(crate) fn count(&self, outcome: &str) -> usize {
        self.events().iter().filter(|event| event["outcome"] == outcome).count()
    }
}

/// JSON lines.
pub(crate) fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"))).collect()
}

/// A text in JSON.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} should be a text")).to_owned()
}

/// A path as an argument.
pub(crate) fn argument(path: &Path) -> &str {
    path.to_str().expect("the folders of tests are text")
}

/// Waits until something is so.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < PATIENCE, "{what} does not happen");
        thread::sleep(Duration::from_millis(200));
    }
}
