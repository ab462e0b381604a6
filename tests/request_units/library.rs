//! A filled library: its records are written through the store, which takes a fraction of the time that uploads take.
//! Ids and sizes are the same at every run.

use std::collections::HashMap;

use lambda_http::{Body, http};
use model::{
    AccessLevel, Actor as Doer, Announcement, AuditLine, AuditLineId, Caption, Comment, CommentId, CommentText,
    DisplayName, FileName, Findings, Gallery, GalleryId, Grant, Like, LinkId, Media, MediaId, MediaKind, Outcome,
    RenditionSize, Renditions, Role, Rotation, Sha256, ShareLink, TakenAt, Timestamp, Title, Upload, User, UserId,
    Visibility, object_key::recipe,
};
use serde_json::{Value, json};
use store::{Calls, Store};
use ulid::Ulid;

use crate::support::{Actor, Home};

/// How many different people brought the photos of the gallery.
const UPLOADERS: usize = 12;
const AGE_SECONDS: i64 = 48 * 3_600;
const HOUR_SECONDS: i64 = 3_600;

/// How much a library holds.
#[derive(Clone, Copy)]
pub(super) struct Size {
    /// Photos of the one gallery that most is about.
    pub(super) photos: usize,
    /// Of everything else: people, galleries with a photo each, comments, replies, likes, links, lines of lists.
    pub(super) others: usize,
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Anonymous,
    Family,
    Admin,
}

/// A home with a filled library.
pub(super) struct Library {
    pub(super) home: Home,
    pub(super) admin: Actor,
    pub(super) family: Actor,
    /// What `$name` in variables stands for.
    pub(super) names: HashMap<&'static str, String>,
}

impl Library {
    pub(super) async fn filled(size: Size) -> Self {
        let home = Home::open().await;
        let (admin, family) = (home.admin().await, home.visitor().await);
        let ids = (admin.id().await.parse().expect("an id"), family.id().await.parse().expect("an id"));
        let begun = home.now().floor_to(HOUR_SECONDS).plus_seconds(-AGE_SECONDS);
        let filling = Filling { store: &home.system.store, begun, admin: ids.0, family: ids.1 };
        filling.all(size).await;
        let names = HashMap::from([
            ("summer", summer().to_string()),
            ("album", album(0).to_string()),
            ("photo", photo(0).to_string()),
            ("another", photo(1).to_string()),
            ("tilted", photo(2).to_string()),
            ("comment", comment(0).to_string()),
            ("person", person(0).to_string()),
            ("family", ids.1.to_string()),
        ]);
        Self { home, admin, family, names }
    }

    pub(super) fn person(&self, who: Who) -> Actor {
        match who {
            Who::Anonymous => self.home.anonymous(),
            Who::Family => self.family.clone(),
            Who::Admin => self.admin.clone(),
        }
    }

    /// Variables with the ids of this library for their names.
    pub(super) fn variables(&self, text: &str) -> Value {
        let variables =
            serde_json::from_str(text).unwrap_or_else(|error| panic!("variables are JSON: {error}: {text}"));
        self.filled_in(variables)
    }

    fn filled_in(&self, value: Value) -> Value {
        match value {
            Value::String(text) => match text.strip_prefix('$') {
                Some(name) => json!(self.names.get(name).unwrap_or_else(|| panic!("nothing is called ${name}"))),
                None => Value::String(text),
            },
            Value::Array(items) => items.into_iter().map(|item| self.filled_in(item)).collect(),
            Value::Object(fields) => {
                Value::Object(fields.into_iter().map(|(key, value)| (key, self.filled_in(value))).collect())
            }
            other => other,
        }
    }

    /// Sends a document through the HTTP door of this process, and tells which calls that took. It must succeed.
    pub(super) async fn asks(&self, who: Who, document: &str, variables: &Value) -> (Value, Calls) {
        let body = json!({ "query": document, "variables": variables }).to_string();
        let mut request = http::Request::post("/graphql").header("host", "localhost");
        request = request.header("content-type", "application/json");
        if let Some(token) = self.person(who).access_token() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.body(Body::Text(body)).expect("a request");
        let (answer, calls) = store::measured(Box::pin(self.home.system.api.handle(request))).await;
        let mut answer: Value = serde_json::from_slice(answer.body().as_ref()).expect("JSON");
        assert_eq!(answer.get("errors"), None, "{document}: {answer:#}");
        (answer["data"].take(), calls)
    }
}

