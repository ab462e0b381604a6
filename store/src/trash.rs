//! The trash: into it, out of it, and out of the world.

use model::{Error, Media, MediaId, MediaStatus, Page, PageRequest, Timestamp};

use crate::{
    Store,
    change::Change,
    item::{Listing, Source, Transaction},
    keys::{self, GSI1_PK, GSI1_SK, TRASH},
    media::{Moved, leaving, media_of_place},
};

impl Store {
    /// Puts media into the trash: out of its gallery, its claim released.
    pub async fn trash_media(&self, media: &Media, now: Timestamp) -> Result<Moved, Error> {
        let record = Change::of_existing()
            .when("status", &media.status)?
            .when("gallery_id", &media.gallery_id)?
            .set("status", &MediaStatus::Trashed)?
            .set("trashed_at", &now)?
            .set("updated_at", &now)?
            .set(GSI1_PK, &TRASH)?
            .set(GSI1_SK, &keys::time_order(now, media.id))?;
        let mut writes = vec![
            self.change_write(&keys::media(media.id), record),
            self.change_write(&keys::gallery(media.gallery_id), leaving()),
        ];
        writes.extend(self.release_of_claim(media).await?);
        Ok(match self.transact(writes).await? {
            Transaction::Done => Moved::Done,
            Transaction::Refused(_) => Moved::Changed,
        })
    }

    /// Takes media out of the trash, back into its gallery, which must not be deleted.
    pub async fn restore_media(&self, media: &Media, now: Timestamp) -> Result<Moved, Error> {
        let back = match (&media.renditions, &media.failure_reason) {
            (_, Some(_)) => MediaStatus::Failed,
            (Some(_), None) => MediaStatus::Ready,
            (None, None) => MediaStatus::Processing,
        };
        let record = Change::of_existing()
            .when("status", &MediaStatus::Trashed)?
            .when_absent("erasing")
            .set("status", &back)?
            .set("updated_at", &now)?
            .remove("trashed_at")
            .set(GSI1_PK, &keys::gallery_partition(media.gallery_id))?
            .set(GSI1_SK, &keys::media_order(media))?;
        let gallery = Change::of_existing().when_absent("deleted_at").add("media_count", 1);
        let writes = vec![
            self.change_write(&keys::media(media.id), record),
            self.change_write(&keys::gallery(media.gallery_id), gallery),
        ];
        self.transact_with_claim(writes, media, media.gallery_id).await
    }

    /// Begins to erase media that is in the trash, from where it can then not return; false where it is not there.
    pub async fn begin_erasing(&self, id: MediaId) -> Result<bool, Error> {
        let update = Change::of_existing().when("status", &MediaStatus::Trashed)?.set("erasing", &true)?;
        let changed: Option<Media> = self.change(&keys::media(id), update).await?;
        Ok(changed.is_some())
    }

    /// Deletes the record of media that is being erased, after its objects. Its comments go first.
    pub async fn erase_media(&self, id: MediaId) -> Result<(), Error> {
        loop {
            let page = self.list_comments(id, &PageRequest { first: 100, after: None }).await?;
            for (_, comment) in &page.rows {
                self.delete(&keys::comment(comment.id)).await?;
            }
            if !page.has_next {
                break;
            }
        }
        let erasing = Change::of_existing().when("erasing", &true)?;
        self.transact(vec![self.delete_write(&keys::media(id), erasing)]).await?;
        Ok(())
    }

    /// The trash, latest first.
    pub async fn list_trash(&self, page: &PageRequest) -> Result<Page<Media>, Error> {
        let source = Source::Index { pk: TRASH.to_owned() };
        self.list(Listing { source, ascending: false }, page, media_of_place).await
    }
}
