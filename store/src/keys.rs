//! Keys of the single table: the one place that knows how items are named.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use model::{
    AuditLine, Comment, CommentId, Gallery, GalleryId, Like, LinkId, Media, MediaId, Position, Sha256, Timestamp,
    UserId, Word,
};
use ulid::Ulid;

pub(crate) const PK: &str = "PK";
pub(crate) const SK: &str = "SK";
/// Seconds since 1970 after which DynamoDB may delete the item.
pub(crate) const TTL: &str = "expires_at_epoch";

/// A global secondary index: its name, and the attributes that are its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Index {
    pub(crate) name: &'static str,
    pub(crate) pk: &'static str,
    pub(crate) sk: &'static str,
}

/// Lists by their own order: galleries, people, the media of a gallery, and so on.
pub(crate) const GSI1: Index = Index { name: "GSI1", pk: "GSI1PK", sk: "GSI1SK" };
/// All media of the library by time.
pub(crate) const GSI2: Index = Index { name: "GSI2", pk: "GSI2PK", sk: "GSI2SK" };

/// Partition of [`GSI1`] that lists all galleries, by title or as they were put by hand.
pub(crate) const GALLERIES: &str = "GALLERIES";
/// Partition of [`GSI1`] that lists the galleries that were deleted.
pub(crate) const DELETED_GALLERIES: &str = "GALLERIES#DELETED";
/// Partition of [`GSI1`] that lists all people by name.
pub(crate) const USERS: &str = "USERS";
/// Partition of [`GSI1`] that lists the trash by the time of deletion.
pub(crate) const TRASH: &str = "TRASH";
/// Partition of [`GSI2`] that lists what all galleries show.
pub(crate) const TIMELINE: &str = "TIMELINE";
/// Partition of what happened.
pub(crate) const ACTIVITY: &str = "ACTIVITY";
/// Partition of [`GSI1`] that lists all lines of the audit log.
pub(crate) const AUDIT: &str = "AUDIT";
/// Partition and sort key of the record of the backup.
pub(crate) const BACKUP: &str = "BACKUP";
/// Partition of what was erased for good and must not come back by a restore.
pub(crate) const ERASED: &str = "ERASED";
/// What the partition of every place where a reading stopped begins with.
pub(crate) const BOOKMARK_PREFIX: &str = "BOOKMARK#";
/// What the sort key of every claim on bytes begins with.
pub(crate) const CLAIM_PREFIX: &str = "SHA#";
/// The sort key of every photo or video.
pub(crate) const MEDIA: &str = "MED";
/// What the sort key of every comment begins with that is no reply.
pub(crate) const COMMENT_PREFIX: &str = "COM#";
/// What the sort key of every reply begins with.
pub(crate) const REPLY_PREFIX: &str = "REP#";
/// What the sort key of every like begins with.
pub(crate) const LIKE_PREFIX: &str = "LIKE#";
/// What the sort key of every line of an access list begins with.
pub(crate) const GRANT_PREFIX: &str = "GRANT#";
/// What the sort key of every pointer from a gallery to what it shows begins with.
pub(crate) const POINTER_PREFIX: &str = "MED#";

/// Attributes of an item, by name.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// The primary key of an item.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

impl Key {
    pub(crate) fn attributes(&self) -> Item {
        HashMap::from([(PK.to_owned(), text(&self.pk)), (SK.to_owned(), text(&self.sk))])
    }

    /// The key of an item; none where it has none.
    pub(crate) fn of(item: &Item) -> Option<Self> {
        let part = |name| item.get(name).and_then(|value| value.as_s().ok()).cloned();
        Some(Self { pk: part(PK)?, sk: part(SK)? })
    }
}

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn gallery(id: GalleryId) -> Key {
    Key { pk: gallery_partition(id), sk: "GAL".to_owned() }
}

pub(crate) fn gallery_partition(id: GalleryId) -> String {
    format!("GAL#{}", id.ulid())
}

pub(crate) fn grant(gallery: GalleryId, user: UserId) -> Key {
    Key { pk: gallery_partition(gallery), sk: format!("{GRANT_PREFIX}{}", user.sub()) }
}

pub(crate) fn claim(gallery: GalleryId, sha256: Sha256) -> Key {
    Key { pk: gallery_partition(gallery), sk: format!("{CLAIM_PREFIX}{sha256}") }
}

/// Points from a gallery to what it shows: in the table by the time of upload, in [`GSI1`] in the order by hand.
pub(crate) fn pointer(gallery: GalleryId, media: MediaId) -> Key {
    Key { pk: gallery_partition(gallery), sk: format!("{POINTER_PREFIX}{}", media.ulid()) }
}

/// Partition of [`GSI1`] that lists what a gallery shows, in the order by hand.
pub(crate) fn manual_partition(id: GalleryId) -> String {
    format!("{}#MANUAL", gallery_partition(id))
}

/// Partition of [`GSI1`] that lists the share links of a gallery.
pub(crate) fn links_partition(id: GalleryId) -> String {
    format!("{}#LINKS", gallery_partition(id))
}

pub(crate) fn link(id: LinkId) -> Key {
    Key { pk: format!("LINK#{}", id.token_digest()), sk: "LINK".to_owned() }
}

/// Where a share link stands in [`links_partition`].
pub(crate) fn link_order(created_at: Timestamp, id: LinkId) -> String {
    format!("{created_at}#{}", id.token_digest())
}

