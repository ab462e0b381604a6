//! Who calls, and what the fields are called on. Subjects come straight from the store, which spares a thousand calls.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicU32, Ordering},
};

use model::{
    AccessLevel, Announcement, Comment, CommentId, CommentText, FileName, Gallery, GalleryId, Grant, Media, MediaId,
    MediaKind, Sha256, Title, Upload, UserId, Visibility,
};
use serde_json::{Value, json};
use store::{Announced, Moved, Store};
use tokio::sync::Mutex;
use ulid::Ulid;

use super::rows::{Over, Owner, Row};
use crate::support::{
    Actor, Home,
    home::{ADMIN_PASSWORD, FAMILY_PASSWORD},
};

pub(super) const CALLERS: [&str; 7] = ["anonymous", "outside", "VIEW", "COMMENT", "CONTRIBUTE", "admin", "guest"];
const ANONYMOUS: usize = 0;
const ADMIN: usize = 5;
const GUEST: usize = 6;
const LEVELS: [(usize, AccessLevel); 3] =
    [(2, AccessLevel::View), (3, AccessLevel::Comment), (4, AccessLevel::Contribute)];

/// The state of what a field is called on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum State {
    /// It is called on nothing.
    None,
    Family,
    Restricted,
    Private,
    /// A photo in the trash, of a gallery for the family.
    Trash,
    /// A gallery that was deleted, its photos in the trash.
    Deleted,
}

impl State {
    const WITH_GALLERY: [Self; 5] = [Self::Family, Self::Restricted, Self::Private, Self::Trash, Self::Deleted];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Family => "FAMILY",
            Self::Restricted => "RESTRICTED",
            Self::Private => "PRIVATE",
            Self::Trash => "trash",
            Self::Deleted => "deleted",
        }
    }

    fn visibility(self) -> Visibility {
        match self {
            Self::Restricted => Visibility::Restricted,
            Self::Private => Visibility::Private,
            Self::None | Self::Family | Self::Trash | Self::Deleted => Visibility::Family,
        }
    }
}

/// The people, in the order of [`CALLERS`]; a guest is none of them.
pub(super) struct Cast {
    home: Home,
    actors: Vec<Actor>,
    ids: Vec<UserId>,
    /// The family's account, which the sign-in page offers, and which calls nothing here.
    option: String,
}

impl Cast {
    pub(super) async fn assemble() -> Self {
        let home = Home::open().await;
        let admin = home.admin().await;
        let mut actors = vec![home.anonymous()];
        for name in &CALLERS[1..ADMIN] {
            actors.push(home.relative(&admin, name).await);
        }
        actors.push(admin);
        let mut ids = Vec::new();
        for actor in &actors[1..] {
            ids.push(actor.id().await.parse().expect("an id"));
        }
        // What is the caller's own is somebody's in any case.
        ids.insert(ANONYMOUS, ids[0]);
        ids.insert(GUEST, ids[0]);
        let option = home.visitor().await.id().await;
        Self { home, actors, ids, option }
    }
}

/// What one call is about. Ids as clients see them.
#[derive(Clone, Default)]
pub(super) struct Subject {
    pub(super) gallery: String,
    /// A gallery to which everyone contributes.
    pub(super) common: String,
    pub(super) media: String,
    pub(super) comment: String,
    pub(super) person: String,
    pub(super) link: String,
    pub(super) option: String,
    pub(super) option_password: &'static str,
    pub(super) password: &'static str,
    pub(super) sha256: String,
}

/// A photo with a comment, as a row wants it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Wanted {
    state: State,
    /// Whether its bytes are on their way.
    on_its_way: bool,
    uploader: UserId,
    /// Who said something about it.
    author: Option<UserId>,
}

/// Makes subjects.
pub(super) struct Subjects<'a> {
    cast: &'a Cast,
    store: &'a Store,
    galleries: HashMap<State, GalleryId>,
    /// Where everyone may add and move photos away.
    common: GalleryId,
    /// Somebody who came by a link to the gallery for the family.
    guest: Actor,
    /// Another link to it.
    link: String,
    count: AtomicU32,
    /// Subjects that calls leave as they are.
    shared: Mutex<HashMap<Wanted, (MediaId, CommentId)>>,
    to_trash: Mutex<Vec<MediaId>>,
}

