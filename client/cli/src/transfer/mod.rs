//! Brings files to the server: hashes them, finds out what is there already, sends the rest, and waits until the server says
//! that all is well.
//!
//! Hashing, asking and sending overlap. What is in memory at a time does not grow with the size of files: names and digests
//! of all of them, and as many buffers as there are jobs.

mod confirm;
mod describe;
mod hash;
mod known;
mod send;
mod targets;

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError, atomic::AtomicUsize, mpsc},
    thread,
    time::Instant,
};

pub(crate) use self::targets::Target;
use self::{
    confirm::Awaited,
    hash::Hashed,
    known::{Known, KnownMedia},
    send::Sent,
    targets::Targets,
};
use crate::{
    api::Api,
    cli::Sending,
    fault::{Fault, Outcome},
    item::{Digest, Item},
    journal::Journal,
    originals::Status,
    permits::Permits,
    progress::Progress,
    report::{Fate, Provenance, Report, Subject},
};

/// How many files are under way for each buffer of bytes: most of a small file's time goes by while the server writes to its
/// disk that it comes, and that it came.
pub(crate) const FILES_PER_JOB: usize = 4;

/// What a run needs.
pub(crate) struct Transfer<'a> {
    pub(crate) api: &'a Api,
    pub(crate) journal: &'a Journal,
    pub(crate) report: &'a Report,
    pub(crate) progress: &'a Progress,
    pub(crate) sending: &'a Sending,
    pub(crate) items: &'a [Item],
    /// The titles of the targets.
    pub(crate) titles: &'a [String],
    /// Where the notes of each item come from, where reports tell that; else empty.
    pub(crate) provenance: &'a [Provenance],
    /// Whether the same bytes are wanted in one gallery only, whichever it is.
    pub(crate) once: bool,
}

/// What is to be done about a file.
enum Job {
    Send {
        index: usize,
        gallery: String,
        digest: Digest,
    },
    /// It is there, but captions and dates were not sent by the run that uploaded it.
    Describe {
        index: usize,
        gallery: String,
        media: String,
        status: Status,
    },
}

/// Where threads meet.
struct Shared {
    permits: Permits,
    awaited: Mutex<Awaited>,
    /// Why no other file can be uploaded either.
    fatal: Mutex<Option<Fault>>,
}

/// Uploads items to targets; what became of each is in the report.
pub(crate) fn run(transfer: &Transfer<'_>, targets: Vec<Target>) -> Outcome<()> {
    let began = Instant::now();
    let jobs = usize::from(transfer.sending.jobs);
    let targets = Targets::find(transfer.api, targets, transfer.sending)?;
    let shared = Shared { permits: Permits::new(jobs), awaited: Mutex::default(), fatal: Mutex::default() };
    let workers = jobs * FILES_PER_JOB;
    let (sender, receiver) = mpsc::sync_channel(workers);
    let (receiver, next) = (Mutex::new(receiver), AtomicUsize::new(0));
    let planned = thread::scope(|scope| {
        let hashed = hash::start(scope, transfer, &next);
        for _ in 0..workers {
            scope.spawn(|| transfer.work(&receiver, &shared));
        }
        let planned = transfer.plan(hashed, targets, &sender, &shared);
        drop(sender);
        planned
    });
    let fatal = shared.fatal.into_inner().unwrap_or_else(PoisonError::into_inner);
    let awaited = shared.awaited.into_inner().unwrap_or_else(PoisonError::into_inner);
    if !transfer.sending.dry_run {
        transfer.report.sent(began.elapsed());
    }
    let confirmed = match &fatal {
        None => confirm::run(transfer, awaited),
        Some(_) => Ok(()),
    };
    fatal.map_or(Ok(()), Err).and(planned).and(confirmed)
}

