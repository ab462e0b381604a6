//! Changes of a record together with everything that follows from it: its places in lists, its claim on its bytes, the
//! words by which it is found, the counters of its gallery. One transaction, or nothing.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use model::{Error, Event, Gallery, GalleryId, Media, MediaId, MediaStatus, Timestamp, Word, media_events};
use serde::{Deserialize, Serialize};

use crate::{
    Store,
    change::Change,
    claim::Claim,
    item::{Transaction, to_item, to_value, whole_item},
    keys::{self, DELETED_GALLERIES, GALLERIES, GSI1, GSI2, Index, Key, PK, TIMELINE, TRASH, TTL},
};

/// How the change of a record ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Replaced {
    /// It happened.
    Done,
    /// Nothing happened: the record is not as it was read, or something else that was asked for does not hold.
    Changed,
    /// Nothing happened: other media of the gallery has the same bytes.
    Duplicate,
    /// Nothing happened: the gallery was deleted.
    GalleryGone,
}

/// Points from a gallery to what it shows.
#[derive(Serialize, Deserialize)]
pub(crate) struct Pointer {
    pub(crate) media_id: MediaId,
}

/// What follows from the record of a photo or video.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct Following {
    pub(crate) index1: Option<(String, String)>,
    pub(crate) index2: Option<(String, String)>,
    pub(crate) expires_at: Option<i64>,
    pub(crate) claim: Option<Key>,
    pub(crate) pointer: Option<(Key, String, String)>,
    pub(crate) words: BTreeSet<Key>,
}

impl Following {
    /// The keys of the items that follow.
    pub(crate) fn keys(&self) -> impl Iterator<Item = Key> {
        let pointer = self.pointer.iter().map(|(key, ..)| key);
        self.claim.iter().chain(pointer).chain(&self.words).cloned()
    }

    pub(crate) fn of(media: &Media) -> Self {
        let shown = media.is_shown();
        let order = keys::media_order(media);
        let in_trash = || media.trashed_at.map(|since| (TRASH.to_owned(), keys::time_order(since, media.id)));
        let claims = media.status != MediaStatus::Trashed && !media.rejected;
        Self {
            index1: if shown { Some((keys::gallery_partition(media.gallery_id), order.clone())) } else { in_trash() },
            index2: shown.then(|| (TIMELINE.to_owned(), order)),
            expires_at: media.upload.as_ref().map(|upload| upload.expires_at.unix_seconds()),
            claim: claims.then(|| keys::claim(media.gallery_id, media.sha256)),
            pointer: shown.then(|| {
                let place = keys::manual_order(&media.manual_position(), media.id);
                (keys::pointer(media.gallery_id, media.id), keys::manual_partition(media.gallery_id), place)
            }),
            words: if shown { entries(&media.words(), media.sort_time(), &media.id) } else { BTreeSet::new() },
        }
    }
}

/// What a gallery counts of its media.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) shown: i64,
    pub(crate) stored: i64,
    pub(crate) originals_bytes: i64,
    pub(crate) renditions_bytes: i64,
    pub(crate) months: BTreeMap<String, i64>,
}

impl Counts {
    /// Whether a gallery says the same. Months without pictures may stay behind in it.
    pub(crate) fn are_of(&self, gallery: &Gallery) -> bool {
        let is = |count: i64, told: u64| u64::try_from(count).is_ok_and(|count| count == told);
        let months = gallery.months.iter().filter(|(_, count)| **count != 0);
        is(self.shown, gallery.media_count.into())
            && is(self.stored, gallery.stored_count)
            && is(self.originals_bytes, gallery.originals_bytes)
            && is(self.renditions_bytes, gallery.renditions_bytes)
            && self.months.iter().filter(|(_, count)| **count != 0).eq(months)
    }

    pub(crate) fn count(&mut self, media: &Media, sign: i64) -> Result<(), Error> {
        if media.status == MediaStatus::Uploading {
            return Ok(());
        }
        let signed = |bytes: u64| i64::try_from(bytes).map(|bytes| sign * bytes).map_err(Error::internal);
        self.stored += sign;
        self.originals_bytes += signed(media.size_bytes)?;
        self.renditions_bytes += signed(media.derived_bytes())?;
        if media.is_shown() {
            self.shown += sign;
            *self.months.entry(media.month()).or_default() += sign;
        }
        Ok(())
    }

