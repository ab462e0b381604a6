//! Galleries and their access lists in the table.

use std::collections::HashMap;

use model::{
    AccessLevel, Description, Error, Gallery, GalleryId, GallerySort, Grant, MediaId, Page, PageRequest, Timestamp,
    Title, UserId, Visibility,
};
use ulid::Ulid;

use crate::{
    Store,
    change::Change,
    item::{Listing, Source, whole_item},
    keys::{self, GALLERIES, GRANT_PREFIX, GSI1_PK, GSI1_SK, Key},
};

/// What of a gallery is to change; what is none stays.
#[derive(Debug, Default)]
pub struct GalleryChange {
    /// New title.
    pub title: Option<Title>,
    /// New description; an inner none takes it away.
    pub description: Option<Option<Description>>,
    /// New rule of who may see it.
    pub visibility: Option<Visibility>,
    /// New order of its media.
    pub sort: Option<GallerySort>,
    /// New cover; an inner none takes the choice back.
    pub cover_media_id: Option<Option<MediaId>>,
}

impl Store {
    /// One gallery, deleted ones too.
    pub async fn get_gallery(&self, id: GalleryId) -> Result<Option<Gallery>, Error> {
        self.get(&keys::gallery(id)).await
    }

    /// Galleries by id, deleted ones too; those that are not there are left out.
    pub async fn get_galleries(&self, ids: &[GalleryId]) -> Result<HashMap<GalleryId, Gallery>, Error> {
        let keys: Vec<Key> = ids.iter().copied().map(keys::gallery).collect();
        let found: Vec<Gallery> = self.get_many(&keys).await?;
        Ok(found.into_iter().map(|gallery| (gallery.id, gallery)).collect())
    }

    /// Writes a new gallery; false where its id is taken.
    pub async fn put_gallery(&self, gallery: &Gallery) -> Result<bool, Error> {
        let place = (GALLERIES.to_owned(), keys::gallery_order(gallery.title.as_str(), gallery.id));
        self.put_new(whole_item(&keys::gallery(gallery.id), Some(place), gallery)?).await
    }

    /// Changes a gallery that is not deleted; none where there is no such gallery.
    pub async fn update_gallery(
        &self,
        id: GalleryId,
        change: &GalleryChange,
        now: Timestamp,
    ) -> Result<Option<Gallery>, Error> {
        let mut update = Change::of_existing().when_absent("deleted_at").set("updated_at", &now)?;
        if let Some(title) = &change.title {
            update = update.set("title", title)?.set(GSI1_SK, &keys::gallery_order(title.as_str(), id))?;
        }
        if let Some(description) = &change.description {
            update = update.put("description", description.as_ref())?;
        }
        if let Some(visibility) = &change.visibility {
            update = update.set("visibility", visibility)?;
        }
        if let Some(sort) = &change.sort {
            update = update.set("sort", sort)?;
        }
        if let Some(cover) = &change.cover_media_id {
            update = update.put("cover_media_id", cover.as_ref())?;
        }
        self.change(&keys::gallery(id), update).await
    }

    /// All galleries that are not deleted, by title. Who may see which is for the caller to decide.
    pub async fn list_galleries(&self, page: &PageRequest) -> Result<Page<Gallery>, Error> {
        let listing = Listing { source: Source::Index { pk: GALLERIES.to_owned() }, ascending: true };
        self.list(listing, page, |place| {
            let (_, id) = place.rsplit_once('#')?;
            Some(keys::gallery(GalleryId::new(Ulid::from_string(id).ok()?)))
        })
        .await
    }

    /// Marks an empty gallery as deleted; false where it is gone already, or still shows media.
    pub async fn mark_gallery_deleted(&self, id: GalleryId, now: Timestamp) -> Result<bool, Error> {
        let update = Change::of_existing()
            .when_absent("deleted_at")
            .when("media_count", &0)?
            .set("deleted_at", &now)?
            .remove(GSI1_PK)
            .remove(GSI1_SK);
        let changed: Option<Gallery> = self.change(&keys::gallery(id), update).await?;
        Ok(changed.is_some())
    }

    /// Brings a deleted gallery back, for a picture that returns from the trash.
    pub async fn revive_gallery(&self, gallery: &Gallery, now: Timestamp) -> Result<(), Error> {
        let update = Change::of_existing()
            .remove("deleted_at")
            .set("updated_at", &now)?
            .set(GSI1_PK, &GALLERIES)?
            .set(GSI1_SK, &keys::gallery_order(gallery.title.as_str(), gallery.id))?;
        self.change::<Gallery>(&keys::gallery(gallery.id), update).await?;
        Ok(())
    }

    /// One line of an access list.
    pub async fn get_grant(&self, gallery: GalleryId, user: UserId) -> Result<Option<Grant>, Error> {
        self.get(&keys::grant(gallery, user)).await
    }

    /// What the access lists of some galleries let one person do.
    pub async fn get_grants(
        &self,
        user: UserId,
        galleries: &[GalleryId],
    ) -> Result<HashMap<GalleryId, AccessLevel>, Error> {
        let keys: Vec<Key> = galleries.iter().map(|&gallery| keys::grant(gallery, user)).collect();
        let found: Vec<Grant> = self.get_many(&keys).await?;
        Ok(found.into_iter().map(|grant| (grant.gallery_id, grant.level)).collect())
    }

    /// Puts a line on an access list, or changes it.
    pub async fn put_grant(&self, grant: &Grant) -> Result<(), Error> {
        let place = (keys::user(grant.user_id).pk, keys::gallery_partition(grant.gallery_id));
        self.put(whole_item(&keys::grant(grant.gallery_id, grant.user_id), Some(place), grant)?).await
    }

    /// Takes a line off an access list.
    pub async fn delete_grant(&self, gallery: GalleryId, user: UserId) -> Result<(), Error> {
        self.delete(&keys::grant(gallery, user)).await
    }

    /// The lines of an access list.
    pub async fn list_grants(&self, gallery: GalleryId, page: &PageRequest) -> Result<Page<Grant>, Error> {
        let source = Source::Table { pk: keys::gallery_partition(gallery), sk_prefix: GRANT_PREFIX };
        self.list(Listing { source, ascending: true }, page, |_| None).await
    }

    /// Brings the days that a gallery spans, and its oldest picture, up to date with its media.
    ///
    /// The index that lists the media lags behind the table, so `removed` names a picture that just left.
    pub async fn refresh_gallery_span(&self, id: GalleryId, removed: Option<MediaId>) -> Result<(), Error> {
        let page = PageRequest { first: 2, after: None };
        let oldest = self.list_media(id, &page, true).await?;
        let newest = self.list_media(id, &page, false).await?;
        let stays = |media: &&model::Media| Some(media.id) != removed;
        let first = oldest.rows.iter().map(|(_, media)| media).find(stays);
        let last = newest.rows.iter().map(|(_, media)| media).find(stays);
        let update = Change::of_existing()
            .put("first_taken_on", first.map(model::Media::day).as_ref())?
            .put("last_taken_on", last.map(model::Media::day).as_ref())?
            .put("first_media_id", first.map(|media| media.id).as_ref())?;
        self.change::<Gallery>(&keys::gallery(id), update).await?;
        Ok(())
    }
}
