//! Digests of files, computed by as many threads as there are processors, handed over in the order of the files.

use std::{
    collections::BTreeMap,
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread::{self, Scope},
};

use super::Transfer;
use crate::{
    fault::{Fault, Outcome},
    item::{Digest, Item},
};

/// More would wait for the disk.
const MAX_THREADS: usize = 8;

/// Digests in the order of the files.
pub(super) struct Hashed {
    done: mpsc::Receiver<(usize, Outcome<Digest>)>,
    waiting: BTreeMap<usize, Outcome<Digest>>,
    next: usize,
}

/// Begins to hash all items. It ends early where nobody takes the digests any more.
pub(super) fn start<'scope>(
    scope: &'scope Scope<'scope, '_>,
    transfer: &'scope Transfer<'_>,
    next: &'scope AtomicUsize,
) -> Hashed {
    let (sender, done) = mpsc::channel();
    let threads = thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS);
    for _ in 0..threads {
        let sender = sender.clone();
        scope.spawn(move || {
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(item) = transfer.items.get(index) else { return };
                if sender.send((index, digest(transfer, item))).is_err() {
                    return;
                }
            }
        });
    }
    Hashed { done, waiting: BTreeMap::new(), next: 0 }
}

impl Iterator for Hashed {
    type Item = (usize, Outcome<Digest>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(digest) = self.waiting.remove(&self.next) {
                self.next += 1;
                return Some((self.next - 1, digest));
            }
            let (index, digest) = self.done.recv().ok()?;
            self.waiting.insert(index, digest);
        }
    }
}

fn digest(transfer: &Transfer<'_>, item: &Item) -> Outcome<Digest> {
    transfer.api.stop.check()?;
    if item.size == 0 {
        return Err(Fault::Failed("The file is empty.".into()));
    }
    if let Some(digest) = transfer.journal.digest(item) {
        return Ok(digest);
    }
    let hashed = item.source.hash(&transfer.api.stop);
    transfer.api.stop.check()?;
    let (digest, length) = hashed.map_err(|error| Fault::Failed(error.to_string()))?;
    if length != item.size {
        return Err(Fault::Failed("The file changed while it was read. Please run the same command again.".into()));
    }
    transfer.journal.note_digest(item, digest)?;
    Ok(digest)
}
