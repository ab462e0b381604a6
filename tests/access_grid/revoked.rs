//! Who lost a right has lost it at the next request, whatever indexes still claim. The session goes on meanwhile, where
//! it was not the session that ended.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use model::Location;
use processor::testing::{ExifFields, jpeg_with_exif};
use serde_json::{Value, json};

use super::doors::{Door, call, hear, invoke};
use crate::support::{Actor, Home, aws::dynamodb};

type Item = HashMap<String, AttributeValue>;

const PASSWORD: &str = "a-new-password";
/// The month of the photo, as `timelineMonths` tells it; days are told otherwise.
const MONTH: &str = "\"2024-07\"";

/// A restricted gallery with a photo that Anna likes, and about which she said something.
struct Album {
    home: Home,
    admin: Actor,
    anna: Actor,
    annas_id: String,
    gallery: String,
    photo: String,
    comment: String,
    /// Somebody whose avatar is the photo.
    aunt: String,
}

/// A way to learn of the album: a field of a type, its arguments, what is selected of it, and whose field it is.
struct Question {
    ty: &'static str,
    field: &'static str,
    arguments: Value,
    selection: &'static str,
    source: String,
}

impl Album {
    async fn new() -> Self {
        let home = Home::open().await;
        let admin = home.admin().await;
        let anna = home.relative(&admin, "Anna").await;
        let annas_id = anna.id().await;
        let gallery = admin.makes_gallery("At the lake", "RESTRICTED").await;
        admin.grants(&gallery, &annas_id, json!("CONTRIBUTE")).await;
        let notes = ExifFields {
            taken: Some("2024:07:03 15:04:05".to_owned()),
            location: Some(Location { latitude: 48.2, longitude: 16.37, altitude_metres: None }),
            ..ExifFields::default()
        };
        let photo = anna.adds(&gallery, "lake.jpg", "image/jpeg", &jpeg_with_exif(60, 40, 1, &notes)).await;
        let photo = photo["id"].as_str().expect("an id").to_owned();
        let comment = anna.comments(&photo, "The lake was cold").await;
        for person in [&anna, &admin] {
            person
                .does("likeMedia(input: $input) { userErrors { code } }", "LikeMediaInput", json!({ "mediaId": photo }))
                .await;
        }
        let aunt = home.relative(&admin, "Aunt").await;
        let aunts_id = aunt.id().await;
        admin.grants(&gallery, &aunts_id, json!("VIEW")).await;
        let input = json!({ "avatarMediaId": photo });
        aunt.does("updateProfile(input: $input) { userErrors { code } }", "UpdateProfileInput", input).await;
        Self { home, admin, anna, annas_id, gallery, photo, comment, aunt: aunts_id }
    }

    /// Everything by which Anna could learn of it.
    #[rustfmt::skip]
    fn questions(&self) -> Vec<Question> {
        let root = Question::root;
        let of = |ty, id: &String, field, arguments, selection| Question { ty, field, arguments, selection, source: id.clone() };
        vec![
            root("gallery", json!({ "id": self.gallery }), "{ id }"),
            root("media", json!({ "id": self.photo }), "{ id thumbnail { url } original { url } location { latitude } }"),
            root("node", json!({ "id": self.gallery }), "{ id }"),
            root("node", json!({ "id": self.photo }), "{ id }"),
            root("node", json!({ "id": self.comment }), "{ id ... on Comment { text } }"),
            root("galleries", json!({ "first": 100 }), "{ edges { node { id } } }"),
            root("timeline", json!({ "first": 100 }), "{ edges { node { id } } }"),
            root("timelineMonths", json!({}), "{ month count }"),
            root("favourites", json!({ "first": 100 }), "{ edges { node { id } } }"),
            root("search", json!({ "text": "lake", "first": 100 }), "{ edges { node { ... on Node { id } } } }"),
            root("activity", json!({ "first": 100 }), "{ edges { node { ... on MediaAddedActivity { gallery { id } } \
                ... on CommentActivity { comment { id } } ... on LikeActivity { media { id } } } } }"),
            of("Gallery", &self.gallery, "media", json!({ "first": 100 }), "{ edges { node { id } } }"),
            of("Gallery", &self.gallery, "media", json!({ "first": 100, "sort": "MANUAL" }), "{ edges { node { id } } }"),
            of("Gallery", &self.gallery, "cover", json!({}), "{ id }"),
            of("Photo", &self.photo, "gallery", json!({}), "{ id }"),
            of("Photo", &self.photo, "comments", json!({ "first": 100 }), "{ edges { node { id } } }"),
            of("Comment", &self.comment, "media", json!({}), "{ id }"),
            of("User", &self.aunt, "avatar", json!({}), "{ url }"),
        ]
    }

