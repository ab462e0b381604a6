//! Films that mean harm, and programs that end badly.

use std::{ffi::OsString, fs, process::Command, time::Duration};

use model::Rotation;
use tokio::time::Instant;

use super::{
    convert::{Work, soon},
    facts::boxed,
};
use crate::{Refusal, testing::film, video::poster};

/// A film whose tracks say that their media is in another file of the folder, and its own media, which is wiped.
fn film_of_another_file(name: &str) -> Vec<u8> {
    let plain = boxed(*b"dref", &[&[0, 0, 0, 0, 0, 0, 0, 1], &[0, 0, 0, 12], b"url ", &[0, 0, 0, 1]]);
    // Of an even length, as the format has it.
    let path = format!("/elsewhere/{name}");
    let text = |text: &str, room: usize| {
        let mut bytes = vec![u8::try_from(text.len()).expect("a short text")];
        bytes.extend_from_slice(text.as_bytes());
        bytes.resize(room, 0);
        bytes
    };
    // An alias of the Macintosh: a volume, a file on it, how many folders up and down, and then its path (2).
    let length = u16::try_from(path.len()).expect("a short path").to_be_bytes();
    let alias = [
        vec![0; 4],
        vec![0; 10],
        text("disk", 28),
        vec![0; 12],
        text(name, 64),
        vec![0; 16],
        vec![0, 1, 0, 1],
        vec![0; 16],
        [&[0, 2], length.as_slice(), path.as_bytes()].concat(),
        vec![0xFF, 0xFF, 0, 0],
    ]
    .concat();
    let other = boxed(*b"dref", &[&[0, 0, 0, 0, 0, 0, 0, 1], &boxed(*b"alis", &[&alias])]);
    let mut film = film::PHONE.to_vec();
    let media = film.windows(4).position(|window| window == b"mdat").expect("media");
    let index = film.windows(4).position(|window| window == b"moov").expect("an index") - 4;
    film[media + 4..index].fill(0);
    let moov = replaced(&film[index..], &plain, &other);
    [&film[..index], &moov].concat()
}

/// Boxes in which one is exchanged for another wherever it is, with the sizes of those around it put right.
fn replaced(boxes: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = boxes;
    while let Some(size) = rest.first_chunk::<4>() {
        let size = usize::try_from(u32::from_be_bytes(*size)).expect("a small box");
        let (one, tail) = rest.split_at(size.clamp(8, rest.len()));
        let name: &[u8; 4] = one[4..8].try_into().expect("a name");
        match name {
            b"moov" | b"trak" | b"mdia" | b"minf" | b"dinf" => {
                out.extend(boxed(*name, &[&replaced(&one[8..], old, new)]));
            }
            _ if one == old => out.extend_from_slice(new),
            _ => out.extend_from_slice(one),
        }
        rest = tail;
    }
    out
}

#[tokio::test]
async fn a_film_cannot_show_another_file() -> Result<(), Refusal> {
    let Some(work) = Work::on(&film_of_another_file("secrets.mov")).await else { return Ok(()) };
    fs::write(work.folder.path().join("secrets.mov"), film::PHONE).expect("room for a small film");
    // The trap works: with references allowed, the other file's pictures come out.
    let allowed = Command::new(work.converter.program())
        .args(["-v", "error", "-nostdin", "-enable_drefs", "1", "-f", "mov", "-i"])
        .arg(&work.input)
        .args(["-map", "0:v", "-frames:v", "1", "-c:v", "png", "-f", "image2pipe", "pipe:1"])
        .output()
        .expect("ffmpeg runs");
    assert!(allowed.stdout.len() > 100, "{}", String::from_utf8_lossy(&allowed.stderr));

    let poster = work.poster().await.map(|picture| picture.dimensions());
    assert!(matches!(poster, Err(Refusal::BrokenFilm { .. })), "{poster:?}");
    let made = work.playback(Rotation::Half).await;
    assert!(made.is_err(), "{:?}", made.map(|(made, _)| made));
    Ok(())
}

#[tokio::test]
async fn a_damaged_film_is_refused_for_good() -> Result<(), Refusal> {
    let at = film::UPRIGHT.windows(4).position(|window| window == b"mdat").expect("media");
    let mut film = film::UPRIGHT.to_vec();
    film[at + 4..].fill(0);
    let Some(work) = Work::on(&film).await else { return Ok(()) };
    let refusal = work.poster().await.expect_err("nothing to see");
    assert!(matches!(refusal, Refusal::BrokenFilm { .. }) && !refusal.is_transient(), "{refusal:?}");
    let refusal = work.playback(Rotation::Quarter).await.map(|(made, _)| made).expect_err("nothing to show");
    assert!(matches!(refusal, Refusal::BrokenFilm { .. }) && !refusal.is_transient(), "{refusal:?}");
    Ok(())
}

