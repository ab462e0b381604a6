//! Decoding a JPEG band by band, at a fraction of its size where that is enough.

use std::{
    ffi::{c_int, c_uint},
    io::Read,
    mem::MaybeUninit,
    slice,
};

use mozjpeg_sys::{
    J_COLOR_SPACE, boolean, jpeg_component_info, jpeg_create_decompress, jpeg_decompress_struct,
    jpeg_destroy_decompress, jpeg_error_mgr, jpeg_finish_decompress, jpeg_read_header, jpeg_read_raw_data,
    jpeg_read_scanlines, jpeg_start_decompress,
};

use super::{
    BLOCK_SIDE, Failure, error_manager, guarded,
    plane::{Plane, PlaneLayout, scaled},
    source::Source,
    watch::Watch,
};

/// Rows of interleaved pixels that are decoded at a time.
const INTERLEAVED_ROWS: usize = 16;
/// Coefficients of a block.
const BLOCK_COEFFICIENTS: usize = BLOCK_SIDE * BLOCK_SIDE;

/// What the samples of a JPEG mean, and in which form the decoder gives them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::picture) enum Color {
    /// One plane.
    Grey,
    /// Three planes, each in the size that the file has it in.
    YCbCr,
    /// Interleaved red, green and blue.
    Rgb,
    /// Interleaved cyan, magenta, yellow and black.
    Cmyk,
}

/// Decoded size in eighths of the stored size, by fewer frequencies of each block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::picture) enum Scale {
    Eighth = 1,
    Quarter = 2,
    Half = 4,
    Full = 8,
}

/// Decodes one JPEG.
pub(in crate::picture) struct Decoder<R: Read> {
    /// From a box, and given back to it when dropped: the library holds pointers into it.
    state: *mut State<R>,
    color: Option<Color>,
    planes: Vec<Plane>,
    started: bool,
    failed: bool,
}

pub(super) struct State<R> {
    pub(super) object: jpeg_decompress_struct,
    errors: jpeg_error_mgr,
    watch: Watch,
    source: Source<R>,
}

impl<R: Read> Decoder<R> {
    /// Reads the header of a JPEG that has at most `max_scans` scans.
    pub(in crate::picture) fn open(reader: R, max_scans: u16) -> Result<Self, Failure> {
        let state = Box::into_raw(Box::new(State {
            // SAFETY: the struct is numbers, enums with a variant of value 0, and null pointers.
            object: unsafe { MaybeUninit::zeroed().assume_init() },
            errors: error_manager(),
            watch: Watch::new(max_scans),
            source: Source::new(reader),
        }));
        let mut decoder = Self { state, color: None, planes: Vec::new(), started: false, failed: false };
        decoder.call(|state| {
            // SAFETY: the state lives until the decoder is dropped and does not move; creating only clears the object
            // but for its error manager, so that destroying it is right whatever happened before.
            unsafe {
                (*state).object.common.err = &raw mut (*state).errors;
                jpeg_create_decompress(&raw mut (*state).object);
                (*state).object.common.progress = (&raw mut (*state).watch).cast();
                (*state).object.src = (&raw mut (*state).source).cast();
                jpeg_read_header(&mut (*state).object, 1);
                // Phones write rubbish between segments.
                (*state).errors.num_warnings = 0;
            }
        })?;
        decoder.color = match decoder.object().jpeg_color_space {
            J_COLOR_SPACE::JCS_GRAYSCALE => Some(Color::Grey),
            J_COLOR_SPACE::JCS_YCbCr => Some(Color::YCbCr),
            J_COLOR_SPACE::JCS_RGB => Some(Color::Rgb),
            J_COLOR_SPACE::JCS_CMYK | J_COLOR_SPACE::JCS_YCCK => Some(Color::Cmyk),
            _ => None,
        };
        Ok(decoder)
    }

    /// Width and height in pixels as stored.
    pub(in crate::picture) fn dimensions(&self) -> (u32, u32) {
        (self.object().image_width, self.object().image_height)
    }

    /// None for what no known colour space has.
    pub(in crate::picture) fn color(&self) -> Option<Color> {
        self.color
    }

    /// Chooses what to decode to, and tells what will come. To be called before decoding is started.
    pub(in crate::picture) fn plan(&mut self, color: Color, scale: Scale) -> Vec<PlaneLayout> {
        let (raw, space) = match color {
            Color::Grey => (true, J_COLOR_SPACE::JCS_GRAYSCALE),
            Color::YCbCr => (true, J_COLOR_SPACE::JCS_YCbCr),
            Color::Rgb => (false, J_COLOR_SPACE::JCS_RGB),
            Color::Cmyk => (false, J_COLOR_SPACE::JCS_CMYK),
        };
        // The buffers must be those for what the library was started with.
        assert!(!self.started, "the plan is made before decoding is started");
        // SAFETY: the state lives as long as `self`, and nobody else refers to it now.
        let object = unsafe { &mut (*self.state).object };
        object.out_color_space = space;
        object.raw_data_out = boolean::from(raw);
        object.scale_num = scale as c_uint;
        object.scale_denom = 8;
        self.planes = if raw { self.raw_planes(scale) } else { vec![self.interleaved_plane(color, scale)] };
        self.planes.iter().map(|plane| plane.layout).collect()
    }

