//! `download`: originals by gallery and month, each with a file beside it that says what is noted of it.
//!
//! A run that ended early goes on where it was: a file that is whole is not fetched again, one that is not is continued.

use std::{
    collections::HashMap,
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError, mpsc},
    thread,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use ring::digest::{Context, SHA256};
use serde::Serialize;
use serde_json::json;

use crate::{
    End,
    api::Api,
    cli::Download,
    fault::{Fault, Outcome},
    galleries::{self, Card},
    http::{explanation, is_passing, retry_after, unanswered},
    ls::size,
    originals::{GallerySort, Original, Status, each_page},
    output::Output,
    progress::Progress,
    retry::{Attempt, retry},
    shown::{count, shown, shown_path, shown_size},
    sidecar::{ENDING, GALLERY_FILE, GalleryFile, Location, Ours, with_ending},
};

/// What is added to the name of a file that is not whole yet.
const PART: &str = ".part";
const CHUNK_BYTES: usize = 256 * 1024;

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

    /// Fetches an original, and gives it its name when all of its bytes are proved to be there.
    fn fetch(&self, media: &Original, path: &Path) -> Outcome<()> {
        let part = with_ending(path, PART);
        let fault = |error: &io::Error| Fault::of_file(&part, error);
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&part);
        let file = file.as_mut().map_err(|error| fault(error))?;
        let mut address = media.original.as_ref().map(|original| original.url.clone()).unwrap_or_default();
        let mut anew = 0;
        let digest = loop {
            match self.fetch_from(&address, file, size(media), &part)? {
                Fetched::Whole(digest) => break digest,
                // The list was read a while ago: its addresses ended.
                Fetched::AskAnew if anew < 3 => {
                    anew += 1;
                    address = self.address_of(&media.id)?;
                }
                Fetched::AskAnew => {
                    return Err(Fault::Failed("The server refuses the address that it gives for it.".into()));
                }
            }
        };
        if Some(&digest) != media.sha256.as_ref() {
            fs::remove_file(&part).map_err(|error| fault(&error))?;
            return Err(Fault::Failed("What arrived is not what was uploaded once. Please try again.".into()));
        }
        file.sync_all().map_err(|error| fault(&error))?;
        fs::rename(&part, path).map_err(|error| Fault::of_file(path, &error))
    }

    fn address_of(&self, media: &str) -> Outcome<String> {
        let variables =
            crate::operations::media::Variables { id: media.to_owned(), comments_first: 1, comments_after: None };
        let data = self.api.call::<crate::operations::Media>(variables)?;
        let original = data.media.and_then(|media| media.original);
        original.map(|original| original.url).ok_or_else(|| Fault::Failed("It is not there any more.".into()))
    }

    /// Goes on from where the file ends, again and again until it is whole.
    fn fetch_from(&self, address: &str, file: &mut File, length: u64, part: &Path) -> Outcome<Fetched> {
        let fault = |error: &io::Error| Fault::of_file(part, error);
        retry(self.api.patience, &self.api.stop, self.api.next_salt(), || {
            let (mut context, had) = match hash_so_far(file, length) {
                Ok(so_far) => so_far,
                Err(error) => return Attempt::Fails(fault(&error)),
            };
            if had == length {
                return Attempt::Done(Fetched::Whole(BASE64_STANDARD.encode(context.finish())));
            }
            let request = self.api.agent.get(address).header("range", format!("bytes={had}-"));
            let mut answer = match request.call() {
                Ok(answer) => answer,
                Err(error) => return unanswered(&error),
            };
            let (status, after) = (answer.status().as_u16(), retry_after(&answer));
            match status {
                206 => {}
                200 if had == 0 => {}
                // It does not go on in the middle: from the beginning.
                200 | 416 => {
                    return match file.set_len(0) {
                        Ok(()) => Attempt::Again(Fault::Passing("The bucket does not continue files".into()), None),
                        Err(error) => Attempt::Fails(fault(&error)),
                    };
                }
                403 => return Attempt::Done(Fetched::AskAnew),
                _ => {
                    let text = format!(
                        "The bucket answered {status} {}",
                        shown(explanation(&mut answer).lines().next().unwrap_or(""))
                    );
                    let passing = is_passing(status);
                    return if passing {
                        Attempt::Again(Fault::Passing(text), after)
                    } else {
                        Attempt::Fails(Fault::Failed(text))
                    };
                }
            }
            match self.copy(&mut answer.body_mut().as_reader(), file, &mut context, length - had) {
                Ok(()) => Attempt::Done(Fetched::Whole(BASE64_STANDARD.encode(context.finish()))),
                Err(Copying::Read(error)) => Attempt::Again(Fault::Passing(error.to_string()), None),
                Err(Copying::Write(error)) => Attempt::Fails(fault(&error)),
                Err(Copying::Stopped) => Attempt::Fails(Fault::Stopped),
            }
        })
    }

    fn copy(&self, from: &mut impl Read, to: &mut File, context: &mut Context, length: u64) -> Result<(), Copying> {
        let mut chunk = vec![0; CHUNK_BYTES];
        let mut left = length;
        while left > 0 {
            if self.api.stop.is_asked() {
                return Err(Copying::Stopped);
            }
            let most = usize::try_from(left).map_or(CHUNK_BYTES, |left| left.min(CHUNK_BYTES));
            let read = from.read(&mut chunk[..most]).map_err(Copying::Read)?;
            if read == 0 {
                return Err(Copying::Read(io::ErrorKind::UnexpectedEof.into()));
            }
            to.write_all(&chunk[..read]).map_err(Copying::Write)?;
            context.update(&chunk[..read]);
            left -= read as u64;
            self.progress.add_bytes(read as u64);
        }
        Ok(())
    }
}