/// The launcher of a program in limits, as a line for a shell.
#[cfg(unix)]
fn launcher(line: &str) -> Vec<OsString> {
    ["/bin/sh", "-c", line, "launcher"].map(OsString::from).to_vec()
}

#[cfg(unix)]
#[tokio::test]
async fn a_launcher_runs_the_program_in_its_limits() -> Result<(), Refusal> {
    let Some(mut work) = Work::on(film::PHONE).await else { return Ok(()) };
    work.converter = work.converter.clone().with_launcher(launcher("test -z \"$HOME\" && exec \"$@\""));
    assert_eq!(work.poster().await?.dimensions(), (48, 64), "and nothing but the path is in its environment");
    // Less memory than ffmpeg needs to start.
    work.converter = work.converter.clone().with_launcher(launcher("ulimit -v 20000; exec \"$@\""));
    let refusal = work.poster().await.expect_err("no memory");
    assert!(matches!(refusal, Refusal::BrokenFilm { .. }) && !refusal.is_transient(), "{refusal:?}");
    // At its limit of computing.
    work.converter = work.converter.clone().with_launcher(launcher("kill -XCPU $$"));
    let refusal = work.playback(Rotation::None).await.map(|(made, _)| made).expect_err("ended");
    assert!(matches!(refusal, Refusal::BrokenFilm { .. }) && !refusal.is_transient(), "{refusal:?}");
    Ok(())
}

/// By a system that is short of memory, by whoever stops Mantel, or since it could not be started at all.
#[cfg(unix)]
#[tokio::test]
async fn a_program_that_others_end_says_nothing_about_the_film() -> Result<(), Refusal> {
    let Some(mut work) = Work::on(film::PHONE).await else { return Ok(()) };
    for line in ["kill -KILL $$", "kill -TERM $$", "exit 75"] {
        work.converter = work.converter.clone().with_launcher(launcher(line));
        let refusal = work.playback(Rotation::None).await.map(|(made, _)| made).expect_err("ended");
        assert!(refusal.is_transient(), "{line}: {refusal:?}");
        assert!(work.poster().await.expect_err("ended").is_transient(), "{line}");
    }
    Ok(())
}

#[cfg(unix)]
#[tokio::test]
async fn a_program_that_hangs_is_ended_with_its_time() -> Result<(), Refusal> {
    let Some(mut work) = Work::on(film::PHONE).await else { return Ok(()) };
    let mark = work.folder.path().join("pid");
    work.converter = work.converter.clone().with_launcher(launcher("echo $$ > pid; exec sleep 600"));
    let start = Instant::now();
    let deadline = start + Duration::from_millis(500);
    let refusal = poster(&work.converter, &work.input, &work.facts, work.folder.path(), deadline).await;
    assert!(refusal.is_err() && start.elapsed() < Duration::from_secs(20));
    let pid = fs::read_to_string(mark).expect("it was started");
    // It may take the system a moment to end it.
    while Command::new("kill").args(["-0", pid.trim()]).output().is_ok_and(|asked| asked.status.success()) {
        assert!(Instant::now() < soon(), "it is still there");
        tokio::task::yield_now().await;
    }
    Ok(())
}

#[cfg(unix)]
#[tokio::test]
async fn a_film_that_would_clearly_not_be_done_in_time_is_given_up_early() -> Result<(), Refusal> {
    let Some(mut work) = Work::on(film::OLD_PHONE).await else { return Ok(()) };
    // A fortieth of the film in more than two seconds, and a minute for all of it.
    let slow = "echo out_time_us=10000; sleep 2.2; echo out_time_us=10000; exec sleep 600";
    work.converter = work.converter.clone().with_launcher(launcher(slow));
    let start = Instant::now();
    let refusal = work.playback(Rotation::None).await.map(|(made, _)| made).expect_err("no time");
    assert!(matches!(refusal, Refusal::TooLong), "{refusal:?}");
    assert!(start.elapsed() < Duration::from_secs(30), "not only at the end of the time");
    Ok(())
}
