//! HEIC: pictures that are coded as single frames of HEVC, most of them as a grid of tiles (ISO/IEC 23008-12).
//!
//! The crate `heic-rs` reads the container and decodes the tiles. Their samples are made into JPEG's planes here, a row of
//! tiles at a time, rather than by the crate: it takes every file without an `nclx` colour box for one of limited range
//! in BT.709 (0.1.4), whatever the coded pictures say, and iPhones write none. Shadows came out crushed.

mod convert;
mod signal;

use std::{
    fs::File,
    io::{BufReader, Read, Seek},
};

use heic_rs::{
    ChromaFormat, Grid, Mirror, Transform,
    context::Context,
    grid::Mosaic,
    hevc::{self, Frame, Info},
    props::ItemProps,
    transform::crop_rect,
};

use self::{convert::Converter, signal::Signal};
use super::{
    Limits, Orientation, Refusal,
    decode::Decoded,
    planes::{PlanarScaler, SourcePlane},
};
use crate::{hevc::SEQUENCE_PARAMETERS, sniff::Format};

/// Bytes that the decoder holds for each of a frame's, of its own and for what it works with, from above.
const WORKING_FACTOR: u64 = 3;
/// Larger files are not looked into for their EXIF alone.
const MAX_EXIF_FILE_BYTES: u64 = 256 * 1024 * 1024;

/// The EXIF block of the primary picture (a TIFF structure), if the file has one.
pub(crate) fn exif_block(file: &mut (impl Read + Seek)) -> std::io::Result<Option<Vec<u8>>> {
    file.rewind()?;
    let mut bytes = Vec::new();
    file.take(MAX_EXIF_FILE_BYTES).read_to_end(&mut bytes)?;
    let block =
        Context::open(&bytes).and_then(|container| Ok(container.exif(container.meta.primary)?.map(<[u8]>::to_vec)));
    // A picture with broken notes is still a picture.
    Ok(block.unwrap_or_default())
}

/// What makes the picture upright. The container says it in its own way, and what EXIF says of it besides is not to be
/// applied again (ISO/IEC 23008-12, 6.5.10 and annex A).
pub(super) fn orientation(file: &mut BufReader<File>, limits: &Limits) -> Result<Orientation, Refusal> {
    let bytes = read(file, limits)?;
    let container = Context::open(&bytes).map_err(refusal)?;
    let properties = container.props(container.meta.primary).map_err(refusal)?;
    Ok(orientation_of(&properties.transforms))
}

fn orientation_of(transforms: &[Transform]) -> Orientation {
    let exif = |value| Orientation::from_exif(value).expect("1 to 8 are orientations");
    transforms.iter().fold(Orientation::UPRIGHT, |before, transform| {
        before.then(match transform {
            Transform::Crop(_) => Orientation::UPRIGHT,
            Transform::Rotate(rotation) => exif(match rotation.degrees() {
                // Counted the other way round than in EXIF.
                90 => 8,
                180 => 3,
                270 => 6,
                _ => 1,
            }),
            Transform::Mirror(Mirror::LeftRight) => exif(2),
            Transform::Mirror(Mirror::TopBottom) => exif(4),
        })
    })
}

/// Decodes the primary picture to planes that fit a square of `side`: those of its preview, as a rule.
pub(super) fn decode(
    file: &mut BufReader<File>,
    orientation: Orientation,
    side: u32,
    limits: &Limits,
) -> Result<Decoded, Refusal> {
    let bytes = read(file, limits)?;
    let container = Context::open(&bytes).map_err(refusal)?;
    let properties = container.props(container.meta.primary).map_err(refusal)?;
    let coded = container.coded_size(container.meta.primary, &properties).map_err(refusal)?;
    limits.check_dimensions(coded.0, coded.1)?;
    let window = Window::of(&properties.transforms, coded)?;
    let tiles = Tiles::of(&container, &properties, coded)?;
    limits.check_memory(bytes.len() as u64 + tiles.band_bytes())?;

    let mut converter = Converter::new(tiles.signal(&container, &properties)?, tiles.info);
    let sources = window.sources(tiles.info.chroma, converter.gives_rgb());
    let mut scaler = PlanarScaler::new((window.width, window.height), &sources, orientation, side);
    limits.check_memory(bytes.len() as u64 + tiles.band_bytes() + scaler.bytes())?;
    for band in 0..tiles.grid.output_height.div_ceil(tiles.info.height) {
        let (frames, grid) = tiles.decode_band(&container, band)?;
        let mosaic = Mosaic::new(&grid, &frames).map_err(refusal)?;
        let first_row = band * tiles.info.height;
        converter.convert(&mosaic, first_row, &window, &mut scaler)?;
    }
    Ok(Decoded {
        width: window.width,
        height: window.height,
        preview: scaler.finish(),
        icc_profile: properties.icc.map(<[u8]>::to_vec),
        partial: false,
    })
}

