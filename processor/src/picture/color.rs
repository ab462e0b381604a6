//! From one way of writing colours as numbers to another.

/// Bits after the point in the sums below.
const BITS: u32 = 16;

/// A pixel of red, green and blue as JPEG's luma and two differences of colour (ITU-T T.871, 7).
pub(super) fn to_ycbcr([r, g, b]: [u8; 3]) -> [u8; 3] {
    let [r, g, b] = [r, g, b].map(i32::from);
    let middle = 128 << BITS;
    [
        19_595 * r + 38_470 * g + 7_471 * b,
        middle - 11_059 * r - 21_709 * g + 32_768 * b,
        middle + 32_768 * r - 27_439 * g - 5_329 * b,
    ]
    .map(rounded)
}

/// The reverse of [`to_ycbcr`].
pub(super) fn to_rgb([y, cb, cr]: [u8; 3]) -> [u8; 3] {
    let [y, cb, cr] = [i32::from(y) << BITS, i32::from(cb) - 128, i32::from(cr) - 128];
    [y + 91_881 * cr, y - 22_553 * cb - 46_802 * cr, y + 116_130 * cb].map(rounded)
}

/// The same for values between whole ones.
pub(super) fn to_rgb_exactly([y, cb, cr]: [f64; 3]) -> [u8; 3] {
    let (cb, cr) = (cb - 128.0, cr - 128.0);
    [y + 1.402 * cr, y - 0.344_136 * cb - 0.714_136 * cr, y + 1.772 * cb].map(nearest)
}

/// A pixel of cyan, magenta, yellow and black as it looks on no paper in particular.
pub(super) fn cmyk_to_rgb([c, m, y, k]: [u8; 4]) -> [u8; 3] {
    let light = |ink: u8| u16::from(255 - ink);
    [c, m, y].map(|ink| u8::try_from((light(ink) * light(k) + 127) / 255).unwrap_or(u8::MAX))
}

fn rounded(sum: i32) -> u8 {
    u8::try_from(((sum + (1 << (BITS - 1))) >> BITS).clamp(0, 255)).unwrap_or(u8::MAX)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 to 255")]
pub(super) fn nearest(value: f64) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn colours_are_those_of_the_standard() {
        // ITU-T T.871, 7: by its formulas, rounded.
        assert_eq!(to_ycbcr([255, 255, 255]), [255, 128, 128]);
        assert_eq!(to_ycbcr([0, 0, 0]), [0, 128, 128]);
        assert_eq!(to_ycbcr([255, 0, 0]), [76, 85, 255]);
        assert_eq!(to_ycbcr([0, 255, 0]), [150, 44, 21]);
        assert_eq!(to_ycbcr([0, 0, 255]), [29, 255, 107]);
        assert_eq!(to_rgb([76, 85, 255]), [254, 0, 0]);
    }

    #[test]
    fn ink_takes_light_away() {
        assert_eq!(cmyk_to_rgb([0, 0, 0, 0]), [255, 255, 255]);
        assert_eq!(cmyk_to_rgb([255, 0, 0, 0]), [0, 255, 255]);
        assert_eq!(cmyk_to_rgb([0, 0, 0, 255]), [0, 0, 0]);
        assert_eq!(cmyk_to_rgb([0, 0, 255, 127]), [128, 128, 0]);
    }

    proptest! {
        #[test]
        fn a_colour_comes_back(pixel in any::<[u8; 3]>()) {
            for (a, b) in to_rgb(to_ycbcr(pixel)).into_iter().zip(pixel) {
                prop_assert!(a.abs_diff(b) <= 2);
            }
        }
    }
}
