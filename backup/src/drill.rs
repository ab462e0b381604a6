//! The drill: a restore that is tried out, so that it is known to work before it is needed.
//!
//! Where there is a scratch library, the newest backup is restored into it in earnest, then every record and every byte of
//! the sample is compared with the backup and with the library. A function on AWS has none: it reads the sample's bytes and
//! all records out of the backup, and compares them with the library.
//!
//! What lies in an archive cannot be read at once. Then another place of the same backup serves, if there is one; else the
//! sample is asked back, and the next drill compares it.

use std::collections::BTreeSet;

use futures::future::BoxFuture;
use model::{AskedBack, BackupRecord, Clock, MediaId, Proof};
use sha2::Digest;
use store::{Line, Store};

use crate::{
    Error,
    copy::read,
    find::find,
    manifest::{Entry, blob_key},
    place::Place,
    progress::{Observer, Progress, Stage},
    reader::{Measure, Reader},
    restore::{Random, Restore, ask_back},
    restore_gallery::open,
    verify::{Depth, Verified, verify},
};

/// Tries out a restore.
#[derive(Clone)]
pub struct Drill {
    /// The library.
    pub store: Store,
    /// Where its backup lies; the first that can be read at once serves.
    pub places: Vec<Place>,
    /// An empty library to restore into, which is thrown away afterwards; nothing processes what comes into it.
    pub scratch: Option<Store>,
    /// How many photos and videos to try; none for all.
    pub sample: Option<usize>,
    /// Tells the time.
    pub clock: Clock,
    /// Gives unpredictable bytes.
    pub random: Random,
    /// Hears how far it is.
    pub observer: Observer,
}

/// How a drill ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Drilled {
    /// So much was proved.
    Proved(Proof),
    /// So many objects were asked back from the archive; a drill in two days compares them.
    AskedBack(u64),
}

