//! Trees, flowers and grass.

use super::{
    canvas::Canvas,
    ground::{Layer, seen},
    light::{Color, Palette, lit, mix, rgb, times},
    noise::{Dice, noise},
};

/// What broad trees wear.
#[derive(Clone, Copy)]
pub(super) enum Leaves {
    Green,
    Coloured,
    Snowed,
}

impl Leaves {
    fn color(self, choice: f32) -> Color {
        let [first, second] = match self {
            Self::Green => [0x3E_7A38, 0x72_9A3E],
            Self::Coloured => [0xB8_4A26, 0xE2_A830],
            Self::Snowed => [0xB6_C6DA, 0xEE_F3FA],
        };
        mix(rgb(first), rgb(second), choice)
    }
}

/// Broad trees along the line of a layer, in groups.
pub(super) fn broad_trees(
    canvas: &mut Canvas,
    palette: &Palette,
    layer: &Layer,
    leaves: Leaves,
    height: f32,
    count: u16,
) {
    let mut dice = Dice::new(layer.seed ^ 0xC8);
    let (wide, _) = canvas.size();
    let mut group = 0.0;
    for number in 0..count {
        if number % 4 == 0 {
            group = dice.between(0.02, wide - 0.02);
        }
        let x = group + dice.between(-2.0, 2.0) * height;
        let foot = layer.line(x) + height * dice.between(0.02, 0.3);
        let height = height * dice.between(0.7, 1.15);
        let color = leaves.color(dice.roll());
        broad_tree(canvas, palette, (x, foot), height, color, layer.near, &mut dice);
    }
}

fn broad_tree(
    canvas: &mut Canvas,
    palette: &Palette,
    (x, foot): (f32, f32),
    height: f32,
    color: Color,
    near: f32,
    dice: &mut Dice,
) {
    let bark = seen(rgb(0x52_3E2E), palette, near);
    canvas.stroke((x, foot), (x, foot - height * 0.55), height * 0.10, height * 0.05, bark);
    for puff in 0_u8..22 {
        let up = f32::from(puff) / 21.0;
        let (turn, out) = (dice.between(0.0, 6.3), dice.roll().sqrt());
        let reach = 0.34 * (1.0 - (up - 0.3).abs() * 0.6);
        let place =
            (x + turn.cos() * out * reach * height, foot - height * (0.42 + 0.46 * up) + turn.sin() * 0.06 * height);
        let shade = 0.62 + 0.50 * up + dice.between(-0.08, 0.08);
        canvas.spot(place, height * dice.between(0.09, 0.17), seen(times(color, shade), palette, near));
    }
}

/// Firs along the line of a layer, the last ones the nearest.
pub(super) fn firs(canvas: &mut Canvas, palette: &Palette, layer: &Layer, snowed: bool, height: f32, count: u16) {
    let mut dice = Dice::new(layer.seed ^ 0x12C);
    let (wide, _) = canvas.size();
    for number in 0..count {
        let x = (f32::from(number) + dice.between(-0.4, 1.4)) / f32::from(count) * wide;
        let height = height * dice.between(0.55, 1.2);
        let foot = layer.line(x) + height * dice.between(0.03, 0.22);
        let color = mix(rgb(0x1E_4A38), rgb(0x38_6A44), dice.roll());
        let near = (layer.near * dice.between(0.92, 1.0)).min(1.0);
        fir(canvas, palette, (x, foot), height, (color, near, snowed), layer.seed.wrapping_add(u32::from(number)));
    }
}

