//! Making pictures smaller, never larger: row by row while they are decoded, so that no plane is ever held at full size.

use std::rc::Rc;

use super::{
    Orientation,
    upright::{BLOCK, Placement, transposed},
    weights::{ONE, Weights},
};

/// Rows that are scaled across at a time; and so many samples are worked on side by side.
const LANES: usize = 32;
/// Bits that samples are shifted by to become 16 bits wide, as large as can be.
const SAMPLE_BITS: u32 = 7;
/// Bits after the point of what is left of a sample times a weight, when its lower 16 bits are dropped.
const SUM_BITS: u32 = SAMPLE_BITS + ONE.trailing_zeros() - 16;

/// What is worked on side by side.
type Samples = [i16; LANES];

/// Width and height within a square of `side`, in the same proportions, never enlarged and never empty.
pub(super) fn fit(width: u32, height: u32, side: u32) -> (u32, u32) {
    let longest = width.max(height);
    if longest <= side {
        return (width, height);
    }
    let scaled = |length: u32| {
        let rounded = (u64::from(length) * u64::from(side) + u64::from(longest) / 2) / u64::from(longest);
        u32::try_from(rounded).unwrap_or(side).clamp(1, side)
    };
    (scaled(width), scaled(height))
}

/// Makes an upright plane of another size from rows that come from top to bottom.
///
/// The height is scaled first, as the rows come. When there are [`LANES`] rows, they are turned to columns, so that the
/// width can be scaled in the same way: a target row is a weighted sum of source rows, many samples at once.
pub(super) struct PlaneScaler {
    /// Width and height of the source, and rows of it that came.
    source: (usize, usize),
    rows_pushed: usize,
    across: Rc<Weights>,
    down: Rc<Weights>,
    /// The last rows of the source, as many as one target row is made of, each at its number modulo theirs.
    ring: Vec<i16>,
    /// Samples of a row in the ring and in `squeezed`: whole [`LANES`].
    stride: usize,
    /// Up to [`LANES`] rows of the target's height and the source's width, and how many rows were made in all.
    squeezed: Vec<u8>,
    rows_squeezed: usize,
    /// The same as columns, and these when scaled.
    columns: Vec<i16>,
    scaled: Vec<u8>,
    placement: Placement,
    plane: Vec<u8>,
}

impl PlaneScaler {
    /// For a source of `width` by `height` samples, which `orientation` makes upright.
    pub(super) fn new(
        (width, height): (u32, u32),
        across: Rc<Weights>,
        down: Rc<Weights>,
        orientation: Orientation,
    ) -> Self {
        let placement = Placement::new(orientation, (across.len(), down.len()));
        Self {
            source: (width as usize, height as usize),
            rows_pushed: 0,
            across,
            down,
            ring: Vec::new(),
            stride: (width as usize).next_multiple_of(LANES),
            squeezed: Vec::new(),
            rows_squeezed: 0,
            columns: Vec::new(),
            scaled: Vec::new(),
            placement,
            plane: Vec::new(),
        }
    }

    /// Bytes that it needs.
    pub(super) fn bytes(&self) -> u64 {
        let ring = self.stride * self.down.most() * 2;
        let columns = self.stride * LANES * (1 + 2) + self.across.len() * LANES;
        (ring + columns + self.across.len() * self.down.len()) as u64
    }

    /// Takes the next rows of the source.
    pub(super) fn push<'a>(&mut self, rows: impl IntoIterator<Item = &'a [u8]>) {
        if self.plane.is_empty() {
            self.allocate();
        }
        for row in rows {
            let start = self.rows_pushed % self.down.most() * self.stride;
            for (wide, sample) in self.ring[start..].iter_mut().zip(row) {
                *wide = i16::from(*sample) << SAMPLE_BITS;
            }
            self.rows_pushed += 1;
            self.squeeze();
        }
    }

    /// Takes rows of one sample in place of all that are missing.
    pub(super) fn fill(&mut self, sample: u8) {
        let row = vec![sample; self.source.0];
        for _ in self.rows_pushed..self.source.1 {
            self.push([row.as_slice()]);
        }
    }

    /// The upright plane, once all rows of the source were pushed.
    pub(super) fn finish(self) -> Vec<u8> {
        debug_assert_eq!((self.rows_pushed, self.rows_squeezed), (self.source.1, self.down.len()));
        self.plane
    }

    fn allocate(&mut self) {
        self.ring = vec![0; self.stride * self.down.most()];
        self.squeezed = vec![0; self.stride * LANES];
        self.columns = vec![0; self.stride * LANES];
        self.scaled = vec![0; self.across.len().next_multiple_of(BLOCK) * LANES];
        self.plane = vec![0; self.across.len() * self.down.len()];
    }

    /// Makes the rows for which all of the source has come.
    fn squeeze(&mut self) {
        while self.rows_squeezed < self.down.len() {
            let (first, weights) = self.down.of(self.rows_squeezed);
            if first + weights.len() > self.rows_pushed {
                return;
            }
            let (stride, most) = (self.stride, self.down.most());
            let rows: Vec<&[Samples]> = (first..first + weights.len())
                .map(|row| self.ring[row % most * stride..][..stride].as_chunks().0)
                .collect();
            let filled = self.rows_squeezed % LANES;
            sum_rows(weights, &rows, self.squeezed[filled * stride..][..stride].as_chunks_mut().0);
            self.rows_squeezed += 1;
            if filled + 1 == LANES || self.rows_squeezed == self.down.len() {
                self.scale_across(self.rows_squeezed - filled - 1, filled + 1);
            }
        }
    }

    /// Scales the width of `count` rows, and puts them where they belong.
    fn scale_across(&mut self, first_row: usize, count: usize) {
        turn_to_columns(&self.squeezed, self.stride, &mut self.columns);
        sum_columns(&self.across, self.columns.as_chunks().0, self.scaled.as_chunks_mut().0);
        self.placement.place(&self.scaled, LANES, first_row, count, &mut self.plane);
    }
}

