//! What happened while somebody was away.

use model::Like;
use serde_json::{Value, json};

use crate::support::{Actor, Home, actor::error_codes};

const ACTIVITY: &str = "query($first: Int! = 20, $after: String) { activity(first: $first, after: $after) { \
    edges { cursor node { __typename id at read \
        ... on MediaAddedActivity { gallery { id } count by { displayName } } \
        ... on CommentActivity { comment { id text author { displayName } } } \
        ... on LikeActivity { media { id } by { displayName } } } } \
    pageInfo { hasNextPage endCursor } unreadCount } }";
const MARK: &str = "markActivityRead(input: $input) { unreadCount userErrors { code } }";
const DELETE_MEDIA: &str = "deleteMedia(input: $input) { mediaIds userErrors { code } }";
const RESTORE_MEDIA: &str = "restoreMedia(input: $input) { mediaIds userErrors { code } }";
const MAY: &str = "2024:05:01 10:00:00";
const JULY: &str = "2024:07:03 15:04:05";

#[tokio::test(flavor = "multi_thread")]
async fn one_reads_what_others_did_latest_first() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let anna = home.relative(&admin, "Anna").await;
    if home.now().unix_seconds().rem_euclid(3_600) > 3_540 {
        // Arrivals are counted by the hour, which would end between the two.
        home.pass_seconds(60);
    }
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let may = admin.adds_photo(&gallery, MAY).await;
    admin.adds_photo(&gallery, JULY).await;
    home.pass_seconds(1);
    let comment = anna.comments(&may, "Lovely!").await;
    home.pass_seconds(1);
    likes(&home, &anna, &may).await;

    let seen = admin.gets(ACTIVITY, json!({})).await;
    let nodes = nodes(&seen);
    let what: Vec<&Value> = nodes.iter().map(|node| &node["__typename"]).collect();
    assert_eq!(what, ["LikeActivity", "CommentActivity", "MediaAddedActivity"], "{seen:#}");
    assert_eq!(nodes[0]["media"]["id"], json!(may));
    assert_eq!(nodes[0]["by"]["displayName"], "Anna");
    assert_eq!(nodes[1]["comment"], json!({ "id": comment, "text": "Lovely!", "author": { "displayName": "Anna" } }));
    assert_eq!(nodes[2]["gallery"]["id"], json!(gallery));
    assert_eq!((&nodes[2]["count"], &nodes[2]["by"]["displayName"]), (&json!(2), &json!("Admin")), "one line for both");
    assert!(nodes.iter().all(|node| node["id"].as_str().is_some_and(|id| id.starts_with("act_"))));
    assert_eq!(read(&seen), [false, false, true], "what one did oneself is read");
    assert_eq!(seen["activity"]["unreadCount"], 2);

    let seen = anna.gets(ACTIVITY, json!({})).await;
    assert_eq!(kinds(&seen), ["CommentActivity", "MediaAddedActivity"], "a like is for whoever brought the picture");
    assert_eq!((read(&seen), &seen["activity"]["unreadCount"]), (vec![true, false], &json!(1)));
    let mut walked = Vec::new();
    let mut after = Value::Null;
    for has_next in [true, true, false] {
        let page = admin.gets(ACTIVITY, json!({ "first": 1, "after": after })).await;
        walked.extend(kinds(&page));
        assert_eq!(page["activity"]["unreadCount"], 2, "on any page");
        assert_eq!(page["activity"]["pageInfo"]["hasNextPage"], has_next);
        after = page["activity"]["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(walked, ["LikeActivity", "CommentActivity", "MediaAddedActivity"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_read_stays_read_and_the_future_is_not() {
    let home = Home::open().await;
    let (admin, family) = (home.admin().await, home.visitor().await);
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let media = admin.adds_photo(&gallery, MAY).await;
    home.pass_seconds(10);
    family.comments(&media, "one").await;
    let between = home.now();
    home.pass_seconds(10);
    family.comments(&media, "two").await;
    let unread = async || admin.gets(ACTIVITY, json!({})).await["activity"]["unreadCount"].clone();
    let mark = async |up_to: String| {
        let payload = admin.does(MARK, "MarkActivityReadInput", json!({ "upTo": up_to })).await;
        assert_eq!(payload["unreadCount"], unread().await, "the answer is what is so afterwards");
        payload["unreadCount"].clone()
    };
    assert_eq!(unread().await, 2);
    assert_eq!(mark("2001-01-01T00:00:00Z".to_owned()).await, 2, "never back, not even before the invitation");
    assert_eq!(mark(between.to_string()).await, 1);
    assert_eq!(mark("2001-01-01T00:00:00Z".to_owned()).await, 1, "never back");
    assert_eq!(mark("9999-01-01T00:00:00Z".to_owned()).await, 0);
    assert_eq!(read(&admin.gets(ACTIVITY, json!({})).await), [true, true, true]);
    home.pass_seconds(10);
    family.comments(&media, "three").await;
    assert_eq!(unread().await, 1, "what comes after now is not read yet");
    let answer =
        admin.asks(&format!("mutation {{ {} }}", MARK.replace("$input", "{ upTo: \"soon\" }")), json!({})).await;
    assert!(!error_codes(&answer).is_empty(), "{answer:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_hidden_removed_or_in_the_trash_is_no_news() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let anna = home.relative(&admin, "Anna").await;
    let gallery = admin.makes_gallery("Surprise", "RESTRICTED").await;
    let media = admin.adds_photo(&gallery, MAY).await;
    home.pass_seconds(1);
    let comment = admin.comments(&media, "psst").await;
    let news = async |actor: &Actor| kinds(&actor.gets(ACTIVITY, json!({})).await);
    let count = async |actor: &Actor| actor.gets(ACTIVITY, json!({})).await["activity"]["unreadCount"].clone();
    assert_eq!((news(&anna).await.len(), count(&anna).await), (0, json!(0)));
    admin.grants(&gallery, &anna.id().await, json!("COMMENT")).await;
    assert_eq!(
        (news(&anna).await, count(&anna).await),
        (vec!["CommentActivity".to_owned(), "MediaAddedActivity".to_owned()], json!(2))
    );
    admin.grants(&gallery, &anna.id().await, Value::Null).await;
    assert_eq!((news(&anna).await.len(), count(&anna).await), (0, json!(0)), "at the next request");
    admin.grants(&gallery, &anna.id().await, json!("COMMENT")).await;

    likes(&home, &anna, &media).await;
    assert_eq!(news(&admin).await, ["LikeActivity", "CommentActivity", "MediaAddedActivity"]);
    admin.does(DELETE_MEDIA, "DeleteMediaInput", json!({ "ids": [media] })).await;
    assert_eq!(news(&admin).await, ["MediaAddedActivity"]);
    admin.does(RESTORE_MEDIA, "RestoreMediaInput", json!({ "ids": [media] })).await;
    assert_eq!(news(&admin).await.first().map(String::as_str), Some("LikeActivity"));
    let call = "deleteComment(input: $input) { comment { id } userErrors { code } }";
    admin.does(call, "DeleteCommentInput", json!({ "id": comment })).await;
    assert!(!news(&admin).await.contains(&"CommentActivity".to_owned()), "a removed comment");
    let (id, user) = (media.parse().expect("an id"), anna.id().await.parse().expect("an id"));
    assert!(home.system.store.delete_like(id, user).await.expect("the table answers"));
    assert!(!news(&admin).await.contains(&"LikeActivity".to_owned()), "a like that was taken back");
    admin.does(DELETE_MEDIA, "DeleteMediaInput", json!({ "ids": [media] })).await;
    let call = "deleteGallery(input: $input) { deletedId userErrors { code } }";
    admin.does(call, "DeleteGalleryInput", json!({ "id": gallery })).await;
    assert_eq!(news(&admin).await, Vec::<String>::new(), "a deleted gallery");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_unread_stand_for_a_hundred_or_more() {
    let home = Home::open().await;
    let (admin, family) = (home.admin().await, home.visitor().await);
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let media = admin.adds_photo(&gallery, MAY).await;
    for n in 0..99 {
        family.comments(&media, &format!("comment {n}")).await;
    }
    let unread = async || admin.gets(ACTIVITY, json!({})).await["activity"]["unreadCount"].clone();
    assert_eq!(unread().await, 99);
    family.comments(&media, "the hundredth").await;
    assert_eq!(unread().await, 100);
    family.comments(&media, "one more").await;
    assert_eq!(unread().await, 100);
    // Own deeds are no news, wherever they stand.
    assert_eq!(family.gets(ACTIVITY, json!({})).await["activity"]["unreadCount"], 1);
}

async fn likes(home: &Home, who: &Actor, media: &str) {
    let user_id = who.id().await.parse().expect("an id");
    let like = Like { media_id: media.parse().expect("an id"), user_id, liked_at: home.now() };
    assert!(home.system.store.put_like(&like).await.expect("the table answers"));
}

fn nodes(data: &Value) -> Vec<&Value> {
    data["activity"]["edges"].as_array().expect("a list").iter().map(|edge| &edge["node"]).collect()
}

fn kinds(data: &Value) -> Vec<String> {
    nodes(data).into_iter().map(|node| node["__typename"].as_str().expect("a name").to_owned()).collect()
}

fn read(data: &Value) -> Vec<bool> {
    nodes(data).into_iter().map(|node| node["read"].as_bool().expect("yes or no")).collect()
}
