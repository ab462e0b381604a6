//! Posters and films made by ffmpeg. Where there is none these tests return early, unless CI asks for them.

use std::{
    fs,
    io::Cursor,
    path::{Path, PathBuf},
    time::Duration,
};

use image::RgbImage;
use model::Rotation;
use tempfile::TempDir;
use tokio::time::Instant;

use crate::{
    Refusal,
    testing::film,
    video::{AudioCodec, Converter, Playback, VideoCodec, VideoFacts, facts, playback, poster},
};

/// A film in a private folder, and what converts it.
pub(super) struct Work {
    pub(super) converter: Converter,
    pub(super) folder: TempDir,
    pub(super) input: PathBuf,
    pub(super) facts: VideoFacts,
}

/// ffmpeg, if it is on this machine.
#[expect(clippy::disallowed_methods, clippy::print_stderr, reason = "tests are told by the environment, and tell why")]
pub(super) async fn converter() -> Option<Converter> {
    let found = Converter::find(None, std::env::var_os("PATH").as_deref()).await.expect("ffmpeg answers");
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none(), "CI has ffmpeg, so that these tests can run");
        eprintln!("not tested: there is no ffmpeg on this machine");
    }
    found
}

impl Work {
    pub(super) async fn on(film: &[u8]) -> Option<Self> {
        let converter = converter().await?;
        let folder = tempfile::tempdir().expect("a folder");
        let input = folder.path().join("original");
        fs::write(&input, film).expect("room for a small film");
        let facts = read(film);
        Some(Self { converter, folder, input, facts })
    }

    pub(super) async fn poster(&self) -> Result<RgbImage, Refusal> {
        let file = poster(&self.converter, &self.input, &self.facts, self.folder.path(), soon()).await?;
        Ok(image::open(file).expect("a picture").into_rgb8())
    }

    pub(super) async fn playback(&self, rotation: Rotation) -> Result<(Playback, Vec<u8>), Refusal> {
        let (input, folder) = (&self.input, self.folder.path());
        let made = playback(&self.converter, input, &self.facts, rotation, folder, soon(), |_| {}).await?;
        let bytes = fs::read(&made.file).expect("a file");
        assert_eq!(made.size_bytes, bytes.len() as u64);
        Ok((made, bytes))
    }
}

pub(super) fn soon() -> Instant {
    Instant::now() + Duration::from_mins(1)
}

