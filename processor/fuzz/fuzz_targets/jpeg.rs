//! The fast path of JPEG, at all scales.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use processor_fuzz::{Format, check_render, sniff, tell_panics_apart};

fuzz_target!(init: tell_panics_apart(), |bytes: &[u8]| -> Corpus {
    if sniff(bytes) != Some(Format::Jpeg) {
        return Corpus::Reject;
    }
    check_render(bytes);
    Corpus::Keep
});
