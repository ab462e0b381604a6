//! What people hear of while they look.

use std::sync::atomic::{AtomicU32, Ordering};

use reqwest::{StatusCode, header};
use serde_json::{Value, json};

use crate::{
    doors::appsync,
    support::{
        Actor, Home,
        actor::{NO_ULID, photo},
        stream::{Piece, Stream},
    },
};

const MEDIA: &str = include_str!("../../client/operations/on-media-ready.graphql");
const COMMENTS: &str = include_str!("../../client/operations/on-comment-added.graphql");
/// As `resolvers` has it.
const MAX_STREAMS: usize = 50;

async fn watches(actor: &Actor, gallery: &str) -> Stream {
    actor.listens(MEDIA, json!({ "galleryId": gallery })).await
}

async fn follows(actor: &Actor, media: &str) -> Stream {
    actor.listens(COMMENTS, json!({ "mediaId": media })).await
}

fn media_event(gallery: &str, media: &str, status: &str) -> Value {
    json!({ "onMediaReady": { "galleryId": gallery, "mediaId": media, "status": status } })
}

fn comment_event(media: &str, comment: &str, kind: &str) -> Value {
    json!({ "onCommentAdded": { "mediaId": media, "commentId": comment, "kind": kind } })
}

/// A file that is no picture, though it says so.
const BROKEN: &[u8] = b"\xff\xd8\xff\xe0 and then nothing that a picture has";

