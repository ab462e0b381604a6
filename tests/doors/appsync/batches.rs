//! Lists of events: each item is answered as if it had come alone, in its place.

use serde_json::{Value, json};

use super::{BATCH, batch, event, good, of, recorded, resolve, value};
use crate::support::{Actor, Home, actor::NO_ULID};

async fn galleries(admin: &Actor, visibility: &str, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for n in 0..count {
        ids.push(admin.makes_gallery(&format!("{visibility} {n}"), visibility).await);
    }
    ids
}

fn refused(item: &Value) -> &str {
    assert_eq!(item["data"], Value::Null, "{item:#}");
    assert!(item["errorMessage"].is_string(), "{item:#}");
    item["errorType"].as_str().expect("a code")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_keeps_length_and_order_and_what_is_not_there_is_null() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let ids = galleries(&admin, "FAMILY", 3).await;
    for (id, day) in ids.iter().zip(["01", "02", "03"]) {
        admin.adds_photo(id, &format!("2024:07:{day} 15:04:05")).await;
    }
    let missing = format!("gal_{NO_ULID}");
    let order = [&ids[2], &ids[0], &missing, &ids[1], &ids[2]];
    let media = |id: &String| of(&admin, "Gallery", id, "media", json!({ "first": 5 }));
    let items = batch(&home, order.iter().map(|id| media(id)).collect()).await;
    for (id, item) in order.iter().zip(&items) {
        assert_eq!(*item, good(&value(&home, media(id)).await), "{id}");
    }
    assert_eq!(items[2], good(&Value::Null));
    let taken: Vec<&Value> = [0, 1, 3].iter().map(|&n| &items[n]["data"]["edges"][0]["node"]["takenAt"]).collect();
    assert_eq!(taken, ["2024-07-03T15:04:05.000Z", "2024-07-01T15:04:05.000Z", "2024-07-02T15:04:05.000Z"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_in_one_batch_see_what_each_may_see() {
    let home = Home::open().await;
    let (admin, visitor) = (home.admin().await, home.visitor().await);
    let hidden = galleries(&admin, "PRIVATE", 1).await.remove(0);
    let open = galleries(&admin, "FAMILY", 1).await.remove(0);
    let may = |actor: &Actor, id: &str| of(actor, "Gallery", id, "viewerCan", json!({}));
    let events = vec![
        may(&admin, &hidden),
        may(&visitor, &hidden),
        may(&home.anonymous(), &open),
        may(&visitor, &open),
        may(&admin, &open),
    ];
    let items = batch(&home, events).await;
    assert_eq!(items[0]["data"]["edit"], true);
    assert_eq!(items[1], good(&Value::Null));
    assert_eq!(refused(&items[2]), "UNAUTHENTICATED");
    assert_eq!(items[3]["data"]["edit"], false);
    assert_eq!(items[4]["data"]["edit"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn different_questions_in_one_batch_are_answered_apart() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = galleries(&admin, "FAMILY", 1).await.remove(0);
    let photo = admin.adds_photo(&gallery, "2024:07:03 15:04:05").await;
    admin.adds_photo(&gallery, "2024:07:04 15:04:05").await;
    let page = |first: i32| of(&admin, "Gallery", &gallery, "media", json!({ "first": first }));
    let make = |title: &str| event(&admin, "Mutation", "createGallery", json!({ "input": { "title": title } }));
    let events = vec![
        page(1),
        page(101),
        json!({ "broken": true }),
        of(&admin, "Photo", &photo, "uploadedBy", json!({})),
        page(2),
        make("Alike"),
        make("Alike"),
    ];
    let items = batch(&home, events).await;
    let rows = |item: &Value| item["data"]["edges"].as_array().map(Vec::len);
    assert_eq!((rows(&items[0]), rows(&items[4])), (Some(1), Some(2)));
    assert_eq!(refused(&items[1]), "BAD_REQUEST");
    assert_eq!(refused(&items[2]), "BAD_REQUEST");
    assert_eq!(items[3]["data"]["id"], admin.id().await.as_str());
    let galleries: Vec<&Value> = items[5..].iter().map(|item| &item["data"]["gallery"]["id"]).collect();
    assert!(galleries.iter().all(|id| id.is_string()) && galleries[0] != galleries[1], "{galleries:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_may_hold_2000_fields_and_not_more() {
    let home = Home::open().await;
    let visitor = home.visitor().await;
    assert_eq!(value(&home, json!([])).await, json!([]));
    let id = visitor.id().await;
    let one = of(&visitor, "User", &id, "email", json!({}));
    let items = batch(&home, vec![one.clone(); 2_000]).await;
    let alone = good(&value(&home, one.clone()).await);
    assert!(items.iter().all(|item| *item == alone));
    let failure = resolve(&home, Value::Array(vec![one; 2_001])).await.expect_err("it is too long");
    assert_eq!(failure.error_type, "BAD_REQUEST");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_let_in_is_told_so_in_every_item() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let ids = galleries(&admin, "FAMILY", 2).await;
    let events: Vec<Value> = ids.iter().map(|id| of(&admin, "Gallery", id, "cover", json!({}))).collect();
    assert_eq!(batch(&home, events.clone()).await, [good(&Value::Null), good(&Value::Null)]);
    home.pass_seconds(24 * 60 * 60);
    let foreign = recorded(BATCH).as_array().expect("a list").clone();
    for events in [events, foreign] {
        let items = batch(&home, events).await;
        assert_eq!(items.iter().map(refused).collect::<Vec<_>>(), ["UNAUTHENTICATED"; 2]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_to_the_table_do_not_grow_with_the_batch() {
    let home = Home::open().await;
    let (admin, visitor) = (home.admin().await, home.visitor().await);
    let ids = galleries(&admin, "RESTRICTED", 12).await;
    let person = visitor.id().await;
    for id in &ids {
        admin.grants(id, &person, json!("COMMENT")).await;
    }
    let may = |id: &String| of(&visitor, "Gallery", id, "viewerCan", json!({}));
    let mut calls = Vec::new();
    for count in [2, 12] {
        let events = ids[..count].iter().map(may).collect();
        let (items, taken) = store::measured(batch(&home, events)).await;
        assert!(items.iter().all(|item| item["data"]["edit"] == false), "{items:#?}");
        calls.push(taken.of_table().calls);
    }
    assert_eq!(calls[0], calls[1]);
}
