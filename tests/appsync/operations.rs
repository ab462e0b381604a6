//! Every operation of the clients goes through both doors, too. A new one needs a line in this table.
//!
//! Subscriptions are not answered but admitted: `tests/stories/subscriptions.rs` holds that both doors admit alike.

use std::{collections::BTreeMap, fs, path::Path};

use super::{
    differential::Doors,
    entry::{Effect, Who, effect, operation_name},
};

/// The operation, who sends it, and its variables (see `queries.rs`). Those that change something come in this order.
const OPERATIONS: &[(&str, Who, &str)] = &[
    ("SignInOptions", Who::Anonymous, "{}"),
    ("Viewer", Who::Rosa, "{}"),
    ("Galleries", Who::Visitor, "{}"),
    ("Gallery", Who::Rosa, r#"{ "id": "$guests", "first": 1 }"#),
    ("GalleryMedia", Who::Visitor, r#"{ "id": "$summer", "first": 2, "after": "$pageOne" }"#),
    ("GalleryOriginals", Who::Visitor, r#"{ "id": "$summer", "first": 2 }"#),
    ("GalleryAccess", Who::Admin, r#"{ "id": "$guests" }"#),
    ("Media", Who::Visitor, r#"{ "id": "$july" }"#),
    ("MediaComments", Who::Visitor, r#"{ "id": "$july", "first": 2 }"#),
    ("MediaLikes", Who::Visitor, r#"{ "id": "$july" }"#),
    ("CommentReplies", Who::Visitor, r#"{ "id": "$rosasComment" }"#),
    ("Node", Who::Visitor, r#"{ "id": "$film" }"#),
    ("Timeline", Who::Rosa, r#"{ "first": 3, "from": "2024-01-01" }"#),
    ("TimelineMonths", Who::Rosa, "{}"),
    ("Favourites", Who::Rosa, "{}"),
    ("Search", Who::Rosa, r#"{ "text": "summer" }"#),
    ("Activity", Who::Rosa, "{}"),
    ("WhoCanSee", Who::Admin, r#"{ "mediaId": "$july" }"#),
    ("WhoCanSeeGallery", Who::Admin, r#"{ "galleryId": "$guests" }"#),
    ("ShareLinks", Who::Admin, r#"{ "id": "$guests" }"#),
    ("GalleriesAsUser", Who::Admin, r#"{ "asUser": "$rosa" }"#),
    ("StorageUsage", Who::Admin, "{}"),
    ("BackupStatus", Who::Admin, "{}"),
    ("AuditLog", Who::Admin, "{}"),
    ("Trash", Who::Admin, "{}"),
    ("TrashOriginals", Who::Admin, "{}"),
    ("Users", Who::Admin, "{}"),
    ("CreateGallery", Who::Admin, r#"{ "input": { "title": "Winter", "visibility": "PRIVATE" } }"#),
    (
        "UpdateGallery",
        Who::Admin,
        r#"{ "input": { "id": "$summer", "title": "Long summer", "coverMediaId": "$july" } }"#,
    ),
    ("SetGalleryAccess", Who::Admin, r#"{ "input": { "galleryId": "$empty", "userId": "$otto", "level": "VIEW" } }"#),
    ("MarkActivityRead", Who::Rosa, r#"{ "input": { "upTo": "2020-01-01T00:00:00Z" } }"#),
    (
        "CreateShareLink",
        Who::Admin,
        r#"{ "input": { "galleryId": "$summer", "label": "Friends", "allowDownload": true } }"#,
    ),
    ("OpenShareLink", Who::Anonymous, r#"{ "input": { "token": "$linkToken", "password": "sesame" } }"#),
    ("RevokeShareLink", Who::Admin, r#"{ "input": { "id": "$link" } }"#),
    ("StartBackup", Who::Admin, r#"{ "input": {} }"#),
    ("LikeMedia", Who::Rosa, r#"{ "input": { "mediaId": "$july" } }"#),
    ("UnlikeMedia", Who::Rosa, r#"{ "input": { "mediaId": "$july" } }"#),
    ("PrepareUpright", Who::Rosa, r#"{ "input": { "mediaId": "$july" } }"#),
    (
        "ReorderMedia",
        Who::Admin,
        r#"{ "input": { "galleryId": "$summer", "mediaIds": ["$july", "$may"], "afterMediaId": null } }"#,
    ),
    (
        "ReorderGalleries",
        Who::Admin,
        r#"{ "input": { "galleryIds": ["$empty", "$secret"], "afterGalleryId": "$summer" } }"#,
    ),
    ("AddComment", Who::Visitor, r#"{ "input": { "mediaId": "$july", "text": "How lovely!" } }"#),
    ("EditComment", Who::Rosa, r#"{ "input": { "id": "$rosasComment", "text": "Better said." } }"#),
    ("DeleteComment", Who::Rosa, r#"{ "input": { "id": "$rosasComment" } }"#),
    ("UpdateMedia", Who::Rosa, r#"{ "input": { "id": "$rosasPhoto", "caption": "At the lake" } }"#),
    (
        "RequestUpload",
        Who::Rosa,
        r#"{ "input": { "galleryId": "$guests", "fileName": "a.jpg", "contentType": "image/jpeg", "sizeBytes": 5,
             "sha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" } }"#,
    ),
    ("FinishUpload", Who::Rosa, r#"{ "input": { "mediaId": "$upload" } }"#),
    ("CancelUpload", Who::Rosa, r#"{ "input": { "mediaId": "$upload" } }"#),
    ("DeleteMedia", Who::Admin, r#"{ "input": { "ids": ["$may", "$august"] } }"#),
    ("RestoreMedia", Who::Admin, r#"{ "input": { "ids": ["$may"] } }"#),
    ("InviteUser", Who::Admin, r#"{ "input": { "email": "$newEmail", "displayName": "New", "role": "VISITOR" } }"#),
    ("ResetUserPassword", Who::Admin, r#"{ "input": { "userId": "$otto" } }"#),
    ("SetUserRole", Who::Admin, r#"{ "input": { "userId": "$otto", "role": "VISITOR" } }"#),
    ("SetUserDisabled", Who::Admin, r#"{ "input": { "userId": "$otto", "disabled": true } }"#),
    ("UpdateProfile", Who::Rosa, r#"{ "input": { "displayName": "Rosalind" } }"#),
    ("SignIn", Who::Anonymous, r#"{ "input": { "optionId": "$family", "password": "family-password" } }"#),
    (
        "CompleteSignIn",
        Who::Anonymous,
        r#"{ "input": { "challenge": "$challenge", "newPassword": "another-password" } }"#,
    ),
    ("RefreshSession", Who::Anonymous, r#"{ "input": { "refreshToken": "$rosasRefreshToken" } }"#),
    (
        "ChangePassword",
        Who::Rosa,
        r#"{ "input": { "currentPassword": "a-new-password", "newPassword": "a-newer-password" } }"#,
    ),
    ("DeleteGallery", Who::Admin, r#"{ "input": { "id": "$guests", "withMedia": true } }"#),
    ("SignOut", Who::Rosa, r#"{ "input": { "everywhere": true } }"#),
];

/// The documents of all operations, by name.
fn documents() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../client/operations");
    let entries = fs::read_dir(folder).expect("the operations lie in the repository");
    let files = entries.map(|entry| entry.expect("an entry of the folder").path());
    let documents = files.filter(|path| path.extension().is_some_and(|extension| extension == "graphql")).map(|path| {
        let document = fs::read_to_string(path).expect("a text");
        (operation_name(&document), document)
    });
    documents.filter(|(_, document)| !document.starts_with("subscription ")).collect()
}

#[test]
fn every_operation_of_the_clients_has_variables() {
    let documents = documents();
    let listed: Vec<&str> = OPERATIONS.iter().map(|(name, ..)| *name).collect();
    let missing: Vec<&String> = documents.keys().filter(|name| !listed.contains(&name.as_str())).collect();
    assert!(missing.is_empty(), "give these operations a line in tests/appsync/operations.rs: {missing:?}");
    let gone: Vec<&&str> = listed.iter().filter(|name| !documents.contains_key(**name)).collect();
    assert!(gone.is_empty(), "these are no operations of the clients any more: {gone:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_of_the_clients_gets_the_same_through_both_doors() {
    let documents = documents();
    let mut doors = Doors::open().await;
    for wanted in [Effect::Reads, Effect::Changes] {
        for (name, who, variables) in OPERATIONS {
            let document = documents.get(*name).unwrap_or_else(|| panic!("no document for {name}"));
            if effect(document) == wanted {
                doors.compare((*who, document, variables)).await;
            }
        }
    }
    doors.agree();
}