pub(crate) fn media(id: MediaId) -> Key {
    Key { pk: media_partition(id), sk: MEDIA.to_owned() }
}

pub(crate) fn media_partition(id: MediaId) -> String {
    format!("MED#{}", id.ulid())
}

pub(crate) fn comment(id: CommentId) -> Key {
    let sk = match id.thread {
        None => format!("{COMMENT_PREFIX}{}", id.own),
        Some(_) => format!("{}{}", replies_prefix(id), id.own),
    };
    Key { pk: media_partition(id.media), sk }
}

/// What the sort key of every reply to a comment begins with.
pub(crate) fn replies_prefix(thread: CommentId) -> String {
    format!("{REPLY_PREFIX}{}#", thread.thread_id().own)
}

pub(crate) fn like(media: MediaId, user: UserId) -> Key {
    Key { pk: media_partition(media), sk: format!("{LIKE_PREFIX}{}", user.sub()) }
}

/// Partition of [`GSI1`] that lists what a person likes.
pub(crate) fn likes_partition(user: UserId) -> String {
    format!("LIKES#{}", user.sub())
}

pub(crate) fn user(id: UserId) -> Key {
    Key { pk: format!("USER#{}", id.sub()), sk: "USER".to_owned() }
}

/// Says that something is found by a word. Entries of one word are in order of time.
pub(crate) fn word(word: &Word, time: Timestamp, id: &str) -> Key {
    Key { pk: word_partition(word), sk: format!("{word}#{time}#{id}") }
}

/// The partition of all words that begin with the same two characters.
pub(crate) fn word_partition(word: &Word) -> String {
    format!("WORD#{}", word.stem())
}

/// The record of the backup.
pub(crate) fn backup() -> Key {
    Key { pk: BACKUP.to_owned(), sk: BACKUP.to_owned() }
}

/// Says that something was erased for good.
pub(crate) fn erased(id: &str) -> Key {
    Key { pk: ERASED.to_owned(), sk: id.to_owned() }
}

/// A place where the reading of a list stopped.
pub(crate) fn bookmark(id: Ulid) -> Key {
    Key { pk: format!("{BOOKMARK_PREFIX}{id}"), sk: "BOOKMARK".to_owned() }
}

/// The result of the last look at whether all is whole.
pub(crate) fn integrity() -> Key {
    Key { pk: "INTEGRITY".to_owned(), sk: "INTEGRITY".to_owned() }
}

fn activity(at: Timestamp, what: &str) -> Key {
    Key { pk: ACTIVITY.to_owned(), sk: format!("{at}#{what}") }
}

/// The line that says that somebody brought something to a gallery, from this hour on.
pub(crate) fn arrival(media: &Media, hour: Timestamp) -> Key {
    activity(hour, &format!("MEDIA#{}#{}", media.gallery_id.ulid(), media.uploaded_by.sub()))
}

/// The line that says that somebody said something.
pub(crate) fn remark(comment: &Comment) -> Key {
    activity(comment.created_at, &comment.id.to_string())
}

/// The line that says that somebody liked something.
pub(crate) fn applause(like: &Like) -> Key {
    activity(like.liked_at, &format!("LIKE#{}#{}", like.media_id.ulid(), like.user_id.sub()))
}

/// A line of the audit log, in the partition of its month.
pub(crate) fn audit_line(line: &AuditLine) -> Key {
    audit_line_at(format!("{}#{}", line.at, line.id.ulid()))
}

/// The line at a place in the audit log, which begins with its time.
pub(crate) fn audit_line_at(place: String) -> Key {
    let month = place.get(.."YYYY-MM".len()).unwrap_or_default();
    Key { pk: format!("{AUDIT}#{month}"), sk: place }
}

/// Ends the text that a list is ordered by. It begins with the least characters that such a text may hold within, so that
/// "Summer" goes before "Summer 2024".
const END_OF_TEXT: &str = "  #";

/// Goes behind whatever a title begins with: the last character of all, which is for private use.
const BEHIND_TITLES: char = '\u{10FFFD}';

/// Where a gallery stands in [`GALLERIES`]: by title, without regard to case; behind all those, where it was put by hand.
pub(crate) fn gallery_order(gallery: &Gallery) -> String {
    let id = gallery.id.ulid();
    match &gallery.position {
        None => format!("{}{END_OF_TEXT}{id}", gallery.title.as_str().to_lowercase()),
        Some(position) => format!("{BEHIND_TITLES}{position}#{id}"),
    }
}

/// Where a person stands in [`USERS`]: by name, without regard to case.
pub(crate) fn user_order(name: &str, id: UserId) -> String {
    format!("{}{END_OF_TEXT}{}", name.to_lowercase(), id.sub())
}

/// Where a photo or video stands in its gallery's partition of [`GSI1`], and in [`TIMELINE`].
pub(crate) fn media_order(media: &Media) -> String {
    time_order(media.sort_time(), media.id)
}

/// Where a photo or video stands in a list by time.
pub(crate) fn time_order(time: Timestamp, id: MediaId) -> String {
    format!("{time}#{}", id.ulid())
}

/// Where a photo or video stands in the order by hand.
pub(crate) fn manual_order(position: &Position, id: MediaId) -> String {
    format!("{position}#{}", id.ulid())
}
