//! What is known of a photo or film, beside its file: JSON with all of it, and XMP for other programs.
//!
//! XMP: ISO 16684-1; the properties are those that digiKam, Lightroom and darktable read.

use std::fmt::Write as _;

use model::{Media, Timestamp};
use serde_json::{Value, json};
use store::Survey;

use super::people::People;

/// Everything that Mantel knows and a person may want elsewhere.
pub(super) fn json(media: &Media, gallery: &str, survey: &Survey, people: &People) -> Value {
    let comments: Vec<Value> =
        survey.comments_on(media.id).into_iter().map(|comment| people.comment(comment)).collect();
    json!({
        "id": media.id,
        "gallery": gallery,
        "fileName": media.file_name,
        "kind": media.kind,
        "contentType": media.content_type,
        "sizeBytes": media.size_bytes,
        "sha256": media.sha256,
        "caption": media.caption,
        "takenAt": media.taken_at,
        "takenAtOffsetMinutes": media.taken_at_offset_minutes,
        "fileModifiedAt": media.file_modified_at,
        "location": media.location,
        "placeName": media.place_name,
        "exif": media.exif,
        "width": media.width,
        "height": media.height,
        "durationSeconds": media.duration_seconds,
        "rotationDegrees": media.rotation.degrees(),
        "uploadedBy": people.name(media.uploaded_by),
        "uploadedAt": media.created_at,
        "likedBy": media.liked_by.iter().map(|user| people.name(*user)).collect::<Vec<_>>(),
        "comments": comments,
    })
}

/// Caption, date and place, as other programs read them.
pub(super) fn xmp(media: &Media) -> String {
    let mut properties = String::new();
    if let Some(taken) = media.taken_at {
        let date = local_time(taken, media.taken_at_offset_minutes);
        for name in ["exif:DateTimeOriginal", "photoshop:DateCreated", "xmp:CreateDate"] {
            let _ = writeln!(properties, "   <{name}>{date}</{name}>");
        }
    }
    if let Some(location) = &media.location {
        let latitude = degrees(location.latitude, 'N', 'S');
        let longitude = degrees(location.longitude, 'E', 'W');
        let _ = writeln!(properties, "   <exif:GPSLatitude>{latitude}</exif:GPSLatitude>");
        let _ = writeln!(properties, "   <exif:GPSLongitude>{longitude}</exif:GPSLongitude>");
    }
    if let Some(place) = &media.place_name {
        let place = escape(place.as_str());
        let _ = writeln!(properties, "   <Iptc4xmpCore:Location>{place}</Iptc4xmpCore:Location>");
    }
    if let Some(caption) = &media.caption {
        let caption = escape(caption.as_str());
        let _ = writeln!(
            properties,
            "   <dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">{caption}</rdf:li></rdf:Alt></dc:description>"
        );
    }
    format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n\
         <x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n  \
         <rdf:Description rdf:about=\"\"\n    xmlns:dc=\"http://purl.org/dc/elements/1.1/\"\n    \
         xmlns:exif=\"http://ns.adobe.com/exif/1.0/\"\n    \
         xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\"\n    \
         xmlns:photoshop=\"http://ns.adobe.com/photoshop/1.0/\"\n    \
         xmlns:Iptc4xmpCore=\"http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/\">\n\
         {properties}  </rdf:Description>\n </rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"w\"?>\n"
    )
}

/// For XML and HTML. Characters that XML 1.0 cannot say are left out.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' | '\r' => escaped.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// The wall clock where it was taken, with its distance from UTC where that is known.
pub(super) fn local_time(time: Timestamp, offset_minutes: Option<i32>) -> String {
    let local = time.plus_seconds(i64::from(offset_minutes.unwrap_or(0)) * 60).to_string();
    let local = local.get(..19).unwrap_or_default();
    match offset_minutes {
        None => local.to_owned(),
        Some(minutes) => {
            let sign = if minutes < 0 { '-' } else { '+' };
            format!("{local}{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
        }
    }
}

/// Degrees and minutes, as XMP writes them: `48,8.1234N`.
fn degrees(value: f64, positive: char, negative: char) -> String {
    let side = if value < 0.0 { negative } else { positive };
    let (whole, rest) = (value.abs().trunc(), value.abs().fract());
    format!("{whole},{:.6}{side}", rest * 60.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_places_are_written_as_other_programs_read_them() {
        let time: Timestamp = "2024-07-01T08:00:00Z".parse().expect("a time");
        assert_eq!(local_time(time, Some(120)), "2024-07-01T10:00:00+02:00");
        assert_eq!(local_time(time, Some(-210)), "2024-07-01T04:30:00-03:30");
        assert_eq!(local_time(time, None), "2024-07-01T08:00:00");
        assert_eq!(degrees(-33.865_143, 'N', 'S'), "33,51.908580S");
    }

    #[test]
    fn text_cannot_end_what_it_stands_in() {
        assert_eq!(escape("<b a='1' b=\"2\">&\u{0}\u{7}"), "&lt;b a=&#39;1&#39; b=&quot;2&quot;&gt;&amp;");
    }
}
