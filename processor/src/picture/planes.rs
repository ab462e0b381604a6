//! A picture as its planes: how light it is, and two that say its colour, of half the width and height.

use std::rc::Rc;

use image::{Rgb, RgbImage};

use super::{
    Orientation, color,
    scale::{PlaneScaler, fit},
    weights::{Span, Weights},
};

/// Pixels from left to right, and from top to bottom, that share a sample of colour.
const CHROMA_PIXELS: u32 = 2;

/// An upright picture in `YCbCr` as JPEG has it (ITU-T T.871), 8 bits; or in grey, which is the first plane alone.
pub(super) struct Planar {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Width and height of the upright original, whose proportions smaller pictures keep.
    pub(super) original: (u32, u32),
    /// One plane, or three.
    pub(super) planes: Vec<Vec<u8>>,
}

/// A plane that is to become another one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct SourcePlane {
    /// Samples in a row, and rows.
    pub(super) size: (u32, u32),
    /// Samples per pixel of the picture, from left to right and from top to bottom.
    pub(super) density: (f64, f64),
}

/// Makes the upright planes of a smaller picture from rows of larger ones.
pub(super) struct PlanarScaler {
    width: u32,
    height: u32,
    original: (u32, u32),
    scalers: Vec<PlaneScaler>,
    /// A row of pixels, as planes.
    converted: [Vec<u8>; 3],
}

impl PlanarScaler {
    /// For an original of this width and height as stored, in the form of `sources`, one or three, which is to fit `side`.
    pub(super) fn new(original: (u32, u32), sources: &[SourcePlane], orientation: Orientation, side: u32) -> Self {
        let target = fit(original.0, original.1, side);
        Self::between(original, original, target, sources, orientation)
    }

    /// From sources that show `pixels` to a picture of `target`, both as stored.
    fn between(
        original: (u32, u32),
        pixels: (u32, u32),
        target: (u32, u32),
        sources: &[SourcePlane],
        orientation: Orientation,
    ) -> Self {
        let reversed = orientation.reversed_axes();
        let weights = |source: &SourcePlane, grid: fn(bool) -> Grid| {
            let across = grid(reversed.0).span(pixels.0, target.0, source.density.0);
            let down = grid(reversed.1).span(pixels.1, target.1, source.density.1);
            (Rc::new(Weights::new(across, source.size.0)), Rc::new(Weights::new(down, source.size.1)))
        };
        let scaler = |source: &SourcePlane, (across, down): (Rc<Weights>, Rc<Weights>)| {
            PlaneScaler::new(source.size, across, down, orientation)
        };
        let mut scalers = vec![scaler(&sources[0], weights(&sources[0], |_| Grid::Luma))];
        if let [_, cb, cr] = sources {
            let shared = weights(cb, Grid::chroma);
            // In most files they are of one size.
            let last = if cr == cb { shared.clone() } else { weights(cr, Grid::chroma) };
            scalers.extend([scaler(cb, shared), scaler(cr, last)]);
        }
        let (width, height) = orientation.dimensions(target.0, target.1);
        let original = orientation.dimensions(original.0, original.1);
        Self { width, height, original, scalers, converted: Default::default() }
    }

    /// Bytes that it needs.
    pub(super) fn bytes(&self) -> u64 {
        self.scalers.iter().map(PlaneScaler::bytes).sum()
    }

    /// Takes the next rows of one plane.
    pub(super) fn push<'a>(&mut self, plane: usize, rows: impl IntoIterator<Item = &'a [u8]>) {
        self.scalers[plane].push(rows);
    }

    /// Takes the next row of a picture whose three planes all have a sample for every pixel.
    pub(super) fn push_rgb(&mut self, pixels: impl Iterator<Item = [u8; 3]>) {
        self.converted.iter_mut().for_each(Vec::clear);
        for pixel in pixels {
            for (row, sample) in self.converted.iter_mut().zip(color::to_ycbcr(pixel)) {
                row.push(sample);
            }
        }
        for (scaler, row) in self.scalers.iter_mut().zip(&self.converted) {
            scaler.push([row.as_slice()]);
        }
    }

    /// Takes rows of one sample in place of all that are missing.
    pub(super) fn fill(&mut self, sample: u8) {
        self.scalers.iter_mut().for_each(|scaler| scaler.fill(sample));
    }

    /// The planes, once all rows were pushed.
    pub(super) fn finish(self) -> Planar {
        let planes = self.scalers.into_iter().map(PlaneScaler::finish).collect();
        Planar { width: self.width, height: self.height, original: self.original, planes }
    }
}

