use std::{fs, path::PathBuf};

use image::{Rgb, RgbImage};
use model::Rotation;
use proptest::prelude::*;
use tempfile::TempDir;

use crate::{
    Limits, Orientation, Refusal, Rendered, facts, render,
    testing::{
        heic::{Coded, GREY, Heic, HeicTransform, LIMITED_709, TEN_BIT, UNLABELLED},
        heic_pixels, picture,
    },
};

/// How much red, green and blue may differ on average from what was drawn, after HEVC, scaling and JPEG.
const NEAR: f64 = 2.5;

struct File {
    path: PathBuf,
    _folder: TempDir,
}

fn file(bytes: &[u8]) -> File {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("picture.heic");
    fs::write(&path, bytes).expect("the folder can be written");
    File { path, _folder: folder }
}

fn rendered(heic: &Heic) -> Result<Rendered, Refusal> {
    render(&file(&heic.bytes()).path, Rotation::None, &Limits::default())
}

fn preview(rendered: &Rendered) -> RgbImage {
    image::load_from_memory(&rendered.preview.jpeg).expect("a JPEG").into_rgb8()
}

fn drawn() -> RgbImage {
    picture(256, 192, 3)
}

fn assert_shows(heic: &Heic, expected: &RgbImage, what: &str) {
    let rendered = rendered(heic).unwrap_or_else(|refusal| panic!("{what}: {refusal:?}"));
    assert_eq!((rendered.width, rendered.height), expected.dimensions(), "{what}");
    let found = preview(&rendered);
    assert_eq!(found.dimensions(), expected.dimensions(), "{what}");
    let mean = difference(&found, expected);
    assert!(mean < NEAR, "{what} differs by {mean:.2} on average");
}

/// By how much red, green and blue differ on average.
fn difference(one: &RgbImage, other: &RgbImage) -> f64 {
    let differences = one.as_raw().iter().zip(other.as_raw()).map(|(&one, &other)| u32::from(one.abs_diff(other)));
    f64::from(differences.sum::<u32>()) / f64::from(one.width() * one.height() * 3)
}

#[test]
fn tiles_of_full_range_show_what_was_drawn_though_only_they_say_so() {
    assert_shows(&Heic::grid(), &drawn(), "a grid");
    let pixels = heic_pixels(&file(&Heic::grid().bytes()).path).expect("it is shown");
    assert!(difference(&pixels, &drawn()) < NEAR, "at full size");
}

#[test]
fn colours_are_right_in_every_range_matrix_and_depth() {
    for (what, coded) in [("limited range by BT.709", LIMITED_709), ("nothing said", UNLABELLED), ("10 bits", TEN_BIT)]
    {
        assert_shows(&Heic::single(coded), &drawn(), what);
    }
    let luma = |pixel: &Rgb<u8>| crate::picture::color::to_ycbcr(pixel.0)[0];
    let mut grey = drawn();
    grey.pixels_mut().for_each(|pixel| *pixel = Rgb([luma(pixel); 3]));
    assert_shows(&Heic::single(GREY), &grey, "grey");
}

#[test]
fn what_the_container_says_of_colours_counts_more_than_what_the_frames_say() {
    let said = Heic { nclx: Some((1, 13, 6, false)), ..Heic::single(UNLABELLED) };
    assert_shows(&said, &drawn(), "the truth");
    let wrong = Heic { nclx: Some((1, 13, 6, true)), ..Heic::single(UNLABELLED) };
    let found = preview(&rendered(&wrong).expect("it is shown"));
    assert!(difference(&found, &drawn()) > 2.0 * NEAR, "limited samples taken for full ones are pale");
}

#[test]
fn a_grid_may_be_smaller_than_its_tiles() {
    for size in [(200, 150), (255, 191), (129, 97)] {
        let expected = image::imageops::crop_imm(&drawn(), 0, 0, size.0, size.1).to_image();
        assert_shows(&Heic { size, ..Heic::grid() }, &expected, &format!("{size:?}"));
    }
}

#[test]
fn a_crop_shows_the_middle() {
    let expected = image::imageops::crop_imm(&drawn(), 28, 26, 200, 140).to_image();
    assert_shows(&Heic { transforms: vec![HeicTransform::Crop(200, 140)], ..Heic::grid() }, &expected, "a crop");
    let late = vec![HeicTransform::Rotate(1), HeicTransform::Crop(100, 100)];
    let refusal = rendered(&Heic { transforms: late, ..Heic::grid() }).expect_err("it is not shown");
    assert!(matches!(refusal, Refusal::Unsupported { .. }), "{refusal:?}");
}

