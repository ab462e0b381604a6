//! Hills, mountains and plains: layers, the nearer before the farther.

use super::{
    canvas::Canvas,
    light::{Color, Palette, lit, mix, rgb, times},
    noise::{folded, layered, noise, step},
};

/// What lies on a layer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Cover {
    Grass,
    DryGrass,
    Wood,
    Sand,
    Snow,
    Rock,
    SnowedRock,
}

/// A fold of the land.
pub(super) struct Layer {
    /// Height of its line on the average.
    pub(super) top: f32,
    /// How far its line goes up and down.
    pub(super) amplitude: f32,
    pub(super) wavelength: f32,
    /// From where on nearer layers hide it.
    pub(super) until: f32,
    /// How much the small does against the large, below 1.
    pub(super) rough: f32,
    /// 0 at the horizon, 1 here.
    pub(super) near: f32,
    pub(super) cover: Cover,
    pub(super) seed: u32,
}

impl Layer {
    /// Blue hills far away.
    pub(super) fn far_range(top: f32, seed: u32) -> Self {
        Self {
            top,
            until: top + 0.3,
            amplitude: 0.12,
            wavelength: 0.5,
            rough: 0.45,
            near: 0.14,
            cover: Cover::Wood,
            seed: seed ^ 3,
        }
    }

    /// Its line.
    pub(super) fn line(&self, x: f32) -> f32 {
        let along = x / self.wavelength + 10.0;
        let height = if self.is_rock() {
            folded(along, 0.5, 7, self.rough, self.seed) + 0.06
        } else {
            layered(along, 0.5, 4, self.rough, self.seed)
        };
        self.top - (height - 0.5) * 2.0 * self.amplitude
    }

    fn is_rock(&self) -> bool {
        matches!(self.cover, Cover::Rock | Cover::SnowedRock)
    }
}

/// A thing's colour in the light and the haze of its distance.
pub(super) fn seen(color: Color, palette: &Palette, near: f32) -> Color {
    mix(palette.haze, lit(color, palette.light), 0.12 + 0.88 * near)
}

/// Paints a layer as far as it can be seen.
pub(super) fn paint(canvas: &mut Canvas, palette: &Palette, layer: &Layer, sun_x: f32) {
    let (wide, _) = canvas.size();
    // Which side the light comes from.
    let side = (sun_x - wide * 0.5).signum();
    let (light, dark) = colors(layer.cover);
    canvas.below(
        |x| layer.line(x),
        layer.until,
        |(x, y), (top, slope)| {
            let base = if layer.is_rock() {
                rock(layer, x, y, top, side)
            } else {
                let grain = layered(x * 14.0 / layer.wavelength, y * 40.0, 3, 0.6, layer.seed ^ 8);
                let patch = noise(x * 3.0, y * 7.0, layer.seed ^ 4);
                mix(dark, light, 0.25 + 0.45 * grain + 0.3 * patch - 0.07 * slope * side - (y - top) * 0.35)
            };
            // Mist collects at the foot of what is far.
            let mist = (y - top) * 1.5 * (1.0 - layer.near);
            seen(base, palette, (layer.near - mist).max(0.02))
        },
    );
}

fn colors(cover: Cover) -> (Color, Color) {
    let (light, dark) = match cover {
        Cover::Grass => (0x96_BE58, 0x3F_7A3A),
        Cover::DryGrass => (0xD2_AE5A, 0x86_6A32),
        Cover::Wood => (0x45_7A50, 0x1C_4434),
        Cover::Sand => (0xF6_E2B8, 0xD2_B282),
        Cover::Snow => (0xFA_FCFF, 0xC4_D4EA),
        Cover::Rock | Cover::SnowedRock => (0x9A_98A0, 0x44_4C62),
    };
    (rgb(light), rgb(dark))
}

/// Rock in facets that run down from the ridge, with snow where it is high.
fn rock(layer: &Layer, x: f32, y: f32, top: f32, side: f32) -> Color {
    let down = y - top;
    let facet = |x: f32| folded(x / 0.20 + down * 1.1 * side, down / 0.34 + x * 1.5, 5, 0.55, layer.seed ^ 0x28);
    let face = ((facet(x + 0.005) - facet(x - 0.005)) * -5.5 * side + 0.5).clamp(0.0, 1.0);
    let (light, dark) = colors(layer.cover);
    let stone = times(mix(dark, light, face), 0.85 + 0.3 * noise(x * 40.0, y * 40.0, layer.seed));
    let snow_line = if layer.cover == Cover::SnowedRock { layer.top + 0.10 } else { layer.top - 0.06 };
    let ragged = layered(x * 9.0, y * 9.0, 4, 0.6, layer.seed ^ 0x3C) - 0.5;
    let snowed = step(0.03, -0.03, y - snow_line + 0.22 * ragged - 0.10 * (face - 0.5));
    mix(stone, mix(rgb(0xAC_C0DE), rgb(0xFF_FFFF), face * 1.2), snowed)
}
