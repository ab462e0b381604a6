//! Turning a JPEG without decoding its pixels: blocks change places, and so do the coefficients in them.

use std::{
    ffi::{c_int, c_uint},
    io::{Read, Write},
    slice,
};

use mozjpeg_sys::{
    JXFORM_CODE, JXFORM_CODE_JXFORM_FLIP_H, JXFORM_CODE_JXFORM_FLIP_V, JXFORM_CODE_JXFORM_NONE,
    JXFORM_CODE_JXFORM_ROT_90, JXFORM_CODE_JXFORM_ROT_180, JXFORM_CODE_JXFORM_ROT_270, JXFORM_CODE_JXFORM_TRANSPOSE,
    JXFORM_CODE_JXFORM_TRANSVERSE, boolean, jpeg_copy_critical_parameters, jpeg_finish_compress,
    jpeg_read_coefficients, jpeg_simple_progression, jpeg_write_coefficients, jpeg_write_marker,
    jtransform_adjust_parameters, jtransform_execute_transform, jtransform_request_workspace, jvirt_barray_ptr,
};

use super::{super::Orientation, BLOCK_SIDE, Decoder, Failure, encoder::Encoder};
use crate::picture::jpeg::AppSegment;

/// All of a picture as it is stored before its pixels are computed.
pub(in crate::picture) struct Coefficients<R: Read> {
    decoder: Decoder<R>,
    instructions: Instructions,
    /// What the library read, in memory of the decoder's object.
    arrays: *mut jvirt_barray_ptr,
}

/// What the library is told to do (`jpeg_transform_info` of transupp.h), and room for what it notes down.
///
/// Only the two fields at its start are ours to set; zero is right for all others. The crate's own declaration of the
/// struct lacks fields that the library writes to, so this has more room than any version of it needs.
#[repr(C)]
struct Instructions {
    transform: JXFORM_CODE,
    perfect: boolean,
    rest: [u64; 64],
}

impl<R: Read> Coefficients<R> {
    /// Reads a picture that is to be turned. None where it cannot be turned without loss, as a row of blocks that the
    /// picture fills only in part would come first, and where anything of it is missing or damaged.
    pub(in crate::picture) fn read(mut decoder: Decoder<R>, turn: Orientation) -> Result<Option<Self>, Failure> {
        let mut instructions = Instructions { transform: transform_of(turn), perfect: 1, rest: [0; 64] };
        let info = (&raw mut instructions).cast();
        let arrays = decoder.call(|state| {
            // SAFETY: the state lives as long as the decoder, whose header was read; `info` is larger than what the
            // library takes it for, and it keeps no pointer to it.
            unsafe {
                let object = &raw mut (*state).object;
                (jtransform_request_workspace(object, info) != 0).then(|| jpeg_read_coefficients(&mut *object))
            }
        })?;
        // Our source never suspends, so there are arrays unless there is a fault of ours.
        let Some(arrays) = arrays else { return Ok(None) };
        if arrays.is_null() {
            return Err(Failure::Fault);
        }
        let whole = !decoder.saw_damage() && !decoder.ended_early() && is_complete(&decoder);
        Ok(whole.then_some(Self { decoder, instructions, arrays }))
    }

    /// Writes the turned picture, after these segments: in one scan, or progressive where it was.
    pub(in crate::picture) fn write(self, segments: &[AppSegment], writer: &mut dyn Write) -> Result<(), Failure> {
        let Self { mut decoder, mut instructions, arrays } = self;
        let encoder = Encoder::create(writer)?;
        let progressive = !decoder.object().coef_bits.is_null();
        let info = (&raw mut instructions).cast();
        // An error of either object leaves both, which are then destroyed only.
        decoder.call(|state| {
            // SAFETY: both states live as long as decoder and encoder; the arrays belong to the decoder's object, which
            // read them to their end. The order of calls is that of the library's own program.
            unsafe {
                let source = &raw mut (*state).object;
                let object = &raw mut (*encoder.state).object;
                jpeg_copy_critical_parameters(&*source, &mut *object);
                if progressive {
                    jpeg_simple_progression(&mut *object);
                }
                (*object).optimize_coding = boolean::from(true);
                let turned = jtransform_adjust_parameters(source, object, arrays, info);
                // They are among the segments, if the picture had them.
                (*object).write_JFIF_header = boolean::from(false);
                (*object).write_Adobe_marker = boolean::from(false);
                jpeg_write_coefficients(&mut *object, turned);
                for AppSegment { marker, payload } in segments {
                    let length = c_uint::try_from(payload.len()).unwrap_or(c_uint::MAX);
                    jpeg_write_marker(&mut *object, c_int::from(*marker), payload.as_ptr(), length);
                }
                jtransform_execute_transform(source, object, arrays, info);
                jpeg_finish_compress(&mut *object);
            }
        })
    }
}

fn transform_of(turn: Orientation) -> JXFORM_CODE {
    match turn.to_exif() {
        2 => JXFORM_CODE_JXFORM_FLIP_H,
        3 => JXFORM_CODE_JXFORM_ROT_180,
        4 => JXFORM_CODE_JXFORM_FLIP_V,
        5 => JXFORM_CODE_JXFORM_TRANSPOSE,
        6 => JXFORM_CODE_JXFORM_ROT_90,
        7 => JXFORM_CODE_JXFORM_TRANSVERSE,
        8 => JXFORM_CODE_JXFORM_ROT_270,
        _ => JXFORM_CODE_JXFORM_NONE,
    }
}

/// Whether every component had a scan, and of a progressive file all that refine it: the library fills up what is missing
/// without a word, and decoders smooth it over.
fn is_complete<R: Read>(decoder: &Decoder<R>) -> bool {
    let object = decoder.object();
    let count = usize::try_from(object.num_components).unwrap_or_default();
    // SAFETY: the library keeps a list of that many components from the header on.
    let components = unsafe { slice::from_raw_parts(object.comp_info, count) };
    let all_seen = components.iter().all(|component| !component.quant_table.is_null());
    if object.coef_bits.is_null() {
        return all_seen;
    }
    let coefficients = count * BLOCK_SIDE * BLOCK_SIDE;
    // SAFETY: of a progressive file, the library keeps a number for each coefficient of each component.
    let missing_bits = unsafe { slice::from_raw_parts(object.coef_bits.cast::<c_int>(), coefficients) };
    all_seen && missing_bits.iter().all(|&bits| bits == 0)
}