#[test]
fn the_container_says_which_way_up_and_exif_does_not_say_it_again() {
    use HeicTransform::{MirrorLeftRight, MirrorTopBottom, Rotate};
    // A TIFF structure whose only entry says that it is to be turned.
    let exif = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    for (transforms, value) in [
        (vec![], 1),
        (vec![Rotate(1)], 8),
        (vec![Rotate(2)], 3),
        (vec![Rotate(3)], 6),
        (vec![MirrorLeftRight], 2),
        (vec![MirrorTopBottom], 4),
        (vec![Rotate(1), MirrorLeftRight], 7),
        (vec![Rotate(3), MirrorLeftRight], 5),
    ] {
        let what = format!("{transforms:?}");
        let expected = Orientation::from_exif(value).expect("1 to 8 are orientations").apply(drawn());
        let heic = Heic { transforms, exif: Some(exif), ..Heic::grid() };
        assert_shows(&heic, &expected, &what);
        let facts = facts(&file(&heic.bytes()).path).expect("facts");
        assert_eq!(facts.exif.orientation, Some(6), "the camera's own note stays as it is");
    }
    let turned = render(
        &file(&Heic { transforms: vec![Rotate(3)], ..Heic::grid() }.bytes()).path,
        Rotation::Half,
        &Limits::default(),
    );
    let turned = turned.expect("it is shown");
    assert_eq!((turned.width, turned.height), (192, 256), "a person's own turn comes on top");
}

#[test]
fn a_profile_is_kept() {
    let mut profile = vec![7; 132];
    profile[16..20].copy_from_slice(b"RGB ");
    let rendered = rendered(&Heic { icc: Some(&profile), ..Heic::grid() }).expect("it is shown");
    assert!(rendered.preview.jpeg.windows(profile.len()).any(|window| window == profile));
}

#[test]
fn a_damaged_file_is_refused_and_not_shown_by_halves() {
    let whole = Heic::grid().bytes();
    for length in [20, 100, whole.len() / 2, whole.len() - 1] {
        let refusal =
            render(&file(&whole[..length]).path, Rotation::None, &Limits::default()).expect_err("it is damaged");
        assert!(matches!(refusal, Refusal::Broken { .. }), "{length}: {refusal:?}");
    }
}

#[test]
fn a_picture_at_the_limits_is_shown_and_one_past_them_is_not() {
    let heic = Heic::grid();
    let at = Limits { max_pixels: 256 * 192, max_side: 256, ..Limits::default() };
    let path = file(&heic.bytes());
    assert!(render(&path.path, Rotation::None, &at).is_ok());
    for past in [Limits { max_pixels: 256 * 192 - 1, ..at }, Limits { max_side: 255, ..at }] {
        assert!(matches!(
            render(&path.path, Rotation::None, &past),
            Err(Refusal::TooLarge { width: 256, height: 192 })
        ));
    }
    let little = Limits { max_memory_bytes: 100_000, ..at };
    assert!(matches!(render(&path.path, Rotation::None, &little), Err(Refusal::TooMuchMemory { .. })));
    // The frames are larger than the file says: that is what would be decoded.
    let lies = Heic { tile_size: (8, 8), size: (16, 16), ..Heic::grid() };
    let tight = Limits { max_pixels: 1_000, max_memory_bytes: 40_000, ..Limits::default() };
    assert!(matches!(render(&file(&lies.bytes()).path, Rotation::None, &tight), Err(Refusal::TooMuchMemory { .. })));
}

#[test]
fn tiles_that_do_not_fit_together_are_refused() {
    let mixed = |tiles: Vec<Coded>| Heic { tiles, ..Heic::grid() };
    let [a, b, c, _] = crate::testing::heic::TILES;
    let whole = rendered(&mixed(vec![a, b, c, UNLABELLED])).expect_err("a tile is larger");
    assert!(matches!(whole, Refusal::Broken { .. }), "{whole:?}");
    let too_large = rendered(&Heic { size: (257, 192), ..Heic::grid() }).expect_err("they do not cover it");
    assert!(matches!(too_large, Refusal::Broken { .. }), "{too_large:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_byte_can_be_changed_so_that_it_panics(place in any::<prop::sample::Index>(), value in any::<u8>()) {
        let mut bytes = Heic { transforms: vec![HeicTransform::Rotate(1)], ..Heic::grid() }.bytes();
        let place = place.index(bytes.len());
        bytes[place] = value;
        if let Err(Refusal::Broken { source }) = render(&file(&bytes).path, Rotation::None, &Limits::default()) {
            prop_assert!(!source.to_string().contains("panicked"), "byte {place}: {source}");
        }
    }
}
