//! The record of the backup.

use model::{AskedBack, BackupPhase, BackupRecord, Error, Proof, Timestamp};

use crate::{Store, change::Change, item::whole_item, keys};

impl Store {
    /// The record of the backup; none where nothing was ever backed up or restored.
    pub async fn get_backup(&self) -> Result<Option<BackupRecord>, Error> {
        self.get(&keys::backup()).await
    }

    /// Writes the record of the backup, whatever was there. Only whoever holds the lease does this.
    pub async fn put_backup(&self, record: &BackupRecord) -> Result<(), Error> {
        self.put(whole_item(&keys::backup(), None, record)?).await
    }

    /// Writes the first record of the backup; false where there is one.
    pub async fn put_first_backup(&self, record: &BackupRecord) -> Result<bool, Error> {
        self.put_new(whole_item(&keys::backup(), None, record)?).await
    }

    /// Takes the lease for a run that begins `now`, and gives the record as it is then; none where another run has it.
    pub async fn lease_backup(&self, now: Timestamp, until: Timestamp) -> Result<Option<BackupRecord>, Error> {
        let change = Change::of_existing()
            .when_absent_or_less("lease_until", &now)?
            .set("lease_until", &until)?
            .set("phase", &BackupPhase::Running)?
            .set("started_at", &now)?;
        self.change(&keys::backup(), change).await
    }

    /// Says that the run that has the lease still runs.
    pub async fn renew_backup_lease(&self, until: Timestamp) -> Result<(), Error> {
        let change = Change::of_existing().set("lease_until", &until)?;
        self.change::<BackupRecord>(&keys::backup(), change).await?;
        Ok(())
    }

    /// Writes down how a run ended, and gives its lease back. What drills wrote meanwhile stays.
    pub async fn finish_backup(&self, record: &BackupRecord) -> Result<(), Error> {
        let change = Change::of_existing()
            .remove("lease_until")
            .set("phase", &record.phase)?
            .put("started_at", record.started_at.as_ref())?
            .put("finished_at", record.finished_at.as_ref())?
            .put("succeeded_at", record.succeeded_at.as_ref())?
            .set("objects_copied", &record.objects_copied)?
            .set("bytes_copied", &record.bytes_copied)?
            .set("failures", &record.failures)?
            .put("message", record.message.as_ref())?
            .put("destination", record.destination.as_ref())?
            .set("manifests", &record.manifests)?
            .set("media_count", &record.media_count)?;
        self.change::<BackupRecord>(&keys::backup(), change).await?;
        Ok(())
    }

    /// Writes down what a drill proved, and what the next one is to compare.
    pub async fn note_drill(&self, proof: Option<&Proof>, asked_back: Option<&AskedBack>) -> Result<(), Error> {
        let mut change = Change::of_existing().put("asked_back", asked_back)?;
        if let Some(proof) = proof {
            change = change.set("proof", proof)?;
        }
        self.change::<BackupRecord>(&keys::backup(), change).await?;
        Ok(())
    }
}
