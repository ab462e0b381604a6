//! What a person may not see is not there: no answer tells it from what never was.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{
    Actor, Home,
    actor::{NO_ULID, photo, upload_input},
};

const MAY: &str = "2024:05:01 10:00:00";

#[tokio::test(flavor = "multi_thread")]
async fn no_query_tells_the_hidden_from_what_never_was() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let anna = home.relative(&admin, "Anna").await;
    for visibility in ["RESTRICTED", "PRIVATE"] {
        let hidden = Things::hidden(&admin, visibility).await;
        let nothing = Things::nothing();
        let fields = "__typename id";
        for (query, pick) in [
            (format!("gallery(id: $id) {{ {fields} title mediaCount }}"), Things::gallery as fn(&Things) -> &str),
            (format!("media(id: $id) {{ {fields} fileName original {{ url }} }}"), Things::media),
            (format!("node(id: $id) {{ {fields} }}"), Things::gallery),
            (format!("node(id: $id) {{ {fields} }}"), Things::media),
            (format!("node(id: $id) {{ {fields} }}"), Things::comment),
        ] {
            let document = format!("query($id: ID!) {{ {query} }}");
            let heard = anna.hears(&document, json!({ "id": pick(&hidden) })).await;
            assert_eq!(heard.0, StatusCode::OK);
            assert_eq!(heard, anna.hears(&document, json!({ "id": pick(&nothing) })).await, "{visibility} {query}");
            let data = admin.gets(&document, json!({ "id": pick(&hidden) })).await;
            assert!(data.as_object().expect("data").values().all(Value::is_object), "an admin sees it: {data:#}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_mutation_tells_the_hidden_from_what_never_was() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let anna = home.relative(&admin, "Anna").await;
    let open = admin.makes_gallery("Open", "FAMILY").await;
    admin.grants(&open, &anna.id().await, json!("CONTRIBUTE")).await;
    let own = anna.adds_photo(&open, "2024:09:09 09:09:09").await;
    for visibility in ["RESTRICTED", "PRIVATE"] {
        let hidden = mutations(&Things::hidden(&admin, visibility).await, &own);
        for (hidden, nothing) in hidden.into_iter().zip(mutations(&Things::nothing(), &own)) {
            let (document, variables) = hidden;
            let heard = anna.hears(&document, variables).await;
            assert!(heard.1.contains("NOT_FOUND"), "{visibility} {document}: {}", heard.1);
            assert_eq!(heard, anna.hears(&document, nothing.1).await, "{visibility} {document}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_full_and_complete_although_galleries_between_are_hidden() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let anna = home.relative(&admin, "Anna").await;
    let mut visible = Vec::new();
    for n in 0..25 {
        let title = format!("Gallery {n:02}");
        let hidden = n % 3 == 0;
        admin.makes_gallery(&title, if hidden { "RESTRICTED" } else { "FAMILY" }).await;
        if !hidden {
            visible.push(title);
        }
    }
    for first in [1, 5, 8, 16, 25] {
        let pages = pages(&anna, first).await;
        let (last, full) = pages.split_last().expect("a page");
        assert!(full.iter().all(|page| page.len() == first), "{first}: {pages:?}");
        assert!(!last.is_empty() && last.len() <= first, "{first}: {pages:?}");
        assert_eq!(pages.concat(), visible, "by {first}");
    }
    assert_eq!(pages(&admin, 5).await.concat().len(), 25);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_hidden_galleries_only_is_an_empty_last_one() {
    let home = Home::open().await;
    let admin = home.admin().await;
    for n in 0..7 {
        admin.makes_gallery(&format!("Gallery {n}"), "PRIVATE").await;
    }
    let document = "{ galleries(first: 2) { edges { cursor } pageInfo { hasNextPage startCursor endCursor } } }";
    let data = home.visitor().await.gets(document, json!({})).await;
    let info = json!({ "hasNextPage": false, "startCursor": null, "endCursor": null });
    assert_eq!(data["galleries"], json!({ "edges": [], "pageInfo": info }));
}

/// A gallery, a photo in it, what was said about it, and a file on its way.
struct Things {
    gallery: String,
    media: String,
    comment: String,
    upload: String,
}

impl Things {
    async fn hidden(admin: &Actor, visibility: &str) -> Self {
        let gallery = admin.makes_gallery("Hidden", visibility).await;
        let media = admin.adds_photo(&gallery, MAY).await;
        let comment = admin.comments(&media, "A secret").await;
        let ticket = admin.requests_upload(&gallery, "b.jpg", "image/jpeg", b"on its way").await;
        let upload = ticket["ticket"]["mediaId"].as_str().expect("an id").to_owned();
        Self { gallery, media, comment, upload }
    }

    fn nothing() -> Self {
        Self {
            gallery: format!("gal_{NO_ULID}"),
            media: format!("med_{NO_ULID}"),
            comment: format!("com_{NO_ULID}_{NO_ULID}"),
            upload: format!("med_{NO_ULID}"),
        }
    }

    fn gallery(&self) -> &str {
        &self.gallery
    }

    fn media(&self) -> &str {
        &self.media
    }

    fn comment(&self) -> &str {
        &self.comment
    }
}

/// Everything that a visitor may try on things, with a photo of their own.
fn mutations(things: &Things, own: &str) -> Vec<(String, Value)> {
    let Things { gallery, media, comment, upload } = things;
    let known = upload_input(gallery, "a.jpg", "image/jpeg", &photo(MAY));
    let unknown = upload_input(gallery, "a.jpg", "image/jpeg", b"something else");
    let calls = [
        ("addComment", "AddCommentInput", "comment { id } media { id }", json!({ "mediaId": media, "text": "Me too" })),
        ("addComment", "AddCommentInput", "comment { id }", json!({ "mediaId": media, "text": "" })),
        ("editComment", "EditCommentInput", "comment { id } media { id }", json!({ "id": comment, "text": "Mine" })),
        ("deleteComment", "DeleteCommentInput", "comment { id } media { id }", json!({ "id": comment })),
        ("requestUpload", "RequestUploadInput", "ticket { mediaId } duplicateOf { id }", known),
        ("requestUpload", "RequestUploadInput", "ticket { mediaId } duplicateOf { id }", unknown),
        ("finishUpload", "FinishUploadInput", "media { id }", json!({ "mediaId": upload })),
        ("finishUpload", "FinishUploadInput", "media { id }", json!({ "mediaId": media })),
        ("cancelUpload", "CancelUploadInput", "deletedId", json!({ "mediaId": upload })),
        ("updateMedia", "UpdateMediaInput", "media { id }", json!({ "id": media, "caption": "Mine" })),
        ("updateMedia", "UpdateMediaInput", "media { id }", json!({ "id": media, "rotate": 17 })),
        ("updateMedia", "UpdateMediaInput", "media { id }", json!({ "id": own, "galleryId": gallery })),
        ("deleteMedia", "DeleteMediaInput", "mediaIds", json!({ "ids": [media] })),
        ("deleteMedia", "DeleteMediaInput", "mediaIds", json!({ "ids": [media], "permanently": true })),
    ];
    let calls = calls.into_iter().map(|(name, input_type, fields, input)| {
        let errors = "userErrors { code message path }";
        let document = format!("mutation($input: {input_type}!) {{ {name}(input: $input) {{ {fields} {errors} }} }}");
        (document, json!({ "input": input }))
    });
    calls.collect()
}

async fn pages(actor: &Actor, first: usize) -> Vec<Vec<String>> {
    let document = "query($first: Int!, $after: String) { galleries(first: $first, after: $after) { \
        edges { node { title } } pageInfo { hasNextPage endCursor } } }";
    let mut pages = Vec::new();
    let mut after = Value::Null;
    loop {
        let data = actor.gets(document, json!({ "first": first, "after": after })).await;
        let edges = data["galleries"]["edges"].as_array().expect("a list").iter();
        pages.push(edges.map(|edge| edge["node"]["title"].as_str().expect("a title").to_owned()).collect());
        if data["galleries"]["pageInfo"]["hasNextPage"] == false {
            return pages;
        }
        after = data["galleries"]["pageInfo"]["endCursor"].clone();
    }
}
