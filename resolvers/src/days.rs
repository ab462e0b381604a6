//! Days by which lists are narrowed down: each is the day at the place of the picture.

use model::{Error, MAX_OFFSET_MINUTES, Timestamp};

use crate::scalars::AwsDate;

const SECONDS_PER_DAY: i64 = 24 * 3_600;

/// Some days, both ends included; a missing end is open. Days are texts that sort as what they stand for.
pub(crate) struct Days {
    from: Option<Day>,
    to: Option<Day>,
}

struct Day {
    text: String,
    /// When it begins by UTC.
    start: Timestamp,
}

impl Days {
    /// From two arguments.
    ///
    /// # Errors
    /// [`Error::BadRequest`] where one is no day, or they are in the wrong order.
    pub(crate) fn parse(from: Option<AwsDate>, to: Option<AwsDate>) -> Result<Self, Error> {
        let day = |date: Option<AwsDate>, argument| date.map(|date| Day::of(date.day(argument)?)).transpose();
        let (from, to) = (day(from, "from")?, day(to, "to")?);
        if let (Some(from), Some(to)) = (&from, &to)
            && from.text > to.text
        {
            return Err(Error::BadRequest("`from` must not be later than `to`.".to_owned()));
        }
        Ok(Self { from, to })
    }

    /// Whether a day is one of them.
    pub(crate) fn hold(&self, day: &str) -> bool {
        self.meet(day, day)
    }

    /// Whether one of them is among those from `first` to `last`.
    pub(crate) fn meet(&self, first: &str, last: &str) -> bool {
        self.from.as_ref().is_none_or(|from| from.text.as_str() <= last)
            && self.to.as_ref().is_none_or(|to| first <= to.text.as_str())
    }

    /// The moments that may be on one of these days somewhere on Earth; none where all may.
    pub(crate) fn range(&self) -> Option<(Timestamp, Timestamp)> {
        if self.from.is_none() && self.to.is_none() {
            return None;
        }
        let away = 60 * i64::from(MAX_OFFSET_MINUTES);
        let from = self.from.as_ref().map_or(Timestamp::MIN, |day| day.start.plus_seconds(-away));
        let to = self.to.as_ref().map_or(Timestamp::MAX, |day| day.start.plus_seconds(SECONDS_PER_DAY + away));
        Some((from, to))
    }
}

impl Day {
    fn of(text: String) -> Result<Self, Error> {
        let start = format!("{text}T00:00:00Z").parse().map_err(Error::internal)?;
        Ok(Self { text, start })
    }
}
