//! Places as texts such as `+47.5596+007.5886+260.000/` (ISO 6709, annex H).

use model::Location;

use crate::exif::believable;

/// The place that a text names, if it is whole and possible.
pub(super) fn parse(text: &str) -> Option<Location> {
    let text = text.trim().trim_end_matches('/');
    // What names the reference system comes last.
    let text = text.split_once("CRS").map_or(text, |(numbers, _)| numbers);
    let mut numbers = signed_numbers(text)?.into_iter();
    let (latitude, longitude) = (numbers.next()?, numbers.next()?);
    let altitude = numbers.next().and_then(|number| number.parse().ok());
    believable(degrees(latitude, 2)?, degrees(longitude, 3)?, altitude)
}

/// Up to three numbers, each beginning with its sign.
fn signed_numbers(text: &str) -> Option<Vec<&str>> {
    let starts: Vec<usize> = text.match_indices(['+', '-']).map(|(at, _)| at).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let numbers: Vec<&str> = starts.iter().zip(ends).map(|(&start, end)| &text[start..end]).collect();
    (starts.first() == Some(&0) && (2..=3).contains(&numbers.len())).then_some(numbers)
}

/// Degrees in decimals, or with two digits of minutes, or two more of seconds: by the number of digits before the point.
fn degrees(number: &str, digits: usize) -> Option<f64> {
    let (sign, number) = number.split_at_checked(1)?;
    let whole = number.split_once('.').map_or(number, |(whole, _)| whole);
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if !is_number || whole.is_empty() {
        return None;
    }
    let part = |from: usize, to: usize| number.get(from..to)?.parse::<f64>().ok();
    let value = match whole.len() {
        // Some programs do not pad with zeros.
        length if length <= digits => number.parse().ok()?,
        length if length == digits + 2 => part(0, digits)? + sixtieths(part(digits, number.len())?)?,
        length if length == digits + 4 => {
            let minutes = sixtieths(part(digits, digits + 2)?)?;
            part(0, digits)? + minutes + sixtieths(part(digits + 2, number.len())?)? / 60.0
        }
        _ => return None,
    };
    Some(if sign == "-" { -value } else { value })
}

fn sixtieths(value: f64) -> Option<f64> {
    (value < 60.0).then_some(value / 60.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As phones write it.
    fn write(place: &Location) -> String {
        let altitude = place.altitude_metres.map(|metres| format!("{metres:+08.3}")).unwrap_or_default();
        format!("{:+010.6}{:+011.6}{altitude}/", place.latitude, place.longitude)
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            latitude in -90_000_000_i32..=90_000_000,
            longitude in -180_000_000_i32..=180_000_000,
            altitude in proptest::option::of(-900_000_i32..9_000_000),
        ) {
            prop_assume!(latitude != 0 || longitude != 0);
            let place = Location {
                latitude: f64::from(latitude) / 1e6,
                longitude: f64::from(longitude) / 1e6,
                altitude_metres: altitude.map(|altitude| f64::from(altitude) / 1e3),
            };
            let read = parse(&write(&place));
            prop_assert_eq!(read, Some(place), "{}", write(&place));
        }

        #[test]
        fn any_text_can_be_read(text in "[-+0-9./CRS é]{0,24}") {
            let _ = parse(&text);
        }
    }

    #[test]
    fn degrees_may_have_minutes_and_seconds() {
        let place = |text| parse(text).map(|place| (place.latitude, place.longitude, place.altitude_metres));
        assert_eq!(place("+27.1281+100.2508+000.000/"), Some((27.1281, 100.2508, Some(0.0))));
        assert_eq!(place("+27.2939+112.6932/"), Some((27.2939, 112.6932, None)));
        assert_eq!(place("+4730.0-00715.0/"), Some((47.5, -7.25, None)));
        assert_eq!(place("-473000+0071500+100CRSWGS_84/"), Some((-47.5, 7.25, Some(100.0))));
        assert_eq!(place("+5.5+7.5"), Some((5.5, 7.5, None)));
    }

    #[test]
    fn what_is_no_place_is_none() {
        for text in ["", "/", "+27.1281", "27.1281+100.25/", "+95.0+100.0/", "+00.0000+000.0000/", "+4775.0+00715.0/"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
