//! A library of some size: 2,000 photos and 10,000 items.

use std::time::Instant;

use futures::{StreamExt, stream};
use model::{Media, MediaStatus, UserId, object_key::OriginalsKey};
use store::Line;

use super::{World, bytes_of, media_of, originals, put, renamed, restored, user};

const PHOTOS: u32 = 2_000;
/// Records, comments and likes of each photo, and what leads to it.
const ITEMS: usize = 10_000;

/// Items as others of the library are, written in bulk: a photo, its claim, its pointer, what was said, and a like.
fn lines_of(media: &Media, by: UserId) -> Vec<Line> {
    let ulid = media.id.ulid();
    let of = |pk: &str, sk: &str, more: &str| {
        Line::parse(&format!(r#"{{"PK":{{"S":"{pk}"}},"SK":{{"S":"{sk}"}}{more}}}"#)).expect("a line")
    };
    let gallery = format!("GAL#{}", media.gallery_id.ulid());
    let id = format!(r#","media_id":{{"S":"{}"}}"#, media.id);
    vec![
        Line::of_media(media).expect("a record"),
        of(&gallery, &format!("SHA#{}", media.sha256), &id),
        of(&gallery, &format!("MED#{ulid}"), &id),
        of("WORD#ph", &format!("photo#{}#{}", media.created_at, media.id), ""),
        of("ACTIVITY", &format!("{}#LIKE#{ulid}#{}", media.created_at, by.sub()), ""),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_photos_and_ten_thousand_items_come_back_as_they_were() {
    let world = World::new().await;
    let gallery = world.gallery_with(0).await;
    let admin = user(&world.home, "admin").await;
    let began = Instant::now();
    let media: Vec<Media> = (0..PHOTOS)
        .map(|number| Media { status: MediaStatus::Processing, ..media_of(gallery, admin, number, &bytes_of(number)) })
        .collect();
    let lines: Vec<Line> = media.iter().flat_map(|media| lines_of(media, admin)).collect();
    assert!(lines.len() >= ITEMS);
    stream::iter(lines.chunks(500))
        .for_each_concurrent(4, |chunk| async { world.store().write_lines(chunk).await.expect("the table answers") })
        .await;
    let library = world.store();
    stream::iter((0..PHOTOS).zip(&media))
        .for_each_concurrent(8, |(number, media)| async move {
            let key = OriginalsKey::Original(media.id).to_string();
            assert!(put(library, &key, &bytes_of(number)).await);
        })
        .await;
    let seeded = began.elapsed();
    let began = Instant::now();
    let report = world.backs_up().await;
    let backed_up = began.elapsed();
    let began = Instant::now();
    assert_eq!((report.media, report.objects_copied), (2_000, 2_000));
    let (again, calls) = store::measured(world.backup().await.run(backup::RunOptions::default())).await;
    assert_eq!(again.expect("a run").objects_copied, 0);
    assert_eq!(calls.of("ListObjectsV2").calls, 2, "a thousand objects a call: {calls}");
    let incremental = began.elapsed();
    let began = Instant::now();

    let (home, report) = restored(world.disk.path()).await;
    let took = began.elapsed();
    assert_eq!(report.originals, 2_000);
    let found = home.system.store.dump_table(home.now()).await.expect("the table answers");
    assert!(found.len() > ITEMS);
    assert_eq!(found, renamed(&world.lines().await, &world.home, &home).await);
    assert_eq!(originals(&home.system.store).await, originals(world.store()).await);
    tracing::info!(?seeded, ?backed_up, ?incremental, ?took, %calls, "a big library");
}