impl<'a> Subjects<'a> {
    pub(super) async fn new(cast: &'a Cast) -> Self {
        let mut subjects = Self {
            cast,
            store: &cast.home.system.store,
            galleries: HashMap::new(),
            common: GalleryId::new(Ulid::nil()),
            guest: cast.home.anonymous(),
            link: String::new(),
            count: AtomicU32::default(),
            shared: Mutex::default(),
            to_trash: Mutex::default(),
        };
        for state in State::WITH_GALLERY {
            let gallery = subjects.gallery(state.visibility(), &LEVELS).await;
            subjects.galleries.insert(state, gallery);
        }
        let everyone: Vec<_> = (1..ADMIN).map(|caller| (caller, AccessLevel::Contribute)).collect();
        subjects.common = subjects.gallery(Visibility::Family, &everyone).await;
        subjects.link = subjects.share().await["id"].as_str().map(str::to_owned).expect("an id");
        subjects.guest = subjects.come_by(&subjects.share().await).await;
        subjects
    }

    /// Whoever is a caller.
    pub(super) fn actor(&self, caller: usize) -> &Actor {
        if caller == GUEST { &self.guest } else { &self.cast.actors[caller] }
    }

    /// Makes a link to the gallery for the family.
    async fn share(&self) -> Value {
        let call = "createShareLink(input: $input) { shareLink { id url } userErrors { code } }";
        let input = json!({ "galleryId": self.galleries[&State::Family].to_string() });
        self.cast.actors[ADMIN].does(call, "CreateShareLinkInput", input).await["shareLink"].take()
    }

    async fn come_by(&self, link: &Value) -> Actor {
        let token = link["url"].as_str().and_then(|url| url.split_once('#')).expect("a token").1;
        let call = "openShareLink(input: $input) { session { accessToken } userErrors { code } }";
        let opened = self.guest.does(call, "OpenShareLinkInput", json!({ "token": token })).await;
        let mut guest = self.guest.clone();
        guest.session = Some(opened["session"].clone());
        guest
    }

    /// What a call of this row, by this caller, is about.
    pub(super) async fn of(&self, row: &Row, state: State, caller: usize) -> Subject {
        let bytes = self.bytes();
        let subject = Subject {
            person: self.cast.option.clone(),
            link: self.link.clone(),
            common: self.common.to_string(),
            option: self.cast.option.clone(),
            option_password: FAMILY_PASSWORD,
            password: if caller == ADMIN { ADMIN_PASSWORD } else { "a-new-password" },
            sha256: Sha256::new(bytes).to_base64(),
            ..Subject::default()
        };
        let Some(&gallery) = self.galleries.get(&state) else { return subject };
        let me = self.cast.ids[caller];
        // Another's photo is the admin's; what the admin calls another's is a visitor's.
        let another = self.cast.ids[if caller == ADMIN { 4 } else { ADMIN }];
        let wanted = Wanted { state, on_its_way: false, uploader: another, author: None };
        let fresh = row.consumes && caller != ANONYMOUS;
        let (media, comment) = match row.over {
            Over::Nothing | Over::Gallery => return Subject { gallery: gallery.to_string(), ..subject },
            Over::EmptyGallery => {
                let empty = self.gallery(state.visibility(), &[]).await;
                if state == State::Deleted {
                    self.delete(empty).await;
                }
                return Subject { gallery: empty.to_string(), ..subject };
            }
            Over::Target => self.photo(self.common, Wanted { state: State::None, uploader: me, ..wanted }).await,
            Over::Upload(owner) => {
                self.photo_of(fresh, Wanted { on_its_way: true, uploader: owner.pick(me, another), ..wanted }).await
            }
            Over::Photo(owner) => self.photo_of(fresh, Wanted { uploader: owner.pick(me, another), ..wanted }).await,
            Over::Comment(owner) => {
                self.photo_of(fresh, Wanted { author: Some(owner.pick(me, another)), ..wanted }).await
            }
        };
        Subject { gallery: gallery.to_string(), media: media.to_string(), comment: comment.to_string(), ..subject }
    }

