//! What a run keeps, and what it leaves alone.

use backup::{RunOptions, list};
use model::BackupPhase;
use serde_json::json;
use tokio::time::Instant;

use super::{World, originals, renamed, restored, restored_elsewhere, user};
use crate::support::{Home, actor::until};
use processor::testing::{jpeg, picture};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_restored_is_the_library_byte_by_byte_and_field_by_field() {
    let world = World::new().await;
    let gallery = world.gallery_with(12).await;
    let admin = world.home.admin().await;
    let family = world.home.visitor().await;
    let page = world.store().dump_table(world.home.now()).await.expect("the table answers");
    let photo = page.iter().find_map(|line| line.media().expect("a record")).expect("a photo").id.to_string();
    let comment = "addComment(input: $input) { userErrors { code } }";
    family.does(comment, "AddCommentInput", json!({ "mediaId": photo, "text": "So schön, Müßiggang 🌞" })).await;
    family
        .does("likeMedia(input: $input) { userErrors { code } }", "LikeMediaInput", json!({ "mediaId": photo }))
        .await;
    let input = json!({ "ids": [photo] });
    admin.does("deleteMedia(input: $input) { userErrors { code } }", "DeleteMediaInput", input).await;
    let report = world.backs_up().await;
    assert_eq!((report.media, report.objects_copied), (12, 12));
    let verified = world.verifies().await.expect("the backup is sound");
    assert_eq!((verified.read, verified.manifest.quiet), (12, true));

    let (home, report) = restored_elsewhere(world.disk.path()).await;
    assert_eq!((report.originals, report.left_out), (12, 0));
    assert_ne!(user(&home, "admin").await, user(&world.home, "admin").await);
    let expected = renamed(&verified.lines, &world.home, &home).await;
    let found = home.system.store.dump_table(home.now()).await.expect("the table answers");
    assert_eq!(found, expected);
    assert_eq!(originals(&home.system.store).await, originals(world.store()).await);
    let document = "query($id: ID!) { gallery(id: $id) { title mediaCount } }";
    let seen = home.visitor().await.gets(document, json!({ "id": gallery.to_string() })).await;
    assert_eq!(seen["gallery"], json!({ "title": "Summer", "mediaCount": 11 }));
}

#[tokio::test(flavor = "multi_thread")]
async fn small_pictures_are_made_anew_after_a_restore() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let bytes = jpeg(&picture(64, 48, 1));
    let photo = admin.adds(&gallery, "a.jpg", "image/jpeg", &bytes).await;
    assert_eq!(photo["status"], "READY");
    let world = World { home, disk: tempfile::tempdir().expect("a folder") };
    world.backs_up().await;
    let (home, _) = restored(world.disk.path()).await;
    let home = home.restart_with(|options| options.processes = true).await;
    let admin = home.admin().await;
    let document = "query($id: ID!) { media(id: $id) { status thumbnail { url } } }";
    let seen = async || admin.gets(document, json!({ "id": photo["id"] })).await["media"].take();
    until(async || seen().await["status"] == "READY").await;
    let media = seen().await;
    let url = media["thumbnail"]["url"].as_str().expect("a URL").to_owned();
    assert!(home.http.get(url).send().await.expect("an answer").status().is_success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_link_opens_after_a_restore_and_one_with_a_password_does_not() {
    let world = World::new().await;
    let gallery = world.gallery_with(1).await;
    let admin = world.home.admin().await;
    let call = "createShareLink(input: $input) { shareLink { url } userErrors { code } }";
    let mut tokens = Vec::new();
    for password in [None, Some("sesame")] {
        let input = json!({ "galleryId": gallery.to_string(), "password": password });
        let made = admin.does(call, "CreateShareLinkInput", input).await;
        let url = made["shareLink"]["url"].as_str().expect("a URL").to_owned();
        tokens.push(url.split_once('#').expect("a token").1.to_owned());
    }
    world.backs_up().await;
    let (home, report) = restored_elsewhere(world.disk.path()).await;
    assert!(report.notes.iter().any(|note| note.contains("2 share links")), "{report:?}");
    let open = "openShareLink(input: $input) { session { role } userErrors { code } }";
    let opened = home.anonymous().does(open, "OpenShareLinkInput", json!({ "token": tokens[0] })).await;
    assert_eq!(opened["session"]["role"], "GUEST");
    let input = json!({ "token": tokens[1], "password": "sesame" });
    assert_eq!(home.anonymous().mistakes(open, "OpenShareLinkInput", input).await, ["WRONG_PASSWORD"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unchanged_library_reads_no_object_and_a_new_photo_is_all_that_is_copied() {
    let world = World::new().await;
    let gallery = world.gallery_with(5).await;
    let first = world.backs_up().await;
    let backup = world.backup().await;
    let (again, calls) = store::measured(backup.run(RunOptions::default())).await;
    let again = again.expect("a backup");
    assert_eq!((again.objects_copied, &again.manifests), (0, &first.manifests), "the manifest still holds");
    for operation in ["GetObject", "HeadObject", "CopyObject", "PutObject"] {
        assert_eq!(calls.of(operation).calls, 0, "{operation} of {calls}");
    }
    assert_eq!(calls.of("ListObjectsV2").calls, 1, "{calls}");
    world.adds(gallery, 99).await;
    let (later, calls) = store::measured(world.backup().await.run(RunOptions::default())).await;
    let later = later.expect("a backup");
    assert_eq!((later.objects_copied, later.media), (1, 6));
    assert_eq!(calls.of("GetObject").calls, 1, "{calls}");
    assert_ne!(later.manifests, first.manifests);
    assert_eq!(list(&world.place().await).await.expect("a list").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_deletes_nothing() {
    let world = World::new().await;
    let gallery = world.gallery_with(4).await;
    let mut told = String::new();
    for number in 50..52 {
        let (report, calls) = store::measured(world.backup().await.run(RunOptions::default())).await;
        assert!(report.expect("a backup").is_whole());
        told.push_str(&calls.to_string());
        world.adds(gallery, number).await;
    }
    assert!(told.contains("Scan") && told.contains("GetObject"), "{told}");
    assert!(!told.contains("Delete"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_run_at_a_time_and_a_dead_one_is_given_up() {
    let world = World::new().await;
    world.gallery_with(1).await;
    world.backs_up().await;
    let now = world.home.now();
    world.store().lease_backup(now, now.plus_seconds(120)).await.expect("the table answers").expect("the lease");
    let busy = world.backup().await.run(RunOptions::default()).await;
    assert!(matches!(busy, Err(backup::Error::Busy)), "{busy:?}");
    world.home.pass_seconds(121);
    world.backs_up().await;
    let record = world.store().get_backup().await.expect("the table answers").expect("a record");
    assert_eq!((record.phase, record.lease_until), (BackupPhase::Succeeded, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_there_is_no_time_for_the_next_run_goes_on_with() {
    let world = World::new().await;
    world.gallery_with(3).await;
    let options = RunOptions { deadline: Some(Instant::now()), ..RunOptions::default() };
    let report = world.backup().await.run(options).await.expect("a run");
    assert_eq!((report.left, report.manifests.len(), report.is_whole()), (3, 0, false));
    let record = world.store().get_backup().await.expect("the table answers").expect("a record");
    assert_eq!(record.phase, BackupPhase::Running);
    assert!(record.message.is_some_and(|message| message.contains("3 objects are left")));
    assert_eq!(world.backs_up().await.objects_copied, 3);
}
