//! When a picture was taken, from tags that are texts without a time zone.

use ::exif::{DateTime, Exif, Tag};
use model::{MAX_OFFSET_MINUTES, TakenAt, Timestamp};
use time::{Date, Month, PrimitiveDateTime, Time};

use super::{ascii, fractions};

/// The first photograph is of 1826; cameras without a set clock write years such as 0000.
const YEARS: std::ops::RangeInclusive<u16> = 1826..=2200;

/// Offsets are multiples of a quarter of an hour.
const OFFSET_STEP_SECONDS: i64 = 15 * 60;

/// How far a camera's clock and the satellites' may be apart to believe that only the time zone is between them.
const MAX_CLOCK_ERROR_SECONDS: i64 = 2 * 60;

/// The tags of one point in time: date and time, fractions of a second, offset.
struct Source {
    date_time: Tag,
    sub_seconds: Tag,
    offset: Tag,
}

/// In the order in which they are believed: the shutter, the scanner, the last change.
const SOURCES: [Source; 3] = [
    Source { date_time: Tag::DateTimeOriginal, sub_seconds: Tag::SubSecTimeOriginal, offset: Tag::OffsetTimeOriginal },
    Source {
        date_time: Tag::DateTimeDigitized,
        sub_seconds: Tag::SubSecTimeDigitized,
        offset: Tag::OffsetTimeDigitized,
    },
    Source { date_time: Tag::DateTime, sub_seconds: Tag::SubSecTime, offset: Tag::OffsetTime },
];

/// The most original time that a picture carries.
pub(super) fn read_taken_at(exif: &Exif) -> Option<TakenAt> {
    let (source, wall_millis) = SOURCES.iter().find_map(|source| Some((source, read_wall_clock(exif, source)?)))?;
    let offset_minutes = [source.offset, Tag::OffsetTime]
        .into_iter()
        .find_map(|tag| parse_offset(ascii(exif, tag)?))
        .or_else(|| offset_by_satellite(wall_millis, read_satellite_clock(exif)?));
    let offset_millis = i64::from(offset_minutes.unwrap_or(0)) * 60_000;
    Some(TakenAt { time: Timestamp::from_unix_millis(wall_millis - offset_millis), offset_minutes })
}

/// The camera's wall clock as if it were UTC, in milliseconds since 1970.
fn read_wall_clock(exif: &Exif, source: &Source) -> Option<i64> {
    let mut clock = DateTime::from_ascii(ascii(exif, source.date_time)?).ok()?;
    if let Some(sub_seconds) = ascii(exif, source.sub_seconds) {
        // What is not a number counts as no fraction.
        let _ = clock.parse_subsec(sub_seconds.trim_ascii());
    }
    let millis = clock.nanosecond.unwrap_or(0) / 1_000_000;
    let time = Time::from_hms_milli(clock.hour, clock.minute, clock.second, u16::try_from(millis).ok()?).ok()?;
    unix_millis(clock.year, clock.month, clock.day, time)
}

/// The satellites' clock, which is UTC, in milliseconds since 1970.
fn read_satellite_clock(exif: &Exif) -> Option<i64> {
    let date = std::str::from_utf8(ascii(exif, Tag::GPSDateStamp)?).ok()?;
    let mut date = date.trim().splitn(3, [':', '-']);
    let (year, month, day) = (date.next()?.parse().ok()?, date.next()?.parse().ok()?, date.next()?.parse().ok()?);
    let [hour, minute, second] = fractions(exif, Tag::GPSTimeStamp)?.try_into().ok()?;
    unix_millis(year, month, day, Time::from_hms(whole(hour)?, whole(minute)?, whole(second)?).ok()?)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 0 to 60")]
fn whole(value: f64) -> Option<u8> {
    (0.0..60.0).contains(&value).then_some(value as u8)
}

fn unix_millis(year: u16, month: u8, day: u8, time: Time) -> Option<i64> {
    if !YEARS.contains(&year) {
        return None;
    }
    let date = Date::from_calendar_date(i32::from(year), Month::try_from(month).ok()?, day).ok()?;
    let moment = PrimitiveDateTime::new(date, time).assume_utc();
    Some(moment.unix_timestamp() * 1_000 + i64::from(moment.millisecond()))
}

/// Minutes of `+02:00`, as EXIF 2.31 writes offsets, or of the `Z` that some programs write.
fn parse_offset(text: &[u8]) -> Option<i32> {
    let text = std::str::from_utf8(text).ok()?.trim();
    if text == "Z" {
        return Some(0);
    }
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let (hours, minutes) = (hours.parse::<u8>().ok()?, minutes.parse::<u8>().ok().filter(|&minutes| minutes < 60)?);
    let offset = sign * (i32::from(hours) * 60 + i32::from(minutes));
    (offset.abs() <= MAX_OFFSET_MINUTES).then_some(offset)
}

/// How far the wall clock is ahead of UTC, where the difference looks like a time zone.
fn offset_by_satellite(wall_millis: i64, utc_millis: i64) -> Option<i32> {
    let ahead_seconds = (wall_millis - utc_millis).div_euclid(1_000);
    let steps = (ahead_seconds + OFFSET_STEP_SECONDS / 2).div_euclid(OFFSET_STEP_SECONDS);
    let rounded_seconds = steps * OFFSET_STEP_SECONDS;
    let offset = i32::try_from(rounded_seconds / 60).ok()?;
    let is_plausible = (ahead_seconds - rounded_seconds).abs() <= MAX_CLOCK_ERROR_SECONDS;
    (is_plausible && offset.abs() <= MAX_OFFSET_MINUTES).then_some(offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_parsed_or_ignored() {
        assert_eq!(parse_offset(b"+02:00"), Some(120));
        assert_eq!(parse_offset(b"-09:30"), Some(-570));
        assert_eq!(parse_offset(b"+05:45 "), Some(345));
        assert_eq!(parse_offset(b"Z"), Some(0));
        for broken in [b"   :  ".as_slice(), b"", b"+15:00", b"02:00", b"+0200", b"+02:75", b"\xFF"] {
            assert_eq!(parse_offset(broken), None, "{broken:?}");
        }
    }

    #[test]
    fn a_satellite_tells_the_offset_only_when_it_looks_like_one() {
        let offset = |seconds: i64| offset_by_satellite(1_700_000_000_000 + seconds * 1_000, 1_700_000_000_000);
        assert_eq!(offset(7_200), Some(120));
        assert_eq!(offset(7_290), Some(120));
        assert_eq!(offset(-12_600 - 60), Some(-210));
        assert_eq!(offset(7_200 + 300), None);
        assert_eq!(offset(15 * 3_600), None);
    }
}
