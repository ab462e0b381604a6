//! What is not done, so that a library that is only not there is not taken for an empty one.

use std::fs;

use backup::{RunOptions, read_manifest};
use model::{BackupPhase, object_key::OriginalsKey};

use super::{World, backup_of, folder_place};
use crate::support::{Home, aws};

async fn refusal(world: &World) -> String {
    let report = world.backup().await.run(RunOptions::default()).await;
    match report {
        Ok(report) => report.failures.join("; "),
        Err(error) => error.to_string(),
    }
}

async fn lose(world: &World, count: usize) {
    let keys: Vec<String> = super::originals(world.store()).await.into_keys().take(count).collect();
    for key in keys {
        let client = aws::s3(&world.home);
        client.delete_object().bucket("originals").key(key).send().await.expect("the bucket answers");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_lost_many_originals_is_not_backed_up() {
    let world = World::new().await;
    world.gallery_with(40).await;
    world.backs_up().await;
    lose(&world, 12).await;
    let refused = refusal(&world).await;
    assert!(refused.contains("28 originals") && refused.contains("--accept-fewer"), "{refused}");
    let record = world.store().get_backup().await.expect("the table answers").expect("a record");
    assert_eq!(record.phase, BackupPhase::Failed);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_original_that_got_lost_fails_the_run_and_stays_in_the_backup() {
    let world = World::new().await;
    let gallery = world.gallery_with(3).await;
    world.backs_up().await;
    lose(&world, 1).await;
    let refused = refusal(&world).await;
    assert!(refused.contains("has lost its original; it is in the backup"), "{refused}");
    // One that was never in a backup is named, and all else goes on.
    let never = world.adds(gallery, 77).await;
    let key = OriginalsKey::Original(never).to_string();
    aws::s3(&world.home).delete_object().bucket("originals").key(key).send().await.expect("the bucket answers");
    let report = world.backup().await.run(RunOptions::default()).await.expect("a run");
    assert_eq!(report.failures.len(), 2, "{report:?}");
    let name = report.manifests.values().next().expect("a manifest");
    let manifest = read_manifest(&world.place().await, name).await.expect("a manifest");
    assert_eq!((manifest.media.len(), manifest.missing.len()), (3, 1));
    assert_eq!(manifest.missing[0].id, never);
    world.verifies().await.expect("what is there is sound");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_original_with_other_bytes_than_its_record_is_not_kept_under_its_name() {
    let world = World::new().await;
    let gallery = world.gallery_with(2).await;
    let spoiled = world.adds(gallery, 30).await;
    let key = OriginalsKey::Original(spoiled).to_string();
    let put = aws::s3(&world.home).put_object().bucket("originals").key(key).body(b"other bytes".to_vec().into());
    put.send().await.expect("the bucket answers");
    let report = world.backup().await.run(RunOptions::default()).await.expect("a run");
    assert!(report.failures[0].contains("other bytes than its record"), "{report:?}");
    assert_eq!(world.verifies().await.expect("sound").manifest.media.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn originals_without_a_record_are_kept_and_told_of() {
    let world = World::new().await;
    let gallery = world.gallery_with(2).await;
    let orphan = world.adds(gallery, 40).await;
    let media = world.store().get_media(orphan).await.expect("the table answers").expect("a record");
    world.store().erase_media(&media).await.expect("the table answers");
    let report = world.backs_up().await;
    assert!(report.notes[0].contains("1 originals have no record"), "{report:?}");
    let verified = world.verifies().await.expect("sound");
    assert_eq!((verified.manifest.media.len(), verified.manifest.without_record.len(), verified.read), (2, 1, 3));
    let again = world.backs_up().await;
    assert_eq!(again.objects_copied, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_not_there_is_not_taken_for_an_empty_one() {
    let world = World::new().await;
    world.gallery_with(2).await;
    world.backs_up().await;
    fs::remove_file(world.disk.path().join("mantel-backup.json")).expect("the marker");
    let refused = refusal(&world).await;
    assert!(refused.contains("Is the disk there?"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_backup_of_another_library_is_left_alone() {
    let world = World::new().await;
    world.gallery_with(1).await;
    world.backs_up().await;
    let other = Home::open_with(|options| options.processes = false).await;
    let backup = backup_of(&other, vec![folder_place(world.disk.path()).await]);
    let refused = backup.run(RunOptions::default()).await.expect_err("it belongs to another");
    assert!(refused.to_string().contains("another library"), "{refused}");
    // Also where the other has a backup of its own.
    let disk = tempfile::tempdir().expect("a folder");
    backup_of(&other, vec![folder_place(disk.path()).await]).run(RunOptions::default()).await.expect("its own");
    let backup = backup_of(&other, vec![folder_place(world.disk.path()).await]);
    let report = backup.run(RunOptions::default()).await.expect("a run");
    assert!(report.failures[0].contains("another library"), "{report:?}");
    world.verifies().await.expect("untouched");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_that_has_disappeared_is_noticed() {
    let world = World::new().await;
    let gallery = world.gallery_with(1).await;
    world.backs_up().await;
    world.adds(gallery, 5).await;
    let report = world.backs_up().await;
    let newest = report.manifests.values().next().expect("a manifest");
    fs::remove_file(world.disk.path().join(newest)).expect("the manifest");
    let refused = refusal(&world).await;
    assert!(refused.contains("not there any more"), "{refused}");
    assert!(world.verifies().await.is_err());
}