    /// Bytes of the buffers for one band.
    pub(in crate::picture) fn band_bytes(&self) -> usize {
        self.planes.iter().map(|plane| plane.buffer.len()).sum()
    }

    /// Begins to decode as planned. Reads all of a file that has several scans.
    pub(in crate::picture) fn start(&mut self) -> Result<(), Failure> {
        self.started = true;
        self.call(|state| {
            // SAFETY: as in `open`; the header was read.
            unsafe { jpeg_start_decompress(&mut (*state).object) };
        })
    }

    /// How many scans were read to their end when [`Self::start`] failed.
    pub(in crate::picture) fn scans_read(&self) -> u16 {
        // SAFETY: the state lives as long as `self`, and the library does not work on it now.
        let scan = unsafe { (*self.state).watch.scan };
        u16::try_from(scan).unwrap_or_default()
    }

    /// Whether damage was found so far.
    pub(in crate::picture) fn is_damaged(&self) -> bool {
        // SAFETY: as in `scans_read`.
        unsafe { (*self.state).errors.num_warnings > 0 }
    }

    /// What the library makes of missing data where pixels are inks.
    pub(in crate::picture) fn missing_ink(&self) -> [u8; 4] {
        match self.object().jpeg_color_space {
            // Luma and colours in the middle, inverted to inks.
            J_COLOR_SPACE::JCS_YCCK => [127, 127, 127, 128],
            _ => [128; 4],
        }
    }

    /// Decodes some more rows of each plane; false where all were decoded.
    pub(in crate::picture) fn decode_band(&mut self) -> Result<bool, Failure> {
        if self.object().output_scanline >= self.object().output_height {
            return Ok(false);
        }
        let interleaved = self.planes.iter().any(|plane| plane.layout.channels > 1);
        // The library writes through these pointers: as many rows as it decodes in one go, none longer than `stride`.
        let mut rows: Vec<Vec<*mut u8>> = self.planes.iter_mut().map(Plane::row_pointers).collect();
        let mut arrays: Vec<*mut *mut u8> = rows.iter_mut().map(Vec::as_mut_ptr).collect();
        let decoded = self.call(|state| {
            // SAFETY: the library writes at most eight times its sampling factor rows of each plane, and eight bytes for
            // each block, or the rows that it is asked for of `output_width` pixels: `Plane::new` made room for that.
            unsafe {
                let object = &mut (*state).object;
                if interleaved {
                    read_scanlines(object, &rows[0])
                } else {
                    let most =
                        c_uint::try_from(BLOCK_SIDE).unwrap_or(c_uint::MAX) * object.max_v_samp_factor.unsigned_abs();
                    jpeg_read_raw_data(object, arrays.as_mut_ptr(), most)
                }
            }
        })?;
        for plane in &mut self.planes {
            plane.advance();
        }
        // Our source never suspends, so there are rows unless there is a fault of ours.
        if decoded == 0 { Err(Failure::Fault) } else { Ok(true) }
    }

    /// The rows of a plane that the last band brought.
    pub(in crate::picture) fn rows(&self, plane: usize) -> impl Iterator<Item = &[u8]> {
        let plane = &self.planes[plane];
        let row_bytes = plane.layout.width as usize * plane.layout.channels;
        plane.buffer.chunks_exact(plane.stride).take(plane.last_rows).map(move |row| &row[..row_bytes])
    }

    /// Reads on to the end of the file's picture; whether anything of it is missing or damaged.
    ///
    /// # Errors
    /// When that is not the file's fault.
    pub(in crate::picture) fn finish(mut self) -> Result<bool, Failure> {
        // To be asked before the library forgets it.
        let (lacks_planes, lacks_detail) = (self.lacks_planes(), self.lacks_detail());
        let finished = self.call(|state| {
            // SAFETY: as in `open`; the decoder is used no more.
            unsafe { jpeg_finish_decompress(&mut (*state).object) }
        });
        let broken = match finished {
            Ok(_) => false,
            Err(Failure::Library(_)) => true,
            Err(failure) => return Err(failure),
        };
        // A file that only lacks its end marker lacks nothing of its picture.
        let cut = self.ended_early() && lacks_detail;
        Ok(broken || lacks_planes || cut || self.saw_damage())
    }

    /// Whether the file ended before the library had its end marker.
    pub(super) fn ended_early(&self) -> bool {
        self.state().source.ended
    }

    /// Whether the file had something in it that no encoder writes.
    pub(super) fn saw_damage(&self) -> bool {
        self.state().errors.num_warnings > 0
    }

