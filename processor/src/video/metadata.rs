//! What a camera noted in a film: in `QuickTime`'s keys, in user data, and in the film's own header.

use model::{Exif, Location, MAX_OFFSET_MINUTES, TakenAt, Timestamp};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{
    boxes::{boxes, find, i32_at, u16_at, u32_at},
    iso6709,
    track::Header,
};
use crate::exif::{believable, clean_text};

/// More notes than any camera makes.
const MAX_NOTES: usize = 1_000;
/// Longer notes are not for people.
const MAX_NOTE_BYTES: usize = 4_096;
/// Longer names are of nothing that is asked for.
const MAX_NAME_BYTES: usize = 100;
/// Films count from 1904 (ISO/IEC 14496-12, 8.2.2), the rest of the world from 1970.
const SECONDS_FROM_1904_TO_1970: i64 = 2_082_844_800;
/// Cameras that do not know the time say 1904, 1970 or 1980; the format is of the nineties.
const HEADER_YEARS: std::ops::RangeInclusive<i32> = 1990..=2200;
/// What somebody wrote out may be older than films in files.
const NOTED_YEARS: std::ops::RangeInclusive<i32> = 1826..=2200;

/// What a camera noted.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Metadata {
    pub(super) taken_at: Option<TakenAt>,
    pub(super) location: Option<Location>,
    pub(super) exif: Exif,
    pub(super) content_identifier: Option<String>,
}

/// Reads the notes of a film and of its video track.
pub(super) fn read(moov: &[u8], film: Option<Header>, video_trak: &[u8]) -> Metadata {
    let user_data = find(moov, *b"udta").unwrap_or_default();
    let parts = [moov, user_data, video_trak];
    let listed = parts.into_iter().flat_map(|part| listed_notes(part).unwrap_or_default());
    let notes: Vec<Note> = listed.chain(user_notes(user_data)).take(MAX_NOTES).collect();
    let note = |names: &[&str]| {
        let of_name =
            |name: &&str| notes.iter().filter(|note| note.name == **name).find_map(|note| clean_text(note.text));
        names.iter().find_map(of_name)
    };
    Metadata {
        taken_at: note(&["com.apple.quicktime.creationdate", "\u{a9}day"])
            .and_then(|text| noted_date(&text))
            .or_else(|| header_date(film?.created)),
        location: note(&["com.apple.quicktime.location.ISO6709", "\u{a9}xyz"])
            .and_then(|text| iso6709::parse(&text))
            .or_else(|| read_loci(find(user_data, *b"loci")?)),
        exif: Exif {
            camera_make: note(&["com.apple.quicktime.make", "com.android.manufacturer", "\u{a9}mak"]),
            camera_model: note(&["com.apple.quicktime.model", "com.android.model", "\u{a9}mod"]),
            lens: note(&["com.apple.quicktime.camera.lens_model"]),
            software: note(&["com.apple.quicktime.software", "\u{a9}swr"]),
            ..Exif::default()
        },
        content_identifier: note(&["com.apple.quicktime.content.identifier"]),
    }
}

/// A text and its name; of four letters, each byte is a character.
struct Note<'a> {
    name: String,
    text: &'a [u8],
}

impl<'a> Note<'a> {
    fn new(name: &[u8], text: &'a [u8]) -> Option<Self> {
        let name = name.iter().take(MAX_NAME_BYTES).map(|&byte| char::from(byte)).collect();
        (text.len() <= MAX_NOTE_BYTES).then_some(Self { name, text })
    }
}

/// The box `meta` of a part of the film: a list (`ilst`) of texts, named by their number in `keys` or by themselves.
fn listed_notes(part: &[u8]) -> Option<Vec<Note<'_>>> {
    let meta = find(part, *b"meta")?;
    // In MPEG-4 a version comes first, in QuickTime the boxes begin at once.
    let meta = if meta.get(4..8) == Some(b"hdlr") { meta } else { meta.get(4..)? };
    let keys = find(meta, *b"keys").and_then(|keys| keys.get(8..)).unwrap_or_default();
    let keys: Vec<&[u8]> = boxes(keys).map(|(_, key)| key).take(MAX_NOTES).collect();
    let note = |(name, item): ([u8; 4], _)| {
        // Of the type 1, which is UTF-8, behind a word for the language.
        let text = find(item, *b"data").filter(|data| u32_at(data, 0) == Some(1))?.get(8..)?;
        let number = usize::try_from(u32::from_be_bytes(name)).ok()?.checked_sub(1);
        let key = number.and_then(|number| keys.get(number)).copied();
        Note::new(key.unwrap_or(&name), text)
    };
    Some(boxes(find(meta, *b"ilst")?).take(MAX_NOTES).filter_map(note).collect())
}

/// User data of `QuickTime`: boxes whose names begin with a copyright sign, each a text after its length and language.
fn user_notes(user_data: &[u8]) -> impl Iterator<Item = Note<'_>> {
    boxes(user_data).filter(|(name, _)| name[0] == 0xA9).filter_map(|(name, payload)| {
        let length = usize::from(u16_at(payload, 0)?);
        Note::new(&name, payload.get(4..)?.get(..length)?)
    })
}

