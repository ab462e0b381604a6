//! Who sees a gallery, who comments in it, and who adds to it.

use serde_json::{Value, json};

use crate::support::{
    Actor, Home,
    actor::{REQUEST_UPLOAD, error_codes, photo, upload_input},
};

const SET_ACCESS: &str = "setGalleryAccess(input: $input) { gallery { accessList { user { displayName } level } } \
    userErrors { code path } }";
const UPDATE: &str = "updateGallery(input: $input) { gallery { id } userErrors { code } }";
const ADD_COMMENT: &str = "addComment(input: $input) { comment { text } userErrors { code } }";
const UPDATE_MEDIA: &str = "updateMedia(input: $input) { media { caption } userErrors { code } }";
const TRASH: &str = "deleteMedia(input: $input) { mediaIds userErrors { code } }";
const MAY: &str = "2024:05:01 10:00:00";
const JULY: &str = "2024:07:03 15:04:05";

/// What somebody may do in a gallery.
#[derive(Debug, PartialEq, Eq)]
enum Standing {
    /// Not even know of it.
    Nothing,
    Look,
    Comment,
    Contribute,
}

#[tokio::test(flavor = "multi_thread")]
async fn visibility_and_access_list_decide_what_a_relative_may_do() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let anna = home.relative(&admin, "Anna").await;
    let (gallery, media) = gallery_with_photo(&admin, "FAMILY").await;
    let id = anna.id().await;
    let rules = [
        ("FAMILY", Value::Null, Standing::Comment),
        ("FAMILY", json!("VIEW"), Standing::Comment),
        ("FAMILY", json!("COMMENT"), Standing::Comment),
        ("FAMILY", json!("CONTRIBUTE"), Standing::Contribute),
        ("RESTRICTED", Value::Null, Standing::Nothing),
        ("RESTRICTED", json!("VIEW"), Standing::Look),
        ("RESTRICTED", json!("COMMENT"), Standing::Comment),
        ("RESTRICTED", json!("CONTRIBUTE"), Standing::Contribute),
        ("PRIVATE", Value::Null, Standing::Nothing),
        ("PRIVATE", json!("VIEW"), Standing::Nothing),
        ("PRIVATE", json!("COMMENT"), Standing::Nothing),
        ("PRIVATE", json!("CONTRIBUTE"), Standing::Nothing),
    ];
    for (visibility, level, expected) in rules {
        admin.does(UPDATE, "UpdateGalleryInput", json!({ "id": gallery, "visibility": visibility })).await;
        admin.grants(&gallery, &id, level.clone()).await;
        assert_eq!(standing(&anna, &gallery, &media).await, expected, "{visibility} {level}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_may_everything_everywhere() {
    let home = Home::open().await;
    let admin = home.admin().await;
    for visibility in ["FAMILY", "RESTRICTED", "PRIVATE"] {
        let (gallery, media) = gallery_with_photo(&admin, visibility).await;
        assert_eq!(standing(&admin, &gallery, &media).await, Standing::Contribute, "{visibility}");
        let delete = "deleteGallery(input: $input) { deletedId userErrors { code } }";
        admin.does(delete, "DeleteGalleryInput", json!({ "id": gallery, "withMedia": true })).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_list_opens_one_gallery_to_one_person() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let (anna, ben) = (home.relative(&admin, "Anna").await, home.relative(&admin, "Ben").await);
    let (gallery, media) = gallery_with_photo(&admin, "RESTRICTED").await;
    let other = admin.makes_gallery("Other", "RESTRICTED").await;
    admin.grants(&gallery, &anna.id().await, json!("CONTRIBUTE")).await;
    assert_eq!(standing(&ben, &gallery, &media).await, Standing::Nothing);
    assert_eq!(standing(&anna, &gallery, &media).await, Standing::Contribute);
    let data = anna.gets("query($id: ID!) { gallery(id: $id) { id } }", json!({ "id": other })).await;
    assert_eq!(data["gallery"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_taken_off_the_list_loses_everything_at_the_next_request() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let anna = home.relative(&admin, "Anna").await;
    let (gallery, _) = gallery_with_photo(&admin, "RESTRICTED").await;
    admin.grants(&gallery, &anna.id().await, json!("CONTRIBUTE")).await;
    let own = anna.adds_photo(&gallery, JULY).await;
    let comment = anna.comments(&own, "Mine").await;
    assert_eq!(standing(&anna, &gallery, &own).await, Standing::Contribute);

    admin.grants(&gallery, &anna.id().await, Value::Null).await;
    assert_eq!(standing(&anna, &gallery, &own).await, Standing::Nothing, "what one brought oneself is gone too");
    let data = anna.gets("query($id: ID!) { node(id: $id) { id } }", json!({ "id": comment })).await;
    assert_eq!(data["node"], Value::Null);
    let edit = json!({ "id": comment, "text": "Still mine" });
    let edit_comment = "editComment(input: $input) { comment { id } userErrors { code } }";
    assert_eq!(anna.mistakes(edit_comment, "EditCommentInput", edit).await, ["NOT_FOUND"]);
    let change = json!({ "id": own, "caption": "Still mine" });
    assert_eq!(anna.mistakes(UPDATE_MEDIA, "UpdateMediaInput", change).await, ["NOT_FOUND"]);
    assert_eq!(anna.mistakes(TRASH, "DeleteMediaInput", json!({ "ids": [own] })).await, ["NOT_FOUND"]);
    // Taking off who is not on it is no mistake.
    admin.grants(&gallery, &anna.id().await, Value::Null).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_only_look_keeps_silent_and_keeps_what_was_said() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let anna = home.relative(&admin, "Anna").await;
    let (gallery, media) = gallery_with_photo(&admin, "RESTRICTED").await;
    let id = anna.id().await;
    admin.grants(&gallery, &id, json!("COMMENT")).await;
    let comment = anna.comments(&media, "Mine").await;
    admin.grants(&gallery, &id, json!("VIEW")).await;
    let edit_comment = "editComment(input: $input) { comment { id } userErrors { code } }";
    let edit = json!({ "id": comment, "text": "Still mine" });
    assert_eq!(anna.refusals(edit_comment, "EditCommentInput", edit).await, ["FORBIDDEN"]);
    let delete_comment = "deleteComment(input: $input) { comment { id } userErrors { code } }";
    assert_eq!(anna.refusals(delete_comment, "DeleteCommentInput", json!({ "id": comment })).await, ["FORBIDDEN"]);
    let document = "query($id: ID!) { node(id: $id) { ... on Comment { text } } }";
    assert_eq!(anna.gets(document, json!({ "id": comment })).await["node"]["text"], "Mine");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_contributes_changes_what_they_brought_and_nothing_else() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let anna = home.relative(&admin, "Anna").await;
    let (gallery, of_admin) = gallery_with_photo(&admin, "FAMILY").await;
    let id = anna.id().await;
    admin.grants(&gallery, &id, json!("CONTRIBUTE")).await;
    let own = anna.adds_photo(&gallery, JULY).await;
    let caption = |media: &str| json!({ "id": media, "caption": "Anna's words" });
    let payload = anna.does(UPDATE_MEDIA, "UpdateMediaInput", caption(&own)).await;
    assert_eq!(payload["media"]["caption"], "Anna's words");
    assert_eq!(anna.refusals(UPDATE_MEDIA, "UpdateMediaInput", caption(&of_admin)).await, ["FORBIDDEN"]);
    // To a gallery where she may not contribute, she moves nothing; one that she does not see is not there.
    let (seen, hidden) = (admin.makes_gallery("Seen", "FAMILY").await, admin.makes_gallery("Hidden", "PRIVATE").await);
    let to = |gallery: &str| json!({ "id": own, "galleryId": gallery });
    assert_eq!(anna.refusals(UPDATE_MEDIA, "UpdateMediaInput", to(&seen)).await, ["FORBIDDEN"]);
    assert_eq!(anna.mistakes(UPDATE_MEDIA, "UpdateMediaInput", to(&hidden)).await, ["NOT_FOUND"]);
    admin.grants(&seen, &id, json!("CONTRIBUTE")).await;
    anna.does(UPDATE_MEDIA, "UpdateMediaInput", to(&seen)).await;
    // Once she may not contribute any more, her photo is as any other to her.
    admin.grants(&seen, &id, json!("COMMENT")).await;
    assert_eq!(anna.refusals(UPDATE_MEDIA, "UpdateMediaInput", caption(&own)).await, ["FORBIDDEN"]);
    assert_eq!(anna.mistakes(TRASH, "DeleteMediaInput", json!({ "ids": [own] })).await, ["FORBIDDEN"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_shows_who_is_on_it_to_admins_only() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let anna = home.relative(&admin, "Anna").await;
    let gallery = admin.makes_gallery("Summer", "RESTRICTED").await;
    let id = anna.id().await;
    for level in ["VIEW", "CONTRIBUTE", "COMMENT"] {
        let input = json!({ "galleryId": gallery, "userId": id, "level": level });
        let payload = admin.does(SET_ACCESS, "SetGalleryAccessInput", input).await;
        let expected = json!([{ "user": { "displayName": "Anna" }, "level": level }]);
        assert_eq!(payload["gallery"]["accessList"], expected, "a person has one line");
    }
    let document = "query($id: ID!) { gallery(id: $id) { title accessList { level } } }";
    let answer = anna.asks(document, json!({ "id": gallery })).await;
    assert_eq!(error_codes(&answer), ["FORBIDDEN"]);
    assert_eq!(answer["data"]["gallery"], json!({ "title": "Summer", "accessList": null }));
    let input = json!({ "galleryId": gallery, "userId": id, "level": "CONTRIBUTE" });
    assert_eq!(anna.refusals(SET_ACCESS, "SetGalleryAccessInput", input).await, ["FORBIDDEN"]);
    assert_eq!(admin.gets(document, json!({ "id": gallery })).await["gallery"]["accessList"][0]["level"], "COMMENT");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_is_for_a_person_and_a_gallery() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "RESTRICTED").await;
    let id = admin.id().await;
    let wrong = [
        (gallery.as_str(), "usr_00000000-0000-4000-8000-000000000000", "userId"),
        (&gallery, &gallery, "userId"),
        (&gallery, "", "userId"),
        (&id, &id, "galleryId"),
        ("gal_01JZZZZZZZZZZZZZZZZZZZZZZZ", &id, "galleryId"),
    ];
    for (gallery, user, field) in wrong {
        let input = json!({ "galleryId": gallery, "userId": user, "level": "VIEW" });
        let document = format!("mutation($input: SetGalleryAccessInput!) {{ {SET_ACCESS} }}");
        let data = admin.gets(&document, json!({ "input": input })).await;
        let expected = json!({ "gallery": null, "userErrors": [{ "code": "NOT_FOUND", "path": ["input", field] }] });
        assert_eq!(data["setGalleryAccess"], expected, "{gallery} {user}");
    }
}

async fn gallery_with_photo(admin: &Actor, visibility: &str) -> (String, String) {
    let gallery = admin.makes_gallery("Summer", visibility).await;
    let media = admin.adds_photo(&gallery, MAY).await;
    admin.comments(&media, "What a day!").await;
    (gallery, media)
}

/// Tries everything, and makes sure that the answers agree with each other.
async fn standing(actor: &Actor, gallery: &str, media: &str) -> Standing {
    let document = "query($gallery: ID!, $media: ID!) { \
        galleries { edges { node { id } } } \
        gallery(id: $gallery) { id media { edges { node { id } } } } \
        asNode: node(id: $gallery) { id } \
        media(id: $media) { id gallery { id } original { url } comments { edges { node { text } } } } \
        mediaAsNode: node(id: $media) { id } }";
    let data = actor.gets(document, json!({ "gallery": gallery, "media": media })).await;
    let listed = data["galleries"]["edges"].as_array().expect("a list").iter().any(|e| e["node"]["id"] == gallery);
    let comment = json!({ "mediaId": media, "text": "Lovely" });
    let upload = upload_input(gallery, "new.jpg", "image/jpeg", &photo("2020:02:02 02:02:02"));
    if !listed {
        for field in ["gallery", "asNode", "media", "mediaAsNode"] {
            assert_eq!(data[field], Value::Null, "{field}");
        }
        assert_eq!(actor.mistakes(ADD_COMMENT, "AddCommentInput", comment).await, ["NOT_FOUND"]);
        assert_eq!(actor.mistakes(REQUEST_UPLOAD, "RequestUploadInput", upload).await, ["NOT_FOUND"]);
        return Standing::Nothing;
    }
    assert_eq!((&data["gallery"]["id"], &data["asNode"]["id"]), (&json!(gallery), &json!(gallery)));
    assert!(!data["gallery"]["media"]["edges"].as_array().expect("a list").is_empty());
    assert_eq!((&data["media"]["id"], &data["mediaAsNode"]["id"]), (&json!(media), &json!(media)));
    assert_eq!(data["media"]["gallery"]["id"], json!(gallery));
    assert!(data["media"]["original"]["url"].is_string());
    assert!(data["media"]["comments"]["edges"][0]["node"]["text"].is_string());
    let comments = actor.refusals(ADD_COMMENT, "AddCommentInput", comment).await;
    let uploads = actor.refusals(REQUEST_UPLOAD, "RequestUploadInput", upload).await;
    match (comments.is_empty(), uploads.is_empty()) {
        (true, true) => return Standing::Contribute,
        (true, false) => assert_eq!(uploads, ["FORBIDDEN"]),
        (false, _) => assert_eq!(
            (comments.as_slice(), uploads.as_slice()),
            (&["FORBIDDEN".into()][..], &["FORBIDDEN".into()][..])
        ),
    }
    if comments.is_empty() { Standing::Comment } else { Standing::Look }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_viewer_can_do_is_told_as_it_is_decided() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let anna = home.relative(&admin, "Anna").await;
    let id = anna.id().await;
    let gallery = admin.makes_gallery("Summer", "RESTRICTED").await;
    let of_admin = admin.adds_photo(&gallery, JULY).await;
    let comment = admin.comments(&of_admin, "Look!").await;
    let document = "query($gallery: ID!, $media: ID!, $comment: ID!) { \
        gallery(id: $gallery) { viewerCan { edit delete upload share } } \
        media(id: $media) { viewerCan { edit delete comment download } } \
        node(id: $comment) { ... on Comment { viewerCan { edit delete } } } }";
    let asks = async |actor: &Actor| {
        let data = actor.gets(document, json!({ "gallery": gallery, "media": of_admin, "comment": comment })).await;
        let yes = |pointer: &str, name: &str| data.pointer(pointer).is_some_and(|can| can[name] == true);
        let all = [
            ("/gallery/viewerCan", ["edit", "delete", "upload", "share"].as_slice()),
            ("/media/viewerCan", &["edit", "delete", "comment", "download"]),
            ("/node/viewerCan", &["edit", "delete"]),
        ];
        all.map(|(pointer, names)| {
            names.iter().copied().filter(|name| yes(pointer, name)).collect::<Vec<_>>().join(" ")
        })
    };
    assert_eq!(asks(&admin).await, ["edit delete upload share", "edit delete comment download", "edit delete"]);
    for (level, of_gallery, of_media) in
        [("VIEW", "", "download"), ("COMMENT", "", "comment download"), ("CONTRIBUTE", "upload", "comment download")]
    {
        admin.grants(&gallery, &id, json!(level)).await;
        assert_eq!(asks(&anna).await, [of_gallery, of_media, ""], "{level}");
    }
    let own = anna.adds_photo(&gallery, MAY).await;
    let data =
        anna.gets("query($id: ID!) { media(id: $id) { viewerCan { edit delete } } }", json!({ "id": own })).await;
    assert_eq!(data["media"]["viewerCan"], json!({ "edit": true, "delete": true }));
}
