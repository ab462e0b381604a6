//! One gallery out of a backup, into a library that goes on meanwhile: what is still there stays as it is.

use std::collections::BTreeSet;

use futures::future::BoxFuture;
use model::{Gallery, GalleryId, Media, MediaId, MediaStatus, object_key::Work};
use store::{Line, Moved};

use crate::{
    Error,
    manifest::{Entry, blob_key},
    place::Place,
    progress::{Progress, Stage},
    reader::Reader,
    restore::{Restore, RestoreReport, Restored, ask_back},
    verify::{Depth, Verified, verify},
};

impl Restore {
    /// Brings back what one gallery had, from the backup that `wanted` names or the newest: the gallery, where it was
    /// deleted, and those of its photos that are not in the library any more, with what was said about them.
    ///
    /// # Errors
    /// When anything that is needed of the backup is not as it was written; then nothing was touched.
    #[must_use]
    pub fn gallery<'a>(&'a self, wanted: Option<&'a str>, id: GalleryId) -> BoxFuture<'a, Result<Restored, Error>> {
        Box::pin(self.gallery_now(wanted, id))
    }

    async fn gallery_now(&self, wanted: Option<&str>, id: GalleryId) -> Result<Restored, Error> {
        let record = self.store.get_backup().await?;
        let verified = verify(&self.place, record.as_ref(), wanted, Depth::Listed, &self.observer).await?;
        let gallery = verified.lines.iter().find_map(|line| line.gallery().transpose().filter(|found| is(found, id)));
        let gallery = gallery.ok_or_else(|| Error::Missing(id.to_string()))??;
        let lost = self.lost(&verified, id).await?;
        let blobs: BTreeSet<String> = lost.iter().map(|(_, entry)| blob_key(entry.sha256)).collect();
        let asked = ask_back(&self.place, blobs, &self.observer).await?;
        if asked > 0 {
            return Ok(Restored::AskedBack(asked));
        }
        self.check(&lost).await?;
        self.bring_back_gallery(&gallery).await?;
        let mut report = RestoreReport { manifest: verified.name.clone(), ..RestoreReport::default() };
        let total = lost.iter().map(|(_, entry)| entry.size_bytes).sum();
        let progress = Progress::begin(&self.observer, Stage::Originals, lost.len() as u64, total);
        for (media, entry) in &lost {
            self.bring_back(media, entry, &verified.lines, &mut report).await?;
            progress.add(1, entry.size_bytes);
        }
        self.store.refresh_gallery_span(id).await?;
        Ok(Restored::Done(report))
    }

    /// What the gallery showed and the library has no more, without what was erased for good.
    async fn lost<'a>(&self, verified: &'a Verified, id: GalleryId) -> Result<Vec<(Media, &'a Entry)>, Error> {
        let erased: BTreeSet<String> = self.store.list_erasures().await?.into_iter().collect();
        let mut lost = Vec::new();
        for line in &verified.lines {
            let Some(media) = line.media()?.filter(|media| media.gallery_id == id && media.status.is_shown()) else {
                continue;
            };
            let entry = verified.manifest.media.iter().find(|entry| entry.id == media.id);
            let Some(entry) = entry.filter(|_| !erased.contains(&media.id.to_string())) else { continue };
            if self.store.get_media(media.id).await?.is_none() {
                lost.push((media, entry));
            }
        }
        Ok(lost)
    }

    /// Every byte, before anything is touched.
    async fn check(&self, lost: &[(Media, &Entry)]) -> Result<(), Error> {
        let total = lost.iter().map(|(_, entry)| entry.size_bytes).sum();
        let progress = Progress::begin(&self.observer, Stage::Checking, lost.len() as u64, total);
        for (_, entry) in lost {
            let found = open(&self.place, entry).await?.measure().await?;
            if found != (entry.size_bytes, entry.sha256) {
                return Err(Error::damaged(blob_key(entry.sha256), "its bytes are not those of its name"));
            }
            progress.add(1, entry.size_bytes);
        }
        Ok(())
    }

    async fn bring_back_gallery(&self, was: &Gallery) -> Result<(), Error> {
        let now = (self.clock)();
        match self.store.get_gallery(was.id).await? {
            Some(gallery) if gallery.deleted_at.is_some() => self.store.revive_gallery(&gallery, now).await?,
            Some(_) => {}
            None => {
                let empty = Gallery::new(was.id, was.title.clone(), was.visibility, was.created_by, was.created_at);
                let gallery = Gallery {
                    description: was.description.clone(),
                    sort: was.sort,
                    cover_media_id: was.cover_media_id,
                    updated_at: now,
                    ..empty
                };
                self.store.put_gallery(&gallery).await?;
            }
        }
        Ok(())
    }

    async fn bring_back(
        &self,
        media: &Media,
        entry: &Entry,
        lines: &[Line],
        report: &mut RestoreReport,
    ) -> Result<(), Error> {
        self.put_original(entry).await?;
        let now = (self.clock)();
        match self.store.bring_back_media(media, now).await? {
            Moved::Done => {}
            Moved::Duplicate => {
                report.notes.push(format!("{}: the gallery has the same picture already", media.file_name.as_str()));
                return Ok(());
            }
            Moved::Changed | Moved::GalleryGone => {
                report.notes.push(format!("{}: was changed meanwhile; run it again", media.file_name.as_str()));
                return Ok(());
            }
        }
        let said: Vec<Line> = said_about(lines, media.id)?;
        self.store.write_lines(&said).await?;
        if matches!(media.status, MediaStatus::Ready | MediaStatus::Processing) {
            self.store.put_job(Work::Render, media.id, &format!("restored-{}", now.unix_millis())).await?;
        }
        report.originals += 1;
        report.bytes += entry.size_bytes;
        report.items += 1 + said.len() as u64;
        Ok(())
    }
}

fn is(found: &Result<Gallery, model::Error>, id: GalleryId) -> bool {
    found.as_ref().is_ok_and(|gallery| gallery.id == id)
}

/// Comments, the words by which they are found, and likes.
fn said_about(lines: &[Line], id: MediaId) -> Result<Vec<Line>, Error> {
    let partition = format!("MED#{}", id.ulid());
    let mut said = Vec::new();
    let mut comments = BTreeSet::new();
    for line in lines.iter().filter(|line| line.partition() == partition) {
        if let Some(comment) = line.comment()? {
            comments.insert(comment.id.to_string());
            said.push(line.clone());
        } else if line.like()?.is_some() {
            said.push(line.clone());
        }
    }
    let of_comment = |line: &&Line| {
        let found = line.sort_key().rsplit_once('#').map(|(_, id)| id);
        line.partition().starts_with("WORD#") && found.is_some_and(|id| comments.contains(id))
    };
    let words: Vec<Line> = lines.iter().filter(of_comment).cloned().collect();
    said.extend(words);
    Ok(said)
}

pub(crate) async fn open(place: &Place, entry: &Entry) -> Result<Reader, Error> {
    let blob = blob_key(entry.sha256);
    place.open(&blob).await?.ok_or(Error::Missing(blob))
}