    /// The questions whose answers tell Anna one of the secrets, by their fields.
    async fn tells(&self, door: Door, secrets: &[&str]) -> BTreeSet<String> {
        let mut telling = BTreeSet::new();
        for question in self.questions() {
            let answer = question.ask(&self.home, &self.anna, door).await;
            if secrets.iter().any(|secret| answer.contains(secret)) {
                telling.insert(question.name());
            }
        }
        telling
    }

    /// All that names the album, wherever it stands: in ids, in addresses, in months.
    fn traces(&self) -> [&str; 3] {
        let [gallery, photo] = [&self.gallery, &self.photo].map(|id| id.split_once('_').expect("a prefix").1);
        [gallery, photo, MONTH]
    }

    /// Does something that an admin may do.
    async fn decide(&self, call: &str, type_name: &str, input: Value) {
        self.admin.does(&format!("{call}(input: $input) {{ userErrors {{ code }} }}"), type_name, input).await;
    }
}

impl Question {
    fn root(field: &'static str, arguments: Value, selection: &'static str) -> Self {
        Self { ty: "Query", field, arguments, selection, source: String::new() }
    }

    fn name(&self) -> String {
        format!("{}.{} {}", self.ty, self.field, self.arguments)
    }

    /// Whether it tells of the gallery, and not of what is in it.
    fn is_about_gallery(&self) -> bool {
        matches!(self.field, "gallery" | "galleries")
            || self.arguments["id"].as_str().is_some_and(|id| id.starts_with("gal_"))
    }

    async fn ask(&self, home: &Home, actor: &Actor, door: Door) -> String {
        let Self { ty, field, arguments, selection, source } = self;
        match door {
            Door::AppSync => {
                let source = if *ty == "Query" { Value::Null } else { json!({ "__typename": ty, "id": source }) };
                format!("{:?}", invoke(home, actor, ty, field, arguments.clone(), source).await)
            }
            Door::Http => {
                let asked = format!("{} {selection}", call(field, arguments));
                let document = match *ty {
                    "Query" => format!("{{ {asked} }}"),
                    _ => format!("{{ {} {{ ... on {ty} {{ {asked} }} }} }}", call("node", &json!({ "id": source }))),
                };
                hear(actor, &document, json!({})).await.0.to_string()
            }
        }
    }
}

