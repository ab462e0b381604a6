//! Names of files and folders that every system takes: Windows, macOS, Linux, and the disks between them.
//!
//! Rules of Windows: <https://learn.microsoft.com/windows/win32/fileio/naming-a-file>.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization as _;

/// Characters of a name, without its ending. A path of a gallery, a year, a month and a name stays far below the 260
/// that old programs on Windows take, and no name is over 255 bytes.
const MAX_CHARS: usize = 60;
const MAX_ENDING_CHARS: usize = 10;
/// Names of devices, whatever ending follows.
const DEVICES: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2",
    "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// A name that a file or folder may have everywhere; `instead` where nothing is left of it.
pub(super) fn safe(name: &str, instead: &str) -> String {
    let (stem, ending) = split(name);
    let stem: String = clean(stem).chars().take(MAX_CHARS).collect();
    let ending: String = clean(ending).chars().take(MAX_ENDING_CHARS).collect();
    // Windows drops blanks and dots at the end, and a dot at the beginning hides a file.
    let stem = stem.trim_matches([' ', '.']);
    let stem = if stem.is_empty() { instead } else { stem };
    let device = stem.split('.').next().unwrap_or_default().trim().to_lowercase();
    let stem = if DEVICES.contains(&device.as_str()) { format!("_{stem}") } else { stem.to_owned() };
    let ending = ending.trim_matches([' ', '.']);
    if ending.is_empty() { stem } else { format!("{stem}.{ending}") }
}

/// What comes before the last dot, and what after.
pub(super) fn split(name: &str) -> (&str, &str) {
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && ending.chars().count() <= MAX_ENDING_CHARS => (stem, ending),
        Some(_) | None => (name, ""),
    }
}

/// Composed, as all but one file system of Apple's keep it; without what separates, what is not seen, and what turns the
/// direction of writing, by which `gpj.exe` could look like `exe.jpg`.
fn clean(text: &str) -> String {
    let is_odd = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let instead = |c: char| match c {
        '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*' => '_',
        c => c,
    };
    text.nfc().filter(|c| !is_odd(*c)).map(instead).collect()
}

/// The names of one folder. Two that differ only in case, or in how accents are written, are one to Windows and macOS.
#[derive(Default)]
pub(super) struct Folder {
    taken: HashMap<String, String>,
}

impl Folder {
    /// The name, or where something else has it, with `mark` in it, which nothing else has. What came first keeps the
    /// plain name, so that names stay when more comes later.
    pub(super) fn take(&mut self, name: &str, mark: &str) -> String {
        let is_free = |name: &str| self.taken.get(&fold(name)).is_none_or(|holder| holder == mark);
        let name = if is_free(name) {
            name.to_owned()
        } else {
            match split(name) {
                (stem, "") => format!("{stem} ({mark})"),
                (stem, ending) => format!("{stem} ({mark}).{ending}"),
            }
        };
        self.taken.insert(fold(&name), mark.to_owned());
        name
    }
}

fn fold(name: &str) -> String {
    name.nfkc().flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_safe_for_every_system() {
        for (name, expected) in [
            ("photo.jpg", "photo.jpg"),
            ("a/b\\c:d*e?f\"g<h>i|j.jpg", "a_b_c_d_e_f_g_h_i_j.jpg"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("CON", "_CON"),
            ("nul.txt", "_nul.txt"),
            ("com1.tar.gz", "_com1.tar.gz"),
            ("trailing. . .", "trailing"),
            (".hidden", "hidden"),
            ("...", "photo"),
            ("", "photo"),
            ("Zoe\u{308}.jpg", "Zo\u{eb}.jpg"),
            ("a\u{202e}gpj.exe", "agpj.exe"),
            ("line\nbreak\0.png", "linebreak.png"),
        ] {
            assert_eq!(safe(name, "photo"), expected, "{name:?}");
        }
        let long = safe(&format!("{}.jpeg", "ü".repeat(300)), "photo");
        assert_eq!((long.chars().count(), long.len() < 255), (65, true));
    }

    #[test]
    fn names_that_some_system_takes_for_one_are_told_apart() {
        let mut folder = Folder::default();
        assert_eq!(folder.take("IMG_1.jpg", "a"), "IMG_1.jpg");
        assert_eq!(folder.take("img_1.JPG", "b"), "img_1 (b).JPG");
        assert_eq!(folder.take("IMG_1.jpg", "c"), "IMG_1 (c).jpg");
        assert_eq!(folder.take("Zoë", "d"), "Zoë");
        assert_eq!(folder.take("Zoe\u{308}", "e"), "Zoe\u{308} (e)");
    }
}
