//! The server as a process.

use std::{
    io::{BufRead, BufReader, Read},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
};

use tempfile::TempDir;

pub(crate) const ADMIN_PASSWORD: &str = "correct horse battery";
/// The last line that a start prints.
const STARTED: &str = "Stop with Ctrl-C.";

/// A running server, which ends when it is dropped.
pub(crate) struct Server {
    child: Child,
    data: TempDir,
    /// Ports of the site, of the bucket, and of the services.
    ports: [String; 3],
    options: Vec<String>,
}

impl Server {
    /// Starts a server on an empty folder.
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    /// The same with options.
    pub(crate) fn start_with(options: &[&str]) -> Self {
        let data = tempfile::tempdir().expect("a temporary folder");
        let options: Vec<String> = options.iter().map(|&option| option.to_owned()).collect();
        let ports = free_ports();
        let child = run(data.path(), &ports, &options);
        Self { child, data, ports, options }
    }

    /// The address of the site.
    pub(crate) fn address(&self) -> String {
        format!("http://{}", self.ports[0])
    }

    /// Host and port of the bucket.
    pub(crate) fn bucket(&self) -> &str {
        &self.ports[1]
    }

    /// Ends it at once, as a power cut does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("our own child");
        self.child.wait().expect("our own child");
    }

    /// Starts it again at the same ports, after it was killed.
    pub(crate) fn start_again(&mut self) {
        self.child = run(self.data.path(), &self.ports, &self.options);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Three ports that nobody listens at: a server that is started again has to find its own.
fn free_ports() -> [String; 3] {
    let listeners = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").expect("a free port"));
    listeners.map(|listener| listener.local_addr().expect("it is bound").to_string())
}

/// The program that `cargo test` builds beside ours; of a package alone, it has to be built before.
fn program() -> std::path::PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_mantel-cli")).with_file_name("mantel");
    assert!(program.exists(), "{} is not there: run `cargo build --bin mantel` first", program.display());
    program
}

fn run(data: &Path, listen: &[String; 3], options: &[String]) -> Child {
    let mut command = Command::new(program());
    command.env_clear().arg("--data").arg(data);
    for (flag, address) in ["--listen", "--media-listen", "--aws-listen"].iter().zip(listen) {
        command.args([flag, address.as_str()]);
    }
    command.args(options).env("MANTEL_ADMIN_PASSWORD", ADMIN_PASSWORD).env("MANTEL_FAMILY_PASSWORD", ADMIN_PASSWORD);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the server can be run");
    let mut lines = BufReader::new(child.stdout.take().expect("its output is piped"));
    let mut printed = String::new();
    while !printed.contains(STARTED) {
        assert_ne!(lines.read_line(&mut printed).expect("text"), 0, "it ended early: {printed}");
    }
    // What it prints later is read, so that it never waits for us.
    thread::spawn(move || lines.read_to_string(&mut String::new()));
    child
}