/// A place as 3GPP has it (TS 26.244, 8.10): a name, a role, then longitude, latitude and altitude in 65,536ths.
fn read_loci(loci: &[u8]) -> Option<Location> {
    let named = loci.get(6..)?;
    let end_of_name = match named {
        // UTF-16, by its mark.
        [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] => {
            2 + 2 * named.as_chunks::<2>().0.iter().position(|unit| *unit == [0, 0])?
        }
        _ => 1 + named.iter().position(|&byte| byte == 0)?,
    };
    let numbers = named.get(end_of_name + 1..)?;
    let number = |at| i32_at(numbers, at).map(|number| f64::from(number) / 65_536.0);
    believable(number(4)?, number(0)?, number(8))
}

/// A date such as `2023-07-14T18:30:05+0200`; without an offset it is the camera's wall clock.
fn noted_date(text: &str) -> Option<TakenAt> {
    let (date, clock) = text.trim().split_at_checked(11)?;
    let offset_at = clock.find(['+', '-', 'Z']);
    let (clock, offset) = clock.split_at(offset_at.unwrap_or(clock.len()));
    let offset = match offset.as_bytes() {
        [] => "Z".to_owned(),
        [sign, a, b, c, d] => [*sign, *a, *b, b':', *c, *d].map(char::from).into_iter().collect(),
        _ => offset.to_owned(),
    };
    let date = OffsetDateTime::parse(&format!("{date}{clock}{offset}"), &Rfc3339).ok()?;
    let millis = i64::try_from(date.unix_timestamp_nanos() / 1_000_000).ok()?;
    let offset_minutes = offset_at.map(|_| i32::from(date.offset().whole_minutes()));
    let offset_minutes = offset_minutes.filter(|offset| offset.abs() <= MAX_OFFSET_MINUTES);
    NOTED_YEARS.contains(&date.year()).then(|| TakenAt { time: Timestamp::from_unix_millis(millis), offset_minutes })
}

/// The date of the header: a moment in UTC, which does not tell what time it was there.
fn header_date(seconds_since_1904: u64) -> Option<TakenAt> {
    let seconds = i64::try_from(seconds_since_1904).ok()?.checked_sub(SECONDS_FROM_1904_TO_1970)?;
    let date = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
    HEADER_YEARS
        .contains(&date.year())
        .then(|| TakenAt { time: Timestamp::from_unix_seconds(seconds), offset_minutes: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_keeps_its_offset() {
        let date = |text| noted_date(text).map(|taken| (taken.time.to_string(), taken.offset_minutes));
        let utc = || "2019-02-12T07:27:12.000Z".to_owned();
        assert_eq!(date("2019-02-12T15:27:12+0800"), Some((utc(), Some(480))));
        assert_eq!(date("2019-02-12T15:27:12+08:00"), Some((utc(), Some(480))));
        assert_eq!(date("2019-02-12T07:27:12Z"), Some((utc(), Some(0))));
        assert_eq!(date("2019-02-12T07:27:12"), Some((utc(), None)));
        assert_eq!(date("2019-02-12T21:27:12+14:00"), Some((utc(), Some(840))));
        assert_eq!(date("2019-02-12T21:28:12+14:01"), Some((utc(), None)), "no place is so far from UTC");
        for broken in ["", "2019", "2019-02-12", "2019-02-31T07:27:12Z", "0001-01-01T00:00:00Z", "2019-02-12T07é27"] {
            assert_eq!(date(broken), None, "{broken}");
        }
    }

    #[test]
    fn a_header_without_a_set_clock_has_no_date() {
        assert_eq!(header_date(0), None);
        assert_eq!(header_date(2_082_844_800), None, "1970");
        assert_eq!(header_date(u64::MAX), None);
        let date = header_date(3_772_196_997).expect("a date");
        assert_eq!((date.time.to_string(), date.offset_minutes), ("2023-07-14T16:29:57.000Z".to_owned(), None));
    }

    #[test]
    fn a_place_of_3gpp_is_read() {
        let numbers = [7.5_f64, 47.5, 260.0].map(|number| number * 65_536.0);
        #[expect(clippy::cast_possible_truncation, reason = "small whole numbers")]
        let numbers: Vec<u8> = numbers.iter().flat_map(|&number| (number as i32).to_be_bytes()).collect();
        let place = Some(Location { latitude: 47.5, longitude: 7.5, altitude_metres: Some(260.0) });
        let loci = |name: &[u8]| [&[0, 0, 0, 0, 0x15, 0xC7], name, &[0], numbers.as_slice()].concat();
        assert_eq!(read_loci(&loci(b"home\0")), place);
        assert_eq!(read_loci(&loci(b"\xFE\xFF\0h\0\0")), place);
        assert_eq!(read_loci(&loci(b"home\0")[..19]), None);
    }
}