/// Where the samples of a target plane lie.
#[derive(Clone, Copy)]
enum Grid {
    /// One in each pixel.
    Luma,
    /// One for two pixels, from the top left of the upright picture on. Where the number of pixels is odd, the last sample
    /// reaches beyond the picture.
    Chroma {
        /// Making it upright reverses the axis, so that the sample that comes last is the first one as stored.
        reversed: bool,
    },
}

impl Grid {
    fn chroma(reversed: bool) -> Self {
        Self::Chroma { reversed }
    }

    /// The stretch of a plane with `density` samples for each of its `pixels` that a target of `target` pixels shows.
    fn span(self, pixels: u32, target: u32, density: f64) -> Span {
        let (samples, before, end) = match self {
            Self::Luma => (target, 0, target),
            Self::Chroma { reversed: false } => {
                (target.div_ceil(CHROMA_PIXELS), 0, target.next_multiple_of(CHROMA_PIXELS))
            }
            Self::Chroma { reversed: true } => (target.div_ceil(CHROMA_PIXELS), target % CHROMA_PIXELS, target),
        };
        let source = |target_pixels: f64| target_pixels * f64::from(pixels) / f64::from(target) * density;
        Span { from: source(-f64::from(before)), to: source(f64::from(end)), target: samples }
    }
}

impl Planar {
    pub(super) fn is_grey(&self) -> bool {
        self.planes.len() == 1
    }

    /// The picture made smaller to fit a square.
    pub(super) fn to_fit(&self, side: u32) -> Self {
        let (pixels, target) = ((self.width, self.height), fit(self.original.0, self.original.1, side));
        let luma = SourcePlane { size: pixels, density: (1.0, 1.0) };
        let chroma = SourcePlane { size: self.chroma_size(), density: (0.5, 0.5) };
        let sources = &[luma, chroma, chroma][..self.planes.len()];
        let mut scaler = PlanarScaler::between(self.original, pixels, target, sources, Orientation::UPRIGHT);
        for (index, (plane, source)) in self.planes.iter().zip(sources).enumerate() {
            scaler.push(index, plane.chunks_exact(source.size.0 as usize));
        }
        scaler.finish()
    }

    /// The picture in red, green and blue: for small ones, as it takes the nearest sample of colour.
    pub(super) fn to_rgb(&self) -> RgbImage {
        let chroma_width = self.chroma_size().0;
        RgbImage::from_fn(self.width, self.height, |x, y| {
            let luma = self.planes[0][(y * self.width + x) as usize];
            if self.is_grey() {
                return Rgb([luma; 3]);
            }
            let nearest = (y / CHROMA_PIXELS * chroma_width + x / CHROMA_PIXELS) as usize;
            Rgb(color::to_rgb([luma, self.planes[1][nearest], self.planes[2][nearest]]))
        })
    }

    /// Copies rows of a plane, from the row `first` on.
    pub(super) fn copy_rows<'a>(&self, plane: usize, first: usize, rows: impl Iterator<Item = &'a mut [u8]>) {
        let width = if plane == 0 { self.width } else { self.chroma_size().0 } as usize;
        for (row, stored) in rows.zip(self.planes[plane][first * width..].chunks_exact(width)) {
            row.copy_from_slice(stored);
        }
    }

    fn chroma_size(&self) -> (u32, u32) {
        (self.width.div_ceil(CHROMA_PIXELS), self.height.div_ceil(CHROMA_PIXELS))
    }
}
