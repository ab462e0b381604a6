//! What keeps an eye on the decoder: files may have scans that would take time without end.

use std::{ffi::c_int, mem};

use mozjpeg_sys::{jpeg_common_struct, jpeg_decompress_struct, jpeg_progress_mgr};

use super::{Failure, bail};

/// Begins with what the library knows of it, so that a pointer to that is one to this.
#[repr(C)]
pub(super) struct Watch {
    manager: jpeg_progress_mgr,
    max_scans: c_int,
    /// The scan whose data were being read when the library last told of its progress; counted from 1.
    pub(super) scan: c_int,
}

impl Watch {
    /// For a decoder that reads at most so many scans.
    pub(super) fn new(max_scans: u16) -> Self {
        // SAFETY: references and pointers are passed in the same way, and the library calls this with its own pointer to
        // the whole of the object that it decompresses.
        let monitor = unsafe { mem::transmute::<Monitor<*mut jpeg_decompress_struct>, CommonMonitor>(check_scans) };
        let manager = jpeg_progress_mgr {
            progress_monitor: Some(monitor),
            pass_counter: 0,
            pass_limit: 0,
            completed_passes: 0,
            total_passes: 0,
        };
        Self { manager, max_scans: max_scans.into(), scan: 0 }
    }
}

type Monitor<T> = unsafe extern "C-unwind" fn(T);
type CommonMonitor = unsafe extern "C-unwind" fn(&mut jpeg_common_struct);

/// Called for every row of blocks.
///
/// # Safety
/// The object must be one of the decoder. Nothing of it is reached in another way than by the library's own pointer.
unsafe extern "C-unwind" fn check_scans(object: *mut jpeg_decompress_struct) {
    // SAFETY: the caller's promise; the decoder made its progress manager the first part of a watch, to which nobody else
    // refers during a call.
    let (scan, watch) = unsafe { ((*object).input_scan_number, &mut *(*object).common.progress.cast::<Watch>()) };
    watch.scan = scan;
    if scan > watch.max_scans {
        bail(Failure::TooManyScans);
    }
}
