//! Lakes that mirror, seas that glitter, and surf.

use super::{
    canvas::Canvas,
    ground::{Layer, seen},
    light::{Color, Palette, lit, mix, plus, rgb},
    noise::{layered, noise, step},
};

/// A lake from `shore` down, which mirrors all that was painted above.
pub(super) fn still(canvas: &mut Canvas, palette: &Palette, shore: f32, sun: (f32, f32), seed: u32) {
    let (_, tall) = canvas.size();
    let deep = lit(rgb(0x2A_5E7C), palette.light);
    canvas.map(shore, tall, |canvas, x, y, _| {
        let down = (y - shore).max(0.0);
        let ripple = layered(x * 9.0, down * 110.0 / (0.25 + down * 2.0), 3, 0.5, seed ^ 0x1F) - 0.5;
        let mirrored = canvas.color(x + ripple * 0.10 * down, shore - down * 0.92 - ripple * 0.07 * down.sqrt());
        let color = mix(mirrored, deep, 0.16 + 0.45 * step(0.0, 0.5, down) + 0.25 * ripple);
        let bright = step(0.012, 0.0, down) * 0.35;
        glitter(mix(color, palette.horizon, bright), palette, x, down, sun, seed, 0.5)
    });
}

/// The sea from the horizon down.
pub(super) fn open(canvas: &mut Canvas, palette: &Palette, horizon: f32, sun: (f32, f32), seed: u32) {
    let (_, tall) = canvas.size();
    let deep = lit(rgb(0x1B_6C96), palette.light);
    let shallow = lit(rgb(0x45_B4BC), palette.light);
    canvas.map(horizon, tall, |canvas, x, y, _| {
        let down = (y - horizon).max(0.0);
        let part = down / (tall - horizon);
        // Waves look lower and closer together the farther away they are.
        let wave = layered(x * 3.0, (0.02 + down).ln() * 8.0, 5, 0.58, seed ^ 0x37);
        let sky = canvas.color(x + (wave - 0.5) * 0.1, horizon - 0.03 - down * 0.55);
        let body = mix(deep, shallow, step(0.35, 1.0, part));
        let color = mix(body, sky, 0.62 - 0.42 * part.sqrt() + (wave - 0.5) * 0.75);
        let color = mix(color, palette.cloud, 0.55 * step(0.70, 0.84, wave) * step(0.05, 0.4, part));
        glitter(color, palette, x, down, sun, seed, 1.0)
    });
}

/// The path of light under the sun.
fn glitter(color: Color, palette: &Palette, x: f32, down: f32, sun: (f32, f32), seed: u32, strength: f32) -> Color {
    let wide = 0.035 + down * 0.30;
    let away = (x - sun.0) / wide;
    let path = (-away * away).exp();
    if path < 0.01 {
        return color;
    }
    let spark = layered(x * 16.0, (0.02 + down).ln() * 17.0, 2, 0.6, seed ^ 0x47);
    let low_sun = if palette.sun_from_top < 0.16 { 0.45 } else { 1.0 };
    let bright = path * (0.22 + 0.9 * step(0.52, 0.80, spark)) * strength * low_sun;
    plus(color, mix(palette.sun, palette.glow, 0.35), bright * 0.85)
}

/// Wet sand and lines of foam before a beach.
pub(super) fn surf(canvas: &mut Canvas, palette: &Palette, beach: &Layer) {
    let foam = seen(rgb(0xFF_FFFF), palette, 1.0);
    for (away, strength) in [(0.145, 0.45), (0.085, 0.7), (0.030, 1.0)] {
        let line = |x: f32| beach.line(x) - away - 0.022 * noise(x * 3.0 + away * 40.0, 0.0, beach.seed);
        let (wide, tall) = canvas.size();
        let thick = 0.008 + 0.020 * strength;
        canvas.shape(
            [0.0, 0.0, wide, tall],
            |x, y| {
                let torn = thick * layered(x * 16.0, y * 34.0, 3, 0.6, beach.seed ^ 5);
                torn - (y - line(x) - thick * 0.5).abs()
            },
            |_, _| (foam, strength * 0.9),
        );
    }
    let wet = seen(rgb(0xB8_9A70), palette, 1.0);
    canvas.below(
        |x| beach.line(x) - 0.012,
        beach.until,
        |(x, y), (top, _)| mix(foam, wet, step(0.0, 0.006, y - top + 0.004 * noise(x * 60.0, 0.0, beach.seed))),
    );
}
