//! What people say about photos.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::support::{Actor, Home, actor::NO_ULID};

const ADD: &str = "addComment(input: $input) { comment { text removed editedAt author { displayName } } \
    media { commentCount } userErrors { code } }";
const EDIT: &str = "editComment(input: $input) { comment { text removed editedAt author { displayName } } \
    media { commentCount } userErrors { code } }";
const REMOVE: &str = "deleteComment(input: $input) { comment { text removed author { displayName } } \
    media { commentCount } userErrors { code } }";
const COMMENTS: &str = "query($id: ID!, $first: Int! = 20, $after: String) { media(id: $id) { commentCount \
    comments(first: $first, after: $after) { edges { cursor node { id text removed } } \
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }";

#[tokio::test(flavor = "multi_thread")]
async fn people_talk_in_turn_and_everybody_reads_it_in_order() {
    let (home, admin, media) = photo_to_talk_about().await;
    let (anna, family) = (home.relative(&admin, "Anna").await, home.visitor().await);
    for (n, (actor, name)) in [(&anna, "Anna"), (&family, "Family"), (&admin, "Admin")].into_iter().enumerate() {
        let text = format!("  {name} was here.\nTwice. 🌊 ");
        let payload = actor.does(ADD, "AddCommentInput", json!({ "mediaId": media, "text": text })).await;
        let expected =
            json!({ "text": text.trim(), "removed": false, "editedAt": null, "author": { "displayName": name } });
        assert_eq!(payload["comment"], expected);
        assert_eq!(payload["media"]["commentCount"], json!(n + 1));
        home.pass_seconds(1);
    }
    for actor in [&anna, &family, &admin] {
        let texts = texts(&actor.gets(COMMENTS, json!({ "id": media })).await);
        let firsts: Vec<&str> = texts.iter().map(|text| text.split(' ').next().unwrap_or_default()).collect();
        assert_eq!(firsts, ["Anna", "Family", "Admin"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_who_talk_at_once_are_all_heard_and_counted() {
    let (_home, admin, media) = photo_to_talk_about().await;
    let ids = join_all((0..12).map(async |n| admin.comments(&media, &format!("comment {n}")).await)).await;
    let data = admin.gets(COMMENTS, json!({ "id": media })).await;
    assert_eq!(data["media"]["commentCount"], 12);
    let mut texts = texts(&data);
    texts.sort_by_key(|text| text.split(' ').nth(1).and_then(|n| n.parse::<usize>().ok()));
    assert_eq!(texts, (0..12).map(|n| format!("comment {n}")).collect::<Vec<_>>());
    // Each is removed twice, all at once.
    let remove = async |id: &String| admin.does(REMOVE, "DeleteCommentInput", json!({ "id": id })).await;
    join_all(ids.iter().chain(&ids).map(remove)).await;
    assert_eq!(admin.gets(COMMENTS, json!({ "id": media })).await["media"]["commentCount"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_has_a_beginning_and_an_end() {
    let (_home, admin, media) = photo_to_talk_about().await;
    let comment = admin.comments(&media, "As it was").await;
    let wrong = [
        (String::new(), "BLANK"),
        (" \n\t ".into(), "BLANK"),
        ("é".repeat(4_001), "TOO_LONG"),
        ("bell\u{7}".into(), "INVALID"),
    ];
    for (text, code) in wrong {
        let input = json!({ "mediaId": media, "text": text });
        assert_eq!(admin.mistakes(ADD, "AddCommentInput", input).await, [code], "{text:?}");
        let input = json!({ "id": comment, "text": text });
        assert_eq!(admin.mistakes(EDIT, "EditCommentInput", input).await, [code], "{text:?}");
    }
    admin.comments(&media, &"é".repeat(4_000)).await;
    let data = admin.gets(COMMENTS, json!({ "id": media })).await;
    assert_eq!(texts(&data), ["As it was".to_owned(), "é".repeat(4_000)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_is_changed_by_its_author_only() {
    let (home, admin, media) = photo_to_talk_about().await;
    let (anna, ben) = (home.relative(&admin, "Anna").await, home.relative(&admin, "Ben").await);
    let comment = anna.comments(&media, "What a day").await;
    home.pass_seconds(60);
    let input = json!({ "id": comment, "text": "What a day!" });
    let payload = anna.does(EDIT, "EditCommentInput", input).await;
    assert_eq!(payload["comment"]["text"], "What a day!");
    assert!(payload["comment"]["editedAt"].is_string());
    assert_eq!(payload["media"]["commentCount"], 1, "a change is no new comment");
    let input = json!({ "id": comment, "text": "What a bore" });
    for other in [&ben, &admin, &home.visitor().await] {
        assert_eq!(other.refusals(EDIT, "EditCommentInput", input.clone()).await, ["FORBIDDEN"]);
    }
    assert_eq!(texts(&admin.gets(COMMENTS, json!({ "id": media })).await), ["What a day!"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_comment_keeps_its_place() {
    let (home, admin, media) = photo_to_talk_about().await;
    let (anna, ben) = (home.relative(&admin, "Anna").await, home.relative(&admin, "Ben").await);
    let mut ids = Vec::new();
    for (actor, text) in [(&anna, "one"), (&ben, "two"), (&anna, "three")] {
        ids.push(actor.comments(&media, text).await);
        home.pass_seconds(1);
    }
    assert_eq!(anna.refusals(REMOVE, "DeleteCommentInput", json!({ "id": ids[1] })).await, ["FORBIDDEN"]);
    let payload = anna.does(REMOVE, "DeleteCommentInput", json!({ "id": ids[0] })).await;
    let removed = json!({ "text": null, "removed": true, "author": { "displayName": "Anna" } });
    assert_eq!(payload["comment"], removed);
    assert_eq!(payload["media"]["commentCount"], 2);
    let payload = admin.does(REMOVE, "DeleteCommentInput", json!({ "id": ids[1] })).await;
    assert_eq!(payload["comment"]["author"]["displayName"], "Ben", "an admin removes any");
    assert_eq!(payload["media"]["commentCount"], 1);
    let payload = admin.does(REMOVE, "DeleteCommentInput", json!({ "id": ids[1] })).await;
    assert_eq!(payload["media"]["commentCount"], 1, "removing twice counts once");
    let data = ben.gets(COMMENTS, json!({ "id": media })).await;
    assert_eq!(data["media"]["commentCount"], 1);
    let places = [(0, Value::Null, true), (1, Value::Null, true), (2, json!("three"), false)];
    for (place, text, removed) in places {
        let expected = json!({ "id": ids[place], "text": text, "removed": removed });
        assert_eq!(data["media"]["comments"]["edges"][place]["node"], expected);
    }
    let input = json!({ "id": ids[0], "text": "one, again" });
    assert_eq!(anna.mistakes(EDIT, "EditCommentInput", input).await, ["CONFLICT"]);
    let data = ben.gets("query($id: ID!) { node(id: $id) { ... on Comment { text } } }", json!({ "id": ids[0] })).await;
    assert_eq!(data["node"], json!({ "text": null }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_on_nothing_or_by_nobody_is_not_made() {
    let (home, admin, media) = photo_to_talk_about().await;
    let comment = admin.comments(&media, "What a day!").await;
    for id in [format!("med_{NO_ULID}"), comment.clone(), "beach.jpg".into()] {
        let input = json!({ "mediaId": id, "text": "Hello?" });
        assert_eq!(admin.mistakes(ADD, "AddCommentInput", input).await, ["NOT_FOUND"], "{id}");
    }
    for id in [format!("com_{NO_ULID}_{NO_ULID}"), media.replace("med_", "com_"), media.clone(), String::new()] {
        assert_eq!(admin.mistakes(REMOVE, "DeleteCommentInput", json!({ "id": id })).await, ["NOT_FOUND"], "{id}");
        let input = json!({ "id": id, "text": "Hello?" });
        assert_eq!(admin.mistakes(EDIT, "EditCommentInput", input).await, ["NOT_FOUND"], "{id}");
    }
    let stranger = home.anonymous();
    let input = json!({ "mediaId": media, "text": "Hello?" });
    assert_eq!(stranger.refusals(ADD, "AddCommentInput", input).await, ["UNAUTHENTICATED"]);
    let input = json!({ "id": comment });
    assert_eq!(stranger.refusals(REMOVE, "DeleteCommentInput", input).await, ["UNAUTHENTICATED"]);
    assert_eq!(texts(&admin.gets(COMMENTS, json!({ "id": media })).await), ["What a day!"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_the_trash_is_not_talked_about() {
    let (home, admin, media) = photo_to_talk_about().await;
    let anna = home.relative(&admin, "Anna").await;
    let comment = anna.comments(&media, "What a day!").await;
    let trash = "deleteMedia(input: $input) { mediaIds userErrors { code } }";
    admin.does(trash, "DeleteMediaInput", json!({ "ids": [media] })).await;
    let add = json!({ "mediaId": media, "text": "Gone?" });
    let edit = json!({ "id": comment, "text": "Gone?" });
    assert_eq!(anna.mistakes(ADD, "AddCommentInput", add.clone()).await, ["NOT_FOUND"]);
    assert_eq!(anna.mistakes(EDIT, "EditCommentInput", edit).await, ["NOT_FOUND"]);
    assert_eq!(anna.mistakes(REMOVE, "DeleteCommentInput", json!({ "id": comment })).await, ["NOT_FOUND"]);
    assert_eq!(admin.refusals(ADD, "AddCommentInput", add).await, ["FORBIDDEN"]);
    assert_eq!(admin.refusals(REMOVE, "DeleteCommentInput", json!({ "id": comment })).await, ["FORBIDDEN"]);
    let restore = "restoreMedia(input: $input) { mediaIds userErrors { code } }";
    admin.does(restore, "RestoreMediaInput", json!({ "ids": [media] })).await;
    assert_eq!(texts(&anna.gets(COMMENTS, json!({ "id": media })).await), ["What a day!"], "it came back with it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_talk_is_read_page_by_page_without_gap_or_repetition() {
    let (home, admin, media) = photo_to_talk_about().await;
    let mut expected = Vec::new();
    for n in 0..45 {
        let text = format!("comment {n}");
        admin.comments(&media, &text).await;
        expected.push(text);
        home.pass_seconds(1);
    }
    for (size, lengths) in [(20, vec![20, 20, 5]), (15, vec![15, 15, 15]), (44, vec![44, 1]), (100, vec![45])] {
        let pages = pages(&admin, &media, size).await;
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), lengths, "by {size}");
        assert_eq!(pages.concat(), expected, "by {size}");
    }
    let data = admin.gets(COMMENTS, json!({ "id": media })).await;
    assert_eq!(data["media"]["commentCount"], 45);
    assert_eq!(texts(&data).len(), 20, "a page has 20 unless one says otherwise");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_that_comes_between_two_pages_is_on_the_last() {
    let (home, admin, media) = photo_to_talk_about().await;
    for text in ["one", "two", "three"] {
        admin.comments(&media, text).await;
        home.pass_seconds(1);
    }
    let data = admin.gets(COMMENTS, json!({ "id": media, "first": 2 })).await;
    admin.comments(&media, "four").await;
    let after = &data["media"]["comments"]["pageInfo"]["endCursor"];
    let data = admin.gets(COMMENTS, json!({ "id": media, "first": 2, "after": after })).await;
    assert_eq!(texts(&data), ["three", "four"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_a_wrong_size_or_place_is_a_broken_request() {
    let (_home, admin, media) = photo_to_talk_about().await;
    let wrong = [json!({ "first": 0 }), json!({ "first": 101 }), json!({ "first": -5 }), json!({ "after": "garbage" })];
    for arguments in wrong {
        let mut variables = arguments.clone();
        variables["id"] = json!(media);
        let answer = admin.asks(COMMENTS, variables).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_REQUEST", "{arguments}: {answer:#}");
        assert_eq!(answer["data"]["media"], json!({ "commentCount": 0, "comments": null }), "the rest is answered");
    }
    admin.gets(COMMENTS, json!({ "id": media, "first": 100 })).await;
}

async fn photo_to_talk_about() -> (Home, Actor, String) {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let media = admin.adds_photo(&gallery, "2024:07:03 15:04:05").await;
    (home, admin, media)
}

fn texts(data: &Value) -> Vec<String> {
    let edges = data["media"]["comments"]["edges"].as_array().expect("a list").iter();
    edges.map(|edge| edge["node"]["text"].as_str().expect("a text").to_owned()).collect()
}

async fn pages(actor: &Actor, media: &str, size: usize) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut after = Value::Null;
    loop {
        let data = actor.gets(COMMENTS, json!({ "id": media, "first": size, "after": after })).await;
        let (edges, info) = (&data["media"]["comments"]["edges"], &data["media"]["comments"]["pageInfo"]);
        assert_eq!(info["hasPreviousPage"], json!(!pages.is_empty()));
        assert_eq!(info["startCursor"], edges[0]["cursor"]);
        pages.push(texts(&data));
        if info["hasNextPage"] == false {
            return pages;
        }
        after = info["endCursor"].clone();
    }
}
