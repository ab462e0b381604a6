//! The order by hand in which galleries are listed.

use serde_json::{Value, json};

use crate::support::{Actor, Home, actor::NO_ULID};

const GALLERIES: &str = "query($first: Int! = 100, $after: String) { galleries(first: $first, after: $after) { \
    edges { node { id title } } pageInfo { hasNextPage endCursor } } }";
const REORDER: &str = "reorderGalleries(input: $input) { galleryIds userErrors { code path } }";
const UPDATE: &str = "updateGallery(input: $input) { userErrors { code } }";

/// The titles that somebody is shown, read in pages of some size.
async fn shown_in_pages(actor: &Actor, first: i32) -> Vec<String> {
    let (mut titles, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = actor.gets(GALLERIES, json!({ "first": first, "after": after })).await["galleries"].take();
        let edges = page["edges"].as_array().expect("edges").iter();
        titles.extend(edges.map(|edge| edge["node"]["title"].as_str().expect("a title").to_owned()));
        if page["pageInfo"]["hasNextPage"] == false {
            return titles;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

async fn shown(actor: &Actor) -> String {
    shown_in_pages(actor, 100).await.join(" ")
}

/// Galleries by the titles that they had at first.
struct Shelf {
    home: Home,
    admin: Actor,
    ids: Vec<(&'static str, String)>,
}

impl Shelf {
    async fn with(titles: &[&'static str]) -> Self {
        let home = Home::open().await;
        let admin = home.admin().await;
        let mut shelf = Self { home, admin, ids: Vec::new() };
        for title in titles {
            shelf.add(title, "FAMILY").await;
        }
        shelf
    }

    async fn add(&mut self, title: &'static str, visibility: &str) {
        self.ids.push((title, self.admin.makes_gallery(title, visibility).await));
    }

    fn id(&self, title: &str) -> &str {
        let (_, id) = self.ids.iter().find(|(known, _)| *known == title).expect("a gallery of this title");
        id
    }

    /// Puts galleries after another, or first, and gives the titles that the admin is shown then.
    async fn put(&self, titles: &[&str], after: Option<&str>) -> String {
        let ids: Vec<&str> = titles.iter().map(|title| self.id(title)).collect();
        let input = json!({ "galleryIds": ids, "afterGalleryId": after.map(|title| self.id(title)) });
        let payload = self.admin.does(REORDER, "ReorderGalleriesInput", input).await;
        assert_eq!(payload["galleryIds"], json!(ids));
        shown(&self.admin).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn galleries_go_by_title_until_an_admin_puts_one_somewhere() {
    let shelf = Shelf::with(&["d", "B", "a", "C", "é"]).await;
    assert_eq!(shown(&shelf.admin).await, "a B C d é");
    assert_eq!(shelf.put(&["d"], Some("a")).await, "a d B C é", "all others stay in their order");
    assert_eq!(shelf.put(&["é", "a"], None).await, "é a d B C");
    assert_eq!(shelf.put(&["é"], Some("C")).await, "a d B C é");
    assert_eq!(shelf.put(&["é"], Some("C")).await, "a d B C é");
    assert_eq!(shelf.put(&["C", "a", "B"], Some("d")).await, "d C a B é");
    assert_eq!(shown(&shelf.home.visitor().await).await, "d C a B é", "everybody is shown this order");
}

#[tokio::test(flavor = "multi_thread")]
async fn new_galleries_come_first_until_somebody_puts_them_elsewhere() {
    let mut shelf = Shelf::with(&["a", "b", "c"]).await;
    assert_eq!(shelf.put(&["c"], None).await, "c a b");
    shelf.add("z", "FAMILY").await;
    shelf.add("New", "FAMILY").await;
    assert_eq!(shown(&shelf.admin).await, "New z c a b");
    assert_eq!(shelf.put(&["b"], Some("New")).await, "New b z c a");
    shelf.add("m", "FAMILY").await;
    assert_eq!(shelf.put(&["m"], Some("z")).await, "New b z m c a");
    // A new title moves only what nobody has put anywhere.
    shelf.add("x", "FAMILY").await;
    shelf.add("y", "FAMILY").await;
    for title in ["c", "y"] {
        let input = json!({ "id": shelf.id(title), "title": format!("0{title}") });
        shelf.admin.does(UPDATE, "UpdateGalleryInput", input).await;
    }
    assert_eq!(shown(&shelf.admin).await, "0y x New b z m 0c a");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_see_a_gallery_sees_the_others_in_their_order_on_pages_of_any_size() {
    let mut shelf = Shelf::with(&["a", "b", "c", "d"]).await;
    shelf.add("Secret", "PRIVATE").await;
    assert_eq!(shelf.put(&["d", "Secret", "b"], None).await, "d Secret b a c");
    shelf.add("New", "FAMILY").await;
    let visitor = shelf.home.visitor().await;
    for first in [1, 2, 3, 100] {
        assert_eq!(shown_in_pages(&visitor, first).await, ["New", "d", "b", "a", "c"], "in pages of {first}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gallery_that_was_deleted_comes_back_to_its_place() {
    let shelf = Shelf::with(&["a", "b", "c"]).await;
    let photo = shelf.admin.adds_photo(shelf.id("a"), "2024:07:01 10:00:00").await;
    assert_eq!(shelf.put(&["a"], Some("b")).await, "b a c");
    let delete = "deleteGallery(input: $input) { userErrors { code } }";
    shelf.admin.does(delete, "DeleteGalleryInput", json!({ "id": shelf.id("a"), "withMedia": true })).await;
    assert_eq!(shelf.put(&["c"], None).await, "c b");
    let restore = "restoreMedia(input: $input) { userErrors { code } }";
    shelf.admin.does(restore, "RestoreMediaInput", json!({ "ids": [photo] })).await;
    assert_eq!(shown(&shelf.admin).await, "c b a");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_moves_lead_where_moving_cards_leads() {
    let titles = ["a", "b", "c", "d", "e", "f", "g"];
    let shelf = Shelf::with(&titles).await;
    let mut cards = titles.to_vec();
    for step in 0..40_usize {
        let moved: Vec<&str> = (0..=step % 3).map(|n| titles[(step * 5 + n * 3) % 7]).collect();
        let left: Vec<&str> = cards.iter().copied().filter(|card| !moved.contains(card)).collect();
        let at = (step * 11) % (left.len() + 1);
        cards = [&left[..at], &moved, &left[at..]].concat();
        let after = at.checked_sub(1).map(|at| left[at]);
        assert_eq!(shelf.put(&moved, after).await, cards.join(" "), "{moved:?} after {after:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_makes_no_sense_is_refused_and_changes_nothing() {
    let mut shelf = Shelf::with(&["a", "b"]).await;
    shelf.add("gone", "FAMILY").await;
    let delete = "deleteGallery(input: $input) { userErrors { code } }";
    shelf.admin.does(delete, "DeleteGalleryInput", json!({ "id": shelf.id("gone") })).await;
    let (a, b, gone) = (shelf.id("a"), shelf.id("b"), shelf.id("gone"));
    let many: Vec<&str> = std::iter::repeat_n(b, 101).collect();
    let absent = format!("gal_{NO_ULID}");
    for (ids, after, code, field) in [
        (json!([]), Value::Null, "BLANK", "galleryIds"),
        (json!(many), Value::Null, "TOO_MANY", "galleryIds"),
        (json!([b, b]), Value::Null, "INVALID", "galleryIds"),
        (json!([b, gone]), Value::Null, "NOT_FOUND", "galleryIds"),
        (json!([b, absent]), Value::Null, "NOT_FOUND", "galleryIds"),
        (json!([b, "nothing"]), Value::Null, "NOT_FOUND", "galleryIds"),
        (json!([b]), json!(b), "INVALID", "afterGalleryId"),
        (json!([b]), json!(gone), "NOT_FOUND", "afterGalleryId"),
        (json!([b]), json!("nothing"), "NOT_FOUND", "afterGalleryId"),
    ] {
        let document = format!("mutation($input: ReorderGalleriesInput!) {{ {REORDER} }}");
        let input = json!({ "input": { "galleryIds": ids, "afterGalleryId": after } });
        let payload = shelf.admin.gets(&document, input).await["reorderGalleries"].take();
        let mistake = json!([{ "code": code, "path": ["input", field] }]);
        assert_eq!(payload, json!({ "galleryIds": null, "userErrors": mistake }));
    }
    let input = json!({ "galleryIds": [b], "afterGalleryId": null });
    let visitor = shelf.home.visitor().await;
    assert_eq!(visitor.refusals(REORDER, "ReorderGalleriesInput", input).await, ["FORBIDDEN"]);
    assert_eq!(shown(&shelf.admin).await, "a b");
    assert_eq!(shelf.put(&["b"], None).await, "b a", "{a}");
}

#[tokio::test(flavor = "multi_thread")]
async fn admins_who_put_things_at_the_same_moment_leave_an_order() {
    let shelf = Shelf::with(&["a", "b", "c", "d", "e"]).await;
    let orders = futures::join!(shelf.put(&["e"], None), shelf.put(&["d"], None), shelf.put(&["c", "b"], None));
    let mut all: Vec<String> = shown(&shelf.admin).await.split(' ').map(str::to_owned).collect();
    assert_eq!(shelf.put(&["a"], None).await.split(' ').next(), Some("a"), "after {orders:?}");
    let rest = shelf.put(&["b", "c"], Some("a")).await;
    assert!(rest.starts_with("a b c "), "{rest}");
    all.sort();
    assert_eq!(all, ["a", "b", "c", "d", "e"]);
}
