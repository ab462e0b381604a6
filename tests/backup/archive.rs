//! A bucket that archives and locks, as on AWS: no byte of media passes through, nothing can be taken away, and what is in
//! the archive is asked back before it is restored.

use aws_sdk_s3::types::{
    BucketVersioningStatus, DefaultRetention, ObjectLockConfiguration, ObjectLockEnabled, ObjectLockRetentionMode,
    ObjectLockRule, VersioningConfiguration,
};
use backup::{Backup, Depth, Drill, Drilled, Kind, Place, Restore, Restored, RunOptions, nobody, prune, verify};
use store::Store;

use super::{World, cloud::Cloud, ids, originals, user};
use crate::support::Home;

const DAY_SECONDS: i64 = 24 * 3_600;

/// A library whose buckets are in a cloud.
struct Clouded {
    world: World,
    cloud: Cloud,
    store: Store,
}

impl Clouded {
    async fn new(photos: u32) -> Self {
        let world = Box::pin(World::new()).await;
        let cloud = Box::pin(Cloud::new(&["originals", "renditions", "backup"], false)).await;
        lock(&cloud).await;
        let store = world.store().clone().with_s3_endpoint(&cloud.sdk(), &cloud.endpoint());
        let gallery = world.gallery_with(0).await;
        let clouded = Self { world, cloud, store };
        for number in 0..photos {
            let admin = user(&clouded.world.home, "admin").await;
            let media = super::put_media(&clouded.store, gallery, admin, number).await;
            clouded.store.admit_media(&media, clouded.world.home.now()).await.expect("the table answers");
        }
        clouded
    }

    fn place(&self) -> Place {
        Place::new("s3://backup", Kind::Library(self.store.bucket("backup", Some("DEEP_ARCHIVE"))), None, ids())
    }

    fn backup(&self) -> Backup {
        let (clock, new_id) = (self.world.home.clock(), ids());
        Backup { store: self.store.clone(), places: vec![self.place()], clock, new_id, observer: nobody() }
    }

    fn drill(&self) -> Drill {
        Drill {
            store: self.store.clone(),
            places: vec![self.place()],
            scratch: None,
            sample: Some(3),
            clock: self.world.home.clock(),
            random: std::sync::Arc::new(|bytes: &mut [u8]| bytes.fill(3)),
            observer: nobody(),
        }
    }
}

