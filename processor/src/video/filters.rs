//! What is done to every picture of a film: turned, scaled, and brought to the colours of usual screens.

use model::Rotation;

use super::{
    codec::{FilmColor, VideoCodec},
    converter::Abilities,
    facts::VideoFacts,
};

/// White of graphics in films with more light (ITU-R BT.2408), in candela per square metre: what becomes white on usual
/// screens, before room is made for what is brighter.
const WHITE: &str = "203";
/// How many times brighter than that the brightest is taken to be: phones write up to 1,000.
const PEAK: &str = "5";

/// Where pictures end up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) rotation: Rotation,
    /// How one picture is written: the name of a layout of pixels.
    pub(super) layout: &'static str,
}

/// The filters that bring pictures there, in the order in which they work. The turn that the file asks for was done
/// before by ffmpeg itself.
pub(super) fn to_target(facts: &VideoFacts, target: Target, abilities: Abilities) -> String {
    let mut filters: Vec<String> = meant(facts).map(str::to_owned).into_iter().collect();
    filters.push("yadif=deint=interlaced".to_owned());
    filters.extend(turn(target.rotation).map(str::to_owned));
    let (width, height) = (target.width, target.height);
    filters.push(format!("scale={width}:{height}:flags=bicubic+accurate_rnd+full_chroma_int"));
    filters.push("setsar=1".to_owned());
    let conversion = to_bt709(facts, abilities);
    if conversion.is_some() && (width % 2 == 1 || height % 2 == 1) {
        // It refuses to halve odd sides, as it would for colours that are stored at half the size.
        filters.push("format=yuv444p10le".to_owned());
    }
    filters.extend(conversion);
    filters.push(format!("format={}", target.layout));
    filters.join(",")
}

/// What ffmpeg's decoder of HEVC does not hand on: it forgets what it was told of colours by the container or by us.
fn meant(facts: &VideoFacts) -> Option<&'static str> {
    if facts.video != VideoCodec::Hevc {
        return None;
    }
    match facts.color.and_then(matrix) {
        Some("709") => Some("setparams=colorspace=bt709"),
        Some("170m") => Some("setparams=colorspace=smpte170m"),
        Some("2020_ncl") => Some("setparams=colorspace=bt2020nc"),
        _ if facts.is_taken_for_bt709() => Some("setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709"),
        _ => None,
    }
}

fn turn(rotation: Rotation) -> Option<&'static str> {
    match rotation {
        Rotation::None => None,
        Rotation::Quarter => Some("transpose=clock"),
        Rotation::Half => Some("hflip,vflip"),
        Rotation::ThreeQuarters => Some("transpose=cclock"),
    }
}

/// Colours that usual screens do not have are brought into BT.709, where this build of ffmpeg can.
pub(super) fn to_bt709(facts: &VideoFacts, abilities: Abilities) -> Option<String> {
    let color = facts.color.filter(|_| abilities.color)?;
    let is_hdr = facts.is_hdr();
    // Much light without a word about its colours is of BT.2020.
    let primaries = primaries(color).or(is_hdr.then_some("2020"))?;
    let matrix = matrix(color).or(is_hdr.then_some("2020_ncl"))?;
    let meant = format!("pin={primaries}:min={matrix}");
    match color.transfer {
        16 | 18 if !abilities.tone_mapping => None,
        16 | 18 => {
            let transfer = if color.transfer == 16 { "smpte2084" } else { "arib-std-b67" };
            Some(format!(
                "zscale=tin={transfer}:{meant}:t=linear:npl={WHITE},format=gbrpf32le,zscale=p=709,\
                 tonemap=mobius:desat=0:peak={PEAK},zscale=t=709:m=709:r=limited"
            ))
        }
        // Display P3 and BT.2020: with BT.709's own numbers there is nothing to do.
        _ if matches!(color.primaries, 9 | 12) => Some(format!("zscale=tin=709:{meant}:t=709:p=709:m=709:r=limited")),
        _ => None,
    }
}

/// The name for what the pictures' red, green and blue are.
fn primaries(color: FilmColor) -> Option<&'static str> {
    match color.primaries {
        1 => Some("709"),
        9 => Some("2020"),
        12 => Some("smpte432"),
        _ => None,
    }
}

/// The name for how red, green and blue became light and colour.
fn matrix(color: FilmColor) -> Option<&'static str> {
    match color.matrix {
        1 => Some("709"),
        5 | 6 => Some("170m"),
        9 => Some("2020_ncl"),
        _ => None,
    }
}

/// The largest size with these sides in this box, and never a larger one; not less than `least` either way.
pub(super) fn fit((width, height): (u32, u32), (across, down): (u32, u32), least: u32) -> (u32, u32) {
    let shrink = (f64::from(across) / f64::from(width)).min(f64::from(down) / f64::from(height)).min(1.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not above the side it came from")]
    let side = |side: u32| ((f64::from(side) * shrink).round() as u32).max(least);
    (side(width), side(height))
}

/// Width and height after a turn.
pub(super) fn turned((width, height): (u32, u32), rotation: Rotation) -> (u32, u32) {
    match rotation {
        Rotation::None | Rotation::Half => (width, height),
        Rotation::Quarter | Rotation::ThreeQuarters => (height, width),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_size_fits_and_is_never_enlarged(width in 1_u32..30_000, height in 1_u32..30_000) {
            let (w, h) = fit((width, height), (1920, 1080), 1);
            prop_assert!(w <= width.min(1920) && h <= height.min(1080));
            prop_assert!(w == width || w == 1920 || h == 1080);
        }
    }
}
