//! Where `download` puts what, and what it writes beside it.

use std::{
    collections::{HashMap, HashSet},
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
};

use serde::Serialize;

use super::PART;
use crate::{
    fault::{Fault, Outcome},
    galleries::{self, Card},
    ls::size,
    originals::Original,
    sidecar::{ENDING, GALLERY_FILE, GalleryFile, Location, Ours, with_ending},
};

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

pub(super) fn pretty(value: &impl Serialize) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value).expect("sidecars are plain values");
    text.push(b'\n');
    text
}

/// Writes a file whole or not at all.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Outcome<()> {
    let new = with_ending(path, PART);
    let written = File::create(&new).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.and_then(|()| fs::rename(&new, path)).map_err(|error| Fault::of_file(path, &error))
}

/// The folders of galleries.
pub(super) struct Folders {
    base: PathBuf,
    /// Which gallery has a folder, by the name of the folder in lower case: some disks know no other.
    taken: HashMap<String, String>,
}

impl Folders {
    pub(super) fn in_folder(base: &Path) -> Self {
        let mut taken = HashMap::new();
        for (folder, file) in described(base) {
            if let Some(name) = folder.file_name() {
                taken.insert(name.to_string_lossy().to_lowercase(), file.id);
            }
        }
        Self { base: base.to_owned(), taken }
    }

    /// The folder of a gallery, which says what gallery it is; that of an earlier run where there is one.
    pub(super) fn of_gallery(&mut self, card: &Card) -> Outcome<PathBuf> {
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
pub(super) struct Names(HashSet<PathBuf>);

impl Names {
    /// Where an original goes: by the month in which it was taken, under its own name if no other has it.
    pub(super) fn path_of(&mut self, media: &Original, gallery: &Path) -> PathBuf {
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
        let is_taken = self.0.contains(&key(&name)) || of_another(&name) || name == GALLERY_FILE;
        let name = if is_taken { own } else { name.clone() };
        self.0.insert(key(&name));
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
