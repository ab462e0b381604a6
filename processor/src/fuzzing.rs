//! The library of the crate `processor-fuzz` (`../fuzz`), no part of this one: what the fuzz targets share.
//!
//! It is here to be the root of the same modules, all but the handler: that one brings the SDKs of AWS, which take many
//! minutes to build with a sanitizer, and have nothing to find.

#![expect(dead_code, unused_imports, reason = "what only the handler uses")]

mod bmff;
mod event;
mod exif;
mod exit;
mod hevc;
mod motion;
mod picture;
mod sniff;
mod video;
mod xmp;

use std::{
    cell::RefCell,
    io::{Cursor, Seek, Write},
    panic,
    path::Path,
    process,
};

use model::{Rotation, object_key::OriginalsKey};

pub use self::{
    exif::read_exif,
    picture::{
        Limits, Orientation, PREVIEW_SIDE, Refusal, Rendered, RenditionFile, THUMBNAIL_SIDE, UprightOriginal, facts,
        render, upright_original,
    },
    sniff::{Format, sniff},
};

/// Enough for every scale of JPEG, and quick: 16,400 pixels is a side that is decoded at an eighth.
pub const SMALL: Limits = Limits { max_pixels: 300_000, max_side: 16_400, max_memory_bytes: 64 * 1024 * 1024 };
/// Lets nothing past the headers.
pub const NO_PIXELS: Limits = Limits { max_pixels: 0, max_side: 0, max_memory_bytes: 64 * 1024 * 1024 };

/// To be called first. Our own panics are findings, though [`render`] catches them. Those of the libraries are not: they are
/// caught on purpose, as nobody can promise that a decoder has none.
pub fn tell_panics_apart() {
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(|location| location.file()).unwrap_or_default();
        if !place.contains("/registry/") && !place.starts_with("/rustc/") {
            report(panic);
            process::abort();
        }
    }));
}

/// Calls with the path of a file of these bytes, in memory where the machine has a place for that.
pub fn with_file<T>(bytes: &[u8], call: impl FnOnce(&Path) -> T) -> T {
    thread_local!(static FILE: RefCell<tempfile::NamedTempFile> = RefCell::new(new_file()));
    FILE.with_borrow_mut(|file| {
        file.as_file().set_len(0).expect("a file can be emptied");
        file.rewind().expect("a file can be written from its start");
        file.write_all(bytes).expect("there is room for a small file");
        call(file.path())
    })
}

fn new_file() -> tempfile::NamedTempFile {
    tempfile::NamedTempFile::new_in("/dev/shm").or_else(|_| tempfile::NamedTempFile::new()).expect("a temporary file")
}

/// Renders, and checks what must hold of whatever was made.
pub fn check_render(bytes: &[u8]) {
    // Any of the four turns, by what the file is.
    let turns = u16::try_from(bytes.len() % 4).expect("0 to 3");
    let rotation = Rotation::from_degrees(turns * 90).expect("a quarter turn");
    match with_file(bytes, |path| render(path, rotation, &SMALL)) {
        Ok(rendered) => check_rendered(&rendered),
        Err(refusal) => {
            assert!(!refusal.is_transient(), "the bytes are at fault, not the disk: {refusal:?}");
            assert!(!format!("{refusal:?}").contains("Fault"), "{refusal:?}");
        }
    }
}

fn check_rendered(rendered: &Rendered) {
    let (width, height) = (rendered.width, rendered.height);
    assert!(width.max(height) <= SMALL.max_side && u64::from(width) * u64::from(height) <= SMALL.max_pixels);
    for (rendition, side) in [(&rendered.preview, PREVIEW_SIDE), (&rendered.thumbnail, THUMBNAIL_SIDE)] {
        assert!((1..=side.min(width)).contains(&rendition.width), "{} of {width}", rendition.width);
        assert!((1..=side.min(height)).contains(&rendition.height), "{} of {height}", rendition.height);
        assert_eq!(sniff(&rendition.jpeg), Some(Format::Jpeg));
    }
}

/// Turns a JPEG in each of the eight ways, and checks that what comes out is one that says nothing of a turn.
pub fn check_upright(bytes: &[u8]) {
    let tag = u8::try_from(1 + bytes.len() % 8).expect("1 to 8");
    let turn = Orientation::from_exif(tag).expect("an orientation");
    let copy = new_file();
    match with_file(bytes, |path| upright_original(path, turn, copy.path(), &SMALL)) {
        Ok(UprightOriginal::Made { size_bytes, width, height }) => {
            let file = facts(copy.path()).expect("it is a picture");
            assert_eq!(file.format, Format::Jpeg);
            assert!(file.exif.orientation.is_none_or(|tag| tag == 1), "{:?}", file.exif.orientation);
            assert_eq!(copy.as_file().metadata().expect("it is there").len(), size_bytes);
            assert!(width.max(height) <= SMALL.max_side);
        }
        Ok(UprightOriginal::AlreadyUpright | UprightOriginal::NotLossless) => {}
        Err(refusal) => assert!(!refusal.is_transient(), "the bytes are at fault, not the disk: {refusal:?}"),
    }
}

/// Reads what a film says of itself.
pub fn check_film(bytes: &[u8]) {
    match video::facts(&mut Cursor::new(bytes), bytes.len() as u64) {
        Ok(film) => {
            assert!(film.width > 0 && film.height > 0, "{film:?}");
            assert!(film.duration_seconds.is_none_or(|seconds| seconds.is_finite() && seconds >= 0.0), "{film:?}");
            assert!(film.frame_rate.is_none_or(|rate| rate.is_finite() && rate > 0.0), "{film:?}");
        }
        Err(refusal) => assert!(!refusal.is_transient(), "the bytes are at fault, not the disk: {refusal:?}"),
    }
}

/// Reads a batch of messages as the handler does, and checks that keys of ours are written as they are read.
pub fn check_batch(bytes: &[u8]) {
    let Ok(batch) = serde_json::from_slice::<event::Batch>(bytes) else { return };
    for message in batch.records {
        let Ok(event) = serde_json::from_str::<event::Event>(&message.body) else { continue };
        check_key(&event.detail.object.key);
    }
}

/// Reads a key.
pub fn check_key(key: &str) {
    if let Some(read) = OriginalsKey::parse(key) {
        assert_eq!(OriginalsKey::parse(&read.to_string()), Some(read));
    }
}

/// Reads EXIF as if the bytes were of each of the formats that have it.
pub fn check_exif(bytes: &[u8]) {
    for format in [Format::Jpeg, Format::Png, Format::WebP, Format::Tiff, Format::Heic, Format::Avif] {
        let facts = read_exif(&mut Cursor::new(bytes), format).expect("memory can be read");
        if let Some(location) = facts.location {
            assert!((-90.0..=90.0).contains(&location.latitude) && (-180.0..=180.0).contains(&location.longitude));
        }
        assert!(facts.exif.orientation.is_none_or(|value| (1..=8).contains(&value)));
    }
}
