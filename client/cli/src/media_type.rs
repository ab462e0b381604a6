//! Which files are photos and videos, by the end of their names. The server looks at their content.

/// The types that are known, by ending.
const TYPES: &[(&str, &str)] = &[
    ("3gp", "video/3gpp"),
    ("arw", "image/x-sony-arw"),
    ("avi", "video/x-msvideo"),
    ("avif", "image/avif"),
    ("bmp", "image/bmp"),
    ("cr2", "image/x-canon-cr2"),
    ("cr3", "image/x-canon-cr3"),
    ("dng", "image/x-adobe-dng"),
    ("gif", "image/gif"),
    ("heic", "image/heic"),
    ("heif", "image/heif"),
    ("jpe", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("jxl", "image/jxl"),
    ("m2ts", "video/mp2t"),
    ("m4v", "video/x-m4v"),
    ("mkv", "video/x-matroska"),
    ("mov", "video/quicktime"),
    ("mp", "video/mp4"),
    ("mp4", "video/mp4"),
    ("mpeg", "video/mpeg"),
    ("mpg", "video/mpeg"),
    ("mts", "video/mp2t"),
    ("nef", "image/x-nikon-nef"),
    ("orf", "image/x-olympus-orf"),
    ("png", "image/png"),
    ("raf", "image/x-fuji-raf"),
    ("rw2", "image/x-panasonic-rw2"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("webm", "video/webm"),
    ("webp", "image/webp"),
    ("wmv", "video/x-ms-wmv"),
];

/// The type of a file of this name; none where it is neither photo nor video.
pub(crate) fn of_name(name: &str) -> Option<&'static str> {
    let ending = name.rsplit_once('.')?.1.to_ascii_lowercase();
    TYPES.iter().find(|(known, _)| *known == ending).map(|(_, content_type)| *content_type)
}

/// Whether a type is a video's.
pub(crate) fn is_video(content_type: &str) -> bool {
    content_type.starts_with("video/")
}

/// A name as the server takes it: at most 255 characters, none of them a control character. The ending stays.
pub(crate) fn acceptable_name(name: &str) -> String {
    const MAX_CHARS: usize = 255;
    let clean: String = name.chars().map(|c| if c.is_control() { '_' } else { c }).collect();
    let clean = clean.trim();
    let length = clean.chars().count();
    if length <= MAX_CHARS {
        return clean.to_owned();
    }
    let ending = clean.rsplit_once('.').map_or("", |(_, ending)| ending);
    let kept = MAX_CHARS.saturating_sub(ending.chars().count() + 1);
    format!("{}.{ending}", clean.chars().take(kept).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_of_a_name_tells_the_type() {
        assert_eq!(of_name("IMG_1.JPG"), Some("image/jpeg"));
        assert_eq!(of_name("a.b.mov"), Some("video/quicktime"));
        assert_eq!((of_name("notes.txt"), of_name("jpg"), of_name("")), (None, None, None));
    }

    #[test]
    fn names_become_acceptable_and_keep_their_ending() {
        assert_eq!(acceptable_name("a\nb\u{1b}.jpg"), "a_b_.jpg");
        let long = acceptable_name(&format!("{}.jpeg", "ä".repeat(300)));
        assert_eq!((long.chars().count(), long.ends_with("ä.jpeg")), (255, true));
    }
}
