//! The whole library by time, as each person sees it.

use serde_json::{Value, json};

use crate::support::{Actor, Home, actor::UPDATE_MEDIA};

const TIMELINE: &str = "query($first: Int! = 50, $after: String, $from: AWSDate, $to: AWSDate) { \
    timeline(first: $first, after: $after, from: $from, to: $to) { edges { cursor node { id takenAt } } \
    pageInfo { hasNextPage endCursor } } }";
const MONTHS: &str = "{ timelineMonths { month count } }";
const DELETE: &str = "deleteMedia(input: $input) { mediaIds userErrors { code } }";

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_all_galleries_that_are_theirs_in_one_row() {
    let (home, admin) = home().await;
    let anna = home.relative(&admin, "Anna").await;
    let family = admin.makes_gallery("Family", "FAMILY").await;
    let annas = admin.makes_gallery("Anna's", "RESTRICTED").await;
    let private = admin.makes_gallery("Private", "PRIVATE").await;
    admin.grants(&annas, &anna.id().await, json!("VIEW")).await;
    let june = admin.adds_photo(&family, "2024:06:15 10:00:00").await;
    let july = admin.adds_photo(&annas, "2024:07:15 10:00:00").await;
    let august = admin.adds_photo(&private, "2024:08:15 10:00:00").await;
    let september = admin.adds_photo(&family, "2024:09:15 10:00:00").await;
    let visitor = home.visitor().await;
    assert_eq!(timeline(&admin, json!({})).await, [september.as_str(), august.as_str(), july.as_str(), june.as_str()]);
    assert_eq!(timeline(&anna, json!({})).await, [september.as_str(), july.as_str(), june.as_str()]);
    assert_eq!(timeline(&visitor, json!({})).await, [september.as_str(), june.as_str()]);
    assert_eq!(months(&admin).await, ["2024-09 1", "2024-08 1", "2024-07 1", "2024-06 1"]);
    assert_eq!(months(&anna).await, ["2024-09 1", "2024-07 1", "2024-06 1"]);
    assert_eq!(months(&visitor).await, ["2024-09 1", "2024-06 1"]);
    // At the next request, whatever an index still says.
    admin.grants(&annas, &anna.id().await, Value::Null).await;
    assert_eq!(timeline(&anna, json!({})).await, [september.as_str(), june.as_str()]);
    assert_eq!(months(&anna).await, ["2024-09 1", "2024-06 1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn months_follow_what_happens_to_pictures() {
    let (_home, admin) = home().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let other = admin.makes_gallery("Other", "FAMILY").await;
    let first = admin.adds_photo(&gallery, "2024:07:01 10:00:00").await;
    let second = admin.adds_photo(&gallery, "2024:07:02 10:00:00").await;
    assert_eq!(months(&admin).await, ["2024-07 2"]);
    let input = json!({ "id": first, "takenAt": "2023-12-31T23:30:00Z", "takenAtOffsetMinutes": 60 });
    admin.does(UPDATE_MEDIA, "UpdateMediaInput", input).await;
    assert_eq!(months(&admin).await, ["2024-07 1", "2024-01 1"]);
    admin.does(UPDATE_MEDIA, "UpdateMediaInput", json!({ "id": first, "galleryId": other })).await;
    assert_eq!(months(&admin).await, ["2024-07 1", "2024-01 1"]);
    admin.does(DELETE, "DeleteMediaInput", json!({ "ids": [second] })).await;
    assert_eq!(months(&admin).await, ["2024-01 1"]);
    let restore = "restoreMedia(input: $input) { mediaIds userErrors { code } }";
    admin.does(restore, "RestoreMediaInput", json!({ "ids": [second] })).await;
    assert_eq!(months(&admin).await, ["2024-07 1", "2024-01 1"]);
    let delete = "deleteGallery(input: $input) { deletedId userErrors { code } }";
    admin.does(delete, "DeleteGalleryInput", json!({ "id": gallery, "withMedia": true })).await;
    assert_eq!(months(&admin).await, ["2024-01 1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_of_days_goes_by_the_place_of_the_picture() {
    let (_home, admin) = home().await;
    let gallery = admin.makes_gallery("Travels", "FAMILY").await;
    let mut photos = Vec::new();
    // Each on the local day 2024-03-10, and just beside it.
    for (at, taken, offset) in [
        (1, "2024-03-09T09:30:00Z", 870_i64 - 30),
        (2, "2024-03-09T10:30:00Z", 840),
        (3, "2024-03-10T12:00:00Z", 0),
        (4, "2024-03-11T09:00:00Z", -660),
        (5, "2024-03-11T11:30:00Z", -660),
    ] {
        let photo = admin.adds_photo(&gallery, &format!("2020:01:01 00:00:{at:02}")).await;
        let input = json!({ "id": photo, "takenAt": taken, "takenAtOffsetMinutes": offset });
        admin.does(UPDATE_MEDIA, "UpdateMediaInput", input).await;
        photos.push(photo);
    }
    let day = json!({ "from": "2024-03-10", "to": "2024-03-10" });
    assert_eq!(timeline(&admin, day).await, [photos[3].as_str(), photos[2].as_str(), photos[1].as_str()]);
    assert_eq!(timeline(&admin, json!({ "from": "2024-03-11" })).await, [photos[4].as_str()]);
    assert_eq!(timeline(&admin, json!({ "to": "2024-03-09" })).await, [photos[0].as_str()]);
    for wrong in ["2024-3-1", "2024-02-30", "yesterday", "", "2024-03-10T00:00:00Z"] {
        let answer = admin.asks(TIMELINE, json!({ "from": wrong })).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_REQUEST", "{wrong}: {answer:#}");
    }
    let answer = admin.asks(TIMELINE, json!({ "from": "2024-03-11", "to": "2024-03-10" })).await;
    assert_eq!(answer["errors"][0]["message"], "`from` must not be later than `to`.", "{answer:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_any_size_walk_through_everything_once() {
    let (home, admin) = home().await;
    let (open, closed) = (admin.makes_gallery("A", "FAMILY").await, admin.makes_gallery("B", "PRIVATE").await);
    for n in 0..13 {
        let gallery = if n % 3 == 0 { &open } else { &closed };
        admin.adds_photo(gallery, &format!("2024:0{}:{} 10:00:00", 1 + n % 9, 10 + n)).await;
    }
    for actor in [admin, home.visitor().await] {
        let whole = timeline(&actor, json!({})).await;
        for first in [1, 2, 3, 5, 13] {
            assert_eq!(walked(&actor, first).await, whole, "in pages of {first}");
        }
    }
}

async fn home() -> (Home, Actor) {
    let home = Home::open().await;
    let admin = home.admin().await;
    (home, admin)
}

async fn timeline(actor: &Actor, variables: Value) -> Vec<String> {
    ids(&actor.gets(TIMELINE, variables).await["timeline"])
}

fn ids(connection: &Value) -> Vec<String> {
    let edges = connection["edges"].as_array().expect("edges").iter();
    edges.map(|edge| edge["node"]["id"].as_str().expect("an id").to_owned()).collect()
}

async fn months(actor: &Actor) -> Vec<String> {
    let data = actor.gets(MONTHS, json!({})).await;
    let months = data["timelineMonths"].as_array().expect("months").iter();
    months.map(|month| format!("{} {}", month["month"].as_str().expect("a month"), month["count"])).collect()
}

async fn walked(actor: &Actor, first: i32) -> Vec<String> {
    let (mut seen, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = actor.gets(TIMELINE, json!({ "first": first, "after": after })).await["timeline"].take();
        seen.extend(ids(&page));
        if page["pageInfo"]["hasNextPage"] == false {
            return seen;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}
