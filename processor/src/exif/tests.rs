use std::io::Cursor;

use image::DynamicImage;
use proptest::prelude::*;

use super::*;
use crate::testing::{self, ExifFields};

fn facts_of(fields: &ExifFields) -> PhotoFacts {
    let jpeg = testing::jpeg_with_exif(16, 16, 0, fields);
    read_exif(&mut Cursor::new(jpeg), Format::Jpeg).expect("memory can be read")
}

fn taken(fields: &ExifFields) -> Option<(String, Option<i32>)> {
    facts_of(fields).taken_at.map(|taken| (taken.time.to_string(), taken.offset_minutes))
}

#[test]
fn the_cameras_notes_are_read() {
    let facts = facts_of(&ExifFields {
        orientation: Some(6),
        camera_make: Some(" Canon\u{0} \u{7}".to_owned()),
        camera_model: Some("EOS 5D\n".to_owned()),
        lens: Some("   ".to_owned()),
        software: Some("é".repeat(300)),
        exposure_time: Some((1, 250)),
        f_number: Some((1_244_236, 699_009)),
        focal_length: Some((17, 4)),
        iso: Some(400),
        ..ExifFields::default()
    });
    let expected = Exif {
        camera_make: Some("Canon".to_owned()),
        camera_model: Some("EOS 5D".to_owned()),
        lens: None,
        focal_length_mm: Some(4.25),
        f_number: Some(1.78),
        exposure_time: Some("1/250".to_owned()),
        iso: Some(400),
        orientation: Some(6),
        software: Some("é".repeat(200)),
    };
    assert_eq!(facts.exif, expected);
    assert_eq!((facts.taken_at, facts.location, facts.is_reduced_copy), (None, None, false));
}

#[test]
fn an_exposure_is_written_as_people_do() {
    let cases = [(1.0 / 8_000.0, "1/8000"), (0.01, "1/100"), (0.25, "1/4"), (0.5, "0.5"), (1.0, "1"), (2.5, "2.5")];
    for (seconds, text) in cases {
        assert_eq!(exposure_time(seconds).as_deref(), Some(text));
    }
    for seconds in [0.0, -1.0, 1e-9, 1e9, f64::NAN, f64::INFINITY] {
        assert_eq!(exposure_time(seconds), None);
    }
}

#[test]
fn what_is_not_possible_is_left_out() {
    let facts = facts_of(&ExifFields {
        orientation: Some(9),
        exposure_time: Some((1, 0)),
        f_number: Some((0, 0)),
        focal_length: Some((0, 1)),
        iso: Some(0),
        taken: Some("0000:00:00 00:00:00".to_owned()),
        ..ExifFields::default()
    });
    assert_eq!(facts, PhotoFacts::default());
}

#[test]
fn without_an_offset_the_wall_clock_is_kept() {
    let fields = ExifFields { taken: Some("2024:07:03 15:04:05".to_owned()), ..ExifFields::default() };
    assert_eq!(taken(&fields), Some(("2024-07-03T15:04:05.000Z".to_owned(), None)));
}

#[test]
fn an_offset_and_fractions_make_the_moment_exact() {
    let fields = ExifFields {
        taken: Some("2024:07:03 00:30:05".to_owned()),
        sub_seconds: Some("25".to_owned()),
        offset: Some("+02:00".to_owned()),
        ..ExifFields::default()
    };
    assert_eq!(taken(&fields), Some(("2024-07-02T22:30:05.250Z".to_owned(), Some(120))));
}

#[test]
fn satellites_tell_the_offset_where_the_camera_does_not() {
    let fields = ExifFields {
        taken: Some("2024:07:03 00:30:05".to_owned()),
        satellite_clock: Some(("2024:07:02".to_owned(), [22, 29, 50])),
        ..ExifFields::default()
    };
    assert_eq!(taken(&fields), Some(("2024-07-02T22:30:05.000Z".to_owned(), Some(120))));
    let stale = ExifFields { satellite_clock: Some(("2024:07:02".to_owned(), [22, 22, 0])), ..fields };
    assert_eq!(taken(&stale), Some(("2024-07-03T00:30:05.000Z".to_owned(), None)));
}