    fn change(self) -> Option<Change> {
        let months = self.months.into_iter().map(|(month, by)| (Some(month), by));
        let counters = [
            ("media_count", self.shown),
            ("stored_count", self.stored),
            ("originals_bytes", self.originals_bytes),
            ("renditions_bytes", self.renditions_bytes),
        ];
        let changed: Vec<_> = counters.into_iter().filter(|(_, by)| *by != 0).collect();
        let months: Vec<_> = months.filter(|(_, by)| *by != 0).collect();
        if changed.is_empty() && months.is_empty() {
            return None;
        }
        let mut change = Change::of_existing();
        for (counter, by) in changed {
            change = change.add(counter, by);
        }
        for (month, by) in months {
            change = change.add_within("months", &month.unwrap_or_default(), by);
        }
        // A deleted gallery shows nothing, but what is in the trash still counts.
        Some(if self.shown > 0 { change.when_absent("deleted_at") } else { change })
    }
}

/// The entries by which something is found.
pub(crate) fn entries(words: &BTreeSet<Word>, time: Timestamp, id: &impl ToString) -> BTreeSet<Key> {
    let id = id.to_string();
    words.iter().map(|word| keys::word(word, time, &id)).collect()
}

/// Sets what differs in the attributes of a record, and removes what it has no more.
pub(crate) fn difference<T: Serialize>(before: &T, after: &T) -> Result<Change, Error> {
    let (before, after) = (to_item(before)?, to_item(after)?);
    let mut change = Change::of_existing();
    for (name, value) in &after {
        if before.get(name) != Some(value) {
            change = change.set_value(name, value.clone());
        }
    }
    for name in before.keys().filter(|name| !after.contains_key(*name)) {
        change = change.remove(name);
    }
    Ok(change)
}

pub(crate) fn move_in(
    change: Change,
    index: Index,
    before: Option<&(String, String)>,
    after: Option<&(String, String)>,
) -> Change {
    match (before, after) {
        (before, after) if before == after => change,
        (_, None) => change.remove(index.pk).remove(index.sk),
        (_, Some((partition, place))) => {
            change.set_value(index.pk, keys::text(partition)).set_value(index.sk, keys::text(place))
        }
    }
}

impl Store {
    /// Makes, changes or deletes the record of a photo or video, with all that follows from it, and with some further
    /// writes. `before` is the record as it was read; the change only happens while it is still so. Who is looking hears
    /// of it.
    pub(crate) async fn replace_media(
        &self,
        before: Option<&Media>,
        after: Option<&Media>,
        further: Vec<TransactWriteItem>,
    ) -> Result<Replaced, Error> {
        let Some(id) = before.or(after).map(|media| media.id) else { return Ok(Replaced::Done) };
        let was = before.map(Following::of).unwrap_or_default();
        let is = after.map(Following::of).unwrap_or_default();
        let mut writes = vec![self.record_write(before, after, &was, &is)?];
        let claims = self.claim_writes(id, &was, &is)?;
        let claim = writes.len()..writes.len() + claims.len();
        writes.extend(claims);
        let counted = self.count_writes(before, after)?;
        let galleries = writes.len()..writes.len() + counted.len();
        writes.extend(counted);
        writes.extend(self.pointer_writes(id, was.pointer, is.pointer)?);
        writes.extend(self.word_writes(&was.words, &is.words));
        writes.extend(further);
        Ok(match self.transact(writes).await? {
            Transaction::Done => {
                self.publish(media_events(before, after).into_iter().map(Event::Media)).await;
                Replaced::Done
            }
            Transaction::Refused(which) if which.contains(&0) => Replaced::Changed,
            Transaction::Refused(which) if which.iter().any(|at| galleries.contains(at)) => Replaced::GalleryGone,
            Transaction::Refused(which) if which.iter().any(|at| claim.contains(at)) => Replaced::Duplicate,
            Transaction::Refused(_) => Replaced::Changed,
        })
    }

    fn record_write(
        &self,
        before: Option<&Media>,
        after: Option<&Media>,
        was: &Following,
        is: &Following,
    ) -> Result<TransactWriteItem, Error> {
        let Some(before) = before else {
            let Some(new) = after else { return Err(Error::internal("a change from nothing to nothing")) };
            let mut item = whole_item(&keys::media(new.id), is.index1.clone(), new)?;
            if let Some(expires_at) = is.expires_at {
                item.insert(TTL.to_owned(), to_value(&expires_at)?);
            }
            return Ok(self.put_write(item, true));
        };
        let key = keys::media(before.id);
        let Some(after) = after else {
            return Ok(self.delete_write(&key, Change::of_existing().when("version", &before.version)?));
        };
        let after = Media { version: before.version + 1, ..after.clone() };
        let change = difference(before, &after)?.when("version", &before.version)?;
        let change = move_in(change, GSI1, was.index1.as_ref(), is.index1.as_ref());
        let change = move_in(change, GSI2, was.index2.as_ref(), is.index2.as_ref());
        let change = match is.expires_at {
            same if same == was.expires_at => change,
            None => change.remove(TTL),
            Some(expires_at) => change.set(TTL, &expires_at)?,
        };
        Ok(self.change_write(&key, change))
    }

