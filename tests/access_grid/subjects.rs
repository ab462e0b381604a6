//! What the fields are called on. Subjects come straight from the store, which spares a thousand calls.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use model::{
    Announcement, Comment, CommentId, CommentText, FileName, Gallery, GalleryId, Like, Media, MediaId, MediaKind,
    Sha256, Timestamp, Title, Upload, UserId, Visibility,
};
use store::{Announced, Moved, Store};
use tokio::sync::Mutex;
use ulid::Ulid;

use super::{
    cast::{Caller, Cast, State},
    rows::{Over, Owner, Row},
};
use crate::support::{
    actor::NO_ULID,
    home::{ADMIN_PASSWORD, FAMILY_PASSWORD},
};

/// The day of the photos that lists are asked for.
pub(super) const DAY: &str = "2020-02-02";
/// What relatives choose.
const OWN_PASSWORD: &str = "a-new-password";
const NOON_OF_THE_DAY_MILLIS: i64 = 1_580_644_800_000;

/// What one call is about. Ids as clients see them.
#[derive(Clone)]
pub(super) struct Subject {
    pub(super) gallery: String,
    pub(super) media: String,
    pub(super) comment: String,
    pub(super) person: String,
    pub(super) link: String,
    /// A gallery to which everyone contributes.
    pub(super) common: String,
    pub(super) option: String,
    pub(super) option_password: &'static str,
    pub(super) password: &'static str,
    /// An address that nobody else has.
    pub(super) address: String,
    pub(super) sha256: String,
}

impl Subject {
    /// What [`Self::of_marks`] has in place of ids.
    pub(super) const MARK: &'static str = "mark";

    /// Marks in the place of everything that could be hidden.
    pub(super) fn of_marks() -> Self {
        let [gallery, media, comment, person, link] = [(); 5].map(|()| Self::MARK.to_owned());
        let [common, option, address, sha256] = [(); 4].map(|()| String::new());
        let password = "";
        Self {
            gallery,
            media,
            comment,
            person,
            link,
            common,
            option,
            option_password: password,
            password,
            address,
            sha256,
        }
    }
}

/// A photo as a row wants it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Wanted {
    gallery: GalleryId,
    state: State,
    /// Whether its bytes are on their way.
    on_its_way: bool,
    uploader: UserId,
    /// Who said something about it.
    author: Option<UserId>,
    /// Who likes it.
    liker: Option<UserId>,
}

/// Makes subjects.
pub(super) struct Subjects {
    cast: Arc<Cast>,
    count: AtomicU32,
    /// Subjects that calls leave as they are.
    shared: Mutex<HashMap<Wanted, (MediaId, CommentId)>>,
    to_trash: Mutex<Vec<MediaId>>,
}

impl Subjects {
    pub(super) fn new(cast: Arc<Cast>) -> Self {
        Self { cast, count: AtomicU32::default(), shared: Mutex::default(), to_trash: Mutex::default() }
    }

    /// What a call of this row, by this caller, is about.
    pub(super) async fn of(&self, row: &Row, state: State, caller: Caller) -> Subject {
        let me = self.cast.id(caller);
        // Another's photo is the admin's; what the admin calls another's is a visitor's.
        let another = self.cast.id(if caller == Caller::Admin { Caller::Contribute } else { Caller::Admin });
        let uploaded_by = |owner| Wanted { uploader: pick(owner, me, another), ..self.wanted(Caller::Admin, state) };
        let fresh = row.consumes && caller.is_person();
        let subject = if state == State::Absent { self.nothing() } else { self.something(state) };
        let password = if caller == Caller::Admin { ADMIN_PASSWORD } else { OWN_PASSWORD };
        let subject = Subject { password, ..subject };
        let found = match row.over {
            Over::Target => self.photo_of(fresh, Wanted { uploader: me, ..self.wanted(caller, State::None) }).await,
            _ if matches!(state, State::None | State::Absent) => return subject,
            Over::Nothing | Over::Person | Over::Link | Over::Gallery => return subject,
            Over::EmptyGallery => return Subject { gallery: self.empty_gallery(state).await.to_string(), ..subject },
            Over::Upload(owner) => self.photo_of(fresh, Wanted { on_its_way: true, ..uploaded_by(owner) }).await,
            Over::Alone if fresh && state == State::Deleted => self.alone(uploaded_by(Owner::Caller)).await,
            Over::Alone => self.photo_of(fresh, uploaded_by(Owner::Caller)).await,
            Over::Photo(owner) => self.photo_of(fresh, uploaded_by(owner)).await,
            Over::Liked => self.photo_of(fresh, Wanted { liker: Some(me), ..uploaded_by(Owner::Another) }).await,
            Over::Comment(owner) => {
                let wanted = Wanted { author: Some(pick(owner, me, another)), ..uploaded_by(Owner::Another) };
                self.photo_of(fresh, wanted).await
            }
        };
        Subject { media: found.0.to_string(), comment: found.1.to_string(), ..subject }
    }

    /// Puts into the trash what belongs there.
    pub(super) async fn fill_the_trash(&self) {
        let mut to_trash = self.to_trash.lock().await;
        for id in to_trash.drain(..) {
            let media = self.store().get_media(id).await.expect("the store answers").expect("the photo is there");
            let moved = self.store().trash_media(&media, self.cast.home.now()).await.expect("the store answers");
            assert_eq!(moved, Moved::Done);
        }
    }

    fn store(&self) -> &Store {
        &self.cast.home.system.store
    }