#[test]
fn the_most_original_date_wins_and_impossible_ones_are_passed_over() {
    let mut fields = ExifFields {
        taken: Some("2001:01:01 01:01:01".to_owned()),
        digitized: Some("2002:02:02 02:02:02".to_owned()),
        changed: Some("2003:03:03 03:03:03".to_owned()),
        ..ExifFields::default()
    };
    let year = |fields: &ExifFields| taken(fields).map(|(time, _)| time[..4].to_owned());
    assert_eq!(year(&fields).as_deref(), Some("2001"));
    for impossible in ["0000:00:00 00:00:00", "1825:12:31 00:00:00", "2201:01:01 00:00:00", "2001:02:30 00:00:00", "x"]
    {
        fields.taken = Some(impossible.to_owned());
        assert_eq!(year(&fields).as_deref(), Some("2002"), "{impossible}");
    }
    fields.digitized = Some("    :  :     :  :  ".to_owned());
    assert_eq!(year(&fields).as_deref(), Some("2003"));
    fields.changed = Some("2003:03:03 24:00:00".to_owned());
    assert_eq!(year(&fields), None);
}

#[test]
fn a_place_is_read_in_all_hemispheres() {
    for (latitude, longitude, altitude) in
        [(48.858_222, 2.2945, Some(35.5)), (-33.8568, 151.2153, None), (31.5, -35.25, Some(-430.0)), (0.0, -78.5, None)]
    {
        let expected = Location { latitude, longitude, altitude_metres: altitude };
        let found = facts_of(&ExifFields { location: Some(expected), ..ExifFields::default() }).location;
        let found = found.expect("a possible place");
        assert!((found.latitude - latitude).abs() < 1e-6 && (found.longitude - longitude).abs() < 1e-6, "{found:?}");
        assert_eq!(found.altitude_metres, altitude);
    }
}

#[test]
fn a_place_in_signed_numbers_is_read_too() {
    let location = Some(Location { latitude: 31.5, longitude: 7.25, altitude_metres: None });
    let mut block = testing::exif_block(&ExifFields { location, ..ExifFields::default() });
    // Some phones write the coordinates with the type SRATIONAL (10) instead of RATIONAL (5).
    for tag in [2, 4] {
        let entry = [0, tag, 0, 5, 0, 0, 0, 3];
        let at = block.windows(8).position(|bytes| bytes == entry).expect("the coordinate's entry");
        block[at + 3] = 10;
    }
    let facts = read_exif(&mut Cursor::new(block), Format::Tiff).expect("memory can be read");
    assert_eq!(facts.location, location);
}

#[test]
fn an_impossible_place_is_no_place() {
    for (latitude, longitude) in [(91.0, 0.0), (0.0, 181.0), (0.0, 0.0)] {
        let location = Some(Location { latitude, longitude, altitude_metres: None });
        assert_eq!(facts_of(&ExifFields { location, ..ExifFields::default() }).location, None);
    }
}

#[test]
fn every_container_is_read() {
    let fields = ExifFields { camera_model: Some("Box".to_owned()), orientation: Some(8), ..ExifFields::default() };
    let picture = testing::picture(8, 8, 0);
    let png = testing::png(&DynamicImage::from(picture.clone()));
    let block = testing::exif_block(&fields);
    let length = u32::try_from(block.len()).expect("a small block").to_be_bytes();
    // After the signature and the header chunk.
    let png = [&png[..33], &length, b"eXIf", &block, &[0; 4], &png[33..]].concat();
    let heic = heic(&block);
    let files = [
        (Format::Jpeg, testing::jpeg_with_exif(8, 8, 0, &fields)),
        (Format::Png, png),
        (Format::WebP, testing::webp(&picture, Some(&fields))),
        (Format::Tiff, block),
        (Format::Heic, heic.clone()),
        (Format::Avif, heic),
    ];
    for (format, bytes) in files {
        let exif = read_exif(&mut Cursor::new(bytes), format).expect("memory can be read").exif;
        assert_eq!((exif.camera_model.as_deref(), exif.orientation), (Some("Box"), Some(8)), "{format:?}");
    }
}

