//! The orders in which a gallery shows its media.

use serde_json::{Value, json};

use crate::support::{Actor, Home, actor::UPDATE_MEDIA};

const MEDIA: &str = "query($id: ID!, $first: Int! = 50, $after: String, $sort: GallerySort) { gallery(id: $id) { sort \
    media(first: $first, after: $after, sort: $sort) { edges { node { id } } pageInfo { hasNextPage endCursor } } } }";
const REORDER: &str = "reorderMedia(input: $input) { gallery { sort } userErrors { code path } }";

#[tokio::test(flavor = "multi_thread")]
async fn by_the_time_of_upload_the_latest_comes_first() {
    let (home, admin, gallery) = gallery().await;
    let mut photos = Vec::new();
    for day in [3, 1, 2] {
        photos.push(admin.adds_photo(&gallery, &format!("2024:07:0{day} 12:00:00")).await);
        home.pass_seconds(1);
    }
    let latest: Vec<&str> = photos.iter().rev().map(String::as_str).collect();
    assert_eq!(shown(&admin, &gallery, Some("UPLOADED_AT_DESC")).await, latest);
    assert_eq!(walked(&admin, &gallery, "UPLOADED_AT_DESC").await, latest);
    assert_eq!(shown(&admin, &gallery, None).await, [photos[1].as_str(), photos[2].as_str(), photos[0].as_str()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_by_hand_begins_as_the_order_by_date() {
    let (_home, admin, gallery) = gallery().await;
    let photos = five(&admin, &gallery).await;
    assert_eq!(shown(&admin, &gallery, Some("MANUAL")).await, photos);
    // Whatever nobody has put anywhere follows its date.
    let input = json!({ "id": photos[4], "takenAt": "2024-01-01T00:00:00Z" });
    admin.does(UPDATE_MEDIA, "UpdateMediaInput", input).await;
    let expected = [photos[4].as_str(), photos[0].as_str(), photos[1].as_str(), photos[2].as_str(), photos[3].as_str()];
    assert_eq!(shown(&admin, &gallery, Some("MANUAL")).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_go_where_an_admin_puts_them() {
    let (home, admin, gallery) = gallery().await;
    let photos = five(&admin, &gallery).await;
    let put = async |moved: &[usize], after: Option<usize>| {
        let ids: Vec<&String> = moved.iter().map(|&at| &photos[at]).collect();
        let input =
            json!({ "galleryId": gallery, "mediaIds": ids, "afterMediaId": after.map(|at| photos[at].clone()) });
        let payload = admin.does(REORDER, "ReorderMediaInput", input).await;
        assert_eq!(payload["gallery"]["sort"], "MANUAL");
        let shown = shown(&home.visitor().await, &gallery, None).await;
        let places = shown.iter().map(|id| photos.iter().position(|photo| photo == id).expect("one of the five"));
        places.collect::<Vec<_>>()
    };
    assert_eq!(put(&[4, 2], None).await, [4, 2, 0, 1, 3]);
    assert_eq!(put(&[4], Some(3)).await, [2, 0, 1, 3, 4]);
    assert_eq!(put(&[0, 1, 2], Some(4)).await, [3, 4, 0, 1, 2]);
    assert_eq!(put(&[2], Some(4)).await, [3, 4, 2, 0, 1]);
    assert_eq!(put(&[2], Some(4)).await, [3, 4, 2, 0, 1]);
    for _ in 0..20 {
        put(&[3], Some(4)).await;
        put(&[4], Some(3)).await;
    }
    assert_eq!(put(&[4, 3, 2, 1, 0], None).await, [4, 3, 2, 1, 0]);
    assert_eq!(walked(&admin, &gallery, "MANUAL").await, shown(&admin, &gallery, None).await);
    // A date that is corrected moves nothing that was put somewhere.
    let input = json!({ "id": photos[0], "takenAt": "2020-01-01T00:00:00Z" });
    admin.does(UPDATE_MEDIA, "UpdateMediaInput", input).await;
    assert_eq!(shown(&admin, &gallery, None).await.last(), Some(&photos[0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_returns_from_the_trash_returns_to_its_place() {
    let (_home, admin, gallery) = gallery().await;
    let photos = five(&admin, &gallery).await;
    let input = json!({ "galleryId": gallery, "mediaIds": [photos[3]], "afterMediaId": photos[0] });
    admin.does(REORDER, "ReorderMediaInput", input).await;
    let delete = "deleteMedia(input: $input) { mediaIds userErrors { code } }";
    admin.does(delete, "DeleteMediaInput", json!({ "ids": [photos[3]] })).await;
    assert_eq!(
        shown(&admin, &gallery, None).await,
        [photos[0].as_str(), photos[1].as_str(), photos[2].as_str(), photos[4].as_str()]
    );
    let restore = "restoreMedia(input: $input) { mediaIds userErrors { code } }";
    admin.does(restore, "RestoreMediaInput", json!({ "ids": [photos[3]] })).await;
    assert_eq!(
        shown(&admin, &gallery, None).await,
        [photos[0].as_str(), photos[3].as_str(), photos[1].as_str(), photos[2].as_str(), photos[4].as_str()]
    );
    let other = admin.makes_gallery("Other", "FAMILY").await;
    admin.does(UPDATE_MEDIA, "UpdateMediaInput", json!({ "id": photos[3], "galleryId": other })).await;
    for sort in ["MANUAL", "UPLOADED_AT_DESC", "TAKEN_AT_ASC"] {
        assert_eq!(shown(&admin, &other, Some(sort)).await, [photos[3].as_str()]);
        assert_eq!(shown(&admin, &gallery, Some(sort)).await.len(), 4);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_makes_no_sense_is_refused_and_changes_nothing() {
    let (_home, admin, gallery) = gallery().await;
    let photos = five(&admin, &gallery).await;
    let other = admin.makes_gallery("Other", "FAMILY").await;
    let foreign = admin.adds_photo(&other, "2024:08:01 12:00:00").await;
    let many: Vec<&String> = std::iter::repeat_n(&photos[0], 101).collect();
    for (ids, after, code) in [
        (json!([]), Value::Null, "BLANK"),
        (json!(many), Value::Null, "TOO_MANY"),
        (json!([photos[0], photos[0]]), Value::Null, "INVALID"),
        (json!([photos[0], foreign]), Value::Null, "NOT_FOUND"),
        (json!(["nothing"]), Value::Null, "NOT_FOUND"),
        (json!([photos[0]]), json!(photos[0]), "INVALID"),
        (json!([photos[0]]), json!(foreign), "NOT_FOUND"),
    ] {
        let input = json!({ "galleryId": gallery, "mediaIds": ids, "afterMediaId": after });
        assert_eq!(admin.mistakes(REORDER, "ReorderMediaInput", input).await, [code]);
    }
    let data = admin.gets(MEDIA, json!({ "id": gallery })).await;
    assert_eq!(data["gallery"]["sort"], "TAKEN_AT_ASC");
    assert_eq!(shown(&admin, &gallery, Some("MANUAL")).await, photos);
}

async fn gallery() -> (Home, Actor, String) {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    (home, admin, gallery)
}

async fn five(admin: &Actor, gallery: &str) -> Vec<String> {
    let mut photos = Vec::new();
    for day in 1..=5 {
        photos.push(admin.adds_photo(gallery, &format!("2024:07:0{day} 12:00:00")).await);
    }
    photos
}

async fn shown(actor: &Actor, gallery: &str, sort: Option<&str>) -> Vec<String> {
    ids(&actor.gets(MEDIA, json!({ "id": gallery, "sort": sort })).await)
}

async fn walked(actor: &Actor, gallery: &str, sort: &str) -> Vec<String> {
    let (mut seen, mut after) = (Vec::new(), Value::Null);
    loop {
        let data = actor.gets(MEDIA, json!({ "id": gallery, "sort": sort, "first": 2, "after": after })).await;
        seen.extend(ids(&data));
        let page = &data["gallery"]["media"]["pageInfo"];
        if page["hasNextPage"] == false {
            return seen;
        }
        after = page["endCursor"].clone();
    }
}

fn ids(data: &Value) -> Vec<String> {
    let edges = data["gallery"]["media"]["edges"].as_array().expect("edges").iter();
    edges.map(|edge| edge["node"]["id"].as_str().expect("an id").to_owned()).collect()
}
