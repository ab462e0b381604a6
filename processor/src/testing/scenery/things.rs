//! What people and birds add to a view.

use super::{
    canvas::Canvas,
    ground::seen,
    light::{Palette, lit, mix, rgb, times},
    noise::Dice,
};

/// A few birds around a place.
pub(super) fn birds(canvas: &mut Canvas, palette: &Palette, (x, y): (f32, f32), seed: u32) {
    let mut dice = Dice::new(seed ^ 0x258);
    let color = mix(palette.zenith, lit(rgb(0x20_2430), palette.light), 0.8);
    for _ in 0..7 {
        let (x, y) = (x + dice.between(-0.16, 0.16), y + dice.between(-0.05, 0.05));
        let wing = dice.between(0.008, 0.016);
        let lift = wing * dice.between(0.3, 0.7);
        for side in [-1.0, 1.0] {
            let elbow = (x + side * wing * 0.6, y - lift);
            canvas.stroke((x, y), elbow, 0.0026, 0.0026, color);
            canvas.stroke(elbow, (x + side * wing * 1.4, y - lift * 0.5), 0.0026, 0.0012, color);
        }
    }
}

/// A sailing boat; the place is where its hull meets the water.
pub(super) fn boat(canvas: &mut Canvas, palette: &Palette, (x, y): (f32, f32), height: f32) {
    let cloth = seen(rgb(0xFF_FBF2), palette, 0.9);
    let shade = times(cloth, 0.82);
    let hull = seen(rgb(0x96_3A34), palette, 0.9);
    for (away, strength) in [(0.012, 0.30), (0.030, 0.20), (0.050, 0.12)] {
        let half = height * 0.20;
        let frame = [x - half, y + away - 0.004, x + half, y + away + 0.004];
        canvas.shape(
            frame,
            |across, down| 0.004 - (down - y - away).abs() - (across - x).abs() * 0.01,
            |_, _| (cloth, strength),
        );
    }
    let sail = |foot: f32, side: f32, reach: f32, top: f32| {
        move |across: f32, down: f32| {
            let part = (down - top) / (foot - top);
            let out = (across - x) * side;
            if (0.0..=1.0).contains(&part) { (reach * part.powf(0.85) - out).min(out - 0.002) } else { -1.0 }
        }
    };
    let foot = y - height * 0.14;
    canvas.shape([x, y - height, x + height * 0.4, foot], sail(foot, 1.0, height * 0.36, y - height), |_, _| {
        (cloth, 1.0)
    });
    canvas.shape(
        [x - height * 0.4, y - height, x, foot],
        sail(foot, -1.0, height * 0.24, y - height * 0.88),
        |_, _| (shade, 1.0),
    );
    canvas.stroke((x, y), (x, y - height * 1.03), height * 0.02, height * 0.014, seen(rgb(0x60_4830), palette, 0.9));
    let half = height * 0.34;
    canvas.shape(
        [x - half, y - height * 0.10, x + half, y],
        |across, down| {
            let part = (down - y + height * 0.10) / (height * 0.10);
            if (0.0..=1.0).contains(&part) { half * (1.0 - 0.35 * part * part) - (across - x).abs() } else { -1.0 }
        },
        |_, _| (hull, 1.0),
    );
}

/// A hot-air balloon.
pub(super) fn balloon(canvas: &mut Canvas, palette: &Palette, (x, y): (f32, f32), seed: u32) {
    let mut dice = Dice::new(seed ^ 0x2BC);
    let pairs = [(0xE4_5A3C, 0xFF_E6B8), (0x2E_7CA8, 0xFF_F4DC), (0xE8_A02C, 0xB8_3E5A)];
    let (first, second) = if dice.roll() < 0.34 {
        pairs[0]
    } else if dice.roll() < 0.5 {
        pairs[1]
    } else {
        pairs[2]
    };
    let (first, second) = (seen(rgb(first), palette, 0.9), seen(rgb(second), palette, 0.9));
    let radius = 0.075;
    let rope = seen(rgb(0x5A_4636), palette, 0.85);
    for side in [-1.0, 1.0] {
        canvas.stroke(
            (x + side * radius * 0.35, y + radius * 1.2),
            (x + side * radius * 0.15, y + radius * 1.75),
            0.002,
            0.002,
            rope,
        );
    }
    canvas.stroke((x, y + radius * 1.72), (x, y + radius * 1.92), radius * 0.36, radius * 0.30, rope);
    canvas.shape(
        [x - radius, y - radius, x + radius, y + radius * 1.35],
        |across, down| {
            let half = if down < y {
                (radius * radius - (down - y) * (down - y)).max(0.0).sqrt()
            } else {
                let part = (down - y) / (radius * 1.35);
                radius * (1.0 - part * part * 0.72)
            };
            if down > y + radius * 1.35 { -1.0 } else { half - (across - x).abs() }
        },
        |across, down| {
            let bulge = (1.0 - ((down - y) / (radius * 1.7)).powi(2)).max(0.05).sqrt();
            let stripe = ((across - x) / (radius * bulge)).clamp(-1.0, 1.0).asin() * 3.2;
            let color = if (stripe + 10.5).rem_euclid(2.0) < 1.0 { first } else { second };
            (times(color, 1.06 - 0.35 * ((across - x) / radius + 0.35).powi(2)), 1.0)
        },
    );
}

