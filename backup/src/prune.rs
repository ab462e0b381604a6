//! Throwing away old backups: with an admin's own keys, never by the function, and nothing that is locked.

use std::collections::BTreeSet;

use model::Timestamp;

use crate::{
    Error,
    find::{list, read_manifest},
    manifest::{BLOBS, Manifest},
    place::Place,
};

/// Backups of this many days are always kept.
pub const LEAST_DAYS: i64 = 30;

/// What is to be thrown away, or was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Names of manifests.
    pub manifests: Vec<String>,
    /// Tables and media that no kept manifest names.
    pub objects: Vec<String>,
    /// Bytes of media among them.
    pub bytes: u64,
    /// Objects that stay because they are locked for now.
    pub locked: u64,
}

/// Throws away backups from before `keep_days`, with all that only they name; with `dry`, only says what that would be.
/// The newest backup stays, however old it is.
///
/// # Errors
/// When a manifest is damaged: then it is not known what others need.
pub async fn prune(place: &Place, now: Timestamp, keep_days: i64, dry: bool) -> Result<Pruned, Error> {
    if keep_days < LEAST_DAYS {
        return Err(Error::Refused(format!("backups of {LEAST_DAYS} days are always kept")));
    }
    let before = now.plus_seconds(-keep_days * 24 * 3_600);
    let names = list(place).await?;
    let newest = names.last().cloned();
    let (mut old, mut needed) = (Vec::new(), BTreeSet::new());
    for name in names {
        let manifest = read_manifest(place, &name).await?;
        if manifest.taken_at < before && Some(&name) != newest.as_ref() {
            old.push((name, manifest));
        } else {
            needed.extend(objects_of(&manifest).map(|(key, _)| key));
        }
    }
    let mut pruned = Pruned::default();
    let mut unneeded = BTreeSet::new();
    for (name, manifest) in &old {
        unneeded.extend(objects_of(manifest).filter(|(key, _)| !needed.contains(key)));
        pruned.manifests.push(name.clone());
    }
    // Manifests first, so that there is none that names what is gone.
    for name in pruned.manifests.clone() {
        remove(place, &name, now, dry, &mut pruned).await?;
    }
    for (key, size_bytes) in unneeded {
        if remove(place, &key, now, dry, &mut pruned).await? {
            pruned.bytes += if key.starts_with(BLOBS) { size_bytes } else { 0 };
            pruned.objects.push(key);
        }
    }
    Ok(pruned)
}

fn objects_of(manifest: &Manifest) -> impl Iterator<Item = (String, u64)> {
    let blobs = manifest.blobs().into_iter().map(|(sha256, size_bytes)| (format!("{BLOBS}{sha256}"), size_bytes));
    blobs.chain([(manifest.table.key(), manifest.table.size_bytes)])
}

async fn remove(place: &Place, key: &str, now: Timestamp, dry: bool, pruned: &mut Pruned) -> Result<bool, Error> {
    let head = place.head(key).await?;
    if head.as_ref().is_some_and(|head| head.locked_until.is_some_and(|until| until > now)) {
        pruned.locked += 1;
        return Ok(false);
    }
    if !dry {
        place.delete(key, head.and_then(|head| head.version).as_deref()).await?;
    }
    Ok(true)
}
