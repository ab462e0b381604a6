//! What films say of themselves. None of these needs ffmpeg.

use std::io::Cursor;

use model::{Exif, Location, Rotation};
use proptest::prelude::*;

use crate::{
    Format, Refusal, sniff,
    testing::film,
    video::{AudioCodec, FilmColor, VideoCodec, VideoFacts, facts},
};

fn read(film: &[u8]) -> Result<VideoFacts, Refusal> {
    facts(&mut Cursor::new(film), film.len() as u64)
}

/// A box of ISO base media files.
pub(super) fn boxed(name: [u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let payload = parts.concat();
    let size = u32::try_from(payload.len() + 8).expect("a small box").to_be_bytes();
    [size.as_slice(), &name, &payload].concat()
}

fn without_duration(facts: &VideoFacts) -> VideoFacts {
    VideoFacts { duration_seconds: None, ..facts.clone() }
}

fn near(value: Option<f64>, expected: f64) -> bool {
    value.is_some_and(|value| (value - expected).abs() < expected / 20.0)
}

#[test]
fn a_plain_film_tells_size_length_and_codecs() -> Result<(), Refusal> {
    let facts = read(film::UPRIGHT)?;
    assert!(near(facts.duration_seconds, 1.0) && near(facts.frame_rate, 15.0), "{facts:?}");
    let expected = VideoFacts {
        stored_width: 64,
        stored_height: 48,
        width: 64,
        height: 48,
        rotation: Rotation::None,
        is_placed_oddly: false,
        duration_seconds: None,
        frame_rate: facts.frame_rate,
        video: VideoCodec::H264 { profile: 100, level: 10, bit_depth: 8, chroma: 1 },
        audio: Some(AudioCodec::Aac),
        color: None,
        is_interlaced: false,
        is_index_first: true,
        taken_at: None,
        location: None,
        exif: Exif::default(),
        content_identifier: None,
    };
    assert_eq!(without_duration(&facts), expected);
    assert!(!facts.is_hdr());
    Ok(())
}

#[test]
fn a_film_of_a_phone_tells_its_turn_and_the_camera_s_notes() -> Result<(), Refusal> {
    let facts = read(film::PHONE)?;
    assert_eq!((facts.stored_width, facts.stored_height), (64, 48));
    assert_eq!((facts.width, facts.height, facts.rotation), (48, 64, Rotation::Quarter));
    assert!(!facts.is_index_first && !facts.is_placed_oddly);
    let taken = facts.taken_at.expect("a date");
    assert_eq!((taken.time.to_string().as_str(), taken.offset_minutes), ("2023-07-14T16:30:05.000Z", Some(120)));
    let place = Location { latitude: 47.5596, longitude: 7.5886, altitude_metres: Some(260.0) };
    assert_eq!(facts.location, Some(place));
    let exif = Exif {
        camera_make: Some("Apple".to_owned()),
        camera_model: Some("iPhone 99".to_owned()),
        software: Some("17.1".to_owned()),
        ..Exif::default()
    };
    assert_eq!(facts.exif, exif);
    assert_eq!(facts.content_identifier.as_deref(), Some("3F2504E0-4F89-41D3-9A0C-0305E82C3301"));
    Ok(())
}

#[test]
fn a_film_tells_how_bright_it_is_meant() -> Result<(), Refusal> {
    let facts = read(film::HLG)?;
    assert!(facts.is_hdr());
    assert_eq!(facts.color, Some(FilmColor { primaries: 9, transfer: 18, matrix: 9 }));
    assert_eq!((facts.video, facts.audio), (VideoCodec::Hevc, None));
    Ok(())
}

#[test]
fn old_and_odd_films_are_read() -> Result<(), Refusal> {
    let old = read(film::OLD_PHONE)?;
    assert_eq!((old.width, old.height, old.video), (176, 144, VideoCodec::Other("mp4v".to_owned())));
    let place = old.location.expect("a place");
    assert!((place.latitude - 48.8577).abs() < 1e-4 && (place.longitude - 2.295).abs() < 1e-4, "{place:?}");
    let slow = read(film::SLOW_MOTION)?;
    assert_eq!((slow.width, slow.height), (63, 47));
    assert_eq!(slow.video, VideoCodec::H264 { profile: 244, level: 11, bit_depth: 8, chroma: 3 });
    assert_eq!(slow.audio, Some(AudioCodec::Other("ulaw".to_owned())));
    assert!(near(slow.frame_rate, 240.0), "{slow:?}");
    let wide = read(film::DARK_START)?;
    assert_eq!((wide.stored_width, wide.width, wide.height), (64, 128, 48));
    let fragments = read(film::FRAGMENTS)?;
    assert_eq!((fragments.width, fragments.duration_seconds, fragments.frame_rate), (64, None, None));
    Ok(())
}

#[test]
fn films_are_known_by_their_first_bytes() {
    assert_eq!(sniff(film::UPRIGHT), Some(Format::Mp4));
    assert_eq!(sniff(film::OLD_PHONE), Some(Format::Mp4));
    assert_eq!(sniff(film::PHONE), Some(Format::QuickTime));
}

#[test]
fn notes_of_other_cameras_are_read() -> Result<(), Refusal> {
    let user_text = |name: [u8; 4], text: &str| {
        let length = u16::try_from(text.len()).expect("a short text").to_be_bytes();
        boxed(name, &[&length, &[0x15, 0xC7], text.as_bytes()])
    };
    let notes = [
        user_text(*b"\xA9xyz", "-33.8568+151.2153/"),
        user_text(*b"\xA9mak", "  Canon\0"),
        user_text(*b"\xA9mod", ""),
        user_text(*b"\xA9day", "2011-05-04T10:20:30+1000"),
        vec![0; 4],
    ];
    let facts = read(&with_more_in_moov(film::FRAGMENTS, &boxed(*b"udta", &[&notes.concat()])))?;
    assert_eq!(facts.location, Some(Location { latitude: -33.8568, longitude: 151.2153, altitude_metres: None }));
    assert_eq!((facts.exif.camera_make.as_deref(), facts.exif.camera_model), (Some("Canon"), None));
    assert_eq!(facts.taken_at.and_then(|taken| taken.offset_minutes), Some(600));
    Ok(())
}

#[test]
fn notes_that_begin_without_a_version_are_read() -> Result<(), Refusal> {
    let key = |name: &str| boxed(*b"mdta", &[name.as_bytes()]);
    let item = |number: u8, kind: u8, text: &str| {
        let data = boxed(*b"data", &[&[0, 0, 0, kind, 0, 0, 0, 0], text.as_bytes()]);
        boxed([0, 0, 0, number], &[&data])
    };
    let keys = [key("com.apple.quicktime.make"), key("com.android.model"), key("com.apple.quicktime.software")];
    let items = [item(2, 1, "Pixel 99"), item(1, 0, "not a text"), item(9, 1, "no key"), item(3, 1, "\u{7}")];
    let handler = boxed(*b"hdlr", &[&[0; 8], b"mdta", &[0; 13]]);
    let keys = boxed(*b"keys", &[&[0, 0, 0, 0, 0, 0, 0, 3], &keys.concat()]);
    let meta = boxed(*b"meta", &[&handler, &keys, &boxed(*b"ilst", &[&items.concat()])]);
    let facts = read(&with_more_in_moov(film::FRAGMENTS, &meta))?;
    assert_eq!(facts.exif, Exif { camera_model: Some("Pixel 99".to_owned()), ..Exif::default() });
    Ok(())
}

/// A film with another box in front of what its index has.
fn with_more_in_moov(film: &[u8], more: &[u8]) -> Vec<u8> {
    let at = film.windows(4).position(|window| window == b"moov").expect("an index");
    let size = u32::from_be_bytes(*film[at - 4..].first_chunk().expect("a size"));
    let size = size + u32::try_from(more.len()).expect("a small box");
    [&film[..at - 4], &size.to_be_bytes(), b"moov", more, &film[at + 4..]].concat()
}

#[test]
fn a_film_of_many_gigabytes_costs_what_its_index_does() -> Result<(), Refusal> {
    /// A file whose media is a hole.
    struct Sparse {
        head: Vec<u8>,
        hole: u64,
        tail: Vec<u8>,
        position: u64,
    }
    impl std::io::Read for Sparse {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let head = self.head.len() as u64;
            let part = if self.position < head {
                &self.head[usize::try_from(self.position).expect("small")..]
            } else {
                assert!(self.position >= head + self.hole, "the media is not read");
                &self.tail[usize::try_from(self.position - head - self.hole).expect("small")..]
            };
            let count = part.len().min(buffer.len());
            buffer[..count].copy_from_slice(&part[..count]);
            self.position += count as u64;
            Ok(count)
        }
    }
    impl std::io::Seek for Sparse {
        fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
            let std::io::SeekFrom::Start(position) = to else { panic!("only from the start") };
            self.position = position;
            Ok(position)
        }
    }
    let at = film::PHONE.windows(4).position(|window| window == b"moov").expect("an index") - 4;
    let hole = 40_u64 << 30;
    let media = [&[0, 0, 0, 1], b"mdat".as_slice(), &(hole + 16).to_be_bytes()].concat();
    let head = [boxed(*b"ftyp", &[b"qt  ", &[0; 4]]), media].concat();
    let tail = film::PHONE[at..].to_vec();
    let length = head.len() as u64 + hole + tail.len() as u64;
    let facts = facts(&mut Sparse { head, hole, tail, position: 0 }, length)?;
    assert_eq!((facts.width, facts.height, facts.is_index_first), (48, 64, false));
    Ok(())
}

