//! Which way up a picture is: the eight EXIF orientations, and the quarter turns that a person asks for.

use image::RgbImage;
use model::Rotation;

/// What makes a stored picture upright: perhaps a mirroring, then quarter turns clockwise.
///
/// The eight values are those of the EXIF tag (EXIF 2.32, tag 0x0112), and form a group: they compose and have inverses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Orientation {
    /// Whether left and right are exchanged, before the turns.
    mirrored: bool,
    /// Quarter turns clockwise, 0 to 3.
    quarter_turns: u8,
}

/// Quarter turns and mirroring of the EXIF values 1 to 8.
const EXIF_VALUES: [(bool, u8); 8] =
    [(false, 0), (true, 0), (false, 2), (true, 2), (true, 3), (false, 1), (true, 1), (false, 3)];

impl Orientation {
    /// Upright as it is stored (EXIF value 1).
    pub const UPRIGHT: Self = Self { mirrored: false, quarter_turns: 0 };

    /// From the EXIF value 1 to 8.
    #[must_use]
    pub fn from_exif(value: u8) -> Option<Self> {
        let (mirrored, quarter_turns) = *EXIF_VALUES.get(usize::from(value).checked_sub(1)?)?;
        Some(Self { mirrored, quarter_turns })
    }

    /// The EXIF value 1 to 8.
    #[must_use]
    pub fn to_exif(self) -> u8 {
        match (self.mirrored, self.quarter_turns) {
            (false, 0) => 1,
            (true, 0) => 2,
            (false, 2) => 3,
            (true, 2) => 4,
            (true, 3) => 5,
            (false, 1) => 6,
            (true, _) => 7,
            (false, _) => 8,
        }
    }

    /// This orientation, and then another on top of it.
    #[must_use]
    pub fn then(self, next: Self) -> Self {
        // A turn before a mirroring is the opposite turn after it.
        let turns = if next.mirrored { 4 - self.quarter_turns } else { self.quarter_turns };
        Self { mirrored: self.mirrored != next.mirrored, quarter_turns: (turns + next.quarter_turns) % 4 }
    }

    /// The orientation that undoes this one.
    #[must_use]
    pub fn inverse(self) -> Self {
        if self.mirrored { self } else { Self { mirrored: false, quarter_turns: (4 - self.quarter_turns) % 4 } }
    }

    /// Whether width and height change places.
    #[must_use]
    pub fn swaps_sides(self) -> bool {
        self.quarter_turns % 2 == 1
    }

    /// Whether it reverses the stored rows (left and right), and the stored columns (top and bottom), wherever they end up.
    pub(super) fn reversed_axes(self) -> (bool, bool) {
        let (across, down) = match self.quarter_turns {
            1 => (false, true),
            2 => (true, true),
            3 => (true, false),
            _ => (false, false),
        };
        (across != self.mirrored, down)
    }

    /// Width and height after this orientation is applied.
    #[must_use]
    pub fn dimensions(self, width: u32, height: u32) -> (u32, u32) {
        if self.swaps_sides() { (height, width) } else { (width, height) }
    }

    /// The picture with this orientation applied.
    #[must_use]
    pub fn apply(self, picture: RgbImage) -> RgbImage {
        use image::imageops::{
            flip_horizontal_in_place as mirror, rotate90, rotate180_in_place as half_turn, rotate270,
        };
        let mut picture = picture;
        if self.mirrored {
            mirror(&mut picture);
        }
        match self.quarter_turns {
            1 => rotate90(&picture),
            2 => {
                half_turn(&mut picture);
                picture
            }
            3 => rotate270(&picture),
            _ => picture,
        }
    }
}

impl From<Rotation> for Orientation {
    fn from(rotation: Rotation) -> Self {
        let quarter_turns = match rotation {
            Rotation::None => 0,
            Rotation::Quarter => 1,
            Rotation::Half => 2,
            Rotation::ThreeQuarters => 3,
        };
        Self { mirrored: false, quarter_turns }
    }
}

#[cfg(test)]
mod tests {
    use image::Rgb;
    use proptest::prelude::*;

    use super::*;

    fn orientation() -> impl Strategy<Value = Orientation> {
        (1..=8_u8).prop_map(|value| Orientation::from_exif(value).expect("1 to 8 are orientations"))
    }

    fn rotation() -> impl Strategy<Value = Rotation> {
        (0..4_u16).prop_map(|turns| Rotation::from_degrees(turns * 90).expect("a quarter turn"))
    }

    /// A picture in which every pixel differs.
    fn numbered(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| {
            Rgb([u8::try_from(x).expect("small"), u8::try_from(y).expect("small"), 7])
        })
    }

    proptest! {
        #[test]
        fn the_exif_value_round_trips(value in 1..=8_u8) {
            prop_assert_eq!(Orientation::from_exif(value).map(Orientation::to_exif), Some(value));
        }

        #[test]
        fn an_orientation_and_its_inverse_do_nothing(a in orientation()) {
            prop_assert_eq!(a.then(a.inverse()), Orientation::UPRIGHT);
            prop_assert_eq!(a.inverse().then(a), Orientation::UPRIGHT);
        }

        #[test]
        fn composing_is_associative(a in orientation(), b in orientation(), c in orientation()) {
            prop_assert_eq!(a.then(b).then(c), a.then(b.then(c)));
        }

        #[test]
        fn composing_is_applying_one_after_the_other(a in orientation(), b in orientation(), w in 1..7_u32, h in 1..7_u32) {
            let picture = numbered(w, h);
            let once = a.then(b).apply(picture.clone());
            prop_assert_eq!(once.dimensions(), a.then(b).dimensions(w, h));
            prop_assert_eq!(once, b.apply(a.apply(picture)));
        }

        #[test]
        fn rotations_add_up_like_orientations(a in rotation(), b in rotation()) {
            prop_assert_eq!(Orientation::from(a.plus(b)), Orientation::from(a).then(b.into()));
            prop_assert_eq!(a.plus(b).degrees(), (a.degrees() + b.degrees()) % 360);
        }
    }

    #[test]
    fn the_eight_values_mean_what_the_standard_says() {
        // Where the pixel that is stored at the top left ends up in a picture of 3 x 2 (EXIF 2.32, 4.6.4).
        let corners = [(0, 0), (2, 0), (2, 1), (0, 1), (0, 0), (1, 0), (1, 2), (0, 2)];
        for (value, (x, y)) in (1..=8).zip(corners) {
            let upright = Orientation::from_exif(value).expect("1 to 8 are orientations").apply(numbered(3, 2));
            assert_eq!(upright.get_pixel(x, y), &Rgb([0, 0, 7]), "orientation {value}");
        }
    }

    #[test]
    fn nothing_else_is_an_orientation_or_a_rotation() {
        assert_eq!(Orientation::from_exif(0), None);
        assert_eq!(Orientation::from_exif(9), None);
        assert_eq!(Rotation::from_degrees(45), None);
        assert_eq!(Rotation::from_degrees(360), None);
    }
}
