//! What a file is, by its first bytes and never by its name.

use model::MediaKind;

/// How many bytes from the start of a file decide what it is.
pub const HEAD_BYTES: usize = 512;

/// A format of pictures or films that Mantel knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// JPEG (ISO/IEC 10918).
    Jpeg,
    /// PNG, animated or not.
    Png,
    /// WebP, animated or not.
    WebP,
    /// GIF 87a and 89a.
    Gif,
    /// TIFF 6.0; `BigTIFF` is not among what Mantel knows.
    Tiff,
    /// HEIF with HEVC pictures.
    Heic,
    /// HEIF with AV1 pictures.
    Avif,
    /// MPEG-4 film, 3GPP included.
    Mp4,
    /// `QuickTime` film.
    QuickTime,
}

impl Format {
    /// The media type to serve the file under.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
            Self::Gif => "image/gif",
            Self::Tiff => "image/tiff",
            Self::Heic => "image/heic",
            Self::Avif => "image/avif",
            Self::Mp4 => "video/mp4",
            Self::QuickTime => "video/quicktime",
        }
    }

    /// Whether the format holds still pictures or films.
    #[must_use]
    pub fn kind(self) -> MediaKind {
        match self {
            Self::Jpeg | Self::Png | Self::WebP | Self::Gif | Self::Tiff | Self::Heic | Self::Avif => MediaKind::Photo,
            Self::Mp4 | Self::QuickTime => MediaKind::Video,
        }
    }

    /// The format's name as people say it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::WebP => "WebP",
            Self::Gif => "GIF",
            Self::Tiff => "TIFF",
            Self::Heic => "HEIC",
            Self::Avif => "AVIF",
            Self::Mp4 => "MP4",
            Self::QuickTime => "QuickTime",
        }
    }
}

/// The format of a file that starts with `head`: its first [`HEAD_BYTES`], or all of a shorter file. What comes after
/// these makes no difference.
#[must_use]
pub fn sniff(head: &[u8]) -> Option<Format> {
    let head = &head[..head.len().min(HEAD_BYTES)];
    match head {
        [0xFF, 0xD8, 0xFF, ..] => Some(Format::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some(Format::Png),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Format::WebP),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Format::Gif),
        // Canon's raw files (CR2) are TIFF by their first four bytes only.
        [b'I', b'I', b'*', 0, _, _, _, _, b'C', b'R', ..] => None,
        [b'I', b'I', b'*', 0, ..] | [b'M', b'M', 0, b'*', ..] => Some(Format::Tiff),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => sniff_brands(head),
        _ => None,
    }
}

/// By the brands of the `ftyp` box (ISO/IEC 14496-12, 4.3): the major brand, else the compatible ones in their order.
fn sniff_brands(head: &[u8]) -> Option<Format> {
    let (size, _) = head.split_first_chunk()?;
    let size = usize::try_from(u32::from_be_bytes(*size)).ok()?;
    let brands = head.get(..size.min(head.len()))?.get(8..)?;
    let (brands, _) = brands.as_chunks::<4>();
    let (major, rest) = brands.split_first()?;
    // The word after the major brand is its version.
    format_of_brand(*major).or_else(|| {
        let is_heif = matches!(major, b"mif1" | b"mif2" | b"msf1" | b"miaf");
        rest.iter().skip(1).filter(|_| is_heif).find_map(|brand| format_of_brand(*brand))
    })
}

