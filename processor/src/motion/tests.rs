use std::io::Cursor;

use proptest::prelude::*;

use super::*;
use crate::testing;

/// The beginning of a film; nobody looks further.
fn film() -> Vec<u8> {
    [b"\0\0\0\x14ftypmp42\0\0\0\0isom".as_slice(), b"\0\0\0\x10mdat", b"pictures"].concat()
}

fn photo(xmp: &str) -> Vec<u8> {
    let jpeg = testing::jpeg(&testing::picture(16, 16, 1));
    let packet = [XMP_PREFIX, xmp.as_bytes()].concat();
    let length = u16::try_from(packet.len() + 2).expect("a short packet").to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xE1], &length, &packet, &jpeg[2..]].concat()
}

fn found(file: &[u8], format: Format) -> Option<FilmInPhoto> {
    motion_part(&mut Cursor::new(file), format).expect("memory can be read")
}

/// Asserts that the film after a photo is found, with `behind` after it.
fn assert_found(xmp: &str, behind: &[u8]) {
    let photo = photo(xmp);
    let file = [photo.as_slice(), &film(), behind].concat();
    let expected = FilmInPhoto { offset: photo.len() as u64, size_bytes: film().len() as u64 };
    assert_eq!(found(&file, Format::Jpeg), Some(expected), "{xmp}");
}

/// The trailer of a Samsung phone with one entry, whose data is named and ends right before it.
fn samsung(kind: u16, name: &str, data: &[u8]) -> Vec<u8> {
    let number = |value: usize| u32::try_from(value).expect("a small number").to_le_bytes();
    let data = [&[0, 0], kind.to_le_bytes().as_slice(), &number(name.len()), name.as_bytes(), data].concat();
    let entry = [&[0, 0], kind.to_le_bytes().as_slice(), &number(data.len()), &number(data.len())].concat();
    let table = [b"SEFH".as_slice(), &number(106), &number(1), &entry].concat();
    [data.as_slice(), &table, &number(table.len()), b"SEFT"].concat()
}

