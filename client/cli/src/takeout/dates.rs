//! When a photo of a Takeout was taken, where that is known from, and how sure it is.
//!
//! Google's sidecar has seconds of UTC and does not tell what the clock on the wall showed. A camera notes the clock on the
//! wall. Where both are of the same moment, their difference is the offset, and all is known.

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
    tz::{Offset, TimeZone},
};

use crate::{file_date::FileDate, notes::Taken};

/// The offsets that exist, in minutes: from Baker Island to the Line Islands, in quarters of an hour.
const OFFSETS: std::ops::RangeInclusive<i64> = -12 * 60..=14 * 60;
const QUARTER_SECONDS: i64 = 15 * 60;
/// By how much clocks of the same moment may differ, in seconds.
const TOLERANCE_SECONDS: i64 = 5;

/// What is decided about a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decision {
    /// What is to be noted; none where the server reads it from the file.
    pub(super) note: Option<Taken>,
    /// When it was taken, for the report.
    pub(super) taken: Option<Taken>,
    pub(super) source: &'static str,
    pub(super) confidence: &'static str,
}

impl Decision {
    fn noted(taken: Taken, source: &'static str, confidence: &'static str) -> Self {
        Self { note: Some(taken.clone()), taken: Some(taken), source, confidence }
    }

    fn of_file(date: &FileDate, source: &'static str, confidence: &'static str) -> Self {
        Self { note: None, taken: date.taken(), source, confidence }
    }
}

/// Decides by the file's own date, Google's, and the name of the file.
pub(super) fn decide(
    file: Option<&FileDate>,
    google: Option<Timestamp>,
    name: &str,
    zone: Option<&TimeZone>,
) -> Decision {
    match (file, google) {
        (Some(date @ FileDate::Wall(wall)), Some(google)) => match offset_between(*wall, google) {
            Some(minutes) => {
                let taken = Taken { at: crate::notes::written(google), offset_minutes: Some(minutes) };
                Decision::noted(taken, "the file and Google's date, which agree", "high")
            }
            None if is_near(*wall, google) => Decision::of_file(date, "the file; Google's date is near", "medium"),
            None => Decision::noted(
                in_zone(google, zone),
                "Google's date, which is not the file's: somebody corrected it there, or the camera's clock was wrong",
                "medium",
            ),
        },
        (Some(date @ FileDate::Moment(moment, _)), Some(google)) => {
            if moment.duration_since(google).abs().as_secs() <= 24 * 3_600 {
                return Decision::of_file(date, "the file; Google's date agrees", "high");
            }
            Decision::noted(in_zone(google, zone), "Google's date, which is not the file's", "medium")
        }
        (Some(date), None) => Decision::of_file(date, "the file", "high"),
        (None, Some(google)) => match zone {
            Some(_) => {
                Decision::noted(in_zone(google, zone), "Google's date, with the local time of --time-zone", "medium")
            }
            None => Decision::noted(
                in_zone(google, None),
                "Google's date; the local time is not known, so it is UTC",
                "low",
            ),
        },
        (None, None) => match wall_in_name(name).and_then(Taken::on_the_wall) {
            Some(taken) => Decision::noted(taken, "the name of the file", "medium"),
            None => Decision {
                note: None,
                taken: None,
                source: "none; it stands at the time of its upload",
                confidence: "low",
            },
        },
    }
}

/// By how many minutes the wall is ahead of the moment, if that can be an offset.
fn offset_between(wall: DateTime, moment: Timestamp) -> Option<i64> {
    let utc = moment.to_zoned_datetime(TimeZone::UTC).datetime();
    let seconds = wall.duration_since(utc).as_secs();
    let quarters = (seconds + QUARTER_SECONDS / 2).div_euclid(QUARTER_SECONDS);
    let minutes = quarters * 15;
    let near = (seconds - quarters * QUARTER_SECONDS).abs() <= TOLERANCE_SECONDS;
    (near && OFFSETS.contains(&minutes)).then_some(minutes)
}

/// Whether it may be the same moment, by clocks that differ.
fn is_near(wall: DateTime, moment: Timestamp) -> bool {
    let utc = moment.to_zoned_datetime(TimeZone::UTC).datetime();
    wall.duration_since(utc).abs().as_secs() <= 15 * 3_600
}

fn in_zone(moment: Timestamp, zone: Option<&TimeZone>) -> Taken {
    Taken::at(moment, zone.map_or(Offset::UTC, |zone| zone.to_offset(moment)))
}