fn fir(
    canvas: &mut Canvas,
    palette: &Palette,
    (x, foot): (f32, f32),
    height: f32,
    (color, near, snowed): (Color, f32, bool),
    seed: u32,
) {
    let bark = seen(rgb(0x44_3428), palette, near);
    canvas.stroke((x, foot), (x, foot - height * 0.3), height * 0.045, height * 0.03, bark);
    let top = foot - height;
    let reach = height * 0.21;
    let tiers = 7.0;
    let part_of_tier = |y: f32| {
        let part = (y - top) / (height * 0.93) * tiers;
        part - part.floor()
    };
    canvas.shape(
        [x - reach * 1.2, top, x + reach * 1.2, foot - height * 0.06],
        |across, down| {
            let part = (down - top) / (height * 0.93);
            if !(0.0..=1.0).contains(&part) {
                return -1.0;
            }
            let away = (across - x).abs();
            // Twigs hang down: a tier ends lower the farther out it is.
            let tier = part_of_tier(down - away * 0.35);
            let torn = 0.75 + 0.5 * noise(across * 30.0 / height, down * 60.0 / height, seed);
            reach * (0.05 + part) * (0.50 + 0.50 * tier) * torn - away
        },
        |across, down| {
            let tier = part_of_tier(down - (across - x).abs() * 0.35);
            let texture = noise(across * 46.0 / height, down * 46.0 / height, seed ^ 3);
            let green = times(color, 0.62 + 0.5 * tier * 0.6 + 0.35 * texture);
            let white = if snowed { ((0.40 - tier) * 3.2 + (texture - 0.5) * 1.2).clamp(0.0, 0.95) } else { 0.0 };
            (seen(mix(green, rgb(0xF2_F7FF), white), palette, near), 1.0)
        },
    );
}

/// Blades of grass along the line of a layer and at the lower edge.
pub(super) fn blades(canvas: &mut Canvas, palette: &Palette, layer: &Layer, seed: u32) {
    let mut dice = Dice::new(seed ^ 0x190);
    let (wide, tall) = canvas.size();
    for _ in 0..900 {
        let x = dice.between(-0.02, wide + 0.02);
        let line = layer.line(x);
        let y = line + dice.roll() * (tall - line + 0.02).max(0.01);
        let long = dice.between(0.02, 0.05) * (0.5 + (y - line) * 2.5).min(1.4);
        let color = mix(rgb(0x2E_6430), rgb(0xA8_C860), dice.roll());
        let tip = (x + dice.between(-0.4, 0.4) * long, y - long);
        canvas.stroke((x, y), tip, 0.005, 0.001, lit(color, palette.light));
    }
}

/// Grass and flowers, smaller towards the line of a layer.
pub(super) fn flowers(canvas: &mut Canvas, palette: &Palette, layer: &Layer, seed: u32) {
    blades(canvas, palette, layer, seed);
    let mut dice = Dice::new(seed ^ 0x1F4);
    let (wide, tall) = canvas.size();
    let kinds = [0xE2_3E3A, 0xFF_F6F0, 0xF6_CE3C, 0x96_6AD0].map(rgb);
    for number in 0_u16..640 {
        // From the far to the near, so that the near ones hide the far ones.
        let depth = f32::from(number) / 640.0;
        let x = dice.between(0.0, wide);
        let line = layer.line(x);
        let y = line + 0.012 + (tall - line) * depth.powf(1.6);
        let size = 0.0022 + 0.013 * depth.powf(1.8);
        let patch = noise(x * 2.6, y * 5.0, seed ^ 8) + dice.between(-0.16, 0.16);
        let kind = if patch < 0.40 {
            kinds[0]
        } else if patch < 0.55 {
            kinds[1]
        } else if patch < 0.7 {
            kinds[2]
        } else {
            kinds[3]
        };
        let stem = lit(rgb(0x3E_7A34), palette.light);
        canvas.stroke((x, y + size * 4.0), (x, y), size * 0.4, size * 0.3, stem);
        let petal = lit(times(kind, dice.between(0.86, 1.0)), palette.light);
        for turn in 0_u8..5 {
            let angle = f32::from(turn) * 1.257 + depth * 40.0;
            canvas.spot((x + angle.cos() * size * 0.7, y + angle.sin() * size * 0.5), size * 0.62, petal);
        }
        canvas.spot((x, y), size * 0.4, lit(rgb(0xF8_D860), palette.light));
    }
}
