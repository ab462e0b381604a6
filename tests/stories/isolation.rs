//! What a file does to whoever decodes it costs that file, and nothing else.

use std::{
    process::{Command, Stdio},
    time::Duration,
};

use processor::{
    BatchResponse, ObjectCreated, Processor, Tools, Worker, WorkerLimits, batch_of_one,
    testing::{jpeg, picture, png},
};
use serde_json::json;

use crate::support::{Home, actor::until, home::worker};

const LOOK: &str = "query($id: ID!) { media(id: $id) { __typename status failureReason contentType takenAt width \
    original { sizeBytes } thumbnail { width } } }";
const BROKE_OFF: &str = "Mantel cannot show this file: looking into it broke off. \
    The original is kept and can be downloaded.";
const MEBIBYTE: u64 = 1024 * 1024;

/// A home whose workers have other limits.
async fn home_with(limits: WorkerLimits) -> Home {
    Home::open_with(|options| options.worker = Worker::new(env!("CARGO_BIN_EXE_mantel").into(), limits)).await
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_ends_its_worker_fails_and_the_next_one_is_shown() {
    // Enough for the program itself and a small picture, not for the rows of a large one.
    let home = home_with(WorkerLimits { memory_bytes: 256 * MEBIBYTE, ..WorkerLimits::default() }).await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let large = png(&image::DynamicImage::new_rgba16(7_000, 6_000));
    let bomb = admin.adds(&gallery, "bomb.png", "image/jpeg", &large).await;
    let small = admin.adds(&gallery, "small.jpg", "image/jpeg", &jpeg(&picture(60, 40, 1))).await;
    let bomb = admin.gets(LOOK, json!({ "id": bomb["id"] })).await;
    assert_eq!(bomb["media"]["status"], "FAILED");
    assert_eq!(bomb["media"]["failureReason"], BROKE_OFF);
    // What it says of itself is found all the same.
    assert_eq!(bomb["media"]["contentType"], "image/png");
    assert_eq!(
        bomb["media"]["original"]["sizeBytes"].as_f64(),
        Some(f64::from(u32::try_from(large.len()).expect("small")))
    );
    assert_eq!(admin.gets(LOOK, json!({ "id": small["id"] })).await["media"]["status"], "READY");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_whose_output_grows_too_large_fails() {
    let home = home_with(WorkerLimits { file_bytes: 100, ..WorkerLimits::default() }).await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let media = admin.adds(&gallery, "a.jpg", "image/jpeg", &jpeg(&picture(60, 40, 1))).await;
    assert_eq!(media["status"], "FAILED");
    assert_eq!(media["failureReason"], BROKE_OFF);
}

/// It is not the file's fault, so that it is tried again.
#[tokio::test(flavor = "multi_thread")]
async fn where_no_worker_can_be_started_a_file_waits_until_there_is_one() {
    let home =
        Home::open_with(|options| options.worker = Worker::new("/nowhere/mantel".into(), WorkerLimits::default()))
            .await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let id = admin.uploads(&gallery, "a.jpg", "image/jpeg", &jpeg(&picture(60, 40, 1))).await;
    let dead = async || home.system.objects.dead_events().await.expect("the store answers");
    until(async || !dead().await.is_empty()).await;
    let letters = dead().await;
    assert_eq!(letters[0].event.key, format!("originals/{id}"));
    assert!(letters[0].reason.contains("worker could not do its work"), "{}", letters[0].reason);
    assert_eq!(admin.gets(LOOK, json!({ "id": id })).await["media"]["status"], "PROCESSING");

    let tools = Tools { worker: worker(), ..home.tools() };
    let processor = Processor::new(home.system.store.clone(), home.clock(), tools);
    let object = ObjectCreated {
        bucket: "originals",
        key: &letters[0].event.key,
        size_bytes: letters[0].event.size_bytes,
        etag: &letters[0].event.etag,
        sequencer: &letters[0].event.sequencer,
        time: "2026-01-01T00:00:00Z",
    };
    let response = processor.handle(batch_of_one("1", local::REGION, &object), Duration::from_mins(1)).await;
    assert_eq!(response.expect("a batch"), BatchResponse::default());
    assert_eq!(admin.gets(LOOK, json!({ "id": id })).await["media"]["status"], "READY");
}

#[cfg(unix)]
#[test]
fn a_worker_ends_at_its_limit_of_computing() {
    use std::os::unix::process::ExitStatusExt;
    let busy = |seconds: &str| {
        Command::new(env!("CARGO_BIN_EXE_mantel"))
            .args(["worker", &format!("1000000000,{seconds},1000"), "/bin/sh", "-c", "while :; do :; done"])
            .status()
            .expect("it starts")
    };
    // SIGXCPU, which a shell does not catch.
    assert_eq!(busy("1").signal(), Some(24));
}

/// As a service manager may do to all of Mantel.
#[cfg(unix)]
#[test]
fn a_worker_makes_do_with_less_than_it_would_be_given() {
    let script = r#"ulimit -f 1; exec "$0" worker 1000000000,10,1000000 /bin/sh -c 'ulimit -f'"#;
    let output =
        Command::new("/bin/sh").args(["-c", script, env!("CARGO_BIN_EXE_mantel")]).output().expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "1");
}

#[test]
fn a_worker_is_nothing_for_people() {
    for arguments in [&["worker"][..], &["worker", "help"], &["worker", "1,2"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mantel"));
        let output = command.args(arguments).stdin(Stdio::null()).output().expect("it starts");
        assert_eq!(output.status.code(), Some(75), "{arguments:?}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("not for people"), "{said}");
        assert_eq!(output.stdout, b"");
    }
}
