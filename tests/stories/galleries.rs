//! The admin makes galleries, changes them, and takes them away.

use serde_json::{Value, json};

use crate::support::{Actor, Home, actor::NO_ULID};

const CREATE: &str = "createGallery(input: $input) { gallery { id title description visibility sort mediaCount \
    firstTakenOn lastTakenOn cover { id } createdBy { displayName } } userErrors { code path } }";
const UPDATE: &str = "updateGallery(input: $input) { gallery { id title description visibility sort } \
    userErrors { code path } }";
const DELETE: &str = "deleteGallery(input: $input) { deletedId userErrors { code path } }";
const GALLERIES: &str = "query($first: Int! = 20, $after: String) { galleries(first: $first, after: $after) { \
    edges { cursor node { title } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";

#[tokio::test(flavor = "multi_thread")]
async fn a_new_gallery_is_for_the_family_and_empty() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let mut payload = admin.does(CREATE, "CreateGalleryInput", json!({ "title": " Summer 🌞 " })).await;
    let id = payload["gallery"]["id"].take();
    let expected = json!({
        "id": null,
        "title": "Summer 🌞",
        "description": null,
        "visibility": "FAMILY",
        "sort": "TAKEN_AT_ASC",
        "mediaCount": 0,
        "firstTakenOn": null,
        "lastTakenOn": null,
        "cover": null,
        "createdBy": { "displayName": "Admin" },
    });
    assert_eq!(payload["gallery"], expected);
    let document = "query($id: ID!) { gallery(id: $id) { title } node(id: $id) { __typename id } }";
    let data = home.visitor().await.gets(document, json!({ "id": id })).await;
    let expected = json!({ "gallery": { "title": "Summer 🌞" }, "node": { "__typename": "Gallery", "id": id } });
    assert_eq!(data, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gallery_with_mistakes_is_not_made() {
    let home = Home::open().await;
    let admin = home.admin().await;
    for (field, text, code) in wrong_texts() {
        let mut input = json!({ "title": "Summer" });
        input[field] = json!(text);
        let document = format!("mutation($input: CreateGalleryInput!) {{ {CREATE} }}");
        let data = admin.gets(&document, json!({ "input": input })).await;
        let expected = json!({ "gallery": null, "userErrors": [{ "code": code, "path": ["input", field] }] });
        assert_eq!(data["createGallery"], expected, "{field} {text:?}");
    }
    assert_eq!(titles(&admin.gets(GALLERIES, json!({})).await), Vec::<String>::new());
    let longest = json!({ "title": "é".repeat(200), "description": "é\n".repeat(2_000) });
    admin.does(CREATE, "CreateGalleryInput", longest).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_changes_what_it_names_and_nothing_else() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let input = json!({ "title": "Summer", "description": "At the sea", "visibility": "RESTRICTED" });
    let made = admin.does(CREATE, "CreateGalleryInput", input).await;
    let id = &made["gallery"]["id"];
    let mut expected = json!({
        "id": id,
        "title": "Summer",
        "description": "At the sea",
        "visibility": "RESTRICTED",
        "sort": "TAKEN_AT_ASC",
    });
    for change in [
        json!({ "title": "Winter" }),
        json!({ "sort": "TAKEN_AT_DESC" }),
        json!({ "visibility": "FAMILY" }),
        json!({ "description": "In\nthe snow" }),
        json!({ "description": null }),
        json!({}),
    ] {
        let mut input = change.clone();
        input["id"] = id.clone();
        for (field, value) in change.as_object().expect("fields") {
            expected[field] = value.clone();
        }
        let payload = admin.does(UPDATE, "UpdateGalleryInput", input).await;
        assert_eq!(payload["gallery"], expected, "{change}");
    }
    let input = json!({ "id": id, "title": null, "sort": null, "visibility": null, "description": "" });
    let payload = admin.does(UPDATE, "UpdateGalleryInput", input).await;
    assert_eq!(payload["gallery"], expected, "null is left out where there is nothing to take away");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_with_mistakes_changes_nothing() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let id = admin.makes_gallery("Summer", "FAMILY").await;
    for (field, text, code) in wrong_texts() {
        let mut input = json!({ "id": id, "visibility": "PRIVATE" });
        input[field] = json!(text);
        assert_eq!(admin.mistakes(UPDATE, "UpdateGalleryInput", input).await, [code], "{field} {text:?}");
    }
    let document = "query($id: ID!) { gallery(id: $id) { title description visibility } }";
    let data = admin.gets(document, json!({ "id": id })).await;
    assert_eq!(data["gallery"], json!({ "title": "Summer", "description": null, "visibility": "FAMILY" }));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_of_nothing_or_of_another_kind_is_not_found() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let (nothing, other) = (format!("gal_{NO_ULID}"), gallery.replace("gal_", "med_"));
    for id in [nothing.as_str(), &other, &gallery.to_lowercase(), &admin.id().await, "Summer", ""] {
        let input = json!({ "id": id, "title": "Mine" });
        assert_eq!(admin.mistakes(UPDATE, "UpdateGalleryInput", input).await, ["NOT_FOUND"], "{id:?}");
        assert_eq!(admin.mistakes(DELETE, "DeleteGalleryInput", json!({ "id": id })).await, ["NOT_FOUND"], "{id:?}");
        let data = admin.gets("query($id: ID!) { gallery(id: $id) { id } }", json!({ "id": id })).await;
        assert_eq!(data["gallery"], Value::Null, "{id:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_gallery_is_gone_for_everybody() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let id = admin.makes_gallery("Summer", "FAMILY").await;
    let payload = admin.does(DELETE, "DeleteGalleryInput", json!({ "id": id })).await;
    assert_eq!(payload["deletedId"], json!(id));
    for actor in [&admin, &home.visitor().await] {
        let document =
            "query($id: ID!) { gallery(id: $id) { id } node(id: $id) { id } galleries { edges { cursor } } }";
        let expected = json!({ "gallery": null, "node": null, "galleries": { "edges": [] } });
        assert_eq!(actor.gets(document, json!({ "id": id })).await, expected);
    }
    assert_eq!(admin.mistakes(DELETE, "DeleteGalleryInput", json!({ "id": id })).await, ["NOT_FOUND"]);
    let input = json!({ "id": id, "title": "Winter" });
    assert_eq!(admin.mistakes(UPDATE, "UpdateGalleryInput", input).await, ["NOT_FOUND"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn visitors_and_strangers_delete_nothing() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let id = admin.makes_gallery("Summer", "FAMILY").await;
    let input = json!({ "id": id, "withMedia": true });
    assert_eq!(home.visitor().await.refusals(DELETE, "DeleteGalleryInput", input.clone()).await, ["FORBIDDEN"]);
    assert_eq!(home.anonymous().refusals(DELETE, "DeleteGalleryInput", input).await, ["UNAUTHENTICATED"]);
    assert_eq!(titles(&admin.gets(GALLERIES, json!({})).await), ["Summer"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn galleries_are_listed_by_title_without_regard_to_case() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let unordered =
        ["winter", "Summer 2024", "Äpfel", "summer", "Summer#1", "Autumn", "Winter", "SUMMER 2023", "äpfel"];
    for title in unordered {
        admin.makes_gallery(title, "FAMILY").await;
        // Same titles stand in the order of their making.
        home.pass_seconds(1);
    }
    let ordered = ["Autumn", "summer", "SUMMER 2023", "Summer 2024", "Summer#1", "winter", "Winter", "Äpfel", "äpfel"];
    assert_eq!(titles(&admin.gets(GALLERIES, json!({})).await), ordered);
    for size in [1, 2, 4, 9, 10] {
        assert_eq!(all_pages(&admin, size).await, ordered, "by {size}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_title_takes_its_place_in_the_list() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let id = admin.makes_gallery("Summer", "FAMILY").await;
    admin.makes_gallery("Winter", "FAMILY").await;
    admin.does(UPDATE, "UpdateGalleryInput", json!({ "id": id, "title": "Zoo" })).await;
    assert_eq!(titles(&admin.gets(GALLERIES, json!({})).await), ["Winter", "Zoo"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_goes_on_where_it_ended_although_that_gallery_is_gone() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let mut ids = Vec::new();
    for title in ["A", "B", "C"] {
        ids.push(admin.makes_gallery(title, "FAMILY").await);
    }
    let data = admin.gets(GALLERIES, json!({ "first": 2 })).await;
    admin.does(DELETE, "DeleteGalleryInput", json!({ "id": ids[1] })).await;
    let after = &data["galleries"]["pageInfo"]["endCursor"];
    assert_eq!(titles(&admin.gets(GALLERIES, json!({ "first": 2, "after": after })).await), ["C"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_a_wrong_size_or_place_is_a_broken_request() {
    let home = Home::open().await;
    let admin = home.admin().await;
    for wrong in [json!({ "first": 0 }), json!({ "first": 101 }), json!({ "first": -1 }), json!({ "after": "x" })] {
        let answer = admin.asks(GALLERIES, wrong.clone()).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_REQUEST", "{wrong}: {answer:#}");
        assert_eq!(answer["data"], json!({ "galleries": null }));
    }
}

fn wrong_texts() -> Vec<(&'static str, String, &'static str)> {
    vec![
        ("title", String::new(), "BLANK"),
        ("title", " \u{3000}\n".into(), "BLANK"),
        ("title", "é".repeat(201), "TOO_LONG"),
        ("title", "one\ntwo".into(), "INVALID"),
        ("title", "bell\u{7}".into(), "INVALID"),
        ("description", "é".repeat(4_001), "TOO_LONG"),
        ("description", "bell\u{7}".into(), "INVALID"),
    ]
}

fn titles(data: &Value) -> Vec<String> {
    let edges = data["galleries"]["edges"].as_array().expect("a list").iter();
    edges.map(|edge| edge["node"]["title"].as_str().expect("a title").to_owned()).collect()
}

/// Turns the pages from the first to the last, checking what each says of itself.
async fn all_pages(actor: &Actor, size: usize) -> Vec<String> {
    let mut found = Vec::new();
    let mut after = Value::Null;
    loop {
        let data = actor.gets(GALLERIES, json!({ "first": size, "after": after })).await;
        let (edges, info) = (&data["galleries"]["edges"], &data["galleries"]["pageInfo"]);
        assert_eq!(info["hasPreviousPage"], json!(!found.is_empty()));
        assert_eq!(info["startCursor"], edges[0]["cursor"]);
        found.extend(titles(&data));
        if info["hasNextPage"] == false {
            return found;
        }
        assert_eq!(edges.as_array().map(Vec::len), Some(size), "a page with another after it is full");
        assert_eq!(info["endCursor"], edges[size - 1]["cursor"]);
        after = info["endCursor"].clone();
    }
}