/// Reads all of a file, as the container points into it from anywhere.
fn read(file: &mut BufReader<File>, limits: &Limits) -> Result<Vec<u8>, Refusal> {
    let length = file.get_ref().metadata().map_err(Refusal::Unreadable)?.len();
    limits.check_memory(length)?;
    file.rewind().map_err(Refusal::Unreadable)?;
    let mut bytes = Vec::with_capacity(usize::try_from(length).map_err(Refusal::broken)?);
    file.take(length).read_to_end(&mut bytes).map_err(Refusal::Unreadable)?;
    Ok(bytes)
}

/// The coded pictures of which the picture consists; one, where it is no grid.
struct Tiles {
    items: Vec<u32>,
    grid: Grid,
    /// What each of them is like.
    info: Info,
}

impl Tiles {
    fn of(container: &Context<'_>, properties: &ItemProps<'_>, coded: (u32, u32)) -> Result<Self, Refusal> {
        let primary = container.meta.primary;
        let (grid, items) = container.grid(primary).map_err(refusal)?.unwrap_or_else(|| {
            (Grid { rows: 1, columns: 1, output_width: coded.0, output_height: coded.1 }, vec![primary])
        });
        if (grid.output_width, grid.output_height) != coded {
            return Err(Refusal::broken("the size of the picture can be read in two ways"));
        }
        let mut info: Option<Info> = None;
        for &item in &items {
            let tile = if item == primary { properties.clone() } else { container.props(item).map_err(refusal)? };
            let config = tile.hvcc.ok_or_else(|| Refusal::broken("a tile without parameters"))?;
            // By the coded picture itself: that is what the decoder makes room for.
            let one = hevc::probe(&config.parameter_sets()).map_err(refusal)?;
            if info.is_some_and(|first| first != one) {
                return Err(Refusal::broken("tiles that differ in size or form"));
            }
            info = Some(one);
        }
        let info = info.ok_or_else(|| Refusal::broken("a grid without tiles"))?;
        let covers = |tile: u32, count: u32, whole: u32| u64::from(tile) * u64::from(count) >= u64::from(whole);
        if !covers(info.width, grid.columns, coded.0) || !covers(info.height, grid.rows, coded.1) {
            return Err(Refusal::broken("the tiles do not cover the picture"));
        }
        let shift = info.chroma.y_shift();
        if grid.rows > 1 && info.height >> shift << shift != info.height {
            return Err(unsupported());
        }
        Ok(Self { items, grid, info })
    }

    /// Bytes that a row of tiles takes while it is decoded, from above.
    fn band_bytes(&self) -> u64 {
        let samples = u64::from(self.info.width) * u64::from(self.info.height) * 3;
        samples * u64::from(self.grid.columns) * size_of::<u16>() as u64 * WORKING_FACTOR
    }

    /// What the samples mean: by the container, else by the coded pictures.
    fn signal(&self, container: &Context<'_>, properties: &ItemProps<'_>) -> Result<Signal, Refusal> {
        if let Some(nclx) = properties.nclx {
            return Ok(Signal::of_nclx(&nclx));
        }
        let first = container.props(self.items[0]).map_err(refusal)?;
        let sets =
            first.hvcc.iter().flat_map(|config| &config.arrays).filter(|array| array.nal_type == SEQUENCE_PARAMETERS);
        let signal = sets.flat_map(|array| &array.nals).find_map(|nal| Signal::of_sequence(nal));
        Ok(signal.unwrap_or_default())
    }