impl Transfer<'_> {
    fn tell(&self, index: usize, fate: &Fate, media: Option<&str>) {
        let item = &self.items[index];
        let (gallery, provenance) = (&self.titles[item.target], self.provenance.get(index));
        self.report.tell(&Subject { path: &item.shown, gallery, size: item.size, provenance }, fate, media);
    }

    /// Decides about one file after the other, in their order, so that a dry run decides alike.
    fn plan(&self, hashed: Hashed, mut targets: Targets, jobs: &mpsc::SyncSender<Job>, shared: &Shared) -> Outcome<()> {
        let mut known = Known::new(self.api);
        let mut seen: HashMap<(usize, Digest), usize> = HashMap::new();
        for (index, digest) in hashed {
            self.api.stop.check()?;
            let item = &self.items[index];
            let digest = match digest {
                Ok(digest) => digest,
                Err(Fault::Stopped) => return Err(Fault::Stopped),
                Err(fault) => {
                    self.progress.add_file(item.size);
                    self.tell(index, &Fate::Failed(fault.to_string()), None);
                    continue;
                }
            };
            let first = *seen.entry((if self.once { 0 } else { item.target }, digest)).or_insert(index);
            if first != index {
                self.progress.add_file(item.size);
                let first = &self.items[first];
                let fate = Fate::Same(format!("{} in {}", first.shown, self.titles[first.target]));
                self.tell(index, &fate, None);
                continue;
            }
            let there = match targets.id(item.target) {
                Some(gallery) => known.find(gallery, &digest)?,
                None => None,
            };
            if let Some(job) = self.decide(index, digest, there, &mut targets)? {
                // Nobody takes jobs any more where something is fatal.
                if jobs.send(job).is_err() || is_fatal(shared) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn decide(
        &self,
        index: usize,
        digest: Digest,
        there: Option<KnownMedia>,
        targets: &mut Targets,
    ) -> Outcome<Option<Job>> {
        let item = &self.items[index];
        let settled = |fate: Fate, media: Option<&str>| {
            self.progress.add_file(item.size);
            self.tell(index, &fate, media);
            Ok(None)
        };
        match there {
            Some(KnownMedia::Trashed) => settled(Fate::InTrash, None),
            Some(KnownMedia::There { id, status }) if status != Status::Failed => {
                let pending = self.journal.is_to_be_described(&id) || status == Status::Processing;
                if self.sending.dry_run || !pending {
                    return settled(Fate::Known, Some(&id));
                }
                let gallery = targets.id(item.target).expect("what is there is in a gallery").to_owned();
                Ok(Some(Job::Describe { index, gallery, media: id, status }))
            }
            _ if self.sending.dry_run => settled(Fate::WouldUpload, None),
            _ => match targets.id_or_create(self.api, item.target) {
                Ok(gallery) => Ok(Some(Job::Send { index, gallery, digest })),
                Err(Fault::Failed(reason)) => settled(Fate::Failed(reason), None),
                Err(fault) => Err(fault),
            },
        }
    }

    /// Takes jobs until there are no more.
    fn work(&self, jobs: &Mutex<mpsc::Receiver<Job>>, shared: &Shared) {
        loop {
            let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(job) = job else { return };
            if self.api.stop.is_asked() || is_fatal(shared) {
                // The rest is not begun; what the channel holds is taken, so that nobody waits to put more there.
                continue;
            }
            let (Job::Send { index, .. } | Job::Describe { index, .. }) = job;
            match self.perform(job, shared) {
                Ok(()) | Err(Fault::Stopped) => {}
                Err(Fault::Failed(reason) | Fault::Usage(reason)) => {
                    self.tell(index, &Fate::Failed(reason), None);
                }
                Err(fault @ (Fault::Passing(_) | Fault::SignedOut)) => {
                    shared.fatal.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(fault);
                }
            }
        }
    }

    fn perform(&self, job: Job, shared: &Shared) -> Outcome<()> {
        let (index, gallery, media, status, uploaded) = match job {
            Job::Send { index, gallery, digest } => {
                let sent = send::send(self, shared, &self.items[index], &gallery, &digest);
                match sent? {
                    Sent::New { media, status } => (index, gallery, media, status, true),
                    Sent::There { media, status } => (index, gallery, media, status, false),
                }
            }
            Job::Describe { index, gallery, media, status } => {
                self.progress.add_file(self.items[index].size);
                (index, gallery, media, status, false)
            }
        };
        if status == Status::Trashed {
            self.tell(index, &Fate::InTrash, Some(&media));
            return Ok(());
        }
        if uploaded || self.journal.is_to_be_described(&media) {
            describe::describe(self, &self.items[index], &media)?;
        }
        let mut awaited = shared.awaited.lock().unwrap_or_else(PoisonError::into_inner);
        awaited.add(gallery, media, index, uploaded);
        Ok(())
    }
}

fn is_fatal(shared: &Shared) -> bool {
    shared.fatal.lock().unwrap_or_else(PoisonError::into_inner).is_some()
}
