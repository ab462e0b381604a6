//! Cut off anywhere, and run again.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
};

use backup::{Observer, Restored, RunOptions};

use super::{World, folder_place, originals, renamed, restore_of};
use crate::support::Home;

/// After this a run that died does not count as running.
const LEASE_SECONDS: i64 = 121;

/// Dies at the step of this number.
fn dies_at(fatal: usize) -> Observer {
    let steps = AtomicUsize::new(0);
    Arc::new(move |step| {
        assert_ne!(steps.fetch_add(1, Ordering::Relaxed), fatal, "killed at {step:?}");
    })
}

/// Goes on with some work for so many turns, then drops it; whether it came to its end.
async fn for_turns<T>(turns: usize, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let mut left = turns;
    poll_fn(|cx| match work.as_mut().poll(cx) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_is_killed_at_any_step_is_made_good_by_the_next() {
    let world = World::new().await;
    let gallery = world.gallery_with(4).await;
    let mut deaths = 0;
    for step in 0.. {
        // Something new each time, so that every run has something to do.
        world.adds(gallery, 100 + u32::try_from(step).expect("a small number")).await;
        let mut backup = world.backup().await;
        backup.observer = dies_at(step);
        let end = tokio::spawn(async move { backup.run(RunOptions::default()).await }).await;
        world.home.pass_seconds(LEASE_SECONDS);
        if let Ok(report) = end {
            assert!(report.expect("a backup").is_whole());
            break;
        }
        deaths += 1;
        if step % 4 == 3 {
            world.backs_up().await;
            world.verifies().await.expect("the backup is sound");
        }
    }
    assert!(deaths >= 8, "{deaths}");
    let verified = world.verifies().await.expect("the backup is sound");
    assert_eq!(verified.manifest.media.len(), 4 + deaths + 1);
    let left = std::fs::read_dir(world.disk.path().join("incoming")).expect("a folder").count();
    assert_eq!(left, 0, "half-written files are removed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_is_dropped_anywhere_leaves_nothing_half_written_under_its_name() {
    let world = World::new().await;
    world.gallery_with(6).await;
    for turns in (1..).step_by(7) {
        let end = for_turns(turns, world.backup().await.run(RunOptions::default())).await;
        world.home.pass_seconds(LEASE_SECONDS);
        for (folder, digest_at) in [("blobs", 0), ("manifests", 1)] {
            for entry in std::fs::read_dir(world.disk.path().join(folder)).expect("a folder") {
                let path = entry.expect("an entry").path();
                let name = path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
                let digest = name.split('-').nth(digest_at).expect("a digest");
                let bytes = std::fs::read(&path).expect("a file");
                assert_eq!(super::hex_digest(&bytes), digest, "{name} after {turns} turns");
            }
        }
        if let Some(report) = end {
            assert!(report.expect("a backup").is_whole());
            break;
        }
    }
    world.verifies().await.expect("the backup is sound");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_that_is_killed_at_any_step_goes_on_where_it_is_run_again() {
    let world = World::new().await;
    world.gallery_with(4).await;
    world.backs_up().await;
    let home = Home::open_with(|options| options.processes = false).await;
    let place = folder_place(world.disk.path()).await;
    for step in 0.. {
        let restore = restore_of(&home, place.clone(), dies_at(step));
        let end = tokio::spawn(async move { restore.all(None).await }).await;
        if let Ok(restored) = end {
            assert!(matches!(restored.expect("a restore"), Restored::Done(_)));
            assert!(step >= 8, "{step}");
            break;
        }
    }
    let found = home.system.store.dump_table(home.now()).await.expect("the table answers");
    assert_eq!(found, renamed(&world.lines().await, &world.home, &home).await);
    assert_eq!(originals(&home.system.store).await, originals(world.store()).await);
    let again = restore_of(&home, place, backup::nobody()).all(None).await;
    assert!(matches!(again, Err(backup::Error::Refused(_))), "a library that is whole is not restored over: {again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_library_that_is_half_restored_is_not_backed_up() {
    let world = World::new().await;
    world.gallery_with(3).await;
    world.backs_up().await;
    let home = Home::open_with(|options| options.processes = false).await;
    // It dies when it begins to put originals back.
    let restore = restore_of(&home, folder_place(world.disk.path()).await, dies_at(8));
    assert!(tokio::spawn(async move { restore.all(None).await }).await.is_err());
    let elsewhere = tempfile::tempdir().expect("a folder");
    let backup = super::backup_of(&home, vec![folder_place(elsewhere.path()).await]);
    let refused = backup.run(RunOptions::default()).await.expect_err("it is not whole");
    assert!(refused.to_string().contains("not whole"), "{refused}");
}