    /// The frames of a row of tiles, and the grid that they are by themselves.
    fn decode_band(&self, container: &Context<'_>, band: u32) -> Result<(Vec<Frame>, Grid), Refusal> {
        let columns = self.grid.columns as usize;
        let items = &self.items[band as usize * columns..][..columns];
        let frames = items.iter().map(|&item| decode_tile(container, item)).collect::<Result<Vec<Frame>, _>>()?;
        let same = |frame: &Frame| (frame.width, frame.height) == (self.info.width, self.info.height);
        if !frames.iter().all(same) {
            return Err(Refusal::broken("a tile of another size than it said"));
        }
        let rows = (self.grid.output_height - band * self.info.height).min(self.info.height);
        Ok((frames, Grid { rows: 1, output_height: rows, ..self.grid }))
    }
}

fn decode_tile(container: &Context<'_>, item: u32) -> Result<Frame, Refusal> {
    let properties = container.props(item).map_err(refusal)?;
    let config = properties.hvcc.ok_or_else(|| Refusal::broken("a tile without parameters"))?;
    let data = container.item_data(item).map_err(refusal)?;
    let slices = config.split_nals(&data).map_err(refusal)?;
    hevc::decode_still(&config.parameter_sets(), &slices).map_err(refusal)
}

/// The part of the coded picture that is shown.
#[derive(Clone, Copy)]
struct Window {
    left: u32,
    top: u32,
    width: u32,
    height: u32,
}

impl Window {
    fn of(transforms: &[Transform], (width, height): (u32, u32)) -> Result<Self, Refusal> {
        let whole = Self { left: 0, top: 0, width, height };
        let mut crops = transforms.iter().enumerate().filter_map(|(position, transform)| match transform {
            Transform::Crop(crop) => Some((position, *crop)),
            Transform::Rotate(_) | Transform::Mirror(_) => None,
        });
        match (crops.next(), crops.next()) {
            (None, _) => Ok(whole),
            // As MIAF (ISO/IEC 23000-22, 7.3.6.7) has it: what is cropped is cropped first.
            (Some((0, crop)), None) => {
                let (left, top, width, height) = crop_rect(width, height, crop).map_err(refusal)?;
                Ok(Self { left, top, width, height })
            }
            _ => Err(unsupported()),
        }
    }

    /// What the planes of the preview are made of.
    fn sources(&self, chroma: ChromaFormat, as_rgb: bool) -> Vec<SourcePlane> {
        let luma = SourcePlane { size: (self.width, self.height), density: (1.0, 1.0) };
        if as_rgb {
            return vec![luma; 3];
        }
        let size = (self.chroma_columns(chroma).len(), self.chroma_rows(chroma).len());
        let narrow = |length: usize| u32::try_from(length).expect("no longer than the picture");
        let halved = |shift: u32| if shift == 0 { 1.0 } else { 0.5 };
        let other = SourcePlane {
            size: (narrow(size.0), narrow(size.1)),
            density: (halved(chroma.x_shift()), halved(chroma.y_shift())),
        };
        match chroma {
            ChromaFormat::Monochrome => vec![luma],
            ChromaFormat::Yuv420 | ChromaFormat::Yuv422 | ChromaFormat::Yuv444 => vec![luma, other, other],
        }
    }

    fn chroma_columns(&self, chroma: ChromaFormat) -> std::ops::Range<usize> {
        halves(self.left, self.width, chroma.x_shift())
    }

    fn chroma_rows(&self, chroma: ChromaFormat) -> std::ops::Range<usize> {
        halves(self.top, self.height, chroma.y_shift())
    }
}

/// The samples of a coarser plane that belong to `length` pixels from `start` on. Where the first pixel is the second one
/// of its sample, the colours are off by half a pixel, which nobody sees.
fn halves(start: u32, length: u32, shift: u32) -> std::ops::Range<usize> {
    let first = start >> shift;
    first as usize..(first + length.div_ceil(1 << shift)) as usize
}

fn refusal(error: heic_rs::Error) -> Refusal {
    match error {
        heic_rs::Error::Unsupported(_) => unsupported(),
        other => Refusal::broken(other.to_string()),
    }
}

fn unsupported() -> Refusal {
    Refusal::Unsupported { what: format!("this kind of {} file", Format::Heic.name()) }
}

#[cfg(test)]
mod tests;
