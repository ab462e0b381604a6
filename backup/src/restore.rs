//! From a backup to a library: all of it into an empty one, or one gallery into one that goes on.
//!
//! Every byte is checked before anything is written. A restore that was cut off goes on where it is run again.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use futures::future::BoxFuture;
use model::{BackupRecord, Clock, MediaId, UserId, object_key::Work};
use store::{Archive, Copied, Line, Store};

use crate::{
    Error,
    accounts::{NewPassword, restore_accounts},
    at_once::all_at_once,
    find::{list, read_manifest},
    manifest::{Entry, Manifest, blob_key, media_of},
    place::Place,
    progress::{Observer, Progress, Stage},
    verify::{Depth, Verified, verify},
};

const AT_ONCE: usize = 4;
const HEADS: usize = 24;
const LINES_AT_ONCE: usize = 500;
/// Asked-back objects stay readable for so long, which is time enough to restore them.
pub(crate) const READABLE_DAYS: i32 = 14;

/// Fills a buffer with unpredictable bytes.
pub type Random = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// Restores from one place into one library.
#[derive(Clone)]
pub struct Restore {
    /// The library to restore into.
    pub store: Store,
    /// The backup.
    pub place: Place,
    /// Tells the time.
    pub clock: Clock,
    /// Gives unpredictable bytes, for first passwords.
    pub random: Random,
    /// Hears how far it is.
    pub observer: Observer,
}

/// How a restore ended.
#[derive(Debug)]
pub enum Restored {
    /// Everything is there; small pictures are being made anew.
    Done(RestoreReport),
    /// So many objects lie in the archive. They were asked back, which takes up to 48 hours: run it again then.
    AskedBack(u64),
}

/// What was restored.
#[derive(Clone, Debug, Default)]
pub struct RestoreReport {
    /// From which manifest.
    pub manifest: String,
    /// Originals that are there now.
    pub originals: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Items of the table that were written.
    pub items: u64,
    /// Photos, videos and people that were left out because they were erased for good since.
    pub left_out: u64,
    /// First passwords of all accounts that had to be made; nothing else knows them.
    pub passwords: Vec<NewPassword>,
    /// What is not as it was, and why.
    pub notes: Vec<String>,
}

impl Restore {
    /// Restores a whole library, from the backup that `wanted` names or the newest, into one that holds nothing.
    ///
    /// # Errors
    /// When anything in the backup is not as it was written, or the library is not empty; then nothing was touched.
    pub fn all<'a>(&'a self, wanted: Option<&'a str>) -> BoxFuture<'a, Result<Restored, Error>> {
        Box::pin(self.all_now(wanted))
    }

    async fn all_now(&self, wanted: Option<&str>) -> Result<Restored, Error> {
        let asked = self.ask_back_all(wanted).await?;
        if asked > 0 {
            return Ok(Restored::AskedBack(asked));
        }
        let verified = verify(&self.place, None, wanted, Depth::Bytes, &self.observer).await?.sound()?;
        self.begin(&verified).await?;
        let media: BTreeSet<MediaId> = verified.manifest.media.iter().map(|entry| entry.id).collect();
        let report = self.put_back(&verified, &media).await?;
        self.remake(&verified).await?;
        self.end(&verified).await?;
        Ok(Restored::Done(report))
    }

    /// Asks back what lies in the archive; how many objects that were.
    async fn ask_back_all(&self, wanted: Option<&str>) -> Result<u64, Error> {
        let name = crate::find::find(&self.place, wanted).await?;
        let manifest = read_manifest(&self.place, &name).await?;
        let keys = manifest.media.iter().map(|entry| blob_key(entry.sha256)).collect::<BTreeSet<_>>();
        ask_back(&self.place, keys, &self.observer).await
    }

    /// Refuses a library that holds something, unless this very restore was begun there.
    async fn begin(&self, verified: &Verified) -> Result<(), Error> {
        let record = self.store.get_backup().await?;
        if record.as_ref().and_then(|record| record.restoring.as_deref()) == Some(verified.name.as_str()) {
            return Ok(());
        }
        let holds = self.store.dump_table((self.clock)()).await?.iter().any(Line::is_of_library);
        if holds || !self.store.originals().list("originals/").await?.is_empty() {
            return Err(Error::Refused(
                "this library is not empty. A backup is restored into a new one (`--data` with a new folder, or a new \
                 stack), or one gallery alone (`--gallery`). Nothing was touched."
                    .to_owned(),
            ));
        }
        let record = BackupRecord {
            library: verified.manifest.library.clone(),
            restoring: Some(verified.name.clone()),
            ..BackupRecord::default()
        };
        Ok(self.store.put_backup(&record).await?)
    }

