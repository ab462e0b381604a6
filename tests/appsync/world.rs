//! What the documents are about. There are three worlds in one home, alike but for their ids, so that a mutation can be
//! sent through each door.

use std::collections::HashMap;

use model::Timestamp;
use serde_json::{Value, json};

use super::entry::Who;
use crate::support::{Actor, Home};

/// Less than this before the full hour, the clock is set to it: addresses are signed as of the start of their hour, and
/// must be the same at both doors.
const MARGIN_SECONDS: i64 = 300;
const HOUR_SECONDS: i64 = 3_600;
const PASSWORD: &str = "a-new-password";
/// A film that cannot be shown yet, but has a record.
const FILM: &[u8] = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom\0\0\0\x08mdat";

/// A home with three worlds.
pub(super) struct Stage {
    pub(super) home: Home,
    pub(super) worlds: [World; 3],
    /// Before anything was made.
    pub(super) began: Timestamp,
}

impl Stage {
    pub(super) async fn set() -> Self {
        let home = Home::open().await;
        let began = home.now();
        let (admin, visitor) = (home.admin().await, home.visitor().await);
        let (first, second, third) = tokio::join!(
            World::build(&home, &admin, &visitor, 1),
            World::build(&home, &admin, &visitor, 2),
            World::build(&home, &admin, &visitor, 3),
        );
        let mut worlds = [first, second, third];
        let left = HOUR_SECONDS - home.now().unix_seconds().rem_euclid(HOUR_SECONDS);
        if left < MARGIN_SECONDS {
            home.pass_seconds(left);
        }
        for world in &mut worlds {
            world.begin().await;
        }
        Self { home, worlds, began }
    }
}

/// People, galleries, photos and comments. Names are what `$name` in variables stands for.
pub(super) struct World {
    people: [(Who, Actor); 4],
    number: usize,
    names: HashMap<&'static str, String>,
}

impl World {
    async fn build(home: &Home, admin: &Actor, visitor: &Actor, number: usize) -> Self {
        let email = format!("rosa{number}@example.org");
        let first = admin.invites(&email, "Rosa", "VISITOR").await;
        let rosa = home.anonymous().signed_in_for_the_first_time(&email, &first, PASSWORD).await;
        let people = [
            (Who::Anonymous, home.anonymous()),
            (Who::Visitor, visitor.clone()),
            (Who::Admin, admin.clone()),
            (Who::Rosa, rosa),
        ];
        let mut world = Self { people, number, names: HashMap::from([("rosasEmail", email)]) };
        world.fill_galleries().await;
        world.fill_comments().await;
        world.invite_others().await;
        world
    }

    pub(super) fn person(&self, who: Who) -> &Actor {
        let (_, actor) = self.people.iter().find(|(known, _)| *known == who).expect("everybody is there");
        actor
    }

