//! Planes as they come from the decoder, some rows at a time.

/// A decoded plane, or interleaved pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::picture) struct PlaneLayout {
    /// Samples, or pixels, in a row.
    pub(in crate::picture) width: u32,
    pub(in crate::picture) height: u32,
    /// Bytes of a pixel: 1 in a plane.
    pub(in crate::picture) channels: usize,
    /// Samples per stored pixel, from left to right and from top to bottom.
    pub(in crate::picture) density: (f64, f64),
}

/// A plane, and the rows of it that were decoded last.
pub(super) struct Plane {
    pub(super) layout: PlaneLayout,
    /// Rows of the plane that a full band has.
    band_rows: usize,
    rows_decoded: usize,
    pub(super) last_rows: usize,
    pub(super) stride: usize,
    pub(super) buffer: Vec<u8>,
}

impl Plane {
    /// With room for a band of `room` bytes a row and rows.
    pub(super) fn new(layout: PlaneLayout, band_rows: usize, room: (usize, usize)) -> Self {
        let (stride, rows) = room;
        Self { layout, band_rows, rows_decoded: 0, last_rows: 0, stride, buffer: vec![0; stride * rows] }
    }

    /// Where each row of a band goes.
    pub(super) fn row_pointers(&mut self) -> Vec<*mut u8> {
        self.buffer.chunks_exact_mut(self.stride).map(<[u8]>::as_mut_ptr).collect()
    }

    /// Counts the rows of a band that was decoded.
    pub(super) fn advance(&mut self) {
        self.last_rows = self.band_rows.min(self.layout.height as usize - self.rows_decoded);
        self.rows_decoded += self.last_rows;
    }
}

/// A length times a fraction, rounded up.
pub(super) fn scaled(length: u32, (numerator, denominator): (u32, u32)) -> u32 {
    let product = u64::from(length) * u64::from(numerator);
    u32::try_from(product.div_ceil(u64::from(denominator.max(1)))).unwrap_or(u32::MAX)
}