    fn something(&self, state: State) -> Subject {
        let gallery = self.cast.gallery(state).unwrap_or(self.cast.common);
        Subject {
            gallery: gallery.to_string(),
            media: String::new(),
            comment: String::new(),
            person: self.cast.absentee_id.to_string(),
            link: self.cast.link(state).to_owned(),
            common: self.cast.common.to_string(),
            option: self.cast.family_id.to_string(),
            option_password: FAMILY_PASSWORD,
            password: OWN_PASSWORD,
            address: format!("new{}@example.org", self.count.fetch_add(1, Ordering::Relaxed)),
            sha256: Sha256::new(self.bytes()).to_base64(),
        }
    }

    /// The same, but everything that could be hidden is named by what never was.
    fn nothing(&self) -> Subject {
        Subject {
            gallery: format!("gal_{NO_ULID}"),
            media: format!("med_{NO_ULID}"),
            comment: format!("com_{NO_ULID}_{NO_ULID}"),
            person: "usr_00000000-0000-4000-8000-000000000000".to_owned(),
            link: format!("lnk_{}", "0".repeat(64)),
            ..self.something(State::None)
        }
    }

    fn wanted(&self, uploader: Caller, state: State) -> Wanted {
        let gallery = self.cast.gallery(state).unwrap_or(self.cast.common);
        let uploader = self.cast.id(uploader);
        Wanted { gallery, state, on_its_way: false, uploader, author: None, liker: None }
    }

    /// A photo for one call alone, or one that calls share which leave it as it is.
    async fn photo_of(&self, fresh: bool, wanted: Wanted) -> (MediaId, CommentId) {
        if fresh {
            return self.photo(wanted).await;
        }
        let mut shared = self.shared.lock().await;
        if let Some(known) = shared.get(&wanted) {
            return *known;
        }
        let made = self.photo(wanted).await;
        shared.insert(wanted, made);
        made
    }

    async fn photo(&self, wanted: Wanted) -> (MediaId, CommentId) {
        let now = self.cast.home.now();
        let upload = Upload { multipart_id: None, expires_at: now.plus_seconds(3_600) };
        let announced = Media::from(Announcement {
            id: MediaId::new(self.ulid()),
            gallery_id: wanted.gallery,
            kind: MediaKind::Photo,
            file_name: FileName::parse("a.jpg", "fileName").expect("a name"),
            content_type: "image/jpeg".to_owned(),
            size_bytes: 10,
            sha256: Sha256::new(self.bytes()),
            file_modified_at: None,
            uploaded_by: wanted.uploader,
            created_at: now,
        });
        // Only few are of the day of the lists, so that one page holds them all.
        let taken_at = wanted.liker.map(|_| Timestamp::from_unix_millis(NOON_OF_THE_DAY_MILLIS));
        let media = Media { upload: Some(upload), taken_at, ..announced };
        assert_eq!(self.store().announce_media(&media).await.expect("the store answers"), Announced::New);
        let comment = CommentId { media: media.id, thread: None, own: self.ulid() };
        if wanted.on_its_way {
            return (media.id, comment);
        }
        let shown = self.store().admit_media(&media, now).await.expect("the store answers");
        assert!(shown || wanted.state == State::Deleted, "a gallery that is deleted takes it into the trash");
        if shown && wanted.state == State::Trash {
            self.to_trash.lock().await.push(media.id);
        }
        if let Some(author) = wanted.author {
            self.say(comment, author).await;
        }
        if let Some(user_id) = wanted.liker {
            let like = Like { media_id: media.id, user_id, liked_at: now };
            assert!(self.store().put_like(&like).await.expect("the store answers"));
        }
        (media.id, comment)
    }

    async fn say(&self, id: CommentId, author: UserId) {
        let text = Some(CommentText::parse("Old", "text").expect("a text"));
        let created_at = self.cast.home.now();
        let comment = Comment { id, text, author, author_name: None, reply_count: 0, created_at, edited_at: None };
        assert!(self.store().put_comment(&comment).await.expect("the store answers"));
    }

    /// A photo in the trash, of a gallery that held nothing else and was deleted.
    async fn alone(&self, wanted: Wanted) -> (MediaId, CommentId) {
        let gallery = self.empty_gallery(State::Family).await;
        let found = self.photo(Wanted { gallery, state: State::Trash, ..wanted }).await;
        self.fill_the_trash().await;
        self.delete_empty(gallery).await;
        found
    }

    async fn empty_gallery(&self, state: State) -> GalleryId {
        let id = GalleryId::new(self.ulid());
        let title = Title::parse("Empty", "title").expect("a title");
        let visibility = match state {
            State::Restricted => Visibility::Restricted,
            State::Private => Visibility::Private,
            State::None | State::Family | State::Trash | State::Deleted | State::Absent => Visibility::Family,
        };
        let gallery = Gallery::new(id, title, visibility, self.cast.id(Caller::Admin), self.cast.home.now());
        assert!(self.store().put_gallery(&gallery).await.expect("the store answers"));
        if state == State::Deleted {
            self.delete_empty(id).await;
        }
        id
    }

    async fn delete_empty(&self, gallery: GalleryId) {
        let gallery = self.store().get_gallery(gallery).await.expect("the store answers").expect("it is there");
        let deleted = self.store().mark_gallery_deleted(&gallery, self.cast.home.now()).await;
        assert!(deleted.expect("the store answers"), "the gallery is empty");
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

fn pick(owner: Owner, me: UserId, another: UserId) -> UserId {
    match owner {
        Owner::Another => another,
        Owner::Caller => me,
    }
}
