//! Starting and stopping the real program on a folder.

use std::{fs, path::Path};

use processor::testing::{jpeg, picture};
use serde_json::json;

use super::instance::{Instance, ends, program, program_with_passwords};
use crate::support::{Actor, actor::until};

const OFFER: &str = "Sign in with these passwords.";

#[tokio::test(flavor = "multi_thread")]
async fn passwords_are_printed_at_the_first_start_only() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let first = Instance::start(program(folder.path())).await;
    assert!(first.printed.contains(OFFER), "{}", first.printed);
    let passwords = [("Admin", first.printed_after("admin")), ("Family", first.printed_after("family"))];
    assert_ne!(passwords[0].1, passwords[1].1);
    for (label, password) in &passwords {
        Actor::at(first.http.clone(), first.api()).signed_in_by_option(label, password).await;
    }
    let (status, _) = first.signal("TERM").await;
    assert_eq!(status.code(), Some(0));

    let second = Instance::start(program(folder.path())).await;
    assert!(!second.printed.contains(OFFER), "{}", second.printed);
    for (label, password) in &passwords {
        assert!(!second.printed.contains(password.as_str()));
        Actor::at(second.http.clone(), second.api()).signed_in_by_option(label, password).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_program_ends_well_and_has_everything_at_its_next_start() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let bytes = jpeg(&picture(40, 30, 1));
    let first = Instance::start(program_with_passwords(folder.path())).await;
    // Its connection stays open, as a browser's does.
    let admin = first.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let media = admin.uploads(&gallery, "a.jpg", "image/jpeg", &bytes).await;
    let (status, last) = first.signal("INT").await;
    assert_eq!((status.code(), last.trim()), (Some(0), "Stopping."));

    let second = Instance::start(program_with_passwords(folder.path())).await;
    let admin = second.admin().await;
    let media = admin.sees_processed(&media).await;
    assert_eq!(media["status"], "READY");
    assert_eq!(admin.fetches(&media["original"]).await, bytes);
    drop(admin);
    assert_eq!(second.signal("TERM").await.0.code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_used_by_one_program_at_a_time() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let first = Instance::start(program_with_passwords(folder.path())).await;
    let second = ends(program_with_passwords(folder.path())).await;
    let complaint = String::from_utf8_lossy(&second.stderr);
    assert_eq!(second.status.code(), Some(1), "{complaint}");
    assert!(complaint.contains(&folder.path().display().to_string()), "{complaint}");
    assert!(complaint.contains("another Mantel is using") && complaint.contains("--data"), "{complaint}");
    assert!(second.stdout.is_empty());

    first.admin().await.makes_gallery("The first goes on", "FAMILY").await;
    first.kill().await;
    let third = Instance::start(program_with_passwords(folder.path())).await;
    let data = third.admin().await.gets("{ galleries { edges { node { title } } } }", json!({})).await;
    assert_eq!(data["galleries"]["edges"][0]["node"]["title"], "The first goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_with_other_things_is_left_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("thesis.txt"), "precious").expect("room for a file");
    let refused = ends(program_with_passwords(folder.path())).await;
    let complaint = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1), "{complaint}");
    assert!(complaint.contains(&folder.path().display().to_string()), "{complaint}");
    assert!(complaint.contains("not a folder of Mantel's") && complaint.contains("--data"), "{complaint}");
    assert_eq!(names(folder.path()), ["thesis.txt"]);
    assert_eq!(fs::read(folder.path().join("thesis.txt")).expect("it is still there"), b"precious");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_library_without_its_marker_or_of_a_later_version_is_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    Instance::start(program_with_passwords(folder.path())).await.kill().await;
    let marker = folder.path().join("mantel-data.json");
    let kept = fs::read(&marker).expect("a library has a marker");
    fs::remove_file(&marker).expect("it can be removed");
    let refused = ends(program_with_passwords(folder.path())).await;
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("put mantel-data.json back from a backup"));

    fs::write(&marker, r#"{"format":2}"#).expect("it can be written");
    let refused = ends(program_with_passwords(folder.path())).await;
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("Please update Mantel"));

    fs::write(&marker, kept).expect("it can be written");
    Instance::start(program_with_passwords(folder.path())).await.admin().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_that_is_cut_short_is_made_good_by_the_next() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("library");
    // Each of these appears a little later than the one before.
    for file in ["lock", "mantel-data.json", "secrets.json", "s3/objects.sqlite", "dynamodb.sqlite3", "cognito.sqlite3"]
    {
        let mut child = program_with_passwords(&data).spawn().expect("the program can be run");
        until(async || data.join(file).exists()).await;
        child.kill().expect("our own child");
        child.wait().expect("our own child");
    }
    let instance = Instance::start(program_with_passwords(&data)).await;
    let admin = instance.admin().await;
    admin.makes_gallery("Summer", "FAMILY").await;
    let offered = admin.gets("{ signInOptions { label } }", json!({})).await;
    assert_eq!(offered["signInOptions"], json!([{ "label": "Admin" }, { "label": "Family" }]));
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}
