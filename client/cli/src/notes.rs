//! What is known of a photo or video beside its bytes.

use jiff::{
    SignedDuration, Timestamp,
    civil::DateTime,
    tz::{Offset, TimeZone},
};
use serde::{Deserialize, Serialize};

/// When something was taken, as the API writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Taken {
    /// RFC 3339 in UTC; without an offset it is the clock on the wall, written like UTC.
    pub(crate) at: String,
    /// Minutes that the clock on the wall was ahead of UTC, where that is known.
    pub(crate) offset_minutes: Option<i64>,
}

impl Taken {
    /// From the clock on the wall alone.
    pub(crate) fn on_the_wall(wall: DateTime) -> Option<Self> {
        Some(Self { at: written(wall.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp()), offset_minutes: None })
    }

    /// From a moment, and how far the clock on the wall was ahead of UTC.
    pub(crate) fn at(moment: Timestamp, offset: Offset) -> Self {
        Self { at: written(moment), offset_minutes: Some(i64::from(offset.seconds()) / 60) }
    }

    /// The clock on the wall.
    pub(crate) fn wall(&self) -> Option<DateTime> {
        let moment: Timestamp = self.at.parse().ok()?;
        let ahead = SignedDuration::from_mins(self.offset_minutes.unwrap_or(0));
        Some(moment.checked_add(ahead).ok()?.to_zoned_datetime(TimeZone::UTC).datetime())
    }
}

/// A moment as the API writes it, to the millisecond.
pub(crate) fn written(moment: Timestamp) -> String {
    format!("{moment:.3}")
}

/// What is to be noted of a photo or video.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Notes {
    /// What is said under it.
    pub(crate) caption: Option<String>,
    /// Where this is known better than from the file.
    pub(crate) taken: Option<Taken>,
    /// The name that people gave to the place.
    pub(crate) place_name: Option<String>,
    /// Whether whoever uploads it likes it.
    pub(crate) liked: bool,
}

impl Notes {
    /// Whether there is nothing to note.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// These, and of the others what these do not say.
    pub(crate) fn or(self, others: Self) -> Self {
        Self {
            caption: self.caption.or(others.caption),
            taken: self.taken.or(others.taken),
            place_name: self.place_name.or(others.place_name),
            liked: self.liked || others.liked,
        }
    }
}

/// A caption as the server takes it: not blank, at most 4,000 characters, without what commands a terminal.
pub(crate) fn caption(text: &str) -> Option<String> {
    let kept = |c: &char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    let text: String = text.trim().chars().filter(kept).take(4_000).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_wall_clock_comes_back() {
        let wall = date(2019, 7, 3).at(15, 4, 5, 0);
        let taken = Taken::on_the_wall(wall).expect("a date");
        assert_eq!((taken.at.as_str(), taken.wall()), ("2019-07-03T15:04:05.000Z", Some(wall)));
        let moment: Timestamp = "2019-07-03T13:04:05Z".parse().expect("a moment");
        let taken = Taken::at(moment, Offset::constant(2));
        assert_eq!((taken.offset_minutes, taken.wall()), (Some(120), Some(wall)));
    }

    #[test]
    fn captions_are_what_the_server_takes() {
        assert_eq!(caption("  \n"), None);
        assert_eq!(caption(" At the\nlake\u{7} ").as_deref(), Some("At the\nlake"));
        assert_eq!(caption(&"é".repeat(5_000)).map(|text| text.chars().count()), Some(4_000));
    }
}
