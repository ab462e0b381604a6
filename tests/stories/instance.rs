//! The real program, as people start, stop and kill it.

use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, ExitStatus, Output, Stdio},
    time::Duration,
};

use crate::support::{
    Actor,
    home::{ADMIN_PASSWORD, FAMILY_PASSWORD},
};

/// The last line that a start prints.
const STARTED: &str = "Stop with Ctrl-C.";
const PATIENCE: Duration = Duration::from_mins(1);

/// A running program. It is killed when it is dropped.
pub(crate) struct Instance {
    child: Child,
    /// What it printed until it was started.
    pub(crate) printed: String,
    rest: BufReader<std::process::ChildStdout>,
    pub(crate) http: reqwest::Client,
}

/// The program on a folder, with free ports and nothing of this environment.
pub(crate) fn program(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mantel"));
    command.env_clear().arg("--data").arg(data);
    for flag in ["--listen", "--media-listen", "--aws-listen"] {
        command.args([flag, "127.0.0.1:0"]);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// The same, with the passwords that the tests know.
pub(crate) fn program_with_passwords(data: &Path) -> Command {
    let mut command = program(data);
    command.env("MANTEL_ADMIN_PASSWORD", ADMIN_PASSWORD).env("MANTEL_FAMILY_PASSWORD", FAMILY_PASSWORD);
    command
}

/// Runs a program that ends by itself.
pub(crate) async fn ends(mut command: Command) -> Output {
    command.stderr(Stdio::piped());
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = tokio::time::timeout(PATIENCE, output).await.expect("it ends in time");
    output.expect("no panic").expect("the program can be run")
}

impl Instance {
    /// Starts the program and waits until it says that it is running.
    pub(crate) async fn start(mut command: Command) -> Self {
        let started = tokio::task::spawn_blocking(move || {
            let mut child = command.spawn().expect("the program can be run");
            let mut lines = BufReader::new(child.stdout.take().expect("its output is piped"));
            let mut printed = String::new();
            while !printed.contains(STARTED) {
                assert_ne!(lines.read_line(&mut printed).expect("text"), 0, "it ended early: {printed}");
            }
            (child, printed, lines)
        });
        let (child, printed, rest) =
            tokio::time::timeout(PATIENCE, started).await.expect("it starts in time").expect("it starts");
        let http = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        Self { child, printed, rest, http }
    }

    /// The address of the API, as it printed it.
    pub(crate) fn api(&self) -> String {
        self.printed_after("API")
    }

    /// The first word after a label of what it printed.
    pub(crate) fn printed_after(&self, label: &str) -> String {
        let line = self.printed.lines().find_map(|line| line.trim().strip_prefix(label)).expect("the label");
        line.split_whitespace().next().expect("a word").to_owned()
    }

    pub(crate) async fn admin(&self) -> Actor {
        Actor::at(self.http.clone(), self.api()).signed_in_by_option("Admin", ADMIN_PASSWORD).await
    }

    /// Ends it at once, as a power cut does.
    pub(crate) async fn kill(mut self) {
        tokio::task::spawn_blocking(move || {
            self.child.kill().expect("our own child");
            self.child.wait().expect("our own child");
        })
        .await
        .expect("no panic");
    }

    /// Sends it a signal by name, and gives how it ended and what it printed at last.
    pub(crate) async fn signal(mut self, name: &'static str) -> (ExitStatus, String) {
        let ended = tokio::task::spawn_blocking(move || {
            let pid = self.child.id().to_string();
            let sent = Command::new("kill").args(["-s", name, &pid]).status().expect("kill can be run");
            assert!(sent.success());
            let mut last = String::new();
            self.rest.read_to_string(&mut last).expect("text");
            (self.child.wait().expect("our own child"), last)
        });
        tokio::time::timeout(PATIENCE, ended).await.expect("it stops in time").expect("no panic")
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