    pub(crate) fn claim_writes(
        &self,
        id: MediaId,
        was: &Following,
        is: &Following,
    ) -> Result<Vec<TransactWriteItem>, Error> {
        let mut writes = Vec::new();
        if let Some(held) = was.claim.as_ref().filter(|held| is.claim.as_ref() != Some(held)) {
            writes.push(self.delete_write(held, Change::of_any().when_absent_or(PK, "media_id", &id)?));
        }
        if let Some(wanted) = &is.claim
            && (was.claim.as_ref() != Some(wanted) || was.expires_at != is.expires_at)
        {
            let mut item = whole_item(wanted, None, &Claim { media_id: id })?;
            if let Some(expires_at) = is.expires_at {
                item.insert(TTL.to_owned(), to_value(&expires_at)?);
            }
            let put = Put::builder()
                .table_name(&self.settings.table)
                .set_item(Some(item))
                .condition_expression("attribute_not_exists(PK) OR media_id = :own")
                .expression_attribute_values(":own", to_value(&id)?);
            writes.push(TransactWriteItem::builder().put(put.build().expect("table and item are set")).build());
        }
        Ok(writes)
    }

    fn count_writes(&self, before: Option<&Media>, after: Option<&Media>) -> Result<Vec<TransactWriteItem>, Error> {
        let mut galleries: BTreeMap<GalleryId, Counts> = BTreeMap::new();
        for (media, sign) in [(before, -1), (after, 1)] {
            if let Some(media) = media {
                galleries.entry(media.gallery_id).or_default().count(media, sign)?;
            }
        }
        let writes = galleries
            .into_iter()
            .filter_map(|(id, counts)| counts.change().map(|change| self.change_write(&keys::gallery(id), change)));
        Ok(writes.collect())
    }

    pub(crate) fn pointer_writes(
        &self,
        id: MediaId,
        was: Option<(Key, String, String)>,
        is: Option<(Key, String, String)>,
    ) -> Result<Vec<TransactWriteItem>, Error> {
        if was == is {
            return Ok(Vec::new());
        }
        let mut writes = Vec::new();
        if let Some((key, ..)) = was.filter(|(key, ..)| is.as_ref().is_none_or(|(wanted, ..)| wanted != key)) {
            writes.push(self.delete_write(&key, Change::of_any()));
        }
        if let Some((key, partition, place)) = is {
            writes.push(self.put_write(whole_item(&key, Some((partition, place)), &Pointer { media_id: id })?, false));
        }
        Ok(writes)
    }

    /// The writes by which something is found by other words than before.
    pub(crate) fn word_writes(&self, was: &BTreeSet<Key>, is: &BTreeSet<Key>) -> Vec<TransactWriteItem> {
        let gone = was.difference(is).map(|key| self.delete_write(key, Change::of_any()));
        let new = is.difference(was).map(|key| self.put_write(key.attributes(), false));
        gone.chain(new).collect()
    }

    /// Makes or changes the record of a gallery, with its place in lists and the words by which it is found.
    pub(crate) async fn replace_gallery(&self, before: Option<&Gallery>, after: &Gallery) -> Result<Replaced, Error> {
        let place = |gallery: &Gallery| {
            let partition = if gallery.deleted_at.is_some() { DELETED_GALLERIES } else { GALLERIES };
            (partition.to_owned(), keys::gallery_order(gallery))
        };
        let found = |gallery: &Gallery| match gallery.deleted_at {
            None => entries(&gallery.words(), gallery.created_at, &gallery.id),
            Some(_) => BTreeSet::new(),
        };
        let key = keys::gallery(after.id);
        let record = match before {
            None => self.put_write(whole_item(&key, Some(place(after)), after)?, true),
            Some(before) => {
                let next = Gallery { version: before.version + 1, ..after.clone() };
                let mut change = difference(before, &next)?.when("version", &before.version)?;
                if after.deleted_at.is_some() {
                    change = change.when("media_count", &0)?;
                }
                self.change_write(&key, move_in(change, GSI1, Some(&place(before)), Some(&place(after))))
            }
        };
        let mut writes = vec![record];
        writes.extend(self.word_writes(&before.map(found).unwrap_or_default(), &found(after)));
        Ok(match self.transact(writes).await? {
            Transaction::Done => Replaced::Done,
            Transaction::Refused(_) => Replaced::Changed,
        })
    }
}
