use std::{
    error::Error,
    io::{self, Cursor, Write},
};

use ::exif::{Field, In, Tag, Value, experimental::Writer};
use image::{DynamicImage, GrayImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use proptest::prelude::*;

use super::{
    super::libjpeg::{Color, Scale},
    *,
};
use crate::testing;

type TestResult = Result<(), Box<dyn Error>>;

/// None stands for a picture in grey.
const SAMPLINGS: [Option<SamplingFactor>; 6] = [
    None,
    Some(SamplingFactor::R_4_4_4),
    Some(SamplingFactor::R_4_2_2),
    Some(SamplingFactor::R_4_4_0),
    Some(SamplingFactor::R_4_2_0),
    Some(SamplingFactor::R_4_1_1),
];

fn encoded(width: u32, height: u32, sampling: Option<SamplingFactor>, progressive: bool) -> Vec<u8> {
    let picture = testing::picture(width, height, width + height);
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, 90);
    encoder.set_progressive(progressive);
    encoder.set_sampling_factor(sampling.unwrap_or(SamplingFactor::R_4_4_4));
    let side = |length: u32| u16::try_from(length).expect("a small picture");
    let (pixels, color) = match sampling {
        Some(_) => (picture.into_raw(), ColorType::Rgb),
        None => (DynamicImage::from(picture).into_luma8().into_raw(), ColorType::Luma),
    };
    encoder.encode(&pixels, side(width), side(height), color).expect("a picture can be encoded");
    jpeg
}

/// The decoded planes, each in the size that the file has it in, as pictures in grey.
fn planes(jpeg: &[u8]) -> Result<Vec<DynamicImage>, Failure> {
    let mut decoder = Decoder::open(jpeg, 100)?;
    let layouts = decoder.plan(decoder.color().unwrap_or(Color::YCbCr), Scale::Full);
    let mut planes = vec![Vec::new(); layouts.len()];
    decoder.start()?;
    while decoder.decode_band()? {
        for (index, plane) in planes.iter_mut().enumerate() {
            decoder.rows(index).for_each(|row| plane.extend_from_slice(row));
        }
    }
    let picture = |(plane, layout): (Vec<u8>, &super::super::libjpeg::PlaneLayout)| {
        GrayImage::from_raw(layout.width, layout.height, plane).expect("as many samples as the plane has").into()
    };
    Ok(planes.into_iter().zip(&layouts).map(picture).collect())
}

fn orientation(value: u8) -> Orientation {
    Orientation::from_exif(value).expect("1 to 8 are orientations")
}

/// The outcome, and the file if there is one.
fn turned(jpeg: &[u8], turn: Orientation, limits: &Limits) -> Result<(UprightOriginal, Option<Vec<u8>>), Refusal> {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let (source, to) = (folder.path().join("source"), folder.path().join("to"));
    fs::write(&source, jpeg).expect("a small file can be written");
    let outcome = upright_original(&source, turn, &to, limits);
    let file = fs::read(&to).ok();
    assert_eq!(file.is_some(), matches!(outcome, Ok(UprightOriginal::Made { .. })), "{outcome:?}");
    assert_eq!(fs::read(&source).ok().as_deref(), Some(jpeg), "the original is never touched");
    outcome.map(|outcome| (outcome, file))
}

fn made(jpeg: &[u8], turn: Orientation) -> Vec<u8> {
    let (outcome, file) = turned(jpeg, turn, &Limits::default()).expect("a good picture");
    file.unwrap_or_else(|| panic!("{outcome:?}"))
}

fn assert_not_lossless(jpeg: &[u8], turn: u8, what: &str) {
    let outcome = turned(jpeg, orientation(turn), &Limits::default()).map(|(outcome, _)| outcome);
    assert!(matches!(outcome, Ok(UprightOriginal::NotLossless)), "{what}: {outcome:?}");
}

fn segment(marker: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len() + 2).expect("a small segment").to_be_bytes();
    [&[0xFF, marker], length.as_slice(), payload].concat()
}

/// Puts segments at the start of a file.
fn with_segments(jpeg: &[u8], segments: &[Vec<u8>]) -> Vec<u8> {
    [&jpeg[..2], &segments.concat(), &jpeg[2..]].concat()
}

