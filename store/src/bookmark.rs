//! Places where the reading of a list stopped. They may lie at something that the reader must not know of, so that the
//! reader gets the name of a bookmark instead.

use model::{Cursor, Error, Timestamp};
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::{
    Store,
    item::{to_value, whole_item},
    keys::{self, TTL},
};

const KEPT_SECONDS: i64 = 24 * 3_600;

#[derive(Serialize, Deserialize)]
struct Bookmark {
    place: String,
}

impl Store {
    /// Keeps a place in a list for a day.
    pub async fn put_bookmark(&self, id: Ulid, place: &Cursor, now: Timestamp) -> Result<(), Error> {
        let bookmark = Bookmark { place: place.sort_key().to_owned() };
        let mut item = whole_item(&keys::bookmark(id), None, &bookmark)?;
        item.insert(TTL.to_owned(), to_value(&now.plus_seconds(KEPT_SECONDS).unix_seconds())?);
        self.put(item).await
    }

    /// The place that was kept; none where it was forgotten.
    pub async fn get_bookmark(&self, id: Ulid) -> Result<Option<Cursor>, Error> {
        let bookmark: Option<Bookmark> = self.get(&keys::bookmark(id)).await?;
        Ok(bookmark.map(|bookmark| Cursor::new(bookmark.place)))
    }
}
