//! `download`: originals by gallery and month, each with a file beside it that says what is noted of it.
//!
//! A run that ended early goes on where it was: a file that is whole is not fetched again, one that is not is continued.

mod fetch;
mod layout;

use std::{
    fs,
    path::PathBuf,
    sync::{Mutex, PoisonError, mpsc},
    thread,
};

use serde_json::json;

use self::layout::{Folders, Names, pretty, write_whole};
pub(crate) use self::layout::{described, ours};
use crate::{
    End,
    api::Api,
    cli::Download,
    fault::{Fault, Outcome},
    galleries::{self, Card},
    ls::size,
    originals::{GallerySort, Original, Status, each_page},
    output::Output,
    progress::Progress,
    shown::{count, shown, shown_path, shown_size},
    sidecar::{ENDING, Ours, with_ending},
};

/// What is added to the name of a file that is not whole yet.
const PART: &str = ".part";

/// A file that is to be fetched.
struct Job {
    media: Original,
    gallery: String,
    path: PathBuf,
}

#[derive(Default)]
struct Totals {
    fetched: (usize, u64),
    there: usize,
    failed: Vec<(String, String)>,
    fatal: Option<Fault>,
}

struct Run<'a> {
    api: &'a Api,
    output: Output,
    progress: Progress,
    totals: Mutex<Totals>,
}

/// Downloads galleries.
pub(crate) fn download(args: &Download, api: &Api, output: Output) -> Outcome<End> {
    let cards = galleries::all(api)?;
    let chosen = choose(args, cards)?;
    fs::create_dir_all(&args.folder).map_err(|error| Fault::of_file(&args.folder, &error))?;
    let files = chosen.iter().map(|card| usize::try_from(card.media_count).unwrap_or(0)).sum();
    let run = Run { api, output, progress: Progress::new(output, files, 0), totals: Mutex::default() };
    let (sender, receiver) = mpsc::sync_channel(usize::from(args.jobs));
    let receiver = Mutex::new(receiver);
    let planned = thread::scope(|scope| {
        for _ in 0..args.jobs {
            scope.spawn(|| run.work(&receiver));
        }
        let mut folders = Folders::in_folder(&args.folder);
        let planned = chosen.iter().try_for_each(|card| run.plan(card, &mut folders, &sender));
        drop(sender);
        planned
    });
    run.progress.end();
    let mut totals = run.totals.into_inner().unwrap_or_else(PoisonError::into_inner);
    let end = sum(&mut totals, output);
    match totals.fatal.map_or(planned, Err) {
        Ok(()) => Ok(end),
        Err(fault) => Err(Fault::Failed(format!("{fault}. Run the same command again to go on where it was."))),
    }
}

fn choose(args: &Download, cards: Vec<Card>) -> Outcome<Vec<Card>> {
    if args.all {
        return Ok(cards);
    }
    let each = args.gallery.iter().map(|name| {
        let found = galleries::find(&cards, name)?.cloned();
        found.ok_or_else(|| Fault::Usage(format!("There is no gallery {} that you may see.", shown(name))))
    });
    each.collect()
}

impl Run<'_> {
    /// Lists a gallery, oldest first, and says of each file where it goes.
    fn plan(&self, card: &Card, folders: &mut Folders, jobs: &mpsc::SyncSender<Job>) -> Outcome<()> {
        let folder = folders.of_gallery(card)?;
        let mut names = Names::default();
        each_page(self.api, &card.id, &GallerySort::TAKEN_AT_ASC, |page| {
            for media in page {
                if media.original.is_none() || Status::from(&media.status) == Status::Uploading {
                    self.fails(&shown(&media.file_name), "It is on its way, or you may not download it.");
                    continue;
                }
                let path = names.path_of(&media, &folder);
                // Nobody takes jobs any more where something is fatal.
                if jobs.send(Job { media, gallery: card.id.clone(), path }).is_err() || self.is_fatal() {
                    return Ok(false);
                }
            }
            Ok(true)
        })
    }

    fn is_fatal(&self) -> bool {
        self.totals.lock().unwrap_or_else(PoisonError::into_inner).fatal.is_some()
    }

    fn fails(&self, path: &str, reason: &str) {
        self.output.event(&json!({ "event": "file", "path": path, "outcome": "failed", "reason": reason }));
        let mut totals = self.totals.lock().unwrap_or_else(PoisonError::into_inner);
        totals.failed.push((path.to_owned(), reason.to_owned()));
    }

    fn work(&self, jobs: &Mutex<mpsc::Receiver<Job>>) {
        loop {
            let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(job) = job else { return };
            if self.api.stop.is_asked() || self.is_fatal() {
                continue;
            }
            let path = shown_path(&job.path);
            match self.perform(&job) {
                Ok(outcome) => {
                    let bytes = size(&job.media);
                    self.output.event(&json!({
                        "event": "file", "path": path, "outcome": outcome, "mediaId": job.media.id, "sizeBytes": bytes,
                    }));
                    self.progress.add_file(0);
                    let mut totals = self.totals.lock().unwrap_or_else(PoisonError::into_inner);
                    if outcome == "known" {
                        totals.there += 1;
                    } else {
                        totals.fetched.0 += 1;
                        totals.fetched.1 += bytes;
                    }
                }
                Err(Fault::Failed(reason) | Fault::Usage(reason)) => self.fails(&path, &reason),
                Err(fault) => {
                    self.totals.lock().unwrap_or_else(PoisonError::into_inner).fatal.get_or_insert(fault);
                }
            }
        }
    }

    fn perform(&self, job: &Job) -> Outcome<&'static str> {
        let sidecar = ours(&job.media, &job.gallery)?;
        let beside = with_ending(&job.path, ENDING);
        let kept = fs::read_to_string(&beside).ok().and_then(|text| Ours::parse(&text));
        let is_there = fs::metadata(&job.path).is_ok_and(|file| file.len() == sidecar.size_bytes);
        if is_there && kept.as_ref().is_some_and(|kept| kept.sha256 == sidecar.sha256) {
            self.progress.add_bytes(sidecar.size_bytes);
            if kept.as_ref() != Some(&sidecar) {
                write_whole(&beside, &pretty(&sidecar))?;
                return Ok("described");
            }
            return Ok("known");
        }
        if let Some(folder) = job.path.parent() {
            fs::create_dir_all(folder).map_err(|error| Fault::of_file(folder, &error))?;
        }
        self.fetch(&job.media, &job.path)?;
        write_whole(&beside, &pretty(&sidecar))?;
        Ok("downloaded")
    }
}

fn sum(totals: &mut Totals, output: Output) -> End {
    totals.failed.sort();
    output.event(&json!({
        "event": "summary", "downloaded": totals.fetched.0, "downloadedBytes": totals.fetched.1, "known": totals.there,
        "failed": totals.failed.len(),
    }));
    let files = |number: usize| count(number, "file", "files");
    output.line(format!("{}, {} downloaded", files(totals.fetched.0), shown_size(totals.fetched.1)));
    if totals.there > 0 {
        output.line(format!("{} there already", files(totals.there)));
    }
    if totals.failed.is_empty() {
        return End::Whole;
    }
    output.line(format!("{} failed\n", files(totals.failed.len())));
    let rows: Vec<Vec<String>> = totals.failed.iter().map(|(path, why)| vec![path.clone(), why.clone()]).collect();
    output.table(&["failed", "why"], &rows);
    End::Part
}
