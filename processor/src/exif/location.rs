//! Where a picture was taken.

use ::exif::{Exif, Tag};
use model::Location;

use super::{ascii, fraction, fractions, uint};

/// From below the Dead Sea's shore to above any balloon, in metres.
const ALTITUDES: std::ops::RangeInclusive<f64> = -1_000.0..=100_000.0;

/// The position, if it is whole and possible. Without N or S, E or W the hemisphere would be a guess.
pub(super) fn read_location(exif: &Exif) -> Option<Location> {
    let latitude = degrees(exif, Tag::GPSLatitude)? * sign(exif, Tag::GPSLatitudeRef, b'N', b'S')?;
    let longitude = degrees(exif, Tag::GPSLongitude)? * sign(exif, Tag::GPSLongitudeRef, b'E', b'W')?;
    believable(latitude, longitude, altitude(exif))
}

/// A place on Earth, if it is one; 0, 0 is what devices write that do not know.
pub(crate) fn believable(latitude: f64, longitude: f64, altitude_metres: Option<f64>) -> Option<Location> {
    let is_possible = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
    let is_unset = latitude == 0.0 && longitude == 0.0;
    let altitude_metres = altitude_metres.filter(|metres| ALTITUDES.contains(metres));
    (is_possible && !is_unset).then_some(Location { latitude, longitude, altitude_metres })
}

/// Degrees, minutes and seconds as degrees; some devices leave the last of them out.
fn degrees(exif: &Exif, tag: Tag) -> Option<f64> {
    let parts = fractions(exif, tag).filter(|parts| (1..=3).contains(&parts.len()))?;
    let degrees: f64 = parts.iter().zip([1.0, 60.0, 3_600.0]).map(|(part, unit)| part / unit).sum();
    (degrees.is_finite() && degrees >= 0.0).then_some(degrees)
}

fn sign(exif: &Exif, tag: Tag, positive: u8, negative: u8) -> Option<f64> {
    let letter = ascii(exif, tag)?.trim_ascii().first()?.to_ascii_uppercase();
    match letter {
        _ if letter == positive => Some(1.0),
        _ if letter == negative => Some(-1.0),
        _ => None,
    }
}

fn altitude(exif: &Exif) -> Option<f64> {
    let metres = fraction(exif, Tag::GPSAltitude)?;
    let is_below_sea = uint(exif, Tag::GPSAltitudeRef) == Some(1);
    Some(if is_below_sea { -metres } else { metres })
}