    fn state(&self) -> &State<R> {
        // SAFETY: the state lives as long as `self`; the library writes to it during calls that borrow `self` mutably.
        unsafe { &*self.state }
    }

    /// Whether there is a plane of which no scan came: the library keeps its table with the first one.
    fn lacks_planes(&self) -> bool {
        self.components().iter().any(|component| component.quant_table.is_null())
    }

    /// Whether a progressive file has coefficients that did not come, or not with all of their bits.
    fn lacks_detail(&self) -> bool {
        let bits = self.object().coef_bits;
        if bits.is_null() {
            return false;
        }
        let count = self.components().len() * BLOCK_COEFFICIENTS;
        // SAFETY: of a progressive file, the library keeps a number for each coefficient of each component.
        let bits = unsafe { slice::from_raw_parts(bits.cast::<c_int>().cast_const(), count) };
        bits.iter().any(|&missing| missing != 0)
    }

    fn components(&self) -> &[jpeg_component_info] {
        let object = self.object();
        let count = usize::try_from(object.num_components).unwrap_or_default();
        // SAFETY: the library keeps a list of that many components from the header on.
        unsafe { slice::from_raw_parts(object.comp_info, count) }
    }

    /// The planes as the library will write them, by its own rules (`jpeg_calc_output_dimensions`): where a plane has
    /// fewer samples than others, it is scaled down less.
    fn raw_planes(&self, scale: Scale) -> Vec<Plane> {
        let object = self.object();
        let most = (object.max_h_samp_factor.unsigned_abs(), object.max_v_samp_factor.unsigned_abs());
        let planes = self.components().iter().map(|component| {
            let factors = (component.h_samp_factor.unsigned_abs(), component.v_samp_factor.unsigned_abs());
            let scale = scale as u32;
            let mut eighths = scale;
            while eighths < 8
                && (most.0 * scale).is_multiple_of(factors.0 * eighths * 2)
                && (most.1 * scale).is_multiple_of(factors.1 * eighths * 2)
            {
                eighths *= 2;
            }
            let (across, down) = ((factors.0 * eighths, most.0 * 8), (factors.1 * eighths, most.1 * 8));
            let layout = PlaneLayout {
                width: scaled(object.image_width, across),
                height: scaled(object.image_height, down),
                channels: 1,
                density: (f64::from(across.0) / f64::from(across.1), f64::from(down.0) / f64::from(down.1)),
            };
            let room = (component.width_in_blocks as usize * BLOCK_SIDE, factors.1 as usize * BLOCK_SIDE);
            Plane::new(layout, (factors.1 * eighths) as usize, room)
        });
        planes.collect()
    }

    fn interleaved_plane(&self, color: Color, scale: Scale) -> Plane {
        let object = self.object();
        let density = f64::from(scale as u32) / 8.0;
        let fraction = (scale as u32, 8);
        let layout = PlaneLayout {
            width: scaled(object.image_width, fraction),
            height: scaled(object.image_height, fraction),
            channels: if color == Color::Cmyk { 4 } else { 3 },
            density: (density, density),
        };
        let row_bytes = layout.width as usize * layout.channels;
        Plane::new(layout, INTERLEAVED_ROWS, (row_bytes, INTERLEAVED_ROWS))
    }

    pub(super) fn object(&self) -> &jpeg_decompress_struct {
        // SAFETY: the state lives as long as `self`; the library writes to it during calls that borrow `self` mutably.
        unsafe { &(*self.state).object }
    }

    /// Calls the library, unless it failed before.
    pub(super) fn call<T>(&mut self, call: impl FnOnce(*mut State<R>) -> T) -> Result<T, Failure> {
        if self.failed {
            return Err(Failure::Fault);
        }
        let state = self.state;
        let outcome = guarded(|| call(state));
        self.failed = outcome.is_err();
        outcome
    }
}

impl<R: Read> Drop for Decoder<R> {
    fn drop(&mut self) {
        // SAFETY: the pointer is from a box; an object may be destroyed at any time, and its memory is released before.
        unsafe {
            jpeg_destroy_decompress(&mut (*self.state).object);
            drop(Box::from_raw(self.state));
        }
    }
}

/// Fills as many of the rows as the picture still has.
///
/// # Safety
/// Decoding must have started, to interleaved pixels, and each pointer be to a row of them.
unsafe fn read_scanlines(object: &mut jpeg_decompress_struct, rows: &[*mut u8]) -> c_uint {
    let mut done = 0;
    while done < rows.len() && object.output_scanline < object.output_height {
        let left = c_uint::try_from(rows.len() - done).unwrap_or(c_uint::MAX);
        // SAFETY: the caller's promise.
        let read = unsafe { jpeg_read_scanlines(object, rows[done..].as_ptr().cast_mut(), left) };
        if read == 0 {
            return 0;
        }
        done += read as usize;
    }
    c_uint::try_from(done).unwrap_or(c_uint::MAX)
}