fn format_of_brand(brand: [u8; 4]) -> Option<Format> {
    match &brand {
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"hevm" | b"hevs" => Some(Format::Heic),
        b"avif" | b"avis" => Some(Format::Avif),
        b"qt  " => Some(Format::QuickTime),
        b"isom" | b"iso2" | b"iso3" | b"iso4" | b"iso5" | b"iso6" | b"iso7" | b"iso8" | b"iso9" | b"mp41" | b"mp42"
        | b"mp71" | b"avc1" | b"dash" | b"mmp4" | b"M4V " | b"M4VH" | b"M4VP" | b"MSNV" | b"XAVC" | b"f4v " => {
            Some(Format::Mp4)
        }
        [b'3', b'g', b'p' | b'2' | b'r' | b's' | b'g' | b'e', _] => Some(Format::Mp4),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ftyp(major: [u8; 4], compatible: &[[u8; 4]]) -> Vec<u8> {
        let mut bytes = u32::try_from(16 + 4 * compatible.len()).expect("few brands").to_be_bytes().to_vec();
        bytes.extend_from_slice(b"ftyp");
        bytes.extend_from_slice(&major);
        bytes.extend_from_slice(&[0; 4]);
        for brand in compatible {
            bytes.extend_from_slice(brand);
        }
        bytes
    }

    #[test]
    fn a_signature_decides() {
        let cases: [(&[u8], Option<Format>); 13] = [
            (b"\xFF\xD8\xFF\xE0", Some(Format::Jpeg)),
            (b"\x89PNG\r\n\x1A\n\0", Some(Format::Png)),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Some(Format::WebP)),
            (b"RIFF\x10\0\0\0WAVEfmt ", None),
            (b"GIF87a", Some(Format::Gif)),
            (b"GIF89a", Some(Format::Gif)),
            (b"II*\0\x08\0\0\0", Some(Format::Tiff)),
            (b"MM\0*\0\0\0\x08", Some(Format::Tiff)),
            (b"II+\0\x08\0\0\0", None),
            (b"MM\0+\0\x08\0\0", None),
            (b"II*\0\x10\0\0\0CR\x02\0", None),
            (b"<svg xmlns=", None),
            (b"", None),
        ];
        for (head, expected) in cases {
            assert_eq!(sniff(head), expected, "{head:?}");
        }
    }

    #[test]
    fn a_brand_decides_what_an_iso_file_is() {
        assert_eq!(sniff(&ftyp(*b"heic", &[*b"mif1"])), Some(Format::Heic));
        assert_eq!(sniff(&ftyp(*b"mif1", &[*b"mif1", *b"heic"])), Some(Format::Heic));
        assert_eq!(sniff(&ftyp(*b"mif1", &[*b"mif1", *b"avif", *b"miaf"])), Some(Format::Avif));
        assert_eq!(sniff(&ftyp(*b"mif1", &[])), None);
        assert_eq!(sniff(&ftyp(*b"avif", &[*b"mif1"])), Some(Format::Avif));
        assert_eq!(sniff(&ftyp(*b"qt  ", &[*b"qt  "])), Some(Format::QuickTime));
        assert_eq!(sniff(&ftyp(*b"isom", &[*b"mp42"])), Some(Format::Mp4));
        assert_eq!(sniff(&ftyp(*b"3gp5", &[])), Some(Format::Mp4));
        assert_eq!(sniff(&ftyp(*b"M4A ", &[*b"isom"])), None);
        assert_eq!(sniff(&ftyp(*b"crx ", &[*b"isom"])), None);
    }

    #[test]
    fn a_brand_outside_of_its_box_does_not_count() {
        let mut head = ftyp(*b"mif1", &[]);
        head.extend_from_slice(b"heic");
        assert_eq!(sniff(&head), None);
    }

    #[test]
    fn what_comes_after_the_head_makes_no_difference() {
        let file = ftyp(*b"mif1", &[[*b"abcd"; 200].as_slice(), &[*b"heic"]].concat());
        assert_eq!(sniff(&file), sniff(&file[..HEAD_BYTES]));
    }

    proptest! {
        #[test]
        fn any_bytes_can_be_sniffed(head in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = sniff(&head);
        }

        #[test]
        fn any_box_can_be_sniffed(size in any::<u32>(), rest in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = sniff(&[&size.to_be_bytes(), b"ftyp".as_slice(), &rest].concat());
        }
    }
}
