//! Single records of any kind, read together.

use std::collections::HashMap;

use model::{Comment, CommentId, Error, Gallery, GalleryId, Grant, LinkId, Media, MediaId, ShareLink, User, UserId};

use crate::{
    Store,
    item::from_item,
    keys::{self, Item, Key},
};

/// Names a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecordKey {
    /// A person.
    User(UserId),
    /// A gallery, deleted ones too.
    Gallery(GalleryId),
    /// A person's line of a gallery's access list.
    Grant(GalleryId, UserId),
    /// A photo or video, in any state.
    Media(MediaId),
    /// A comment, removed ones too.
    Comment(CommentId),
    /// A share link, also one that opens nothing any more.
    Link(LinkId),
}

/// A record of any kind.
#[derive(Clone, Debug)]
pub enum Record {
    /// A person.
    User(User),
    /// A gallery.
    Gallery(Gallery),
    /// A line of an access list.
    Grant(Grant),
    /// A photo or video.
    Media(Box<Media>),
    /// A comment.
    Comment(Comment),
    /// A share link.
    Link(ShareLink),
}

impl RecordKey {
    fn key(self) -> Key {
        match self {
            Self::User(id) => keys::user(id),
            Self::Gallery(id) => keys::gallery(id),
            Self::Grant(gallery, user) => keys::grant(gallery, user),
            Self::Media(id) => keys::media(id),
            Self::Comment(id) => keys::comment(id),
            Self::Link(id) => keys::link(id),
        }
    }

    fn record(self, item: Item) -> Result<Record, Error> {
        Ok(match self {
            Self::User(_) => Record::User(from_item(item)?),
            Self::Gallery(_) => Record::Gallery(from_item(item)?),
            Self::Grant(..) => Record::Grant(from_item(item)?),
            Self::Media(_) => Record::Media(from_item(item)?),
            Self::Comment(_) => Record::Comment(from_item(item)?),
            Self::Link(_) => Record::Link(from_item(item)?),
        })
    }
}

impl Store {
    /// Records of any kinds, strongly consistent, a hundred in one call; those that are not there are left out. One that
    /// cannot be read is an error of its own, and no other's.
    pub async fn get_records(&self, wanted: &[RecordKey]) -> Result<HashMap<RecordKey, Result<Record, Error>>, Error> {
        let by_key: HashMap<Key, RecordKey> = wanted.iter().map(|&record| (record.key(), record)).collect();
        let keys: Vec<Key> = by_key.keys().cloned().collect();
        let items = match keys.as_slice() {
            [key] => self.get_item(key).await?.into_iter().collect(),
            keys => self.get_items(keys).await?,
        };
        let mut found = HashMap::with_capacity(items.len());
        for item in items {
            let record = Key::of(&item).and_then(|key| by_key.get(&key));
            let record = *record.ok_or_else(|| Error::internal("the table answered with an item of another key"))?;
            found.insert(record, record.record(item));
        }
        Ok(found)
    }
}
