//! Records against objects, both ways.

use std::collections::HashMap;

use model::{
    Error, Media, MediaId, RenditionName, Timestamp, Upright,
    object_key::{OriginalsKey, Work, rendition_key},
};
use store::{Bucket, Store};

use super::{
    is_kept,
    report::{End, Kind, Report},
};

/// What the keys of jobs begin with, those of other functions too.
const JOBS: &str = "jobs/";

pub(super) async fn compare(
    store: &Store,
    media: &HashMap<MediaId, Media>,
    now: Timestamp,
    report: &mut Report,
) -> Result<(), Error> {
    let originals = sizes(&store.originals()).await?;
    let made = sizes(&store.renditions()).await?;
    report.objects = originals.len() + made.len();
    let mut ids: Vec<&MediaId> = media.keys().collect();
    ids.sort();
    for media in ids.into_iter().map(|id| &media[id]) {
        let has_original = has_original(store, media, &originals, report).await?;
        if is_kept(media) {
            remake(store, media, has_original, &made, now, report).await?;
        }
    }
    strangers(store, media, &originals, report).await?;
    leftovers(store, media, &made, report).await
}

async fn sizes(bucket: &Bucket) -> Result<HashMap<String, u64>, Error> {
    let listed = bucket.list("").await?;
    Ok(listed.into_iter().map(|object| (object.key, object.size_bytes)).collect())
}

/// Whether the original is there in its length; tells where it is not, and the record still wants it.
async fn has_original(
    store: &Store,
    media: &Media,
    originals: &HashMap<String, u64>,
    report: &mut Report,
) -> Result<bool, Error> {
    let key = OriginalsKey::Original(media.id).to_string();
    let listed = originals.get(&key).copied();
    if listed == Some(media.size_bytes) || !is_kept(media) {
        return Ok(listed.is_some());
    }
    let is_wanted = store.get_media(media.id).await?.is_some_and(|now| is_kept(&now));
    let kind = if listed.is_some() { Kind::OriginalDamaged } else { Kind::OriginalMissing };
    if is_wanted && (listed.is_some() || store.originals().head(&key).await?.is_none()) {
        report.found(kind, media.id.to_string(), End::NeedsYou);
    }
    Ok(false)
}

/// The files that were made of an original, with their lengths in bytes.
fn files(media: &Media) -> Vec<(RenditionName, String, u64)> {
    let mut files = Vec::new();
    if let Some(made) = &media.renditions {
        for (name, size) in [(RenditionName::Thumbnail, made.thumbnail), (RenditionName::Preview, made.preview)] {
            files.push((name, rendition_key(media.id, &made.recipe, name), size.size_bytes));
        }
    }
    let upright = media.upright.as_ref().and_then(Upright::file);
    for (name, file) in [(RenditionName::Playback, media.playback.as_ref()), (RenditionName::Upright, upright)] {
        files.extend(file.map(|file| (name, rendition_key(media.id, &file.recipe, name), file.size.size_bytes)));
    }
    files
}

/// Asks for what was made and is gone, or not whole.
async fn remake(
    store: &Store,
    media: &Media,
    has_original: bool,
    made: &HashMap<String, u64>,
    now: Timestamp,
    report: &mut Report,
) -> Result<(), Error> {
    let is_lost = |(name, key, size): (RenditionName, String, u64)| (made.get(&key) != Some(&size)).then_some(name);
    let lost: Vec<RenditionName> = files(media).into_iter().filter_map(is_lost).collect();
    if lost.is_empty() {
        return Ok(());
    }
    // It may have been made otherwise meanwhile, which is a change of the record.
    if store.get_media(media.id).await?.as_ref() != Some(media) {
        return Ok(());
    }
    if !has_original {
        report.found(Kind::RenditionMissing, media.id.to_string(), End::NeedsYou);
        return Ok(());
    }
    let Some(without) = store.unmake(media, &lost, now).await? else { return Ok(()) };
    let works = works(&lost);
    if without.is_shown() {
        let name = format!("whole-{}", now.unix_millis());
        for work in &works {
            store.put_job(*work, media.id, &name).await?;
        }
    }
    let end = if works.is_empty() { End::Mended } else { End::Asked };
    report.found(Kind::RenditionMissing, media.id.to_string(), end);
    Ok(())
}

/// An upright copy is made when somebody asks for one again.
fn works(lost: &[RenditionName]) -> Vec<Work> {
    let has = |wanted: &[RenditionName]| lost.iter().any(|name| wanted.contains(name));
    let works = [
        (Work::Render, has(&[RenditionName::Thumbnail, RenditionName::Preview])),
        (Work::Convert, has(&[RenditionName::Playback])),
    ];
    works.into_iter().filter_map(|(work, is_wanted)| is_wanted.then_some(work)).collect()
}

/// Originals without a record, and objects that are not ours.
async fn strangers(
    store: &Store,
    media: &HashMap<MediaId, Media>,
    originals: &HashMap<String, u64>,
    report: &mut Report,
) -> Result<(), Error> {
    let mut keys: Vec<&String> = originals.keys().filter(|key| !key.starts_with(JOBS)).collect();
    keys.sort();
    for key in keys {
        // What is not ours may not be ours to ask for.
        let is_stranger = match OriginalsKey::parse(key) {
            None => true,
            Some(parsed) if media.contains_key(&parsed.media_id()) => false,
            Some(parsed) => {
                !has_record(store, parsed.media_id(), |_| true).await? && store.originals().head(key).await?.is_some()
            }
        };
        if is_stranger {
            report.found(Kind::OriginalWithoutRecord, key.clone(), End::NeedsYou);
        }
    }
    Ok(())
}

/// Whether there is such a record at this moment. One that cannot be read may be such a one.
async fn has_record(store: &Store, id: MediaId, is_such: impl Fn(&Media) -> bool) -> Result<bool, Error> {
    match store.get_media(id).await {
        Ok(media) => Ok(media.as_ref().is_some_and(is_such)),
        Err(Error::Internal(_)) => Ok(true),
        Err(error) => Err(error),
    }
}

/// Files that no record names (any more).
async fn leftovers(
    store: &Store,
    media: &HashMap<MediaId, Media>,
    made: &HashMap<String, u64>,
    report: &mut Report,
) -> Result<(), Error> {
    let mut keys: Vec<&String> = made.keys().collect();
    keys.sort();
    for key in keys {
        let mut parts = key.split('/');
        let id = parts.next().and_then(|id| id.parse::<MediaId>().ok());
        let recipe = parts.next().unwrap_or_default();
        let is_named = match id {
            Some(id) if media.get(&id).is_some_and(|media| media.names(recipe)) => true,
            // It may have come meanwhile.
            Some(id) => has_record(store, id, |media| media.is_unfinished() || media.names(recipe)).await?,
            None => false,
        };
        if !is_named && store.renditions().head(key).await?.is_some() {
            report.found(Kind::RenditionLeftOver, key.clone(), End::Left);
        }
    }
    Ok(())
}
