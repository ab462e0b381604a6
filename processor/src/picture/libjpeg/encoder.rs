//! Encoding planes as a baseline JPEG.

use std::{
    ffi::{c_int, c_uint},
    io::Write,
    mem::MaybeUninit,
    slice,
};

use mozjpeg_sys::{
    J_COLOR_SPACE, J_INT_PARAM, JINT_COMPRESS_PROFILE_VALUE, boolean, jpeg_c_set_int_param, jpeg_compress_struct,
    jpeg_create_compress, jpeg_destroy_compress, jpeg_error_mgr, jpeg_finish_compress, jpeg_set_defaults,
    jpeg_set_quality, jpeg_start_compress, jpeg_write_marker, jpeg_write_raw_data,
};

use super::{BLOCK_SIDE, Failure, destination::Destination, error_manager, guarded};

/// What an APP2 segment with a part of a profile begins with (ICC.1:2022, B.4), before the part's number and their count.
const ICC_SIGNATURE: &[u8] = b"ICC_PROFILE\0";
/// Most bytes of a profile that fit a segment beside its length, the signature and the two numbers.
const ICC_PART_BYTES: usize = 65_535 - 2 - 12 - 2;
const APP2: c_int = 0xE2;

/// How to encode.
#[derive(Clone, Copy, Debug)]
pub(in crate::picture) struct Encoding<'a> {
    pub(in crate::picture) width: u32,
    pub(in crate::picture) height: u32,
    /// One plane; otherwise there are three, the second and third of half the width and height, rounded up.
    pub(in crate::picture) grey: bool,
    /// 1 to 100.
    pub(in crate::picture) quality: u8,
    pub(in crate::picture) icc_profile: Option<&'a [u8]>,
}

/// Rows of one plane that the caller fills, for the encoder to write.
struct Strip {
    width: usize,
    height: usize,
    /// Width in whole blocks.
    stride: usize,
    /// Rows that are encoded at a time.
    rows: usize,
    buffer: Vec<u8>,
}

/// Encodes as baseline JPEG with the standard's Huffman tables. `fill` is asked for the rows of each plane from top to
/// bottom: the plane, the first row, and where the rows go.
pub(in crate::picture) fn encode(
    encoding: &Encoding<'_>,
    mut fill: impl FnMut(usize, usize, &mut dyn Iterator<Item = &mut [u8]>),
) -> Result<Vec<u8>, Failure> {
    let mut strips = Strip::of(encoding);
    let mut written = Vec::new();
    let mut encoder = Encoder::create(&mut written)?;
    encoder.start(encoding)?;
    let luma_rows = strips[0].rows;
    for first in (0..encoding.height as usize).step_by(luma_rows) {
        for (index, strip) in strips.iter_mut().enumerate() {
            let first = first / luma_rows * strip.rows;
            let rows = strip.rows.min(strip.height - first);
            let width = strip.width;
            fill(
                index,
                first,
                &mut strip.buffer.chunks_exact_mut(strip.stride).take(rows).map(|row| &mut row[..width]),
            );
            strip.extend_edges(rows);
        }
        encoder.write(&mut strips)?;
    }
    encoder.finish()?;
    Ok(written)
}

impl Strip {
    fn of(encoding: &Encoding<'_>) -> Vec<Self> {
        let (width, height) = (encoding.width as usize, encoding.height as usize);
        if encoding.grey {
            return vec![Self::new(width, height, BLOCK_SIDE)];
        }
        let chroma = || Self::new(width.div_ceil(2), height.div_ceil(2), BLOCK_SIDE);
        vec![Self::new(width, height, 2 * BLOCK_SIDE), chroma(), chroma()]
    }

    fn new(width: usize, height: usize, rows: usize) -> Self {
        let stride = width.next_multiple_of(BLOCK_SIDE);
        Self { width, height, stride, rows, buffer: vec![0; stride * rows] }
    }

    /// Fills up the last blocks to the right and below with copies of the edge.
    fn extend_edges(&mut self, rows: usize) {
        if self.width < self.stride {
            for row in self.buffer.chunks_exact_mut(self.stride).take(rows) {
                let edge = row[self.width - 1];
                row[self.width..].fill(edge);
            }
        }
        for missing in rows..self.rows {
            self.buffer.copy_within((rows - 1) * self.stride..rows * self.stride, missing * self.stride);
        }
    }

    fn row_pointers(&self) -> Vec<*const u8> {
        self.buffer.chunks_exact(self.stride).map(<[u8]>::as_ptr).collect()
    }
}

