//! Whether the library was built with the vector instructions of this machine.

use std::ffi::c_int;

unsafe extern "C" {
    /// Of the library's own (`jsimd.h`): whether its inverse cosine transform uses them.
    fn jsimd_can_idct_islow() -> c_int;
}

/// Whether JPEGs are decoded with the vector instructions of this machine. On Intel's machines this needs the assembler
/// nasm when Mantel is built; without it the pictures are the same, and take up to twice the time.
#[must_use]
pub fn has_vector_instructions() -> bool {
    // SAFETY: it takes nothing, and what it remembers of the machine is the library's own, once for each thread.
    unsafe { jsimd_can_idct_islow() != 0 }
}
