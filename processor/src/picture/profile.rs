//! Colour profiles (ICC.1:2022): which may stay, and what becomes of numbers whose profile cannot.

use std::{
    panic::catch_unwind,
    sync::{Arc, LazyLock},
};

use moxcms::{ColorProfile, DataColorSpace, Layout, Transform8BitExecutor, TransformOptions};

use super::{MAX_ICC_PROFILE_BYTES, color};

/// Bytes of memory for each byte of a profile of inks while it is in use, from above: its samples become floats, twice.
pub(super) const WORKING_FACTOR: u64 = 16;

/// Whether a profile says what RGB numbers mean (7.2: colour space at byte 16); those for grey or CMYK describe the
/// original's numbers, not the rendition's.
pub(super) fn fits_rgb(profile: &[u8]) -> bool {
    (128..=MAX_ICC_PROFILE_BYTES).contains(&profile.len()) && profile.get(16..20) == Some(b"RGB ")
}

/// What each value of grey is in sRGB, which those who look at a picture without a profile take it for.
pub(super) fn grey_to_srgb(profile: &[u8]) -> Option<[u8; 256]> {
    let transform = to_srgb(profile, DataColorSpace::Gray, Layout::Gray)?;
    let greys: [u8; 256] = std::array::from_fn(|value| u8::try_from(value).unwrap_or(u8::MAX));
    let mut light = [[0; 3]; 256];
    transform.transform(&greys, light.as_flattened_mut()).ok()?;
    Some(light.map(|[_, green, _]| green))
}

/// Makes light of inks.
pub(super) struct Inks {
    /// By the profile of the picture, where it has one that can be used.
    transform: Option<Arc<Transform8BitExecutor>>,
    /// Whether 255 is no ink, as Adobe's programs write it.
    inverted: bool,
    /// A row as ink, and as light.
    row: Vec<u8>,
    light: Vec<u8>,
}

impl Inks {
    /// For a picture with a profile.
    pub(super) fn new(profile: Option<&[u8]>, inverted: bool) -> Self {
        let transform = profile.and_then(|profile| to_srgb(profile, DataColorSpace::Cmyk, Layout::Rgba));
        Self { transform, inverted, row: Vec::new(), light: Vec::new() }
    }

    /// A row of cyan, magenta, yellow and black in red, green and blue. What is `missing` becomes `stand_in`.
    pub(super) fn convert(&mut self, row: &[u8], missing: Option<[u8; 4]>, stand_in: u8) -> &[[u8; 3]] {
        let inverted = self.inverted;
        self.row.clear();
        self.row.extend(row.iter().map(|&ink| if inverted { u8::MAX - ink } else { ink }));
        self.light.resize(row.len() / 4 * 3, 0);
        let by_profile = self.transform.as_ref().is_some_and(|t| t.transform(&self.row, &mut self.light).is_ok());
        let light = self.light.as_chunks_mut::<3>().0;
        if !by_profile {
            for (light, inks) in light.iter_mut().zip(self.row.as_chunks::<4>().0) {
                *light = color::cmyk_to_rgb(*inks);
            }
        }
        if let Some(missing) = missing {
            let gaps = light.iter_mut().zip(row.as_chunks::<4>().0).filter(|(_, pixel)| **pixel == missing);
            gaps.for_each(|(light, _)| *light = [stand_in; 3]);
        }
        light
    }
}

/// From numbers of a colour space by a profile for it; none for one that cannot be used.
fn to_srgb(profile: &[u8], space: DataColorSpace, layout: Layout) -> Option<Arc<Transform8BitExecutor>> {
    static SRGB: LazyLock<ColorProfile> = LazyLock::new(ColorProfile::new_srgb);
    // A picture with a broken profile is still a picture.
    let made = catch_unwind(|| {
        let profile = ColorProfile::new_from_slice(profile).ok()?;
        if profile.color_space != space {
            return None;
        }
        profile.create_transform_8bit(layout, &SRGB, Layout::Rgb, TransformOptions::default()).ok()
    });
    made.ok().flatten()
}
