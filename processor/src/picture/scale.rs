//! Making pictures smaller, never larger: row by row while they are decoded, so that no plane is ever held at full size.

use std::mem;

use fast_image_resize::{
    PixelType, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};

use super::Refusal;

/// Reach of the Lanczos3 filter to either side, in samples of whichever of source and target is coarser.
const FILTER_REACH: f64 = 3.0;
/// Source rows that are waited for before some are made of them: each time, the filter's weights are computed anew.
const ROWS_AT_A_TIME: f64 = 64.0;
/// Rows that come at a time, at most.
const BAND_ROWS: f64 = 32.0;

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

/// A row or column of target samples, and the stretch of the source that it shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span {
    /// Where the first target sample begins, in source samples. May be before the first one, or after the last.
    pub(super) from: f64,
    /// Where the last target sample ends.
    pub(super) to: f64,
    /// Number of target samples.
    pub(super) target: u32,
}

impl Span {
    /// The same stretch of a source that got `before` more samples in front.
    fn shifted(self, before: u32) -> Self {
        Self { from: self.from + f64::from(before), to: self.to + f64::from(before), ..self }
    }

    /// Source samples per target sample.
    fn step(self) -> f64 {
        (self.to - self.from) / f64::from(self.target)
    }

    /// Samples that a source of `length` lacks before its first and after its last.
    fn missing(self, length: u32) -> (u32, u32) {
        (whole((-self.from).ceil()), whole((self.to - f64::from(length)).ceil()))
    }

    /// The source samples that the target sample `index` is made of, generously.
    fn needs(self, index: u32) -> (f64, f64) {
        let center = self.from + (f64::from(index) + 0.5) * self.step();
        let reach = FILTER_REACH * self.step().max(1.0) + 1.0;
        (center - reach, center + reach)
    }
}

/// Makes a plane of another size from rows that come from top to bottom.
///
/// The height is scaled first, as the rows come; the width last. Where the target reaches beyond the source, the source's
/// edge is repeated.
pub(super) struct PlaneScaler {
    resizer: Resizer,
    /// Width and height of the source, and rows of it that came.
    source: (u32, u32),
    pushed: u32,
    across: Span,
    down: Span,
    /// Samples of a row with its repeated edges, and how many of those are before it.
    row_width: u32,
    pad_left: u32,
    pad_top: u32,
    pad_bottom: u32,
    /// Target rows that are made at a time, unless it is the end.
    batch: u32,
    /// Source rows that are still needed, and the number of the first of them.
    window: Vec<u8>,
    window_start: u32,
    /// Rows that have their final height.
    squeezed: Vec<u8>,
    squeezed_rows: u32,
}

impl PlaneScaler {
    /// For a source of `width` by `height` samples.
    pub(super) fn new((width, height): (u32, u32), across: Span, down: Span) -> Self {
        let (pad_left, pad_right) = across.missing(width);
        let (pad_top, pad_bottom) = down.missing(height);
        let row_width = pad_left + width + pad_right;
        Self {
            resizer: Resizer::new(),
            source: (width, height),
            pushed: 0,
            across: across.shifted(pad_left),
            down: down.shifted(pad_top),
            row_width,
            pad_left,
            pad_top,
            pad_bottom,
            batch: whole(ROWS_AT_A_TIME / down.step()).clamp(1, down.target),
            window: Vec::new(),
            window_start: 0,
            squeezed: Vec::new(),
            squeezed_rows: 0,
        }
    }

    /// Bytes that it needs at most.
    pub(super) fn bytes(&self) -> u64 {
        let (width, height) = (u64::from(self.row_width), u64::from(self.down.target));
        let window_rows = self.down.needs(self.batch).1 - self.down.needs(0).0 + BAND_ROWS;
        width * height + width * u64::from(whole(window_rows)) + u64::from(self.across.target) * height
    }

