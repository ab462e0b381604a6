//! Share links: who has one looks at one gallery, for as long as it works, and hears nothing of the family.

use std::fs;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use model::Location;
use processor::testing::{ExifFields, jpeg_with_exif};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{
    Actor, Home,
    actor::{NO_ULID, error_codes},
};

const CREATE: &str = "createShareLink(input: $input) { shareLink { id url label hasPassword allowDownload expiresAt \
    revokedAt openCount createdAt gallery { id } createdBy { displayName } } userErrors { code message path } }";
const REVOKE: &str = "revokeShareLink(input: $input) { shareLink { id url revokedAt } userErrors { code path } }";
const OPEN: &str = "mutation($input: OpenShareLinkInput!) { openShareLink(input: $input) { \
    session { accessToken idToken refreshToken tokenType expiresAt role } galleryId passwordRequired \
    userErrors { code message path } } }";
const REFRESH: &str = "refreshSession(input: $input) { session { accessToken role } userErrors { code } }";
const SIGN_OUT: &str = "signOut(input: $input) { userErrors { code path } }";
const SEES: &str = "query($id: ID!) { gallery(id: $id) { title } }";
const JULY: &str = "2024:07:03 15:04:05";

/// A gallery that a link is made for, and a photo in it.
struct Shared {
    home: Home,
    admin: Actor,
    gallery: String,
    media: String,
}

impl Shared {
    async fn new() -> Self {
        let home = Home::open().await;
        let admin = home.admin().await;
        let gallery = admin.makes_gallery("Summer", "RESTRICTED").await;
        let media = admin.adds_photo(&gallery, JULY).await;
        Self { home, admin, gallery, media }
    }

    async fn link(&self, rest: Value) -> Value {
        link(&self.admin, &self.gallery, rest).await
    }

    /// Comes by a link, and gives the payload.
    async fn opens(&self, token: &str, password: Value) -> Value {
        let input = json!({ "token": token, "password": password });
        self.home.anonymous().gets(OPEN, json!({ "input": input })).await["openShareLink"].take()
    }

    /// A guest, by a link without a password.
    async fn guest(&self, link: &Value) -> Actor {
        let opened = self.opens(token_of(link), Value::Null).await;
        assert_eq!(opened["userErrors"], json!([]));
        Actor::new(&self.home, Some(opened["session"].clone()))
    }

    async fn sees_gallery(&self, guest: &Actor) -> bool {
        guest.gets(SEES, json!({ "id": self.gallery })).await["gallery"]["title"] == "Summer"
    }
}

async fn link(admin: &Actor, gallery: &str, rest: Value) -> Value {
    let mut input = json!({ "galleryId": gallery });
    input.as_object_mut().expect("an object").extend(rest.as_object().cloned().expect("an object"));
    admin.does(CREATE, "CreateShareLinkInput", input).await["shareLink"].take()
}

fn token_of(link: &Value) -> &str {
    link["url"].as_str().and_then(|url| url.split_once('#')).expect("a url with a token").1
}

async fn status(actor: &Actor) -> StatusCode {
    actor.hears("{ viewer { id } }", json!({})).await.0
}

