//! Uploads of folders.

use std::fs;

use serde_json::json;

use crate::support::{
    Person, Ran, Server, argument,
    files::{large_picture, picture, pictures, write},
};

#[test]
fn what_is_there_is_not_sent_again_and_a_dry_run_says_the_same() {
    let server = Server::start();
    let person = Person::admin_of(&server);
    let folder = tempfile::tempdir().expect("a temporary folder");
    pictures(&folder.path().join("Summer"), 0..5);
    write(&folder.path().join("Summer/copy of 3.gif"), picture(3));
    write(&folder.path().join("Winter/one.gif"), picture(7));
    write(&folder.path().join("Winter/notes.txt"), "no picture");
    let arguments = ["--json", "upload", argument(folder.path()), "--folder-as-gallery"];
    let dry = person.runs(&[&arguments[..], &["--dry-run"]].concat());
    assert_eq!((dry.code, dry.count("would-upload"), dry.count("same")), (0, 6, 1), "{}{}", dry.out, dry.err);
    assert_eq!(person.does(&["--json", "ls"]), "", "a dry run makes no galleries");
    let real = person.runs(&arguments);
    assert_eq!((real.code, real.count("uploaded"), real.count("same")), (0, 6, 1), "{}{}", real.out, real.err);
    assert_eq!(planned(&dry, "would-upload"), planned(&real, "uploaded"));
    let again = person.runs(&arguments);
    assert_eq!((again.code, again.count("known"), again.count("same")), (0, 6, 1), "{}{}", again.out, again.err);
    let dry = person.runs(&[&arguments[..], &["--dry-run"]].concat());
    assert_eq!(planned(&dry, "known"), planned(&again, "known"));
    assert_eq!(person.library().len(), 6);
}

/// Path and gallery of the files that came to this end.
fn planned(ran: &Ran, outcome: &str) -> Vec<String> {
    let events = ran.events();
    let files = events.iter().filter(|event| event["outcome"] == outcome);
    let mut planned: Vec<String> = files.map(|event| format!("{} {}", event["path"], event["gallery"])).collect();
    planned.sort();
    planned
}

#[test]
#[cfg(unix)]
fn one_bad_file_stops_nothing_and_is_told_safely() {
    let server = Server::start();
    let person = Person::admin_of(&server);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| folder.path().join(name);
    write(&at("empty.gif"), "");
    write(&at("no picture.gif"), "this is text");
    write(&at("line\nbreak \u{1b}[31m.gif"), picture(1));
    write(&at("Zo\u{eb} 写真 \u{1f600}.gif"), picture(2));
    std::os::unix::fs::symlink("/nowhere/at/all.gif", at("gone.gif")).expect("it can be made");
    std::os::unix::fs::symlink(folder.path(), at("circle")).expect("it can be made");
    let name = std::os::unix::ffi::OsStrExt::from_bytes(b"caf\xe9.gif");
    write(&folder.path().join::<&std::ffi::OsStr>(name), picture(3));
    let ran = person.runs(&["upload", argument(folder.path()), "--gallery", "Odd"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert!(!ran.out.contains('\u{1b}'), "{:?}", ran.out);
    insta::assert_snapshot!("report_of_bad_files", ran.out.replace(argument(folder.path()), "FOLDER"));
    let names: Vec<String> = person.library().into_iter().map(|[_, name, _]| name).collect();
    assert_eq!(names, ["Zoë 写真 \u{1f600}.gif", "caf\u{fffd}.gif", "line_break _[31m.gif", "no picture.gif"]);
}

#[test]
fn a_large_file_goes_up_in_parts() {
    let server = Server::start();
    let person = Person::admin_of(&server);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let bytes = large_picture(1, 40 << 20);
    write(&folder.path().join("large.gif"), &bytes);
    let ran = person.runs(&["upload", argument(folder.path()), "--gallery", "Large"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let back = tempfile::tempdir().expect("a temporary folder");
    person.does(&["download", "--gallery", "Large", argument(back.path())]);
    let found = walk(back.path()).into_iter().find(|path| path.ends_with("large.gif")).expect("it was downloaded");
    assert!(fs::read(found).expect("it can be read") == bytes, "the bytes differ");
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() { found.extend(walk(&entry)) } else { found.push(entry) }
    }
    found
}

#[test]
fn sidecars_give_captions_and_dates() {
    let server = Server::start();
    let person = Person::admin_of(&server);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| folder.path().join(name);
    write(&at("xmp.gif"), picture(1));
    write(
        &at("xmp.gif.xmp"),
        r#"<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
        <rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:DateTimeOriginal="2019-07-03T15:04:05+02:00"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description><rdf:Alt><rdf:li xml:lang="x-default">At the lake</rdf:li>
        </rdf:Alt></dc:description></rdf:Description></rdf:RDF></x:xmpmeta>"#,
    );
    write(&at("google.gif"), picture(2));
    write(
        &at("google.gif.json"),
        r#"{ "title": "google.gif", "description": "Snow", "photoTakenTime": { "timestamp": "1546300800" } }"#,
    );
    person.does(&["upload", argument(folder.path()), "--gallery", "Notes"]);
    let listed = crate::support::lines(&person.does(&["--json", "ls", "Notes"]));
    let notes: Vec<_> = listed
        .iter()
        .map(|media| json!([media["fileName"], media["caption"], media["takenAt"], media["takenAtOffsetMinutes"]]))
        .collect();
    assert_eq!(
        notes,
        [
            json!(["google.gif", "Snow", "2019-01-01T00:00:00.000Z", 0]),
            json!(["xmp.gif", "At the lake", "2019-07-03T13:04:05.000Z", 120]),
        ]
    );
}

#[test]
fn patterns_and_days_choose_files() {
    let server = Server::start();
    let person = Person::admin_of(&server);
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, number, taken) in
        [("a/one.gif", 1, "1546300800"), ("a/two.GIF", 2, "1577836800"), ("b/three.gif", 3, "1609459200")]
    {
        write(&folder.path().join(name), picture(number));
        let sidecar = format!(r#"{{ "photoTakenTime": {{ "timestamp": "{taken}" }} }}"#);
        write(&folder.path().join(format!("{name}.json")), sidecar);
    }
    let chosen = |more: &[&str]| {
        let arguments = ["--json", "upload", argument(folder.path()), "--gallery", "Some", "--dry-run"];
        let ran = person.runs(&[&arguments[..], more].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        planned(&ran, "would-upload").len()
    };
    assert_eq!((chosen(&[]), chosen(&["--include", "a/**"]), chosen(&["--exclude", "*two*"])), (3, 2, 2));
    assert_eq!((chosen(&["--since", "2020-01-01"]), chosen(&["--until", "2019-12-31"])), (2, 1));
    assert_eq!(person.runs(&["upload", "/nowhere", "--gallery", "x"]).code, 2);
    assert_eq!(person.runs(&["upload", argument(folder.path())]).code, 2);
}