    /// Takes the next rows of the source.
    pub(super) fn push<'a>(&mut self, rows: impl IntoIterator<Item = &'a [u8]>) -> Result<(), Refusal> {
        for row in rows {
            let copies = 1 + mem::take(&mut self.pad_top);
            (0..copies).for_each(|_| self.append(row));
            self.pushed += 1;
        }
        let available = f64::from(self.window_start + self.window_rows());
        let mut ready = self.squeezed_rows;
        while ready < self.down.target && self.down.needs(ready).1 <= available {
            ready += 1;
        }
        if ready < self.squeezed_rows + self.batch { Ok(()) } else { self.squeeze(ready) }
    }

    /// Takes rows of one sample in place of all that are missing.
    pub(super) fn fill(&mut self, sample: u8) -> Result<(), Refusal> {
        let row = vec![sample; self.source.0 as usize];
        (self.pushed..self.source.1).try_for_each(|_| self.push([row.as_slice()]))
    }

    /// The plane, once all rows of the source were pushed.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, Refusal> {
        if let Some(start) = self.window.len().checked_sub(self.row_width as usize) {
            (0..self.pad_bottom).for_each(|_| self.window.extend_from_within(start..start + self.row_width as usize));
        }
        self.squeeze(self.down.target)?;
        drop(mem::take(&mut self.window));
        let (width, height) = (self.row_width, self.down.target);
        let from = self.across.from;
        let crop = (from, 0.0, (self.across.to - from).min(f64::from(width) - from), f64::from(height));
        let mut plane = vec![0; self.across.target as usize * height as usize];
        let target = (self.across.target, height);
        convolve(&mut self.resizer, (width, height), &self.squeezed, crop, target, &mut plane)?;
        Ok(plane)
    }

    fn append(&mut self, row: &[u8]) {
        let (first, last) = (row[0], row[row.len() - 1]);
        let end = self.window.len() + self.row_width as usize;
        self.window.extend((0..self.pad_left).map(|_| first));
        self.window.extend_from_slice(row);
        self.window.resize(end, last);
    }

    fn window_rows(&self) -> u32 {
        u32::try_from(self.window.len() / self.row_width as usize).unwrap_or(u32::MAX)
    }

    /// Makes the target's rows up to `end`, and forgets source rows that no later one needs.
    fn squeeze(&mut self, end: u32) -> Result<(), Refusal> {
        let rows = end - self.squeezed_rows;
        let step = self.down.step();
        let from = (self.down.from + f64::from(self.squeezed_rows) * step - f64::from(self.window_start)).max(0.0);
        let window_rows = self.window_rows();
        let bytes = |row: u32| row as usize * self.row_width as usize;
        self.squeezed.reserve_exact(bytes(self.down.target) - self.squeezed.len());
        self.squeezed.resize(bytes(end), 0);
        let target = &mut self.squeezed[bytes(self.squeezed_rows)..bytes(end)];
        let crop = (0.0, from, f64::from(self.row_width), (f64::from(rows) * step).min(f64::from(window_rows) - from));
        convolve(&mut self.resizer, (self.row_width, window_rows), &self.window, crop, (self.row_width, rows), target)?;
        self.squeezed_rows = end;
        let unneeded = whole(self.down.needs(end).0).saturating_sub(self.window_start).min(window_rows);
        self.window.drain(..unneeded as usize * self.row_width as usize);
        self.window_start += unneeded;
        Ok(())
    }
}

/// Scales what a crop box (left, top, width, height) cuts out of a plane.
fn convolve(
    resizer: &mut Resizer,
    (width, height): (u32, u32),
    samples: &[u8],
    (left, top, crop_width, crop_height): (f64, f64, f64, f64),
    (target_width, target_height): (u32, u32),
    target: &mut [u8],
) -> Result<(), Refusal> {
    let source = ImageRef::new(width, height, samples, PixelType::U8).map_err(Refusal::broken)?;
    let mut target =
        Image::from_slice_u8(target_width, target_height, target, PixelType::U8).map_err(Refusal::broken)?;
    // Lanczos3 is the default.
    let options = ResizeOptions::new().crop(left, top, crop_width, crop_height);
    resizer.resize(&source, &mut target, &options).map_err(Refusal::broken)
}

/// The number without its fraction, and zero where it is negative.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, which is what is meant")]
fn whole(number: f64) -> u32 {
    number as u32
}
