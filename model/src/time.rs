//! Points in time, passed in by whoever has a clock.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize, de};
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

/// Tells the present time. Made once, in `main`; tests set their own.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Kiribati is 14 hours ahead of UTC; nowhere is further from it, in either direction.
pub const MAX_OFFSET_MINUTES: i32 = 14 * 60;

const MILLIS_PER_SECOND: i64 = 1_000;
const MILLIS_PER_DAY: i64 = 86_400_000;

/// A point in time in whole milliseconds, between the years 1 and 9999.
///
/// Written as RFC 3339 in UTC with three decimals (`2026-03-01T09:30:00.000Z`), so that texts sort
/// as the times they stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The first moment of the year 1.
    pub const MIN: Self = Self(-62_135_596_800_000);
    /// The last millisecond of the year 9999.
    pub const MAX: Self = Self(253_402_300_799_999);

    /// From milliseconds since 1970; what lies outside the years 1 to 9999 becomes the nearest end.
    #[must_use]
    pub fn from_unix_millis(millis: i64) -> Self {
        Self(millis.clamp(Self::MIN.0, Self::MAX.0))
    }

    /// From whole seconds since 1970.
    #[must_use]
    pub fn from_unix_seconds(seconds: i64) -> Self {
        Self::from_unix_millis(seconds.saturating_mul(MILLIS_PER_SECOND))
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub fn unix_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, rounded down.
    #[must_use]
    pub fn unix_seconds(self) -> i64 {
        self.0.div_euclid(MILLIS_PER_SECOND)
    }

    /// This time moved by some seconds, which may be negative.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_unix_millis(self.0.saturating_add(seconds.saturating_mul(MILLIS_PER_SECOND)))
    }

    /// The start of the window of `window_seconds` that this time lies in.
    #[must_use]
    pub fn floor_to(self, window_seconds: i64) -> Self {
        let window = window_seconds.max(1).saturating_mul(MILLIS_PER_SECOND);
        Self::from_unix_millis(self.0 - self.0.rem_euclid(window))
    }

    /// The calendar day at an offset from UTC, as `YYYY-MM-DD`.
    #[must_use]
    pub fn day_at(self, offset_minutes: i32) -> String {
        let local = self.0.saturating_add(i64::from(offset_minutes) * 60 * MILLIS_PER_SECOND);
        let day = Self::from_unix_millis(local - local.rem_euclid(MILLIS_PER_DAY));
        day.to_string()[..10].to_owned()
    }

    fn to_utc(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .expect("the constructors keep the range of years 1 to 9999")
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let t = self.to_utc();
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            t.year(),
            u8::from(t.month()),
            t.day(),
            t.hour(),
            t.minute(),
            t.second(),
            t.millisecond()
        )
    }
}

/// The text is not an RFC 3339 date and time between the years 1 and 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a date and time such as 2026-03-01T09:30:00Z")]
pub struct InvalidTimestamp;

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| InvalidTimestamp)?;
        let millis = parsed
            .checked_to_offset(UtcOffset::UTC)
            .ok_or(InvalidTimestamp)?
            .unix_timestamp_nanos()
            .div_euclid(1_000_000);
        let millis = i64::try_from(millis).map_err(|_| InvalidTimestamp)?;
        if (Self::MIN.0..=Self::MAX.0).contains(&millis) { Ok(Self(millis)) } else { Err(InvalidTimestamp) }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn text_parses_back_and_sorts_like_time(a in Timestamp::MIN.0..=Timestamp::MAX.0, b in Timestamp::MIN.0..=Timestamp::MAX.0) {
            let (a, b) = (Timestamp(a), Timestamp(b));
            prop_assert_eq!(a.to_string().parse::<Timestamp>(), Ok(a));
            prop_assert_eq!(a.to_string().cmp(&b.to_string()), a.cmp(&b));
        }

        #[test]
        fn a_window_starts_at_or_before_its_times(t in -1_000_000_000_000_i64..4_000_000_000_000, window in 1_i64..100_000) {
            let start = Timestamp(t).floor_to(window);
            prop_assert!(start <= Timestamp(t) && Timestamp(t) < start.plus_seconds(window));
            prop_assert_eq!(start.floor_to(window), start);
        }
    }

    #[test]
    fn a_day_is_that_of_the_place() {
        let t: Timestamp = "2026-03-01T23:30:00Z".parse().expect("a valid time");
        assert_eq!(t.day_at(0), "2026-03-01");
        assert_eq!(t.day_at(60), "2026-03-02");
    }
}