    /// Puts the names of this world into variables.
    pub(super) fn fill_in(&self, variables: &Value) -> Value {
        match variables {
            Value::String(text) => match text.strip_prefix('$') {
                Some(name) => json!(self.name(name)),
                None => variables.clone(),
            },
            Value::Array(items) => items.iter().map(|item| self.fill_in(item)).collect(),
            Value::Object(fields) => {
                Value::Object(fields.iter().map(|(key, value)| (key.clone(), self.fill_in(value))).collect())
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => variables.clone(),
        }
    }

    /// Names and what they stand for.
    pub(super) fn names(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.names.iter().map(|(name, value)| (*name, value.as_str()))
    }

    fn name(&self, name: &str) -> &str {
        self.names.get(name).unwrap_or_else(|| panic!("nothing in the world is called ${name}"))
    }

    async fn fill_galleries(&mut self) {
        let (admin, rosa) = (self.person(Who::Admin).clone(), self.person(Who::Rosa).clone());
        let rosas_id = rosa.id().await;
        for (name, title, visibility) in [
            ("summer", "Summer", "FAMILY"),
            ("empty", "Empty", "FAMILY"),
            ("guests", "Guests", "RESTRICTED"),
            ("secret", "Secret", "PRIVATE"),
        ] {
            self.names.insert(name, admin.makes_gallery(title, visibility).await);
        }
        admin.grants(self.name("guests"), &rosas_id, json!("CONTRIBUTE")).await;
        self.names.insert("rosa", rosas_id);
        for (name, gallery, who, taken) in [
            ("may", "summer", &admin, "2024:05:01 10:00:00"),
            ("june", "summer", &admin, "2024:06:02 11:00:00"),
            ("july", "summer", &admin, "2024:07:03 15:04:05"),
            ("august", "summer", &admin, "2024:08:09 20:00:00"),
            ("trashed", "summer", &admin, "2024:12:24 18:00:00"),
            ("guestPhoto", "guests", &admin, "2024:09:01 12:00:00"),
            ("rosasPhoto", "guests", &rosa, "2024:09:02 12:00:00"),
            ("secretPhoto", "secret", &admin, "2024:10:01 12:00:00"),
        ] {
            self.names.insert(name, who.adds_photo(self.name(gallery), taken).await);
        }
        let film = admin.adds(self.name("summer"), "film.mp4", "video/mp4", FILM).await;
        self.names.insert("film", film["id"].as_str().expect("an id").to_owned());
        let call = "deleteMedia(input: $input) { mediaIds userErrors { code } }";
        admin.does(call, "DeleteMediaInput", json!({ "ids": [self.name("trashed")] })).await;
    }

    async fn fill_comments(&mut self) {
        for (name, media, who) in [
            ("adminsComment", "july", Who::Admin),
            ("familysComment", "july", Who::Visitor),
            ("rosasComment", "rosasPhoto", Who::Rosa),
            ("removed", "july", Who::Admin),
            ("commentOnFilm", "film", Who::Admin),
        ] {
            let id = self.person(who).comments(self.name(media), &format!("The {name}.")).await;
            self.names.insert(name, id);
        }
        let call = "deleteComment(input: $input) { userErrors { code } }";
        self.person(Who::Admin).does(call, "DeleteCommentInput", json!({ "id": self.name("removed") })).await;
    }

    async fn invite_others(&mut self) {
        let admin = self.person(Who::Admin).clone();
        let call = "createShareLink(input: $input) { shareLink { id url } userErrors { code } }";
        let input = json!({ "galleryId": self.name("guests"), "label": "Neighbours", "password": "sesame" });
        let made = admin.does(call, "CreateShareLinkInput", input).await;
        let url = made["shareLink"]["url"].as_str().expect("a url");
        let (_, token) = url.split_once('#').expect("the token is behind the hash");
        self.names.insert("linkToken", token.to_owned());
        self.names.insert("link", made["shareLink"]["id"].as_str().expect("an id").to_owned());
        let email = format!("otto{}@example.org", self.number);
        let call = "inviteUser(input: $input) { user { id } userErrors { code } }";
        let input = json!({ "email": email, "displayName": "Otto", "role": "VISITOR" });
        let otto = admin.does(call, "InviteUserInput", input).await;
        self.names.insert("otto", otto["user"]["id"].as_str().expect("an id").to_owned());
        self.names.insert("admin", admin.id().await);
        self.names.insert("family", self.person(Who::Visitor).id().await);
        self.names.insert("ottosEmail", email);
        self.names.insert("newEmail", format!("new{}@example.org", self.number));
    }

    /// What is soon over: challenges, uploads under way; and places in lists.
    async fn begin(&mut self) {
        let (admin, rosa) = (self.person(Who::Admin).clone(), self.person(Who::Rosa).clone());
        self.names.insert("rosasRefreshToken", rosa.refresh_token().to_owned());
        let email = format!("guest{}@example.org", self.number);
        let first = admin.invites(&email, "Guest", "VISITOR").await;
        let call = "signIn(input: $input) { challenge userErrors { code } }";
        let input = json!({ "email": email, "password": first });
        let payload = self.person(Who::Anonymous).does(call, "SignInInput", input).await;
        self.names.insert("challenge", payload["challenge"].as_str().expect("a challenge").to_owned());
        for (name, bytes) in [("upload", b"on its way"), ("uploadToo", b"on its too")] {
            let payload = rosa.requests_upload(self.name("guests"), "a.jpg", "image/jpeg", bytes).await;
            self.names.insert(name, payload["ticket"]["mediaId"].as_str().expect("an id").to_owned());
        }
        let pages = "query($id: ID!, $after: String) { gallery(id: $id) { media(first: 2, after: $after) { \
                     pageInfo { endCursor } } } }";
        for (name, after) in [("pageOne", None), ("pageTwo", Some("pageOne"))] {
            let after = after.map(|name| self.name(name));
            let data = admin.gets(pages, json!({ "id": self.name("summer"), "after": after })).await;
            let cursor = &data["gallery"]["media"]["pageInfo"]["endCursor"];
            self.names.insert(name, cursor.as_str().expect("a cursor").to_owned());
        }
        let galleries = "{ galleries(first: 1) { pageInfo { endCursor } } }";
        let data = self.person(Who::Visitor).gets(galleries, json!({})).await;
        let cursor = data["galleries"]["pageInfo"]["endCursor"].as_str().expect("a cursor").to_owned();
        self.names.insert("firstGallery", cursor);
    }
}
