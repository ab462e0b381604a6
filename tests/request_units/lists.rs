//! Every client operation that lists, over few rows and over many.

use std::collections::BTreeSet;

use async_graphql_parser::types::OperationType;
use serde_json::{Value, json};

use super::{
    appsync,
    growth::{Sample, grown},
    library::{Library, Size, Who},
};
use crate::support::operations::operations;

pub(super) const FEW: Size = Size { photos: 3, others: 3 };
/// More than a batch of everything, more than two of photos.
pub(super) const MANY: Size = Size { photos: 250, others: 120 };
/// All the lines of what happened that the larger library has: comments, replies, likes, and what came.
const ALL_LINES: usize = 5 * 100;

/// The operation, who asks, its variables, and how many rows it reads of the larger library.
const LISTS: &[(&str, Who, &str, usize)] = &[
    ("SignInOptions", Who::Anonymous, "{}", 122),
    ("Galleries", Who::Family, r#"{ "first": 100 }"#, 101),
    ("GalleriesAsUser", Who::Admin, r#"{ "asUser": "$family", "first": 100 }"#, 101),
    ("Gallery", Who::Family, r#"{ "id": "$summer", "first": 100 }"#, 100),
    ("GalleryMedia", Who::Family, r#"{ "id": "$summer", "first": 100 }"#, 100),
    ("GalleryMedia", Who::Family, r#"{ "id": "$summer", "first": 100, "sort": "UPLOADED_AT_DESC" }"#, 101),
    ("GalleryMedia", Who::Family, r#"{ "id": "$summer", "first": 100, "sort": "MANUAL" }"#, 101),
    ("GalleryMedia", Who::Family, r#"{ "id": "$summer", "first": 100, "kind": "VIDEO" }"#, 250),
    (
        "GalleryMedia",
        Who::Family,
        r#"{ "id": "$summer", "first": 100, "from": "2000-01-01", "to": "2100-01-01" }"#,
        101,
    ),
    ("GalleryOriginals", Who::Family, r#"{ "id": "$summer", "first": 100 }"#, 100),
    ("GalleryAccess", Who::Admin, r#"{ "id": "$summer" }"#, 121),
    ("ShareLinks", Who::Admin, r#"{ "id": "$summer" }"#, 120),
    ("Media", Who::Family, r#"{ "id": "$photo", "commentsFirst": 100 }"#, 100),
    ("MediaComments", Who::Family, r#"{ "id": "$photo", "first": 100 }"#, 100),
    ("MediaLikes", Who::Family, r#"{ "id": "$photo", "first": 100 }"#, 100),
    ("CommentReplies", Who::Family, r#"{ "id": "$comment", "first": 100 }"#, 100),
    ("Timeline", Who::Family, r#"{ "first": 100 }"#, 200),
    ("TimelineMonths", Who::Family, "{}", 121),
    ("Favourites", Who::Family, r#"{ "first": 100 }"#, 120),
    ("Search", Who::Family, r#"{ "text": "summer", "first": 100 }"#, 200),
    ("Activity", Who::Family, r#"{ "first": 100 }"#, ALL_LINES),
    ("WhoCanSee", Who::Admin, r#"{ "mediaId": "$photo" }"#, 122 + 120),
    ("WhoCanSeeGallery", Who::Admin, r#"{ "galleryId": "$summer" }"#, 122 + 120),
    ("StorageUsage", Who::Admin, "{}", 122),
    ("AuditLog", Who::Admin, r#"{ "first": 100 }"#, 100),
    ("Trash", Who::Admin, r#"{ "first": 100 }"#, 100),
    ("TrashOriginals", Who::Admin, r#"{ "first": 100 }"#, 100),
    ("Users", Who::Admin, r#"{ "first": 100 }"#, 100),
    (
        "SetGalleryAccess",
        Who::Admin,
        r#"{ "input": { "galleryId": "$summer", "userId": "$person", "level": "COMMENT" } }"#,
        121,
    ),
    ("MarkActivityRead", Who::Family, r#"{ "input": { "upTo": "2020-01-01T00:00:00Z" } }"#, ALL_LINES),
];
/// Queries that list nothing.
const NO_LISTS: [&str; 3] = ["BackupStatus", "Node", "Viewer"];

#[test]
fn every_query_of_the_clients_is_known_to_list_or_not_to() {
    let known: BTreeSet<&str> = LISTS.iter().map(|(name, ..)| *name).chain(NO_LISTS).collect();
    let operations = operations();
    let missing = operations.iter().filter(|operation| operation.kind() == OperationType::Query);
    let missing: Vec<&str> =
        missing.map(|operation| operation.name.as_str()).filter(|name| !known.contains(name)).collect();
    assert!(missing.is_empty(), "give these operations a line in tests/request_units/lists.rs: {missing:?}");
    for name in known {
        assert!(operations.iter().any(|operation| operation.name == name), "{name} is no operation any more");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_do_not_grow_with_rows() {
    let (few, many) = tokio::join!(Library::filled(FEW), Library::filled(MANY));
    let mut grew = Vec::new();
    for (name, who, variables, rows) in LISTS {
        let taken = [took(&few, name, *who, variables).await, took(&many, name, *who, variables).await];
        let [few, many] = taken.map(|(_, calls)| calls);
        if let Err(growth) = grown(Sample { rows: 3, calls: few }, Sample { rows: *rows, calls: many }) {
            grew.push(format!("{name} {variables}: {growth}"));
        }
    }
    grew.extend(later_pages(&many).await);
    grew.extend(appsync::growth(&few, &many).await);
    assert!(grew.is_empty(), "{}", grew.join("\n"));
}

/// A later page takes no more than the first.
async fn later_pages(library: &Library) -> Option<String> {
    let mut after = Value::Null;
    let mut calls = Vec::new();
    for rows in [100, 100, 50] {
        let variables = json!({ "id": "$summer", "first": 100, "after": after });
        let (data, taken) = took(library, "GalleryMedia", Who::Family, &variables.to_string()).await;
        let media = &data["gallery"]["media"];
        assert_eq!(media["edges"].as_array().map(Vec::len), Some(rows));
        after = media["pageInfo"]["endCursor"].clone();
        calls.push(taken);
    }
    let grew = calls.iter().any(|taken| *taken > calls[0]);
    grew.then(|| format!("GalleryMedia, page by page: {calls:?}"))
}

/// The answer, and how many calls it took in all.
async fn took(library: &Library, name: &str, who: Who, variables: &str) -> (Value, u64) {
    let operations = operations();
    let operation = operations.iter().find(|operation| operation.name == name).expect("an operation of the clients");
    let (data, calls) = library.asks(who, &operation.text, &library.variables(variables)).await;
    assert!(calls.of_table().calls > 0, "{name} reads something");
    (data, calls.of_table().calls + calls.of_others().calls)
}
