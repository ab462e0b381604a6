//! Photos and videos in the table: every change of state is conditional, and counters move with what they count.

use std::collections::HashMap;

use model::{Caption, Error, GalleryId, Media, MediaId, MediaStatus, Page, PageRequest, Rotation, Timestamp};
use ulid::Ulid;

use crate::{
    Store,
    change::Change,
    item::{Listing, Source},
    keys::{self, GSI1_PK, GSI1_SK, Key},
};

/// What of a photo or video a person changes; what is none stays.
#[derive(Debug, Default)]
pub struct MediaChange {
    /// New caption; an inner none takes it away.
    pub caption: Option<Option<Caption>>,
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

    /// Changes what a person may change; none where the record was moved, trashed or erased meanwhile.
    pub async fn update_media(
        &self,
        media: &Media,
        change: &MediaChange,
        now: Timestamp,
    ) -> Result<Option<Media>, Error> {
        let mut update = Change::of_existing()
            .when("status", &media.status)?
            .when("gallery_id", &media.gallery_id)?
            .set("updated_at", &now)?;
        if let Some(caption) = &change.caption {
            update = update.put("caption", caption.as_ref())?;
        }
        if let Some((taken_at, offset_minutes)) = &change.taken_at {
            let order = keys::time_order(*taken_at, media.id);
            update = update
                .set("taken_at", taken_at)?
                .put("taken_at_offset_minutes", offset_minutes.as_ref())?
                .set("taken_at_by_person", &true)?;
            if media.status != MediaStatus::Uploading {
                update = update.set(GSI1_SK, &order)?;
            }
        }
        if let Some(rotation) = &change.rotation {
            update = update.when("rotation", &media.rotation)?.set("rotation", rotation)?;
            if media.status == MediaStatus::Ready {
                update = update.set("status", &MediaStatus::Processing)?;
            }
        }
        self.change(&keys::media(media.id), update).await
    }

    /// Moves media to another gallery, with its claim and both counts.
    pub async fn move_media(&self, media: &Media, to: GalleryId, now: Timestamp) -> Result<Moved, Error> {
        let record = Change::of_existing()
            .when("status", &media.status)?
            .when("gallery_id", &media.gallery_id)?
            .set("gallery_id", &to)?
            .set("updated_at", &now)?
            .set(GSI1_PK, &keys::gallery_partition(to))?;
        let mut writes = vec![
            self.change_write(&keys::media(media.id), record),
            self.change_write(
                &keys::gallery(to),
                Change::of_existing().when_absent("deleted_at").add("media_count", 1),
            ),
            self.change_write(&keys::gallery(media.gallery_id), leaving()),
        ];
        writes.extend(self.release_of_claim(media).await?);
        self.transact_with_claim(writes, media, to).await
    }

    /// The media of a gallery by the time they were taken; not those on their way or in the trash.
    pub async fn list_media(
        &self,
        gallery: GalleryId,
        page: &PageRequest,
        ascending: bool,
    ) -> Result<Page<Media>, Error> {
        let source = Source::Index { pk: keys::gallery_partition(gallery) };
        self.list(Listing { source, ascending }, page, media_of_place).await
    }
}

/// What changes in a gallery that a picture leaves.
pub(crate) fn leaving() -> Change {
    Change::of_existing().add("media_count", -1)
}

/// The key of the photo or video at a place in a list by time.
pub(crate) fn media_of_place(place: &str) -> Option<Key> {
    let (_, id) = place.rsplit_once('#')?;
    Some(keys::media(MediaId::new(Ulid::from_string(id).ok()?)))
}