impl Drill {
    /// Tries it out, and writes down what it proved.
    ///
    /// # Errors
    /// When there is no backup, or a service does not answer. What is wrong with the backup is a proof that does not hold.
    pub fn run(&self) -> BoxFuture<'_, Result<Drilled, Error>> {
        Box::pin(self.run_now())
    }

    async fn run_now(&self) -> Result<Drilled, Error> {
        let record = self.store.get_backup().await?.unwrap_or_default();
        let tried = Box::pin(self.try_places(&record)).await;
        let proof = match tried {
            Ok(Some(proof)) => proof,
            Ok(None) => return self.ask_back(&record).await,
            Err(error @ (Error::Damaged { .. } | Error::Missing(_))) => Proof {
                at: (self.clock)(),
                manifest: record.manifests.values().next().cloned().unwrap_or_default(),
                proved: 0,
                tried: 0,
                records: 0,
                problem: Some(error.to_string()),
            },
            Err(error) => return Err(error),
        };
        self.store.note_drill(Some(&proof), None).await?;
        Ok(Drilled::Proved(proof))
    }

    /// None where everything lies in an archive.
    async fn try_places(&self, record: &BackupRecord) -> Result<Option<Proof>, Error> {
        for place in self.places.iter().filter(|place| place.can_read()) {
            let asked = record.asked_back.as_ref();
            let wanted = asked.map(|asked| asked.manifest.as_str());
            let wanted = match wanted {
                Some(name) if find(place, Some(name)).await.is_ok() => Some(name),
                _ => None,
            };
            let verified = verify(place, Some(record), wanted, Depth::Listed, &self.observer).await?.sound()?;
            let sample = self.sample_of(&verified, asked);
            if self.is_readable(place, &sample).await? {
                return Ok(Some(self.prove(place, &verified, &sample).await?));
            }
        }
        Ok(None)
    }

    /// What was asked back, else some that nobody can foresee.
    fn sample_of(&self, verified: &Verified, asked: Option<&AskedBack>) -> Vec<Entry> {
        let all = &verified.manifest.media;
        if let Some(asked) = asked.filter(|asked| asked.manifest == verified.name) {
            let wanted = |entry: &&Entry| asked.blobs.contains(&entry.sha256.to_string());
            return all.iter().filter(wanted).cloned().collect();
        }
        let Some(size) = self.sample.filter(|size| *size < all.len()) else { return all.clone() };
        let mut seed = [0; 16];
        (self.random)(&mut seed);
        let place = |entry: &Entry| {
            let mut hasher = sha2::Sha256::new();
            hasher.update(seed);
            hasher.update(entry.id.to_string());
            hasher.finalize()
        };
        let mut entries: Vec<Entry> = all.clone();
        entries.sort_by_cached_key(|entry| place(entry).to_vec());
        entries.truncate(size);
        entries
    }

    async fn is_readable(&self, place: &Place, sample: &[Entry]) -> Result<bool, Error> {
        for entry in sample {
            if place.archive(&blob_key(entry.sha256)).await? != store::Archive::Readable {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn ask_back(&self, record: &BackupRecord) -> Result<Drilled, Error> {
        let Some(place) = self.places.iter().find(|place| place.can_read()) else {
            return Err(Error::Refused(
                "no place of the backup can be read here: the drill needs the identity".to_owned(),
            ));
        };
        let verified = verify(place, Some(record), None, Depth::Listed, &self.observer).await?;
        let asked = record.asked_back.as_ref().filter(|asked| asked.manifest == verified.name);
        let sample = self.sample_of(&verified, asked);
        let keys: BTreeSet<String> = sample.iter().map(|entry| blob_key(entry.sha256)).collect();
        let count = ask_back(place, keys, &self.observer).await?;
        let asked = AskedBack {
            at: (self.clock)(),
            manifest: verified.name,
            blobs: sample.iter().map(|entry| entry.sha256.to_string()).collect(),
        };
        self.store.note_drill(None, Some(&asked)).await?;
        Ok(Drilled::AskedBack(count))
    }

    async fn prove(&self, place: &Place, verified: &Verified, sample: &[Entry]) -> Result<Proof, Error> {
        let mut problems = Vec::new();
        if let Some(scratch) = &self.scratch {
            problems.extend(self.restore_into(scratch, place, verified, sample).await?);
        }
        let total = sample.iter().map(|entry| entry.size_bytes).sum();
        let progress = Progress::begin(&self.observer, Stage::Comparing, sample.len() as u64, total);
        let mut proved = 0;
        for entry in sample {
            match self.compare_bytes(place, entry).await? {
                None => proved += 1,
                Some(problem) => problems.push(format!("{}: {problem}", entry.id)),
            }
            progress.add(1, entry.size_bytes);
        }
        problems.extend(self.compare_records(verified, sample).await?);
        Ok(Proof {
            at: (self.clock)(),
            manifest: verified.name.clone(),
            proved,
            tried: sample.len() as u64,
            records: verified.lines.len() as u64,
            problem: (!problems.is_empty()).then(|| problems.join("; ")),
        })
    }

    /// Restores the sample and all records in earnest, and compares every record.
    async fn restore_into(
        &self,
        scratch: &Store,
        place: &Place,
        verified: &Verified,
        sample: &[Entry],
    ) -> Result<Vec<String>, Error> {
        let restore = Restore {
            store: scratch.clone(),
            place: place.clone(),
            clock: self.clock.clone(),
            random: self.random.clone(),
            observer: self.observer.clone(),
        };
        let ids: BTreeSet<MediaId> = sample.iter().map(|entry| entry.id).collect();
        // Accounts are left out, so that ids of people stay as they are and every attribute can be compared.
        let mut plain = verified.clone();
        plain.manifest.accounts.clear();
        let report = restore.put_back(&plain, &ids).await?;
        if report.left_out > 0 {
            return Ok(Vec::new());
        }
        let now = (self.clock)();
        let restored: BTreeSet<Line> = scratch.dump_table(now).await?.into_iter().collect();
        // What has expired since, nothing shows any more.
        let differing = verified.lines.iter().filter(|line| !restored.contains(*line) && !line.is_expired(now)).count();
        Ok(if differing == 0 { Vec::new() } else { vec![format!("{differing} records came back otherwise")] })
    }

    /// Every byte of one original: what the backup has, what came back from it, and what the library has.
    async fn compare_bytes(&self, place: &Place, entry: &Entry) -> Result<Option<String>, Error> {
        let restored = match &self.scratch {
            Some(scratch) => read(&scratch.originals(), &entry.key).await?,
            None => Some(open(place, entry).await?),
        };
        let Some(restored) = restored else { return Ok(Some("it did not come back".to_owned())) };
        let live = read(&self.store.originals(), &entry.key).await?;
        let (found, equal) = compare(restored, live).await?;
        Ok(match () {
            () if found != (entry.size_bytes, entry.sha256) => Some("it came back with other bytes".to_owned()),
            () if !equal => Some("it came back as it was backed up, but the library has other bytes now".to_owned()),
            () => None,
        })
    }

    /// The records of the sample, as far as they have not been changed since.
    async fn compare_records(&self, verified: &Verified, sample: &[Entry]) -> Result<Vec<String>, Error> {
        let ids: BTreeSet<MediaId> = sample.iter().map(|entry| entry.id).collect();
        let mut problems = Vec::new();
        for line in &verified.lines {
            let Some(then) = line.media()?.filter(|media| ids.contains(&media.id)) else { continue };
            let Some(now) = self.store.read_line(line).await?.filter(|now| now != line) else { continue };
            let changed = Some(then).zip(now.media()?).is_some_and(|(then, now)| {
                (then.version, then.updated_at, then.comment_count, &then.liked_by)
                    != (now.version, now.updated_at, now.comment_count, &now.liked_by)
            });
            if !changed {
                problems.push(format!("{} differs from the library, though nobody changed it", line.partition()));
            }
        }
        Ok(problems)
    }
}

/// Length and SHA-256 of one, and whether the other has the same bytes; where there is no other, it has.
async fn compare(mut one: Reader, other: Option<Reader>) -> Result<((u64, model::Sha256), bool), Error> {
    let mut measure = Measure::default();
    while let Some(chunk) = one.next().await? {
        measure.add(&chunk);
    }
    let found = measure.end();
    let equal = match other {
        None => true,
        Some(other) => other.measure().await? == found,
    };
    Ok((found, equal))
}
