//! Which sidecar belongs to which photo of a Takeout: by the names that Google gave them over the years.
//!
//! There is no specification. The forms are those that exports of 2015 to 2025 hold, as importers of others describe them:
//!
//! - `IMG_1.jpg` with `IMG_1.jpg.json`, or since 2024 `IMG_1.jpg.supplemental-metadata.json`;
//! - the name before `.json` cut to 46 characters, wherever that falls: `.supplemental-met`, `.s`, `.`, or within the name;
//! - of several files with one name `IMG_1(3).jpg` with `IMG_1.jpg(3).json` or `IMG_1.jpg.supplemental-metadata(3).json`;
//! - edited copies, `IMG_1-edited.jpg` in the language of the account, have the sidecar of `IMG_1.jpg`;
//! - the film of a Live Photo, `IMG_1.MP4`, has that of `IMG_1.HEIC` or `IMG_1.JPG`.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use crate::media_type::{is_video, of_name};

const SUPPLEMENT: &str = ".supplemental-metadata";
/// Characters before `.json` that Google keeps, and how many less were seen where it counts in other units.
const CUT_TO: std::ops::RangeInclusive<usize> = 40..=51;
/// What follows the name of an edited copy, in the languages of accounts.
const EDITED: &[&str] = &[
    "-edited",
    "-bearbeitet",
    "-modifié",
    "-editado",
    "-editada",
    "-modificato",
    "-bewerkt",
    "-edytowane",
    "-redigeret",
    "-redigerad",
    "-redigert",
    "-muokattu",
    "-upraveno",
    "-upravené",
    "-szerkesztett",
    "-editat",
    "-düzenlendi",
    "-изменено",
    "-отредактировано",
    "-змінено",
    "-επεξεργασία",
    "-編集済み",
    "-已修改",
    "-已編輯",
    "-수정됨",
    "-effects",
    "-smile",
    "-mix",
];
/// The endings of the photo that a film may belong to.
const STILLS: &[&str] = &["heic", "jpg", "jpeg", "heif", "png", "avif", "webp"];

/// The sidecars of a folder, by their names.
pub(super) struct Sidecars<T> {
    by_name: HashMap<(String, Option<u32>), T>,
}

/// How sure it is that a sidecar belongs to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Match {
    /// It is the file's own.
    Own,
    /// It is that of what this file was made of, or belongs to.
    Original,
}

impl<T> Default for Sidecars<T> {
    fn default() -> Self {
        Self { by_name: HashMap::new() }
    }
}

impl<T: Clone> Sidecars<T> {
    /// Adds a file of the folder; false where its name is not that of a sidecar.
    pub(super) fn add(&mut self, name: &str, value: T) -> bool {
        let name = plain(name);
        let Some(base) = name.strip_suffix(".json") else { return false };
        let (base, number) = without_number(base);
        self.by_name.insert((base.to_owned(), number), value);
        true
    }

    /// The sidecar of a photo or video.
    pub(super) fn find(&self, file: &str) -> Option<(T, Match)> {
        let file = plain(file);
        let (stem, ending) = file.rsplit_once('.').unwrap_or((&file, ""));
        // As it stands: the number may be a part of the name that it had.
        if let Some(found) = self.named(&file, None) {
            return Some((found, Match::Own));
        }
        let (bare, number) = without_number(stem);
        if number.is_some()
            && let Some(found) = self.named(&format!("{bare}.{ending}"), number)
        {
            return Some((found, Match::Own));
        }
        let original = unedited(bare);
        let is_film = of_name(&file).is_some_and(is_video);
        if original == bare && !is_film {
            return None;
        }
        // `IMG_1-edited(2).jpg` is of `IMG_1(2).jpg`; `IMG_1(2)-edited.jpg` too.
        let (original, number) = if number.is_some() { (original, number) } else { without_number(original) };
        let mut endings = std::iter::once(ending).chain(STILLS.iter().copied());
        let found = endings.find_map(|ending| self.named(&format!("{original}.{ending}"), number));
        found.map(|found| (found, Match::Original))
    }

    /// The sidecar of a file of exactly this name, whole or cut.
    fn named(&self, file: &str, number: Option<u32>) -> Option<T> {
        let look = |name: String| self.by_name.get(&(name, number)).cloned();
        let whole = format!("{file}{SUPPLEMENT}");
        look(whole.clone()).or_else(|| look(file.to_owned())).or_else(|| {
            // From the longest to the shortest, so that the most of the name counts.
            let length = whole.chars().count();
            let least = if file.chars().count() > *CUT_TO.start() { *CUT_TO.start() } else { file.chars().count() + 1 };
            (least..length).rev().find_map(|length| look(whole.chars().take(length).collect()))
        })
    }
}

/// One form of what is written alike.
fn plain(name: &str) -> String {
    name.nfc().collect::<String>().to_lowercase()
}

/// `IMG_1(3)` is `IMG_1` and 3.
fn without_number(name: &str) -> (&str, Option<u32>) {
    let parts = name.strip_suffix(')').and_then(|name| name.rsplit_once('('));
    match parts.and_then(|(name, digits)| Some((name, digits.parse().ok()?))) {
        Some((name, number)) if !name.is_empty() => (name, Some(number)),
        _ => (name, None),
    }
}