#[test]
fn the_film_of_a_google_phone_is_found_in_every_form() {
    let length = film().len();
    assert_found(&format!(r#"<Description GCamera:MicroVideo="1" GCamera:MicroVideoOffset="{length}"/>"#), b"");
    assert_found(&format!("<GCamera:MicroVideoOffset>\n {length} </GCamera:MicroVideoOffset>"), b"");
    assert_found(&format!("<Description GCamera:MotionPhoto='1' GCamera:MotionPhotoOffset='{length}'/>"), b"");
    assert_found(
        &format!(
            r#"<rdf:Seq><rdf:li><Container:Item Item:Mime="image/jpeg" Item:Semantic="Primary" Item:Length="0"
            Item:Padding="0"/></rdf:li><rdf:li><Container:Item Item:Mime="video/mp4" Item:Semantic="MotionPhoto"
            Item:Length="{length}"/></rdf:li></rdf:Seq>"#
        ),
        b"",
    );
    assert_found(
        &format!(
            "<rdf:li><GContainer:Item><GContainerItem:Length>{length}</GContainerItem:Length>
            <GContainerItem:Semantic>MotionPhoto</GContainerItem:Semantic></GContainer:Item></rdf:li>"
        ),
        b"",
    );
}

#[test]
fn what_follows_the_film_in_the_list_is_stepped_over() {
    let list = format!(
        "<C:Item I:Semantic='Primary'/><C:Item I:Length='{}' I:Mime='video/mp4'/><C:Item I:Length='5' I:Mime='x/y'/>",
        film().len()
    );
    assert_found(&list, b"12345");
}

#[test]
fn the_film_of_a_samsung_phone_is_found_in_its_trailer() {
    let photo = photo("");
    let trailer = samsung(SAMSUNG_FILM, "MotionPhoto_Data", &film());
    let file = [photo.as_slice(), &trailer].concat();
    let offset = photo.len() as u64 + 8 + 16;
    let expected = FilmInPhoto { offset, size_bytes: film().len() as u64 };
    assert_eq!(found(&file, Format::Jpeg), Some(expected));
    let other = [photo.as_slice(), &samsung(0x0A01, "Image_UTC_Data", &film())].concat();
    assert_eq!(found(&other, Format::Jpeg), None);
}

#[test]
fn the_film_of_a_heic_is_in_a_box_of_its_own() {
    let film = film();
    let mut before = [b"\0\0\0\x10ftypheic\0\0\0\0".as_slice(), b"\0\0\0\x0Cmetaabcd"].concat();
    let small = u32::try_from(film.len() + 8).expect("a small box").to_be_bytes();
    let large = (film.len() as u64 + 16).to_be_bytes();
    // A length of 32 bits, one of 64, and "to the end".
    for header in
        [[small.as_slice(), b"mpvd"].concat(), [b"\0\0\0\x01mpvd", large.as_slice()].concat(), b"\0\0\0\0mpvd".to_vec()]
    {
        let whole = [before.as_slice(), &header, &film].concat();
        let expected = FilmInPhoto { offset: (before.len() + header.len()) as u64, size_bytes: film.len() as u64 };
        assert_eq!(found(&whole, Format::Heic), Some(expected));
        assert_eq!(found(&whole, Format::Avif), Some(expected));
    }
    before.extend_from_slice(b"\0\0\0\x10mpvdnothing!");
    assert_eq!(found(&before, Format::Heic), None);
}

#[test]
fn broken_headers_do_not_hide_the_film() {
    let xmp = format!("<D G:MicroVideoOffset='{}'/>", film().len());
    let photo = photo(&xmp);
    let headers = &photo[..photo.windows(2).position(|bytes| bytes == [0xFF, 0xE0]).expect("a JFIF segment")];
    let file = [headers, b"\xFF\xE2\xFF\xFF", &film()].concat();
    assert!(found(&file, Format::Jpeg).is_some());
}

#[test]
fn what_a_file_only_claims_is_not_believed() {
    let length = film().len();
    let xmp = format!("<D G:MicroVideo='1' G:MicroVideoOffset='{length}'/>");
    let whole = [photo(&xmp), film()].concat();
    // Cut off by a program that knows nothing of it, moved, or no film at all.
    assert_eq!(found(&photo(&xmp), Format::Jpeg), None);
    assert_eq!(found(&whole[..whole.len() - 1], Format::Jpeg), None);
    assert_eq!(found(&[whole.as_slice(), b"x"].concat(), Format::Jpeg), None);
    for claim in ["0", "7", "99999999", "18446744073709551615", "-1", ""] {
        let xmp = format!("<D G:MicroVideoOffset='{claim}'/><C:Item I:Semantic='MotionPhoto' I:Length='{claim}'/>");
        assert_eq!(found(&[photo(&xmp), film()].concat(), Format::Jpeg), None, "{claim}");
    }
    assert_eq!(found(&whole, Format::Png), None);
}

proptest! {
    #[test]
    fn any_file_can_be_searched(
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        end in any::<prop::sample::Index>(),
        format in prop::sample::select(vec![Format::Jpeg, Format::Heic]),
    ) {
        let heic = [b"\0\0\0\x10ftypheic\0\0\0\0\0\0\0\x2Cmpvd".as_slice(), &film()].concat();
        let length = film().len();
        let xmp = format!("<C:Item I:Semantic='MotionPhoto' I:Length='{length}'/> MicroVideoOffset='{length}'");
        let mut file = match format {
            Format::Heic => heic,
            _ => photo(&xmp),
        };
        file.extend(samsung(SAMSUNG_FILM, "MotionPhoto_Data", &film()));
        for (at, byte) in damage {
            let at = at.index(file.len());
            file[at] = byte;
        }
        file.truncate(end.index(file.len()) + 1);
        if let Some(part) = motion_part(&mut Cursor::new(&file), format)? {
            prop_assert!(part.offset + part.size_bytes <= file.len() as u64);
        }
    }

    #[test]
    fn any_bytes_can_be_searched(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        for format in [Format::Jpeg, Format::Heic] {
            motion_part(&mut Cursor::new(&bytes), format)?;
        }
    }
}
