//! Backups on one machine: where they go, when they are made, and the place where a restore is tried out.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use backup::{Backup, Cipher, Drill, Drilled, Folder, Kind, NewId, Observer, Place, RunOptions, RunReport, nobody};
use futures::future::BoxFuture;
use model::{BackupPhase, BackupRecord, Timestamp};
use store::Store;
use tokio::sync::{Notify, watch};
use ulid::Ulid;

use crate::system::{Options, System};

/// How often it is looked whether something is due.
const LOOK_EVERY: Duration = Duration::from_mins(10);
const BACKUP_EVERY_SECONDS: i64 = 24 * 3_600;
const RETRY_AFTER_SECONDS: i64 = 3_600;
const DRILL_EVERY_SECONDS: i64 = 7 * 24 * 3_600;
/// Photos and videos that the weekly drill tries.
const SAMPLE: usize = 50;

/// Where backups go.
#[derive(Clone, Debug, Default)]
pub struct BackupTo {
    /// A folder, best on another disk.
    pub folder: Option<PathBuf>,
    /// Settings of a second copy at a service that speaks S3, in JSON.
    pub second_copy: Option<String>,
    /// A recipient of `age`, for whom everything in the folder is encrypted.
    pub recipient: Option<String>,
    /// The identity of `age`, where something encrypted is to be read.
    pub identity: Option<String>,
}

impl BackupTo {
    /// The places, with the folder made if need be.
    ///
    /// # Errors
    /// When the folder cannot be made, or settings are not what they should be.
    pub async fn places(&self, options: &Options) -> anyhow::Result<Vec<Place>> {
        let mut places = Vec::new();
        if let Some(path) = &self.folder {
            let cipher =
                self.recipient.as_deref().map(|text| Cipher::new(text, self.identity.as_deref())).transpose()?;
            let folder = Folder::open(path)
                .await
                .with_context(|| format!("{} cannot be used for backups; is the disk there?", path.display()))?;
            places.push(Place::new(name_of(path), Kind::Folder(folder), cipher, new_id(options)));
        }
        if let Some(settings) = &self.second_copy {
            places.push(backup::second_place(settings, self.identity.as_deref(), &new_id(options))?);
        }
        Ok(places)
    }

    /// What settings say of where backups go; none where nothing is set up.
    #[must_use]
    pub fn destination(&self) -> Option<String> {
        self.folder.as_deref().map(name_of).or_else(|| self.second_copy.as_ref().map(|_| "S3".to_owned()))
    }
}

fn name_of(path: &Path) -> String {
    path.display().to_string()
}

/// Ids for the backup, of the clock and the random source of a system.
#[must_use]
pub fn new_id(options: &Options) -> NewId {
    let (clock, random) = (options.clock.clone(), options.random.clone());
    Arc::new(move || {
        let mut bytes = [0; 16];
        random(&mut bytes);
        Ulid::from_parts(u64::try_from(clock().unix_millis()).unwrap_or(0), u128::from_be_bytes(bytes))
    })
}

/// Makes one backup of a library.
///
/// # Errors
/// As [`Backup::run`].
pub async fn back_up(
    store: &Store,
    places: Vec<Place>,
    options: &Options,
    run: RunOptions,
    observer: Observer,
) -> Result<RunReport, backup::Error> {
    let (clock, new_id) = (options.clock.clone(), new_id(options));
    Backup { store: store.clone(), places, clock, new_id, observer }.run(run).await
}

/// Restores the newest backup into a library that is made for it and thrown away, and compares.
///
/// # Errors
/// When the scratch library cannot be made, or as [`Drill::run`].
pub fn drill<'a>(
    store: &'a Store,
    places: Vec<Place>,
    options: &'a Options,
    sample: Option<usize>,
    observer: Observer,
) -> BoxFuture<'a, anyhow::Result<Drilled>> {
    Box::pin(drill_now(store, places, options, sample, observer))
}

async fn drill_now(
    store: &Store,
    places: Vec<Place>,
    options: &Options,
    sample: Option<usize>,
    observer: Observer,
) -> anyhow::Result<Drilled> {
    let folder = options.data.join("scratch").join("drill");
    remove(&folder)?;
    let scratch = Options { data: folder.clone(), backup: BackupTo::default(), ..options.clone().quiet() };
    let system = start(scratch).await.context("a library to try the restore in could not be made")?;
    let drill = Drill {
        store: store.clone(),
        places,
        scratch: Some(system.store.clone()),
        sample,
        clock: options.clock.clone(),
        random: options.random.clone(),
        observer,
    };
    let ended = drill.run().await;
    system.stop().await;
    remove(&folder)?;
    Ok(ended?)
}

/// Boxed: a system that runs drills starts systems.
fn start(options: Options) -> BoxFuture<'static, anyhow::Result<System>> {
    Box::pin(System::start(options))
}

fn remove(folder: &Path) -> anyhow::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// What somebody asked for.
#[derive(Debug, Default)]
pub(crate) struct Wishes {
    pub(crate) backup: Notify,
    pub(crate) drill: Notify,
}

/// Makes backups and drills while Mantel runs.
pub(crate) struct Backups {
    pub(crate) store: Store,
    pub(crate) options: Options,
    pub(crate) wishes: Arc<Wishes>,
}