/// Adds up columns by the weights of each target column.
///
/// This and what follows are functions of their own also when compiled: within others, they take longer.
#[inline(never)]
fn sum_columns(across: &Weights, columns: &[Samples], scaled: &mut [[u8; LANES]]) {
    // A list of references keeps the compiler from working on several columns, rather than rows, side by side.
    let mut taken: Vec<&Samples> = Vec::with_capacity(across.most());
    for (index, target) in scaled.iter_mut().take(across.len()).enumerate() {
        let (first, weights) = across.of(index);
        taken.clear();
        taken.extend(&columns[first..first + weights.len()]);
        *target = weighted_sum(weights, taken.iter().copied());
    }
}

/// Adds up rows by their weights.
#[inline(never)]
fn sum_rows(weights: &[i16], rows: &[&[Samples]], target: &mut [[u8; LANES]]) {
    for (index, target) in target.iter_mut().enumerate() {
        *target = weighted_sum(weights, rows.iter().map(|row| &row[index]));
    }
}

/// Adds up samples by their weights.
///
/// Written so that the compiler makes vector instructions of it: of each product it keeps the upper 16 bits. That rounds
/// down, so half of a unit is added for each.
#[inline]
fn weighted_sum<'a>(weights: &[i16], samples: impl IntoIterator<Item = &'a Samples>) -> [u8; LANES] {
    let halves = i16::try_from(weights.len() / 2).unwrap_or(0);
    let mut sums = [halves.wrapping_add(1 << (SUM_BITS - 1)); LANES];
    for (&weight, samples) in weights.iter().zip(samples) {
        for (sum, &sample) in sums.iter_mut().zip(samples) {
            *sum = sum.wrapping_add(upper_half(i32::from(sample) * i32::from(weight)));
        }
    }
    let mut narrowed = [0; LANES];
    for (sample, sum) in narrowed.iter_mut().zip(sums) {
        *sample = narrow(sum >> SUM_BITS);
    }
    narrowed
}

fn upper_half(product: i32) -> i16 {
    (product >> 16) as i16
}

#[expect(clippy::cast_sign_loss, reason = "clamped to 0 to 255")]
fn narrow(sample: i16) -> u8 {
    sample.clamp(0, 255) as u8
}

/// Writes [`LANES`] rows of samples as rows of [`LANES`] wide ones.
#[inline(never)]
fn turn_to_columns(rows: &[u8], stride: usize, columns: &mut [i16]) {
    let mut narrow = [[0; LANES]; BLOCK];
    for (block, columns) in columns.chunks_exact_mut(BLOCK * LANES).enumerate() {
        for part in 0..LANES / BLOCK {
            let samples = std::array::from_fn(|row| {
                let start = (part * BLOCK + row) * stride + block * BLOCK;
                *rows[start..].first_chunk().expect("a row is of whole blocks")
            });
            for (column, samples) in narrow.iter_mut().zip(transposed(samples)) {
                column.as_chunks_mut().0[part] = samples;
            }
        }
        // Apart from the rest, as the compiler makes vector instructions of whole columns only.
        for (column, narrow) in columns.as_chunks_mut::<LANES>().0.iter_mut().zip(&narrow) {
            for (wide, sample) in column.iter_mut().zip(narrow) {
                *wide = i16::from(*sample) << SAMPLE_BITS;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn proportions_are_kept() {
        assert_eq!(fit(4032, 3024, 2048), (2048, 1536));
        assert_eq!(fit(3024, 4032, 512), (384, 512));
        assert_eq!(fit(30_000, 1, 512), (512, 1));
        assert_eq!(fit(512, 512, 512), (512, 512));
        assert_eq!(fit(513, 513, 512), (512, 512));
    }

    proptest! {
        #[test]
        fn what_fits_is_never_enlarged_and_never_empty(w in 1..70_000_u32, h in 1..70_000_u32, side in 1..4_096_u32) {
            let (width, height) = fit(w, h, side);
            prop_assert!((1..=w.min(side)).contains(&width) && (1..=h.min(side)).contains(&height));
            prop_assert_eq!(fit(width, height, side), (width, height));
            prop_assert_eq!(fit(h, w, side), (height, width));
            if w.max(h) > side {
                prop_assert_eq!(width.max(height), side);
                let error = (f64::from(width) * f64::from(h) - f64::from(height) * f64::from(w)).abs();
                prop_assert!(error <= f64::from(w.max(h)), "proportions differ by more than a pixel");
            }
        }
    }
}
