//! What makers of cameras note in a form of their own, as far as Mantel has a use for it.

use ::exif::{Tag, Value};

use super::{tiff::Order, value};

/// What an iPhone's note begins with; two bytes of a version and the byte order follow. Places are counted from here.
const APPLE_SIGNATURE: &[u8] = b"Apple iOS\0";
const ORDER_AT: usize = 12;
const DIRECTORY_AT: usize = 14;
const ENTRY_BYTES: usize = 12;
/// The tag of what the photo and the film of a Live Photo have in common.
const CONTENT_IDENTIFIER: u16 = 0x0011;
const ASCII: u16 = 2;
/// Longest identifier that is believed; Apple writes 36 characters.
const MAX_IDENTIFIER_BYTES: usize = 64;

/// The identifier that an iPhone gives the photo of a Live Photo.
pub(super) fn read_content_identifier(exif: &::exif::Exif) -> Option<String> {
    match value(exif, Tag::MakerNote)? {
        Value::Undefined(note, _) => content_identifier(note),
        _ => None,
    }
}

fn content_identifier(note: &[u8]) -> Option<String> {
    if !note.starts_with(APPLE_SIGNATURE) {
        return None;
    }
    let order = Order::of(note.get(ORDER_AT..)?)?;
    let (count, entries) = note.get(DIRECTORY_AT..)?.split_first_chunk()?;
    let entries = entries.as_chunks::<ENTRY_BYTES>().0.iter().take(usize::from(order.u16(*count)));
    for &[t0, t1, k0, k1, c0, c1, c2, c3, v0, v1, v2, v3] in entries {
        if order.u16([t0, t1]) == CONTENT_IDENTIFIER && order.u16([k0, k1]) == ASCII {
            let length = usize::try_from(order.u32([c0, c1, c2, c3])).ok()?;
            let at = usize::try_from(order.u32([v0, v1, v2, v3])).ok()?;
            let text = note.get(at..)?.get(..length)?;
            return checked(text.strip_suffix(b"\0").unwrap_or(text));
        }
    }
    None
}

fn checked(text: &[u8]) -> Option<String> {
    let plausible = (1..=MAX_IDENTIFIER_BYTES).contains(&text.len()) && text.iter().all(u8::is_ascii_graphic);
    plausible.then(|| String::from_utf8_lossy(text).into_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const IDENTIFIER: &str = "3B5E7A14-9C0D-4F62-8E21-6D0A5C9B7F13";

    /// A note with an entry of another tag before the identifier's.
    fn note(text: &[u8], little: bool) -> Vec<u8> {
        let order = if little { Order::Little } else { Order::Big };
        let entry = |tag, kind, count, value| {
            [
                order.bytes_of_u16(tag).as_slice(),
                &order.bytes_of_u16(kind),
                &order.bytes_of_u32(count),
                &order.bytes_of_u32(value),
            ]
            .concat()
        };
        let length = u32::try_from(text.len()).expect("a short text");
        let header =
            [b"Apple iOS\0\0\x01".as_slice(), if little { b"II" } else { b"MM" }, &order.bytes_of_u16(2)].concat();
        [header, entry(1, 9, 1, 14), entry(CONTENT_IDENTIFIER, ASCII, length, 44), vec![0; 4], text.to_vec()].concat()
    }

    #[test]
    fn the_identifier_is_read_in_both_byte_orders() {
        for little in [false, true] {
            let text = format!("{IDENTIFIER}\0");
            assert_eq!(content_identifier(&note(text.as_bytes(), little)).as_deref(), Some(IDENTIFIER));
        }
    }

    #[test]
    fn what_cannot_be_an_identifier_is_left_out() {
        for text in ["\0", "with a space\0", "two\nlines\0", "\u{e9}\0", &"x".repeat(65)] {
            assert_eq!(content_identifier(&note(text.as_bytes(), false)), None, "{text:?}");
        }
        assert_eq!(content_identifier(&note("x".repeat(64).as_bytes(), false)), Some("x".repeat(64)));
        let whole = note(b"abc\0", false);
        assert_eq!(content_identifier(&whole[..whole.len() - 1]), None);
        assert_eq!(content_identifier(&[b"Nikon", &whole[5..]].concat()), None);
    }

    proptest! {
        #[test]
        fn any_note_can_be_read(rest in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = content_identifier(&[APPLE_SIGNATURE, &rest].concat());
            let _ = content_identifier(&[APPLE_SIGNATURE, b"\0\x01MM", &rest].concat());
        }
    }
}
