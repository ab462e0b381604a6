//! A picture as its planes: how light it is, and two that say its colour, of half the width and height.

use image::{Rgb, RgbImage};

use super::{
    Orientation, Refusal, color,
    scale::{PlaneScaler, Span, fit},
    upright,
};

/// Pixels from left to right, and from top to bottom, that share a sample of colour.
const CHROMA_PIXELS: u32 = 2;

/// A picture in `YCbCr` as JPEG has it (ITU-T T.871), 8 bits, not yet upright; or in grey, which is the first plane alone.
pub(super) struct Planar {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Width and height of the original, whose proportions smaller pictures keep.
    pub(super) original: (u32, u32),
    /// What will make it upright. The planes of colour begin so that then their first samples lie at its top left.
    pub(super) orientation: Orientation,
    /// One plane, or three.
    pub(super) planes: Vec<Vec<u8>>,
}

/// The samples of a plane that is to become another one.
#[derive(Clone, Copy, Debug)]
pub(super) struct SourcePlane {
    /// Samples in a row and rows.
    pub(super) size: (u32, u32),
    /// Samples per pixel of the picture, from left to right and from top to bottom.
    pub(super) density: (f64, f64),
    /// Pixels that the first sample begins before the picture does.
    pub(super) lead: (u32, u32),
}

/// Makes the planes of a picture that fits a square, from rows of larger ones.
pub(super) struct PlanarScaler {
    original: (u32, u32),
    target: (u32, u32),
    orientation: Orientation,
    scalers: Vec<PlaneScaler>,
    /// A row of pixels, as planes.
    converted: [Vec<u8>; 3],
}

impl PlanarScaler {
    /// For an original of this width and height as stored, in the form of `sources`, one or three.
    pub(super) fn new(original: (u32, u32), sources: &[SourcePlane], orientation: Orientation, side: u32) -> Self {
        let target = fit(original.0, original.1, side);
        Self::between(original, original, target, sources, orientation)
    }

    /// From sources that show `pixels` to a picture of `target`, both of one original.
    fn between(
        original: (u32, u32),
        pixels: (u32, u32),
        target: (u32, u32),
        sources: &[SourcePlane],
        orientation: Orientation,
    ) -> Self {
        let reversed = orientation.reversed_axes();
        let scalers = sources.iter().enumerate().map(|(index, source)| {
            let grid = |reversed| if index == 0 { Grid::Luma } else { Grid::Chroma { reversed } };
            let across = grid(reversed.0).span(pixels.0, target.0, source.density.0, source.lead.0);
            let down = grid(reversed.1).span(pixels.1, target.1, source.density.1, source.lead.1);
            PlaneScaler::new(source.size, across, down)
        });
        let scalers = scalers.collect();
        Self { original, target, orientation, scalers, converted: Default::default() }
    }

    /// Bytes that it needs at most.
    pub(super) fn bytes(&self) -> u64 {
        self.scalers.iter().map(PlaneScaler::bytes).sum()
    }

    /// Takes the next rows of one plane.
    pub(super) fn push<'a>(&mut self, plane: usize, rows: impl IntoIterator<Item = &'a [u8]>) -> Result<(), Refusal> {
        self.scalers[plane].push(rows)
    }

    /// Takes the next row of a picture whose three planes all have a sample for every pixel.
    pub(super) fn push_rgb(&mut self, pixels: impl Iterator<Item = [u8; 3]>) -> Result<(), Refusal> {
        self.converted.iter_mut().for_each(Vec::clear);
        for pixel in pixels {
            for (row, sample) in self.converted.iter_mut().zip(color::to_ycbcr(pixel)) {
                row.push(sample);
            }
        }
        for (scaler, row) in self.scalers.iter_mut().zip(&self.converted) {
            scaler.push([row.as_slice()])?;
        }
        Ok(())
    }

    /// Fills all rows that are missing.
    pub(super) fn fill(&mut self, sample: u8) -> Result<(), Refusal> {
        self.scalers.iter_mut().try_for_each(|scaler| scaler.fill(sample))
    }

    /// The planes, once all rows were pushed.
    pub(super) fn finish(self) -> Result<Planar, Refusal> {
        let planes = self.scalers.into_iter().map(PlaneScaler::finish).collect::<Result<_, _>>()?;
        let (width, height) = self.target;
        Ok(Planar { width, height, original: self.original, orientation: self.orientation, planes })
    }
}

