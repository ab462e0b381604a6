//! What a file is, what it says of itself, and its headers, up to where a picture would be decoded.
#![no_main]

use libfuzzer_sys::fuzz_target;
use model::Rotation;
use processor_fuzz::{NO_PIXELS, facts, render, sniff, tell_panics_apart, with_file};

fuzz_target!(init: tell_panics_apart(), |bytes: &[u8]| {
    let format = sniff(bytes);
    with_file(bytes, |path| {
        assert_eq!(facts(path).ok().map(|facts| facts.format), format);
        let refusal = render(path, Rotation::None, &NO_PIXELS).expect_err("no pixels are allowed");
        assert!(!refusal.is_transient(), "{refusal:?}");
    });
});
