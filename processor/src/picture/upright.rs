//! Putting samples where they are when the picture is upright.

use super::Orientation;

/// Samples along the side of what is turned at a time.
pub(super) const BLOCK: usize = 8;

/// Where the samples of a plane end up in the upright one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placement {
    swaps_sides: bool,
    /// Whether rows, and columns, are reversed.
    reversed: (bool, bool),
    /// Width and height as stored.
    size: (usize, usize),
}

impl Placement {
    /// For a plane of this width and height.
    pub(super) fn new(orientation: Orientation, size: (usize, usize)) -> Self {
        Self { swaps_sides: orientation.swaps_sides(), reversed: orientation.reversed_axes(), size }
    }

    /// Puts `count` rows from `first` on into the upright plane. They come as columns: from left to right `lanes` samples
    /// each, of which the first `count` are meant, and whole blocks of them.
    pub(super) fn place(self, columns: &[u8], lanes: usize, first: usize, count: usize, plane: &mut [u8]) {
        let (width, height) = self.size;
        if self.swaps_sides {
            let start = if self.reversed.1 { height - first - count } else { first };
            for (stored, column) in columns.chunks_exact(lanes).take(width).enumerate() {
                let row = if self.reversed.0 { width - 1 - stored } else { stored };
                let samples = &mut plane[row * height + start..][..count];
                copy(&column[..count], samples);
                if self.reversed.1 {
                    samples.reverse();
                }
            }
            return;
        }
        for (part, rows) in (0..count).step_by(BLOCK).map(|part| (part, BLOCK.min(count - part))) {
            for (block, columns) in columns.chunks_exact(lanes * BLOCK).enumerate() {
                let start = block * BLOCK;
                let samples = std::array::from_fn(|column| {
                    *columns[column * lanes + part..].first_chunk().expect("a column is of whole blocks")
                });
                let length = BLOCK.min(width - start);
                for (row, samples) in transposed(samples).iter().take(rows).enumerate() {
                    copy(&samples[..length], &mut plane[self.row_start(first + part + row) + start..][..length]);
                }
            }
        }
        if self.reversed.0 {
            for row in first..first + count {
                plane[self.row_start(row)..][..width].reverse();
            }
        }
    }

    /// Where a stored row begins in an upright plane whose sides are not swapped.
    fn row_start(self, stored: usize) -> usize {
        let (width, height) = self.size;
        width * if self.reversed.1 { height - 1 - stored } else { stored }
    }
}

/// Copies a few samples, whole blocks without a call for each.
#[inline]
fn copy(samples: &[u8], to: &mut [u8]) {
    let ((blocks, rest), (to_blocks, to_rest)) = (samples.as_chunks::<BLOCK>(), to.as_chunks_mut::<BLOCK>());
    for (to, block) in to_blocks.iter_mut().zip(blocks) {
        *to = *block;
    }
    if !rest.is_empty() {
        to_rest.copy_from_slice(rest);
    }
}

/// Rows become columns: three times, each sample's place changes to where the last bit of its number becomes the first.
#[inline]
pub(super) fn transposed(block: [[u8; BLOCK]; BLOCK]) -> [[u8; BLOCK]; BLOCK] {
    let mut samples = [0; BLOCK * BLOCK];
    samples.as_chunks_mut().0.copy_from_slice(&block);
    let samples = interleaved(interleaved(interleaved(samples)));
    let mut turned = block;
    turned.copy_from_slice(samples.as_chunks().0);
    turned
}

/// The two halves in turn.
#[inline]
fn interleaved(samples: [u8; BLOCK * BLOCK]) -> [u8; BLOCK * BLOCK] {
    let (first, second) = samples.split_at(BLOCK * BLOCK / 2);
    let mut mixed = [0; BLOCK * BLOCK];
    for (pair, (&first, &second)) in mixed.as_chunks_mut().0.iter_mut().zip(first.iter().zip(second)) {
        *pair = [first, second];
    }
    mixed
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, GrayImage, Luma};
    use proptest::prelude::*;

    use super::*;

    const LANES: usize = 16;

    proptest! {
        /// Against the slow way: pixel by pixel, by the definition of the orientations.
        #[test]
        fn samples_are_where_the_upright_picture_has_them(value in 1..=8_u8, width in 1..40_u32, height in 1..40_u32) {
            let orientation = Orientation::from_exif(value).expect("1 to 8 are orientations");
            let stored = GrayImage::from_fn(width, height, |x, y| Luma([(y * width + x).to_le_bytes()[0]]));
            let (columns, rows) = (width as usize, height as usize);
            let placement = Placement::new(orientation, (columns, rows));
            let mut plane = vec![0; columns * rows];
            for first in (0..rows).step_by(LANES) {
                let count = LANES.min(rows - first);
                let mut turned = vec![0; columns.next_multiple_of(BLOCK) * LANES];
                for (x, y, sample) in stored.enumerate_pixels() {
                    if (first..first + count).contains(&(y as usize)) {
                        turned[x as usize * LANES + y as usize - first] = sample.0[0];
                    }
                }
                placement.place(&turned, LANES, first, count, &mut plane);
            }
            let upright = orientation.apply(DynamicImage::from(stored).into_rgb8());
            let expected: Vec<u8> = upright.pixels().map(|pixel| pixel.0[0]).collect();
            prop_assert_eq!(plane, expected);
        }
    }
}
