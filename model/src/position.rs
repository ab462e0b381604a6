//! Places in an order that people make by hand: between any two there is room for more.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{MediaId, Timestamp};

/// Digits in their order, as ULIDs have them (Crockford's base 32).
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Makes the milliseconds of every [`Timestamp`] positive.
const EPOCH_SHIFT: i64 = 100_000_000_000_000;

/// A place in an order by hand: a fraction between 0 and 1, written in digits of base 32 after the point, without
/// zeros at its end. Texts sort as the fractions do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Position(String);

/// The text is no position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a position")]
pub struct InvalidPosition;

impl TryFrom<String> for Position {
    type Error = InvalidPosition;

    fn try_from(text: String) -> Result<Self, InvalidPosition> {
        let valid = !text.is_empty() && !text.ends_with('0') && text.bytes().all(|digit| DIGITS.contains(&digit));
        if valid { Ok(Self(text)) } else { Err(InvalidPosition) }
    }
}

impl From<Position> for String {
    fn from(position: Position) -> Self {
        position.0
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Position {
    /// The place of what nobody has put anywhere: by its time, no two alike.
    #[must_use]
    pub fn by_time(time: Timestamp, id: MediaId) -> Self {
        // The last digit keeps ids apart that end in zeros.
        Self(format!("{:016}{}Z", time.unix_millis() + EPOCH_SHIFT, id.ulid()))
    }

    /// `count` places in order, after `low` and before `high`, which must be in order themselves. None is an end.
    #[must_use]
    pub fn between(low: Option<&Self>, high: Option<&Self>, count: usize) -> Vec<Self> {
        let mut places = Vec::with_capacity(count);
        fill(low, high, count, &mut places);
        places
    }
}

/// Puts the middle one in the middle, and the others on both sides of it, so that texts stay short.
fn fill(low: Option<&Position>, high: Option<&Position>, count: usize, places: &mut Vec<Position>) {
    if count == 0 {
        return;
    }
    let before = (count - 1) / 2;
    let middle = middle(low.map_or("", |low| &low.0), high.map(|high| high.0.as_str()));
    fill(low, Some(&middle), before, places);
    places.push(middle.clone());
    fill(Some(&middle), high, count - 1 - before, places);
}

/// A fraction between two others: their common beginning, then a digit between the first that differ.
fn middle(low: &str, high: Option<&str>) -> Position {
    let digit =
        |text: &str, at: usize| text.as_bytes().get(at).and_then(|d| DIGITS.iter().position(|known| known == d));
    let mut text = String::new();
    let mut high = high;
    for at in 0.. {
        let below = digit(low, at).unwrap_or(0);
        let above = high.map_or(DIGITS.len(), |high| digit(high, at).unwrap_or(0));
        let between = usize::midpoint(below, above);
        if between > below {
            text.push(char::from(DIGITS[between]));
            break;
        }
        text.push(char::from(DIGITS[below]));
        // Once below the upper end by a digit, anything that follows is below it too.
        if below < above {
            high = None;
        }
    }
    Position(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ulid::Ulid;

    use super::*;

    fn position() -> impl Strategy<Value = Position> {
        "[0-9A-HJKMNP-TV-Z]{0,8}[1-9A-HJKMNP-TV-Z]".prop_map(|text| Position::try_from(text).expect("a position"))
    }

    proptest! {
        #[test]
        fn there_is_room_between_any_two(one in position(), other in position(), count in 0_usize..60) {
            prop_assume!(one != other);
            let (low, high) = (one.clone().min(other.clone()), one.max(other));
            let places = Position::between(Some(&low), Some(&high), count);
            prop_assert_eq!(places.len(), count);
            let all: Vec<&Position> = [&low].into_iter().chain(&places).chain([&high]).collect();
            prop_assert!(all.is_sorted() && all.windows(2).all(|pair| pair[0] != pair[1]), "{:?}", all);
            for place in places {
                prop_assert_eq!(Position::try_from(place.0.clone()), Ok(place));
            }
        }

        #[test]
        fn there_is_room_at_both_ends(place in position(), count in 1_usize..60) {
            let before = Position::between(None, Some(&place), count);
            let after = Position::between(Some(&place), None, count);
            prop_assert!(before.is_sorted() && before.iter().all(|other| *other < place));
            prop_assert!(after.is_sorted() && after.iter().all(|other| *other > place));
        }

        #[test]
        fn time_orders_what_nobody_put_anywhere(times in any::<(i64, i64)>(), id in any::<u128>()) {
            let place = |millis| Position::by_time(Timestamp::from_unix_millis(millis), MediaId::new(Ulid(id)));
            let (one, other) = (Timestamp::from_unix_millis(times.0), Timestamp::from_unix_millis(times.1));
            prop_assert_eq!(place(times.0).cmp(&place(times.1)), one.cmp(&other));
            prop_assert!(Position::try_from(place(times.0).0).is_ok());
        }
    }

    #[test]
    fn putting_many_at_one_place_keeps_texts_short() {
        let mut low = Position::by_time(Timestamp::from_unix_millis(0), MediaId::new(Ulid(1)));
        let high = Position::by_time(Timestamp::from_unix_millis(1), MediaId::new(Ulid(2)));
        for _ in 0..1_000 {
            low = Position::between(Some(&low), Some(&high), 1).remove(0);
        }
        assert!(low.0.len() < 300, "{} digits", low.0.len());
    }
}
