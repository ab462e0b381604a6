//! A backup: the table first, then the media that it names, then the manifest.
//!
//! Each step can be done again, so that a run which was cut off anywhere is made good by the next: blobs are named by
//! their content, and nothing names them before the manifest, which is written last.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use futures::future::BoxFuture;
use model::{BackupPhase, BackupRecord, Clock, MediaId, Timestamp, object_key::OriginalsKey};
use serde::Serialize;
use store::{ExportedAccount, Store};
use tokio::{task::AbortHandle, time::Instant};

use crate::{
    Error,
    into_place::IntoPlace,
    manifest::media_of,
    place::{NewId, Place},
    progress::{Observer, Progress, Stage},
    snapshot::Snapshot,
};

/// A run that did not say for so long that it still runs has died.
const LEASE_SECONDS: i64 = 120;
const RENEW_EVERY: Duration = Duration::from_secs(30);
/// So many fewer are no reason to ask back, however few there are.
const FEW: u64 = 10;

/// Makes backups of a library, into one place or several.
#[derive(Clone)]
pub struct Backup {
    /// The library.
    pub store: Store,
    /// Where backups go. The first is the one that settings show.
    pub places: Vec<Place>,
    /// Tells the time.
    pub clock: Clock,
    /// Gives ids that nobody has used.
    pub new_id: NewId,
    /// Hears how far it is.
    pub observer: Observer,
}

/// How a run is wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct RunOptions {
    /// Goes on though the library has far fewer photos than the last backup: they were erased on purpose.
    pub accept_fewer: bool,
    /// What is not copied by then is left to the next run.
    pub deadline: Option<Instant>,
}

/// How a run ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RunReport {
    /// For each place the manifest that holds now.
    pub manifests: BTreeMap<String, String>,
    /// Photos and videos in the backup.
    pub media: u64,
    /// Items of the table in the backup.
    pub items: u64,
    /// Objects that were copied.
    pub objects_copied: u64,
    /// Bytes that were copied.
    pub bytes_copied: u64,
    /// Objects for which there was no time; the next run goes on with them.
    pub left: u64,
    /// What could not be backed up, and what to do.
    pub failures: Vec<String>,
    /// What whoever looks after the library should know, though it is no failure.
    pub notes: Vec<String>,
}

impl RunReport {
    /// Whether all is in the backup.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.left == 0 && self.failures.is_empty()
    }

    fn message(&self) -> Option<String> {
        const SHOWN: usize = 3;
        let mut said: Vec<&str> = self.failures.iter().take(SHOWN).map(String::as_str).collect();
        let more = self.failures.len().saturating_sub(SHOWN);
        let more = (more > 0).then(|| format!("and {more} more"));
        said.extend(more.as_deref());
        let left = (self.left > 0).then(|| format!("{} objects are left to the next run", self.left));
        said.extend(left.as_deref());
        said.extend(self.notes.iter().map(String::as_str));
        (!said.is_empty()).then(|| said.join("; "))
    }
}

/// What is to be backed up, the same for all places.
pub(crate) struct Source {
    pub(crate) snapshot: Snapshot,
    pub(crate) media: Vec<model::Media>,
    /// Originals without a record that were there before the table was read.
    pub(crate) orphans: Vec<MediaId>,
    /// All originals that are there.
    pub(crate) originals: BTreeSet<MediaId>,
    pub(crate) accounts: Vec<ExportedAccount>,
    pub(crate) erased: Vec<String>,
}

/// Says that a run is still there, for as long as it is.
struct Heartbeat(AbortHandle);

impl Drop for Heartbeat {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Backup {
    /// Makes a backup in every place.
    ///
    /// # Errors
    /// [`Error::Busy`] while another run is under way, [`Error::Refused`] where it would be dangerous to go on. What fails
    /// for single objects or places is in the report.
    #[must_use]
    pub fn run(&self, options: RunOptions) -> BoxFuture<'_, Result<RunReport, Error>> {
        Box::pin(self.run_now(options))
    }

    async fn run_now(&self, options: RunOptions) -> Result<RunReport, Error> {
        let now = (self.clock)();
        self.make_record().await?;
        let leased = self.store.lease_backup(now, now.plus_seconds(LEASE_SECONDS)).await?;
        let record = leased.ok_or(Error::Busy)?;
        let _heartbeat = self.heartbeat();
        let ended = Box::pin(self.run_leased(&record, options)).await;
        self.note(record, now, &ended).await?;
        ended
    }

    /// The first record makes the library's name. A place that has a backup already belongs to a library that has a record.
    async fn make_record(&self) -> Result<(), Error> {
        if self.store.get_backup().await?.is_some() {
            return Ok(());
        }
        for place in &self.places {
            if place.marker().await?.is_some() {
                return Err(Error::Refused(format!(
                    "{} holds the backup of another library, or this library has lost its table. Restore from it \
                     (`mantel backup restore`), or name another place.",
                    place.name()
                )));
            }
        }
        let record = BackupRecord { library: (self.new_id)().to_string(), ..BackupRecord::default() };
        self.store.put_first_backup(&record).await?;
        Ok(())
    }