#[test]
fn what_is_no_film_is_refused_with_a_reason() {
    let refusal = |film: &[u8]| read(film).expect_err("a refusal");
    assert!(matches!(refusal(film::SOUND), Refusal::Unsupported { .. }));
    let cut = &film::PHONE[..film::PHONE.len() - 10];
    let huge_index = [&[0, 0, 0, 1], b"moov".as_slice(), &u64::MAX.to_be_bytes()].concat();
    for film in [b"".as_slice(), b"\0\0\0\x08free", cut, &huge_index, b"\0\0\0\x04moov", &boxed(*b"moov", &[])] {
        let refusal = refusal(film);
        assert!(matches!(refusal, Refusal::BrokenFilm { .. }), "{refusal:?}");
        assert!(!refusal.is_transient());
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..256)) {
        let _ = read(&bytes);
        let _ = read(&boxed(*b"moov", &[&bytes]));
    }

    #[test]
    fn no_damage_makes_the_reader_panic(
        film in prop_oneof![Just(film::PHONE), Just(film::SLOW_MOTION), Just(film::HLG), Just(film::FRAGMENTS)],
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
    ) {
        // Only the index is of interest; media is skipped.
        let at = film.windows(4).position(|window| window == b"moov").expect("an index") - 4;
        let mut bytes = film[at..].to_vec();
        for (place, value) in damage {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        let _ = read(&bytes);
        let _ = read(&boxed(*b"moov", &[&bytes[8..8 + cut.index(bytes.len() - 8)]]));
    }
}
