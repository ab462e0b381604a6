//! The whole table, read to see whether its items agree with each other.
//!
//! Every item but records follows from a record: what is missing or wrong can be told from the record, and mended
//! ([`crate::mend`]). Reading takes a while, and people change things meanwhile, so what is found here is only suspected:
//! whoever mends looks again.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use model::{Comment, CommentId, Error, Gallery, GalleryId, Grant, Like, Media, MediaId, MediaStatus, UserId};

use crate::{
    Store,
    claim::Claim,
    error::from_sdk,
    item::from_item,
    keys::{
        COMMENT_PREFIX, GRANT_PREFIX, GSI1, GSI2, Index, Item, Key, LIKE_PREFIX, MEDIA, POINTER_PREFIX, REPLY_PREFIX,
        TTL,
    },
    replace::{Counts, Following, entries},
};

/// Something in the table that does not agree with the rest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// An item cannot be read; the key of it.
    Unreadable(String),
    /// The gallery of a photo or video is not there.
    WithoutGallery(MediaId),
    /// Places in lists, claims or words that a photo or video should have are missing or wrong.
    Unlisted(MediaId),
    /// A photo or video counts other comments or likes than there are.
    Miscounted(MediaId),
    /// A comment counts other replies than there are.
    Replies(CommentId),
    /// A gallery counts other media than there are.
    Counters(GalleryId),
    /// Nothing stands behind an item any more; the key of it. It does no harm.
    Dangling(String),
}

/// All that was read of the table.
#[derive(Default)]
pub struct Survey {
    /// Every photo and video.
    pub media: HashMap<MediaId, Media>,
    /// Every gallery, deleted ones too.
    pub galleries: HashMap<GalleryId, Gallery>,
    unreadable: Vec<Key>,
    /// Where the index has each photo and video.
    places: HashMap<MediaId, Places>,
    claims: HashMap<Key, MediaId>,
    pointers: HashMap<Key, Option<(String, String)>>,
    words: HashSet<Key>,
    comments: HashMap<CommentId, Comment>,
    likes: HashMap<MediaId, BTreeSet<UserId>>,
    grants: Vec<Grant>,
    /// The comments of each photo and video, oldest first.
    said_on: HashMap<MediaId, Vec<CommentId>>,
}

/// The places that an item has in the indexes, and when it expires.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Places {
    pub(crate) index1: Option<(String, String)>,
    pub(crate) index2: Option<(String, String)>,
    pub(crate) expires_at: Option<i64>,
}

impl Places {
    pub(crate) fn of(item: &Item) -> Self {
        let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).cloned();
        let place = |index: Index| Some((text(index.pk)?, text(index.sk)?));
        let expires_at = item.get(TTL).and_then(|value| value.as_n().ok()).and_then(|number| number.parse().ok());
        Self { index1: place(GSI1), index2: place(GSI2), expires_at }
    }

    pub(crate) fn are_of(&self, following: &Following) -> bool {
        self.index1 == following.index1 && self.index2 == following.index2 && self.expires_at == following.expires_at
    }
}

impl Survey {
    fn note(&mut self, item: Item) -> Result<(), Error> {
        let Some(Key { pk, sk }) = Key::of(&item) else { return Err(Error::internal("an item without a key")) };
        let key = Key { pk, sk };
        match (key.pk.split('#').next().unwrap_or_default(), key.sk.as_str()) {
            ("MED", MEDIA) => {
                let places = Places::of(&item);
                let media: Media = from_item(item)?;
                self.places.insert(media.id, places);
                self.media.insert(media.id, media);
            }
            ("MED", sk) if sk.starts_with(COMMENT_PREFIX) || sk.starts_with(REPLY_PREFIX) => {
                let comment: Comment = from_item(item)?;
                self.comments.insert(comment.id, comment);
            }
            ("MED", sk) if sk.starts_with(LIKE_PREFIX) => {
                let like: Like = from_item(item)?;
                self.likes.entry(like.media_id).or_default().insert(like.user_id);
            }
            ("GAL", "GAL") => {
                let gallery: Gallery = from_item(item)?;
                self.galleries.insert(gallery.id, gallery);
            }
            ("GAL", sk) if sk.starts_with("SHA#") => {
                self.claims.insert(key, from_item::<Claim>(item)?.media_id);
            }
            ("GAL", sk) if sk.starts_with(POINTER_PREFIX) => {
                self.pointers.insert(key, Places::of(&item).index1);
            }
            ("GAL", sk) if sk.starts_with(GRANT_PREFIX) => self.grants.push(from_item(item)?),
            ("WORD", _) => {
                self.words.insert(key);
            }
            // People, links, lines of logs and lists of access stand for themselves.
            (_, _) => {}
        }
        Ok(())
    }

    /// All comments, removed ones too, in no order.
    pub fn comments(&self) -> impl Iterator<Item = &Comment> {
        self.comments.values()
    }

    /// Comments and replies on a photo or video, oldest first, removed ones too.
    #[must_use]
    pub fn comments_on(&self, id: MediaId) -> Vec<&Comment> {
        self.said_on.get(&id).into_iter().flatten().filter_map(|id| self.comments.get(id)).collect()
    }

    /// A comment, if it was there.
    #[must_use]
    pub fn comment(&self, id: CommentId) -> Option<&Comment> {
        self.comments.get(&id)
    }

