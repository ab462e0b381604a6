//! Who can see a photo or a gallery, and why: the answer agrees with what they see.

use serde_json::{Value, json};

use crate::support::{
    Actor, Home,
    actor::{NO_ULID, error_codes},
};

const WHO: &str =
    "query($id: ID!) { whoCanSee(mediaId: $id) { user { id displayName } shareLink { id label url } rule level } }";
const WHO_SEES_GALLERY: &str = "query($id: ID!) { whoCanSeeGallery(galleryId: $id) { user { id displayName } \
    shareLink { id label url } rule level } }";
const UPDATE: &str = "updateGallery(input: $input) { gallery { id } userErrors { code } }";
const CREATE: &str = "createShareLink(input: $input) { shareLink { id url } userErrors { code } }";

/// Everyone who can see a photo, as `name: RULE LEVEL`.
async fn who(admin: &Actor, media: &str) -> Vec<String> {
    listed(&admin.gets(WHO, json!({ "id": media })).await["whoCanSee"])
}

/// The same of a gallery.
async fn who_sees_gallery(admin: &Actor, gallery: &str) -> Vec<String> {
    listed(&admin.gets(WHO_SEES_GALLERY, json!({ "id": gallery })).await["whoCanSeeGallery"])
}

fn listed(viewers: &Value) -> Vec<String> {
    let viewers = viewers.as_array().expect("a list");
    let line = |viewer: &Value| {
        assert!(viewer["user"].is_null() != viewer["shareLink"].is_null(), "{viewer:#}");
        assert_eq!(viewer["shareLink"]["url"], Value::Null);
        let name = viewer["user"]["displayName"].as_str().or(viewer["shareLink"]["label"].as_str()).expect("a name");
        let level = viewer["level"].as_str().unwrap_or_default();
        format!("{name}: {} {level}", viewer["rule"].as_str().expect("a rule")).trim_end().to_owned()
    };
    viewers.iter().map(line).collect()
}

async fn link(admin: &Actor, gallery: &str, label: &str, expires_at: Value) -> Value {
    let input = json!({ "galleryId": gallery, "label": label, "expiresAt": expires_at });
    admin.does(CREATE, "CreateShareLinkInput", input).await["shareLink"].take()
}

