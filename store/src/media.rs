//! Photos and videos in the table: every change is conditional, and all that follows from a record changes with it.

use std::collections::HashMap;

use model::{
    Caption, Error, GalleryId, GallerySort, Media, MediaId, MediaStatus, Page, PageRequest, PlaceName, Position,
    Rotation, Timestamp,
};
use ulid::Ulid;

use crate::{
    Store,
    keys::{self, GSI1, GSI2, Key, POINTER_PREFIX, TIMELINE},
    listing::{Listing, Source},
    replace::{Pointer, Replaced},
};

/// What of a photo or video a person changes; what is none stays.
#[derive(Clone, Debug, Default)]
pub struct MediaChange {
    /// New caption; an inner none takes it away.
    pub caption: Option<Option<Caption>>,
    /// New name of the place; an inner none takes it away.
    pub place_name: Option<Option<PlaceName>>,
    /// New taken time, and the minutes that the wall clock was ahead of UTC.
    pub taken_at: Option<(Timestamp, Option<i32>)>,
    /// New turn, counted from what the file says.
    pub rotation: Option<Rotation>,
}

/// How moving media between states or galleries ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Moved {
    /// It happened.
    Done,
    /// The target holds the same bytes already.
    Duplicate,
    /// The record was changed meanwhile, or is not in the state for it.
    Changed,
    /// The target was deleted.
    GalleryGone,
}

impl From<Replaced> for Moved {
    fn from(end: Replaced) -> Self {
        match end {
            Replaced::Done => Self::Done,
            Replaced::Duplicate => Self::Duplicate,
            Replaced::Changed => Self::Changed,
            Replaced::GalleryGone => Self::GalleryGone,
        }
    }
}

impl Store {
    /// One photo or video, in any state.
    pub async fn get_media(&self, id: MediaId) -> Result<Option<Media>, Error> {
        self.get(&keys::media(id)).await
    }

    /// Photos and videos by id, in any state; those that are not there are left out.
    pub async fn get_many_media(&self, ids: &[MediaId]) -> Result<HashMap<MediaId, Media>, Error> {
        let keys: Vec<Key> = ids.iter().copied().map(keys::media).collect();
        let found: Vec<Media> = self.get_many(&keys).await?;
        Ok(found.into_iter().map(|media| (media.id, media)).collect())
    }

    /// Changes what a person may change; none where the record was changed or erased meanwhile.
    pub async fn update_media(
        &self,
        media: &Media,
        change: &MediaChange,
        now: Timestamp,
    ) -> Result<Option<Media>, Error> {
        let mut updated = Media { updated_at: now, ..media.clone() };
        if let Some(caption) = &change.caption {
            updated.caption.clone_from(caption);
        }
        if let Some(place_name) = &change.place_name {
            updated.place_name.clone_from(place_name);
        }
        if let Some((taken_at, offset_minutes)) = change.taken_at {
            updated.taken_at = Some(taken_at);
            updated.taken_at_offset_minutes = offset_minutes;
            updated.taken_at_by_person = true;
        }
        if let Some(rotation) = change.rotation {
            updated.rotation = rotation;
            if media.status == MediaStatus::Ready {
                updated.status = MediaStatus::Processing;
            }
        }
        match self.replace_media(Some(media), Some(&updated), Vec::new()).await? {
            Replaced::Done => self.get_media(media.id).await,
            Replaced::Changed | Replaced::Duplicate | Replaced::GalleryGone => Ok(None),
        }
    }

    /// Moves media to another gallery, with its claim and all counts. It loses the place that it was put at by hand.
    pub async fn move_media(&self, media: &Media, to: GalleryId, now: Timestamp) -> Result<Moved, Error> {
        let moved = Media { gallery_id: to, position: None, updated_at: now, ..media.clone() };
        Ok(self.replace_media(Some(media), Some(&moved), Vec::new()).await?.into())
    }

    /// Puts media at a place in the order by hand; false where it was changed meanwhile.
    pub async fn place_media(&self, media: &Media, position: Position, now: Timestamp) -> Result<bool, Error> {
        let placed = Media { position: Some(position), updated_at: now, ..media.clone() };
        Ok(self.replace_media(Some(media), Some(&placed), Vec::new()).await? == Replaced::Done)
    }