fn read(film: &[u8]) -> VideoFacts {
    facts(&mut Cursor::new(film), film.len() as u64).expect("a film")
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// Whether it is this colour, as far as coding keeps it.
fn is_near(pixel: image::Rgb<u8>, color: [u8; 3]) -> bool {
    pixel.0.iter().zip(color).all(|(a, b)| a.abs_diff(b) < 70)
}

#[tokio::test]
async fn a_poster_is_upright_and_has_the_right_colours() -> Result<(), Refusal> {
    let (Some(upright), Some(phone)) = (Work::on(film::UPRIGHT).await, Work::on(film::PHONE).await) else {
        return Ok(());
    };
    let (upright, phone) = (upright.poster().await?, phone.poster().await?);
    assert_eq!((upright.dimensions(), phone.dimensions()), ((64, 48), (48, 64)));
    // The bars of the test picture are side by side; after a quarter turn they are above each other.
    for (bar, color) in [(28, [0, 0, 255]), (36, [255, 255, 0]), (44, [0, 255, 0]), (52, [255, 0, 0])] {
        let stored = *upright.get_pixel(bar, 20);
        assert!(is_near(stored, color), "{bar}: {stored:?}");
        let turned = *phone.get_pixel(48 - 1 - 20, bar);
        assert!(is_near(turned, color), "{bar}: {turned:?}");
    }
    Ok(())
}

#[tokio::test]
async fn the_colours_of_high_definition_are_right_whether_or_not_a_film_says_how_they_are_written()
-> Result<(), Refusal> {
    let unnamed = without(film::LABELLED_HEVC, *b"colr");
    let films = [
        ("unlabelled HEVC", film::UNLABELLED_HEVC, 1),
        ("unlabelled H.264", film::UNLABELLED_H264, 1),
        ("HEVC of BT.601", film::LABELLED_HEVC, 6),
        ("HEVC whose pictures alone say so", &unnamed, 6),
    ];
    for (what, film, matrix) in films {
        let Some(work) = Work::on(film).await else { return Ok(()) };
        let poster = work.poster().await?;
        let found = poster.get_pixel(640, 360).0;
        let differs = found.iter().zip(film::FLAT).any(|(a, b)| a.abs_diff(b) > 3);
        assert!(!differs, "{what}: {found:?} instead of {:?}", film::FLAT);

        let (made, bytes) = work.playback(Rotation::Half).await?;
        assert!(!made.remuxed);
        assert_eq!(read(&bytes).color.map(|color| color.matrix), Some(matrix), "{what}");
        let again = Work::on(&bytes).await.expect("there was one before").poster().await?;
        let found = again.get_pixel(640, 360).0;
        let differs = found.iter().zip(film::FLAT).any(|(a, b)| a.abs_diff(b) > 4);
        assert!(!differs, "{what}, converted: {found:?}");
    }
    Ok(())
}

/// The same film in which a box of this name is not looked at.
fn without(film: &[u8], name: [u8; 4]) -> Vec<u8> {
    let place = film.windows(4).position(|window| window == name).expect("it has one");
    [&film[..place], b"free", &film[place + 4..]].concat()
}

#[tokio::test]
async fn a_poster_is_not_taken_from_the_dark() -> Result<(), Refusal> {
    let Some(work) = Work::on(film::DARK_START).await else { return Ok(()) };
    let poster = work.poster().await?;
    assert_eq!(poster.dimensions(), (128, 48), "square pixels");
    assert!(poster.pixels().any(|pixel| pixel[0] > 200), "something to see");
    Ok(())
}

#[tokio::test]
async fn posters_of_all_kinds_of_films_are_made() -> Result<(), Refusal> {
    for film in [film::HLG, film::OLD_PHONE, film::SLOW_MOTION, film::FRAGMENTS] {
        let Some(work) = Work::on(film).await else { return Ok(()) };
        assert_eq!(work.poster().await?.dimensions(), (work.facts.width, work.facts.height));
    }
    Ok(())
}

#[tokio::test]
async fn a_poster_of_odd_sides_has_its_light_mapped_too() -> Result<(), Refusal> {
    let Some(mut work) = Work::on(film::HLG).await else { return Ok(()) };
    (work.facts.width, work.facts.height) = (63, 47);
    assert_eq!(work.poster().await?.dimensions(), (63, 47));
    Ok(())
}

#[tokio::test]
async fn a_film_that_everything_plays_keeps_its_pictures_and_its_turn_but_no_notes() -> Result<(), Refusal> {
    let Some(work) = Work::on(film::PHONE).await else { return Ok(()) };
    let (made, bytes) = work.playback(Rotation::None).await?;
    assert_eq!((made.remuxed, made.width, made.height), (true, 48, 64));
    let facts = read(&bytes);
    assert_eq!((facts.width, facts.height, facts.rotation), (48, 64, Rotation::Quarter));
    assert_eq!((facts.video.clone(), facts.audio.clone()), (work.facts.video.clone(), Some(AudioCodec::Aac)));
    assert!(facts.is_index_first);
    assert_no_notes(&facts, &bytes);
    Ok(())
}

fn assert_no_notes(facts: &VideoFacts, bytes: &[u8]) {
    assert_eq!((facts.taken_at, facts.location, &facts.content_identifier), (None, None, &None));
    assert_eq!(facts.exif, model::Exif::default());
    for text in ["Apple", "iPhone", "apple", "quicktime", "6709", film::PHONE_PLACE, "+47.55", "3F2504E0", "2023-07"] {
        assert!(!holds(bytes, text), "{text}");
    }
}

#[tokio::test]
async fn a_turn_that_a_person_asked_for_is_in_the_pictures() -> Result<(), Refusal> {
    let Some(work) = Work::on(film::PHONE).await else { return Ok(()) };
    let (made, bytes) = work.playback(Rotation::Quarter).await?;
    assert_eq!((made.remuxed, made.width, made.height), (false, 64, 48));
    let facts = read(&bytes);
    assert_eq!((facts.width, facts.height, facts.rotation), (64, 48, Rotation::None));
    assert_no_notes(&facts, &bytes);
    Ok(())
}

#[tokio::test]
async fn everything_else_becomes_what_everything_plays() -> Result<(), Refusal> {
    let cases = [
        (film::HLG, (64, 48)),
        (film::OLD_PHONE, (176, 144)),
        (film::SLOW_MOTION, (62, 46)),
        (film::FRAGMENTS, (64, 48)),
        (film::DARK_START, (64, 48)),
    ];
    for (film, size) in cases {
        let Some(work) = Work::on(film).await else { return Ok(()) };
        let (made, bytes) = work.playback(Rotation::None).await?;
        let facts = read(&bytes);
        if film == film::DARK_START {
            assert!(made.remuxed && facts.width == 128, "pixels that are not square stay so: {facts:?}");
            continue;
        }
        assert_eq!((made.remuxed, facts.width, facts.height), (false, size.0, size.1), "{:?}", work.facts);
        assert!(matches!(facts.video, VideoCodec::H264 { profile: 100, bit_depth: 8, chroma: 1, .. }), "{facts:?}");
        assert!(facts.is_index_first && !facts.is_hdr() && facts.frame_rate.is_some_and(|rate| rate <= 60.5));
        let is_hlg = work.facts.is_hdr();
        assert_eq!(
            facts.color.is_some_and(|color| (color.primaries, color.transfer, color.matrix) == (1, 1, 1)),
            is_hlg
        );
        assert_eq!((facts.audio, facts.location), (work.facts.audio.map(|_| AudioCodec::Aac), None));
    }
    Ok(())
}

#[tokio::test]
async fn progress_ends_at_a_hundred_percent() -> Result<(), Refusal> {
    let Some(work) = Work::on(film::OLD_PHONE).await else { return Ok(()) };
    let mut told = Vec::new();
    let (input, folder) = (&work.input, work.folder.path());
    playback(&work.converter, input, &work.facts, Rotation::None, folder, soon(), |percent| told.push(percent)).await?;
    assert!(told.is_sorted() && told.last() == Some(&100), "{told:?}");
    Ok(())
}

#[tokio::test]
async fn a_film_that_is_not_done_in_time_is_refused_for_good() -> Result<(), Refusal> {
    let Some(work) = Work::on(film::OLD_PHONE).await else { return Ok(()) };
    let (input, folder, past) = (&work.input, work.folder.path(), Instant::now());
    let refused = playback(&work.converter, input, &work.facts, Rotation::None, folder, past, |_| {}).await;
    let refusal = refused.expect_err("no time");
    assert!(matches!(refusal, Refusal::TooLong) && !refusal.is_transient(), "{refusal:?}");
    Ok(())
}

#[tokio::test]
async fn a_converter_is_found_where_it_is_configured_or_not_at_all() {
    assert!(Converter::find(None, None).await.expect("no fault").is_none());
    let nowhere = Converter::find(Some("/nowhere/ffmpeg".into()), None).await;
    assert_eq!(nowhere.expect_err("nothing there").to_string(), "there is no program at /nowhere/ffmpeg");
    let Some(on_path) = converter().await else { return };
    let configured = Converter::find(Some(on_path.program().to_owned()), None).await.expect("it answers");
    assert_eq!(configured.expect("it is there").version(), on_path.version());
    assert!(Path::new(on_path.program()).is_absolute() && on_path.version().starts_with(|c: char| c.is_alphanumeric()));
}
