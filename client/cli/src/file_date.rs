//! When a photo or video was taken, as the file itself says: read only where the command line has to decide something
//! by it. What is kept, the server reads from the file.

use std::io::{Cursor, Read};

use exif::{Exif, In, Reader, Tag, Value};
use jiff::{Timestamp, civil::DateTime};

use crate::{item::Source, media_type::is_video, notes::Taken};

/// How much of a file is read for its date.
const HEAD_BYTES: u64 = 1024 * 1024;
/// Seconds from 1904, from which QuickTime counts, to 1970. Source: ISO/IEC 14496-12, 8.2.2.
const SECONDS_1904_TO_1970: i64 = 2_082_844_800;

/// What a file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FileDate {
    /// The clock on the wall, as cameras note it.
    Wall(DateTime),
    /// A moment, and perhaps the offset of the clock on the wall.
    Moment(Timestamp, Option<i64>),
}

impl FileDate {
    /// As the API would write it.
    pub(crate) fn taken(&self) -> Option<Taken> {
        match self {
            Self::Wall(wall) => Taken::on_the_wall(*wall),
            Self::Moment(moment, offset_minutes) => {
                Some(Taken { at: crate::notes::written(*moment), offset_minutes: Some(offset_minutes.unwrap_or(0)) })
            }
        }
    }
}

/// Reads the date from the beginning of a file; none where there is none, or nothing that can be read.
pub(crate) fn read(source: &Source, content_type: &str) -> Option<FileDate> {
    if is_video(content_type) {
        return film_date(source);
    }
    let head = source.head(HEAD_BYTES).ok()?;
    let exif = Reader::new().read_from_container(&mut Cursor::new(head)).ok()?;
    let wall = text(&exif, Tag::DateTimeOriginal).or_else(|| text(&exif, Tag::DateTimeDigitized))?;
    let wall = parse_exif(&wall)?;
    let offset = text(&exif, Tag::OffsetTimeOriginal).and_then(|text| parse_offset(&text));
    match offset {
        None => Some(FileDate::Wall(wall)),
        Some(minutes) => {
            let moment = wall.checked_sub(jiff::SignedDuration::from_mins(minutes)).ok()?;
            Some(FileDate::Moment(moment.to_zoned_datetime(jiff::tz::TimeZone::UTC).ok()?.timestamp(), Some(minutes)))
        }
    }
}

fn text(exif: &Exif, tag: Tag) -> Option<String> {
    match &exif.get_field(tag, In::PRIMARY)?.value {
        Value::Ascii(lines) => lines.first().map(|line| String::from_utf8_lossy(line).trim().to_owned()),
        _ => None,
    }
}

/// `2019:07:03 15:04:05`. Zeros and blanks stand for a date that is not known.
fn parse_exif(text: &str) -> Option<DateTime> {
    let (day, time) = text.split_once(' ')?;
    let text = format!("{}T{}", day.replace(':', "-"), time.trim());
    text.parse().ok().filter(|wall: &DateTime| wall.year() > 1)
}

/// `+02:00`, in minutes.
fn parse_offset(text: &str) -> Option<i64> {
    let (sign, rest) = if let Some(rest) = text.strip_prefix('-') { (-1, rest) } else { (1, text.strip_prefix('+')?) };
    let (hours, minutes) = rest.split_once(':')?;
    let minutes = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?;
    (minutes <= 14 * 60).then_some(sign * minutes)
}

/// The moment in the head of a film (`moov.mvhd`): UTC, by the standard. Zero stands for a date that is not known.
fn film_date(source: &Source) -> Option<FileDate> {
    let moov = find_box(source, *b"moov")?;
    let mvhd = child(&moov, *b"mvhd")?;
    let seconds = match mvhd.first()? {
        1 => u64::from_be_bytes(mvhd.get(4..12)?.try_into().ok()?),
        _ => u64::from(u32::from_be_bytes(mvhd.get(4..8)?.try_into().ok()?)),
    };
    let seconds = i64::try_from(seconds).ok()?.checked_sub(SECONDS_1904_TO_1970)?;
    (seconds > 0).then(|| Timestamp::from_second(seconds).ok()).flatten().map(|moment| FileDate::Moment(moment, None))
}

/// The beginning of a box of the top level. Others are passed over without being read, where the source can do that.
fn find_box(source: &Source, wanted: [u8; 4]) -> Option<Vec<u8>> {
    let mut offset = 0;
    // A film has a handful of boxes before this one; a file that is no film may have any number.
    for _ in 0..64 {
        let mut reader = source.open_at(offset).ok()?;
        let mut head = [0; 16];
        reader.read_exact(&mut head[..8]).ok()?;
        let (mut length, mut header) = (u64::from(u32::from_be_bytes(head[..4].try_into().ok()?)), 8);
        let kind: [u8; 4] = head[4..8].try_into().ok()?;
        if length == 1 {
            reader.read_exact(&mut head[8..]).ok()?;
            (length, header) = (u64::from_be_bytes(head[8..].try_into().ok()?), 16);
        }
        if kind == wanted {
            let mut content = Vec::new();
            reader.take(length.saturating_sub(header).min(HEAD_BYTES)).read_to_end(&mut content).ok()?;
            return Some(content);
        }
        // What is compressed would be read from the beginning each time: only what is near is looked for there.
        if length < header || (matches!(source, Source::Zipped { .. }) && offset + length > 64 * HEAD_BYTES) {
            return None;
        }
        offset = offset.checked_add(length)?;
    }
    None
}

/// What a box within a box holds.
fn child(content: &[u8], wanted: [u8; 4]) -> Option<&[u8]> {
    let mut rest = content;
    while rest.len() >= 8 {
        let length = usize::try_from(u32::from_be_bytes(rest[..4].try_into().ok()?)).ok()?;
        if rest[4..8] == wanted {
            return rest.get(8..length.min(rest.len()));
        }
        rest = rest.get(length.max(8)..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_of_cameras_are_read() {
        let wall = parse_exif("2019:07:03 15:04:05").expect("a date");
        assert_eq!(wall.to_string(), "2019-07-03T15:04:05");
        assert_eq!((parse_exif("0000:00:00 00:00:00"), parse_exif("    :  :     :  :  ")), (None, None));
        assert_eq!((parse_offset("+02:00"), parse_offset("-03:30"), parse_offset("Z")), (Some(120), Some(-210), None));
    }
}