    /// Puts into the trash what belongs there, and deletes the gallery that is to be deleted.
    pub(super) async fn fill_the_trash(&self) {
        for id in self.to_trash.lock().await.drain(..) {
            let media = self.store.get_media(id).await.expect("the store answers").expect("the photo is there");
            let moved = self.store.trash_media(&media, self.cast.home.now()).await.expect("the store answers");
            assert_eq!(moved, Moved::Done);
        }
        self.delete(self.galleries[&State::Deleted]).await;
    }

    async fn delete(&self, gallery: GalleryId) {
        let gallery = self.store.get_gallery(gallery).await.expect("the store answers").expect("the gallery is there");
        let deleted = self.store.mark_gallery_deleted(&gallery, self.cast.home.now()).await.expect("the store answers");
        assert!(deleted, "the gallery is empty");
    }

    /// A photo for one call alone, or one that calls share which leave it as it is.
    async fn photo_of(&self, fresh: bool, wanted: Wanted) -> (MediaId, CommentId) {
        let gallery = self.galleries[&wanted.state];
        if fresh {
            return self.photo(gallery, wanted).await;
        }
        let mut shared = self.shared.lock().await;
        if let Some(known) = shared.get(&wanted) {
            return *known;
        }
        let made = self.photo(gallery, wanted).await;
        shared.insert(wanted, made);
        made
    }

    async fn photo(&self, gallery: GalleryId, wanted: Wanted) -> (MediaId, CommentId) {
        let now = self.cast.home.now();
        let upload = Upload { multipart_id: None, expires_at: now.plus_seconds(3_600) };
        let announced = Media::from(Announcement {
            id: MediaId::new(self.ulid()),
            gallery_id: gallery,
            kind: MediaKind::Photo,
            file_name: FileName::parse("a.jpg", "fileName").expect("a name"),
            content_type: "image/jpeg".to_owned(),
            size_bytes: 10,
            sha256: Sha256::new(self.bytes()),
            file_modified_at: None,
            uploaded_by: wanted.uploader,
            created_at: now,
        });
        let media = Media { upload: Some(upload), ..announced };
        assert_eq!(self.store.announce_media(&media).await.expect("the store answers"), Announced::New);
        if !wanted.on_its_way {
            assert!(self.store.admit_media(&media, now).await.expect("the store answers"));
            if matches!(wanted.state, State::Trash | State::Deleted) {
                self.to_trash.lock().await.push(media.id);
            }
        }
        let comment = CommentId { media: media.id, thread: None, own: self.ulid() };
        if let Some(author) = wanted.author {
            let text = Some(CommentText::parse("Old", "text").expect("a text"));
            let comment = Comment {
                id: comment,
                text,
                author,
                author_name: None,
                reply_count: 0,
                created_at: now,
                edited_at: None,
            };
            assert!(self.store.put_comment(&comment).await.expect("the store answers"));
        }
        (media.id, comment)
    }

    async fn gallery(&self, visibility: Visibility, list: &[(usize, AccessLevel)]) -> GalleryId {
        let now = self.cast.home.now();
        let id = GalleryId::new(self.ulid());
        let title = Title::parse("A gallery", "title").expect("a title");
        let gallery = Gallery::new(id, title, visibility, self.cast.ids[ADMIN], now);
        assert!(self.store.put_gallery(&gallery).await.expect("the store answers"));
        for &(caller, level) in list {
            let grant = Grant { gallery_id: id, user_id: self.cast.ids[caller], level, granted_at: now };
            self.store.put_grant(&grant).await.expect("the store answers");
        }
        id
    }

    fn ulid(&self) -> Ulid {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let millis = u64::try_from(self.cast.home.now().unix_millis()).expect("after 1970");
        Ulid::from_parts(millis, count.into())
    }

    /// A digest that nothing else has.
    fn bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[..4].copy_from_slice(&self.count.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        bytes
    }
}

impl Owner {
    fn pick(self, me: UserId, another: UserId) -> UserId {
        match self {
            Self::Another => another,
            Self::Caller => me,
        }
    }
}
