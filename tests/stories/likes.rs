//! People like pictures, and find again what they like.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::support::{Actor, Home, actor::NO_ULID};

const LIKE: &str = "likeMedia(input: $input) { media { likeCount viewerHasLiked } userErrors { code path } }";
const UNLIKE: &str = "unlikeMedia(input: $input) { media { likeCount viewerHasLiked } userErrors { code path } }";
const LIKES: &str = "query($id: ID!, $first: Int! = 20, $after: String) { media(id: $id) { likeCount viewerHasLiked \
    likes(first: $first, after: $after) { edges { cursor likedAt node { displayName } } pageInfo { hasNextPage } } } }";
const FAVOURITES: &str = "query($first: Int! = 50, $after: String) { favourites(first: $first, after: $after) { \
    edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }";

#[tokio::test(flavor = "multi_thread")]
async fn liking_is_counted_once_for_each_person() {
    let (home, admin, gallery) = gallery().await;
    let photo = admin.adds_photo(&gallery, "2024:07:03 15:04:05").await;
    let (anna, family) = (home.relative(&admin, "Anna").await, home.visitor().await);
    for (actor, count) in [(&anna, 1), (&family, 2), (&anna, 2)] {
        let payload = actor.does(LIKE, "LikeMediaInput", json!({ "mediaId": photo })).await;
        assert_eq!(payload["media"], json!({ "likeCount": count, "viewerHasLiked": true }));
    }
    let data = admin.gets(LIKES, json!({ "id": photo })).await;
    assert_eq!((&data["media"]["likeCount"], &data["media"]["viewerHasLiked"]), (&json!(2), &json!(false)));
    let mut names: Vec<&str> =
        edges(&data["media"]["likes"]).iter().filter_map(|edge| edge["node"]["displayName"].as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Anna", "Family"]);
    for count in [1, 1] {
        let payload = anna.does(UNLIKE, "UnlikeMediaInput", json!({ "mediaId": photo })).await;
        assert_eq!(payload["media"], json!({ "likeCount": count, "viewerHasLiked": false }));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_like_and_dislike_at_once_are_counted_right() {
    let (home, admin, gallery) = gallery().await;
    let photo = admin.adds_photo(&gallery, "2024:07:03 15:04:05").await;
    let anna = home.relative(&admin, "Anna").await;
    let input = json!({ "mediaId": photo });
    join_all((0..6).flat_map(|_| [&anna, &admin]).map(|actor| actor.does(LIKE, "LikeMediaInput", input.clone()))).await;
    assert_eq!(admin.gets(LIKES, json!({ "id": photo })).await["media"]["likeCount"], 2);
    join_all((0..6).map(|_| anna.does(UNLIKE, "UnlikeMediaInput", input.clone()))).await;
    assert_eq!(admin.gets(LIKES, json!({ "id": photo })).await["media"]["likeCount"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn favourites_are_ones_own_and_the_latest_comes_first() {
    let (home, admin, gallery) = gallery().await;
    let anna = home.relative(&admin, "Anna").await;
    let mut photos = Vec::new();
    for day in 1..=5 {
        photos.push(admin.adds_photo(&gallery, &format!("2024:07:0{day} 12:00:00")).await);
    }
    for at in [2, 0, 4] {
        anna.does(LIKE, "LikeMediaInput", json!({ "mediaId": photos[at] })).await;
        home.pass_seconds(1);
    }
    let expected: Vec<&String> = [4, 0, 2].map(|at| &photos[at]).into();
    let data = anna.gets(FAVOURITES, json!({})).await;
    assert_eq!(ids(&data["favourites"]), expected);
    assert!(ids(&admin.gets(FAVOURITES, json!({})).await["favourites"]).is_empty());
    let first = anna.gets(FAVOURITES, json!({ "first": 2 })).await;
    assert_eq!(ids(&first["favourites"]), expected[..2]);
    let after = &first["favourites"]["pageInfo"]["endCursor"];
    let second = anna.gets(FAVOURITES, json!({ "first": 2, "after": after })).await;
    assert_eq!(ids(&second["favourites"]), expected[2..]);
    assert_eq!(second["favourites"]["pageInfo"]["hasNextPage"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_favourite_that_one_may_not_see_any_more_is_left_out() {
    let (home, admin, gallery) = gallery().await;
    let anna = home.relative(&admin, "Anna").await;
    let restricted = admin.makes_gallery("For Anna", "RESTRICTED").await;
    admin.grants(&restricted, &anna.id().await, json!("VIEW")).await;
    let (open, closed) = (
        admin.adds_photo(&gallery, "2024:07:01 12:00:00").await,
        admin.adds_photo(&restricted, "2024:07:02 12:00:00").await,
    );
    for photo in [&open, &closed] {
        anna.does(LIKE, "LikeMediaInput", json!({ "mediaId": photo })).await;
        home.pass_seconds(1);
    }
    assert_eq!(ids(&anna.gets(FAVOURITES, json!({})).await["favourites"]), [&closed, &open]);
    admin.grants(&restricted, &anna.id().await, Value::Null).await;
    assert_eq!(ids(&anna.gets(FAVOURITES, json!({})).await["favourites"]), [&open]);
    let delete = "deleteMedia(input: $input) { mediaIds userErrors { code } }";
    admin.does(delete, "DeleteMediaInput", json!({ "ids": [open] })).await;
    assert!(ids(&anna.gets(FAVOURITES, json!({})).await["favourites"]).is_empty());
    assert_eq!(anna.mistakes(LIKE, "LikeMediaInput", json!({ "mediaId": open })).await, ["NOT_FOUND"]);
    let nothing = json!({ "mediaId": format!("med_{NO_ULID}") });
    assert_eq!(anna.mistakes(LIKE, "LikeMediaInput", nothing).await, ["NOT_FOUND"]);
    assert_eq!(admin.refusals(LIKE, "LikeMediaInput", json!({ "mediaId": open })).await, ["FORBIDDEN"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn likes_are_erased_with_the_picture() {
    let (home, admin, gallery) = gallery().await;
    let photo = admin.adds_photo(&gallery, "2024:07:01 12:00:00").await;
    let comment = admin.comments(&photo, "Look").await;
    let reply = "addComment(input: $input) { comment { id } userErrors { code } }";
    admin.does(reply, "AddCommentInput", json!({ "mediaId": photo, "text": "Yes", "parentId": comment })).await;
    admin.does(LIKE, "LikeMediaInput", json!({ "mediaId": photo })).await;
    let delete = "deleteMedia(input: $input) { mediaIds userErrors { code } }";
    admin.does(delete, "DeleteMediaInput", json!({ "ids": [photo], "permanently": true })).await;
    let partition = format!("MED#{}", photo.trim_start_matches("med_"));
    assert_eq!(home.items_with("PK", &partition).await, 0);
    assert!(ids(&admin.gets(FAVOURITES, json!({})).await["favourites"]).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_on_its_way_can_be_neither_liked_nor_commented_on() {
    let (_home, admin, gallery) = gallery().await;
    let ticket = admin.requests_upload(&gallery, "a.jpg", "image/jpeg", b"not sent yet").await;
    let id = ticket["ticket"]["mediaId"].as_str().expect("an id");
    let document = "query($id: ID!) { media(id: $id) { viewerCan { edit comment } } }";
    let data = admin.gets(document, json!({ "id": id })).await;
    assert_eq!(data["media"]["viewerCan"], json!({ "edit": true, "comment": false }));
    let like = "likeMedia(input: $input) { media { likeCount } userErrors { code } }";
    assert_eq!(admin.refusals(like, "LikeMediaInput", json!({ "mediaId": id })).await, ["FORBIDDEN"]);
    let comment = "addComment(input: $input) { comment { id } userErrors { code } }";
    let input = json!({ "mediaId": id, "text": "Soon" });
    assert_eq!(admin.refusals(comment, "AddCommentInput", input).await, ["FORBIDDEN"]);
}

async fn gallery() -> (Home, Actor, String) {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    (home, admin, gallery)
}

fn edges(connection: &Value) -> &[Value] {
    connection["edges"].as_array().expect("edges")
}

fn ids(connection: &Value) -> Vec<&str> {
    edges(connection).iter().map(|edge| edge["node"]["id"].as_str().expect("an id")).collect()
}