impl Backups {
    /// When they are due, and when somebody asks; until `stop` changes. What is under way then, the next start goes on with.
    pub(crate) async fn keep(self, mut stop: watch::Receiver<bool>) {
        tokio::select! {
            () = self.work() => {}
            _ = stop.changed() => {}
        }
    }

    async fn work(&self) {
        loop {
            let now = (self.options.clock)();
            if is_backup_due(&self.record().await, now) {
                self.back_up().await;
            }
            if is_drill_due(&self.record().await, now) {
                self.drill().await;
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = self.wishes.backup.notified() => self.back_up().await,
                () = self.wishes.drill.notified() => self.drill().await,
            }
        }
    }

    async fn record(&self) -> BackupRecord {
        self.store.get_backup().await.ok().flatten().unwrap_or_default()
    }

    async fn back_up(&self) {
        let places = match self.options.backup.places(&self.options).await {
            Ok(places) => places,
            Err(error) => return self.note_failure(&format!("{error:#}")).await,
        };
        match back_up(&self.store, places, &self.options, RunOptions::default(), nobody()).await {
            Ok(report) if report.is_whole() => {
                tracing::info!(report.media, report.objects_copied, report.bytes_copied, "backed up");
            }
            Ok(report) => tracing::error!(failures = ?report.failures, report.left, "the backup is not whole"),
            Err(error) => tracing::error!(%error, "the backup failed"),
        }
    }

    /// A disk that is not there is no reason for settings to say that all is well.
    async fn note_failure(&self, message: &str) {
        tracing::error!(message, "the backup failed");
        let Ok(Some(record)) = self.store.get_backup().await else { return };
        let now = (self.options.clock)();
        let noted = BackupRecord {
            phase: BackupPhase::Failed,
            failures: 1,
            message: Some(message.to_owned()),
            started_at: Some(now),
            finished_at: Some(now),
            ..record
        };
        if let Err(error) = self.store.finish_backup(&noted).await {
            tracing::error!(%error, "the failure of the backup could not be noted");
        }
    }

    async fn drill(&self) {
        let done = async {
            let places = self.options.backup.places(&self.options).await?;
            drill(&self.store, places, &self.options, Some(SAMPLE), nobody()).await
        };
        match done.await {
            Ok(Drilled::Proved(proof)) if proof.holds() => {
                tracing::info!(proof.proved, proof.tried, proof.records, "a restore was proved");
            }
            Ok(Drilled::Proved(proof)) => {
                let problem = proof.problem.unwrap_or_default();
                tracing::error!(proof.proved, proof.tried, problem, "the restore that was tried out failed");
            }
            Ok(Drilled::AskedBack(objects)) => tracing::info!(objects, "asked back from the archive for a drill"),
            Err(error) => tracing::error!(error = format!("{error:#}"), "no restore could be tried out"),
        }
    }
}

fn is_backup_due(record: &BackupRecord, now: Timestamp) -> bool {
    let after = |time: Option<Timestamp>, seconds| time.is_none_or(|time| time.plus_seconds(seconds) <= now);
    after(record.succeeded_at, BACKUP_EVERY_SECONDS) && after(record.started_at, RETRY_AFTER_SECONDS)
}

fn is_drill_due(record: &BackupRecord, now: Timestamp) -> bool {
    let proved_at = record.proof.as_ref().map(|proof| proof.at);
    !record.manifests.is_empty() && proved_at.is_none_or(|at| at.plus_seconds(DRILL_EVERY_SECONDS) <= now)
}

/// Whether two places are on the same disk, as far as that can be told.
#[cfg(unix)]
#[must_use]
pub fn are_on_one_disk(one: &Path, other: &Path) -> bool {
    let device = |path: &Path| {
        let there = path.ancestors().find(|path| path.exists()).unwrap_or(path);
        rustix::fs::stat(if there.as_os_str().is_empty() { Path::new(".") } else { there }).ok().map(|stat| stat.st_dev)
    };
    device(one).is_some_and(|found| Some(found) == device(other))
}

/// Whether two places are on the same disk, as far as that can be told.
#[cfg(not(unix))]
#[must_use]
pub fn are_on_one_disk(_one: &Path, _other: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use model::Proof;

    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_unix_seconds(hours * 3_600)
    }

    #[test]
    fn a_backup_is_due_a_day_after_the_last_that_was_whole_and_an_hour_after_one_that_was_not() {
        let record = |started, succeeded: Option<i64>| BackupRecord {
            started_at: Some(at(started)),
            succeeded_at: succeeded.map(at),
            ..BackupRecord::default()
        };
        assert!(is_backup_due(&BackupRecord::default(), at(0)));
        assert!(!is_backup_due(&record(0, Some(0)), at(23)));
        assert!(is_backup_due(&record(0, Some(0)), at(24)));
        assert!(is_backup_due(&record(0, None), at(1)));
        assert!(!is_backup_due(&record(1, None), at(1)));
    }

    #[test]
    fn a_drill_is_due_a_week_after_the_last_once_there_is_a_backup() {
        let mut record = BackupRecord::default();
        assert!(!is_drill_due(&record, at(0)));
        record.manifests.insert("disk".to_owned(), "manifest".to_owned());
        assert!(is_drill_due(&record, at(0)));
        let proof = Proof { at: at(0), manifest: String::new(), proved: 0, tried: 0, records: 0, problem: None };
        record.proof = Some(proof);
        assert!(!is_drill_due(&record, at(7 * 24 - 1)));
        assert!(is_drill_due(&record, at(7 * 24)));
    }
}
