//! Single values of an XMP packet (ISO 16684-1), found without reading it as XML: programs write the same value as an
//! attribute or as an element, under prefixes of their own.

use std::ops::Range;

/// What an APP1 segment with a packet begins with.
pub(crate) const XMP_PREFIX: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";

/// Longer values are none that anybody asks for here.
const MAX_VALUE_BYTES: usize = 256;

/// Where the values of a property are in a packet, without the space around them: of `Length` those under every prefix, of
/// `Item:Length` those under one.
pub(crate) fn values<'x>(packet: &'x [u8], property: &'x [u8]) -> impl Iterator<Item = Range<usize>> + 'x {
    names(packet, property).filter_map(|after| value_after(packet, after))
}

/// The first value of a property that is a number.
pub(crate) fn number(packet: &[u8], property: &[u8]) -> Option<u64> {
    values(packet, property).find_map(|range| str::from_utf8(&packet[range]).ok()?.parse().ok())
}

/// Whether a property has this value.
pub(crate) fn says(packet: &[u8], property: &[u8], value: &[u8]) -> bool {
    values(packet, property).any(|range| &packet[range] == value)
}

/// The parts of a packet that begin with an element of this name, up to the next one.
pub(crate) fn elements<'x>(packet: &'x [u8], name: &'x [u8]) -> Vec<&'x [u8]> {
    let opens = |&after: &usize| {
        let before = &packet[..after - name.len()];
        let tag = before.iter().rposition(|&byte| !is_of_name(byte) && byte != b':');
        tag.is_some_and(|at| before[at] == b'<')
    };
    let starts: Vec<usize> = names(packet, name).filter(opens).collect();
    let ends = starts.iter().copied().skip(1).chain([packet.len()]);
    starts.iter().zip(ends).map(|(&start, end)| &packet[start..end]).collect()
}

/// The places right after a name that is no part of a longer one.
fn names<'x>(packet: &'x [u8], name: &'x [u8]) -> impl Iterator<Item = usize> + 'x {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + find(packet.get(at..)?, name)?;
            let end = start + name.len();
            at = end;
            let begins = start.checked_sub(1).is_none_or(|before| !is_of_name(packet[before]));
            let ends = packet.get(end).is_none_or(|&after| !is_of_name(after) && after != b':');
            if begins && ends {
                return Some(end);
            }
        }
    })
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let (&first, rest) = wanted.split_first()?;
    let candidates = bytes.iter().enumerate().filter(|&(_, &byte)| byte == first);
    candidates.map(|(at, _)| at).find(|&at| bytes[at + 1..].starts_with(rest))
}

/// The value of an attribute or an element whose name ends at `at`; none that is empty.
fn value_after(packet: &[u8], at: usize) -> Option<Range<usize>> {
    let at = skip_space(packet, at);
    let (start, end) = match packet.get(at)? {
        b'=' => {
            let quote = skip_space(packet, at + 1);
            let mark = *packet.get(quote)?;
            matches!(mark, b'"' | b'\'').then_some((quote + 1, mark))?
        }
        b'>' => (at + 1, b'<'),
        _ => return None,
    };
    let start = skip_space(packet, start);
    let length = packet.get(start..)?.iter().take(MAX_VALUE_BYTES).position(|&byte| byte == end)?;
    let length = packet[start..start + length].trim_ascii_end().len();
    (length > 0).then_some(start..start + length)
}

fn skip_space(packet: &[u8], at: usize) -> usize {
    let space = packet.get(at..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_whitespace());
    at + space.count()
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_value_is_found_in_every_form() {
        let forms = [
            r#"<rdf:Description a:Other="1" a:Offset="42"/>"#,
            "<rdf:Description a:Offset = '42' b:Offsets='1'/>",
            "<rdf:Description\n\ta:Offset\n=\n\" 42 \"/>",
            "<a:Offset>42</a:Offset>",
            "<a:Offset >\n  42\n</a:Offset >",
            "<b:Offset></b:Offset> <Offset>42</Offset>",
        ];
        for form in forms {
            assert_eq!(number(form.as_bytes(), b"Offset"), Some(42), "{form}");
            assert!(says(form.as_bytes(), b"Offset", b"42"), "{form}");
        }
    }

    #[test]
    fn another_name_or_a_broken_value_is_none() {
        let forms = [
            r#"a:MyOffset="42""#,
            r#"a:Offset2="42""#,
            r#"xmlns:Offset:x="42""#,
            r#"a:Offset="42"#,
            "a:Offset=42",
            "a:Offset",
            "<a:Offset>42",
            "<a:Offset>many</a:Offset>",
            r#"a:Offset="99999999999999999999""#,
            r#"a:Offset="-1""#,
        ];
        for form in forms {
            assert_eq!(number(form.as_bytes(), b"Offset"), None, "{form}");
        }
        assert_eq!(number(br#"xa:Offset="42""#, b"a:Offset"), None);
    }

    #[test]
    fn elements_are_told_apart() {
        let packet = br#"<c:Directory><li><c:Item i:Length="1"/></li><li><Item><i:Length>2</i:Length></Item></li>"#;
        let lengths: Vec<_> = elements(packet, b"Item").into_iter().map(|item| number(item, b"Length")).collect();
        assert_eq!(lengths, [Some(1), Some(2)]);
    }

    proptest! {
        #[test]
        fn any_packet_can_be_read(packet in "[<>/=\"' :aOffset\\n0-9\u{e9}]{0,60}") {
            let _ = number(packet.as_bytes(), b"Offset");
            let _ = elements(packet.as_bytes(), b"Offset");
        }
    }
}
