//! What holds of the shape of every picture, however it lies.

use proptest::prelude::*;

use super::*;

fn turned(rotation: u16) -> Rotation {
    Rotation::from_degrees(rotation * 90).expect("a quarter turn")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn turning_a_picture_there_and_back_changes_no_pixel(value in 1..=8_u8, width in 1..40_u32, height in 1..40_u32) {
        let picture = testing::picture(width, height, 1);
        let orientation = Orientation::from_exif(value).expect("1 to 8 are orientations");
        prop_assert_eq!(orientation.inverse().apply(orientation.apply(picture.clone())), picture);
    }

    #[test]
    fn renditions_fit_their_boxes_and_are_never_enlarged(
        value in 1..=8_u8, turns in 0..4_u16, long in 1..5_000_u32, short in 1..60_u32, upright in any::<bool>(),
    ) {
        let (width, height) = if upright { (short, long) } else { (long, short) };
        let fields = ExifFields { orientation: Some(value), ..ExifFields::default() };
        let jpeg = testing::jpeg_with_exif(width, height, 1, &fields);
        let rendered = render_with(&jpeg, turned(turns), &Limits::default()).expect("it is a picture");
        let shape = Orientation::from(turned(turns)).dimensions(width, height);
        prop_assert_eq!((rendered.width, rendered.height), shape);
        for (rendition, side) in [(&rendered.preview, PREVIEW_SIDE), (&rendered.thumbnail, THUMBNAIL_SIDE)] {
            let found = (rendition.width, rendition.height);
            prop_assert_eq!(found, scale::fit(shape.0, shape.1, side));
            prop_assert!(found.0.max(found.1) <= side && found.0 <= shape.0 && found.1 <= shape.1);
            prop_assert_eq!(decoded(rendition).dimensions(), found);
        }
    }

    #[test]
    fn four_quarter_turns_show_the_same_four_times(value in 1..=8_u8, width in 64..130_u32, height in 64..130_u32) {
        let fields = ExifFields { orientation: Some(value), ..ExifFields::default() };
        let jpeg = testing::jpeg_with_exif(width, height, 1, &fields);
        let original = testing::picture(width, height, 1);
        for turns in 0..4 {
            let rendered = render_with(&jpeg, turned(turns), &Limits::default()).expect("it is a picture");
            let back = Orientation::from(turned(turns)).inverse().apply(decoded(&rendered.preview));
            let differs = difference(&back, &original);
            prop_assert!(differs < 5.0, "{turns} turns of {width} x {height} differ by {differs}");
        }
    }
}
