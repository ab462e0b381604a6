//! A second copy at another provider: with keys of its own, plain or encrypted.

use backup::{Depth, Kind, Place, Restored, RunOptions, nobody, second_place, verify};
use serde_json::json;
use store::{Bucket, BucketSettings};

use super::{
    World, backup_of,
    cloud::{Cloud, KEY, SECRET},
    ids, originals, renamed, restore_of,
};
use crate::support::Home;

/// From the test vectors of `age`.
const IDENTITY: &str = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
const RECIPIENT: &str = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

fn settings(cloud: &Cloud, recipient: Option<&str>) -> String {
    json!({
        "endpoint": cloud.endpoint(), "region": "auto", "bucket": "second", "accessKeyId": KEY, "secretAccessKey": SECRET,
        "storageClass": "STANDARD_IA", "ageRecipient": recipient,
    })
    .to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_copy_goes_to_a_service_that_refuses_checksums_it_does_not_know() {
    let world = World::new().await;
    let gallery = world.gallery_with(3).await;
    let cloud = Cloud::new(&["second"], true).await;
    // Longer than one piece, so that it goes in parts.
    let film = vec![7_u8; 40 * 1024 * 1024];
    let big = super::put_bytes(world.store(), gallery, super::user(&world.home, "admin").await, 900, &film).await;
    world.store().admit_media(&big, world.home.now()).await.expect("the table answers");
    let second = second_place(&settings(&cloud, None), None, &ids()).expect("settings");
    let backup = backup_of(&world.home, vec![world.place().await, second.clone()]);
    let report = backup.run(RunOptions::default()).await.expect("a run");
    assert!(report.is_whole() && report.objects_copied == 8 && report.manifests.len() == 2, "{report:?}");
    let home = Home::open_with(|options| options.processes = false).await;
    let ended = restore_of(&home, second, nobody()).all(None).await.expect("a restore");
    assert!(matches!(ended, Restored::Done(_)));
    assert_eq!(originals(&home.system.store).await, originals(world.store()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_encrypted_copy_says_nothing_without_its_identity_and_all_with_it() {
    let world = World::new().await;
    let gallery = world.gallery_with(3).await;
    let cloud = Cloud::new(&["second"], true).await;
    let text = settings(&cloud, Some(RECIPIENT));
    let blind = second_place(&text, None, &ids()).expect("settings");
    let run = async |place: &Place| backup_of(&world.home, vec![place.clone()]).run(RunOptions::default()).await;
    assert_eq!(run(&blind).await.expect("a run").objects_copied, 3);
    world.adds(gallery, 60).await;
    let report = run(&blind).await.expect("a run");
    assert!(report.is_whole() && report.objects_copied == 1, "{report:?}");

    let client = cloud.client();
    let listed = client.list_objects_v2().bucket("second").send().await.expect("the bucket answers");
    for object in listed.contents() {
        let key = object.key().expect("a key");
        let body = client.get_object().bucket("second").key(key).send().await.expect("the bucket answers").body;
        let bytes = body.collect().await.expect("bytes").to_vec();
        let is_plain = key == "mantel-backup.json";
        assert!(is_plain || (key.ends_with(".age") && bytes.starts_with(b"age-encryption.org/v1\n")), "{key}");
        assert!(is_plain || !String::from_utf8_lossy(&bytes).contains("photo"), "{key}");
    }
    let refused = verify(&blind, None, None, Depth::Bytes, &nobody()).await.expect_err("it cannot be read");
    assert!(refused.to_string().contains("--age-identity"), "{refused}");
    let seeing = second_place(&text, Some(IDENTITY), &ids()).expect("settings");
    let verified =
        verify(&seeing, None, None, Depth::Bytes, &nobody()).await.expect("readable").sound().expect("sound");
    assert_eq!(verified.read, 4);
    let home = Home::open_with(|options| options.processes = false).await;
    restore_of(&home, seeing, nobody()).all(None).await.expect("a restore");
    assert_eq!(originals(&home.system.store).await, originals(world.store()).await);
    let found = home.system.store.dump_table(home.now()).await.expect("the table answers");
    assert_eq!(found, renamed(&world.lines().await, &world.home, &home).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_does_not_answer_is_no_reason_to_leave_the_other() {
    let world = World::new().await;
    world.gallery_with(2).await;
    let nowhere = BucketSettings {
        endpoint: "http://127.0.0.1:9".to_owned(),
        region: "auto".to_owned(),
        bucket: "second".to_owned(),
        access_key_id: KEY.to_owned(),
        secret_access_key: SECRET.to_owned(),
        storage_class: None,
        conditional_writes: true,
        age_recipient: None,
    };
    world.backs_up().await;
    let broken = Place::new("nowhere", Kind::Elsewhere(Bucket::elsewhere(&nowhere)), None, ids());
    let report = backup_of(&world.home, vec![broken, world.place().await]).run(RunOptions::default()).await;
    let report = report.expect("a run");
    assert!(report.failures[0].starts_with("nowhere: ") && report.failures.len() == 1, "{report:?}");
    assert!(report.manifests.contains_key("disk"));
}