/// Anna is told of the photo, and of the gallery where that goes too, by all that could tell; after the change by nothing,
/// though indexes have not heard of it, and though she is still signed in.
async fn anna_loses(what: Lost, change: impl AsyncFnOnce(&Album)) {
    let album = Album::new().await;
    let traces = album.traces();
    let traces = match what {
        Lost::Album => &traces[..],
        Lost::Photo => &traces[1..],
    };
    let all: BTreeSet<String> =
        album.questions().iter().filter(|q| what == Lost::Album || !q.is_about_gallery()).map(Question::name).collect();
    for door in Door::ALL {
        assert_eq!(album.tells(door, traces).await, all, "{door:?}, before");
    }
    behind_the_back_of_indexes(&album.home, change(&album)).await;
    for door in Door::ALL {
        assert_eq!(album.tells(door, traces).await, BTreeSet::new(), "{door:?}, after");
        let me = me().ask(&album.home, &album.anna, door).await;
        assert!(me.contains(&album.annas_id), "{door:?}: {me}");
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Lost {
    Album,
    Photo,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_who_was_taken_off_the_list_is_outside_whatever_the_index_says() {
    anna_loses(Lost::Album, async |album| {
        album.admin.grants(&album.gallery, &album.annas_id, Value::Null).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gallery_that_turned_private_is_gone_whatever_the_index_says() {
    anna_loses(Lost::Album, async |album| {
        let input = json!({ "id": album.gallery, "visibility": "PRIVATE" });
        album.decide("updateGallery", "UpdateGalleryInput", input).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_gallery_is_gone_whatever_the_index_says() {
    anna_loses(Lost::Album, async |album| {
        album.decide("deleteGallery", "DeleteGalleryInput", json!({ "id": album.gallery, "withMedia": true })).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_in_the_trash_is_gone_whatever_the_index_says() {
    anna_loses(Lost::Photo, async |album| {
        album.decide("deleteMedia", "DeleteMediaInput", json!({ "ids": [album.photo] })).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_that_moved_to_where_one_does_not_see_is_gone_whatever_the_index_says() {
    anna_loses(Lost::Photo, async |album| {
        let private = album.admin.makes_gallery("Surprise", "PRIVATE").await;
        album.decide("updateMedia", "UpdateMediaInput", json!({ "id": album.photo, "galleryId": private })).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_user_is_nobody_whatever_the_index_says() {
    let album = Album::new().await;
    behind_the_back_of_indexes(&album.home, async {
        let input = json!({ "userId": album.annas_id, "disabled": true });
        album.decide("setUserDisabled", "SetUserDisabledInput", input).await;
    })
    .await;
    assert_nobody(&album, &album.anna).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demoted_admin_is_a_visitor_at_once_whatever_the_index_says() {
    let album = Album::new().await;
    let first = album.admin.invites("bea@example.org", "Bea", "ADMIN").await;
    let bea = album.home.anonymous().signed_in_for_the_first_time("bea@example.org", &first, PASSWORD).await;
    let hidden = album.admin.makes_gallery("Surprise", "PRIVATE").await;
    let see = Question::root("gallery", json!({ "id": hidden }), "{ id }");
    for door in Door::ALL {
        assert!(see.ask(&album.home, &bea, door).await.contains(&hidden), "{door:?}");
    }
    let id = bea.id().await;
    behind_the_back_of_indexes(&album.home, async {
        album.decide("setUserRole", "SetUserRoleInput", json!({ "userId": id, "role": "VISITOR" })).await;
    })
    .await;
    // The session was an admin's, and ended with that; what she gets now is a visitor's.
    assert_nobody(&album, &bea).await;
    album.home.pass_seconds(1);
    let call = "signIn(input: $input) { session { accessToken } userErrors { code } }";
    let input = json!({ "email": "bea@example.org", "password": PASSWORD });
    let session = album.home.anonymous().does(call, "SignInInput", input).await["session"].take();
    let bea = Actor::new(&album.home, Some(session));
    for door in Door::ALL {
        assert!(!see.ask(&album.home, &bea, door).await.contains(&hidden), "{door:?}");
        let users = Question::root("users", json!({}), "{ edges { cursor } }");
        assert!(users.ask(&album.home, &bea, door).await.contains("FORBIDDEN"), "{door:?}");
        assert!(me().ask(&album.home, &bea, door).await.contains(&id), "{door:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_link_opens_nothing_whatever_the_index_says() {
    let album = Album::new().await;
    let link = album.admin.shares(&album.gallery, json!({})).await;
    let guest = album.home.comes_by(&link).await;
    let see = &album.questions()[0];
    for door in Door::ALL {
        assert!(see.ask(&album.home, &guest, door).await.contains(&album.gallery), "{door:?}");
    }
    behind_the_back_of_indexes(&album.home, async {
        album.decide("revokeShareLink", "RevokeShareLinkInput", json!({ "id": link["id"] })).await;
    })
    .await;
    assert_nobody(&album, &guest).await;
}

/// The question who one is.
fn me() -> Question {
    Question::root("viewer", json!({}), "{ id }")
}

/// Whatever this person asks, both doors answer that nobody is signed in.
async fn assert_nobody(album: &Album, person: &Actor) {
    for door in Door::ALL {
        for question in album.questions().into_iter().chain([me()]) {
            let answer = question.ask(&album.home, person, door).await;
            assert!(answer.contains("UNAUTHENTICATED"), "{door:?} {}: {answer}", question.name());
            assert!(
                album.traces().iter().all(|trace| !answer.contains(trace)),
                "{door:?} {}: {answer}",
                question.name()
            );
        }
    }
}

/// Does something, and then brings back what it took out of lists and indexes, as if those had not heard of it.
async fn behind_the_back_of_indexes(home: &Home, change: impl Future<Output = ()>) {
    let before = home.items().await;
    change.await;
    let after = home.items().await;
    let client = dynamodb(home);
    let mut stale = 0;
    for (number, mut item) in before.into_iter().filter(|item| !after.contains(item)).enumerate() {
        let listed = ["GSI1PK", "GSI2PK"].iter().any(|key| item.contains_key(*key));
        let is_list = ["WORD#", "ACTIVITY"].iter().any(|list| text(&item, "PK").starts_with(list));
        if !listed && !is_list {
            continue;
        }
        // An index holds a copy under keys of its own, which is what this looks like to whoever asks the index.
        if listed {
            item.insert("PK".to_owned(), AttributeValue::S(format!("STALE#{number}")));
        }
        client.put_item().table_name("mantel").set_item(Some(item)).send().await.expect("the table takes it");
        stale += 1;
    }
    assert!(stale > 0, "the change takes something out of an index");
}

fn text<'a>(item: &'a Item, attribute: &str) -> &'a str {
    item.get(attribute).and_then(|value| value.as_s().ok()).map_or("", String::as_str)
}
