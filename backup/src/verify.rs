//! Whether a backup is what it was when it was written. Reads only the place, and touches nothing.

use std::collections::BTreeMap;

use futures::future::BoxFuture;
use model::{BackupRecord, Sha256};
use store::{Archive, Line};

use crate::{
    Error,
    at_once::at_once,
    find::{find, read_manifest},
    manifest::{BLOBS, MANIFESTS, Manifest},
    place::Place,
    progress::{Observer, Progress, Stage},
    snapshot::lines_of,
};

/// A table of a million photos has some 10 GB of lines, a tenth of that compressed.
const MAX_TABLE_BYTES: u64 = 4 << 30;
const AT_ONCE: usize = 4;

/// How closely to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Manifest and table byte by byte, media by their names and lengths.
    Listed,
    /// Every byte. Of what lies in an archive, the checksum that the service computed stands for the bytes.
    Bytes,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The manifest's name.
    pub name: String,
    /// The manifest.
    pub manifest: Manifest,
    /// The table.
    pub lines: Vec<Line>,
    /// What is wrong; nothing may be restored while there is something.
    pub problems: Vec<String>,
    /// Media that were read, byte by byte.
    pub read: u64,
    /// Media that lie in an archive, of which the service's own checksum was compared.
    pub archived: u64,
    /// Bytes of media that the backup names.
    pub bytes: u64,
}

impl Verified {
    /// Itself, where nothing is wrong.
    ///
    /// # Errors
    /// Names what is wrong.
    pub fn sound(self) -> Result<Self, Error> {
        const SHOWN: usize = 5;
        if self.problems.is_empty() {
            return Ok(self);
        }
        let more = self.problems.len().saturating_sub(SHOWN);
        let shown = self.problems.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join("; ");
        let more = if more > 0 { format!("; and {more} more") } else { String::new() };
        Err(Error::damaged(self.name, format!("{shown}{more}")))
    }
}

/// Checks one backup: the one that `wanted` names, or the newest. With the library's record, also that it is this library's,
/// and that no newer one has disappeared.
///
/// # Errors
/// When the manifest or the table cannot be read as they were written. What is wrong with media is in the answer.
pub fn verify<'a>(
    place: &'a Place,
    record: Option<&'a BackupRecord>,
    wanted: Option<&'a str>,
    depth: Depth,
    observer: &'a Observer,
) -> BoxFuture<'a, Result<Verified, Error>> {
    Box::pin(verify_now(place, record, wanted, depth, observer))
}

async fn verify_now(
    place: &Place,
    record: Option<&BackupRecord>,
    wanted: Option<&str>,
    depth: Depth,
    observer: &Observer,
) -> Result<Verified, Error> {
    let name = find(place, wanted).await?;
    let manifest = read_manifest(place, &name).await?;
    let mut problems = Vec::new();
    check_owner(place, record, &manifest, &mut problems).await?;
    check_chain(place, record, &name, &manifest, wanted.is_none(), &mut problems).await?;
    let lines = read_lines(place, &manifest).await?;
    problems.extend(manifest.differences(&lines)?);
    let there = place.list(BLOBS).await?;
    let blobs = manifest.blobs();
    let mut sound = Vec::new();
    for (sha256, &size_bytes) in &blobs {
        let key = format!("{BLOBS}{sha256}");
        match there.get(&key) {
            None => problems.push(format!("{key} is missing")),
            Some(&listed) if !place.fits(listed, size_bytes) => {
                problems.push(format!("{key} has {listed} bytes, not {size_bytes}"));
            }
            Some(_) => sound.push((key, sha256.clone(), size_bytes)),
        }
    }
    let bytes = blobs.values().sum();
    let mut verified = Verified { name, manifest, lines, problems, read: 0, archived: 0, bytes };
    if depth == Depth::Bytes {
        check_bytes(place, sound, observer, &mut verified).await?;
    }
    Ok(verified)
}

/// The table of a backup.
pub(crate) async fn read_lines(place: &Place, manifest: &Manifest) -> Result<Vec<Line>, Error> {
    let key = manifest.table.key();
    let reader = place.open(&key).await?.ok_or_else(|| Error::Missing(key.clone()))?;
    let bytes = reader.read_all(&key, manifest.table.size_bytes.min(MAX_TABLE_BYTES)).await?;
    lines_of(&manifest.table, &bytes)
}