    /// Puts back originals and records; of `media` alone the originals.
    pub(crate) async fn put_back(
        &self,
        verified: &Verified,
        media: &BTreeSet<MediaId>,
    ) -> Result<RestoreReport, Error> {
        let Verified { manifest, lines, name, .. } = verified;
        let erased = self.erased(manifest).await?;
        // What was erased before this backup was made is erased in it.
        let known: BTreeSet<MediaId> = media_of(lines)?.iter().map(|media| media.id).collect();
        let gone = erased.iter().filter_map(|id| id.parse().ok()).chain(manifest.gone.iter().copied());
        let gone: BTreeSet<MediaId> = gone.filter(|id| known.contains(id)).collect();
        let accounts: BTreeSet<&str> = manifest.accounts.iter().map(|account| account.sub.as_str()).collect();
        let people = erased.iter().filter_map(|id| id.parse::<UserId>().ok());
        let people: BTreeSet<UserId> = people.filter(|id| accounts.contains(id.sub().as_str())).collect();
        let accounts = restore_accounts(&self.store, &manifest.accounts, &people, &self.random).await?;
        let wanted = |entry: &&Entry| media.contains(&entry.id) && !gone.contains(&entry.id);
        let entries: Vec<&Entry> = manifest.media.iter().filter(wanted).collect();
        let mut report = RestoreReport {
            manifest: name.clone(),
            originals: entries.len() as u64,
            bytes: entries.iter().map(|entry| entry.size_bytes).sum(),
            left_out: (gone.len() + people.len()) as u64,
            passwords: accounts.passwords,
            notes: accounts.notes,
            ..RestoreReport::default()
        };
        self.put_originals(&entries, report.bytes).await?;
        report.items = self.put_lines(lines, &accounts.names, &people).await?;
        self.erase_again(lines, &gone, &people).await?;
        if !manifest.missing.is_empty() {
            report
                .notes
                .push(format!("{} originals were not in the backup; their records are", manifest.missing.len()));
        }
        if !manifest.quiet {
            report
                .notes
                .push("the library was being changed while it was backed up: run `mantel integrity`".to_owned());
        }
        Ok(report)
    }

    /// What any backup of this library, or the library itself, says was erased for good.
    async fn erased(&self, manifest: &Manifest) -> Result<BTreeSet<String>, Error> {
        let mut erased: BTreeSet<String> = manifest.erased.iter().cloned().collect();
        erased.extend(self.store.list_erasures().await?);
        if let Some(newest) = list(&self.place).await?.last() {
            erased.extend(read_manifest(&self.place, newest).await?.erased);
        }
        Ok(erased)
    }

    async fn put_originals(&self, entries: &[&Entry], total: u64) -> Result<(), Error> {
        let progress = &Progress::begin(&self.observer, Stage::Originals, entries.len() as u64, total);
        let mut puts: Vec<BoxFuture<'_, _>> = Vec::with_capacity(entries.len());
        for &entry in entries {
            puts.push(Box::pin(async move {
                self.put_original(entry).await?;
                progress.add(1, entry.size_bytes);
                Ok(())
            }));
        }
        all_at_once(AT_ONCE, puts).await?;
        Ok(())
    }

    pub(crate) async fn put_original(&self, entry: &Entry) -> Result<(), Error> {
        let (originals, blob) = (self.store.originals(), blob_key(entry.sha256));
        if let Some(bucket) = self.place.library_bucket() {
            return match originals.copy_new(bucket, &blob, entry.size_bytes, &entry.key).await? {
                Copied::Done(Some(computed), _) if computed != entry.sha256 => {
                    Err(Error::damaged(blob, "the service copied other bytes than were checked"))
                }
                Copied::Done(..) | Copied::Exists => Ok(()),
                Copied::SourceMissing => Err(Error::Missing(blob)),
            };
        }
        if originals.head(&entry.key).await?.is_some_and(|head| head.size_bytes == entry.size_bytes) {
            return Ok(());
        }
        let mut reader = self.place.open(&blob).await?.ok_or_else(|| Error::Missing(blob.clone()))?;
        let mut measure = crate::reader::Measure::default();
        let mut writer = originals.writer(&entry.key, entry.size_bytes, Some(&entry.content_type), false);
        while let Some(chunk) = reader.next().await? {
            measure.add(&chunk);
            writer.write(&chunk).await?;
        }
        if measure.end() != (entry.size_bytes, entry.sha256) {
            writer.abandon().await;
            return Err(Error::damaged(blob, "it was changed while it was restored"));
        }
        writer.finish().await?;
        Ok(())
    }