/// What a camera writes of a picture of 64 x 32, with a preview.
fn camera_notes(orientation: u16, little_endian: bool) -> Vec<u8> {
    let fields = [
        (Tag::Orientation, Value::Short(vec![orientation])),
        (Tag::ImageWidth, Value::Long(vec![64])),
        (Tag::ImageLength, Value::Short(vec![32])),
        (Tag::Model, Value::Ascii(vec![b"A camera".to_vec()])),
        (Tag::PixelXDimension, Value::Long(vec![64])),
        (Tag::PixelYDimension, Value::Long(vec![32])),
        (Tag::MakerNote, Value::Undefined(b"secrets of the maker".to_vec(), 0)),
    ];
    let fields = fields.map(|(tag, value)| Field { tag, ifd_num: In::PRIMARY, value });
    let mut writer = Writer::new();
    for field in &fields {
        writer.push_field(field);
    }
    writer.set_jpeg(b"\xFF\xD8a preview\xFF\xD9", In::THUMBNAIL);
    let mut block = Cursor::new(Vec::new());
    writer.write(&mut block, little_endian).expect("a small block");
    [b"Exif\0\0".as_slice(), block.get_ref()].concat()
}

fn contains(file: &[u8], text: &[u8]) -> bool {
    file.windows(text.len()).any(|bytes| bytes == text)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// But for how a decoder rounds, which computes columns before rows.
    #[test]
    fn the_file_holds_the_turned_picture(
        value in 2..=8_u8, sampling in 0..SAMPLINGS.len(), progressive in any::<bool>(),
        width in 1..5_u32, height in 1..5_u32,
    ) {
        let jpeg = encoded(width * 32, height * 32, SAMPLINGS[sampling], progressive);
        let turn = orientation(value);
        let upright = made(&jpeg, turn);
        let (before, after) = (planes(&jpeg).expect("a good file"), planes(&upright).expect("a good file"));
        prop_assert_eq!(before.len(), after.len());
        for (before, after) in before.iter().zip(&after) {
            let (expected, found) = (turn.apply(before.to_rgb8()), after.to_rgb8());
            prop_assert_eq!(expected.dimensions(), found.dimensions());
            prop_assert!(expected.as_raw().iter().zip(found.as_raw()).all(|(a, b)| a.abs_diff(*b) <= 1));
        }
        // Nothing was lost on the way: turned back, it is the same picture to the sample.
        prop_assert_eq!(before, planes(&made(&upright, turn.inverse())).expect("a good file"));
        // And it stays baseline or progressive.
        let frame = |file: &[u8]| contains(file, &[0xFF, 0xC2, 0]);
        prop_assert_eq!(frame(&upright), progressive);
    }

    #[test]
    fn no_damage_gets_past_the_guard(
        value in 1..=8_u8, sampling in 0..SAMPLINGS.len(), progressive in any::<bool>(),
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..10),
    ) {
        let jpeg = encoded(64, 32, SAMPLINGS[sampling], progressive);
        let xmp = [b"http://ns.adobe.com/xap/1.0/\0".as_slice(), b"tiff:Orientation='6'"].concat();
        let mut jpeg = with_segments(&jpeg, &[segment(0xE1, &camera_notes(6, false)), segment(0xE1, &xmp)]);
        for (at, byte) in damage {
            let at = at.index(jpeg.len());
            jpeg[at] = byte;
        }
        let limits = Limits { max_pixels: 1_000_000, ..Limits::default() };
        match turned(&jpeg, orientation(value), &limits) {
            Ok(_) | Err(Refusal::TooLarge { .. } | Refusal::TooMuchMemory { .. }) => {}
            // A width or height of 0.
            Err(Refusal::Broken { source }) => prop_assert!(source.to_string().contains("no pixels"), "{source:?}"),
            Err(refusal) => prop_assert!(false, "{:?}", refusal),
        }
    }

    #[test]
    fn any_notes_can_be_changed(mut block in proptest::collection::vec(any::<u8>(), 0..120), swaps_sides in any::<bool>()) {
        exif::make_upright(&mut block, swaps_sides);
        let mut block = [b"MM\0*\0\0\0\x08\0\x03".as_slice(), &block].concat();
        exif::make_upright(&mut block, swaps_sides);
    }

    #[test]
    fn notes_with_damage_can_be_changed(
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..10), little in any::<bool>(),
    ) {
        let mut block = camera_notes(6, little).split_off(6);
        for (at, byte) in damage {
            let at = at.index(block.len());
            block[at] = byte;
        }
        exif::make_upright(&mut block, true);
    }
}

#[test]
fn blocks_that_the_picture_does_not_fill_stay_at_the_end() {
    // 4:2:0: blocks of 16 x 16. Which edge comes first depends on the turn.
    let narrow = encoded(60, 32, Some(SamplingFactor::R_4_2_0), false);
    let low = encoded(64, 30, Some(SamplingFactor::R_4_2_0), false);
    for value in 2..=8 {
        let needs_width = matches!(value, 2 | 3 | 7 | 8);
        let needs_height = matches!(value, 3 | 4 | 6 | 7);
        for (jpeg, impossible) in [(&narrow, needs_width), (&low, needs_height)] {
            if impossible {
                assert_not_lossless(jpeg, value, &format!("orientation {value}"));
            } else {
                let back = made(&made(jpeg, orientation(value)), orientation(value).inverse());
                assert_eq!(planes(jpeg).ok(), planes(&back).ok(), "orientation {value}");
            }
        }
    }
}