/// A cottage with a lit window; the place is the middle of its foot.
pub(super) fn cottage(canvas: &mut Canvas, palette: &Palette, (x, y): (f32, f32), wide: f32) {
    let timber = seen(rgb(0x9A_6A46), palette, 1.0);
    let half = wide * 0.5;
    let eaves = y - wide * 0.42;
    let rectangle = |left: f32, top: f32, right: f32, bottom: f32| {
        move |across: f32, down: f32| (across - left).min(right - across).min(down - top).min(bottom - down)
    };
    let frame = [x - half, eaves, x + half, y];
    canvas.shape(frame, rectangle(frame[0], frame[1], frame[2], frame[3]), |_, down| {
        (times(timber, if (down / wide * 14.0).fract() < 0.2 { 0.8 } else { 1.0 }), 1.0)
    });
    let chimney = [x + half * 0.35, eaves - wide * 0.42, x + half * 0.55, eaves];
    let brick = seen(rgb(0x78_4A42), palette, 1.0);
    canvas.shape(chimney, rectangle(chimney[0], chimney[1], chimney[2], chimney[3]), |_, _| (brick, 1.0));
    let snow = seen(rgb(0xF4_F8FF), palette, 1.0);
    canvas.shape(
        [x - wide * 0.64, eaves - wide * 0.40, x + wide * 0.64, eaves + wide * 0.04],
        |across, down| {
            let slope = wide * 0.64 - (across - x).abs() - (eaves + wide * 0.03 - down).max(0.0) * 1.55;
            slope.min(eaves + wide * 0.04 - down)
        },
        |_, down| (times(snow, if down > eaves { 0.86 } else { 1.0 }), 1.0),
    );
    let glow = rgb(0xFF_D88A);
    for place in [-0.26, 0.26] {
        let middle = (x + place * wide, y - wide * 0.22);
        let frame = [middle.0 - wide * 0.08, middle.1 - wide * 0.08, middle.0 + wide * 0.08, middle.1 + wide * 0.08];
        let reach = wide * 0.4;
        canvas.shape(
            [middle.0 - reach, middle.1 - reach, middle.0 + reach, middle.1 + reach],
            |across, down| reach - (across - middle.0).hypot(down - middle.1),
            |across, down| {
                let near = 1.0 - (across - middle.0).hypot(down - middle.1) / reach;
                (glow, near * near * if palette.is_day() { 0.10 } else { 0.45 })
            },
        );
        canvas.shape(frame, rectangle(frame[0], frame[1], frame[2], frame[3]), |_, _| (glow, 1.0));
    }
    let door = [x - wide * 0.08, y - wide * 0.28, x + wide * 0.08, y];
    let wood = seen(rgb(0x56_3826), palette, 1.0);
    canvas.shape(door, rectangle(door[0], door[1], door[2], door[3]), |_, _| (wood, 1.0));
}

/// A striped parasol; the place is the foot of its pole.
pub(super) fn parasol(canvas: &mut Canvas, palette: &Palette, (x, y): (f32, f32), height: f32) {
    let radius = height * 0.62;
    let brim = y - height * 0.62;
    let shade = seen(rgb(0xA0_8460), palette, 1.0);
    let frame = [x - radius * 0.6, y - 0.014, x + radius * 1.2, y + 0.014];
    canvas.shape(
        frame,
        |across, down| {
            0.014 * (1.0 - (((across - x - radius * 0.3) / (radius * 0.9)).powi(2)).min(1.0)) - (down - y).abs()
        },
        |_, _| (shade, 0.55),
    );
    canvas.stroke((x, y), (x, brim - height * 0.36), 0.008, 0.007, seen(rgb(0xF2_E8D8), palette, 1.0));
    let (red, white) = (seen(rgb(0xE0_5040), palette, 1.0), seen(rgb(0xFF_F8EC), palette, 1.0));
    canvas.shape(
        [x - radius, brim - radius * 0.62, x + radius, brim + 0.02],
        |across, down| {
            let dome = radius - (across - x).hypot((down - brim) / 0.58);
            let scallop = 0.010 * ((across - x) / radius * 12.57).sin().abs();
            dome.min(brim + scallop - down)
        },
        |across, down| {
            let high = ((brim - down) / (radius * 0.58)).clamp(0.0, 1.0);
            let half = (1.0 - high * high).max(0.02).sqrt() * radius;
            let stripe = ((across - x) / half).clamp(-1.0, 1.0).asin() * 2.55 + 10.0;
            let color = if stripe.rem_euclid(2.0) < 1.0 { red } else { white };
            (times(color, 1.0 - 0.22 * ((across - x) / radius + 0.4).abs()), 1.0)
        },
    );
}
