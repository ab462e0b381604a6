//! Where the encoder's bytes go: any writer, by the callbacks of the library.

use std::{io::Write, ptr};

use mozjpeg_sys::{boolean, jpeg_compress_struct, jpeg_destination_mgr};

use super::{Failure, bail};

/// Bytes that the library writes at a time.
const WRITE_BYTES: usize = 64 * 1024;

/// Begins with what the library knows of it, so that a pointer to that is one to this.
#[repr(C)]
pub(super) struct Destination<'w> {
    manager: jpeg_destination_mgr,
    buffer: Box<[u8]>,
    writer: &'w mut dyn Write,
}

impl<'w> Destination<'w> {
    pub(super) fn new(writer: &'w mut dyn Write) -> Self {
        Self {
            manager: jpeg_destination_mgr {
                next_output_byte: ptr::null_mut(),
                free_in_buffer: 0,
                init_destination: Some(begin_buffer),
                empty_output_buffer: Some(empty_buffer),
                term_destination: Some(end_buffer),
            },
            buffer: vec![0; WRITE_BYTES].into_boxed_slice(),
            writer,
        }
    }

    fn write(&mut self, length: usize) {
        if let Err(error) = self.writer.write_all(&self.buffer[..length]) {
            bail(Failure::Write(error));
        }
    }
}

extern "C-unwind" fn begin_buffer(object: &mut jpeg_compress_struct) {
    // SAFETY: the encoder made it a pointer to the whole of our destination, which nobody else refers to during a call.
    let destination = unsafe { &mut *object.dest.cast::<Destination<'_>>() };
    destination.manager.next_output_byte = destination.buffer.as_mut_ptr();
    destination.manager.free_in_buffer = destination.buffer.len();
}

/// Takes what the library wrote: the whole buffer, whatever the pointers in the manager say.
extern "C-unwind" fn empty_buffer(object: &mut jpeg_compress_struct) -> boolean {
    // SAFETY: as in `begin_buffer`.
    let destination = unsafe { &mut *object.dest.cast::<Destination<'_>>() };
    destination.write(WRITE_BYTES);
    begin_buffer(object);
    1
}

extern "C-unwind" fn end_buffer(object: &mut jpeg_compress_struct) {
    // SAFETY: as in `begin_buffer`.
    let destination = unsafe { &mut *object.dest.cast::<Destination<'_>>() };
    destination.write(WRITE_BYTES.saturating_sub(destination.manager.free_in_buffer));
}
