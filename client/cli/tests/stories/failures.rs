//! Runs that are ended, servers that go away, answers of 503: nothing is lost, and nothing comes twice.

use std::{sync::OnceLock, thread, time::Duration};

use crate::support::{
    Person, Ran, Server, argument,
    files::{large_picture, pictures, write},
    lines,
    proxy::Proxy,
    until,
};

/// How many files the gallery shows; 0 before it is there.
fn shown(person: &Person) -> i64 {
    lines(&person.does(&["--json", "ls"])).first().and_then(|gallery| gallery["mediaCount"].as_i64()).unwrap_or(0)
}

#[test]
fn a_run_that_is_killed_in_the_middle_goes_on_where_it_was() {
    const FILES: u32 = 1_000;
    let server = Server::start();
    let person = Person::admin_of(&server);
    let folder = tempfile::tempdir().expect("a temporary folder");
    pictures(folder.path(), 0..FILES);
    for number in 0..FILES {
        let sidecar =
            format!(r#"{{ "description": "caption {number}", "photoTakenTime": {{ "timestamp": "1546300800" }} }}"#);
        write(&folder.path().join(format!("{number:04}.gif.json")), sidecar);
    }
    let arguments = ["--json", "upload", argument(folder.path()), "--gallery", "Killed"];
    for least in [100, 400] {
        let mut run = person.starts(&arguments);
        until("the upload", || shown(&person) >= least);
        run.kill().expect("our own child");
        run.wait().expect("our own child");
    }
    let before = usize::try_from(shown(&person)).expect("a count");
    let ran = person.runs(&arguments);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert_eq!(ran.count("uploaded") + ran.count("known"), FILES as usize);
    assert!(ran.count("known") >= before, "{} were there, and {} known", before, ran.count("known"));
    let listed = lines(&person.does(&["--json", "ls", "Killed"]));
    let mut captions: Vec<(String, String)> = listed
        .iter()
        .map(|media| (crate::support::text(&media["fileName"]), crate::support::text(&media["caption"])))
        .collect();
    captions.sort();
    let expected: Vec<(String, String)> =
        (0..FILES).map(|number| (format!("{number:04}.gif"), format!("caption {number}"))).collect();
    assert!(captions == expected, "{} files, with captions {:?}…", captions.len(), &captions[..3]);
}

#[test]
fn a_server_that_starts_anew_is_waited_for() {
    let mut server = Server::start();
    let person = Person::admin_of(&server);
    let folder = tempfile::tempdir().expect("a temporary folder");
    pictures(folder.path(), 0..150);
    let run = person.starts(&["--json", "upload", argument(folder.path()), "--gallery", "Patient"]);
    until("the upload", || shown(&person) >= 20);
    server.kill();
    thread::sleep(Duration::from_secs(1));
    server.start_again();
    let ran = Ran::of(run.wait_with_output().expect("our own child"));
    assert_eq!((ran.code, ran.count("failed")), (0, 0), "{}{}", ran.out, ran.err);
    assert_eq!(person.library().len(), 150);
}

#[test]
fn a_server_that_does_not_come_back_ends_the_run_with_what_to_do() {
    let mut server = Server::start();
    let person = Person::admin_of(&server);
    let folder = tempfile::tempdir().expect("a temporary folder");
    pictures(folder.path(), 0..3);
    server.kill();
    let ran = person.runs(&["--retry-for", "1", "upload", argument(folder.path()), "--gallery", "Gone"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("did not answer") && ran.err.contains("Run the same command again"), "{}", ran.err);
}

#[test]
fn answers_of_503_are_borne_by_the_api_and_the_bucket() {
    static BUCKET: OnceLock<String> = OnceLock::new();
    let every_third = |request: usize| request % 3 == 1;
    let to_bucket = Proxy::start(|| BUCKET.get().cloned().unwrap_or_default(), every_third);
    let server = Server::start_with(&["--media-url", &format!("http://{}", to_bucket.address())]);
    BUCKET.set(server.bucket().to_owned()).expect("set once");
    let site = server.address().trim_start_matches("http://").to_owned();
    let to_site = Proxy::start(move || site.clone(), every_third);
    let person = Person::admin_of(&server);
    // The session was opened without the proxy; what follows goes through it.
    let file = person.state().join("session.json");
    let session = std::fs::read_to_string(&file).expect("it is there");
    let through = session.replace(server.address().trim_start_matches("http://"), to_site.address());
    std::fs::write(&file, through).expect("it can be written");
    let folder = tempfile::tempdir().expect("a temporary folder");
    pictures(folder.path(), 0..20);
    write(&folder.path().join("large.gif"), large_picture(99, 30 << 20));
    let ran = person.runs(&["--json", "upload", argument(folder.path()), "--gallery", "Unsteady"]);
    assert_eq!((ran.code, ran.count("uploaded"), ran.count("failed")), (0, 21, 0), "{}{}", ran.out, ran.err);
    assert!(to_site.refused() > 10 && to_bucket.refused() > 5, "{} and {}", to_site.refused(), to_bucket.refused());
    let back = tempfile::tempdir().expect("a temporary folder");
    person.does(&["download", "--all", argument(back.path())]);
    person.does(&["verify", argument(back.path())]);
}

#[test]
#[cfg(unix)]
fn ctrl_c_ends_a_run_in_order() {
    let server = Server::start();
    let person = Person::admin_of(&server);
    let folder = tempfile::tempdir().expect("a temporary folder");
    pictures(folder.path(), 0..400);
    let arguments = ["upload", argument(folder.path()), "--gallery", "Stopped"];
    let run = person.starts(&arguments);
    until("the upload", || shown(&person) >= 10);
    let sent = std::process::Command::new("kill").args(["-s", "INT", &run.id().to_string()]).status();
    assert!(sent.expect("kill can be run").success());
    let ran = Ran::of(run.wait_with_output().expect("our own child"));
    assert!(ran.code == 1 && ran.err.contains("Run the same command again"), "{}{}", ran.out, ran.err);
    person.does(&arguments);
    assert_eq!(person.library().len(), 400);
}