    /// Comments on a photo or video that were not removed, replies among them.
    pub(crate) fn comment_count(&self, id: MediaId) -> u32 {
        count(self.comments_on(id).into_iter().filter(|comment| comment.text.is_some()))
    }

    /// Replies to a comment, removed ones too.
    pub(crate) fn reply_count(&self, id: CommentId) -> u32 {
        let is_reply = |comment: &&Comment| comment.id.thread.is_some() && comment.id.thread_id() == id;
        count(self.comments_on(id.media).into_iter().filter(is_reply))
    }

    /// Who likes a photo or video.
    pub(crate) fn likers(&self, id: MediaId) -> BTreeSet<UserId> {
        self.likes.get(&id).cloned().unwrap_or_default()
    }

    /// What a person likes.
    pub fn liked_by(&self, user: UserId) -> impl Iterator<Item = MediaId> {
        self.likes.iter().filter(move |(_, users)| users.contains(&user)).map(|(id, _)| *id)
    }

    /// The lines of access lists that are for a person.
    pub fn granted_to(&self, user: UserId) -> impl Iterator<Item = &Grant> {
        self.grants.iter().filter(move |grant| grant.user_id == user)
    }

    /// What does not agree, in a fixed order.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults: Vec<Fault> = self.unreadable.iter().map(|key| Fault::Unreadable(name(key))).collect();
        let mut wanted = HashSet::new();
        for media in self.media.values() {
            let following = Following::of(media);
            if !self.galleries.contains_key(&media.gallery_id) {
                faults.push(Fault::WithoutGallery(media.id));
            }
            // What is on its way expires, each item by itself.
            if media.status != MediaStatus::Uploading && !self.has(media.id, &following) {
                faults.push(Fault::Unlisted(media.id));
            }
            if !self.counts(media) {
                faults.push(Fault::Miscounted(media.id));
            }
            wanted.extend(following.keys());
        }
        let counted = counts_of(self.media.values());
        for gallery in self.galleries.values() {
            if !counted.get(&gallery.id).unwrap_or(&Counts::default()).are_of(gallery) {
                faults.push(Fault::Counters(gallery.id));
            }
            if gallery.deleted_at.is_none() {
                wanted.extend(entries(&gallery.words(), gallery.created_at, &gallery.id));
            }
        }
        for comment in self.comments.values() {
            if comment.id.thread.is_none() && comment.reply_count != self.reply_count(comment.id) {
                faults.push(Fault::Replies(comment.id));
            }
            wanted.extend(entries(&comment.words(), comment.created_at, &comment.id));
        }
        let following = self.claims.keys().chain(self.pointers.keys()).chain(&self.words);
        faults.extend(following.filter(|key| !wanted.contains(*key)).map(|key| Fault::Dangling(name(key))));
        faults.sort();
        faults
    }

    fn has(&self, id: MediaId, following: &Following) -> bool {
        let claim = following.claim.as_ref().is_none_or(|claim| self.claims.get(claim) == Some(&id));
        let pointer = following.pointer.as_ref().is_none_or(|(key, partition, place)| {
            self.pointers.get(key) == Some(&Some((partition.clone(), place.clone())))
        });
        let places = self.places.get(&id).is_some_and(|places| places.are_of(following));
        claim && pointer && places && following.words.iter().all(|word| self.words.contains(word))
    }

    fn counts(&self, media: &Media) -> bool {
        media.comment_count == self.comment_count(media.id) && media.liked_by == self.likers(media.id)
    }

    /// What a gallery should count.
    pub(crate) fn counts_of(&self, gallery: GalleryId) -> Counts {
        counts_of(self.media.values().filter(|media| media.gallery_id == gallery)).remove(&gallery).unwrap_or_default()
    }
}

fn count<T>(things: impl Iterator<Item = T>) -> u32 {
    u32::try_from(things.count()).unwrap_or(u32::MAX)
}

/// What each gallery has of some media.
pub(crate) fn counts_of<'a>(media: impl IntoIterator<Item = &'a Media>) -> BTreeMap<GalleryId, Counts> {
    let mut counted: BTreeMap<GalleryId, Counts> = BTreeMap::new();
    for media in media {
        // Sizes are checked when they are written; one that fits no counter is not counted.
        let _ = counted.entry(media.gallery_id).or_default().count(media, 1);
    }
    counted
}

fn said_on(comments: &HashMap<CommentId, Comment>) -> HashMap<MediaId, Vec<CommentId>> {
    let mut ordered: Vec<&Comment> = comments.values().collect();
    ordered.sort_by_key(|comment| (comment.created_at, comment.id.own));
    let mut said: HashMap<MediaId, Vec<CommentId>> = HashMap::new();
    for comment in ordered {
        said.entry(comment.id.media).or_default().push(comment.id);
    }
    said
}

fn name(key: &Key) -> String {
    format!("{} / {}", key.pk, key.sk)
}

impl Store {
    /// Reads the whole table, so it is for maintenance and never for a request.
    pub async fn survey(&self) -> Result<Survey, Error> {
        let mut survey = Survey::default();
        let mut start = None;
        loop {
            let scan = self.dynamodb.scan().table_name(&self.settings.table).consistent_read(true);
            let answer = scan.set_exclusive_start_key(start).send().await.map_err(from_sdk)?;
            for item in answer.items.unwrap_or_default() {
                let key = Key::of(&item);
                if survey.note(item).is_err() {
                    survey.unreadable.extend(key);
                }
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                survey.said_on = said_on(&survey.comments);
                return Ok(survey);
            }
        }
    }
}
