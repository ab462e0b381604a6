//! Media whose bytes are on their way: announced, gone on with, let in, forgotten.

use model::{Error, Media, MediaId, MediaStatus, Timestamp, Upload};

use crate::{Store, replace::Replaced};

/// How the announcement of new media ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Announced {
    /// The record is there, waiting for the bytes.
    New,
    /// The gallery has these bytes already, or they are on their way.
    Claimed(MediaId),
}

impl Store {
    /// Announces media whose bytes are still to come, together with the claim on those bytes.
    pub async fn announce_media(&self, media: &Media) -> Result<Announced, Error> {
        if self.replace_media(None, Some(media), Vec::new()).await? == Replaced::Done {
            return Ok(Announced::New);
        }
        match self.find_by_sha256(media.gallery_id, media.sha256).await? {
            Some(holder) => Ok(Announced::Claimed(holder)),
            None => Err(Error::Unavailable("the claim on the same bytes was released at this moment".into())),
        }
    }

    /// Gives an upload more time, or another multipart upload; none where it is not on its way any more.
    pub async fn renew_upload(&self, media: &Media, upload: &Upload) -> Result<Option<Media>, Error> {
        let multipart_of = |media: &Media| media.upload.as_ref().map(|upload| upload.multipart_id.clone());
        let mut read = Some(media.clone());
        // Others may renew it at this moment too; but not begin it anew.
        while let Some(current) = read.filter(|current| multipart_of(current) == multipart_of(media)) {
            let renewed = Media { upload: Some(upload.clone()), ..current.clone() };
            let end = self.replace_media(Some(&current), Some(&renewed), Vec::new()).await?;
            read = self.get_media(media.id).await?;
            match end {
                Replaced::Done => return Ok(read),
                Replaced::Changed => {}
                Replaced::Duplicate | Replaced::GalleryGone => return Ok(None),
            }
        }
        Ok(None)
    }

    /// Lets media whose bytes are all here into its gallery; false where that happened already.
    ///
    /// Where the gallery was deleted meanwhile, it goes into the trash with the rest of it.
    pub async fn admit_media(&self, media: &Media, now: Timestamp) -> Result<bool, Error> {
        let mut read = Some(media.clone());
        // An upload may be renewed at this moment, which is no reason not to let it in.
        while let Some(media) = read.filter(|media| media.status == MediaStatus::Uploading) {
            let admitted = Media { status: MediaStatus::Processing, upload: None, updated_at: now, ..media.clone() };
            let news = vec![self.arrival_write(&media, now)?];
            match self.replace_media(Some(&media), Some(&admitted), news).await? {
                Replaced::Done => return Ok(true),
                Replaced::GalleryGone => {
                    let trashed = Media { status: MediaStatus::Trashed, trashed_at: Some(now), ..admitted };
                    self.replace_media(Some(&media), Some(&trashed), Vec::new()).await?;
                    return Ok(false);
                }
                Replaced::Duplicate => return Ok(false),
                Replaced::Changed => read = self.get_media(media.id).await?,
            }
        }
        Ok(false)
    }

    /// Forgets an announcement whose bytes never came; false where it is not on its way any more.
    pub async fn forget_upload(&self, media: &Media) -> Result<bool, Error> {
        let on_its_way = media.status == MediaStatus::Uploading;
        Ok(on_its_way && self.replace_media(Some(media), None, Vec::new()).await? == Replaced::Done)
    }
}