/// Where the samples of a target plane lie.
#[derive(Clone, Copy)]
enum Grid {
    /// One in each pixel.
    Luma,
    /// One for two pixels. Where their number is odd, the last sample reaches beyond the picture: beyond its first pixel, if
    /// making it upright reverses the axis.
    Chroma { reversed: bool },
}

impl Grid {
    /// The stretch of a plane with `density` samples in each of the `pixels` that a target of `target` pixels shows.
    fn span(self, pixels: u32, target: u32, density: f64, lead: u32) -> Span {
        let (samples, first, last) = match self {
            Self::Luma => (target, 0, target),
            Self::Chroma { reversed: false } => {
                (target.div_ceil(CHROMA_PIXELS), 0, target.next_multiple_of(CHROMA_PIXELS))
            }
            Self::Chroma { reversed: true } => (target.div_ceil(CHROMA_PIXELS), target % CHROMA_PIXELS, target),
        };
        let source =
            |target_pixels: f64| (target_pixels * f64::from(pixels) / f64::from(target) + f64::from(lead)) * density;
        Span { from: source(-f64::from(first)), to: source(f64::from(last)), target: samples }
    }
}

impl Planar {
    pub(super) fn is_grey(&self) -> bool {
        self.planes.len() == 1
    }

    /// Width and height when upright.
    pub(super) fn upright_dimensions(&self) -> (u32, u32) {
        self.orientation.dimensions(self.width, self.height)
    }

    /// Copies rows of a plane as they are when upright, from the upright row `first` on.
    pub(super) fn copy_upright_rows<'a>(&self, plane: usize, first: usize, rows: impl Iterator<Item = &'a mut [u8]>) {
        let (width, height) = self.sources()[plane].size;
        upright::copy_rows(&self.planes[plane], (width as usize, height as usize), self.orientation, first, rows);
    }

    /// The picture made smaller to fit a square.
    pub(super) fn to_fit(&self, side: u32) -> Result<Self, Refusal> {
        let sources = self.sources();
        let (pixels, target) = ((self.width, self.height), fit(self.original.0, self.original.1, side));
        let mut scaler = PlanarScaler::between(self.original, pixels, target, &sources, self.orientation);
        for (index, (plane, source)) in self.planes.iter().zip(&sources).enumerate() {
            scaler.push(index, plane.chunks_exact(source.size.0 as usize))?;
        }
        scaler.finish()
    }

    /// The picture in red, green and blue, as stored: for small ones, as it takes the nearest sample of colour.
    pub(super) fn to_rgb(&self) -> RgbImage {
        let sources = self.sources();
        let sample =
            |plane: usize, x: u32, y: u32| self.planes[plane][y as usize * sources[plane].size.0 as usize + x as usize];
        RgbImage::from_fn(self.width, self.height, |x, y| {
            let luma = sample(0, x, y);
            if self.is_grey() {
                return Rgb([luma; 3]);
            }
            let (x, y) = ((x + sources[1].lead.0) / CHROMA_PIXELS, (y + sources[1].lead.1) / CHROMA_PIXELS);
            Rgb(color::to_rgb([luma, sample(1, x, y), sample(2, x, y)]))
        })
    }

    fn sources(&self) -> Vec<SourcePlane> {
        let reversed = self.orientation.reversed_axes();
        let luma = SourcePlane { size: (self.width, self.height), density: (1.0, 1.0), lead: (0, 0) };
        let lead = |reversed: bool, pixels: u32| if reversed { pixels % CHROMA_PIXELS } else { 0 };
        let chroma = SourcePlane {
            size: (self.width.div_ceil(CHROMA_PIXELS), self.height.div_ceil(CHROMA_PIXELS)),
            density: (0.5, 0.5),
            lead: (lead(reversed.0, self.width), lead(reversed.1, self.height)),
        };
        [luma, chroma, chroma][..self.planes.len()].to_vec()
    }
}
