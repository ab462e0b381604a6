//! Every client operation, with variables that find something, in a library of a usual size.

use std::{collections::BTreeSet, fmt::Write as _};

use async_graphql_parser::types::OperationType;
use model::BackupRecord;
use serde_json::{Value, json};
use store::Calls;

use super::library::{Library, Size, Who};
use crate::support::{
    home::FAMILY_PASSWORD,
    operations::{Operation, operations},
};

const SIZE: Size = Size { photos: 75, others: 15 };
const HEAD: &str = "\
What client operations take, in a library with a gallery of 75 photos that 12 people brought.

rows    edges in the answer
table   calls to the table, with the one that reads the record of whoever asks
units   capacity units that they say they took, reads and writes together
others  calls to anything else: objects, accounts

";

/// The operation, who sends it, and its variables. Those that change something come in this order, after all others.
const OPERATIONS: &[(&str, Who, &str)] = &[
    ("SignInOptions", Who::Anonymous, "{}"),
    ("Viewer", Who::Family, "{}"),
    ("Galleries", Who::Family, "{}"),
    ("Gallery", Who::Family, r#"{ "id": "$summer" }"#),
    ("GalleryMedia", Who::Family, r#"{ "id": "$summer" }"#),
    ("GalleryOriginals", Who::Family, r#"{ "id": "$summer" }"#),
    ("GalleryAccess", Who::Admin, r#"{ "id": "$summer" }"#),
    ("Media", Who::Family, r#"{ "id": "$photo" }"#),
    ("MediaComments", Who::Family, r#"{ "id": "$photo" }"#),
    ("MediaLikes", Who::Family, r#"{ "id": "$photo" }"#),
    ("CommentReplies", Who::Family, r#"{ "id": "$comment" }"#),
    ("Node", Who::Family, r#"{ "id": "$photo" }"#),
    ("Timeline", Who::Family, "{}"),
    ("TimelineMonths", Who::Family, "{}"),
    ("Favourites", Who::Family, "{}"),
    ("Search", Who::Family, r#"{ "text": "summer" }"#),
    ("Activity", Who::Family, "{}"),
    ("WhoCanSee", Who::Admin, r#"{ "mediaId": "$photo" }"#),
    ("WhoCanSeeGallery", Who::Admin, r#"{ "galleryId": "$summer" }"#),
    ("ShareLinks", Who::Admin, r#"{ "id": "$summer" }"#),
    ("GalleriesAsUser", Who::Admin, r#"{ "asUser": "$family" }"#),
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
        r#"{ "input": { "id": "$summer", "title": "Long summer", "coverMediaId": "$photo" } }"#,
    ),
    (
        "SetGalleryAccess",
        Who::Admin,
        r#"{ "input": { "galleryId": "$summer", "userId": "$person", "level": "COMMENT" } }"#,
    ),
    ("MarkActivityRead", Who::Family, r#"{ "input": { "upTo": "2020-01-01T00:00:00Z" } }"#),
    (
        "CreateShareLink",
        Who::Admin,
        r#"{ "input": { "galleryId": "$summer", "label": "Friends", "allowDownload": true } }"#,
    ),
    ("OpenShareLink", Who::Anonymous, r#"{ "input": { "token": "$linkToken" } }"#),
    ("RevokeShareLink", Who::Admin, r#"{ "input": { "id": "$link" } }"#),
    ("LikeMedia", Who::Admin, r#"{ "input": { "mediaId": "$photo" } }"#),
    ("UnlikeMedia", Who::Admin, r#"{ "input": { "mediaId": "$photo" } }"#),
    // The processor then works on it, which would be in the way of what changes the same photo.
    ("PrepareUpright", Who::Admin, r#"{ "input": { "mediaId": "$tilted" } }"#),
    ("ReorderMedia", Who::Admin, r#"{ "input": { "galleryId": "$summer", "mediaIds": ["$another", "$photo"] } }"#),
    ("ReorderGalleries", Who::Admin, r#"{ "input": { "galleryIds": ["$album"], "afterGalleryId": "$summer" } }"#),
    ("AddComment", Who::Family, r#"{ "input": { "mediaId": "$photo", "text": "How lovely!" } }"#),
    ("EditComment", Who::Family, r#"{ "input": { "id": "$ownComment", "text": "Better said." } }"#),
    ("DeleteComment", Who::Family, r#"{ "input": { "id": "$ownComment" } }"#),
    ("UpdateMedia", Who::Admin, r#"{ "input": { "id": "$photo", "caption": "At the lake" } }"#),
    (
        "RequestUpload",
        Who::Family,
        r#"{ "input": { "galleryId": "$summer", "fileName": "a.jpg", "contentType": "image/jpeg", "sizeBytes": 5,
             "sha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" } }"#,
    ),
    ("FinishUpload", Who::Family, r#"{ "input": { "mediaId": "$upload" } }"#),
    ("CancelUpload", Who::Family, r#"{ "input": { "mediaId": "$uploadToo" } }"#),
    ("DeleteMedia", Who::Admin, r#"{ "input": { "ids": ["$another"] } }"#),
    ("RestoreMedia", Who::Admin, r#"{ "input": { "ids": ["$another"] } }"#),
    (
        "InviteUser",
        Who::Admin,
        r#"{ "input": { "email": "new@example.org", "displayName": "New", "role": "VISITOR" } }"#,
    ),
    ("ResetUserPassword", Who::Admin, r#"{ "input": { "userId": "$otto" } }"#),
    ("SetUserRole", Who::Admin, r#"{ "input": { "userId": "$otto", "role": "ADMIN" } }"#),
    ("SetUserDisabled", Who::Admin, r#"{ "input": { "userId": "$otto", "disabled": true } }"#),
    ("UpdateProfile", Who::Family, r#"{ "input": { "displayName": "All of us" } }"#),
    ("SignIn", Who::Anonymous, r#"{ "input": { "optionId": "$family", "password": "$familyPassword" } }"#),
    (
        "CompleteSignIn",
        Who::Anonymous,
        r#"{ "input": { "challenge": "$challenge", "newPassword": "another-password" } }"#,
    ),
    ("RefreshSession", Who::Anonymous, r#"{ "input": { "refreshToken": "$refreshToken" } }"#),
    (
        "ChangePassword",
        Who::Family,
        r#"{ "input": { "currentPassword": "$familyPassword", "newPassword": "a-newer-password" } }"#,
    ),
    ("StartBackup", Who::Admin, r#"{ "input": {} }"#),
    ("DeleteGallery", Who::Admin, r#"{ "input": { "id": "$album", "withMedia": true } }"#),
    ("SignOut", Who::Family, r#"{ "input": { "everywhere": true } }"#),
];

#[test]
fn every_operation_of_the_clients_has_a_line() {
    // A subscription is admitted, and not answered: what it takes follows from what happens.
    let operations: Vec<_> =
        operations().into_iter().filter(|operation| operation.kind() != OperationType::Subscription).collect();
    let names: BTreeSet<&str> = operations.iter().map(|operation| operation.name.as_str()).collect();
    let listed: BTreeSet<&str> = OPERATIONS.iter().map(|(name, ..)| *name).collect();
    assert_eq!(listed, names, "lines of tests/request_units/operations.rs, and operations of the clients");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_operations_take_is_as_it_was() {
    let mut library = Library::filled(SIZE).await;
    prepare(&mut library).await;
    let operations = operations();
    let find = |name: &str| operations.iter().find(|operation| operation.name == name).expect("an operation");
    let mut table =
        format!("{HEAD}{:<20}{:>6}{:>7}{:>8}{:>8}  calls\n", "operation", "rows", "table", "units", "others");
    for wanted in [OperationType::Query, OperationType::Mutation] {
        for (name, who, variables) in OPERATIONS.iter().filter(|(name, ..)| find(name).kind() == wanted) {
            let line = take(&library, find(name), *who, variables).await;
            table.push_str(&line);
        }
    }
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "../snapshots", omit_expression => true }, {
        insta::assert_snapshot!("request_units", table);
    });
}

async fn take(library: &Library, operation: &Operation, who: Who, variables: &str) -> String {
    let (data, calls) = library.asks(who, &operation.text, &library.variables(variables)).await;
    let fields = data.as_object().expect("data");
    for (field, answer) in fields {
        assert!(!answer.is_null(), "{} finds no {field}", operation.name);
        assert!(answer.get("userErrors").is_none_or(|errors| *errors == json!([])), "{}: {answer:#}", operation.name);
    }
    line(&operation.name, rows(&data), &calls)
}

fn line(name: &str, rows: usize, calls: &Calls) -> String {
    let (table, others) = (calls.of_table(), calls.of_others());
    let mut line = String::new();
    let _ = writeln!(
        line,
        "{name:<20}{rows:>6}{:>7}{:>8.1}{:>8}  {calls}",
        table.calls, table.capacity_units, others.calls
    );
    line
}

fn rows(data: &Value) -> usize {
    match data {
        Value::Object(fields) => {
            let own = fields.get("edges").and_then(Value::as_array).map_or(0, Vec::len);
            own + fields.values().map(rows).sum::<usize>()
        }
        Value::Array(items) => items.iter().map(rows).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// What must come through the API: uploads under way, a link that opens, people with accounts.
async fn prepare(library: &mut Library) {
    let (admin, family) = (library.admin.clone(), library.family.clone());
    let summer = library.names["summer"].clone();
    // A place for backups is set up.
    let backup = BackupRecord { destination: Some("s3://backup".to_owned()), ..BackupRecord::default() };
    library.home.system.store.put_backup(&backup).await.expect("the table answers");
    let own = family.comments(&library.names["photo"], "Before it was better said.").await;
    let call = "createShareLink(input: $input) { shareLink { id url } userErrors { code } }";
    let made = admin.does(call, "CreateShareLinkInput", json!({ "galleryId": summer, "label": "Others" })).await;
    let url = made["shareLink"]["url"].as_str().expect("a url");
    let (_, token) = url.split_once('#').expect("the token is behind the hash");
    let mut add = |name, value: &str| library.names.insert(name, value.to_owned());
    add("ownComment", &own);
    add("linkToken", token);
    add("link", made["shareLink"]["id"].as_str().expect("an id"));
    add("familyPassword", FAMILY_PASSWORD);
    add("refreshToken", family.refresh_token());
    for (name, bytes) in [("upload", b"on its way"), ("uploadToo", b"on its too")] {
        let payload = family.requests_upload(&summer, "a.jpg", "image/jpeg", bytes).await;
        let ticket = &payload["ticket"];
        if name == "upload" {
            family.sends_part(&ticket["parts"][0], bytes).await;
        }
        add(name, ticket["mediaId"].as_str().expect("an id"));
    }
    // The processor lets in what came, too. Were it at work still, it would be in the way of what is counted.
    family.sees_processed(&library.names["upload"]).await;
    let mut add = |name, value: &str| library.names.insert(name, value.to_owned());
    let invite = "inviteUser(input: $input) { user { id } userErrors { code } }";
    let input = json!({ "email": "otto@example.org", "displayName": "Otto", "role": "VISITOR" });
    let otto = admin.does(invite, "InviteUserInput", input).await;
    add("otto", otto["user"]["id"].as_str().expect("an id"));
    let password = admin.invites("paula@example.org", "Paula", "VISITOR").await;
    let sign_in = "signIn(input: $input) { challenge userErrors { code } }";
    let input = json!({ "email": "paula@example.org", "password": password });
    let payload = library.home.anonymous().does(sign_in, "SignInInput", input).await;
    add("challenge", payload["challenge"].as_str().expect("a challenge"));
}
