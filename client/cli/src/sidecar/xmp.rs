//! XMP sidecars, as cameras' programs write them (ISO 16684-1): the caption, and when it was taken.

use jiff::civil::DateTime;
use roxmltree::{Document, Node, ParsingOptions};

use crate::notes::{Notes, Taken, caption};

const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const DC: &str = "http://purl.org/dc/elements/1.1/";
const EXIF: &str = "http://ns.adobe.com/exif/1.0/";
const PHOTOSHOP: &str = "http://ns.adobe.com/photoshop/1.0/";
const XMP: &str = "http://ns.adobe.com/xap/1.0/";

/// Where the date is, best first.
const DATES: [(&str, &str); 3] = [(EXIF, "DateTimeOriginal"), (PHOTOSHOP, "DateCreated"), (XMP, "CreateDate")];

/// What a sidecar says; none where it is not XMP.
pub(super) fn parse(text: &str) -> Option<Notes> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: 100_000, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text.trim_start_matches('\u{feff}'), options).ok()?;
    let descriptions: Vec<Node<'_, '_>> =
        document.descendants().filter(|node| node.has_tag_name((RDF, "Description"))).collect();
    if descriptions.is_empty() {
        return None;
    }
    let value = |space: &str, name: &str| descriptions.iter().find_map(|node| value_of(*node, space, name));
    let taken = DATES.iter().find_map(|(space, name)| value(space, name).and_then(|text| taken(&text)));
    Some(Notes { caption: value(DC, "description").and_then(|text| caption(&text)), taken, ..Notes::default() })
}

/// The value of a property: an attribute, the text of an element, or the first of its alternatives in other languages.
fn value_of(description: Node<'_, '_>, space: &str, name: &str) -> Option<String> {
    if let Some(value) = description.attribute((space, name)) {
        return Some(value.to_owned());
    }
    let element = description.children().find(|node| node.has_tag_name((space, name)))?;
    let of_list = element.descendants().find(|node| node.has_tag_name((RDF, "li")));
    of_list.unwrap_or(element).text().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// `2019-07-03T15:04:05+02:00`, or without an offset: the clock on the wall.
fn taken(text: &str) -> Option<Taken> {
    let after_date = text.get(10..).unwrap_or_default();
    if after_date.ends_with('Z') || after_date.contains(['+', '-']) {
        let moment: jiff::Timestamp = text.parse().ok()?;
        let wall: DateTime = text.trim_end_matches('Z').parse().ok()?;
        let utc = moment.to_zoned_datetime(jiff::tz::TimeZone::UTC).datetime();
        let minutes = wall.duration_since(utc).as_mins();
        return Some(Taken { at: crate::notes::written(moment), offset_minutes: Some(minutes) });
    }
    Taken::on_the_wall(text.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(content: &str) -> String {
        format!(
            "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"{RDF}\" xmlns:dc=\"{DC}\" xmlns:exif=\"{EXIF}\" \
             xmlns:xmp=\"{XMP}\">{content}</rdf:RDF></x:xmpmeta>"
        )
    }

    #[test]
    fn a_caption_and_a_date_with_its_offset_are_read() {
        let text = packet(
            "<rdf:Description exif:DateTimeOriginal=\"2019-07-03T15:04:05+02:00\"><dc:description><rdf:Alt>\
             <rdf:li xml:lang=\"x-default\">At the lake</rdf:li></rdf:Alt></dc:description></rdf:Description>",
        );
        let notes = parse(&text).expect("XMP");
        assert_eq!(notes.caption.as_deref(), Some("At the lake"));
        let taken = notes.taken.expect("a date");
        assert_eq!((taken.at.as_str(), taken.offset_minutes), ("2019-07-03T13:04:05.000Z", Some(120)));
    }

    #[test]
    fn a_date_without_an_offset_is_the_clock_on_the_wall() {
        let text = packet("<rdf:Description><xmp:CreateDate>2019-07-03T15:04:05</xmp:CreateDate></rdf:Description>");
        let taken = parse(&text).and_then(|notes| notes.taken).expect("a date");
        assert_eq!((taken.at.as_str(), taken.offset_minutes), ("2019-07-03T15:04:05.000Z", None));
    }

    #[test]
    fn what_is_no_xmp_is_told_apart() {
        assert_eq!(parse("<html/>"), None);
        assert_eq!(parse("not even XML"), None);
        assert_eq!(parse("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"), None);
    }
}
