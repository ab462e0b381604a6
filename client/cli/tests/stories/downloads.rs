//! A library goes out and comes back the same.

use std::{fs, path::Path};

use serde_json::{Value, json};

use crate::support::{
    Person, Server, argument,
    files::{picture, write},
    lines,
};

/// Everything that is noted of a library, without ids.
fn noted(person: &Person) -> Vec<Value> {
    let mut noted = Vec::new();
    for gallery in lines(&person.does(&["--json", "ls"])) {
        for mut media in lines(&person.does(&["--json", "ls", gallery["id"].as_str().expect("an id")])) {
            let media = media.as_object_mut().expect("an object");
            media.remove("id");
            media.insert("gallery".into(), json!([gallery["title"], gallery["visibility"], gallery["description"]]));
            noted.push(Value::Object(media.clone()));
        }
    }
    noted.sort_by_key(Value::to_string);
    noted
}

fn fill(person: &Person, folder: &Path) {
    let at = |name: &str| folder.join(name);
    write(&at("Summer: at the lake/one.gif"), picture(1));
    write(
        &at("Summer: at the lake/one.gif.json"),
        r#"{ "description": "Two\nlines", "photoTakenTime": { "timestamp": "1562159045" }, "favorited": true }"#,
    );
    // Two of one name, in one month.
    write(&at("Summer: at the lake/a/same.gif"), picture(2));
    write(&at("Summer: at the lake/b/same.gif"), picture(3));
    write(&at("Winter/undated \u{1f600}.gif"), picture(4));
    person.does(&["gallery", "create", "Summer: at the lake", "--visibility", "family", "--description", "All of us"]);
    person.does(&["upload", argument(&at("Summer: at the lake")), "--gallery", "Summer: at the lake"]);
    person.does(&["upload", argument(&at("Winter")), "--folder-as-gallery"]);
}

#[test]
fn what_was_downloaded_makes_the_same_library_elsewhere() {
    let (server, elsewhere) = (Server::start(), Server::start());
    let (person, other) = (Person::admin_of(&server), Person::admin_of(&elsewhere));
    let (originals, copy) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    fill(&person, originals.path());
    person.does(&["download", "--all", argument(copy.path())]);
    assert!(person.does(&["verify", argument(copy.path())]).contains("4 files are equal"));
    other.does(&["upload", argument(copy.path()), "--folder-as-gallery"]);
    assert_eq!(noted(&person), noted(&other));
    let again = tempfile::tempdir().expect("a folder");
    other.does(&["download", "--all", argument(again.path())]);
    assert!(other.does(&["verify", argument(again.path())]).contains("4 files are equal"));
}

#[test]
fn a_download_goes_on_and_verify_finds_what_differs() {
    let server = Server::start();
    let person = Person::admin_of(&server);
    let (originals, copy) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    fill(&person, originals.path());
    let arguments = ["download", "--all", argument(copy.path())];
    person.does(&arguments);
    assert!(person.does(&arguments).contains("4 files there already"));
    let one = files(copy.path()).into_iter().find(|path| path.ends_with("one.gif")).expect("it was downloaded");
    let undated =
        files(copy.path()).into_iter().find(|path| path.to_string_lossy().contains("undated")).expect("it too");
    // As a run leaves it that was ended in the middle.
    let bytes = fs::read(&one).expect("it is there");
    fs::write(format!("{}.part", one.display()), &bytes[..20]).expect("it can be written");
    fs::remove_file(&one).expect("it is there");
    fs::write(&undated, b"other bytes").expect("it can be written");
    let ran = person.runs(&["--json", "verify", argument(copy.path())]);
    assert_eq!((ran.code, ran.count("damaged")), (1, 2), "{}", ran.out);
    fs::remove_file(&undated).expect("it is there");
    let ran = person.runs(&["--json", "download", "--all", argument(copy.path())]);
    assert_eq!((ran.code, ran.count("downloaded"), ran.count("known")), (0, 2, 2), "{}{}", ran.out, ran.err);
    assert!(fs::read(&one).expect("it is back") == bytes);
    // Both ways: what is only here, what is only there, and what is noted otherwise.
    let listed = lines(&person.does(&["--json", "ls", "Summer: at the lake"]));
    assert_eq!(listed.len(), 3);
    write(&originals.path().join("late.gif"), picture(9));
    person.does(&["upload", argument(&originals.path().join("late.gif")), "--gallery", "Winter"]);
    person.does(&["gallery", "delete", "Summer: at the lake", "--with-media"]);
    let ran = person.runs(&["--json", "verify", argument(copy.path())]);
    assert_eq!((ran.code, ran.count("not-on-server"), ran.count("missing")), (1, 3, 1), "{}", ran.out);
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() { found.extend(files(&entry)) } else { found.push(entry) }
    }
    found
}
