//! The JSON that Google Takeout puts beside each photo.
//!
//! There is no specification of it. `photoTakenTime` is in seconds of UTC: what the clock on the wall showed is not told.

use jiff::{Timestamp, tz::Offset};
use serde::Deserialize;

use crate::notes::{Notes, Taken, caption};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    #[serde(default)]
    title: String,
    #[serde(default)]
    description: String,
    photo_taken_time: Option<Time>,
    #[serde(default)]
    favorited: bool,
    #[serde(default)]
    trashed: bool,
    geo_data: Option<Geo>,
    geo_data_exif: Option<Geo>,
}

#[derive(Deserialize)]
struct Time {
    /// Seconds, in text.
    timestamp: String,
}

#[derive(Deserialize)]
struct Geo {
    latitude: f64,
    longitude: f64,
}

/// A place, by WGS 84, in degrees north and east.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Place {
    pub(crate) latitude: f64,
    pub(crate) longitude: f64,
}

/// What Google says of a photo or video.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Google {
    /// The name that it was uploaded to Google with.
    pub(crate) title: String,
    pub(crate) caption: Option<String>,
    pub(crate) taken: Option<Timestamp>,
    pub(crate) favourite: bool,
    /// Whether it was in the trash.
    pub(crate) trashed: bool,
    pub(crate) place: Option<Place>,
}

impl Google {
    /// From the text of a sidecar; none where it is not one of a photo or video.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let raw: Raw = serde_json::from_str(text).ok()?;
        let taken = raw.photo_taken_time?.timestamp.trim().parse().ok().and_then(|s| Timestamp::from_second(s).ok());
        // Zero, and zero degrees north and east, stand for what is not known.
        let taken = taken.filter(|taken| taken.as_second() != 0);
        let place = [raw.geo_data, raw.geo_data_exif].into_iter().flatten();
        let place = place.map(|geo| Place { latitude: geo.latitude, longitude: geo.longitude });
        Some(Self {
            title: raw.title,
            caption: caption(&raw.description),
            taken,
            favourite: raw.favorited,
            trashed: raw.trashed,
            place: place.into_iter().find(|place| place.latitude != 0.0 || place.longitude != 0.0),
        })
    }

    /// What is to be noted, with the date in UTC.
    pub(crate) fn notes(&self) -> Notes {
        Notes {
            caption: self.caption.clone(),
            taken: self.taken.map(|taken| Taken::at(taken, Offset::UTC)),
            place_name: None,
            liked: self.favourite,
        }
    }
}

/// The title of an album, from the text of the file that describes it; none where it describes something else.
///
/// The name of that file is in the language of the account, so that its content has to tell.
pub(crate) fn album_title(text: &str) -> Option<String> {
    let json: serde_json::Value = serde_json::from_str(text).ok()?;
    let album = json.get("albumData").unwrap_or(&json);
    let is_photo = json.get("photoTakenTime").is_some() || json.get("url").is_some();
    let title = album.get("title")?.as_str()?.trim();
    let describes =
        json.get("albumData").is_some() || ["access", "date", "description"].iter().any(|key| json.get(key).is_some());
    (!is_photo && describes && !title.is_empty()).then(|| title.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sidecar_of_google_is_read() {
        let text = r#"{ "title": "IMG_1.JPG", "description": "At the lake", "photoTakenTime": { "timestamp": "1562159045",
            "formatted": "3 juil. 2019" }, "geoData": { "latitude": 0.0, "longitude": 0.0, "altitude": 0.0 },
            "geoDataExif": { "latitude": 48.2, "longitude": 16.37 }, "favorited": true }"#;
        let google = Google::parse(text).expect("a sidecar");
        assert_eq!((google.caption.as_deref(), google.favourite, google.trashed), (Some("At the lake"), true, false));
        assert_eq!(google.place, Some(Place { latitude: 48.2, longitude: 16.37 }));
        let taken = google.notes().taken.expect("a date");
        assert_eq!((taken.at.as_str(), taken.offset_minutes), ("2019-07-03T13:04:05.000Z", Some(0)));
    }

    #[test]
    fn albums_are_told_by_content_whatever_the_language() {
        assert_eq!(
            album_title(r#"{ "title": "Sommer", "description": "", "access": "protected" }"#).as_deref(),
            Some("Sommer")
        );
        assert_eq!(album_title(r#"{ "albumData": { "title": "Été" } }"#).as_deref(), Some("Été"));
        assert_eq!(album_title(r#"{ "title": "", "access": "" }"#), None);
        assert_eq!(album_title(r#"{ "title": "a.jpg", "photoTakenTime": { "timestamp": "1" } }"#), None);
        assert_eq!(album_title("[]"), None);
    }
}
