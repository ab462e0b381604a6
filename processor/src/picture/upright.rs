//! Rows of a picture as they are when upright, without an upright copy of the whole.

use super::Orientation;

/// Samples along the side of what is turned at a time.
const BLOCK: usize = 8;

/// Copies rows of a plane of `width` by `height` samples, from the upright row `first` on.
pub(super) fn copy_rows<'a>(
    plane: &[u8],
    (width, height): (usize, usize),
    orientation: Orientation,
    first: usize,
    rows: impl Iterator<Item = &'a mut [u8]>,
) {
    let (reversed_across, reversed_down) = orientation.reversed_axes();
    if orientation.swaps_sides() {
        let mut rows: Vec<&mut [u8]> = rows.collect();
        let mut column = first;
        for rows in rows.chunks_mut(BLOCK) {
            let start = if reversed_across { width - column - rows.len() } else { column };
            column += rows.len();
            if reversed_across {
                rows.reverse();
            }
            turn_columns(plane, (width, height), start, reversed_down, rows);
        }
        return;
    }
    for (upright, row) in (first..).zip(rows) {
        let stored = if reversed_down { height - 1 - upright } else { upright };
        row.copy_from_slice(&plane[stored * width..][..width]);
        if reversed_across {
            row.reverse();
        }
    }
}

/// Writes the columns from `start` on as rows, from top to bottom or the other way round.
fn turn_columns(plane: &[u8], (width, height): (usize, usize), start: usize, reversed: bool, rows: &mut [&mut [u8]]) {
    let stored = |upright: usize| if reversed { height - 1 - upright } else { upright };
    let mut done = 0;
    if rows.len() == BLOCK && start + BLOCK <= width {
        while done + BLOCK <= height {
            let block: [[u8; BLOCK]; BLOCK] = std::array::from_fn(|index| {
                let row = &plane[stored(done + index) * width + start..];
                *row.first_chunk().expect("a block is within the width")
            });
            for (row, turned) in rows.iter_mut().zip(transposed(block)) {
                row[done..done + BLOCK].copy_from_slice(&turned);
            }
            done += BLOCK;
        }
    }
    for upright in done..height {
        let samples = &plane[stored(upright) * width + start..];
        for (row, &sample) in rows.iter_mut().zip(samples) {
            row[upright] = sample;
        }
    }
}

/// Rows become columns: exchanges ever smaller quarters, many samples at once.
fn transposed(block: [[u8; BLOCK]; BLOCK]) -> [[u8; BLOCK]; BLOCK] {
    let mut rows = block.map(u64::from_le_bytes);
    for (distance, mask) in [(4, 0x0000_0000_FFFF_FFFF), (2, 0x0000_FFFF_0000_FFFF), (1, 0x00FF_00FF_00FF_00FF_u64)] {
        let shift = 8 * distance;
        for upper in (0..BLOCK).filter(|row| row & distance == 0) {
            let lower = upper + distance;
            let exchanged = ((rows[upper] >> shift) ^ rows[lower]) & mask;
            rows[upper] ^= exchanged << shift;
            rows[lower] ^= exchanged;
        }
    }
    rows.map(u64::to_le_bytes)
}

#[cfg(test)]
mod tests {
    use image::{GrayImage, Luma};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Against the slow way: pixel by pixel, by the definition of the orientations.
        #[test]
        fn rows_are_those_of_the_upright_picture(
            value in 1..=8_u8, width in 1..40_u32, height in 1..40_u32, rows in 1..20_usize,
        ) {
            let orientation = Orientation::from_exif(value).expect("1 to 8 are orientations");
            let plane: Vec<u8> = (0..=250).cycle().take(width as usize * height as usize).collect();
            let picture = GrayImage::from_fn(width, height, |x, y| Luma([plane[(y * width + x) as usize]]));
            let upright = orientation.apply(image::DynamicImage::from(picture).into_rgb8());
            let upright_width = upright.width() as usize;
            let mut copied = vec![0; plane.len()];
            for (index, strip) in copied.chunks_mut(rows * upright_width).enumerate() {
                let size = (width as usize, height as usize);
                copy_rows(&plane, size, orientation, index * rows, strip.chunks_exact_mut(upright_width));
            }
            let expected: Vec<u8> = upright.pixels().map(|pixel| pixel.0[0]).collect();
            prop_assert_eq!(copied, expected);
        }
    }
}