#[test]
fn the_notes_say_that_the_picture_is_upright_and_keep_the_rest() -> TestResult {
    for (little, value) in [(false, 6), (true, 6), (true, 3)] {
        let notes = camera_notes(value.into(), little);
        let jpeg = with_segments(&encoded(64, 32, SAMPLINGS[4], false), &[segment(0xE1, &notes)]);
        let upright = made(&jpeg, orientation(value));
        let exif = ::exif::Reader::new().read_from_container(&mut Cursor::new(&upright))?;
        let number = |tag| exif.get_field(tag, In::PRIMARY).and_then(|field| field.value.get_uint(0));
        assert_eq!(number(Tag::Orientation), Some(1));
        let sides = if value == 6 { (Some(32), Some(64)) } else { (Some(64), Some(32)) };
        assert_eq!((number(Tag::PixelXDimension), number(Tag::PixelYDimension)), sides);
        assert_eq!((number(Tag::ImageWidth), number(Tag::ImageLength)), sides);
        assert!(exif.fields().all(|field| field.ifd_num == In::PRIMARY), "there is a preview");
        assert!(contains(&upright, b"secrets of the maker") && contains(&upright, b"A camera"));
        assert!(contains(&jpeg, b"a preview") && !contains(&upright, b"a preview"));
    }
    Ok(())
}

#[test]
fn a_preview_in_the_middle_is_blanked_and_nothing_moves() {
    let mut block = camera_notes(6, false).split_off(6);
    block.extend_from_slice(b"more of the maker");
    let length = block.len();
    exif::make_upright(&mut block, true);
    assert_eq!(block.len(), length);
    assert!(contains(&block, b"more of the maker") && !contains(&block, b"a preview"));
}

