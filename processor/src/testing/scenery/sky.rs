//! Sky, sun, moon, stars and clouds.

use super::{
    canvas::Canvas,
    light::{Color, Palette, mix, plus, screen},
    noise::{Dice, at, floor, layered, step, whole},
};

/// Paints the whole picture as sky; the horizon is a part of the height.
pub(super) fn paint(canvas: &mut Canvas, palette: &Palette, sun: (f32, f32), horizon: f32, seed: u32) {
    let (_, tall) = canvas.size();
    let horizon = horizon * tall;
    // Below that the ground hides it.
    canvas.map(0.0, tall.min(horizon + 0.2), |_, x, y, _| {
        let down = (y / horizon).min(1.0);
        let sky = if down < 0.62 {
            mix(palette.zenith, palette.middle, step(0.0, 1.0, down / 0.62))
        } else {
            mix(palette.middle, palette.horizon, step(0.0, 1.0, (down - 0.62) / 0.38))
        };
        let sky = with_stars(sky, palette, x, y, down, seed);
        let away = (x - sun.0).hypot(y - sun.1);
        let sky = screen(sky, palette.glow, 0.50 * (-away * away / 0.07).exp() + 0.30 * (-away / 0.30).exp());
        let disc = step(palette.sun_radius + 0.004, palette.sun_radius - 0.001, away);
        let sky = mix(sky, palette.sun, disc);
        with_clouds(sky, palette, (x, y), sun, down, seed)
    });
    if palette.stars > 0.9 {
        crater(canvas, palette, sun, seed);
    }
}

fn with_stars(sky: Color, palette: &Palette, x: f32, y: f32, down: f32, seed: u32) -> Color {
    if palette.stars <= 0.0 {
        return sky;
    }
    // The Milky Way runs across the picture at a slant.
    let band = (x * 0.55 + y - 0.62 + 0.2 * (layered(x * 2.0, y * 2.0, 3, 0.5, seed ^ 9) - 0.5)) / 0.22;
    let milk = (-band * band).exp() * (0.35 + 0.65 * layered(x * 7.0, y * 7.0, 4, 0.55, seed ^ 5));
    let sky = plus(sky, [0.42, 0.44, 0.58], palette.stars.powi(2) * milk * 0.36 * (1.0 - down));
    let mut shine = 0.0;
    for (cells, share) in [(46.0, 0.10), (120.0, 0.05 + 0.12 * milk)] {
        let (column, row) = (floor(x * cells), floor(y * cells));
        if at(column, row, seed) < share {
            let centre = |salt| 0.25 + 0.5 * at(column, row, seed ^ salt);
            let away = (x * cells - whole(column) - centre(11)).hypot(y * cells - whole(row) - centre(12));
            let bright = at(column, row, seed ^ 0xD);
            shine += (0.35 + 0.65 * bright) * step(0.07 * cells / 46.0 + 0.10 * bright, 0.0, away);
        }
    }
    plus(sky, [1.0, 0.98, 0.92], palette.stars * shine * (1.0 - down * down))
}

fn with_clouds(sky: Color, palette: &Palette, (x, y): (f32, f32), sun: (f32, f32), down: f32, seed: u32) -> Color {
    // Clouds lie flatter and closer together towards the horizon.
    let depth = 1.0 / (1.15 - down.min(1.0));
    let (across, along) = (x * (0.9 + 0.5 * depth) + 3.0, y * 2.6 * depth.sqrt() + 1.0);
    let density = layered(across * 1.5, along * 1.5, 5, 0.52, seed ^ 0x4D);
    let edge = 1.0 - palette.clouds;
    let cover = step(edge, edge + 0.26, density) * step(0.0, 0.25, down) * step(1.02, 0.80, down);
    if cover <= 0.0 {
        return sky;
    }
    // What is thinner towards the sun lets its light through.
    let toward = (sun.0 - x, sun.1 - y);
    let length = toward.0.hypot(toward.1).max(0.05);
    let reach = 0.10 / length;
    let next = layered((across + toward.0 * reach) * 1.5, (along + toward.1 * reach * 2.0) * 1.5, 3, 0.52, seed ^ 0x4D);
    let bright = (0.62 + (density - next) * 3.0 - (density - edge) * 0.5).clamp(0.0, 1.0);
    let color = mix(palette.cloud_shade, palette.cloud, bright);
    let color = screen(color, palette.glow, 0.40 * (-length * length / 0.08).exp());
    mix(sky, color, cover * 0.92)
}

/// The seas of the moon.
fn crater(canvas: &mut Canvas, palette: &Palette, sun: (f32, f32), seed: u32) {
    let mut dice = Dice::new(seed ^ 0x15);
    for _ in 0..5 {
        let (turn, away) = (dice.between(0.0, 6.3), dice.between(0.0, 0.6) * palette.sun_radius);
        let place = (sun.0 + turn.cos() * away, sun.1 + turn.sin() * away);
        canvas.spot(place, palette.sun_radius * dice.between(0.10, 0.26), mix(palette.sun, palette.glow, 0.16));
    }
}
