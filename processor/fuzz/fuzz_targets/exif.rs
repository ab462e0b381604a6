//! EXIF in all of its containers.
#![no_main]

use libfuzzer_sys::fuzz_target;
use processor_fuzz::{check_exif, tell_panics_apart};

fuzz_target!(init: tell_panics_apart(), |bytes: &[u8]| check_exif(bytes));
