//! Single fields: what they are answered with, and how they fail.

use serde_json::{Value, json};

use super::{code, event, of, resolve, value};
use crate::support::{
    Actor, Home,
    actor::{NO_ULID, error_codes},
    home::FAMILY_PASSWORD,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_root_query_answers_all_that_is_plain_as_the_other_door_does() {
    let home = Home::open().await;
    let (admin, visitor) = (home.admin().await, home.visitor().await);
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let document = "query($id: ID!) { gallery(id: $id) { __typename id title description visibility sort mediaCount \
        firstTakenOn lastTakenOn createdAt updatedAt } }";
    let data = visitor.gets(document, json!({ "id": gallery })).await;
    let answer = value(&home, event(&visitor, "Query", "gallery", json!({ "id": gallery }))).await;
    assert_eq!(answer, data["gallery"]);
    let hidden = admin.makes_gallery("Surprise", "PRIVATE").await;
    for id in [hidden, format!("gal_{NO_ULID}"), "nonsense".to_owned()] {
        assert_eq!(value(&home, event(&visitor, "Query", "node", json!({ "id": id }))).await, Value::Null);
    }
    let options = value(&home, event(&home.anonymous(), "Query", "signInOptions", json!({}))).await;
    assert_eq!(options.as_array().expect("a list").len(), 2, "{options:#}");
    assert_eq!(options[0]["__typename"], "SignInOption");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mutation_is_done_once_and_mistakes_are_data() {
    let home = Home::open().await;
    let (admin, visitor) = (home.admin().await, home.visitor().await);
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let photo = admin.adds_photo(&gallery, "2024:07:03 15:04:05").await;
    let comment =
        |text: &str| event(&visitor, "Mutation", "addComment", json!({ "input": { "mediaId": photo, "text": text } }));
    let answer = value(&home, comment("How lovely")).await;
    assert_eq!(answer["__typename"], "CommentPayload");
    assert_eq!(answer["comment"]["text"], "How lovely");
    assert_eq!((&answer["media"]["__typename"], &answer["media"]["id"]), (&json!("Photo"), &json!(photo)));
    assert_eq!(answer["userErrors"], json!([]));
    let answer = value(&home, comment(" ")).await;
    assert_eq!(answer["comment"], Value::Null);
    assert_eq!(answer["userErrors"][0]["code"], "BLANK");
    let said = value(&home, of(&visitor, "Photo", &photo, "comments", json!({}))).await;
    assert_eq!(said["edges"].as_array().expect("edges").len(), 1, "{said:#}");
    let undone = event(&visitor, "Mutation", "deleteGallery", json!({ "input": { "id": gallery } }));
    assert_eq!(code(&home, undone).await, "FORBIDDEN");
    assert_ne!(value(&home, event(&visitor, "Query", "gallery", json!({ "id": gallery }))).await, Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nested_field_is_found_through_the_id_of_its_parent_under_the_rules_of_node() {
    let home = Home::open().await;
    let (admin, visitor) = (home.admin().await, home.visitor().await);
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let first = admin.adds_photo(&gallery, "2024:07:03 15:04:05").await;
    admin.adds_photo(&gallery, "2024:07:04 15:04:05").await;
    let mut page = of(&visitor, "Gallery", &gallery, "media", json!({ "first": 1 }));
    page["request"]["headers"]["host"] = json!("photos.example.org:8480");
    let page = value(&home, page).await;
    let node = &page["edges"][0]["node"];
    assert_eq!((&node["__typename"], &node["id"]), (&json!("Photo"), &json!(first)), "{page:#}");
    assert_eq!(page["pageInfo"]["hasNextPage"], true);
    let url = node["thumbnail"]["url"].as_str().expect("a url");
    assert!(url.starts_with("http://photos.example.org:"), "{url}");
    let after = json!({ "first": 1, "after": page["pageInfo"]["endCursor"] });
    let page = value(&home, of(&visitor, "Gallery", &gallery, "media", after)).await;
    assert_eq!(page["pageInfo"]["hasNextPage"], false);

    let cover = value(&home, of(&visitor, "Gallery", &gallery, "cover", json!({}))).await;
    assert_eq!(cover["id"], first.as_str());
    let may = value(&home, of(&visitor, "Gallery", &gallery, "viewerCan", json!({}))).await;
    assert_eq!((&may["__typename"], &may["edit"]), (&json!("GalleryPermissions"), &json!(false)));
    let hidden = admin.makes_gallery("Surprise", "PRIVATE").await;
    for id in [hidden.as_str(), &format!("gal_{NO_ULID}"), "nonsense", &first] {
        let nothing = value(&home, of(&visitor, "Gallery", id, "media", json!({}))).await;
        assert_eq!(nothing, Value::Null, "{id}");
    }
    let may = value(&home, of(&admin, "Gallery", &hidden, "viewerCan", json!({}))).await;
    assert_eq!(may["edit"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_appsync_would_not_ask_is_refused() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let page = |arguments| of(&admin, "Gallery", &gallery, "media", arguments);
    value(&home, page(json!({ "first": 100 }))).await;
    let mut without_id = page(json!({}));
    without_id["source"] = json!({ "title": "Summer" });
    let mut without_source = page(json!({}));
    without_source["source"] = Value::Null;
    for (what, refused) in [
        ("a page of 101", page(json!({ "first": 101 }))),
        ("a page of none", page(json!({ "first": 0 }))),
        ("a text as number", page(json!({ "first": "many" }))),
        ("null where a number must be", page(json!({ "first": null }))),
        ("an order that is none", page(json!({ "sort": "SIDEWAYS" }))),
        ("a foreign cursor", page(json!({ "after": "nonsense" }))),
        ("an unknown argument", page(json!({ "last": 5 }))),
        ("a name that is more than a name", page(json!({ "first: 1) { edges { cursor } } title #": 5 }))),
        ("no argument where one must be", event(&admin, "Query", "gallery", json!({}))),
        ("an input of the wrong form", event(&admin, "Mutation", "addComment", json!({ "input": { "text": 1 } }))),
        ("a plain field", of(&admin, "Gallery", &gallery, "title", json!({}))),
        ("an unknown field", event(&admin, "Query", "everything", json!({}))),
        ("an unknown type", of(&admin, "Album", &gallery, "media", json!({}))),
        ("introspection", event(&admin, "Query", "__schema", json!({}))),
        ("a parent without id", without_id),
        ("no parent", without_source),
        ("an unknown subscription", event(&admin, "Subscription", "onEverything", json!({}))),
        ("no event", json!({ "version": "2.0" })),
        ("a text", json!("event")),
        ("nothing", Value::Null),
    ] {
        let failure = resolve(&home, refused).await.err().unwrap_or_else(|| panic!("{what} was answered"));
        assert_eq!(failure.error_type, "BAD_REQUEST", "{what}: {failure:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_have_the_codes_and_texts_of_the_other_door() {
    let home = Home::open().await;
    let (anonymous, visitor) = (home.anonymous(), home.visitor().await);
    for (actor, field, document) in [
        (&anonymous, "viewer", "{ viewer { id } }"),
        (&visitor, "users", "{ users { edges { cursor } } }"),
        (&visitor, "trash", "{ trash { edges { cursor } } }"),
    ] {
        let answer = actor.asks(document, json!({})).await;
        let failure = resolve(&home, event(actor, "Query", field, json!({}))).await.expect_err("it fails");
        assert_eq!(error_codes(&answer), [failure.error_type], "{field}");
        assert_eq!(answer["errors"][0]["message"], failure.message, "{field}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_the_token_itself_takes_it_from_the_header() {
    let home = Home::open().await;
    let (admin, visitor) = (home.admin().await, home.visitor().await);
    let change = |authorization: Value, new: &str| {
        let input = json!({ "input": { "currentPassword": FAMILY_PASSWORD, "newPassword": new } });
        let mut event = event(&visitor, "Mutation", "changePassword", input);
        event["request"]["headers"]["authorization"] = authorization;
        event
    };
    let token = |actor: &Actor| actor.access_token().expect("a session").to_owned();
    let id_token = visitor.session.as_ref().expect("a session")["idToken"].clone();
    for (what, header) in [
        ("no header", Value::Null),
        ("another's token", json!(token(&admin))),
        ("another scheme", json!(format!("Basic {}", token(&visitor)))),
        ("no token", json!("nonsense")),
    ] {
        assert_eq!(code(&home, change(header, "another-password")).await, "UNAUTHENTICATED", "{what}");
    }
    assert!(resolve(&home, change(id_token, "another-password")).await.is_err());
    home.visitor().await;
    for header in [token(&visitor), format!("Bearer {}", token(&visitor))] {
        let answer = value(&home, change(json!(header), FAMILY_PASSWORD)).await;
        assert_eq!(answer["userErrors"], json!([]), "{answer:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_may_be_a_megabyte_and_not_more() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let photo = admin.adds_photo(&gallery, "2024:07:03 15:04:05").await;
    // The table gives a megabyte at once, so that the answer must be longer than what is stored: a quote takes two bytes.
    let text = format!("{}{}", "\"".repeat(2_100), "\u{1F4F7}".repeat(1_900));
    for _ in 0..100 {
        let input = json!({ "input": { "mediaId": photo, "text": text } });
        value(&home, event(&admin, "Mutation", "addComment", input)).await;
    }
    let comments = |first: u32| of(&admin, "Photo", &photo, "comments", json!({ "first": first }));
    let one = value(&home, comments(1)).await.to_string().len();
    let mut most = 80;
    let refused = loop {
        match resolve(&home, comments(most + 1)).await {
            Ok(answer) => {
                let bytes = answer.to_string().len();
                assert!(bytes <= resolvers::MAX_ANSWER_BYTES, "{bytes}");
                most += 1;
            }
            Err(failure) => break failure,
        }
    };
    let message = "The answer is larger than 1 MB. Ask for less at once.";
    assert_eq!((refused.error_type.as_str(), refused.message.as_str()), ("RESPONSE_TOO_LARGE", message));
    let bytes = value(&home, comments(most)).await.to_string().len();
    assert!((80..100).contains(&most) && bytes + one > resolvers::MAX_ANSWER_BYTES, "{most} comments, {bytes} bytes");

    let codes = async |counts: &[u32]| -> Vec<Value> {
        let items = super::batch(&home, counts.iter().map(|&count| comments(count)).collect()).await;
        items.iter().map(|item| item["errorType"].clone()).collect()
    };
    let too_large = json!("RESPONSE_TOO_LARGE");
    assert_eq!(codes(&[1, most + 1, 2]).await, [Value::Null, too_large.clone(), Value::Null]);
    assert_eq!(codes(&[most; 6]).await[..5], [const { Value::Null }; 5], "five megabytes in all");
    assert_eq!(codes(&[most; 6]).await[5], too_large);
}