    /// Ids of what a gallery shows, in one of its orders; not of what is on its way or in the trash.
    ///
    /// Orders are kept by indexes, which lag behind the table: [`Media::is_shown_in`] says of the record what is still so.
    pub async fn list_media(
        &self,
        gallery: GalleryId,
        page: &PageRequest,
        sort: GallerySort,
    ) -> Result<Page<MediaId>, Error> {
        let partition = keys::gallery_partition(gallery);
        match sort {
            GallerySort::TakenAtAsc => self.list_by_time(Source::index(partition), true, page).await,
            GallerySort::TakenAtDesc => self.list_by_time(Source::index(partition), false, page).await,
            GallerySort::UploadedAtDesc => {
                let source = Source::Table { pk: partition, sk_prefix: POINTER_PREFIX.to_owned() };
                Ok(ids(self.list(Listing { source, ascending: false }, page, |_| None).await?))
            }
            GallerySort::Manual => Ok(ids(self.list_pointers(gallery, None, page).await?)),
        }
    }

    /// The same of what was taken in a range of time, by that time.
    pub async fn list_media_taken(
        &self,
        gallery: GalleryId,
        page: &PageRequest,
        ascending: bool,
        range: (Timestamp, Timestamp),
    ) -> Result<Page<MediaId>, Error> {
        let pk = keys::gallery_partition(gallery);
        self.list_by_time(Source::Index { index: GSI1, pk, range: Some(places(range)) }, ascending, page).await
    }

    /// Those of some photos and videos that a gallery shows, in their places.
    pub async fn get_shown_media(&self, gallery: GalleryId, ids: &[MediaId]) -> Result<Vec<Option<Media>>, Error> {
        let mut found = self.get_many_media(ids).await?;
        found.retain(|_, media| media.is_shown_in(gallery));
        Ok(ids.iter().map(|id| found.remove(id)).collect())
    }

    async fn list_by_time(&self, source: Source, ascending: bool, page: &PageRequest) -> Result<Page<MediaId>, Error> {
        let found: Page<Media> = self.list(Listing { source, ascending }, page, media_of_place).await?;
        let rows = found.rows.into_iter().map(|(cursor, media)| (cursor, media.id)).collect();
        Ok(Page { rows, has_next: found.has_next })
    }

    /// The order by hand from a place on, that place included.
    pub async fn list_manual_order(
        &self,
        gallery: GalleryId,
        from: Option<&Position>,
        page: &PageRequest,
    ) -> Result<Page<(MediaId, Position)>, Error> {
        let Page { rows, has_next } = self.list_pointers(gallery, from, page).await?;
        let rows = rows.into_iter().map(|(cursor, pointer)| {
            let (place, _) = cursor.sort_key().rsplit_once('#').unwrap_or_default();
            let place = Position::try_from(place.to_owned()).map_err(Error::internal)?;
            Ok((cursor, (pointer.media_id, place)))
        });
        Ok(Page { rows: rows.collect::<Result<_, Error>>()?, has_next })
    }

    async fn list_pointers(
        &self,
        gallery: GalleryId,
        from: Option<&Position>,
        page: &PageRequest,
    ) -> Result<Page<Pointer>, Error> {
        // `~` goes after every digit of a position.
        let range = from.map(|from| (from.to_string(), "~".to_owned()));
        let source = Source::Index { index: GSI1, pk: keys::manual_partition(gallery), range };
        let key_of = |place: &str| Some(keys::pointer(gallery, id_of_place(place)?));
        self.list(Listing { source, ascending: true }, page, key_of).await
    }

    /// What all galleries show, newest first; with a range, what was taken then.
    pub async fn list_timeline(
        &self,
        page: &PageRequest,
        range: Option<(Timestamp, Timestamp)>,
    ) -> Result<Page<MediaId>, Error> {
        let source = Source::Index { index: GSI2, pk: TIMELINE.to_owned(), range: range.map(places) };
        self.list_by_time(source, false, page).await
    }
}

/// The places of a range of time in a list by time.
fn places((from, to): (Timestamp, Timestamp)) -> (String, String) {
    // `~` goes after every character of a ULID.
    (from.to_string(), format!("{to}#~"))
}

/// What pointers point to.
fn ids(pointers: Page<Pointer>) -> Page<MediaId> {
    let rows = pointers.rows.into_iter().map(|(cursor, pointer)| (cursor, pointer.media_id)).collect();
    Page { rows, has_next: pointers.has_next }
}

/// The key of the photo or video at a place in a list.
pub(crate) fn media_of_place(place: &str) -> Option<Key> {
    id_of_place(place).map(keys::media)
}

fn id_of_place(place: &str) -> Option<MediaId> {
    let (_, id) = place.rsplit_once('#')?;
    Some(MediaId::new(Ulid::from_string(id).ok()?))
}