/// The `n`th thing of a kind. The kinds are numbers, too.
fn ulid(kind: u64, n: usize) -> Ulid {
    Ulid::from_parts(1_700_000_000_000 + kind, u128::try_from(n).expect("a small number"))
}

fn summer() -> GalleryId {
    GalleryId::new(ulid(1, 0))
}

fn album(n: usize) -> GalleryId {
    GalleryId::new(ulid(2, n))
}

fn photo(n: usize) -> MediaId {
    MediaId::new(ulid(3, n))
}

fn cover(n: usize) -> MediaId {
    MediaId::new(ulid(4, n))
}

fn comment(n: usize) -> CommentId {
    CommentId { media: photo(0), thread: None, own: ulid(5, n) }
}

fn person(n: usize) -> UserId {
    UserId::from_sub(&format!("00000000-0000-4000-8000-{n:012}")).expect("a name of an account")
}

/// Ids of `count` photos of the one gallery, and of as many comments on the first, for the AppSync door.
pub(super) fn photos(count: usize) -> Vec<String> {
    (0..count).map(|n| photo(n).to_string()).collect()
}

pub(super) fn comments(count: usize) -> Vec<String> {
    (0..count).map(|n| comment(n).to_string()).collect()
}

pub(super) fn albums(count: usize) -> Vec<String> {
    (0..count).map(|n| album(n).to_string()).collect()
}

pub(super) fn people(count: usize) -> Vec<String> {
    (0..count).map(|n| person(n).to_string()).collect()
}

pub(super) fn links(count: usize) -> Vec<String> {
    (0..count).map(|n| link(n).to_string()).collect()
}

fn link(n: usize) -> LinkId {
    LinkId::new(digest(9, n))
}

fn digest(kind: u8, n: usize) -> Sha256 {
    let mut bytes = [kind; 32];
    bytes[..8].copy_from_slice(&n.to_be_bytes());
    Sha256::new(bytes)
}

struct Filling<'a> {
    store: &'a Store,
    begun: Timestamp,
    admin: UserId,
    family: UserId,
}

