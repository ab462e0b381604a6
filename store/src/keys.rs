//! Keys of the single table: the one place that knows how items are named.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use model::{CommentId, GalleryId, Media, MediaId, Sha256, Timestamp, UserId};

pub(crate) const PK: &str = "PK";
pub(crate) const SK: &str = "SK";
pub(crate) const GSI1: &str = "GSI1";
pub(crate) const GSI1_PK: &str = "GSI1PK";
pub(crate) const GSI1_SK: &str = "GSI1SK";
/// Seconds since 1970 after which DynamoDB may delete the item.
pub(crate) const TTL: &str = "expires_at_epoch";

/// Partition of `GSI1` that lists all galleries by title.
pub(crate) const GALLERIES: &str = "GALLERIES";
/// Partition of `GSI1` that lists all people by name.
pub(crate) const USERS: &str = "USERS";
/// Partition of `GSI1` that lists the trash by the time of deletion.
pub(crate) const TRASH: &str = "TRASH";
/// The sort key of every photo or video.
pub(crate) const MEDIA: &str = "MED";
/// What the sort key of every comment begins with.
pub(crate) const COMMENT_PREFIX: &str = "COM#";
/// What the sort key of every line of an access list begins with.
pub(crate) const GRANT_PREFIX: &str = "GRANT#";

/// Attributes of an item, by name.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// The primary key of an item.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

impl Key {
    pub(crate) fn attributes(&self) -> Item {
        HashMap::from([(PK.to_owned(), text(&self.pk)), (SK.to_owned(), text(&self.sk))])
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
    Key { pk: gallery_partition(gallery), sk: format!("SHA#{sha256}") }
}

pub(crate) fn media(id: MediaId) -> Key {
    Key { pk: media_partition(id), sk: MEDIA.to_owned() }
}

pub(crate) fn media_partition(id: MediaId) -> String {
    format!("MED#{}", id.ulid())
}

pub(crate) fn comment(id: CommentId) -> Key {
    Key { pk: media_partition(id.media), sk: format!("{COMMENT_PREFIX}{}", id.own) }
}

pub(crate) fn user(id: UserId) -> Key {
    Key { pk: format!("USER#{}", id.sub()), sk: "USER".to_owned() }
}

/// Ends the text that a list is ordered by. It begins with the least characters that such a text may hold within, so that
/// "Summer" goes before "Summer 2024".
const END_OF_TEXT: &str = "  #";

/// Where a gallery stands in [`GALLERIES`]: by title, without regard to case.
pub(crate) fn gallery_order(title: &str, id: GalleryId) -> String {
    format!("{}{END_OF_TEXT}{}", title.to_lowercase(), id.ulid())
}

/// Where a person stands in [`USERS`]: by name, without regard to case.
pub(crate) fn user_order(name: &str, id: UserId) -> String {
    format!("{}{END_OF_TEXT}{}", name.to_lowercase(), id.sub())
}

/// Where a photo or video stands in its gallery's partition of `GSI1`.
pub(crate) fn media_order(media: &Media) -> String {
    time_order(media.sort_time(), media.id)
}

/// Where a photo or video stands in a list by time.
pub(crate) fn time_order(time: Timestamp, id: MediaId) -> String {
    format!("{time}#{}", id.ulid())
}
