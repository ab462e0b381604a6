//! What was erased for good does not come back.

use serde_json::json;

use super::{World, restored, user};

#[tokio::test(flavor = "multi_thread")]
async fn erased_people_and_photos_do_not_come_back_from_an_earlier_backup() {
    let world = World::new().await;
    let gallery = world.gallery_with(4).await;
    let admin = world.home.admin().await;
    let rosa = world.home.relative(&admin, "Rosa").await;
    let lines = world.lines().await;
    let photos: Vec<_> =
        lines.iter().filter_map(|line| line.media().expect("a record")).map(|media| media.id).collect();
    let comment = "addComment(input: $input) { userErrors { code } }";
    rosa.does(comment, "AddCommentInput", json!({ "mediaId": photos[0].to_string(), "text": "unmistakable" })).await;
    let like = "likeMedia(input: $input) { userErrors { code } }";
    rosa.does(like, "LikeMediaInput", json!({ "mediaId": photos[1].to_string() })).await;
    world.backs_up().await;

    let id = user(&world.home, "rosa@example.org").await;
    let now = world.home.now();
    world.store().note_erasure(&id.to_string(), now).await.expect("the table answers");
    world.store().note_erasure(&photos[2].to_string(), now).await.expect("the table answers");
    let media = world.store().get_media(photos[2]).await.expect("the table answers").expect("a record");
    let key = model::object_key::OriginalsKey::Original(photos[2]);
    world.store().erase_media(&media).await.expect("the table answers");
    world.store().delete_from_originals(&key).await.expect("the bucket answers");
    world.home.pass_seconds(1);
    world.backs_up().await;

    let home = crate::support::Home::open_with(|options| options.processes = false).await;
    let place = super::folder_place(world.disk.path()).await;
    let first = backup::list(&place).await.expect("a list").remove(0);
    let ended = super::restore_of(&home, place, backup::nobody()).all(Some(&first)).await.expect("a restore");
    let backup::Restored::Done(report) = ended else { panic!("nothing is archived") };
    assert_eq!((report.left_out, report.originals), (2, 3), "Rosa and a photo");
    let found = home.system.store.dump_table(home.now()).await.expect("the table answers");
    let text: String = found.iter().map(store::Line::text).filter(|line| !line.contains("\"ERASED\"")).collect();
    assert!(!text.contains("unmistakable") && !text.contains("Rosa"), "{text}");
    assert!(!text.contains(&photos[2].ulid().to_string()), "{text}");
    assert!(found.iter().all(|line| line.like().expect("a record").is_none()));
    let kept = home.system.store.get_gallery(gallery).await.expect("the table answers").expect("the gallery");
    assert_eq!((kept.media_count, kept.stored_count), (3, 3), "counters are right");
    let (later, _) = restored(world.disk.path()).await;
    assert_eq!(later.items_with("SK", "MED").await, 3);
}
