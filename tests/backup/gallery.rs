//! One gallery comes back into a library that goes on.

use backup::{Restored, nobody};
use serde_json::json;

use super::{World, originals, restore_of};

#[tokio::test(flavor = "multi_thread")]
async fn one_gallery_comes_back_and_all_else_stays_as_it_is() {
    let world = World::new().await;
    let gallery = world.gallery_with(5).await;
    let admin = world.home.admin().await;
    let photos: Vec<_> =
        world.lines().await.iter().filter_map(|line| line.media().expect("a record")).map(|media| media.id).collect();
    let comment = "addComment(input: $input) { userErrors { code } }";
    admin.does(comment, "AddCommentInput", json!({ "mediaId": photos[0].to_string(), "text": "Remember this?" })).await;
    let before = originals(world.store()).await;
    world.backs_up().await;
    let erase = json!({ "ids": [photos[0].to_string(), photos[1].to_string()], "permanently": true });
    admin.does("deleteMedia(input: $input) { userErrors { code } }", "DeleteMediaInput", erase).await;
    let title = json!({ "id": gallery.to_string(), "title": "A later title" });
    admin.does("updateGallery(input: $input) { userErrors { code } }", "UpdateGalleryInput", title).await;
    assert_eq!(originals(world.store()).await.len(), 3);

    let restore = restore_of(&world.home, world.place().await, nobody());
    let Restored::Done(report) = restore.gallery(None, gallery).await.expect("a restore") else {
        panic!("nothing is archived")
    };
    assert_eq!((report.originals, report.notes.len()), (2, 0), "{report:?}");
    assert_eq!(originals(world.store()).await, before);
    let document = "query($id: ID!, $media: ID!) { gallery(id: $id) { title mediaCount } media(id: $media) { comments { edges { node { text } } } } }";
    let ids = json!({ "id": gallery.to_string(), "media": photos[0].to_string() });
    let seen = admin.gets(document, ids).await;
    assert_eq!(seen["gallery"], json!({ "title": "A later title", "mediaCount": 5 }));
    assert_eq!(seen["media"]["comments"]["edges"][0]["node"]["text"], "Remember this?");
    let Restored::Done(again) = restore.gallery(None, gallery).await.expect("a restore") else {
        panic!("not archived")
    };
    assert_eq!(again.originals, 0, "nothing is missing any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_gallery_comes_back_whole() {
    let world = World::new().await;
    let gallery = world.gallery_with(3).await;
    let admin = world.home.admin().await;
    world.backs_up().await;
    let input = json!({ "id": gallery.to_string(), "withMedia": true });
    admin.does("deleteGallery(input: $input) { userErrors { code } }", "DeleteGalleryInput", input).await;
    let trash = "{ trash { edges { node { id } } } }";
    let trashed = admin.gets(trash, json!({})).await;
    let ids: Vec<_> =
        trashed["trash"]["edges"].as_array().expect("rows").iter().map(|row| &row["node"]["id"]).collect();
    let erase = json!({ "ids": ids, "permanently": true });
    admin.does("deleteMedia(input: $input) { userErrors { code } }", "DeleteMediaInput", erase).await;

    let restore = restore_of(&world.home, world.place().await, nobody());
    assert!(matches!(restore.gallery(None, gallery).await, Ok(Restored::Done(report)) if report.originals == 3));
    let document = "query($id: ID!) { gallery(id: $id) { title mediaCount } }";
    let seen = admin.gets(document, json!({ "id": gallery.to_string() })).await;
    assert_eq!(seen["gallery"], json!({ "title": "Summer", "mediaCount": 3 }));
}
