//! Where the decoder's bytes come from: any reader, by the callbacks of the library.

use std::{
    ffi::c_long,
    io::{self, Read},
    ptr,
};

use mozjpeg_sys::{boolean, jpeg_decompress_struct, jpeg_resync_to_restart, jpeg_source_mgr};

use super::{Failure, bail};

/// Bytes read from the file at a time.
const READ_BYTES: usize = 32 * 1024;
/// What a source that is at its end hands on for ever: an end-of-image marker.
const END_OF_IMAGE: [u8; 2] = [0xFF, 0xD9];

/// Begins with what the library knows of it, so that a pointer to that is one to this.
#[repr(C)]
pub(super) struct Source<R> {
    manager: jpeg_source_mgr,
    reader: R,
    buffer: Box<[u8]>,
    /// The file ended before its picture did.
    pub(super) ended: bool,
}

impl<R: Read> Source<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            manager: jpeg_source_mgr {
                next_input_byte: ptr::null(),
                bytes_in_buffer: 0,
                init_source: Some(do_nothing),
                fill_input_buffer: Some(fill::<R>),
                skip_input_data: Some(skip::<R>),
                resync_to_restart: Some(jpeg_resync_to_restart),
                term_source: Some(do_nothing),
            },
            reader,
            buffer: vec![0; READ_BYTES].into_boxed_slice(),
            ended: false,
        }
    }
}

extern "C-unwind" fn do_nothing(_: &mut jpeg_decompress_struct) {}

/// Reads the next bytes of the file.
extern "C-unwind" fn fill<R: Read>(object: &mut jpeg_decompress_struct) -> boolean {
    // SAFETY: the decoder made it a pointer to the whole of our source, which nobody else refers to during a call.
    let source = unsafe { &mut *object.src.cast::<Source<R>>() };
    let count = loop {
        match source.reader.read(&mut source.buffer) {
            Ok(count) if count <= source.buffer.len() => break count,
            // A reader may say anything, and what comes of it must not be memory that is not ours.
            Ok(_) => bail(Failure::Fault),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => bail(Failure::Read(error)),
        }
    };
    if count == 0 {
        source.ended = true;
        source.buffer[..END_OF_IMAGE.len()].copy_from_slice(&END_OF_IMAGE);
    }
    source.manager.next_input_byte = source.buffer.as_ptr();
    source.manager.bytes_in_buffer = if count == 0 { END_OF_IMAGE.len() } else { count };
    1
}

/// Steps over bytes of a segment that the library does not look into.
extern "C-unwind" fn skip<R: Read>(object: &mut jpeg_decompress_struct, count: c_long) {
    let mut left = usize::try_from(count).unwrap_or_default();
    loop {
        // SAFETY: as in `fill`.
        let source = unsafe { &mut *object.src.cast::<Source<R>>() };
        let step = left.min(source.manager.bytes_in_buffer);
        // SAFETY: there are that many bytes after the pointer.
        source.manager.next_input_byte = unsafe { source.manager.next_input_byte.add(step) };
        source.manager.bytes_in_buffer -= step;
        left -= step;
        if left == 0 || source.ended {
            return;
        }
        fill::<R>(object);
    }
}