impl Filling<'_> {
    async fn all(&self, Size { photos, others }: Size) {
        self.gallery(summer(), "Summer").await;
        for n in 0..others {
            self.person(n).await;
            self.gallery(album(n), &format!("Album {n:03}")).await;
            self.grant(album(n), self.family, AccessLevel::Comment).await;
            self.grant(summer(), person(n), AccessLevel::View).await;
            self.photo(cover(n), album(n), person(n), 10_000 + n).await;
            self.store.refresh_gallery_span(album(n)).await.expect("the table answers");
            self.link(n).await;
            self.audit_line(n).await;
        }
        self.grant(summer(), self.family, AccessLevel::Contribute).await;
        for n in 0..photos {
            let photo = self.photo(photo(n), summer(), person(n % others.min(UPLOADERS)), n).await;
            self.finish(&photo, n).await;
        }
        self.store.refresh_gallery_span(summer()).await.expect("the table answers");
        for n in 0..others {
            self.comment(comment(n), n).await;
            self.comment(CommentId { thread: Some(comment(0).own), own: ulid(6, n), ..comment(0) }, n).await;
            self.like(photo(n), self.family, n).await;
            self.like(photo(0), person(n), n).await;
            let trashed = self.photo(MediaId::new(ulid(7, n)), summer(), person(0), 20_000 + n).await;
            self.store.trash_media(&trashed, self.at(n)).await.expect("it can be trashed");
        }
    }

    fn at(&self, n: usize) -> Timestamp {
        self.begun.plus_seconds(i64::try_from(n).expect("a small number"))
    }

    async fn person(&self, n: usize) {
        let user = User {
            id: person(n),
            username: format!("person-{n:03}"),
            display_name: DisplayName::parse(&format!("Person {n:03}"), "displayName").expect("a name"),
            email: None,
            role: Role::Visitor,
            disabled: false,
            offered_at_sign_in: false,
            invited_at: self.begun,
            last_seen_at: None,
            tokens_valid_from: None,
            avatar_media_id: Some(photo(n)),
            activity_read_until: None,
        };
        assert!(self.store.put_user(&user).await.expect("the table answers"));
    }

    async fn gallery(&self, id: GalleryId, title: &str) {
        let title = Title::parse(title, "title").expect("a title");
        let gallery = Gallery::new(id, title, Visibility::Restricted, self.admin, self.begun);
        assert!(self.store.put_gallery(&gallery).await.expect("the table answers"));
    }

    async fn grant(&self, gallery_id: GalleryId, user_id: UserId, level: AccessLevel) {
        let grant = Grant { gallery_id, user_id, level, granted_at: self.begun };
        self.store.put_grant(&grant).await.expect("the table answers");
    }

    /// A photo whose small pictures are not made yet.
    async fn photo(&self, id: MediaId, gallery_id: GalleryId, uploaded_by: UserId, n: usize) -> Media {
        let announced = Media::from(Announcement {
            id,
            gallery_id,
            kind: MediaKind::Photo,
            file_name: FileName::parse(&format!("IMG_{n:05}.jpg"), "fileName").expect("a name"),
            content_type: "image/jpeg".to_owned(),
            size_bytes: 4_000_000,
            sha256: digest(1, n),
            file_modified_at: None,
            uploaded_by,
            created_at: self.at(n),
        });
        let caption = Some(Caption::parse("A summer's day at the lake, with everybody", "caption").expect("a caption"));
        let upload = Some(Upload { multipart_id: None, expires_at: self.begun.plus_seconds(HOUR_SECONDS) });
        let media = Media { caption, upload, ..announced };
        self.store.announce_media(&media).await.expect("the table answers");
        assert!(self.store.admit_media(&media, self.at(n)).await.expect("the table answers"), "it is let in");
        self.store.get_media(id).await.expect("the table answers").expect("it is there")
    }

    async fn finish(&self, media: &Media, n: usize) {
        let size = |side| RenditionSize { width: side, height: side * 3 / 4, size_bytes: u64::from(side) * 100 };
        let renditions = Renditions { recipe: recipe(Rotation::None), thumbnail: size(512), preview: size(2_048) };
        let time = Timestamp::from_unix_seconds(1_700_000_000 + 3_600 * i64::try_from(n).expect("a small number"));
        let findings = Findings {
            width: Some(4_032),
            height: Some(3_024),
            taken_at: Some(TakenAt { time, offset_minutes: Some(60) }),
            thumbhash: Some("1QcSHQRnh493V4dIh4eXh1h4kJUI".to_owned()),
            dominant_color: Some("#88aacc".to_owned()),
            ..Findings::of(MediaKind::Photo, "image/jpeg".to_owned())
        };
        let done = self.store.finish_processing(media, &findings, Ok(&renditions), None, self.at(n)).await;
        assert!(done.expect("the table answers").is_some(), "it becomes ready");
    }

    async fn comment(&self, id: CommentId, n: usize) {
        let text = CommentText::parse(&format!("What a day, said number {n:03}"), "text").expect("a text");
        let comment = Comment {
            id,
            text: Some(text),
            author: person(n),
            author_name: None,
            reply_count: 0,
            created_at: self.at(n),
            edited_at: None,
        };
        assert!(self.store.put_comment(&comment).await.expect("the table answers"));
    }

    async fn like(&self, media_id: MediaId, user_id: UserId, n: usize) {
        let like = Like { media_id, user_id, liked_at: self.at(n) };
        assert!(self.store.put_like(&like).await.expect("the table answers"));
    }

    async fn link(&self, n: usize) {
        let link = ShareLink {
            id: link(n),
            gallery_id: summer(),
            label: Some(DisplayName::parse(&format!("Neighbour {n:03}"), "label").expect("a name")),
            has_password: false,
            allow_download: true,
            expires_at: None,
            revoked_at: None,
            open_count: 0,
            created_by: person(n),
            created_at: self.at(n),
        };
        assert!(self.store.put_link(&link).await.expect("the table answers"));
    }

    async fn audit_line(&self, n: usize) {
        let line = AuditLine {
            id: AuditLineId::new(ulid(8, n)),
            at: self.at(n),
            actor: Doer::Person(person(n)),
            role: Some(Role::Visitor),
            action: "likeMedia".to_owned(),
            outcome: Outcome::Done,
            subjects: vec![photo(n).to_string()],
        };
        self.store.put_audit_line(&line).await.expect("the table answers");
    }
}
