//! Galleries and their access lists in the table.

use std::collections::HashMap;

use model::{
    AccessLevel, Description, Error, Gallery, GalleryId, GallerySort, Grant, Media, MediaId, Page, PageRequest,
    Position, Timestamp, Title, UserId, Visibility,
};
use ulid::Ulid;

use crate::{
    Store,
    change::Change,
    item::whole_item,
    keys::{self, DELETED_GALLERIES, GALLERIES, GRANT_PREFIX, Key},
    listing::{Listing, Source},
    replace::Replaced,
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

/// How many pictures are looked at, at a time, for the first that a gallery shows.
const ENDS_READ: usize = 10;

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
        Ok(self.replace_gallery(None, gallery).await? == Replaced::Done)
    }

    /// Changes a gallery; none where it was changed or deleted meanwhile.
    pub async fn update_gallery(
        &self,
        gallery: &Gallery,
        change: &GalleryChange,
        now: Timestamp,
    ) -> Result<Option<Gallery>, Error> {
        let mut updated = Gallery { updated_at: now, ..gallery.clone() };
        if let Some(title) = &change.title {
            updated.title = title.clone();
        }
        if let Some(description) = &change.description {
            updated.description.clone_from(description);
        }
        updated.visibility = change.visibility.unwrap_or(gallery.visibility);
        updated.sort = change.sort.unwrap_or(gallery.sort);
        updated.cover_media_id = change.cover_media_id.unwrap_or(gallery.cover_media_id);
        match self.replace_gallery(Some(gallery), &updated).await? {
            Replaced::Done => self.get_gallery(gallery.id).await,
            Replaced::Changed | Replaced::Duplicate | Replaced::GalleryGone => Ok(None),
        }
    }

    /// Puts a gallery at a place in the order by hand; false where it was changed or deleted meanwhile.
    pub async fn place_gallery(&self, gallery: &Gallery, position: Position) -> Result<bool, Error> {
        let placed = Gallery { position: Some(position), ..gallery.clone() };
        Ok(self.replace_gallery(Some(gallery), &placed).await? == Replaced::Done)
    }

    /// All galleries that are not deleted: those that nobody has put anywhere by title, then the others in the order by
    /// hand. Who may see which is for the caller to decide.
    pub async fn list_galleries(&self, page: &PageRequest) -> Result<Page<Gallery>, Error> {
        self.list(Listing { source: Source::index(GALLERIES), ascending: true }, page, gallery_of_place).await
    }

    /// All galleries that were deleted; what they held is in the trash.
    pub async fn list_deleted_galleries(&self, page: &PageRequest) -> Result<Page<Gallery>, Error> {
        self.list(Listing { source: Source::index(DELETED_GALLERIES), ascending: true }, page, gallery_of_place).await
    }

    /// Marks an empty gallery as deleted; false where it is gone already, was changed, or still shows media.
    pub async fn mark_gallery_deleted(&self, gallery: &Gallery, now: Timestamp) -> Result<bool, Error> {
        let deleted = Gallery { deleted_at: Some(now), ..gallery.clone() };
        Ok(gallery.deleted_at.is_none() && self.replace_gallery(Some(gallery), &deleted).await? == Replaced::Done)
    }

    /// Brings a deleted gallery back, for a picture that returns from the trash.
    pub async fn revive_gallery(&self, gallery: &Gallery, now: Timestamp) -> Result<(), Error> {
        let revived = Gallery { deleted_at: None, updated_at: now, ..gallery.clone() };
        // Where somebody else did it at this moment, it is done.
        self.replace_gallery(Some(gallery), &revived).await?;
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

    /// What the access list of one gallery lets some people do.
    pub async fn get_grants_of(
        &self,
        gallery: GalleryId,
        users: &[UserId],
    ) -> Result<HashMap<UserId, AccessLevel>, Error> {
        let keys: Vec<Key> = users.iter().map(|&user| keys::grant(gallery, user)).collect();
        let found: Vec<Grant> = self.get_many(&keys).await?;
        Ok(found.into_iter().map(|grant| (grant.user_id, grant.level)).collect())
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
        let source = Source::Table { pk: keys::gallery_partition(gallery), sk_prefix: GRANT_PREFIX.to_owned() };
        self.list(Listing { source, ascending: true }, page, |_| None).await
    }

    /// Brings the days that a gallery spans, and its oldest picture, up to date with its media.
    pub async fn refresh_gallery_span(&self, id: GalleryId) -> Result<(), Error> {
        let first = self.first_shown(id, GallerySort::TakenAtAsc).await?;
        let last = self.first_shown(id, GallerySort::TakenAtDesc).await?;
        let update = Change::of_existing()
            .put("first_taken_on", first.as_ref().map(Media::day).as_ref())?
            .put("last_taken_on", last.as_ref().map(Media::day).as_ref())?
            .put("first_media_id", first.map(|media| media.id).as_ref())?;
        self.change::<Gallery>(&keys::gallery(id), update).await?;
        Ok(())
    }

    /// The first picture that a gallery shows in an order. Those before it may have left, while the index lists them still.
    async fn first_shown(&self, id: GalleryId, sort: GallerySort) -> Result<Option<Media>, Error> {
        let mut page = PageRequest { first: ENDS_READ, after: None };
        loop {
            let listed = self.list_media(id, &page, sort).await?;
            page.after = listed.rows.last().map(|(cursor, _)| cursor.clone());
            let ids: Vec<MediaId> = listed.rows.into_iter().map(|(_, id)| id).collect();
            let shown = self.get_shown_media(id, &ids).await?.into_iter().flatten().next();
            if shown.is_some() || !listed.has_next {
                return Ok(shown);
            }
        }
    }
}

/// The key of the gallery at a place in a list.
fn gallery_of_place(place: &str) -> Option<Key> {
    let (_, id) = place.rsplit_once('#')?;
    Some(keys::gallery(GalleryId::new(Ulid::from_string(id).ok()?)))
}
