//! The JPEG library behind an interface that is safe whatever the bytes: the only `unsafe` code of the project.
//!
//! What holds here, beside what each `SAFETY` comment says:
//! - The library reports a fatal error through a function that must not return. Ours unwinds, which its C code is built to
//!   let pass (feature `unwinding`), and [`guarded`] catches it. So the process must be built with `panic = "unwind"`.
//! - After such an error an object of the library is only destroyed.
//! - Objects and buffers that the library points to live behind raw pointers or outlive the calls that use them.
//! - Buffers are sized by what the library itself read of the file, and for the largest block that it can write.

#[cfg(not(panic = "unwind"))]
compile_error!("errors of the JPEG library unwind: build with panic = \"unwind\"");

mod decoder;
mod destination;
mod encoder;
mod plane;
mod source;
mod transform;
mod vectors;
mod watch;

use std::{
    any::Any,
    ffi::c_int,
    io,
    mem::MaybeUninit,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

use mozjpeg_sys::{
    JERR_OUT_OF_MEMORY, JWRN_BOGUS_PROGRESSION, JWRN_EXTRANEOUS_DATA, JWRN_HIT_MARKER, JWRN_HUFF_BAD_CODE,
    JWRN_MUST_RESYNC, jpeg_common_struct, jpeg_error_mgr, jpeg_std_error,
};

pub use self::vectors::has_vector_instructions;
pub(super) use self::{
    decoder::{Color, Decoder, Scale},
    encoder::{Encoding, encode},
    plane::PlaneLayout,
    transform::Coefficients,
};

/// Samples along the side of a block at full size: the most that the library reads or writes for one.
const BLOCK_SIDE: usize = 8;

/// Why the library gave up.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("the JPEG library says no. {0} of its list of errors")]
    Library(c_int),
    #[error("the JPEG library got no memory")]
    Memory,
    #[error("the JPEG has more scans than any camera writes")]
    TooManyScans,
    #[error("the file could not be read")]
    Read(#[source] io::Error),
    #[error("the JPEG could not be written")]
    Write(#[source] io::Error),
    #[error("a fault of ours in the guard of the JPEG library")]
    Fault,
}

impl Failure {
    /// By a code of the library's list of errors.
    fn of_code(code: c_int) -> Self {
        if i64::from(code) == i64::from(JERR_OUT_OF_MEMORY) { Self::Memory } else { Self::Library(code) }
    }
}

/// Calls the library, and catches the unwinding by which our callbacks leave it.
fn guarded<T>(call: impl FnOnce() -> T) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(call))
        .map_err(|payload: Box<dyn Any + Send>| payload.downcast().map_or(Failure::Fault, |failure| *failure))
}

/// Leaves the library from within a callback, without the panic hook's noise.
fn bail(failure: Failure) -> ! {
    resume_unwind(Box::new(failure))
}

/// An error manager that unwinds on errors, and counts the warnings that mean damage.
fn error_manager() -> jpeg_error_mgr {
    // SAFETY: the struct is numbers, null pointers and functions that are none, all of which may be zero.
    let mut manager = unsafe { MaybeUninit::<jpeg_error_mgr>::zeroed().assume_init() };
    // SAFETY: it fills in the struct, and keeps nothing of it.
    unsafe { jpeg_std_error(&mut manager) };
    manager.error_exit = Some(error_exit);
    manager.emit_message = Some(emit_message);
    manager.output_message = Some(output_message);
    manager
}

extern "C-unwind" fn error_exit(object: &mut jpeg_common_struct) {
    // SAFETY: every object of ours gets its error manager before anything else.
    let code = unsafe { (*object.err).msg_code };
    bail(Failure::of_code(code));
}

/// The level of a warning is -1; what is above are traces.
extern "C-unwind" fn emit_message(object: &mut jpeg_common_struct, level: c_int) {
    // SAFETY: as in `error_exit`.
    let manager = unsafe { &mut *object.err };
    let damage = [JWRN_HIT_MARKER, JWRN_HUFF_BAD_CODE, JWRN_MUST_RESYNC, JWRN_EXTRANEOUS_DATA, JWRN_BOGUS_PROGRESSION];
    // Others are of no harm, such as versions from the future.
    if level < 0 && damage.iter().any(|&code| i64::from(code) == i64::from(manager.msg_code)) {
        manager.num_warnings = manager.num_warnings.saturating_add(1);
    }
}

/// The library's own writes to standard error.
extern "C-unwind" fn output_message(_: &mut jpeg_common_struct) {}

#[cfg(test)]
mod tests {
    use mozjpeg_sys::JERR_BAD_LENGTH;

    use super::*;

    #[test]
    fn want_of_memory_is_told_from_damage() {
        let of = |code: u32| Failure::of_code(c_int::try_from(code).expect("a small number"));
        assert!(matches!(of(JERR_OUT_OF_MEMORY as u32), Failure::Memory));
        assert!(matches!(of(JERR_BAD_LENGTH as u32), Failure::Library(_)));
    }
}