    fn heartbeat(&self) -> Heartbeat {
        let (store, clock) = (self.store.clone(), self.clock.clone());
        let beating = tokio::spawn(async move {
            loop {
                tokio::time::sleep(RENEW_EVERY).await;
                if let Err(error) = store.renew_backup_lease(clock().plus_seconds(LEASE_SECONDS)).await {
                    tracing::warn!(%error, "the lease of the backup could not be renewed");
                }
            }
        });
        Heartbeat(beating.abort_handle())
    }

    async fn run_leased(&self, record: &BackupRecord, options: RunOptions) -> Result<RunReport, Error> {
        if let Some(manifest) = &record.restoring {
            return Err(Error::Refused(format!(
                "this library is not whole: the restore from {manifest} did not end. Run it again first."
            )));
        }
        let source = self.read_source().await?;
        let mut report = RunReport {
            media: source.media.len() as u64,
            items: source.snapshot.lines.len() as u64,
            ..RunReport::default()
        };
        for place in &self.places {
            let into = IntoPlace { backup: self, place, record, source: &source, options };
            if let Err(error) = Box::pin(into.run(&mut report)).await {
                report.failures.push(format!("{}: {error}", place.name()));
            }
        }
        Ok(report)
    }

    async fn read_source(&self) -> Result<Source, Error> {
        let progress = Progress::begin(&self.observer, Stage::Table, 0, 0);
        let snapshot = Snapshot::take(&self.store, &self.clock).await?;
        progress.add(snapshot.lines.len() as u64, snapshot.lines_bytes);
        let media = media_of(&snapshot.lines)?;
        let progress = Progress::begin(&self.observer, Stage::Listing, 0, 0);
        let listed = self.store.originals().list("originals/").await?;
        progress.add(listed.len() as u64, 0);
        let known: BTreeSet<MediaId> = media.iter().map(|media| media.id).collect();
        let originals: BTreeSet<MediaId> = listed
            .iter()
            .filter_map(|object| match OriginalsKey::parse(&object.key) {
                Some(OriginalsKey::Original(id)) => Some(id),
                Some(OriginalsKey::Job(..)) | None => None,
            })
            .collect();
        let mut orphans = Vec::new();
        for &id in &originals {
            // What was announced after the table was read is for the next backup; so is what is still on its way.
            if !known.contains(&id) && announced(id) < snapshot.taken_at && self.store.get_media(id).await?.is_none() {
                orphans.push(id);
            }
        }
        let erased = snapshot.lines.iter().filter_map(|line| line.erased().map(str::to_owned)).collect();
        Ok(Source { media, orphans, originals, accounts: self.store.export_accounts().await?, erased, snapshot })
    }

    /// Writes down how a run ended, for settings, and gives the lease back.
    async fn note(
        &self,
        record: BackupRecord,
        began: Timestamp,
        ended: &Result<RunReport, Error>,
    ) -> Result<(), Error> {
        let now = (self.clock)();
        let destination = self.places.iter().map(Place::name).collect::<Vec<_>>().join(", ");
        let mut noted = BackupRecord {
            lease_until: None,
            started_at: Some(began),
            finished_at: Some(now),
            destination: Some(destination),
            ..record
        };
        match ended {
            Ok(report) => {
                noted.objects_copied = report.objects_copied;
                noted.bytes_copied = report.bytes_copied;
                noted.failures = report.failures.len() as u64;
                noted.message = report.message();
                noted.manifests.extend(report.manifests.clone());
                noted.phase = match (report.failures.is_empty(), report.left) {
                    (false, _) => BackupPhase::Failed,
                    (true, 0) => BackupPhase::Succeeded,
                    (true, _) => BackupPhase::Running,
                };
                if !report.manifests.is_empty() {
                    noted.media_count = report.media;
                }
                if report.is_whole() {
                    noted.succeeded_at = Some(now);
                }
            }
            Err(error) => {
                noted.phase = BackupPhase::Failed;
                noted.failures = 1;
                noted.message = Some(error.to_string());
            }
        }
        Ok(self.store.finish_backup(&noted).await?)
    }
}

/// When a photo or video was announced, by its id.
fn announced(id: MediaId) -> Timestamp {
    Timestamp::from_unix_millis(i64::try_from(id.ulid().timestamp_ms()).unwrap_or(i64::MAX))
}

/// Refuses to take a library for empty that is only not there: a bucket of another name, a table that was lost.
pub(crate) fn guard(what: &str, now: u64, before: u64, accept_fewer: bool) -> Result<(), Error> {
    let lost = before.saturating_sub(now);
    let too_few = now == 0 || (lost > FEW && now < before - before / 10);
    if lost > 0 && too_few && !accept_fewer {
        return Err(Error::Refused(format!(
            "there are {now} {what}, and {before} in the last backup. Nothing was written. If they were erased on \
             purpose, run `mantel backup run --accept-fewer` once; if not, look for what is missing, and restore it."
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_that_seems_to_be_gone_is_not_taken_for_erased() {
        for (now, before, fine) in [
            (0, 0, true),
            (5, 5, true),
            (6, 5, true),
            (4, 5, true),
            (0, 1, false),
            (89, 100, false),
            (90, 100, true),
            (0, 1_000, false),
            (900, 1_000, true),
            (899, 1_000, false),
        ] {
            assert_eq!(guard("originals", now, before, false).is_ok(), fine, "{now} of {before}");
            assert!(guard("originals", now, before, true).is_ok());
        }
    }
}
