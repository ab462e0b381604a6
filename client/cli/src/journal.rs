//! What runs of this profile note for those after them, a line of JSON each: digests, so that a file which has not changed
//! is not read again, and uploads whose captions and dates are still to be sent.
//!
//! What of an upload arrived, the server knows: it is asked.

use std::{
    collections::{HashMap, HashSet},
    fs::{self, File, TryLockError},
    io::{self, BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::{
    fault::{Fault, Outcome},
    item::{Digest, Item},
    session::{Profile, private},
};

/// The journal is written anew when it has so many lines, and twice as many as count.
const MIN_LINES_TO_COMPACT: usize = 1_000;

/// A line.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Line {
    /// A file has this digest as long as it has this stamp.
    Hashed { key: String, stamp: String, sha256: String },
    /// An upload began whose notes are not sent yet.
    Announced { media: String },
    /// They are sent.
    Described { media: String },
}

type Key = [u8; 16];

struct State {
    file: File,
    /// By a part of the digest of what tells a file apart, so that a hundred thousand take little room.
    digests: HashMap<Key, (Key, Digest)>,
    /// Uploads whose notes are to be sent.
    announced: HashSet<String>,
}

/// The journal of a profile, which one run at a time writes.
pub(crate) struct Journal {
    path: PathBuf,
    state: Mutex<State>,
    /// Locked as long as this lives.
    _lock: File,
}

impl Journal {
    /// Opens the journal of a profile.
    pub(crate) fn open(profile: &Profile) -> Outcome<Self> {
        let path = profile.folder.join("journal.jsonl");
        let fault = |error: &io::Error| Fault::of_file(&path, error);
        profile.make_folder().map_err(|error| fault(&error))?;
        let lock = private().create(true).append(true).open(profile.folder.join("lock")).map_err(|e| fault(&e))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let text = "Another upload of this profile is under way. Please wait until it ended, or use --profile.";
                return Err(Fault::Usage(text.into()));
            }
            Err(TryLockError::Error(error)) => return Err(fault(&error)),
        }
        let (digests, announced, lines) = read(&path).map_err(|error| fault(&error))?;
        if lines > MIN_LINES_TO_COMPACT && lines > 2 * (digests.len() + announced.len()) {
            compact(&path).map_err(|error| fault(&error))?;
        }
        let file = private().create(true).append(true).open(&path).map_err(|error| fault(&error))?;
        Ok(Self { state: Mutex::new(State { file, digests, announced }), path, _lock: lock })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The digest of a file that has not changed since it was noted.
    pub(crate) fn digest(&self, item: &Item) -> Option<Digest> {
        let (stamp, digest) = *self.state().digests.get(&short(&item.key))?;
        (stamp == short(&item.stamp)).then_some(digest)
    }

    /// Notes the digest of a file. Lost in a power cut, it is computed again.
    pub(crate) fn note_digest(&self, item: &Item, digest: Digest) -> Outcome<()> {
        let mut state = self.state();
        state.digests.insert(short(&item.key), (short(&item.stamp), digest));
        let sha256 = BASE64_STANDARD.encode(digest);
        self.write(&mut state, &Line::Hashed { key: item.key.clone(), stamp: item.stamp.clone(), sha256 })
    }

    /// Notes, before the first byte is sent, that captions and dates of an upload are to follow.
    pub(crate) fn note_announced(&self, media: &str) -> Outcome<()> {
        let mut state = self.state();
        if !state.announced.insert(media.to_owned()) {
            return Ok(());
        }
        self.write(&mut state, &Line::Announced { media: media.to_owned() })?;
        state.file.sync_data().map_err(|error| Fault::of_file(&self.path, &error))
    }

    /// Notes that captions and dates of an upload were sent.
    pub(crate) fn note_described(&self, media: &str) -> Outcome<()> {
        let mut state = self.state();
        if !state.announced.remove(media) {
            return Ok(());
        }
        self.write(&mut state, &Line::Described { media: media.to_owned() })
    }

    /// Whether captions and dates of an upload are still to be sent.
    pub(crate) fn is_to_be_described(&self, media: &str) -> bool {
        self.state().announced.contains(media)
    }

    /// One call for each line, so that a run that is killed leaves whole lines but for the last.
    fn write(&self, state: &mut State, line: &Line) -> Outcome<()> {
        let mut text = serde_json::to_vec(line).expect("lines are plain values");
        text.push(b'\n');
        state.file.write_all(&text).map_err(|error| Fault::of_file(&self.path, &error))
    }
}

/// The first half of a digest.
fn short(text: &str) -> Key {
    let digest = digest(&SHA256, text.as_bytes());
    digest.as_ref()[..16].try_into().expect("SHA-256 has 32 bytes")
}

type Contents = (HashMap<Key, (Key, Digest)>, HashSet<String>, usize);

fn read(path: &Path) -> io::Result<Contents> {
    let (mut digests, mut announced, mut lines) = (HashMap::new(), HashSet::new(), 0);
    each_line(path, |line| {
        lines += 1;
        match line {
            Line::Hashed { key, stamp, sha256 } => {
                let digest = BASE64_STANDARD.decode(sha256).ok().and_then(|bytes| bytes.try_into().ok());
                if let Some(digest) = digest {
                    digests.insert(short(&key), (short(&stamp), digest));
                }
            }
            Line::Announced { media } => {
                announced.insert(media);
            }
            Line::Described { media } => {
                announced.remove(&media);
            }
        }
        Ok(())
    })?;
    Ok((digests, announced, lines))
}

/// Hands over each line that is whole. Others were cut off when a run was killed, and say nothing that is lost.
fn each_line(path: &Path, mut take: impl FnMut(Line) -> io::Result<()>) -> io::Result<()> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for line in BufReader::new(file).split(b'\n') {
        if let Ok(line) = serde_json::from_slice(&line?) {
            take(line)?;
        }
    }
    Ok(())
}

/// Writes the journal anew, with the last line about each thing.
fn compact(path: &Path) -> io::Result<()> {
    let mut last: HashMap<Key, usize> = HashMap::new();
    let mut number = 0;
    each_line(path, |line| {
        last.insert(short(&about(&line)), number);
        number += 1;
        Ok(())
    })?;
    let new = path.with_extension("new");
    let mut file = BufWriter::new(private().create(true).write(true).truncate(true).open(&new)?);
    let mut number = 0;
    each_line(path, |line| {
        if last.get(&short(&about(&line))) == Some(&number) && !matches!(line, Line::Described { .. }) {
            serde_json::to_writer(&mut file, &line)?;
            file.write_all(b"\n")?;
        }
        number += 1;
        Ok(())
    })?;
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    fs::rename(&new, path)
}

fn about(line: &Line) -> String {
    match line {
        Line::Hashed { key, .. } => format!("file {key}"),
        Line::Announced { media } | Line::Described { media } => format!("media {media}"),
    }
}