fn mistake(payload: &Value) -> &str {
    payload["userErrors"][0]["code"].as_str().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_a_link_looks_at_one_gallery_without_an_account() {
    let shared = Shared::new().await;
    let other = shared.admin.makes_gallery("Winter", "FAMILY").await;
    let others_photo = shared.admin.adds_photo(&other, JULY).await;
    let link = shared.link(json!({ "label": "The choir" })).await;
    let url = link["url"].as_str().expect("a url");
    assert!(url.starts_with(&format!("{}#", shared.home.url("/s"))), "{url}");
    assert_eq!(BASE64_URL_SAFE_NO_PAD.decode(token_of(&link)).expect("base64").len(), 16);
    assert_eq!(link["gallery"]["id"], json!(shared.gallery));
    assert_eq!(link["createdBy"]["displayName"], "Admin");
    let page = shared.home.http.get(url).send().await.expect("an answer");
    assert_eq!(page.status(), StatusCode::OK);

    let opened = shared.opens(token_of(&link), Value::Null).await;
    assert_eq!((&opened["session"]["role"], &opened["passwordRequired"]), (&json!("GUEST"), &json!(false)));
    assert_eq!(opened["galleryId"], json!(shared.gallery));
    let guest = Actor::new(&shared.home, Some(opened["session"].clone()));
    let document = "query($id: ID!) { galleries { edges { node { id } } pageInfo { hasNextPage } } \
        viewer { id displayName role email disabled } \
        gallery(id: $id) { title media { edges { node { id thumbnail { url } preview { url } } } } cover { id } } }";
    let data = guest.gets(document, json!({ "id": shared.gallery })).await;
    let galleries = json!({ "edges": [{ "node": { "id": shared.gallery } }], "pageInfo": { "hasNextPage": false } });
    assert_eq!(data["galleries"], galleries);
    assert_eq!(data["gallery"]["title"], "Summer");
    assert_eq!(data["gallery"]["cover"]["id"], json!(shared.media));
    let photo = &data["gallery"]["media"]["edges"][0]["node"];
    assert_eq!(photo["id"], json!(shared.media));
    guest.fetches(&photo["thumbnail"]).await;
    guest.fetches(&photo["preview"]).await;
    let viewer = &data["viewer"];
    assert_eq!((&viewer["displayName"], &viewer["role"]), (&json!("The choir"), &json!("GUEST")));
    assert_eq!((&viewer["email"], &viewer["disabled"]), (&Value::Null, &Value::Null));
    let node = "query($id: ID!) { node(id: $id) { __typename id } }";
    assert_eq!(guest.gets(node, json!({ "id": viewer["id"] })).await["node"]["id"], viewer["id"]);

    let hidden = "query($g: ID!, $m: ID!) { gallery(id: $g) { id } media(id: $m) { id } a: node(id: $g) { id } \
        b: node(id: $m) { id } }";
    let data = guest.gets(hidden, json!({ "g": other, "m": others_photo })).await;
    assert_eq!(data, json!({ "gallery": null, "media": null, "a": null, "b": null }));
    for nobody in [shared.home.visitor().await, guest] {
        for id in [&link["id"], &viewer["id"]] {
            let known = nobody.gets(node, json!({ "id": id })).await["node"]["id"] == *id;
            assert_eq!(known, id == &viewer["id"] && nobody.id().await == *id, "{id}");
        }
    }
    assert_eq!(shared.admin.gets(node, json!({ "id": link["id"] })).await["node"]["__typename"], "ShareLink");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_is_told_once_and_every_coming_is_counted() {
    let shared = Shared::new().await;
    let first = shared.link(json!({ "label": "First" })).await;
    shared.home.pass_seconds(1);
    let second = shared.link(json!({ "label": " ", "password": "plum", "allowDownload": true })).await;
    shared.guest(&first).await;
    shared.guest(&first).await.refreshed().await;
    shared.opens(token_of(&second), Value::Null).await;
    shared.opens(token_of(&second), json!("prune")).await;
    let document =
        "query($id: ID!) { gallery(id: $id) { shareLinks { id url label hasPassword allowDownload openCount } } }";
    let data = shared.admin.gets(document, json!({ "id": shared.gallery })).await;
    let expected = json!([
        { "id": second["id"], "url": null, "label": null, "hasPassword": true, "allowDownload": true, "openCount": 0 },
        { "id": first["id"], "url": null, "label": "First", "hasPassword": false, "allowDownload": false, "openCount": 2 },
    ]);
    assert_eq!(data["gallery"]["shareLinks"], expected);
    for nosy in [shared.home.visitor().await, shared.guest(&first).await] {
        let family = shared.admin.makes_gallery("Open to the family", "FAMILY").await;
        for gallery in [&shared.gallery, &family] {
            let answer = nosy.asks(document, json!({ "id": gallery })).await;
            assert!(answer["data"]["gallery"]["shareLinks"].is_null(), "{answer:#}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_hears_nothing_of_the_family() {
    let shared = Shared::new().await;
    let place = Location { latitude: 48.2, longitude: 16.37, altitude_metres: None };
    let fields = ExifFields { taken: Some(JULY.to_owned()), location: Some(place), ..ExifFields::default() };
    let bytes = jpeg_with_exif(40, 30, 2, &fields);
    let media = shared.admin.adds(&shared.gallery, "vienna.jpg", "image/jpeg", &bytes).await;
    let comment = shared.admin.comments(media["id"].as_str().expect("an id"), "Where we met").await;
    let document = "query($id: ID!) { media(id: $id) { location { latitude } uploadedBy { id } commentCount \
        comments { edges { node { text } } } gallery { createdBy { id } } original { url } \
        viewerCan { edit delete comment download } } }";
    let told = shared.admin.gets(document, json!({ "id": media["id"] })).await["media"].take();
    assert!(told["location"]["latitude"].is_f64() && told["commentCount"] == 1, "{told:#}");

    let guest = shared.guest(&shared.link(json!({})).await).await;
    let told = guest.gets(document, json!({ "id": media["id"] })).await["media"].take();
    let nothing = json!({
        "location": null, "uploadedBy": null, "commentCount": 0, "comments": null, "gallery": { "createdBy": null },
        "original": null, "viewerCan": { "edit": false, "delete": false, "comment": false, "download": false },
    });
    assert_eq!(told, nothing);
    let node = "query($id: ID!) { node(id: $id) { id } }";
    for id in [shared.admin.id().await, comment] {
        assert_eq!(guest.gets(node, json!({ "id": id })).await["node"], Value::Null, "{id}");
    }
    assert_eq!(guest.gets("{ viewer { displayName } }", json!({})).await["viewer"]["displayName"], "Guest");
    for query in ["{ users { edges { cursor } } }", "{ trash { edges { cursor } } }"] {
        assert_eq!(error_codes(&guest.asks(query, json!({})).await), ["FORBIDDEN"], "{query}");
    }
    let id = &media["id"];
    for (call, ty, input) in [
        ("addComment", "AddCommentInput", json!({ "mediaId": id, "text": "Me too" })),
        ("updateMedia", "UpdateMediaInput", json!({ "id": id, "caption": "Mine" })),
        ("deleteMedia", "DeleteMediaInput", json!({ "ids": [id] })),
        ("createGallery", "CreateGalleryInput", json!({ "title": "Mine" })),
        ("updateProfile", "UpdateProfileInput", json!({ "displayName": "Me" })),
        ("createShareLink", "CreateShareLinkInput", json!({ "galleryId": shared.gallery })),
        ("changePassword", "ChangePasswordInput", json!({ "currentPassword": "a", "newPassword": "b" })),
    ] {
        let call = format!("{call}(input: $input) {{ userErrors {{ code }} }}");
        assert_eq!(guest.refusals(&call, ty, input).await, ["FORBIDDEN"], "{call}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn originals_are_for_guests_whose_link_says_so() {
    let shared = Shared::new().await;
    let document = "query($id: ID!) { media(id: $id) { original { url } viewerCan { download } } }";
    for allowed in [false, true] {
        let guest = shared.guest(&shared.link(json!({ "allowDownload": allowed })).await).await;
        let media = guest.gets(document, json!({ "id": shared.media })).await["media"].take();
        assert_eq!(media["viewerCan"]["download"], json!(allowed));
        if allowed {
            guest.fetches(&media["original"]).await;
        } else {
            assert_eq!(media["original"], Value::Null);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_with_a_password_asks_for_it_and_locks() {
    let shared = Shared::new().await;
    let link = shared.link(json!({ "password": "plum tree" })).await;
    let token = token_of(&link);
    for none in [Value::Null, json!("")] {
        let asked = shared.opens(token, none).await;
        assert_eq!((&asked["passwordRequired"], &asked["session"]), (&json!(true), &Value::Null));
        assert_eq!(asked["userErrors"], json!([]));
    }
    for wrong in ["prune tree", "Plum tree", "plum tree "] {
        let refused = shared.opens(token, json!(wrong)).await;
        assert_eq!((mistake(&refused), &refused["passwordRequired"]), ("WRONG_PASSWORD", &json!(false)), "{wrong}");
        assert_eq!(refused["userErrors"][0]["path"], json!(["input", "password"]));
    }
    assert_eq!(shared.opens(token, json!("plum tree")).await["session"]["role"], "GUEST");
    for _ in 0..5 {
        assert_eq!(mistake(&shared.opens(token, json!("prune tree")).await), "WRONG_PASSWORD");
    }
    assert_eq!(mistake(&shared.opens(token, json!("plum tree")).await), "LOCKED");
    shared.home.pass_seconds(2);
    assert_eq!(shared.opens(token, json!("plum tree")).await["session"]["role"], "GUEST");
    // Where a link asks for none, one that comes all the same does no harm.
    let open = shared.link(json!({})).await;
    assert_eq!(shared.opens(token_of(&open), json!("plum tree")).await["session"]["role"], "GUEST");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_works_until_its_time_is_over() {
    let shared = Shared::new().await;
    let end = shared.home.now().plus_seconds(600).to_string();
    let link = shared.link(json!({ "expiresAt": end })).await;
    assert_eq!(link["expiresAt"], json!(end));
    let guest = shared.guest(&link).await;
    shared.home.pass_seconds(590);
    assert!(shared.sees_gallery(&guest).await);
    let guest = guest.refreshed().await;
    shared.home.pass_seconds(11);
    assert_eq!(status(&guest).await, StatusCode::UNAUTHORIZED);
    let refresh = json!({ "refreshToken": guest.refresh_token() });
    assert_eq!(shared.home.anonymous().mistakes(REFRESH, "RefreshSessionInput", refresh).await, ["EXPIRED"]);
    assert_eq!(mistake(&shared.opens(token_of(&link), Value::Null).await), "EXPIRED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_link_and_its_sessions_end_at_the_next_request() {
    let shared = Shared::new().await;
    let (link, other) = (shared.link(json!({})).await, shared.link(json!({})).await);
    let (guest, neighbour) = (shared.guest(&link).await, shared.guest(&other).await);
    assert!(shared.sees_gallery(&guest).await);
    let input = json!({ "id": link["id"] });
    let revoked = shared.admin.does(REVOKE, "RevokeShareLinkInput", input.clone()).await;
    assert_eq!(status(&guest).await, StatusCode::UNAUTHORIZED);
    assert_eq!(error_codes(&guest.asks(SEES, json!({ "id": shared.gallery })).await), ["UNAUTHENTICATED"]);
    let refresh = json!({ "refreshToken": guest.refresh_token() });
    assert_eq!(shared.home.anonymous().mistakes(REFRESH, "RefreshSessionInput", refresh).await, ["EXPIRED"]);
    assert_eq!(mistake(&shared.opens(token_of(&link), Value::Null).await), "EXPIRED");
    assert!(shared.sees_gallery(&neighbour).await, "another link goes on");

    shared.home.pass_seconds(60);
    let again = shared.admin.does(REVOKE, "RevokeShareLinkInput", input.clone()).await;
    assert_eq!(again["shareLink"], revoked["shareLink"], "the first time counts");
    assert!(again["shareLink"]["revokedAt"].is_string());
    let visitor = shared.home.visitor().await;
    assert_eq!(visitor.refusals(REVOKE, "RevokeShareLinkInput", input).await, ["FORBIDDEN"]);
    for unknown in [format!("lnk_{}", "0".repeat(64)), shared.gallery.clone(), "nonsense".to_owned()] {
        let input = json!({ "id": unknown });
        assert_eq!(shared.admin.mistakes(REVOKE, "RevokeShareLinkInput", input).await, ["NOT_FOUND"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn links_that_do_not_work_answer_alike_whatever_the_reason() {
    let shared = Shared::new().await;
    let end = shared.home.now().plus_seconds(5).to_string();
    let expired = shared.link(json!({ "expiresAt": end })).await;
    let revoked = shared.link(json!({ "password": "plum tree" })).await;
    shared.admin.does(REVOKE, "RevokeShareLinkInput", json!({ "id": revoked["id"] })).await;
    let private = shared.admin.makes_gallery("To be private", "FAMILY").await;
    let of_private = link(&shared.admin, &private, json!({})).await;
    let update = "updateGallery(input: $input) { gallery { id } userErrors { code } }";
    shared.admin.does(update, "UpdateGalleryInput", json!({ "id": private, "visibility": "PRIVATE" })).await;
    let deleted = shared.admin.makes_gallery("To be deleted", "FAMILY").await;
    let of_deleted = link(&shared.admin, &deleted, json!({})).await;
    let delete = "deleteGallery(input: $input) { deletedId userErrors { code } }";
    shared.admin.does(delete, "DeleteGalleryInput", json!({ "id": deleted })).await;
    shared.home.pass_seconds(6);

    let unknown = BASE64_URL_SAFE_NO_PAD.encode([9; 16]);
    let tokens = [token_of(&expired), token_of(&revoked), token_of(&of_private), token_of(&of_deleted), &unknown];
    let mut answers = Vec::new();
    for token in tokens.into_iter().chain(["", "nonsense", "AAAAAAAAAAAAAAAAAAAAAA", "Ü"]) {
        for password in [Value::Null, json!("plum tree")] {
            let input = json!({ "token": token, "password": password });
            answers.push(shared.home.anonymous().hears(OPEN, json!({ "input": input })).await);
        }
    }
    let first: Value = serde_json::from_str(&answers[0].1).expect("JSON");
    let payload = &first["data"]["openShareLink"];
    assert_eq!(mistake(payload), "EXPIRED");
    assert_eq!(payload["userErrors"][0]["message"], "This link does not work any more. Please ask for a new one.");
    for answer in &answers {
        assert_eq!(answer, &answers[0]);
    }
    // What was not the link's doing can be undone.
    shared.admin.does(update, "UpdateGalleryInput", json!({ "id": private, "visibility": "RESTRICTED" })).await;
    assert_eq!(shared.opens(token_of(&of_private), Value::Null).await["galleryId"], json!(private));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gallery_that_turns_private_closes_before_its_guests() {
    let shared = Shared::new().await;
    let guest = shared.guest(&shared.link(json!({})).await).await;
    let update = "updateGallery(input: $input) { gallery { id } userErrors { code } }";
    let media = "query($id: ID!) { media(id: $id) { id } galleries { edges { cursor } } }";
    for (visibility, open) in [("PRIVATE", false), ("FAMILY", true)] {
        let change = json!({ "id": shared.gallery, "visibility": visibility });
        shared.admin.does(update, "UpdateGalleryInput", change).await;
        assert_eq!(shared.sees_gallery(&guest).await, open);
        let data = guest.gets(media, json!({ "id": shared.media })).await;
        assert_eq!(data["media"].is_object(), open);
        assert_eq!(data["galleries"]["edges"].as_array().map(Vec::len), Some(usize::from(open)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_makes_no_share_link() {
    let shared = Shared::new().await;
    let private = shared.admin.makes_gallery("Surprise", "PRIVATE").await;
    let past = shared.home.now().to_string();
    for (input, code) in [
        (json!({ "galleryId": private }), "CONFLICT"),
        (json!({ "galleryId": format!("gal_{NO_ULID}") }), "NOT_FOUND"),
        (json!({ "galleryId": shared.gallery, "password": "abc" }), "INVALID"),
        (json!({ "galleryId": shared.gallery, "password": "" }), "INVALID"),
        (json!({ "galleryId": shared.gallery, "expiresAt": past }), "INVALID"),
        (json!({ "galleryId": shared.gallery, "label": "x".repeat(101) }), "TOO_LONG"),
    ] {
        assert_eq!(shared.admin.mistakes(CREATE, "CreateShareLinkInput", input.clone()).await, [code], "{input}");
    }
    let input = json!({ "galleryId": shared.gallery });
    let visitor = shared.home.visitor().await;
    assert_eq!(visitor.refusals(CREATE, "CreateShareLinkInput", input.clone()).await, ["FORBIDDEN"]);
    assert_eq!(shared.home.anonymous().refusals(CREATE, "CreateShareLinkInput", input).await, ["UNAUTHENTICATED"]);
    shared.link(json!({ "password": "abcd", "label": "x".repeat(100) })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guests_renew_their_session_and_end_no_other() {
    let shared = Shared::new().await;
    let link = shared.link(json!({})).await;
    let (guest, other) = (shared.guest(&link).await, shared.guest(&link).await);
    shared.home.pass_seconds(3_610);
    assert_eq!(status(&guest).await, StatusCode::UNAUTHORIZED);
    let guest = guest.refreshed().await;
    assert_eq!(guest.session.as_ref().map(|session| &session["role"]), Some(&json!("GUEST")));
    assert!(shared.sees_gallery(&guest).await);
    let users = shared.home.admin().await.gets("{ users { edges { node { displayName } } } }", json!({})).await;
    assert_eq!(users["users"]["edges"].as_array().map(Vec::len), Some(2), "a guest is no person: {users:#}");

    let all = json!({ "everywhere": true });
    assert_eq!(guest.mistakes(SIGN_OUT, "SignOutInput", all).await, ["INVALID"]);
    guest.does(SIGN_OUT, "SignOutInput", json!({ "refreshToken": guest.refresh_token() })).await;
    let refresh = json!({ "refreshToken": guest.refresh_token() });
    assert_eq!(shared.home.anonymous().mistakes(REFRESH, "RefreshSessionInput", refresh).await, ["EXPIRED"]);
    assert!(shared.sees_gallery(&other.refreshed().await).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_made_a_guest() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let invite = "inviteUser(input: $input) { user { id } userErrors { code } }";
    let input = json!({ "email": "anna@example.org", "displayName": "Anna", "role": "GUEST" });
    assert_eq!(admin.mistakes(invite, "InviteUserInput", input).await, ["INVALID"]);
    let set = "setUserRole(input: $input) { user { id } userErrors { code } }";
    let input = json!({ "userId": home.visitor().await.id().await, "role": "GUEST" });
    assert_eq!(admin.mistakes(set, "SetUserRoleInput", input).await, ["INVALID"]);
}

/// Whoever reads the table, the accounts, or a copy of the whole folder can use no link.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_kept_opens_a_link() {
    let shared = Shared::new().await;
    let link = shared.link(json!({ "label": "For the choir", "password": "plum tree" })).await;
    let token = token_of(&link).to_owned();
    assert_eq!(shared.opens(&token, json!("plum tree")).await["session"]["role"], "GUEST");
    let Shared { home, .. } = shared;
    let home = home.restart().await;
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(&token).expect("base64");
    let digest = link["id"].as_str().and_then(|id| id.strip_prefix("lnk_")).expect("an id");
    let kept = read_all(home.folder());
    let holds = |wanted: &[u8]| kept.windows(wanted.len()).any(|window| window == wanted);
    assert!(holds(b"For the choir") && holds(digest.as_bytes()), "what is kept can be found");
    for secret in [token.as_bytes(), &bytes, hex::encode(&bytes).as_bytes(), b"plum tree"] {
        assert!(!holds(secret), "{secret:?}");
    }
}

/// The bytes of all files of a folder, one after the other.
fn read_all(folder: &std::path::Path) -> Vec<u8> {
    let entries = fs::read_dir(folder).expect("the folder can be read").map(|entry| entry.expect("an entry").path());
    entries
        .flat_map(|path| if path.is_dir() { read_all(&path) } else { fs::read(path).expect("the file can be read") })
        .collect()
}