/// Versions, and a lock for half a year, as the template has it.
async fn lock(cloud: &Cloud) {
    let client = cloud.client();
    let versions = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
    let call = client.put_bucket_versioning().bucket("backup").versioning_configuration(versions);
    call.send().await.expect("the bucket answers");
    let retention = DefaultRetention::builder().mode(ObjectLockRetentionMode::Governance).days(180).build();
    let rule = ObjectLockRule::builder().default_retention(retention).build();
    let lock = ObjectLockConfiguration::builder().object_lock_enabled(ObjectLockEnabled::Enabled).rule(rule).build();
    let call = client.put_object_lock_configuration().bucket("backup").object_lock_configuration(lock);
    call.send().await.expect("the bucket answers");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_copies_by_itself_and_no_byte_of_media_passes_through() {
    let clouded = Box::pin(Clouded::new(5)).await;
    let (report, calls) = store::measured(clouded.backup().run(RunOptions::default())).await;
    let report = report.expect("a run");
    assert!(report.is_whole() && report.objects_copied == 5, "{report:?}");
    assert_eq!(calls.of("CopyObject").calls, 5, "{calls}");
    // The marker, which is not there yet, is asked for twice; the manifest is read back.
    assert_eq!(calls.of("GetObject").calls, 3, "{calls}");
    let (again, calls) = store::measured(clouded.backup().run(RunOptions::default())).await;
    assert_eq!(again.expect("a run").objects_copied, 0);
    assert_eq!((calls.of("CopyObject").calls, calls.of("HeadObject").calls, calls.of("PutObject").calls), (0, 0, 0));
    assert_eq!(calls.of("GetObject").calls, 2, "marker and manifest: {calls}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_long_for_one_copy_is_copied_in_parts() {
    let clouded = Box::pin(Clouded::new(1)).await;
    let admin = user(&clouded.world.home, "admin").await;
    let gallery = model::GalleryId::new(ulid::Ulid::from_parts(1, 7));
    let film = vec![5; 13 << 20];
    let media = super::put_bytes(&clouded.store, gallery, admin, 800, &film).await;
    clouded.store.admit_media(&media, clouded.world.home.now()).await.expect("the table answers");
    let bucket = clouded.store.bucket("backup", None).with_copy_limit(5 << 20);
    let place = Place::new("s3://backup", Kind::Library(bucket), None, ids());
    let backup = Backup { places: vec![place.clone()], ..clouded.backup() };
    let (report, calls) = store::measured(backup.run(RunOptions::default())).await;
    assert!(report.expect("a run").is_whole());
    assert_eq!((calls.of("UploadPartCopy").calls, calls.of("UploadPart").calls), (3, 0), "{calls}");
    let verified = verify(&place, None, None, Depth::Bytes, &nobody()).await.and_then(backup::Verified::sound);
    assert_eq!(verified.expect("it is sound").read, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_archived_is_asked_back_and_restored_once_it_is_there() {
    let clouded = Box::pin(Clouded::new(4)).await;
    clouded.backup().run(RunOptions::default()).await.expect("a run");
    let expected = originals(&clouded.store).await;
    let home = Home::open_with(|options| options.processes = false).await;
    let store = home.system.store.clone();
    // A new stack beside the old: another bucket of originals would be the real thing, so the old one is emptied.
    let client = clouded.cloud.client();
    for key in expected.keys() {
        client.delete_object().bucket("originals").key(key).send().await.expect("the bucket answers");
    }
    let store = store.with_s3_endpoint(&clouded.cloud.sdk(), &clouded.cloud.endpoint());
    let restore = Restore {
        store: store.clone(),
        place: clouded.place(),
        clock: home.clock(),
        random: std::sync::Arc::new(|bytes: &mut [u8]| bytes.fill(7)),
        observer: nobody(),
    };
    assert!(matches!(restore.all(None).await.expect("asked"), Restored::AskedBack(4)));
    assert!(originals(&store).await.is_empty(), "nothing was touched");
    clouded.cloud.pass_seconds(2 * DAY_SECONDS);
    assert!(matches!(restore.all(None).await.expect("a restore"), Restored::Done(report) if report.originals == 4));
    assert_eq!(originals(&store).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drill_asks_back_what_is_archived_and_the_next_one_proves_it() {
    let clouded = Box::pin(Clouded::new(6)).await;
    clouded.backup().run(RunOptions::default()).await.expect("a run");
    assert_eq!(clouded.drill().run().await.expect("a drill"), Drilled::AskedBack(3));
    let record = clouded.store.get_backup().await.expect("the table answers").expect("a record");
    assert!(record.proof.is_none() && record.asked_back.is_some_and(|asked| asked.blobs.len() == 3));
    clouded.cloud.pass_seconds(7 * DAY_SECONDS);
    let Drilled::Proved(proof) = clouded.drill().run().await.expect("a drill") else { panic!("it can be read") };
    assert!(proof.holds() && (proof.proved, proof.tried) == (3, 3), "{proof:?}");
    let record = clouded.store.get_backup().await.expect("the table answers").expect("a record");
    assert_eq!((record.proof, record.asked_back), (Some(proof), None));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_overwritten_and_what_is_locked_is_not_pruned() {
    let clouded = Box::pin(Clouded::new(2)).await;
    clouded.backup().run(RunOptions::default()).await.expect("a run");
    let bucket = clouded.store.bucket("backup", None);
    let before = bucket.list("").await.expect("the bucket answers");
    for listed in &before {
        let written = bucket.put_new(&listed.key, b"other".to_vec(), None, false).await.expect("the bucket answers");
        assert!(!written, "{}", listed.key);
    }
    assert_eq!(bucket.list("").await.expect("the bucket answers"), before);
    // A later backup, so that the first may be thrown away.
    let media = clouded.store.get_media(first(&clouded).await).await.expect("the table answers").expect("a record");
    clouded.store.erase_media(&media).await.expect("the table answers");
    clouded.store.delete_original(media.id).await.expect("the bucket answers");
    clouded.world.home.pass_seconds(1);
    clouded.backup().run(RunOptions::default()).await.expect("a run");
    let now = clouded.cloud.now();
    let pruned = prune(&clouded.place(), now.plus_seconds(40 * DAY_SECONDS), 30, false).await.expect("a prune");
    assert_eq!((pruned.objects.len(), pruned.locked), (0, 3), "manifest, table and photo: {pruned:?}");
    clouded.cloud.pass_seconds(181 * DAY_SECONDS);
    let pruned = prune(&clouded.place(), clouded.cloud.now(), 30, false).await.expect("a prune");
    assert_eq!((pruned.manifests.len(), pruned.objects.len(), pruned.locked), (1, 2, 0), "{pruned:?}");
    assert_eq!(backup::list(&clouded.place()).await.expect("a list").len(), 1);
}

async fn first(clouded: &Clouded) -> model::MediaId {
    let lines = clouded.store.dump_table(clouded.world.home.now()).await.expect("the table answers");
    lines.iter().find_map(|line| line.media().expect("a record")).expect("a photo").id
}
