//! Samples of HEVC to those of JPEG: 8 bits of full range, by the matrix of BT.601 (ITU-T T.871).

use heic_rs::{ChromaFormat, MatrixCoefficients, Range, grid::Mosaic, hevc::Info};

use super::{Refusal, Window, signal::Signal};
use crate::picture::{color::nearest, planes::PlanarScaler};

/// Makes rows of JPEG's planes, or of red, green and blue where the samples are such.
pub(super) struct Converter {
    chroma: ChromaFormat,
    luma_levels: Vec<f32>,
    chroma_levels: Vec<f32>,
    /// The same as samples of JPEG, for those that become such one by one.
    luma_samples: Vec<u8>,
    chroma_samples: Vec<u8>,
    /// What luma gains by the two differences of colour, and what each of these becomes.
    matrix: Option<Matrix>,
    identity: bool,
    rows: [Vec<u16>; 3],
    out: [Vec<u8>; 3],
}

/// From the differences of colour of one matrix to those of BT.601, and what luma gains by them.
///
/// Grey is grey in both, so that luma itself stays, and adds nothing to the differences.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Matrix {
    luma: [f64; 2],
    cb: [f64; 2],
    cr: [f64; 2],
}

impl Matrix {
    /// For luma that weighs red and blue as said; none where that is BT.601's way.
    fn from_weights(red: f64, blue: f64) -> Self {
        let green = 1.0 - red - blue;
        let rgb = |cb: f64, cr: f64| {
            let (r, b) = (2.0 * (1.0 - red) * cr, 2.0 * (1.0 - blue) * cb);
            [r, -(red * r + blue * b) / green, b]
        };
        let column = |cb: f64, cr: f64| {
            let [r, g, b] = rgb(cb, cr);
            let luma = 0.299 * r + 0.587 * g + 0.114 * b;
            [luma, (b - luma) / 1.772, (r - luma) / 1.402]
        };
        let columns = [column(1.0, 0.0), column(0.0, 1.0)];
        let row = |index: usize| columns.map(|column| column[index]);
        Self { luma: row(0), cb: row(1), cr: row(2) }
    }
}

impl Converter {
    pub(super) fn new(signal: Signal, info: Info) -> Self {
        let matrix = match signal.matrix {
            MatrixCoefficients::Bt601 | MatrixCoefficients::Identity => None,
            other => {
                let (red, blue) = other.luma_weights();
                Some(Matrix::from_weights(red.into(), blue.into()))
            }
        };
        let identity = signal.matrix.is_identity() && info.chroma == ChromaFormat::Yuv444;
        let (luma_levels, chroma_levels) = levels(signal.range, info.bit_depth);
        let chroma_levels = if identity { luma_levels.clone() } else { chroma_levels };
        Self {
            chroma: info.chroma,
            luma_samples: luma_levels.iter().map(|&level| nearest(level.into())).collect(),
            chroma_samples: chroma_levels.iter().map(|&level| nearest(128.0 + f64::from(level))).collect(),
            luma_levels,
            chroma_levels,
            matrix,
            identity,
            rows: Default::default(),
            out: Default::default(),
        }
    }

    /// Whether the samples are green, blue and red.
    pub(super) fn gives_rgb(&self) -> bool {
        self.identity
    }

    /// Hands on what a row of tiles shows within the window. The tiles begin at the row `first_row` of the picture.
    pub(super) fn convert(
        &mut self,
        tiles: &Mosaic,
        first_row: u32,
        window: &Window,
        scaler: &mut PlanarScaler,
    ) -> Result<(), Refusal> {
        let short = || Refusal::broken("a tile is shorter than it said");
        let (xs, ys) = (self.chroma.x_shift(), self.chroma.y_shift());
        let columns = window.left as usize..(window.left + window.width) as usize;
        let chroma_columns = window.chroma_columns(self.chroma);
        let chroma_rows = window.chroma_rows(self.chroma);
        let has_chroma = self.chroma != ChromaFormat::Monochrome;
        self.rows[0].resize(tiles.width() as usize, 0);
        for rows in &mut self.rows[1..] {
            rows.resize(tiles.chroma_size().0 as usize, 0);
        }
        let first_chroma_row = (first_row >> ys) as usize;
        for row in 0..tiles.height() as usize {
            let y = first_row as usize + row;
            let has_new_chroma = has_chroma && row % (1 << ys) == 0;
            if has_new_chroma {
                for (plane, is_cr) in [(1, false), (2, true)] {
                    tiles.chroma_row(is_cr, row >> ys, &mut self.rows[plane]).ok_or_else(short)?;
                }
            }
            if has_new_chroma && !self.identity && chroma_rows.contains(&(first_chroma_row + (row >> ys))) {
                self.push_chroma(chroma_columns.clone(), scaler);
            }
            if (window.top as usize..(window.top + window.height) as usize).contains(&y) {
                tiles.luma_row(row, &mut self.rows[0]).ok_or_else(short)?;
                self.push_luma(columns.clone(), xs, scaler);
            }
        }
        Ok(())
    }