async fn check_owner(
    place: &Place,
    record: Option<&BackupRecord>,
    manifest: &Manifest,
    problems: &mut Vec<String>,
) -> Result<(), Error> {
    match place.marker().await? {
        None => problems.push("mantel-backup.json is missing".to_owned()),
        Some(marker) if marker.library != manifest.library => {
            problems.push("the manifest is of another library than mantel-backup.json says".to_owned());
        }
        Some(_) => {}
    }
    if record.is_some_and(|record| record.library != manifest.library) {
        problems.push("this is the backup of another library".to_owned());
    }
    Ok(())
}

/// What came before must still be there, but for what was pruned: then all of that time is gone.
async fn check_chain(
    place: &Place,
    record: Option<&BackupRecord>,
    name: &str,
    manifest: &Manifest,
    is_newest: bool,
    problems: &mut Vec<String>,
) -> Result<(), Error> {
    let all = place.list(MANIFESTS).await?;
    for other in all.keys().filter(|other| !is_name(other)) {
        problems.push(format!("{other} is no manifest of Mantel's"));
    }
    if let Some(previous) = &manifest.previous {
        let older = all.keys().any(|other| other.as_str() < previous.as_str());
        if older && !all.contains_key(previous) {
            problems.push(format!("{previous} is missing"));
        }
    }
    let noted = record.and_then(|record| record.manifests.get(place.name())).filter(|_| is_newest);
    if let Some(noted) = noted.filter(|noted| *noted != name) {
        problems.push(format!("the newest backup should be {noted}"));
    }
    Ok(())
}

fn is_name(name: &str) -> bool {
    let parts =
        name.strip_prefix(MANIFESTS).and_then(|rest| rest.strip_suffix(".json")).and_then(|rest| rest.split_once('-'));
    parts.is_some_and(|(time, sha256)| time.ends_with('Z') && sha256.parse::<Sha256>().is_ok())
}

async fn check_bytes(
    place: &Place,
    blobs: Vec<(String, String, u64)>,
    observer: &Observer,
    verified: &mut Verified,
) -> Result<(), Error> {
    let total = blobs.iter().map(|(.., size_bytes)| size_bytes).sum();
    let progress = &Progress::begin(observer, Stage::Checking, blobs.len() as u64, total);
    let mut checks: Vec<BoxFuture<'_, _>> = Vec::with_capacity(blobs.len());
    for (key, sha256, size_bytes) in blobs {
        checks.push(Box::pin(async move {
            let found = check_blob(place, &key, &sha256, size_bytes).await;
            progress.add(1, size_bytes);
            (key, found)
        }));
    }
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for (key, checked) in at_once(AT_ONCE, checks).await {
        match checked {
            Ok(Checked::Read) => verified.read += 1,
            Ok(Checked::Archived) => verified.archived += 1,
            Ok(Checked::Wrong(problem)) => {
                found.insert(key, problem);
            }
            Err(error) => {
                found.insert(key, error.to_string());
            }
        }
    }
    verified.problems.extend(found.into_iter().map(|(key, problem)| format!("{key}: {problem}")));
    Ok(())
}

enum Checked {
    Read,
    Archived,
    Wrong(String),
}

async fn check_blob(place: &Place, key: &str, sha256: &str, size_bytes: u64) -> Result<Checked, Error> {
    if let Some(head) = place.head(key).await?
        && head.archive != Archive::Readable
    {
        return Ok(match head.sha256 {
            Some(computed) if computed.to_string() == sha256 => Checked::Archived,
            Some(_) => Checked::Wrong("the service computed another SHA-256".to_owned()),
            // It came in parts; the service checked each, and its length is right.
            None => Checked::Archived,
        });
    }
    let Some(reader) = place.open(key).await? else { return Ok(Checked::Wrong("it is missing".to_owned())) };
    let (read_bytes, found) = reader.measure().await?;
    Ok(match () {
        () if read_bytes != size_bytes => Checked::Wrong(format!("it has {read_bytes} bytes, not {size_bytes}")),
        () if found.to_string() != sha256 => Checked::Wrong("its bytes have not the SHA-256 of its name".to_owned()),
        () => Checked::Read,
    })
}
