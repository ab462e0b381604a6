//! The first evening: an admin fills a gallery, the family looks and comments.

use processor::testing::{ExifFields, jpeg_with_exif};
use serde_json::json;

use crate::support::{Home, actor::error_codes};

#[tokio::test(flavor = "multi_thread")]
async fn admin_fills_a_gallery_and_the_family_looks_and_comments() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let photo = jpeg_with_exif(90, 60, 1, &ExifFields { orientation: Some(6), ..ExifFields::default() });
    let media = admin.adds(&gallery, "beach.jpg", "image/jpeg", &photo).await;
    assert_eq!(media["status"], "READY", "{media:#}");
    assert_eq!((&media["width"], &media["height"]), (&json!(90), &json!(60)));

    let visitor = home.visitor().await;
    let page =
        "query($id: ID!) { gallery(id: $id) { title mediaCount media { edges { node { id thumbnail { url } } } } } }";
    let data = visitor.gets(page, json!({ "id": gallery })).await;
    assert_eq!(data["gallery"]["mediaCount"], 1);
    let node = &data["gallery"]["media"]["edges"][0]["node"];
    assert_eq!(node["id"], media["id"]);
    let thumbnail = image::load_from_memory(&visitor.fetches(&node["thumbnail"]).await).expect("a picture");
    assert_eq!((thumbnail.width(), thumbnail.height()), (90, 60));

    let id = media["id"].as_str().expect("an id");
    visitor.comments(id, "What a day!").await;
    let data = admin
        .gets(
            "query($id: ID!) { media(id: $id) { commentCount comments { edges { node { text } } } } }",
            json!({ "id": id }),
        )
        .await;
    assert_eq!(data["media"]["commentCount"], 1);
    assert_eq!(data["media"]["comments"]["edges"][0]["node"]["text"], "What a day!");
}

#[tokio::test(flavor = "multi_thread")]
async fn visitor_changes_nothing_but_comments() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let visitor = home.visitor().await;
    let create = "createGallery(input: $input) { gallery { id } }";
    assert_eq!(visitor.refusals(create, "CreateGalleryInput", json!({ "title": "Mine" })).await, ["FORBIDDEN"]);
    let update = "updateGallery(input: $input) { gallery { id } }";
    let input = json!({ "id": gallery, "title": "Mine" });
    assert_eq!(visitor.refusals(update, "UpdateGalleryInput", input).await, ["FORBIDDEN"]);
    let answer = home.anonymous().asks("{ galleries { edges { node { id } } } }", json!({})).await;
    assert_eq!(error_codes(&answer), ["UNAUTHENTICATED"]);
    assert_eq!(answer["data"], json!({ "galleries": null }));
}