/// `IMG_20190703_150405.jpg`, `PXL_20190703_150405123`, `Screenshot_2019-07-03-15-04-05`, `IMG-20190703-WA0001`:
/// the first eight digits that are a day, and six after them that are a time; noon otherwise.
fn wall_in_name(name: &str) -> Option<DateTime> {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let digits: Vec<(usize, u8)> = stem
        .bytes()
        .enumerate()
        .filter(|(_, byte)| byte.is_ascii_digit())
        .map(|(at, byte)| (at, byte - b'0'))
        .collect();
    let bytes = stem.as_bytes();
    (0..digits.len().saturating_sub(7)).find_map(|start| {
        let run = &digits[start..];
        // Between digits of one date there is at most one sign, and none stands before them.
        let joined =
            |count: usize| run.len() >= count && run[..count].windows(2).all(|pair| pair[1].0 - pair[0].0 <= 2);
        let free = run[0].0 == 0 || !bytes[run[0].0 - 1].is_ascii_digit();
        let number = |range: std::ops::Range<usize>| {
            run[range].iter().fold(0_i16, |sum, (_, digit)| sum * 10 + i16::from(*digit))
        };
        if !free || !joined(8) || !(1_990..=2_099).contains(&number(0..4)) {
            return None;
        }
        let date = Date::new(number(0..4), i8::try_from(number(4..6)).ok()?, i8::try_from(number(6..8)).ok()?).ok()?;
        let time = joined(14).then(|| {
            let part = |range| i8::try_from(number(range)).ok();
            Time::new(part(8..10)?, part(10..12)?, part(12..14)?, 0).ok()
        });
        Some(date.to_datetime(time.flatten().unwrap_or(Time::constant(12, 0, 0, 0))))
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn google(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    fn wall(hour: i8) -> FileDate {
        FileDate::Wall(date(2019, 7, 3).at(hour, 4, 5, 0))
    }

    #[test]
    fn file_and_google_together_give_the_offset() {
        let decision = decide(Some(&wall(15)), Some(google("2019-07-03T13:04:05Z")), "a.jpg", None);
        let taken = decision.note.expect("a date");
        assert_eq!((taken.at.as_str(), taken.offset_minutes), ("2019-07-03T13:04:05.000Z", Some(120)));
        assert_eq!(decision.confidence, "high");
        let nepal = decide(Some(&wall(15)), Some(google("2019-07-03T09:19:03Z")), "a.jpg", None);
        assert_eq!(nepal.note.and_then(|taken| taken.offset_minutes), Some(345));
    }

    #[test]
    fn a_date_that_was_corrected_at_google_counts() {
        let decision = decide(Some(&wall(15)), Some(google("1998-12-24T18:00:00Z")), "a.jpg", None);
        assert_eq!(decision.note.map(|taken| taken.at).as_deref(), Some("1998-12-24T18:00:00.000Z"));
        assert_eq!(decision.confidence, "medium");
    }

    #[test]
    fn without_a_date_in_the_file_local_time_is_not_known() {
        let decision = decide(None, Some(google("2019-07-03T13:04:05Z")), "a.jpg", None);
        assert_eq!((decision.note.and_then(|taken| taken.offset_minutes), decision.confidence), (Some(0), "low"));
        let vienna = TimeZone::get("Europe/Vienna").expect("a zone");
        let decision = decide(None, Some(google("2019-07-03T13:04:05Z")), "a.jpg", Some(&vienna));
        assert_eq!((decision.note.and_then(|taken| taken.offset_minutes), decision.confidence), (Some(120), "medium"));
    }

    #[test]
    fn the_file_alone_is_left_to_the_server() {
        let decision = decide(Some(&wall(15)), None, "a.jpg", None);
        assert_eq!((decision.note, decision.confidence), (None, "high"));
    }

    #[test]
    fn names_tell_dates() {
        for (name, expected) in [
            ("IMG_20190703_150405.jpg", "2019-07-03T15:04:05"),
            ("PXL_20190703_150405123.jpg", "2019-07-03T15:04:05"),
            ("Screenshot_2019-07-03-15-04-05.png", "2019-07-03T15:04:05"),
            ("IMG-20190703-WA0001.jpg", "2019-07-03T12:00:00"),
        ] {
            assert_eq!(wall_in_name(name).map(|wall| wall.to_string()).as_deref(), Some(expected), "{name}");
        }
        for name in ["IMG_1234.jpg", "99991231.jpg", "DSC20191345.jpg", "1562159045123.jpg"] {
            assert_eq!(wall_in_name(name), None, "{name}");
        }
    }
}