    fn push_chroma(&mut self, columns: std::ops::Range<usize>, scaler: &mut PlanarScaler) {
        let [_, cb, cr] = &self.rows;
        let [_, blue, red] = &mut self.out;
        blue.clear();
        red.clear();
        if let Some(matrix) = &self.matrix {
            for x in columns {
                let (cb, cr) = (level(&self.chroma_levels, cb[x]), level(&self.chroma_levels, cr[x]));
                blue.push(nearest(128.0 + mixed(matrix.cb, cb, cr)));
                red.push(nearest(128.0 + mixed(matrix.cr, cb, cr)));
            }
        } else {
            blue.extend(cb[columns.clone()].iter().map(|&sample| level(&self.chroma_samples, sample)));
            red.extend(cr[columns].iter().map(|&sample| level(&self.chroma_samples, sample)));
        }
        scaler.push(1, [blue.as_slice()]);
        scaler.push(2, [red.as_slice()]);
    }

    fn push_luma(&mut self, columns: std::ops::Range<usize>, xs: u32, scaler: &mut PlanarScaler) {
        let [luma, cb, cr] = &self.rows;
        if self.identity {
            let sample = |row: &[u16], x: usize| nearest(level(&self.luma_levels, row[x]).into());
            return scaler.push_rgb(columns.map(|x| [sample(cr, x), sample(luma, x), sample(cb, x)]));
        }
        let out = &mut self.out[0];
        out.clear();
        let colored = self.matrix.as_ref().filter(|_| !cb.is_empty());
        if let Some(matrix) = colored {
            out.extend(columns.map(|x| {
                let (cb, cr) = (level(&self.chroma_levels, cb[x >> xs]), level(&self.chroma_levels, cr[x >> xs]));
                nearest(f64::from(level(&self.luma_levels, luma[x])) + mixed(matrix.luma, cb, cr))
            }));
        } else {
            out.extend(luma[columns].iter().map(|&sample| level(&self.luma_samples, sample)));
        }
        scaler.push(0, [out.as_slice()]);
    }
}

fn mixed(weights: [f64; 2], cb: f32, cr: f32) -> f64 {
    weights[0] * f64::from(cb) + weights[1] * f64::from(cr)
}

/// A decoder never gives more bits than it says; if it did, the lightest there is would stand in.
fn level<T: Copy + Default>(levels: &[T], sample: u16) -> T {
    levels.get(usize::from(sample)).or(levels.last()).copied().unwrap_or_default()
}

/// What each value of a sample means: of luma from 0 to 255, of the differences of colour from -127.5 to 127.5.
fn levels(range: Range, bit_depth: u8) -> (Vec<f32>, Vec<f32>) {
    let depth = bit_depth.clamp(8, 16);
    let (most, unit) = (u16::MAX >> (16 - depth), f32::from(1_u16 << (depth - 8)));
    let half = f32::from(1_u16 << (depth - 1));
    let values = || (0..=most).map(f32::from);
    let most = f32::from(most);
    match range {
        Range::Full => (
            values().map(|value| value * 255.0 / most).collect(),
            values().map(|value| (value - half) * 255.0 / most).collect(),
        ),
        Range::Limited => (
            values().map(|value| (value / unit - 16.0) * 255.0 / 219.0).collect(),
            values().map(|value| (value - half) / unit * 255.0 / 224.0).collect(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_each_range_are_black_and_white() {
        for (range, depth, black, white) in [
            (Range::Full, 8, 0, 255),
            (Range::Limited, 8, 16, 235),
            (Range::Full, 10, 0, 1023),
            (Range::Limited, 10, 64, 940),
        ] {
            let (luma, chroma) = levels(range, depth);
            let near =
                |found: f32, expected: f32| assert!((found - expected).abs() < 0.01, "{range:?} {depth}: {found}");
            near(luma[black], 0.0);
            near(luma[white], 255.0);
            near(chroma[1 << (depth - 1)], 0.0);
        }
    }

    #[test]
    fn colours_by_the_matrix_of_high_definition_become_those_of_jpeg() {
        let matrix = Matrix::from_weights(0.2126, 0.0722);
        for [r, g, b] in [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.5, 0.5, 0.5], [0.2, 0.7, 0.4_f64]] {
            let luma = 0.2126 * r + 0.7152 * g + 0.0722 * b;
            let (cb, cr) = ((b - luma) / 1.8556, (r - luma) / 1.5748);
            let expected = 0.299 * r + 0.587 * g + 0.114 * b;
            let found = [
                luma + matrix.luma[0] * cb + matrix.luma[1] * cr,
                matrix.cb[0] * cb + matrix.cb[1] * cr,
                matrix.cr[0] * cb + matrix.cr[1] * cr,
            ];
            for (found, expected) in found.into_iter().zip([expected, (b - expected) / 1.772, (r - expected) / 1.402]) {
                assert!((found - expected).abs() < 1e-9, "{found} instead of {expected}");
            }
        }
        let same = Matrix::from_weights(0.299, 0.114);
        assert!(same.luma.iter().all(|gain| gain.abs() < 1e-9), "{same:?}");
    }
}
