//! A backup into one place.

use std::collections::BTreeMap;

use futures::{StreamExt, future::BoxFuture, stream};
use model::{BackupRecord, Media, MediaId};
use tokio::time::Instant;

use crate::{
    Error,
    copy::{Original, Outcome, There, copy, copy_orphan},
    find::{newest, read_manifest},
    manifest::{BLOBS, Entry, FORMAT, Lost, Manifest, Orphan},
    place::Place,
    progress::{Progress, Stage},
    run::{Backup, RunOptions, RunReport, Source, guard},
};

/// Copies within a service at the same time; they take no memory here.
const COPIES: usize = 24;
/// Media on their way through here at the same time, each with up to 16 MiB or a little more.
const STREAMS: usize = 4;

pub(crate) struct IntoPlace<'a> {
    pub(crate) backup: &'a Backup,
    pub(crate) place: &'a Place,
    pub(crate) record: &'a BackupRecord,
    pub(crate) source: &'a Source,
    pub(crate) options: RunOptions,
}

/// What became of all media.
#[derive(Default)]
struct Gathered {
    entries: BTreeMap<MediaId, Entry>,
    orphans: Vec<Orphan>,
    missing: Vec<Lost>,
    gone: Vec<MediaId>,
    left: u64,
}

impl IntoPlace<'_> {
    pub(crate) async fn run(&self, report: &mut RunReport) -> Result<(), Error> {
        self.check_marker().await?;
        self.place.tidy().await?;
        let last = self.last_manifest().await?;
        self.check_numbers(last.as_ref().map(|(_, manifest)| manifest))?;
        let (table, bytes) = self.source.snapshot.file()?;
        let same_table = last.as_ref().filter(|(_, last)| last.table.lines_sha256 == table.lines_sha256);
        let table = if let Some((_, last)) = same_table {
            last.table.clone()
        } else {
            self.place.put(&table.key(), &bytes).await?;
            table
        };
        let there = self.blobs().await?;
        let gathered = self.gather(there, last.as_ref().map(|(_, manifest)| manifest), report).await?;
        if gathered.left > 0 {
            report.left += gathered.left;
            return Ok(());
        }
        let previous = last.as_ref().map(|(name, _)| name.clone());
        let manifest = Manifest {
            format: FORMAT,
            tool: concat!("mantel ", env!("CARGO_PKG_VERSION")).to_owned(),
            library: self.record.library.clone(),
            taken_at: self.source.snapshot.taken_at,
            previous,
            quiet: self.source.snapshot.quiet,
            table,
            media: gathered.entries.into_values().collect(),
            without_record: gathered.orphans,
            missing: gathered.missing,
            gone: gathered.gone,
            accounts: self.source.accounts.clone(),
            erased: self.source.erased.clone(),
        };
        Self::tell(&manifest, report);
        let name = match last {
            Some((name, last)) if last.says_the_same(&manifest) => name,
            _ => self.finish(&manifest).await?,
        };
        report.manifests.insert(self.place.name().to_owned(), name);
        Ok(())
    }

    /// A disk that is not mounted is an empty folder, and one that belongs to others has another marker.
    async fn check_marker(&self) -> Result<(), Error> {
        let (name, library) = (self.place.name(), &self.record.library);
        match self.place.marker().await? {
            Some(marker) if marker.library == *library => Ok(()),
            Some(_) => Err(Error::Refused(format!("{name} holds the backup of another library. Name another place."))),
            None if self.record.manifests.contains_key(name) => Err(Error::Refused(format!(
                "{name} should hold backups of this library, but has no mantel-backup.json. Is the disk there? If the \
                 backup was lost, name another place."
            ))),
            None => self.place.claim_for(library).await,
        }
    }

    /// The last manifest, where it can be read: of an encrypted place it cannot.
    async fn last_manifest(&self) -> Result<Option<(String, Manifest)>, Error> {
        if !self.place.can_read() {
            return Ok(None);
        }
        let last = newest(self.place).await?;
        let noted = self.record.manifests.get(self.place.name());
        if let Some(noted) = noted.filter(|noted| last.as_ref().is_none_or(|last| last < *noted)) {
            return Err(Error::damaged(noted, "it was written, but is not there any more. Look after the place."));
        }
        match last {
            None => Ok(None),
            Some(name) => Ok(Some((name.clone(), read_manifest(self.place, &name).await?))),
        }
    }

    fn check_numbers(&self, last: Option<&Manifest>) -> Result<(), Error> {
        let accept = self.options.accept_fewer;
        let before = last.map_or(self.record.media_count, |last| last.media.len() as u64);
        guard("originals", self.source.originals.len() as u64, before, accept)?;
        guard("records of photos and videos", self.source.media.len() as u64, before, accept)?;
        let items = last.map_or(0, |last| last.table.items);
        guard("items in the table", self.source.snapshot.lines.len() as u64, items, accept)
    }

    /// The blobs that are there, with their lengths.
    async fn blobs(&self) -> Result<BTreeMap<String, u64>, Error> {
        self.place.list(BLOBS).await
    }

    async fn gather(
        &self,
        there: BTreeMap<String, u64>,
        last: Option<&Manifest>,
        report: &mut RunReport,
    ) -> Result<Gathered, Error> {
        let mut gathered = Gathered::default();
        let known: BTreeMap<MediaId, &Entry> =
            last.into_iter().flat_map(|last| &last.media).map(|entry| (entry.id, entry)).collect();
        let spoiled = last.into_iter().flat_map(|last| &last.missing).map(|lost| lost.sha256).collect();
        let there = There { listed: there, spoiled };
        let mut wanted = Vec::new();
        for media in &self.source.media {
            match known.get(&media.id).filter(|entry| there.has(entry.sha256) && is_of(entry, media)) {
                Some(_) if !self.source.originals.contains(&media.id) && self.is_gone(media).await? => {
                    gathered.gone.push(media.id);
                }
                Some(entry) => {
                    if !self.source.originals.contains(&media.id) {
                        let what = media.file_name.as_str();
                        report.failures.push(format!(
                            "{} ({what}) has lost its original; it is in the backup, from where it can be restored",
                            media.id
                        ));
                    }
                    gathered.entries.insert(media.id, (*entry).clone());
                }
                None => wanted.push(media),
            }
        }
        self.copy_media(&wanted, &there, &mut gathered, report).await?;
        self.copy_orphans(last, &there, &mut gathered, report).await?;
        Ok(gathered)
    }

    async fn copy_media(
        &self,
        wanted: &[&Media],
        there: &There,
        gathered: &mut Gathered,
        report: &mut RunReport,
    ) -> Result<(), Error> {
        let total = wanted.iter().map(|media| media.size_bytes).sum();
        let progress = &Progress::begin(&self.backup.observer, Stage::Copying, wanted.len() as u64, total);
        let at_once = if self.place.library_bucket().is_some() { COPIES } else { STREAMS };
        let mut copies: Vec<BoxFuture<'_, _>> = Vec::with_capacity(wanted.len());
        for media in wanted {
            copies.push(Box::pin(self.copy_one(media, there, progress)));
        }
        let mut outcomes = stream::iter(copies).buffer_unordered(at_once);
        while let Some((media, copied)) = outcomes.next().await {
            match copied {
                Ok(None) => gathered.left += 1,
                Ok(Some(Outcome::Kept(entry, is_new))) => {
                    if is_new {
                        report.objects_copied += 1;
                        report.bytes_copied += entry.size_bytes;
                    }
                    gathered.entries.insert(media.id, entry);
                }
                Ok(Some(Outcome::Missing)) => self.lost(media, "there is no original", gathered, report).await?,
                Ok(Some(Outcome::OtherBytes)) => {
                    self.lost(media, "the original has other bytes than its record says", gathered, report).await?;
                }
                Err(error) => {
                    // The manifest would be wrong without it, and the next run tries again.
                    gathered.left += 1;
                    report.failures.push(format!("{}: {}: {error}", self.place.name(), media.id));
                }
            }
        }
        Ok(())
    }

    /// None where there is no time for it.
    async fn copy_one<'m>(
        &self,
        media: &'m Media,
        there: &There,
        progress: &Progress,
    ) -> (&'m Media, Result<Option<Outcome>, Error>) {
        if self.options.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return (media, Ok(None));
        }
        let outcome = copy(&self.backup.store, self.place, &Original::from(media), there).await;
        progress.add(1, media.size_bytes);
        (media, outcome.map(Some))
    }

    /// It may have been erased since the table was read, which is no failure.
    async fn lost(
        &self,
        media: &Media,
        reason: &str,
        gathered: &mut Gathered,
        report: &mut RunReport,
    ) -> Result<(), Error> {
        if self.is_gone(media).await? {
            gathered.gone.push(media.id);
            return Ok(());
        }
        let what = media.file_name.as_str();
        report.failures.push(format!("{} ({what}): {reason}; see `mantel integrity`", media.id));
        gathered.missing.push(Lost { id: media.id, sha256: media.sha256, reason: reason.to_owned() });
        Ok(())
    }

    async fn is_gone(&self, media: &Media) -> Result<bool, Error> {
        Ok(self.backup.store.get_media(media.id).await?.is_none_or(|now| now.erasing))
    }

    async fn copy_orphans(
        &self,
        last: Option<&Manifest>,
        there: &There,
        gathered: &mut Gathered,
        report: &mut RunReport,
    ) -> Result<(), Error> {
        let known: BTreeMap<&str, &Orphan> = last
            .into_iter()
            .flat_map(|last| &last.without_record)
            .map(|orphan| (orphan.key.as_str(), orphan))
            .collect();
        for &id in &self.source.orphans {
            let key = Original { id, size_bytes: 0, sha256: None }.key();
            if let Some(orphan) = known.get(key.as_str()).filter(|orphan| there.has(orphan.sha256)) {
                gathered.orphans.push((*orphan).clone());
            } else if let Some((orphan, copied)) = copy_orphan(&self.backup.store, self.place, id, there).await? {
                report.objects_copied += u64::from(copied);
                report.bytes_copied += if copied { orphan.size_bytes } else { 0 };
                gathered.orphans.push(orphan);
            }
        }
        Ok(())
    }

    fn tell(manifest: &Manifest, report: &mut RunReport) {
        let mut note = |text: String| {
            if !report.notes.contains(&text) {
                report.notes.push(text);
            }
        };
        if !manifest.without_record.is_empty() {
            note(format!("{} originals have no record; they are kept", manifest.without_record.len()));
        }
        if !manifest.quiet {
            note("the library was being changed meanwhile; the next backup is of one moment".to_owned());
        }
    }

    /// Writes the manifest, once all that it names is there with its length, and reads it back.
    async fn finish(&self, manifest: &Manifest) -> Result<String, Error> {
        let progress = Progress::begin(&self.backup.observer, Stage::Manifest, 1, 0);
        let there = self.blobs().await?;
        for (sha256, size_bytes) in manifest.blobs() {
            let key = format!("{BLOBS}{sha256}");
            match there.get(&key) {
                Some(&listed) if self.place.fits(listed, size_bytes) => {}
                Some(listed) => {
                    let problem = format!(
                        "it has {listed} bytes, not {size_bytes}. Move it away, so that the next run writes it anew"
                    );
                    return Err(Error::damaged(key, problem));
                }
                None => return Err(Error::Missing(key)),
            }
        }
        let (name, bytes) = manifest.written();
        self.place.put(&name, &bytes).await?;
        if self.place.can_read() && read_manifest(self.place, &name).await? != *manifest {
            return Err(Error::damaged(name, "it reads otherwise than it was written"));
        }
        progress.add(1, 0);
        Ok(name)
    }
}

/// Whether an entry of an earlier manifest is still that of a record. Originals are never changed.
fn is_of(entry: &Entry, media: &Media) -> bool {
    media.rejected || (entry.sha256, entry.size_bytes) == (media.sha256, media.size_bytes)
}
