//! What a gallery tells of its photos: how many there are, which days they span, and which one stands for it.

use serde_json::{Value, json};

use crate::support::{Actor, Home, actor::NO_ULID};

const UPDATE: &str = "updateGallery(input: $input) { gallery { cover { id } } userErrors { code path } }";
const UPDATE_MEDIA: &str = "updateMedia(input: $input) { media { id takenAt } userErrors { code path } }";
const DELETE: &str = "deleteGallery(input: $input) { deletedId userErrors { code } }";
const TRASH: &str = "deleteMedia(input: $input) { mediaIds userErrors { code } }";
const RESTORE: &str = "restoreMedia(input: $input) { mediaIds userErrors { code } }";
const SPAN: &str = "query($id: ID!) { gallery(id: $id) { mediaCount firstTakenOn lastTakenOn } }";
const COVER: &str = "query($id: ID!) { gallery(id: $id) { cover { id } } }";

const MAY: &str = "2024:05:01 10:00:00";
const JULY: &str = "2024:07:03 15:04:05";
const AUGUST: &str = "2024:08:09 20:00:00";

#[tokio::test(flavor = "multi_thread")]
async fn count_and_days_follow_what_comes_and_goes() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let july = admin.adds_photo(&gallery, JULY).await;
    spans(&admin, &gallery, 1, "2024-07-03", "2024-07-03").await;
    let may = admin.adds_photo(&gallery, MAY).await;
    spans(&admin, &gallery, 2, "2024-05-01", "2024-07-03").await;
    admin.does(TRASH, "DeleteMediaInput", json!({ "ids": [may] })).await;
    spans(&admin, &gallery, 1, "2024-07-03", "2024-07-03").await;
    admin.does(RESTORE, "RestoreMediaInput", json!({ "ids": [may] })).await;
    spans(&admin, &gallery, 2, "2024-05-01", "2024-07-03").await;
    let later = json!({ "id": may, "takenAt": "2024-12-24T18:00:00Z" });
    admin.does(UPDATE_MEDIA, "UpdateMediaInput", later).await;
    spans(&admin, &gallery, 2, "2024-07-03", "2024-12-24").await;
    admin.does(TRASH, "DeleteMediaInput", json!({ "ids": [may, july], "permanently": true })).await;
    let data = admin.gets(SPAN, json!({ "id": gallery })).await;
    assert_eq!(data["gallery"], json!({ "mediaCount": 0, "firstTakenOn": null, "lastTakenOn": null }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_that_moves_is_counted_where_it_is() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let (summer, best) = (admin.makes_gallery("Summer", "FAMILY").await, admin.makes_gallery("Best", "FAMILY").await);
    let may = admin.adds_photo(&summer, MAY).await;
    admin.adds_photo(&summer, JULY).await;
    spans(&admin, &summer, 2, "2024-05-01", "2024-07-03").await;
    admin.does(UPDATE_MEDIA, "UpdateMediaInput", json!({ "id": may, "galleryId": best })).await;
    spans(&admin, &summer, 1, "2024-07-03", "2024-07-03").await;
    spans(&admin, &best, 1, "2024-05-01", "2024-05-01").await;
    // The same bytes may now come to the first gallery, and the moved photo cannot come back to it.
    admin.adds_photo(&summer, MAY).await;
    let back = json!({ "id": may, "galleryId": summer });
    assert_eq!(admin.mistakes(UPDATE_MEDIA, "UpdateMediaInput", back).await, ["CONFLICT"]);
    spans(&admin, &best, 1, "2024-05-01", "2024-05-01").await;
    let document = "query($id: ID!) { media(id: $id) { gallery { title } } }";
    assert_eq!(admin.gets(document, json!({ "id": may })).await["media"]["gallery"]["title"], "Best");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_moves_to_galleries_only() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let summer = admin.makes_gallery("Summer", "FAMILY").await;
    let media = admin.adds_photo(&summer, MAY).await;
    let deleted = admin.makes_gallery("Gone", "FAMILY").await;
    admin.does(DELETE, "DeleteGalleryInput", json!({ "id": deleted })).await;
    for target in [deleted, format!("gal_{NO_ULID}"), media.clone(), "Summer".into()] {
        let input = json!({ "id": media, "galleryId": target });
        assert_eq!(admin.mistakes(UPDATE_MEDIA, "UpdateMediaInput", input).await, ["NOT_FOUND"], "{target}");
    }
    admin.does(UPDATE_MEDIA, "UpdateMediaInput", json!({ "id": media, "galleryId": summer })).await;
    spans(&admin, &summer, 1, "2024-05-01", "2024-05-01").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn media_stand_in_the_order_of_the_gallery_or_the_callers() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let mut ids = Vec::new();
    for taken in [JULY, MAY, AUGUST] {
        ids.push(admin.adds_photo(&gallery, taken).await);
    }
    let (july, may, august) = (ids[0].as_str(), ids[1].as_str(), ids[2].as_str());
    assert_eq!(order(&admin, &gallery, Value::Null).await, [may, july, august]);
    assert_eq!(order(&admin, &gallery, json!("TAKEN_AT_DESC")).await, [august, july, may]);
    admin.does(UPDATE, "UpdateGalleryInput", json!({ "id": gallery, "sort": "TAKEN_AT_DESC" })).await;
    assert_eq!(order(&admin, &gallery, Value::Null).await, [august, july, may]);
    assert_eq!(order(&admin, &gallery, json!("TAKEN_AT_ASC")).await, [may, july, august]);
    let input = json!({ "id": august, "takenAt": "2024-01-01T00:00:00Z" });
    admin.does(UPDATE_MEDIA, "UpdateMediaInput", input).await;
    assert_eq!(order(&admin, &gallery, Value::Null).await, [july, may, august]);
}

#[tokio::test(flavor = "multi_thread")]
async fn photos_are_listed_a_page_at_a_time_in_both_orders() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let mut ids = Vec::new();
    for day in 1..=7 {
        ids.push(admin.adds_photo(&gallery, &format!("2024:07:0{day} 12:00:00")).await);
    }
    assert_eq!(pages(&admin, &gallery, json!({ "sort": "TAKEN_AT_ASC" })).await, [&ids[..3], &ids[3..6], &ids[6..]]);
    assert_eq!(pages(&admin, &gallery, json!({ "kind": "PHOTO" })).await.concat(), ids);
    assert_eq!(pages(&admin, &gallery, json!({ "kind": "VIDEO" })).await, [Vec::<String>::new()]);
    ids.reverse();
    assert_eq!(pages(&admin, &gallery, json!({ "sort": "TAKEN_AT_DESC" })).await, [&ids[..3], &ids[3..6], &ids[6..]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_oldest_photo_stands_for_a_gallery_until_another_is_chosen() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let july = admin.adds_photo(&gallery, JULY).await;
    let may = admin.adds_photo(&gallery, MAY).await;
    admin.sees(COVER, json!({ "id": gallery }), "/gallery/cover/id", json!(may)).await;
    let payload = choose(&admin, &gallery, json!(july)).await;
    assert_eq!(payload["gallery"]["cover"]["id"], json!(july));
    admin.does(TRASH, "DeleteMediaInput", json!({ "ids": [july] })).await;
    assert_eq!(admin.gets(COVER, json!({ "id": gallery })).await["gallery"]["cover"]["id"], json!(may));
    admin.does(RESTORE, "RestoreMediaInput", json!({ "ids": [july] })).await;
    assert_eq!(admin.gets(COVER, json!({ "id": gallery })).await["gallery"]["cover"]["id"], json!(july));
    let payload = choose(&admin, &gallery, Value::Null).await;
    assert_eq!(payload["gallery"]["cover"]["id"], json!(may));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_photo_of_its_own_stands_for_a_gallery() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let (summer, best) = (admin.makes_gallery("Summer", "FAMILY").await, admin.makes_gallery("Best", "FAMILY").await);
    let media = admin.adds_photo(&summer, MAY).await;
    for (gallery, cover) in [(&best, media.clone()), (&summer, format!("med_{NO_ULID}")), (&summer, summer.clone())] {
        let input = json!({ "id": gallery, "coverMediaId": cover });
        assert_eq!(admin.mistakes(UPDATE, "UpdateGalleryInput", input).await, ["NOT_FOUND"], "{cover}");
    }
    choose(&admin, &summer, json!(media)).await;
    admin.does(UPDATE_MEDIA, "UpdateMediaInput", json!({ "id": media, "galleryId": best })).await;
    let data = admin.gets(COVER, json!({ "id": summer })).await;
    assert_eq!(data["gallery"]["cover"], Value::Null, "a photo that left stands for it no more");
    assert_eq!(admin.gets(COVER, json!({ "id": best })).await["gallery"]["cover"]["id"], json!(media));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gallery_that_holds_photos_is_not_deleted_by_accident() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    admin.adds_photo(&gallery, MAY).await;
    assert_eq!(admin.mistakes(DELETE, "DeleteGalleryInput", json!({ "id": gallery })).await, ["CONFLICT"]);
    spans(&admin, &gallery, 1, "2024-05-01", "2024-05-01").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gallery_deleted_with_its_photos_comes_back_with_the_first_that_is_restored() {
    let home = Home::open().await;
    let (admin, family) = (home.admin().await, home.visitor().await);
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let (may, july) = (admin.adds_photo(&gallery, MAY).await, admin.adds_photo(&gallery, JULY).await);
    spans(&admin, &gallery, 2, "2024-05-01", "2024-07-03").await;
    admin.does(DELETE, "DeleteGalleryInput", json!({ "id": gallery, "withMedia": true })).await;
    let document = "query($id: ID!, $media: ID!) { gallery(id: $id) { id } media(id: $media) { id } }";
    let variables = json!({ "id": gallery, "media": july });
    assert_eq!(family.gets(document, variables.clone()).await, json!({ "gallery": null, "media": null }));
    let data = admin.gets("{ trash { edges { node { status gallery { id } } } } }", json!({})).await;
    let gone = json!({ "node": { "status": "TRASHED", "gallery": null } });
    assert_eq!(data["trash"]["edges"], json!([gone, gone]));

    admin.does(RESTORE, "RestoreMediaInput", json!({ "ids": [july] })).await;
    spans(&admin, &gallery, 1, "2024-07-03", "2024-07-03").await;
    let expected = json!({ "gallery": { "id": gallery }, "media": { "id": july } });
    assert_eq!(family.gets(document, variables).await, expected);
    let data = family.gets("{ galleries { edges { node { title } } } }", json!({})).await;
    assert_eq!(data["galleries"]["edges"], json!([{ "node": { "title": "Summer" } }]));
    admin.does(RESTORE, "RestoreMediaInput", json!({ "ids": [may] })).await;
    spans(&admin, &gallery, 2, "2024-05-01", "2024-07-03").await;
}

/// The processor brings the days up to date just after a photo is ready.
async fn spans(actor: &Actor, gallery: &str, count: usize, first: &str, last: &str) {
    let expected = json!({ "mediaCount": count, "firstTakenOn": first, "lastTakenOn": last });
    actor.sees(SPAN, json!({ "id": gallery }), "/gallery", expected).await;
}

async fn choose(admin: &Actor, gallery: &str, cover: Value) -> Value {
    admin.does(UPDATE, "UpdateGalleryInput", json!({ "id": gallery, "coverMediaId": cover })).await
}

async fn order(actor: &Actor, gallery: &str, sort: Value) -> Vec<String> {
    let document = "query($id: ID!, $sort: GallerySort) { gallery(id: $id) { media(sort: $sort) { \
        edges { node { id } } } } }";
    let data = actor.gets(document, json!({ "id": gallery, "sort": sort })).await;
    let edges = data["gallery"]["media"]["edges"].as_array().expect("a list").iter();
    edges.map(|edge| edge["node"]["id"].as_str().expect("an id").to_owned()).collect()
}

/// Turns the pages of three from the first to the last.
async fn pages(actor: &Actor, gallery: &str, mut arguments: Value) -> Vec<Vec<String>> {
    let document = "query($id: ID!, $after: String, $sort: GallerySort, $kind: MediaKind) { gallery(id: $id) { \
        media(first: 3, after: $after, sort: $sort, kind: $kind) { edges { node { id } } \
        pageInfo { hasNextPage endCursor } } } }";
    arguments["id"] = json!(gallery);
    let mut pages = Vec::new();
    loop {
        let data = actor.gets(document, arguments.clone()).await;
        let media = &data["gallery"]["media"];
        let edges = media["edges"].as_array().expect("a list").iter();
        pages.push(edges.map(|edge| edge["node"]["id"].as_str().expect("an id").to_owned()).collect());
        if media["pageInfo"]["hasNextPage"] == false {
            return pages;
        }
        arguments["after"] = media["pageInfo"]["endCursor"].clone();
    }
}
