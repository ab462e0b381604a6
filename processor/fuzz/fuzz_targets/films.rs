//! What films say of themselves.
#![no_main]

use libfuzzer_sys::fuzz_target;
use processor_fuzz::{check_film, tell_panics_apart};

fuzz_target!(init: tell_panics_apart(), |bytes: &[u8]| check_film(bytes));
