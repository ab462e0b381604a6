//! The trash: what goes in, who sees it, what comes back, and what is gone for good.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{
    Home,
    actor::{NO_ULID, error_codes, photo},
};

const DELETE: &str = "deleteMedia(input: $input) { mediaIds userErrors { code path } }";
const RESTORE: &str = "restoreMedia(input: $input) { mediaIds userErrors { code path } }";
const TRASH: &str = "query($first: Int! = 50, $after: String) { trash(first: $first, after: $after) { \
    edges { node { id status trashedAt } } pageInfo { hasNextPage endCursor } } }";
const MAY: &str = "2024:05:01 10:00:00";
const JULY: &str = "2024:07:03 15:04:05";
const AUGUST: &str = "2024:08:09 20:00:00";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_lies_in_the_trash_latest_first() {
    let home = Home::open().await;
    let (admin, family) = (home.admin().await, home.visitor().await);
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let mut ids = Vec::new();
    for taken in [MAY, JULY, AUGUST] {
        ids.push(admin.adds_photo(&gallery, taken).await);
    }
    for id in [&ids[1], &ids[0], &ids[2]] {
        let payload = admin.does(DELETE, "DeleteMediaInput", json!({ "ids": [id] })).await;
        assert_eq!(payload["mediaIds"], json!([id]));
        home.pass_seconds(1);
    }
    let data = admin.gets(TRASH, json!({})).await;
    assert_eq!(in_trash(&data), [ids[2].as_str(), &ids[0], &ids[1]]);
    assert_eq!(data["trash"]["edges"][0]["node"]["status"], "TRASHED");
    let edges = data["trash"]["edges"].as_array().expect("edges").iter();
    let since: Vec<&str> = edges.map(|edge| edge["node"]["trashedAt"].as_str().expect("a time")).collect();
    assert!(since.is_sorted_by(|one, next| one > next), "{since:?}");
    let first = admin.gets(TRASH, json!({ "first": 2 })).await;
    assert_eq!(in_trash(&first), [ids[2].as_str(), &ids[0]]);
    let after = &first["trash"]["pageInfo"]["endCursor"];
    let rest = admin.gets(TRASH, json!({ "first": 2, "after": after })).await;
    assert_eq!(in_trash(&rest), [ids[1].as_str()]);
    assert_eq!(rest["trash"]["pageInfo"]["hasNextPage"], false);
    let document = "query($id: ID!) { gallery(id: $id) { mediaCount media { edges { cursor } } } }";
    let data = family.gets(document, json!({ "id": gallery })).await;
    assert_eq!(data["gallery"], json!({ "mediaCount": 0, "media": { "edges": [] } }));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trash_is_for_admins() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let anna = home.relative(&admin, "Anna").await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    admin.grants(&gallery, &anna.id().await, json!("CONTRIBUTE")).await;
    let own = anna.adds_photo(&gallery, MAY).await;
    anna.does(DELETE, "DeleteMediaInput", json!({ "ids": [own] })).await;
    let answer = anna.asks(TRASH, json!({})).await;
    assert_eq!((error_codes(&answer), &answer["data"]), (vec!["FORBIDDEN".to_owned()], &json!({ "trash": null })));
    let document = "query($id: ID!) { media(id: $id) { id } node(id: $id) { id } }";
    assert_eq!(anna.gets(document, json!({ "id": own })).await, json!({ "media": null, "node": null }));
    assert_eq!(anna.refusals(RESTORE, "RestoreMediaInput", json!({ "ids": [own] })).await, ["FORBIDDEN"]);
    assert_eq!(anna.mistakes(DELETE, "DeleteMediaInput", json!({ "ids": [own] })).await, ["NOT_FOUND"]);
    let erase = json!({ "ids": [own], "permanently": true });
    assert_eq!(anna.mistakes(DELETE, "DeleteMediaInput", erase).await, ["NOT_FOUND"]);
    assert_eq!(in_trash(&admin.gets(TRASH, json!({})).await), [own]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_contributes_deletes_what_they_brought_and_nothing_else() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let (anna, ben) = (home.relative(&admin, "Anna").await, home.relative(&admin, "Ben").await);
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    for person in [&anna, &ben] {
        admin.grants(&gallery, &person.id().await, json!("CONTRIBUTE")).await;
    }
    let own = anna.adds_photo(&gallery, MAY).await;
    let input = json!({ "ids": [own] });
    for other in [&ben, &home.visitor().await] {
        assert_eq!(other.mistakes(DELETE, "DeleteMediaInput", input.clone()).await, ["FORBIDDEN"]);
    }
    let erase = json!({ "ids": [own], "permanently": true });
    assert_eq!(anna.mistakes(DELETE, "DeleteMediaInput", erase).await, ["FORBIDDEN"], "for good, only admins");
    assert_eq!(home.anonymous().refusals(DELETE, "DeleteMediaInput", input.clone()).await, ["UNAUTHENTICATED"]);
    assert_eq!(in_trash(&admin.gets(TRASH, json!({})).await), Vec::<String>::new());
    let payload = anna.does(DELETE, "DeleteMediaInput", input).await;
    assert_eq!(payload["mediaIds"], json!([own]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_restored_is_as_it_was() {
    let home = Home::open().await;
    let (admin, family) = (home.admin().await, home.visitor().await);
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let media = admin.adds_photo(&gallery, MAY).await;
    family.comments(&media, "What a day!").await;
    let document = "query($id: ID!) { media(id: $id) { status trashedAt caption takenAt width height commentCount \
        gallery { title } uploadedBy { displayName } } }";
    let before = family.gets(document, json!({ "id": media })).await;
    admin.does(DELETE, "DeleteMediaInput", json!({ "ids": [media] })).await;
    let payload = admin.does(RESTORE, "RestoreMediaInput", json!({ "ids": [media] })).await;
    assert_eq!(payload["mediaIds"], json!([media]));
    assert_eq!(family.gets(document, json!({ "id": media })).await, before);
    assert_eq!(in_trash(&admin.gets(TRASH, json!({})).await), Vec::<String>::new());
    let original = admin.gets("query($id: ID!) { media(id: $id) { original { url } } }", json!({ "id": media })).await;
    assert_eq!(admin.fetches(&original["media"]["original"]).await, photo(MAY));
    let again = admin.mistakes(RESTORE, "RestoreMediaInput", json!({ "ids": [media] })).await;
    assert_eq!(again, ["CONFLICT"], "it is not in the trash");
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_twice_is_no_mistake() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let (may, july) = (admin.adds_photo(&gallery, MAY).await, admin.adds_photo(&gallery, JULY).await);
    let payload = admin.does(DELETE, "DeleteMediaInput", json!({ "ids": [may, may, july] })).await;
    assert_eq!(payload["mediaIds"], json!([may, may, july]));
    let data = admin.gets("query($id: ID!) { gallery(id: $id) { mediaCount } }", json!({ "id": gallery })).await;
    assert_eq!(data["gallery"]["mediaCount"], 0, "each was counted once");
    assert_eq!(in_trash(&admin.gets(TRASH, json!({})).await).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_erased_is_gone_from_everywhere() {
    let home = Home::open().await;
    let (admin, family) = (home.admin().await, home.visitor().await);
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let (erased, kept) = (admin.adds_photo(&gallery, MAY).await, admin.adds_photo(&gallery, JULY).await);
    let comment = family.comments(&erased, "What a day!").await;
    let files = "query($id: ID!) { media(id: $id) { thumbnail { url } preview { url } original { url } } }";
    let addresses = family.gets(files, json!({ "id": erased })).await;
    for file in ["thumbnail", "preview", "original"] {
        admin.fetches(&addresses["media"][file]).await;
    }
    assert_eq!((objects(&home, "originals").await, objects(&home, "renditions").await), (2, 4));

    admin.does(DELETE, "DeleteMediaInput", json!({ "ids": [erased] })).await;
    assert_eq!((objects(&home, "originals").await, objects(&home, "renditions").await), (2, 4), "the trash keeps all");
    let payload = admin.does(DELETE, "DeleteMediaInput", json!({ "ids": [erased], "permanently": true })).await;
    assert_eq!(payload["mediaIds"], json!([erased]));
    assert_eq!((objects(&home, "originals").await, objects(&home, "renditions").await), (1, 2));
    for file in ["thumbnail", "preview", "original"] {
        let url = addresses["media"][file]["url"].as_str().expect("an address");
        let answer = home.http.get(url).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{file}");
    }
    let document = "query($id: ID!, $comment: ID!) { media(id: $id) { id } node(id: $comment) { id } }";
    let variables = json!({ "id": erased, "comment": comment });
    assert_eq!(admin.gets(document, variables).await, json!({ "media": null, "node": null }));
    assert_eq!(in_trash(&admin.gets(TRASH, json!({})).await), Vec::<String>::new());
    for call in [DELETE, RESTORE] {
        let input_type = if call == DELETE { "DeleteMediaInput" } else { "RestoreMediaInput" };
        assert_eq!(admin.mistakes(call, input_type, json!({ "ids": [erased] })).await, ["NOT_FOUND"]);
    }
    let document = "query($id: ID!) { gallery(id: $id) { mediaCount media { edges { node { id } } } } }";
    let data = family.gets(document, json!({ "id": gallery })).await;
    assert_eq!(data["gallery"], json!({ "mediaCount": 1, "media": { "edges": [{ "node": { "id": kept } }] } }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_talk_is_erased_with_its_photo() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let media = admin.adds_photo(&gallery, MAY).await;
    let mut comments = Vec::new();
    for n in 0..103 {
        comments.push(admin.comments(&media, &format!("comment {n}")).await);
    }
    admin.does(DELETE, "DeleteMediaInput", json!({ "ids": [media], "permanently": true })).await;
    // A comment is read by way of its photo, so the table itself is asked.
    for id in comments {
        let id = id.parse().expect("an id");
        assert_eq!(home.system.store.get_comment(id).await.expect("the table answers"), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_names_at_most_a_hundred() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let media = admin.adds_photo(&gallery, MAY).await;
    let too_many = json!({ "ids": vec![media.as_str(); 101] });
    assert_eq!(admin.mistakes(DELETE, "DeleteMediaInput", too_many.clone()).await, ["TOO_MANY"]);
    assert_eq!(in_trash(&admin.gets(TRASH, json!({})).await), Vec::<String>::new());
    assert_eq!(admin.mistakes(RESTORE, "RestoreMediaInput", too_many).await, ["TOO_MANY"]);
    let mut hundred = vec![format!("med_{NO_ULID}"); 99];
    hundred.push(media.clone());
    assert_eq!(admin.mistakes(DELETE, "DeleteMediaInput", json!({ "ids": hundred })).await, ["NOT_FOUND"; 99]);
    assert_eq!(in_trash(&admin.gets(TRASH, json!({})).await), [media]);
    let payload = admin.does(DELETE, "DeleteMediaInput", json!({ "ids": [] })).await;
    assert_eq!(payload["mediaIds"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_one_does_not_stop_the_others() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let (may, july) = (admin.adds_photo(&gallery, MAY).await, admin.adds_photo(&gallery, JULY).await);
    let ids = json!([may, format!("med_{NO_ULID}"), july, gallery, ""]);
    let position = |n: &str| json!({ "code": "NOT_FOUND", "path": ["input", "ids", n] });
    for (call, input_type) in [(DELETE, "DeleteMediaInput"), (RESTORE, "RestoreMediaInput")] {
        let document = format!("mutation($input: {input_type}!) {{ done: {call} }}");
        let data = admin.gets(&document, json!({ "input": { "ids": ids } })).await;
        let expected = json!({ "mediaIds": [may, july], "userErrors": [position("1"), position("3"), position("4")] });
        assert_eq!(data["done"], expected, "{call}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_may_not_delete_does_not_stop_what_one_may() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let anna = home.relative(&admin, "Anna").await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    admin.grants(&gallery, &anna.id().await, json!("CONTRIBUTE")).await;
    let (may, august) = (anna.adds_photo(&gallery, MAY).await, anna.adds_photo(&gallery, AUGUST).await);
    let july = admin.adds_photo(&gallery, JULY).await;
    let document = format!("mutation($input: DeleteMediaInput!) {{ {DELETE} }}");
    let data = anna.gets(&document, json!({ "input": { "ids": [may, july, august] } })).await;
    let denied = json!([{ "code": "FORBIDDEN", "path": ["input", "ids", "1"] }]);
    assert_eq!(data["deleteMedia"], json!({ "mediaIds": [may, august], "userErrors": denied }));
    let data = admin.gets("query($id: ID!) { media(id: $id) { status } }", json!({ "id": july })).await;
    assert_eq!(data["media"]["status"], "READY");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_file_may_come_again_while_the_old_one_is_in_the_trash() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let gallery = admin.makes_gallery("Summer", "FAMILY").await;
    let old = admin.adds_photo(&gallery, MAY).await;
    let payload = admin.requests_upload(&gallery, "photo.jpg", "image/jpeg", &photo(MAY)).await;
    assert_eq!(payload["duplicateOf"]["id"], json!(old), "not while it is in the gallery");
    admin.does(DELETE, "DeleteMediaInput", json!({ "ids": [old] })).await;
    let new = admin.adds_photo(&gallery, MAY).await;
    assert_ne!(old, new);
    assert_eq!(admin.mistakes(RESTORE, "RestoreMediaInput", json!({ "ids": [old] })).await, ["CONFLICT"]);
    let document = "query($id: ID!) { gallery(id: $id) { mediaCount media { edges { node { id } } } } }";
    let data = admin.gets(document, json!({ "id": gallery })).await;
    assert_eq!(data["gallery"], json!({ "mediaCount": 1, "media": { "edges": [{ "node": { "id": new } }] } }));
    // Erasing the old one leaves the new one its file; then the old one may not come back either.
    admin.does(DELETE, "DeleteMediaInput", json!({ "ids": [old], "permanently": true })).await;
    let payload = admin.requests_upload(&gallery, "photo.jpg", "image/jpeg", &photo(MAY)).await;
    assert_eq!(payload["duplicateOf"]["id"], json!(new));
    let original = admin.gets("query($id: ID!) { media(id: $id) { original { url } } }", json!({ "id": new })).await;
    assert_eq!(admin.fetches(&original["media"]["original"]).await, photo(MAY));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_on_its_way_is_cancelled_and_not_trashed_or_moved() {
    let home = Home::open().await;
    let admin = home.admin().await;
    let (summer, best) = (admin.makes_gallery("Summer", "FAMILY").await, admin.makes_gallery("Best", "FAMILY").await);
    let ticket = admin.requests_upload(&summer, "photo.jpg", "image/jpeg", &photo(MAY)).await;
    let id = &ticket["ticket"]["mediaId"];
    for permanently in [false, true] {
        let input = json!({ "ids": [id], "permanently": permanently });
        assert_eq!(admin.mistakes(DELETE, "DeleteMediaInput", input).await, ["CONFLICT"]);
    }
    let update = "updateMedia(input: $input) { media { id } userErrors { code } }";
    let input = json!({ "id": id, "galleryId": best });
    assert_eq!(admin.mistakes(update, "UpdateMediaInput", input).await, ["CONFLICT"]);
    let data = admin.gets("{ galleries { edges { node { mediaCount } } } }", json!({})).await;
    let none = json!({ "node": { "mediaCount": 0 } });
    assert_eq!(data["galleries"]["edges"], json!([none, none]));
    let cancel = "cancelUpload(input: $input) { deletedId userErrors { code } }";
    let payload = admin.does(cancel, "CancelUploadInput", json!({ "mediaId": id })).await;
    assert_eq!(&payload["deletedId"], id);
}

fn in_trash(data: &Value) -> Vec<String> {
    let edges = data["trash"]["edges"].as_array().expect("a list").iter();
    edges.map(|edge| edge["node"]["id"].as_str().expect("an id").to_owned()).collect()
}

async fn objects(home: &Home, bucket: &str) -> u64 {
    home.system.objects.object_count(bucket).await.expect("the store counts")
}