async fn sees(actor: &Actor, media: &str) -> bool {
    let data = actor.gets("query($id: ID!) { media(id: $id) { id } }", json!({ "id": media })).await;
    data["media"].is_object()
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_who_can_see_a_photo_is_told_with_the_rule_and_sees_it() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let (anna, ben, cleo) =
        (home.relative(&admin, "Anna").await, home.relative(&admin, "Ben").await, home.relative(&admin, "Cleo").await);
    let gallery = admin.makes_gallery("Summer", "RESTRICTED").await;
    let media = admin.adds_photo(&gallery, "2024:07:03 15:04:05").await;
    admin.grants(&gallery, &anna.id().await, json!("CONTRIBUTE")).await;
    admin.grants(&gallery, &cleo.id().await, json!("VIEW")).await;
    let choir = link(&admin, &gallery, "Choir", Value::Null).await;
    let guest = home.comes_by(&choir).await;
    let people = [("Admin", &admin), ("Anna", &anna), ("Ben", &ben), ("Cleo", &cleo), ("Choir", &guest)];

    let restricted = ["Admin: ADMIN", "Anna: ACCESS_LIST CONTRIBUTE", "Cleo: ACCESS_LIST VIEW", "Choir: SHARE_LINK"];
    let family = ["Admin: ADMIN", "Anna: FAMILY", "Ben: FAMILY", "Cleo: FAMILY", "Family: FAMILY", "Choir: SHARE_LINK"];
    let expectations: [(&str, &[&str]); 3] =
        [("RESTRICTED", &restricted), ("FAMILY", &family), ("PRIVATE", &["Admin: ADMIN"])];
    for (visibility, expected) in expectations {
        admin.does(UPDATE, "UpdateGalleryInput", json!({ "id": gallery, "visibility": visibility })).await;
        let told = who(&admin, &media).await;
        assert_eq!(told, expected, "{visibility}");
        for (name, actor) in people {
            let said = told.iter().any(|line| line.starts_with(&format!("{name}: ")));
            assert_eq!(sees(actor, &media).await, said, "{name}, {visibility}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_who_can_see_a_gallery_is_told_though_it_holds_nothing() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let (anna, ben) = (home.relative(&admin, "Anna").await, home.relative(&admin, "Ben").await);
    let gallery = admin.makes_gallery("Summer", "RESTRICTED").await;
    admin.grants(&gallery, &anna.id().await, json!("VIEW")).await;
    let choir = link(&admin, &gallery, "Choir", Value::Null).await;
    let guest = home.comes_by(&choir).await;
    let people = [("Admin", &admin), ("Anna", &anna), ("Ben", &ben), ("Choir", &guest)];
    let expectations: [(&str, &[&str]); 3] = [
        ("RESTRICTED", &["Admin: ADMIN", "Anna: ACCESS_LIST VIEW", "Choir: SHARE_LINK"]),
        ("FAMILY", &["Admin: ADMIN", "Anna: FAMILY", "Ben: FAMILY", "Family: FAMILY", "Choir: SHARE_LINK"]),
        ("PRIVATE", &["Admin: ADMIN"]),
    ];
    for (visibility, expected) in expectations {
        admin.does(UPDATE, "UpdateGalleryInput", json!({ "id": gallery, "visibility": visibility })).await;
        let told = who_sees_gallery(&admin, &gallery).await;
        assert_eq!(told, expected, "{visibility}");
        for (name, actor) in people {
            let data = actor.gets("query($id: ID!) { gallery(id: $id) { id } }", json!({ "id": gallery })).await;
            let said = told.iter().any(|line| line.starts_with(&format!("{name}: ")));
            assert_eq!(data["gallery"].is_object(), said, "{name}, {visibility}");
        }
    }
    admin.does(UPDATE, "UpdateGalleryInput", json!({ "id": gallery, "visibility": "FAMILY" })).await;
    let media = admin.adds_photo(&gallery, "2024:07:03 15:04:05").await;
    assert_eq!(
        who_sees_gallery(&admin, &gallery).await,
        who(&admin, &media).await,
        "what it shows is seen by the same"
    );
    let delete = "deleteGallery(input: $input) { deletedId userErrors { code } }";
    admin.does(delete, "DeleteGalleryInput", json!({ "id": gallery, "withMedia": true })).await;
    assert_eq!(admin.gets(WHO_SEES_GALLERY, json!({ "id": gallery })).await["whoCanSeeGallery"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_lost_the_right_is_not_told_any_more() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let anna = home.relative(&admin, "Anna").await.id().await;
    let gallery = admin.makes_gallery("Summer", "RESTRICTED").await;
    let media = admin.adds_photo(&gallery, "2024:07:03 15:04:05").await;
    admin.grants(&gallery, &anna, json!("COMMENT")).await;
    let short = link(&admin, &gallery, "Short", json!(home.now().plus_seconds(60).to_string())).await;
    assert!(short["url"].is_string());
    let ended = link(&admin, &gallery, "Ended", Value::Null).await;
    link(&admin, &gallery, "Lasting", Value::Null).await;
    assert_eq!(who(&admin, &media).await.len(), 5);

    home.pass_seconds(61);
    let revoke = "revokeShareLink(input: $input) { userErrors { code } }";
    admin.does(revoke, "RevokeShareLinkInput", json!({ "id": ended["id"] })).await;
    let close = "setUserDisabled(input: $input) { userErrors { code } }";
    admin.does(close, "SetUserDisabledInput", json!({ "userId": anna, "disabled": true })).await;
    assert_eq!(who(&admin, &media).await, ["Admin: ADMIN", "Lasting: SHARE_LINK"]);
    let trash = "deleteMedia(input: $input) { mediaIds userErrors { code } }";
    admin.does(trash, "DeleteMediaInput", json!({ "ids": [media] })).await;
    assert_eq!(who(&admin, &media).await, ["Admin: ADMIN"], "the trash is for admins");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_admins_ask_who_can_see_and_only_of_what_is_there() {
    let home = Home::open().await;
    let admin = home.admin().await;
    for id in [format!("med_{NO_ULID}"), format!("gal_{NO_ULID}"), "nonsense".to_owned()] {
        assert_eq!(admin.gets(WHO, json!({ "id": id })).await["whoCanSee"], Value::Null);
        assert_eq!(admin.gets(WHO_SEES_GALLERY, json!({ "id": id })).await["whoCanSeeGallery"], Value::Null);
    }
    for document in [WHO, WHO_SEES_GALLERY] {
        let answer = home.visitor().await.asks(document, json!({ "id": format!("med_{NO_ULID}") })).await;
        assert_eq!(error_codes(&answer), ["FORBIDDEN"]);
    }
}