#[test]
fn segments_keep_their_order_and_those_of_other_pictures_go() {
    let xmp = b"http://ns.adobe.com/xap/1.0/\0<D tiff:Orientation=\"6\"/> <tiff:Orientation>8</tiff:Orientation>";
    let segments = [
        segment(0xE1, &camera_notes(6, false)),
        segment(0xE1, xmp),
        segment(0xE2, b"ICC_PROFILE\0\x01\x01a profile"),
        segment(0xE2, b"MPF\0MM\0*elsewhere"),
        segment(0xE0, b"JFXX\0\x10a preview"),
        segment(0xFE, b"a comment"),
    ];
    let jpeg = with_segments(&encoded(64, 32, SAMPLINGS[4], false), &segments);
    let behind = [jpeg.as_slice(), b"\xFF\xD8another picture"].concat();
    let upright = made(&behind, orientation(6));
    let found = jpeg::app_segments(&mut Cursor::new(&upright), MAX_SEGMENT_BYTES).expect("a good file");
    let told: Vec<_> =
        found.iter().map(|segment| (segment.marker, String::from_utf8_lossy(&segment.payload))).collect();
    assert!(told[0].0 == 0xE1 && told[0].1.starts_with("Exif\0\0"));
    assert!(told[1].1.ends_with(r#"<D tiff:Orientation="1"/> <tiff:Orientation>1</tiff:Orientation>"#), "{told:?}");
    assert_eq!(told[2], (0xE2, "ICC_PROFILE\0\u{1}\u{1}a profile".into()));
    assert_eq!(told[3], (0xFE, "a comment".into()));
    assert!(told[4].0 == 0xE0 && told[4].1.starts_with("JFIF\0") && told.len() == 5, "{told:?}");
    assert!(!contains(&upright, b"another picture"));
}

#[test]
fn what_is_upright_is_left_alone_unless_its_tag_says_otherwise() -> TestResult {
    let jpeg = encoded(60, 30, SAMPLINGS[4], false);
    let limits = Limits::default();
    for file in [jpeg.clone(), with_segments(&jpeg, &[segment(0xE1, &camera_notes(1, true))])] {
        assert_eq!(turned(&file, Orientation::UPRIGHT, &limits)?.0, UprightOriginal::AlreadyUpright);
    }
    // A person turned it back from what the camera meant.
    let tagged = with_segments(&jpeg, &[segment(0xE1, &camera_notes(6, true))]);
    let upright = made(&tagged, Orientation::UPRIGHT);
    assert_eq!(planes(&tagged)?, planes(&upright)?);
    assert_eq!(read_exif(&mut Cursor::new(&upright), Format::Jpeg)?.exif.orientation, Some(1));
    Ok(())
}

#[test]
fn a_tag_in_a_cut_directory_is_changed_too() -> TestResult {
    // Orientation is the first of three entries that are promised.
    let notes = b"Exif\0\0MM\0*\0\0\0\x08\0\x03\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\x01";
    let jpeg = with_segments(&encoded(64, 32, SAMPLINGS[4], false), &[segment(0xE1, notes)]);
    let orientation_of =
        |file: &[u8]| read_exif(&mut Cursor::new(file), Format::Jpeg).map(|facts| facts.exif.orientation);
    assert_eq!(orientation_of(&jpeg)?, Some(6));
    assert_eq!(orientation_of(&made(&jpeg, orientation(6)))?, Some(1));
    Ok(())
}

#[test]
fn a_photo_with_a_film_is_left_as_it_is() {
    let film = b"\0\0\0\x14ftypmp42\0\0\0\0isom";
    let xmp = format!("http://ns.adobe.com/xap/1.0/\0<D GCamera:MicroVideoOffset=\"{}\"/>", film.len());
    let jpeg = with_segments(&encoded(64, 32, SAMPLINGS[4], false), &[segment(0xE1, xmp.as_bytes())]);
    assert_not_lossless(&[jpeg.as_slice(), film].concat(), 6, "a film");
    made(&jpeg, orientation(6));
}

#[test]
fn a_photo_for_bright_screens_is_left_as_it_is() {
    let jpeg = encoded(64, 32, SAMPLINGS[4], false);
    let xmp = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<D hdrgm:Version=\"1.0\"/>");
    let iso = segment(0xE2, b"urn:iso:std:iso:ts:21496:-1\0\0\0\0\0");
    for told in [xmp, iso] {
        assert_not_lossless(&with_segments(&jpeg, &[told]), 6, "a gain map");
    }
}

#[test]
fn a_disk_that_is_full_is_not_the_files_fault() -> TestResult {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let jpeg = encoded(64, 32, SAMPLINGS[4], false);
    let read = Coefficients::read(Decoder::open(jpeg.as_slice(), 100)?, orientation(6))?.expect("a good file");
    let failure = read.write(&[], &mut Full).expect_err("nothing can be written");
    assert!(matches!(&failure, Failure::Write(error) if error.kind() == io::ErrorKind::StorageFull), "{failure:?}");
    assert!(Refusal::from(failure).is_transient());
    Ok(())
}

#[test]
fn nothing_is_made_of_a_damaged_file() {
    for (sampling, progressive) in [(0, false), (4, false), (4, true)] {
        let jpeg = encoded(64, 32, SAMPLINGS[sampling], progressive);
        for end in (0..jpeg.len()).step_by(37).chain([jpeg.len() - 2, jpeg.len() - 1]) {
            assert_not_lossless(&jpeg[..end], 6, &format!("{end} of {} bytes", jpeg.len()));
        }
    }
    assert_not_lossless(b"no picture at all", 6, "a text");
}

#[test]
fn a_progressive_file_that_lacks_a_scan_is_damaged() {
    let jpeg = encoded(64, 32, SAMPLINGS[4], true);
    let last = jpeg.windows(2).rposition(|bytes| bytes == [0xFF, 0xDA]).expect("a scan");
    // Every byte before the scan is whole, and the end is marked.
    assert_not_lossless(&[&jpeg[..last], b"\xFF\xD9"].concat(), 6, "a scan is missing");
}

#[test]
fn limits_hold_before_anything_is_decoded() {
    let jpeg = encoded(64, 32, SAMPLINGS[4], false);
    let refusal = |limits: Limits| turned(&jpeg, orientation(6), &limits).expect_err("past a limit");
    let small = refusal(Limits { max_pixels: 2000, ..Limits::default() });
    assert!(matches!(small, Refusal::TooLarge { width: 64, height: 32 }), "{small:?}");
    // The coefficients of 64 x 32 pixels and as many again in colour at half the size, twice.
    let needed = LIBRARY_BYTES + 2 * (64 * 32 * 3 / 2) * 2;
    let poor = refusal(Limits { max_memory_bytes: needed, ..Limits::default() });
    assert!(matches!(poor, Refusal::TooMuchMemory { needed_bytes } if needed_bytes > needed), "{poor:?}");
}

#[test]
fn scans_without_end_are_no_picture_to_turn() {
    let jpeg = encoded(64, 32, SAMPLINGS[4], true);
    let last = jpeg.windows(2).rposition(|bytes| bytes == [0xFF, 0xDA]).expect("a scan");
    let (scan, end) = jpeg[last..].split_at(jpeg.len() - last - 2);
    assert_not_lossless(&[&jpeg[..last], &scan.repeat(200), end].concat(), 6, "two hundred scans");
}