/// The name of what was edited. Of a name that was cut, the sign of an edited copy may be cut as well.
fn unedited(stem: &str) -> &str {
    for sign in EDITED {
        if let Some(original) = stem.strip_suffix(sign) {
            return original;
        }
    }
    if stem.chars().count() >= *CUT_TO.start() {
        for sign in EDITED {
            let cuts = (2..sign.chars().count()).rev().map(|length| sign.chars().take(length).collect::<String>());
            for cut in cuts {
                if let Some(original) = stem.strip_suffix(cut.as_str()) {
                    return original;
                }
            }
        }
    }
    stem
}

/// Whether a folder holds the photos of a year rather than an album: `Photos from 2019`, in any language.
pub(super) fn is_year(folder: &str) -> bool {
    let digits: String = folder.chars().filter(char::is_ascii_digit).collect();
    let others = folder.chars().filter(|c| !c.is_ascii_digit()).collect::<String>().to_lowercase();
    let year = digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"));
    year && YEAR_WORDS.contains(&others.trim().replace("  ", " ").as_str())
}

/// What stands beside the year, in the languages of accounts.
const YEAR_WORDS: &[&str] = &[
    "photos from",
    "fotos von",
    "fotos aus",
    "photos de",
    "photos de l'année",
    "fotos de",
    "fotos del",
    "foto dal",
    "foto del",
    "foto da",
    "foto's uit",
    "foto's van",
    "zdjęcia z",
    "zdjęcia z roku",
    "billeder fra",
    "bilder från",
    "bilder fra",
    "foton från",
    "kuvat vuodelta",
    "fotky z",
    "fotky z roku",
    "fotók",
    "fotografii din",
    "fotoğraflar",
    "фото за",
    "фото за год",
    "фотографии за",
    "фото за рік",
    "φωτογραφίες από το",
    "年の写真",
    "年的照片",
    "年のフォト",
    "년의 사진",
    "년 사진",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sidecar: &str, file: &str, expected: Option<Match>) {
        let mut sidecars = Sidecars::default();
        assert!(sidecars.add(sidecar, ()), "{sidecar}");
        assert_eq!(sidecars.find(file).map(|((), found)| found), expected, "{file} with {sidecar}");
    }

    #[test]
    fn every_form_of_name_is_found() {
        for (sidecar, file, expected) in [
            ("IMG_1.jpg.json", "IMG_1.jpg", Match::Own),
            ("IMG_1.JPG.json", "IMG_1.jpg", Match::Own),
            ("IMG_1.jpg.supplemental-metadata.json", "IMG_1.jpg", Match::Own),
            ("IMG_1.jpg.supplemental-met.json", "IMG_1.jpg", Match::Own),
            (
                "PXL_20240703_130405123.PORTRAIT-01.jpg.supplem.json",
                "PXL_20240703_130405123.PORTRAIT-01.jpg",
                Match::Own,
            ),
            ("IMG_1.jpg..json", "IMG_1.jpg", Match::Own),
            ("IMG_1.jpg(3).json", "IMG_1(3).jpg", Match::Own),
            ("IMG_1.jpg.supplemental-metadata(3).json", "IMG_1(3).jpg", Match::Own),
            ("IMG_1.jpg.supplemental-me(3).json", "IMG_1(3).jpg", Match::Own),
            ("IMG_1(3).jpg.json", "IMG_1(3).jpg", Match::Own),
            (
                "a_very_long_name_that_somebody_gave_to_a_pictu.json",
                "a_very_long_name_that_somebody_gave_to_a_picture.jpg",
                Match::Own,
            ),
            ("IMG_1.jpg.json", "IMG_1-edited.jpg", Match::Original),
            ("IMG_1.jpg.json", "IMG_1-bearbeitet.jpg", Match::Original),
            ("IMG_1.jpg(2).json", "IMG_1-edited(2).jpg", Match::Original),
            ("IMG_1.HEIC.json", "IMG_1.MP4", Match::Original),
            ("IMG_1.HEIC.supplemental-metadata.json", "IMG_1.mov", Match::Original),
            ("IMG_1.JPG(1).json", "IMG_1(1).MP4", Match::Original),
            ("Zoe\u{308}.jpg.json", "Zo\u{eb}.jpg", Match::Own),
        ] {
            check(sidecar, file, Some(expected));
        }
    }

    #[test]
    fn what_only_looks_alike_is_not_taken() {
        for (sidecar, file) in [
            ("IMG_1.jpg.json", "IMG_10.jpg"),
            ("IMG_1.jpg.json", "IMG_1(3).png"),
            ("IMG_1.jpg(3).json", "IMG_1.jpg"),
            ("IMG_1.jpg(3).json", "IMG_1(2).jpg"),
            ("IMG_.json", "IMG_1.jpg"),
            ("IMG_1.jpg.json", "IMG_1.png"),
        ] {
            check(sidecar, file, None);
        }
    }

    #[test]
    fn the_own_sidecar_counts_before_that_of_the_original() {
        let mut sidecars = Sidecars::default();
        sidecars.add("IMG_1.jpg.json", "original");
        sidecars.add("IMG_1-edited.jpg.json", "own");
        assert_eq!(sidecars.find("IMG_1-edited.jpg"), Some(("own", Match::Own)));
        assert_eq!(sidecars.find("IMG_1.jpg"), Some(("original", Match::Own)));
    }

    #[test]
    fn folders_of_years_are_no_albums() {
        for folder in ["Photos from 2019", "Fotos von 2019", "Photos de 2007", "2019 年の写真", "Zdjęcia z 1998"] {
            assert!(is_year(folder), "{folder}");
        }
        for folder in ["Summer 2019", "2019", "Photos from home", "Photos from 20190"] {
            assert!(!is_year(folder), "{folder}");
        }
    }
}
