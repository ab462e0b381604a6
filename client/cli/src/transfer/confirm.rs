//! Waits until the server says of everything that it is ready: only then is it told as uploaded.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use super::Transfer;
use crate::{
    fault::{Fault, Outcome},
    originals::{GallerySort, Status, each_page},
    report::Fate,
    shown::{count, shown},
};

const FIRST_PAUSE: Duration = Duration::from_millis(300);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// It is given up when nothing became ready for so long.
const PATIENCE: Duration = Duration::from_mins(15);

/// A file that is waited for.
#[derive(Clone, Copy)]
struct Wait {
    index: usize,
    /// Whether this run sent it.
    uploaded: bool,
}

/// What is waited for, by gallery and id.
#[derive(Default)]
pub(super) struct Awaited(HashMap<String, HashMap<String, Wait>>);

impl Awaited {
    pub(super) fn add(&mut self, gallery: String, media: String, index: usize, uploaded: bool) {
        self.0.entry(gallery).or_default().insert(media, Wait { index, uploaded });
    }

    fn count(&self) -> usize {
        self.0.values().map(HashMap::len).sum()
    }
}

/// Asks again and again, and tells what became of each.
pub(super) fn run(transfer: &Transfer<'_>, mut awaited: Awaited) -> Outcome<()> {
    let (mut pause, mut since) = (FIRST_PAUSE, Instant::now());
    while awaited.count() > 0 {
        let before = awaited.count();
        for (gallery, waits) in &mut awaited.0 {
            ask(transfer, gallery, waits)?;
        }
        let left = awaited.count();
        if left < before {
            (pause, since) = (FIRST_PAUSE, Instant::now());
        }
        if left == 0 {
            break;
        }
        if since.elapsed() > PATIENCE {
            give_up(transfer, &awaited);
            break;
        }
        transfer.progress.say(format!("waiting for the server to make pictures of {}", count(left, "file", "files")));
        transfer.api.stop.wait(pause)?;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    Ok(())
}

/// Reads a gallery from its latest uploads on, until all that is waited for was seen.
fn ask(transfer: &Transfer<'_>, gallery: &str, waits: &mut HashMap<String, Wait>) -> Outcome<()> {
    let mut unseen: HashMap<String, Wait> = waits.clone();
    let end = each_page(transfer.api, gallery, &GallerySort::UPLOADED_AT_DESC, |page| {
        for media in page {
            let Some(wait) = unseen.remove(&media.id) else { continue };
            let fate = match Status::from(&media.status) {
                Status::Ready if wait.uploaded => Fate::Uploaded,
                Status::Ready => Fate::Known,
                Status::Failed => Fate::Failed(failure(media.failure_reason.as_deref())),
                Status::Trashed => Fate::InTrash,
                Status::Uploading | Status::Processing | Status::Unknown => continue,
            };
            waits.remove(&media.id);
            transfer.tell(wait.index, &fate, Some(&media.id));
        }
        Ok(!unseen.is_empty())
    });
    match end {
        // The gallery was deleted meanwhile: what was for it is in the trash with it.
        Ok(()) => {}
        Err(Fault::Failed(reason)) => {
            for (media, wait) in waits.drain() {
                transfer.tell(wait.index, &Fate::Failed(reason.clone()), Some(&media));
            }
            return Ok(());
        }
        Err(fault) => return Err(fault),
    }
    for (media, wait) in unseen {
        waits.remove(&media);
        let reason = "It was uploaded, but is not in the gallery any more: somebody moved or deleted it.";
        transfer.tell(wait.index, &Fate::Failed(reason.into()), Some(&media));
    }
    Ok(())
}

fn failure(reason: Option<&str>) -> String {
    let reason = reason.map_or_else(|| "no reason was given".to_owned(), shown);
    format!("Its bytes are on the server, but no picture could be made of it: {reason}")
}

fn give_up(transfer: &Transfer<'_>, awaited: &Awaited) {
    let reason = "It was uploaded, but the server did not say that it is ready. Run the same command again to look.";
    for (media, wait) in awaited.0.values().flatten() {
        transfer.tell(wait.index, &Fate::Failed(reason.into()), Some(media));
    }
}
