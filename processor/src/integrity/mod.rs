//! Whether all is whole: records and objects are compared both ways, originals are read and hashed again. What follows
//! from something else is mended; nothing is ever deleted.

mod objects;
mod report;

use std::collections::{BTreeSet, HashMap};

use model::{Clock, Error, Media, MediaId, MediaStatus, Timestamp};
use serde::Deserialize;
use store::{Fault, Mended, Store, Survey};
use tokio::time::Instant;

pub use self::report::{End, Finding, Kind, Report};

/// An original is read again once in so many days.
pub const SHARES: i64 = 30;
const DAY_SECONDS: i64 = 24 * 60 * 60;

/// What to look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CheckIntegrity {
    /// Reads all originals, and not only the share of this day.
    pub all: bool,
}

/// How much of the originals is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// So many were read.
    pub done: usize,
    /// Of so many.
    pub of: usize,
}

/// Looks whether all is whole, mends what can be, and keeps the result in the table, where `mantel doctor` finds it.
/// No original is begun after `deadline`; those that were not read are counted.
///
/// # Errors
/// When a service does not answer; another call begins anew.
pub async fn check_integrity(
    store: &Store,
    clock: &Clock,
    what: CheckIntegrity,
    deadline: Option<Instant>,
    tell: &(dyn Fn(Progress) + Sync),
) -> Result<Report, Error> {
    let mut report = Report::begun(clock());
    let first = Box::pin(store.survey()).await?;
    let media = Box::pin(mend_table(store, first, &mut report)).await?;
    Box::pin(objects::compare(store, &media, clock(), &mut report)).await?;
    let wanted = chosen(&media, what, report.begun_at);
    Box::pin(read_again(store, &wanted, deadline, tell, &mut report)).await?;
    report.ended_at = clock();
    store.put_integrity(&report.shortened()).await?;
    Ok(report)
}

/// The result of the last look, if there was one.
///
/// # Errors
/// When the table does not answer.
pub async fn last_integrity(store: &Store) -> Result<Option<Report>, Error> {
    store.get_integrity().await
}

/// Mends what is wrong in a survey and in one that comes after it, and gives the media of the latter.
async fn mend_table(store: &Store, first: Survey, report: &mut Report) -> Result<HashMap<MediaId, Media>, Error> {
    report.galleries = first.galleries.len();
    let suspected: BTreeSet<Fault> = first.faults().into_iter().collect();
    if suspected.is_empty() {
        report.media = first.media.len();
        return Ok(first.media);
    }
    // People change things while the table is read: only what is wrong twice is.
    let second = store.survey().await?;
    for fault in second.faults().into_iter().filter(|fault| suspected.contains(fault)) {
        let (kind, subject, mended) = match &fault {
            Fault::Unreadable(key) => (Kind::RecordUnreadable, key.clone(), Mended::Not),
            Fault::WithoutGallery(id) => (Kind::GalleryMissing, id.to_string(), Mended::Not),
            Fault::Dangling(key) => (Kind::IndexLeftOver, key.clone(), Mended::Not),
            Fault::Unlisted(id) => (Kind::IndexMissing, id.to_string(), settled(store.mend_listing(*id).await)?),
            Fault::Miscounted(id) => {
                let Some(before) = first.media.get(id) else { continue };
                (Kind::CounterWrong, id.to_string(), settled(store.mend_counts(before, &second).await)?)
            }
            Fault::Replies(id) => {
                let Some(before) = first.comment(*id) else { continue };
                (Kind::CounterWrong, id.to_string(), settled(store.mend_replies(before, &second).await)?)
            }
            Fault::Counters(id) => {
                let Some(gallery) = first.galleries.get(id) else { continue };
                (Kind::CounterWrong, id.to_string(), settled(store.mend_counters(gallery, &first, &second).await)?)
            }
        };
        let end = match (mended, kind) {
            (Mended::Fine, _) => continue,
            (Mended::Done, _) => End::Mended,
            (Mended::Not, Kind::IndexLeftOver) => End::Left,
            (Mended::Not, _) => End::NeedsYou,
        };
        report.found(kind, subject, end);
    }
    report.media = second.media.len();
    Ok(second.media)
}

/// What cannot be read beside it is no reason to leave the rest.
fn settled(mended: Result<Mended, Error>) -> Result<Mended, Error> {
    match mended {
        Err(Error::Internal(reason)) => {
            tracing::error!(%reason, "something could not be mended");
            Ok(Mended::Not)
        }
        other => other,
    }
}

/// Whether its original should be there, with the bytes that were announced.
fn is_kept(media: &Media) -> bool {
    media.status != MediaStatus::Uploading && !media.erasing && !media.rejected
}

/// The originals to read: all, or a share that is another one each day, so that all are read in [`SHARES`] days.
fn chosen(media: &HashMap<MediaId, Media>, what: CheckIntegrity, now: Timestamp) -> Vec<Media> {
    let day = u128::try_from(now.unix_seconds().div_euclid(DAY_SECONDS).rem_euclid(SHARES)).unwrap_or(0);
    let shares = u128::try_from(SHARES).unwrap_or(1);
    let is_due = |media: &&Media| is_kept(media) && (what.all || media.id.ulid().0 % shares == day);
    let mut chosen: Vec<Media> = media.values().filter(is_due).cloned().collect();
    chosen.sort_by_key(|media| media.id);
    chosen
}

async fn read_again(
    store: &Store,
    wanted: &[Media],
    deadline: Option<Instant>,
    tell: &(dyn Fn(Progress) + Sync),
    report: &mut Report,
) -> Result<(), Error> {
    for (done, media) in wanted.iter().enumerate() {
        tell(Progress { done, of: wanted.len() });
        if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            report.unread = wanted.len() - done;
            return Ok(());
        }
        match store.hash_original(media.id).await {
            // That there is none was told when objects and records were compared.
            Ok(None) => {}
            Ok(Some((size_bytes, sha256))) => {
                report.read += 1;
                report.read_bytes += size_bytes;
                let is_whole = (size_bytes, sha256) == (media.size_bytes, media.sha256);
                if !is_whole && !report.has(Kind::OriginalDamaged, &media.id.to_string()) {
                    report.found(Kind::OriginalDamaged, media.id.to_string(), End::NeedsYou);
                }
            }
            Err(error) => {
                tracing::warn!(media.id = %media.id, %error, "an original could not be read");
                report.unread += 1;
            }
        }
    }
    tell(Progress { done: wanted.len(), of: wanted.len() });
    Ok(())
}