enum Fetched {
    /// All bytes are there, and this is their SHA-256 in base64.
    Whole(String),
    AskAnew,
}

enum Copying {
    Read(io::Error),
    Write(io::Error),
    Stopped,
}

/// Hashes what is there of a file, and leaves it at its end. What is longer than it should be begins anew.
fn hash_so_far(file: &mut File, length: u64) -> io::Result<(Context, u64)> {
    if file.metadata()?.len() > length {
        file.set_len(0)?;
    }
    file.seek(SeekFrom::Start(0))?;
    let (mut context, mut had) = (Context::new(&SHA256), 0);
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let read = file.read(&mut chunk)?;
        if read == 0 {
            return Ok((context, had));
        }
        context.update(&chunk[..read]);
        had += read as u64;
    }
}

/// What is noted of a photo or video, as it is kept beside it.
pub(crate) fn ours(media: &Original, gallery: &str) -> Outcome<Ours> {
    let sha256 = media.sha256.clone().ok_or_else(|| Fault::Failed("The server does not tell its digest.".into()))?;
    Ok(Ours {
        mantel_sidecar: Ours::VERSION,
        id: media.id.clone(),
        gallery_id: gallery.to_owned(),
        file_name: media.file_name.clone(),
        content_type: media.content_type.clone(),
        size_bytes: size(media),
        sha256,
        caption: media.caption.clone(),
        taken_at: media.taken_at.clone(),
        taken_at_offset_minutes: media.taken_at_offset_minutes,
        place_name: media.place_name.clone(),
        location: media.location.as_ref().map(|place| Location {
            latitude: place.latitude,
            longitude: place.longitude,
            altitude: place.altitude,
        }),
        liked: media.viewer_has_liked.unwrap_or(false),
        live_photo_id: media.live_photo_id.clone(),
    })
}

fn pretty(value: &impl Serialize) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value).expect("sidecars are plain values");
    text.push(b'\n');
    text
}

/// Writes a file whole or not at all.
fn write_whole(path: &Path, bytes: &[u8]) -> Outcome<()> {
    let new = with_ending(path, PART);
    let written = File::create(&new).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.and_then(|()| fs::rename(&new, path)).map_err(|error| Fault::of_file(path, &error))
}

/// The folders of galleries.
struct Folders {
    base: PathBuf,
    /// Which gallery has a folder, by the name of the folder in lower case: some disks know no other.
    taken: HashMap<String, String>,
}

impl Folders {
    fn in_folder(base: &Path) -> Self {
        let mut taken = HashMap::new();
        for (folder, file) in described(base) {
            if let Some(name) = folder.file_name() {
                taken.insert(name.to_string_lossy().to_lowercase(), file.id);
            }
        }
        Self { base: base.to_owned(), taken }
    }

