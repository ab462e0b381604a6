//! Seeing the galleries as somebody else does.

use serde_json::{Value, json};

use crate::support::{
    Actor, Home,
    actor::{NO_ULID, error_codes},
};

const AS_USER: &str = "query($id: ID, $first: Int, $after: String) { galleries(first: $first, after: $after, asUser: $id) \
    { edges { node { id title } } pageInfo { hasNextPage endCursor } } }";

/// All pages of the galleries, by `first`.
async fn galleries(actor: &Actor, as_user: Value, first: usize) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), Value::Null);
    loop {
        let variables = json!({ "id": as_user, "first": first, "after": after });
        let page = actor.gets(AS_USER, variables).await["galleries"].take();
        all.extend(page["edges"].as_array().expect("edges").iter().map(|edge| edge["node"].clone()));
        if page["pageInfo"]["hasNextPage"] == false {
            return all;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_sees_the_galleries_exactly_as_each_person_does() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let (anna, ben) = (home.relative(&admin, "Anna").await, home.relative(&admin, "Ben").await);
    let levels = ["VIEW", "COMMENT", "CONTRIBUTE"];
    for number in 0..9_usize {
        let visibility = ["FAMILY", "RESTRICTED", "PRIVATE"][number % 3];
        let gallery = admin.makes_gallery(&format!("Gallery {number}"), visibility).await;
        if number % 2 == 0 {
            admin.grants(&gallery, &anna.id().await, json!(levels[number / 3])).await;
        }
        if number > 5 {
            admin.grants(&gallery, &ben.id().await, json!(levels[number % 3])).await;
        }
    }
    let mut seen = Vec::new();
    for person in [&admin, &anna, &ben, &home.visitor().await] {
        let own = galleries(person, Value::Null, 100).await;
        for first in [1, 2, 100] {
            assert_eq!(galleries(&admin, json!(person.id().await), first).await, own, "by {first}");
        }
        seen.push(own.len());
    }
    // The family's three, and of the three restricted ones: Anna is on the list of 4, Ben on that of 7.
    assert_eq!(seen, [9, 4, 4, 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_account_sees_nothing_and_no_account_is_nobody() {
    let home = Home::open().await;
    let admin = home.admin().await;
    admin.makes_gallery("Summer", "FAMILY").await;
    let anna = home.relative(&admin, "Anna").await.id().await;
    assert_eq!(galleries(&admin, json!(anna), 10).await.len(), 1);
    let close = "setUserDisabled(input: $input) { userErrors { code } }";
    admin.does(close, "SetUserDisabledInput", json!({ "userId": anna, "disabled": true })).await;
    assert_eq!(galleries(&admin, json!(anna), 10).await, Vec::<Value>::new());
    for id in ["usr_00000000-0000-0000-0000-000000000009".to_owned(), format!("gal_{NO_ULID}")] {
        let data = admin.gets(AS_USER, json!({ "id": id, "first": 10 })).await;
        assert_eq!(data["galleries"], Value::Null);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_admin_sees_as_somebody_else() {
    let home = Home::open().await;
    let visitor = home.visitor().await;
    let own = visitor.id().await;
    for id in [own, home.admin().await.id().await, "nonsense".to_owned()] {
        let answer = visitor.asks(AS_USER, json!({ "id": id, "first": 10 })).await;
        assert_eq!(error_codes(&answer), ["FORBIDDEN"], "{id}");
    }
}