#[tokio::test(flavor = "multi_thread")]
async fn who_looks_at_a_gallery_sees_pictures_come_change_and_go() {
    let home = Home::open().await;
    let (admin, visitor) = (home.admin().await, home.visitor().await);
    let summer = admin.makes_gallery("Summer", "FAMILY").await;
    let winter = admin.makes_gallery("Winter", "FAMILY").await;
    let (mut looking, mut elsewhere) = (watches(&visitor, &summer).await, watches(&visitor, &winter).await);

    let id = admin.adds_photo(&summer, "2024:07:03 15:04:05").await;
    assert_eq!(looking.event().await, media_event(&summer, &id, "PROCESSING"));
    assert_eq!(looking.event().await, media_event(&summer, &id, "READY"));
    let broken = admin.adds(&summer, "broken.jpg", "image/jpeg", BROKEN).await;
    let broken = broken["id"].as_str().expect("an id");
    assert_eq!(looking.event().await, media_event(&summer, broken, "PROCESSING"));
    assert_eq!(looking.event().await, media_event(&summer, broken, "FAILED"));

    let update = "updateMedia(input: $input) { media { id } userErrors { code } }";
    admin.does(update, "UpdateMediaInput", json!({ "id": id, "caption": "Only a caption" })).await;
    admin.does(update, "UpdateMediaInput", json!({ "id": id, "galleryId": winter })).await;
    assert_eq!(
        looking.event().await,
        media_event(&summer, &id, "TRASHED"),
        "a caption is no event, moving away is one"
    );
    assert_eq!(elsewhere.event().await, media_event(&winter, &id, "READY"));
    let trash = "deleteMedia(input: $input) { mediaIds userErrors { code } }";
    admin.does(trash, "DeleteMediaInput", json!({ "ids": [id] })).await;
    assert_eq!(elsewhere.event().await, media_event(&winter, &id, "TRASHED"));
    let restore = "restoreMedia(input: $input) { mediaIds userErrors { code } }";
    admin.does(restore, "RestoreMediaInput", json!({ "ids": [id] })).await;
    assert_eq!(elsewhere.event().await, media_event(&winter, &id, "READY"));
    // What is erased from the trash was gone before.
    admin.does(trash, "DeleteMediaInput", json!({ "ids": [broken], "permanently": true })).await;
    assert_eq!(looking.event().await, media_event(&summer, broken, "TRASHED"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turned_picture_is_heard_of_when_it_is_rendered_anew() {
    let home = Home::open().await;
    let (admin, visitor) = (home.admin().await, home.visitor().await);
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let id = admin.adds_photo(&gallery, "2024:07:03 15:04:05").await;
    let mut looking = watches(&visitor, &gallery).await;
    let update = "updateMedia(input: $input) { media { id } userErrors { code } }";
    admin.does(update, "UpdateMediaInput", json!({ "id": id, "rotate": 90 })).await;
    let (document, asked) = ("query($id: ID!) { media(id: $id) { status width } }", json!({ "id": id }));
    loop {
        assert_eq!(looking.event().await["onMediaReady"]["mediaId"], json!(id));
        let media = &visitor.gets(document, asked.clone()).await["media"];
        if (&media["status"], &media["width"]) == (&json!("READY"), &json!(20)) {
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_looks_at_a_picture_hears_what_is_said_about_it() {
    let home = Home::open().await;
    let (admin, visitor) = (home.admin().await, home.visitor().await);
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let id = admin.adds_photo(&gallery, "2024:07:03 15:04:05").await;
    let other = admin.adds_photo(&gallery, "2024:07:04 15:04:05").await;
    let mut looking = follows(&admin, &id).await;
    visitor.comments(&other, "Not about this one").await;
    let comment = visitor.comments(&id, "How lovely").await;
    assert_eq!(looking.event().await, comment_event(&id, &comment, "ADDED"));
    let edit = "editComment(input: $input) { comment { id } userErrors { code } }";
    visitor.does(edit, "EditCommentInput", json!({ "id": comment, "text": "How very lovely" })).await;
    assert_eq!(looking.event().await, comment_event(&id, &comment, "EDITED"));
    let remove = "deleteComment(input: $input) { comment { id } userErrors { code } }";
    visitor.does(remove, "DeleteCommentInput", json!({ "id": comment })).await;
    assert_eq!(looking.event().await, comment_event(&id, &comment, "REMOVED"));
    // The answer takes what the client selected, under the names it gave.
    let document = "subscription Own($m: ID!) { said: onCommentAdded(mediaId: $m) { __typename what: kind } }";
    let mut aliased = admin.listens(document, json!({ "m": id })).await;
    visitor.comments(&id, "Again").await;
    assert_eq!(aliased.event().await, json!({ "said": { "__typename": "CommentEvent", "what": "ADDED" } }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_hears_of_the_pictures_of_the_own_gallery_and_of_nothing_else() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let other = admin.makes_gallery("Winter", "FAMILY").await;
    let id = admin.adds_photo(&gallery, "2024:07:03 15:04:05").await;
    let guest = home.comes_by(&admin.shares(&gallery, json!({})).await).await;
    let mut looking = watches(&guest, &gallery).await;
    let new = admin.adds_photo(&gallery, "2024:07:04 15:04:05").await;
    assert_eq!(looking.event().await, media_event(&gallery, &new, "PROCESSING"));
    assert_eq!(watches(&guest, &other).await.code().await, "NOT_FOUND");
    assert_eq!(follows(&guest, &id).await.code().await, "FORBIDDEN");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_may_not_see_cannot_be_listened_to_and_is_as_if_it_were_not_there_at_both_doors() {
    let home = Home::open().await;
    let (admin, visitor) = (home.admin().await, home.visitor().await);
    let hidden = admin.makes_gallery("Surprise", "PRIVATE").await;
    let secret = admin.adds_photo(&hidden, "2024:07:03 15:04:05").await;
    let (no_gallery, no_media) = (format!("gal_{NO_ULID}"), format!("med_{NO_ULID}"));
    for (document, field, name, there, absent) in [
        (MEDIA, "onMediaReady", "galleryId", &hidden, &no_gallery),
        (COMMENTS, "onCommentAdded", "mediaId", &secret, &no_media),
    ] {
        let mut refusals = Vec::new();
        for id in [there, absent] {
            let refusal = visitor.listens(document, json!({ name: id })).await.refusal().await;
            let event = appsync::event(&visitor, "Subscription", field, json!({ name: id }));
            let failure = appsync::resolve(&home, event).await.expect_err("it is refused");
            assert_eq!(
                (&refusal["extensions"]["code"], &refusal["message"]),
                (&json!(failure.error_type), &json!(failure.message))
            );
            refusals.push(refusal);
        }
        assert_eq!(refusals[0]["extensions"]["code"], "NOT_FOUND");
        assert_eq!(refusals[0], refusals[1]);
        let event = appsync::event(&admin, "Subscription", field, json!({ name: there }));
        assert_eq!(appsync::resolve(&home, event).await, Ok(Value::Null), "whoever may see it may listen");
        let anonymous = home.anonymous().listens(document, json!({ name: there })).await.code().await;
        assert_eq!(anonymous, "UNAUTHENTICATED");
        let event = appsync::event(&home.anonymous(), "Subscription", field, json!({ name: there }));
        let failure = appsync::resolve(&home, event).await.expect_err("it is refused");
        assert_eq!(failure.error_type, "UNAUTHENTICATED");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_taken_off_the_list_hears_nothing_more() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let anna = home.relative(&admin, "Anna").await;
    let annas_id = anna.id().await;
    let gallery = admin.makes_gallery("Summer", "RESTRICTED").await;
    admin.grants(&gallery, &annas_id, json!("VIEW")).await;
    let first = admin.adds_photo(&gallery, "2024:07:03 15:04:05").await;
    let (mut pictures, mut comments) = (watches(&anna, &gallery).await, follows(&anna, &first).await);
    let comment = admin.comments(&first, "Hello").await;
    assert_eq!(comments.event().await, comment_event(&first, &comment, "ADDED"));
    admin.grants(&gallery, &annas_id, Value::Null).await;
    admin.adds_photo(&gallery, "2024:07:04 15:04:05").await;
    admin.comments(&first, "Are we alone?").await;
    assert_eq!(pictures.code().await, "NOT_FOUND");
    assert_eq!(comments.code().await, "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_its_session() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let id = admin.adds_photo(&gallery, "2024:07:03 15:04:05").await;
    let (anna, otto) = (home.relative(&admin, "Anna").await, home.relative(&admin, "Otto").await);
    let ottos_id = otto.id().await;
    let (mut signed_out, mut closed, mut stays) =
        (follows(&anna, &id).await, follows(&otto, &id).await, follows(&admin, &id).await);
    let sign_out = "signOut(input: $input) { userErrors { code } }";
    anna.does(sign_out, "SignOutInput", json!({ "everywhere": true })).await;
    let disable = "setUserDisabled(input: $input) { user { id } userErrors { code } }";
    admin.does(disable, "SetUserDisabledInput", json!({ "userId": ottos_id, "disabled": true })).await;
    let comment = admin.comments(&id, "Who is there?").await;
    assert_eq!(signed_out.code().await, "UNAUTHENTICATED");
    assert_eq!(closed.code().await, "UNAUTHENTICATED");
    assert_eq!(stays.event().await, comment_event(&id, &comment, "ADDED"));
    // The session of an hour is over; a new one of the same person makes something happen.
    home.pass_seconds(3_600 + 6);
    let again = home.admin().await;
    again.comments(&id, "An hour later").await;
    assert_eq!(stays.code().await, "UNAUTHENTICATED");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_subscription_is_refused_with_a_reason() {
    let home = Home::open().await;
    let (admin, visitor) = (home.admin().await, home.visitor().await);
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let own = "onMediaReady(galleryId: $g) { mediaId }";
    for (what, document, words) in [
        ("two fields", format!("subscription($g: ID!) {{ {own} again: {own} }}"), "exactly one field"),
        ("a fragment", format!("subscription($g: ID!) {{ ... {{ {own} }} }}"), "exactly one field"),
        (
            "a directive",
            format!("subscription($g: ID!) {{ {} }}", own.replace(" {", " @skip(if: true) {")),
            "exactly one",
        ),
        ("the type alone", "subscription { __typename }".to_owned(), "exactly one field"),
        ("an unknown field", "subscription { onEverything { id } }".to_owned(), "onEverything"),
        (
            "an unknown selection",
            format!("subscription($g: ID!) {{ {} }}", own.replace("mediaId }", "noSuch }")),
            "noSuch",
        ),
        ("no argument", "subscription { onMediaReady { mediaId } }".to_owned(), "galleryId"),
        ("no GraphQL", "subscription {".to_owned(), "expected"),
        ("too many tokens", format!("subscription {{ {} }}", "a ".repeat(1_000)), "at most 1000"),
    ] {
        let refusal = visitor.listens(&document, json!({ "g": gallery })).await.refusal().await;
        let message = refusal["message"].as_str().expect("a message");
        assert!(message.contains(words), "{what}: {message}");
        assert_eq!(refusal["extensions"]["code"], "BAD_REQUEST", "{what}");
    }
    for document in ["{ viewer { id } }", "mutation { signOut(input: {}) { userErrors { code } } }"] {
        let answer = visitor.subscribes(document, json!({})).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        let answer: Value = answer.json().await.expect("JSON");
        assert!(answer["errors"][0]["message"].as_str().expect("a message").contains("/graphql"), "{answer:#}");
    }
    assert_ne!(visitor.id().await, "", "the mutation was not done: the session is still good");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_door_takes_posts_of_json_that_ask_for_a_stream_from_our_own_page() {
    let home = Home::open().await;
    let visitor = home.visitor().await;
    let url = home.url("/graphql/stream");
    let token = visitor.access_token().expect("a session").to_owned();
    let body = json!({ "query": "subscription { onMediaReady(galleryId: \"x\") { mediaId } }" }).to_string();
    let post = || {
        home.http
            .post(&url)
            .bearer_auth(&token)
            .header(header::ACCEPT, "text/event-stream")
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.clone())
    };
    let status = async |request: reqwest::RequestBuilder| request.send().await.expect("an answer").status();
    assert_eq!(status(post()).await, StatusCode::OK);
    assert_eq!(status(home.http.get(&url).bearer_auth(&token)).await, StatusCode::METHOD_NOT_ALLOWED);
    let plain = home.http.post(&url).bearer_auth(&token).header(header::CONTENT_TYPE, "application/json");
    assert_eq!(status(plain.body(body.clone())).await, StatusCode::NOT_ACCEPTABLE);
    let form = home.http.post(&url).bearer_auth(&token).header(header::ACCEPT, "text/event-stream");
    let form = form.header(header::CONTENT_TYPE, "text/plain").body(body.clone());
    assert_eq!(status(form).await, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(status(post().header(header::ORIGIN, "http://evil.example")).await, StatusCode::FORBIDDEN);
    assert_eq!(status(post().body(vec![b' '; 100 * 1024 + 1])).await, StatusCode::PAYLOAD_TOO_LARGE);
    let forged = home.http.post(&url).bearer_auth("nonsense").header(header::ACCEPT, "text/event-stream");
    let forged = forged.header(header::CONTENT_TYPE, "application/json").body(body.clone());
    assert_eq!(status(forged).await, StatusCode::UNAUTHORIZED);
    let answer = post().send().await.expect("an answer");
    assert_eq!(answer.headers()["content-type"], "text/event-stream; charset=utf-8");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert!(answer.headers().contains_key("x-request-id"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_has_so_many_streams_and_not_one_more() {
    let home = Home::open().await;
    let (admin, visitor) = (home.admin().await, home.visitor().await);
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let mut open = Vec::new();
    for _ in 0..MAX_STREAMS {
        open.push(watches(&visitor, &gallery).await);
    }
    let refused = visitor.subscribes(MEDIA, json!({ "galleryId": gallery })).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    watches(&admin, &gallery).await;
    drop(open.pop());
    // The server sees that somebody hung up when it has something to say.
    let said = AtomicU32::new(0);
    let listens_again = async || {
        let number = said.fetch_add(1, Ordering::Relaxed);
        let bytes = photo(&format!("2024:07:03 {:02}:{:02}:05", number / 60, number % 60));
        admin.adds(&gallery, "a.jpg", "image/jpeg", &bytes).await;
        visitor.subscribes(MEDIA, json!({ "galleryId": gallery })).await.status() == StatusCode::OK
    };
    crate::support::actor::until(listens_again).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_end_when_the_system_stops() {
    let home = Home::open().await;
    let (admin, visitor) = (home.admin().await, home.visitor().await);
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let mut looking = watches(&visitor, &gallery).await;
    let restarting = tokio::spawn(home.restart());
    assert_eq!(looking.next().await, Piece::Gone);
    restarting.await.expect("it starts again");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_tells_of_events_but_the_services() {
    let home = Home::open().await;
    let (admin, visitor) = (home.admin().await, home.visitor().await);
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let mut looking = watches(&visitor, &gallery).await;
    let call = "publishMediaEvent(input: $input) { mediaId }";
    let made_up = json!({ "galleryId": gallery, "mediaId": format!("med_{NO_ULID}"), "status": "READY" });
    assert_eq!(admin.refusals(call, "PublishMediaEventInput", made_up.clone()).await, ["FORBIDDEN"]);
    assert_eq!(home.anonymous().refusals(call, "PublishMediaEventInput", made_up.clone()).await, ["UNAUTHENTICATED"]);
    // The port of the services takes it with the signature of the data folder's key only.
    let document = "mutation($input: PublishMediaEventInput!) { publishMediaEvent(input: $input) { mediaId } }";
    let body = json!({ "query": document, "variables": { "input": made_up } });
    let request = home.http.post(format!("http://{}/graphql", home.system.aws)).json(&body);
    assert_eq!(request.send().await.expect("an answer").status(), StatusCode::BAD_REQUEST);
    let id = admin.adds_photo(&gallery, "2024:07:03 15:04:05").await;
    assert_eq!(looking.event().await, media_event(&gallery, &id, "PROCESSING"), "the first that was heard of");
}
