//! The page that is asked for most: a gallery with its first 60 photos.

use futures::future::join_all;
use serde_json::json;

use super::library::{Library, Size, Who};
use crate::support::operations::operations;

/// All that a page could show of its photos.
const PAGE: &str = "query($id: ID!) { gallery(id: $id) { title viewerCan { upload } cover { id } createdBy { displayName } \
    media(first: 60) { edges { node { id caption thumbnail { url } preview { url } likeCount commentCount \
    viewerHasLiked viewerCan { comment download } uploadedBy { id displayName } gallery { title } } } \
    pageInfo { hasNextPage endCursor } } } }";
const SIZE: Size = Size { photos: 70, others: 12 };
const AT_ONCE: usize = 40;

/// One for who asks, the gallery and what the access list says; one for which photos there are; one for the photos, from
/// the table itself; and where they are asked for, one for people.
#[tokio::test(flavor = "multi_thread")]
async fn a_gallery_page_of_60_is_one_query_and_three_calls_and_a_fourth_for_people() {
    let library = Library::filled(SIZE).await;
    let operations = operations();
    let of_clients = &operations.iter().find(|operation| operation.name == "Gallery").expect("an operation").text;
    let variables = library.variables(r#"{ "id": "$summer" }"#);
    for (who, document, most) in
        [(Who::Family, PAGE, 4), (Who::Admin, PAGE, 4), (Who::Family, of_clients, 3), (Who::Admin, of_clients, 3)]
    {
        let (data, calls) = library.asks(who, document, &variables).await;
        let edges = data["gallery"]["media"]["edges"].as_array().expect("a page");
        assert_eq!(edges.len(), 60);
        assert!(edges.iter().all(|edge| edge["node"]["thumbnail"]["url"].is_string()));
        assert_eq!(calls.of("Query").calls, 1, "{who:?}: {calls}");
        assert!(calls.of_table().calls <= most, "{who:?}: {calls}");
        assert_eq!(calls.of_others().calls, 0, "{who:?}: {calls}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_takes_the_same_however_busy_the_machine_is() {
    let library = Library::filled(SIZE).await;
    let variables = library.variables(r#"{ "id": "$summer" }"#);
    let pages = join_all((0..AT_ONCE).map(|_| library.asks(Who::Family, PAGE, &variables))).await;
    let (first, calls) = &pages[0];
    assert_eq!(first["gallery"]["media"]["edges"][0]["node"]["viewerHasLiked"], true);
    assert_eq!(first["gallery"]["media"]["edges"][0]["node"]["uploadedBy"]["displayName"], "Person 000");
    for (page, other) in &pages {
        assert_eq!((page, other), (first, calls));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_read_ahead_shows_nothing_that_is_hidden() {
    let library = Library::filled(Size { photos: 1, others: 1 }).await;
    let admin = &library.admin;
    let document = "query($id: ID!) { gallery(id: $id) { id } node(id: $id) { id } }";
    for id in [&library.names["summer"], &library.names["album"]] {
        let (data, calls) = library.asks(Who::Family, document, &json!({ "id": id })).await;
        assert_eq!(data, json!({ "gallery": { "id": id }, "node": { "id": id } }));
        assert_eq!(calls.of_table().calls, 1, "{calls}");
        admin.grants(id, &library.names["family"], json!(null)).await;
        let (data, _) = library.asks(Who::Family, document, &json!({ "id": id })).await;
        assert_eq!(data, json!({ "gallery": null, "node": null }));
    }
}
