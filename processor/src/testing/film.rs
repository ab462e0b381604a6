//! Small films, made by the commands in the README beside them.

macro_rules! film {
    ($file:literal) => {
        include_bytes!(concat!("film/", $file))
    };
}

/// What everything plays: H.264 and AAC in MP4, 64 x 48, 15 frames a second, one second, its index first.
pub const UPRIGHT: &[u8] = film!("upright.mp4");
/// As a phone writes it when it is held upright: 64 x 48 with a quarter turn, 30 frames a second, one second. Says `Apple`,
/// `iPhone 99` and `17.1`, [`PHONE_PLACE`], 2023-07-14 18:30:05 at two hours from UTC, and names itself for a Live Photo.
pub const PHONE: &[u8] = film!("phone.mov");
/// What [`PHONE`] says of where it was taken (ISO 6709).
pub const PHONE_PLACE: &str = "+47.5596+007.5886+260.000/";
/// HEVC of 10 bits with the light of HLG, 64 x 48, 10 frames a second, one second, silent.
pub const HLG: &[u8] = film!("hlg.mov");
/// MPEG-4 part 2 and AAC in 3GPP, 176 x 144, with a place, 0.4 seconds.
pub const OLD_PHONE: &[u8] = film!("old_phone.3gp");
/// H.264 of 4:4:4 and PCM, 63 x 47, 240 frames a second, 0.2 seconds.
pub const SLOW_MOTION: &[u8] = film!("slow_motion.mov");
/// Two seconds of black, then one of a picture; 64 x 48 pixels of twice their height in width, silent.
pub const DARK_START: &[u8] = film!("dark_start.mp4");
/// H.264 in fragments: the index does not say how long it is. 64 x 48, silent.
pub const FRAGMENTS: &[u8] = film!("fragments.mp4");
/// HEVC of [`FLAT`] in BT.709, 1280 x 720, which does not say so; 5 frames a second, 0.6 seconds, silent.
pub const UNLABELLED_HEVC: &[u8] = film!("unlabelled_hevc.mp4");
/// The same in H.264.
pub const UNLABELLED_H264: &[u8] = film!("unlabelled_h264.mp4");
/// The same as [`UNLABELLED_HEVC`] in BT.601, which the container and the coded pictures say.
pub const LABELLED_HEVC: &[u8] = film!("labelled_hevc.mp4");
/// Red, green and blue of all that these show.
pub const FLAT: [u8; 3] = [0xC8, 0x32, 0x28];
/// AAC alone.
pub const SOUND: &[u8] = film!("sound.mp4");