    async fn put_lines(
        &self,
        lines: &[Line],
        names: &[(String, String)],
        people: &BTreeSet<UserId>,
    ) -> Result<u64, Error> {
        let mut kept = Vec::with_capacity(lines.len());
        for line in lines {
            let of_erased = people.iter().any(|id| {
                line.partition() == format!("USER#{}", id.sub()) || line.sort_key() == format!("GRANT#{}", id.sub())
            });
            if !of_erased {
                kept.push(if names.is_empty() { line.clone() } else { line.renamed(names)? });
            }
        }
        let progress = &Progress::begin(&self.observer, Stage::Records, kept.len() as u64, 0);
        let mut writes: Vec<BoxFuture<'_, _>> = Vec::new();
        for chunk in kept.chunks(LINES_AT_ONCE) {
            writes.push(Box::pin(async move {
                self.store.write_lines(chunk).await?;
                progress.add(chunk.len() as u64, 0);
                Ok(())
            }));
        }
        all_at_once(AT_ONCE, writes).await?;
        Ok(kept.len() as u64)
    }

    /// Erases anew what was erased since: in the way of the library itself, so that what is counted stays right.
    async fn erase_again(
        &self,
        lines: &[Line],
        gone: &BTreeSet<MediaId>,
        people: &BTreeSet<UserId>,
    ) -> Result<(), Error> {
        for &id in gone {
            if let Some(media) = self.store.get_media(id).await? {
                self.store.erase_media(&media).await?;
            }
        }
        if people.is_empty() {
            return Ok(());
        }
        let now = (self.clock)();
        for line in lines {
            if let Some(comment) = line.comment()?.filter(|comment| people.contains(&comment.author))
                && let Some(comment) = self.store.get_comment(comment.id).await?.filter(|now| now.text.is_some())
            {
                self.store.remove_comment(&comment, now).await?;
            }
            if let Some(like) = line.like()?.filter(|like| people.contains(&like.user_id)) {
                self.store.delete_like(like.media_id, like.user_id).await?;
            }
        }
        Ok(())
    }

    /// Has the small pictures made anew, as backups do not keep them.
    async fn remake(&self, verified: &Verified) -> Result<(), Error> {
        let now = (self.clock)();
        let mut asks: Vec<BoxFuture<'_, _>> = Vec::new();
        for entry in &verified.manifest.media {
            asks.push(Box::pin(async move {
                let Some(media) = self.store.get_media(entry.id).await? else { return Ok(()) };
                self.store.forget_renditions(&media, now).await?;
                let name = format!("restored-{}", now.unix_millis());
                Ok(self.store.put_job(Work::Render, entry.id, &name).await?)
            }));
        }
        all_at_once(AT_ONCE, asks).await?;
        Ok(())
    }

    async fn end(&self, verified: &Verified) -> Result<(), Error> {
        let record = BackupRecord {
            library: verified.manifest.library.clone(),
            manifests: BTreeMap::from([(
                self.place.name().to_owned(),
                list(&self.place).await?.pop().unwrap_or_default(),
            )]),
            media_count: verified.manifest.media.len() as u64,
            message: Some(format!("restored from {}", verified.name)),
            ..BackupRecord::default()
        };
        Ok(self.store.put_backup(&record).await?)
    }
}

/// Asks back those of some objects that lie in an archive, and tells how many cannot be read yet.
pub(crate) async fn ask_back(place: &Place, keys: BTreeSet<String>, observer: &Observer) -> Result<u64, Error> {
    let progress = &Progress::begin(observer, Stage::AskingBack, keys.len() as u64, 0);
    let mut asks: Vec<BoxFuture<'_, _>> = Vec::new();
    for key in keys {
        asks.push(Box::pin(async move {
            let archive = place.archive(&key).await?;
            if archive == Archive::Archived {
                place.ask_back(&key, READABLE_DAYS).await?;
            }
            progress.add(1, 0);
            Ok(u64::from(archive != Archive::Readable))
        }));
    }
    Ok(all_at_once(HEADS, asks).await?.into_iter().sum())
}
