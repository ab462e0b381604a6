//! The trash: into it, out of it, and out of the world.

use model::{Error, Media, MediaId, MediaStatus, Page, PageRequest, Timestamp};

use crate::{
    Store,
    keys::{self, TRASH},
    listing::{Listing, Source},
    media::{Moved, media_of_place},
    replace::Replaced,
};

const WHOLE_PAGE: PageRequest = PageRequest { first: model::MAX_PAGE_SIZE, after: None };

impl Store {
    /// Puts media into the trash: out of its gallery, its claim released.
    pub async fn trash_media(&self, media: &Media, now: Timestamp) -> Result<Moved, Error> {
        if !media.is_shown() {
            return Ok(Moved::Changed);
        }
        let trashed = Media { status: MediaStatus::Trashed, trashed_at: Some(now), updated_at: now, ..media.clone() };
        Ok(self.replace_media(Some(media), Some(&trashed), Vec::new()).await?.into())
    }

    /// Takes media out of the trash, back into its gallery; [`Moved::GalleryGone`] where that was deleted.
    pub async fn restore_media(&self, media: &Media, now: Timestamp) -> Result<Moved, Error> {
        if media.status != MediaStatus::Trashed || media.erasing {
            return Ok(Moved::Changed);
        }
        let back = match (&media.renditions, &media.failure_reason) {
            (_, Some(_)) => MediaStatus::Failed,
            (Some(_), None) if media.shows_its_turn() => MediaStatus::Ready,
            (_, None) => MediaStatus::Processing,
        };
        let restored = Media { status: back, trashed_at: None, updated_at: now, ..media.clone() };
        Ok(self.replace_media(Some(media), Some(&restored), Vec::new()).await?.into())
    }

    /// Begins to erase media that is in the trash, from where it can then not return; none where it is not there.
    pub async fn begin_erasing(&self, id: MediaId) -> Result<Option<Media>, Error> {
        let Some(media) = self.get_media(id).await?.filter(|media| media.status == MediaStatus::Trashed) else {
            return Ok(None);
        };
        if media.erasing {
            return Ok(Some(media));
        }
        let erasing = Media { erasing: true, ..media.clone() };
        match self.replace_media(Some(&media), Some(&erasing), Vec::new()).await? {
            Replaced::Done => self.get_media(id).await,
            Replaced::Changed | Replaced::Duplicate | Replaced::GalleryGone => Ok(None),
        }
    }

    /// Deletes the record of media that is being erased, after its objects. What was said about it, and who liked it, goes
    /// first.
    pub async fn erase_media(&self, media: &Media) -> Result<(), Error> {
        loop {
            let comments = self.list_comments(media.id, &WHOLE_PAGE).await?;
            for (_, comment) in &comments.rows {
                self.erase_thread(comment).await?;
            }
            if !comments.has_next {
                break;
            }
        }
        loop {
            let likes = self.list_likes(media.id, &WHOLE_PAGE).await?;
            for (_, like) in &likes.rows {
                self.delete(&keys::like(media.id, like.user_id)).await?;
            }
            if !likes.has_next {
                break;
            }
        }
        self.replace_media(Some(media), None, Vec::new()).await?;
        Ok(())
    }

    /// Deletes media that is being erased: its objects before its record, so that a run that was cut short can be repeated.
    pub async fn erase_stored(&self, media: &Media) -> Result<(), Error> {
        self.delete_renditions(media.id, None).await?;
        self.delete_original(media.id).await?;
        self.erase_media(media).await?;
        // What was being made of it meanwhile. Whoever makes something later finds no record, and sees to it.
        self.delete_renditions(media.id, None).await
    }

    /// The trash, latest first.
    pub async fn list_trash(&self, page: &PageRequest) -> Result<Page<Media>, Error> {
        self.list(Listing { source: Source::index(TRASH), ascending: false }, page, media_of_place).await
    }
}