/// A HEIF file with nothing in it but an EXIF item (ISO/IEC 23008-12, annex A).
fn heic(block: &[u8]) -> Vec<u8> {
    fn boxed(name: [u8; 4], body: &[&[u8]]) -> Vec<u8> {
        let body = body.concat();
        let length = u32::try_from(body.len() + 8).expect("a small box").to_be_bytes();
        [length.as_slice(), &name, &body].concat()
    }
    let extent = [&[0; 4], block].concat();
    let extent_length = u32::try_from(extent.len()).expect("a small block").to_be_bytes();
    let entry = boxed(*b"infe", &[&[2, 0, 0, 0], &[0, 1], &[0, 0], b"Exif", &[0]]);
    let items = boxed(*b"iinf", &[&[0; 4], &[0, 1], &entry]);
    // Version 1: sizes of offset and length, one item, kept in the idat box, one extent.
    let places = boxed(
        *b"iloc",
        &[&[1, 0, 0, 0], &[0x44, 0], &[0, 1], &[0, 1], &[0, 1], &[0, 0], &[0, 1], &[0; 4], &extent_length],
    );
    let data = boxed(*b"idat", &[&extent]);
    let kind = boxed(*b"ftyp", &[b"heic", &[0; 4], b"mif1"]);
    [kind, boxed(*b"meta", &[&[0; 4], &items, &places, &data])].concat()
}

#[test]
fn a_cut_block_gives_what_is_before_the_cut() {
    let fields = ExifFields { orientation: Some(6), ..ExifFields::default() };
    let block = testing::exif_block(&fields);
    // Orientation is the first of the two entries; the directory is cut within the second.
    let cut = &block[..8 + 2 + 12 + 6];
    let length = u16::try_from(cut.len() + 8).expect("a small block").to_be_bytes();
    let jpeg = [b"\xFF\xD8\xFF\xE1".as_slice(), &length, b"Exif\0\0", cut, b"\xFF\xD9"].concat();
    let facts = read_exif(&mut Cursor::new(jpeg), Format::Jpeg).expect("memory can be read");
    assert_eq!(facts.exif.orientation, Some(6));
}

#[test]
fn a_directory_that_follows_itself_ends() {
    // One directory at 8 with one entry (orientation 3), whose next directory is itself, and EXIF directories likewise.
    let block = b"MM\0*\0\0\0\x08\0\x02\x01\x12\0\x03\0\0\0\x01\0\x03\0\0\x87\x69\0\x04\0\0\0\x01\0\0\0\x08\0\0\0\x08";
    let jpeg = [b"\xFF\xD8\xFF\xE1\0\x2EExif\0\0".as_slice(), block, b"\xFF\xD9"].concat();
    for (bytes, format) in [(jpeg, Format::Jpeg), (block.to_vec(), Format::Tiff)] {
        let facts = read_exif(&mut Cursor::new(bytes), format).expect("memory can be read");
        assert_eq!(facts.exif.orientation, Some(3), "{format:?}");
    }
}

proptest! {
    #[test]
    fn any_damage_to_exif_is_survived(
        at in 0..400_usize,
        bytes in proptest::collection::vec(any::<u8>(), 1..16),
        format in prop::sample::select(vec![Format::Jpeg, Format::Tiff, Format::WebP, Format::Heic]),
    ) {
        let fields = ExifFields {
            camera_make: Some("A camera's maker".to_owned()),
            taken: Some("2024:07:03 15:04:05".to_owned()),
            location: Some(Location { latitude: 1.0, longitude: 2.0, altitude_metres: Some(3.0) }),
            ..ExifFields::default()
        };
        let mut file = match format {
            Format::Tiff => testing::exif_block(&fields),
            Format::WebP => testing::webp(&testing::picture(2, 2, 0), Some(&fields)),
            Format::Heic => heic(&testing::exif_block(&fields)),
            _ => testing::jpeg_with_exif(2, 2, 0, &fields),
        };
        for (index, byte) in bytes.into_iter().enumerate() {
            if let Some(target) = file.get_mut(at + index) {
                *target = byte;
            }
        }
        read_exif(&mut Cursor::new(file), format)?;
    }
}