/// Encodes one JPEG.
pub(super) struct Encoder<'w> {
    /// From a box, and given back to it when dropped: the library holds pointers into it.
    pub(super) state: *mut State<'w>,
}

pub(super) struct State<'w> {
    pub(super) object: jpeg_compress_struct,
    errors: jpeg_error_mgr,
    destination: Destination<'w>,
}

impl<'w> Encoder<'w> {
    /// An encoder that writes there, and does what takes the least time.
    pub(super) fn create(writer: &'w mut dyn Write) -> Result<Self, Failure> {
        let state = Box::into_raw(Box::new(State {
            // SAFETY: the struct is numbers, enums with a variant of value 0, and null pointers.
            object: unsafe { MaybeUninit::zeroed().assume_init() },
            errors: error_manager(),
            destination: Destination::new(writer),
        }));
        let encoder = Self { state };
        guarded(|| {
            // SAFETY: the state lives until the encoder is dropped and does not move.
            unsafe {
                (*state).object.common.err = &raw mut (*state).errors;
                jpeg_create_compress(&raw mut (*state).object);
                (*state).object.dest = (&raw mut (*state).destination).cast();
                // What the library does by default is smaller by a tenth, and takes ten times as long.
                let fastest = JINT_COMPRESS_PROFILE_VALUE::JCP_FASTEST as c_int;
                jpeg_c_set_int_param(&mut (*state).object, J_INT_PARAM::JINT_COMPRESS_PROFILE, fastest);
            }
        })?;
        Ok(encoder)
    }

    fn start(&mut self, encoding: &Encoding<'_>) -> Result<(), Failure> {
        let state = self.state;
        guarded(|| {
            // SAFETY: as in `create`; the library copies what it is given.
            unsafe {
                let object = &mut (*state).object;
                object.image_width = encoding.width;
                object.image_height = encoding.height;
                object.input_components = if encoding.grey { 1 } else { 3 };
                object.in_color_space =
                    if encoding.grey { J_COLOR_SPACE::JCS_GRAYSCALE } else { J_COLOR_SPACE::JCS_YCbCr };
                jpeg_set_defaults(object);
                jpeg_set_quality(object, c_int::from(encoding.quality), boolean::from(true));
                object.optimize_coding = boolean::from(false);
                object.raw_data_in = boolean::from(true);
                let count = usize::try_from(object.num_components).unwrap_or_default();
                for (index, component) in slice::from_raw_parts_mut(object.comp_info, count).iter_mut().enumerate() {
                    let factor = if index == 0 && !encoding.grey { 2 } else { 1 };
                    (component.h_samp_factor, component.v_samp_factor) = (factor, factor);
                }
                jpeg_start_compress(object, boolean::from(true));
                for segment in encoding.icc_profile.map(icc_segments).unwrap_or_default() {
                    let length = c_uint::try_from(segment.len()).unwrap_or_default();
                    jpeg_write_marker(object, APP2, segment.as_ptr(), length);
                }
            }
        })
    }

    fn write(&mut self, strips: &mut [Strip]) -> Result<(), Failure> {
        let rows: Vec<Vec<*const u8>> = strips.iter().map(Strip::row_pointers).collect();
        let arrays: Vec<*const *const u8> = rows.iter().map(Vec::as_ptr).collect();
        let lines = c_uint::try_from(strips[0].rows).unwrap_or_default();
        let state = self.state;
        guarded(|| {
            // SAFETY: each strip has whole blocks, as many as a row of the picture needs, of eight times the plane's
            // sampling factor in rows.
            unsafe { jpeg_write_raw_data(&mut (*state).object, arrays.as_ptr(), lines) };
        })
    }

    /// Writes what is left.
    fn finish(self) -> Result<(), Failure> {
        let state = self.state;
        guarded(|| {
            // SAFETY: as in `create`; after this, the library does not write any more.
            unsafe { jpeg_finish_compress(&mut (*state).object) };
        })
    }
}

impl Drop for Encoder<'_> {
    fn drop(&mut self) {
        // SAFETY: the pointer is from a box; an object may be destroyed at any time, and its memory is released before.
        unsafe {
            jpeg_destroy_compress(&mut (*self.state).object);
            drop(Box::from_raw(self.state));
        }
    }
}

/// The payloads of the APP2 segments that hold a profile.
fn icc_segments(profile: &[u8]) -> Vec<Vec<u8>> {
    let parts = profile.chunks(ICC_PART_BYTES);
    let Ok(count) = u8::try_from(parts.len()) else { return Vec::new() };
    (1..=count).zip(parts).map(|(number, part)| [ICC_SIGNATURE, &[number, count], part].concat()).collect()
}
