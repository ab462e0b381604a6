//! Colours, and what the time of the day does to them.

use super::Light;

/// sRGB, 0 to 1.
pub(super) type Color = [f32; 3];

/// A colour as it is written in style sheets.
pub(super) fn rgb(hex: u32) -> Color {
    [hex >> 16, hex >> 8, hex].map(|part| f32::from((part & 0xFF) as u8) / 255.0)
}

pub(super) fn mix(from: Color, to: Color, part: f32) -> Color {
    let part = part.clamp(0.0, 1.0);
    std::array::from_fn(|i| from[i] + (to[i] - from[i]) * part)
}

pub(super) fn times(color: Color, factor: f32) -> Color {
    color.map(|part| part * factor)
}

/// Light on a coloured thing.
pub(super) fn lit(color: Color, light: Color) -> Color {
    std::array::from_fn(|i| color[i] * light[i])
}

/// Light added to light.
pub(super) fn plus(color: Color, more: Color, part: f32) -> Color {
    std::array::from_fn(|i| color[i] + more[i] * part)
}

/// Light added to light, without ever being too bright.
pub(super) fn screen(color: Color, more: Color, part: f32) -> Color {
    std::array::from_fn(|i| color[i] + more[i] * part * (1.0 - color[i]).max(0.0))
}

/// The colours of an hour.
pub(super) struct Palette {
    pub(super) zenith: Color,
    pub(super) middle: Color,
    pub(super) horizon: Color,
    /// Of the disc.
    pub(super) sun: Color,
    /// Around the disc.
    pub(super) glow: Color,
    /// What far things fade into.
    pub(super) haze: Color,
    pub(super) cloud: Color,
    pub(super) cloud_shade: Color,
    /// What light falls on things.
    pub(super) light: Color,
    /// How much of the stars shows.
    pub(super) stars: f32,
    /// How much cloud there is.
    pub(super) clouds: f32,
    /// Where the sun or moon stands, as a part of the height.
    pub(super) sun_from_top: f32,
    pub(super) sun_radius: f32,
}

impl Palette {
    pub(super) fn is_day(&self) -> bool {
        self.light[1] > 0.6
    }

    pub(super) fn of(light: Light) -> Self {
        match light {
            Light::Morning => Self {
                zenith: rgb(0x78_A6D6),
                middle: rgb(0xBF_CFE8),
                horizon: rgb(0xFB_DDC6),
                sun: rgb(0xFF_F4DA),
                glow: rgb(0xFF_D9A8),
                haze: rgb(0xE9_D8D6),
                cloud: rgb(0xFF_F1E6),
                cloud_shade: rgb(0xD3_C4D4),
                light: [1.0, 0.94, 0.90],
                stars: 0.0,
                clouds: 0.45,
                sun_from_top: 0.36,
                sun_radius: 0.050,
            },
            Light::Noon => Self {
                zenith: rgb(0x2C_78C8),
                middle: rgb(0x6F_B1E8),
                horizon: rgb(0xD8_EDF8),
                sun: rgb(0xFF_FDF0),
                glow: rgb(0xFF_F6D0),
                haze: rgb(0xC3_DDEE),
                cloud: rgb(0xFF_FFFF),
                cloud_shade: rgb(0xC2_D3E4),
                light: [1.05, 1.04, 1.0],
                stars: 0.0,
                clouds: 0.52,
                sun_from_top: 0.13,
                sun_radius: 0.042,
            },
            Light::Golden => Self {
                zenith: rgb(0x4A_7DB5),
                middle: rgb(0xF0_BC86),
                horizon: rgb(0xFF_DE94),
                sun: rgb(0xFF_F6CF),
                glow: rgb(0xFF_B84D),
                haze: rgb(0xF4_C08A),
                cloud: rgb(0xFF_E2B4),
                cloud_shade: rgb(0xC9_8F86),
                light: [1.12, 0.90, 0.66],
                stars: 0.0,
                clouds: 0.50,
                sun_from_top: 0.42,
                sun_radius: 0.060,
            },
            Light::Dusk => Self {
                zenith: rgb(0x22_2858),
                middle: rgb(0x86_4A86),
                horizon: rgb(0xFF_9566),
                sun: rgb(0xFF_E0B0),
                glow: rgb(0xFF_7A50),
                haze: rgb(0xA8_6484),
                cloud: rgb(0xFF_A58A),
                cloud_shade: rgb(0x5A_3A70),
                light: [0.66, 0.52, 0.65],
                stars: 0.25,
                clouds: 0.52,
                sun_from_top: 0.50,
                sun_radius: 0.065,
            },
            Light::Night => Self {
                zenith: rgb(0x06_0B20),
                middle: rgb(0x12_264E),
                horizon: rgb(0x36_547E),
                sun: rgb(0xF8_F6E6),
                glow: rgb(0x60_80B0),
                haze: rgb(0x28_4068),
                cloud: rgb(0x3A_5480),
                cloud_shade: rgb(0x18_2A50),
                light: [0.25, 0.34, 0.52],
                stars: 1.0,
                clouds: 0.30,
                sun_from_top: 0.17,
                sun_radius: 0.045,
            },
        }
    }
}
