//! Mends what follows from records. Nothing is deleted here, and each write holds only while what was read is still so.

use std::collections::HashMap;

use model::{Comment, Conversion, Error, Gallery, Media, MediaId, MediaStatus, RenditionName, Timestamp};

use crate::{
    Store, Survey,
    change::Change,
    claim::Claim,
    item::{Transaction, from_item},
    keys::{self, GSI1, GSI2, Item, Key, PK, TTL},
    replace::{Following, Replaced, move_in},
    survey::Places,
};

/// How an attempt to mend something ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mended {
    /// It is right now.
    Done,
    /// It was right when it was looked at again, or is being changed: the next look will tell.
    Fine,
    /// It cannot be mended.
    Not,
}

impl From<bool> for Mended {
    fn from(done: bool) -> Self {
        if done { Self::Done } else { Self::Fine }
    }
}

impl Store {
    /// Writes places in lists, claim, pointer and words that a photo or video should have and has not.
    /// [`Mended::Not`] where other media of its gallery has the claim on the same bytes.
    pub async fn mend_listing(&self, id: MediaId) -> Result<Mended, Error> {
        let Some(item) = self.get_item(&keys::media(id)).await? else { return Ok(Mended::Fine) };
        let places = Places::of(&item);
        let media: Media = from_item(item)?;
        let is = Following::of(&media);
        let keys: Vec<Key> = is.keys().collect();
        let found = self.get_items(&keys).await?;
        let found: HashMap<Key, Item> = found.into_iter().filter_map(|item| Some((Key::of(&item)?, item))).collect();
        if let Some(claim) = is.claim.as_ref().and_then(|claim| found.get(claim))
            && from_item::<Claim>(claim.clone())?.media_id != id
        {
            return Ok(Mended::Not);
        }
        let was = Following {
            claim: is.claim.clone().filter(|claim| found.contains_key(claim)),
            pointer: is.pointer.clone().filter(|(key, partition, place)| {
                let listed = found.get(key).and_then(|item| Places::of(item).index1);
                listed == Some((partition.clone(), place.clone()))
            }),
            words: is.words.iter().filter(|word| found.contains_key(word)).cloned().collect(),
            ..is.clone()
        };
        if was == is && places.are_of(&is) {
            return Ok(Mended::Fine);
        }
        let same = Change::of_existing().when("version", &media.version)?;
        let mut writes = vec![if places.are_of(&is) {
            self.check_write(&keys::media(id), same)
        } else {
            self.change_write(&keys::media(id), place(same, &places, &is)?)
        }];
        writes.extend(self.claim_writes(id, &was, &is)?);
        writes.extend(self.pointer_writes(id, was.pointer.clone(), is.pointer.clone())?);
        writes.extend(self.word_writes(&was.words, &is.words));
        Ok((self.transact(writes).await? == Transaction::Done).into())
    }

    /// Has a photo or video count the comments and likes that there are, by two surveys, one after the other: its counters
    /// are those of the first, comments those of the second, so that whatever changed meanwhile makes the write fail.
    pub async fn mend_counts(&self, before: &Media, second: &Survey) -> Result<Mended, Error> {
        let id = before.id;
        let mut mended = Mended::Fine;
        let comments = second.comment_count(id);
        if comments != before.comment_count {
            let change = Change::of_existing().when("comment_count", &before.comment_count)?;
            let done: Option<Media> = self.change(&keys::media(id), change.set("comment_count", &comments)?).await?;
            mended = done.is_some().into();
        }
        let likes = second.likers(id);
        for user in likes.symmetric_difference(&before.liked_by) {
            let key = keys::like(id, *user);
            let writes = if likes.contains(user) {
                let add = Change::of_existing().add_member("liked_by", user);
                [self.check_write(&key, Change::of_existing()), self.change_write(&keys::media(id), add)]
            } else {
                let remove = Change::of_existing().remove_member("liked_by", user);
                [self.check_write(&key, Change::of_any().when_absent(PK)), self.change_write(&keys::media(id), remove)]
            };
            if self.transact(writes.into()).await? == Transaction::Done {
                mended = Mended::Done;
            }
        }
        Ok(mended)
    }

    /// Has a comment count the replies that there are, in the same way.
    pub async fn mend_replies(&self, before: &Comment, second: &Survey) -> Result<Mended, Error> {
        let replies = second.reply_count(before.id);
        if replies == before.reply_count {
            return Ok(Mended::Fine);
        }
        let change = Change::of_existing().when("reply_count", &before.reply_count)?.set("reply_count", &replies)?;
        let done: Option<Comment> = self.change(&keys::comment(before.id), change).await?;
        Ok(done.is_some().into())
    }

    /// Has a gallery count the media that there are, by two surveys, one after the other: its counters are those of the
    /// first, its media those of the second, so that whatever changed meanwhile makes the write fail.
    pub async fn mend_counters(&self, gallery: &Gallery, first: &Survey, second: &Survey) -> Result<Mended, Error> {
        let counts = second.counts_of(gallery.id);
        if counts != first.counts_of(gallery.id) || counts.are_of(gallery) {
            return Ok(Mended::Fine);
        }
        let change = Change::of_existing()
            .when("media_count", &gallery.media_count)?
            .when("stored_count", &gallery.stored_count)?
            .when("originals_bytes", &gallery.originals_bytes)?
            .when("renditions_bytes", &gallery.renditions_bytes)?
            .when("months", &gallery.months)?
            .set("media_count", &counts.shown)?
            .set("stored_count", &counts.stored)?
            .set("originals_bytes", &counts.originals_bytes)?
            .set("renditions_bytes", &counts.renditions_bytes)?
            .set("months", &counts.months)?;
        let done: Option<Gallery> = self.change(&keys::gallery(gallery.id), change).await?;
        if done.is_some() {
            self.refresh_gallery_span(gallery.id).await?;
        }
        Ok(done.is_some().into())
    }

    /// Takes back that files were made of an original, so that they are made anew; none where the record was changed
    /// meanwhile.
    pub async fn unmake(&self, media: &Media, lost: &[RenditionName], now: Timestamp) -> Result<Option<Media>, Error> {
        let mut without = Media { updated_at: now, attempts: 0, ..media.clone() };
        for name in lost {
            match name {
                RenditionName::Thumbnail | RenditionName::Preview => {
                    without.renditions = None;
                    if without.status == MediaStatus::Ready {
                        without.status = MediaStatus::Processing;
                    }
                }
                RenditionName::Playback => {
                    without.playback = None;
                    without.conversion = Some(Conversion::Waiting { percent: 0 });
                }
                RenditionName::Upright => without.upright = None,
            }
        }
        let end = self.replace_media(Some(media), Some(&without), Vec::new()).await?;
        Ok((end == Replaced::Done).then_some(without))
    }
}

/// Puts a record where it belongs in the indexes.
fn place(change: Change, is_at: &Places, is: &Following) -> Result<Change, Error> {
    let change = move_in(change, GSI1, is_at.index1.as_ref(), is.index1.as_ref());
    let change = move_in(change, GSI2, is_at.index2.as_ref(), is.index2.as_ref());
    match is.expires_at {
        same if same == is_at.expires_at => Ok(change),
        None => Ok(change.remove(TTL)),
        Some(expires_at) => change.set(TTL, &expires_at),
    }
}