    /// The folder of a gallery, which says what gallery it is; that of an earlier run where there is one.
    fn of_gallery(&mut self, card: &Card) -> Outcome<PathBuf> {
        let known = self.taken.iter().find(|(_, id)| **id == card.id).map(|(name, _)| name.clone());
        let on_disk = known.and_then(|known| {
            described(&self.base)
                .into_iter()
                .map(|(folder, _)| folder)
                .find(|folder| folder.file_name().is_some_and(|name| name.to_string_lossy().to_lowercase() == known))
        });
        let folder = on_disk.unwrap_or_else(|| {
            let name = file_name(&card.title, "gallery");
            let is_taken = |name: &str| self.taken.contains_key(&name.to_lowercase()) || self.base.join(name).exists();
            let name = if is_taken(&name) { format!("{name} {}", tail(&card.id)) } else { name };
            self.taken.insert(name.to_lowercase(), card.id.clone());
            self.base.join(name)
        });
        fs::create_dir_all(&folder).map_err(|error| Fault::of_file(&folder, &error))?;
        let visibility = galleries::visibility_name(&card.visibility).to_uppercase();
        let sort = serde_json::to_value(&card.sort).ok().and_then(|sort| sort.as_str().map(str::to_owned));
        let file = GalleryFile {
            mantel_gallery: Ours::VERSION,
            id: card.id.clone(),
            title: card.title.clone(),
            description: card.description.clone(),
            visibility,
            sort: sort.unwrap_or_default(),
        };
        write_whole(&folder.join(GALLERY_FILE), &pretty(&file))?;
        Ok(folder)
    }
}

/// The folders of galleries in a folder, by what is written in them.
pub(crate) fn described(base: &Path) -> Vec<(PathBuf, GalleryFile)> {
    let entries = fs::read_dir(base).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    let mut found: Vec<_> = entries
        .filter_map(|folder| {
            let text = fs::read_to_string(folder.join(GALLERY_FILE)).ok()?;
            Some((folder, GalleryFile::parse(&text)?))
        })
        .collect();
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    found
}

/// Which names of a gallery are taken in this run, in lower case.
#[derive(Default)]
struct Names(HashMap<PathBuf, ()>);

impl Names {
    /// Where an original goes: by the month in which it was taken, under its own name if no other has it.
    fn path_of(&mut self, media: &Original, gallery: &Path) -> PathBuf {
        let month = media.taken_at.as_deref().and_then(|taken| taken.get(..7)).unwrap_or("undated");
        let folder = gallery.join(month);
        let name = file_name(&media.file_name, "photo");
        let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
        let own = format!("{stem} {}.{ending}", tail(&media.id));
        let of_another = |name: &str| {
            let beside = fs::read_to_string(with_ending(&folder.join(name), ENDING)).ok();
            beside.and_then(|text| Ours::parse(&text)).is_some_and(|ours| ours.id != media.id)
        };
        let key = |name: &str| PathBuf::from(folder.join(name).to_string_lossy().to_lowercase());
        let is_taken = self.0.contains_key(&key(&name)) || of_another(&name) || name == GALLERY_FILE;
        let name = if is_taken { own } else { name.clone() };
        self.0.insert(key(&name), ());
        folder.join(name)
    }
}

/// The last characters of an id, which tell it from others of the same name.
fn tail(id: &str) -> &str {
    id.get(id.len().saturating_sub(8)..).unwrap_or(id)
}

/// A name that every file system takes.
fn file_name(text: &str, otherwise: &str) -> String {
    const MAX_BYTES: usize = 180;
    let allowed = |c: char| if c.is_control() || "/\\:*?\"<>|".contains(c) { '_' } else { c };
    let mut name: String = text.trim().chars().map(allowed).collect();
    if name.len() > MAX_BYTES {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_owned()).filter(|ending| ending.len() < 10);
        let end = (0..=MAX_BYTES).rev().find(|end| name.is_char_boundary(*end)).unwrap_or(0);
        name.truncate(end);
        name.extend(ending.map(|ending| format!(".{ending}")));
    }
    let name = name.trim_start_matches('.').trim_end_matches(['.', ' ']).to_owned();
    // Windows takes these for devices.
    let stem = name.split('.').next().unwrap_or_default().to_uppercase();
    let device = ["CON", "PRN", "AUX", "NUL"].contains(&stem.as_str())
        || (stem.len() == 4 && (stem.starts_with("COM") || stem.starts_with("LPT")));
    match name {
        name if name.is_empty() => otherwise.to_owned(),
        name if device => format!("_{name}"),
        name => name,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_every_file_system_takes() {
        for (text, expected) in [
            ("Summer: at the lake?", "Summer_ at the lake_"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("...", "photo"),
            ("con.jpg", "_con.jpg"),
            ("a\nb.jpg", "a_b.jpg"),
            ("Zoë 写真.jpg", "Zoë 写真.jpg"),
        ] {
            assert_eq!(file_name(text, "photo"), expected);
        }
        let long = file_name(&format!("{}.jpg", "ä".repeat(255)), "photo");
        assert!(long.len() <= 190 && long.ends_with("ä.jpg"), "{long}");
    }
}
