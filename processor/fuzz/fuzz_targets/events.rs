//! Batches of messages, and the keys in them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use processor_fuzz::{check_batch, check_key, tell_panics_apart};

fuzz_target!(init: tell_panics_apart(), |bytes: &[u8]| {
    check_batch(bytes);
    if let Ok(key) = std::str::from_utf8(bytes) {
        check_key(key);
    }
});
