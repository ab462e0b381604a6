//! Smooth randomness by a seed.

/// A mixed-up form of three numbers: the finalizer of `MurmurHash3` over their sum by large odd factors.
fn scramble(x: i32, y: i32, seed: u32) -> u32 {
    let mut bits = x.cast_unsigned().wrapping_mul(0x9E37_79B1)
        ^ y.cast_unsigned().wrapping_mul(0x85EB_CA77)
        ^ seed.wrapping_mul(0xC2B2_AE3D);
    bits = (bits ^ (bits >> 16)).wrapping_mul(0x85EB_CA6B);
    bits = (bits ^ (bits >> 13)).wrapping_mul(0xC2B2_AE35);
    bits ^ (bits >> 16)
}

/// A random number from 0 to 1 for a place.
pub(super) fn at(x: i32, y: i32, seed: u32) -> f32 {
    f32::from((scramble(x, y, seed) >> 16) as u16) / f32::from(u16::MAX)
}

/// The whole number at or below. `f32::floor` is a call into a library on processors of the oldest kind, and slow.
#[expect(clippy::cast_possible_truncation, reason = "pictures are far smaller than 2^31")]
pub(super) fn floor(value: f32) -> i32 {
    let toward_zero = value as i32;
    toward_zero - i32::from(whole(toward_zero) > value)
}

/// A small whole number.
#[expect(clippy::cast_precision_loss, reason = "pictures are far smaller than 2^24")]
pub(super) fn whole(value: i32) -> f32 {
    value as f32
}

/// Value noise from 0 to 1: random at whole numbers, smooth between them.
pub(super) fn noise(x: f32, y: f32, seed: u32) -> f32 {
    let (left, top) = (floor(x), floor(y));
    let (across, down) = (ease(x - whole(left)), ease(y - whole(top)));
    let row = |y| {
        let (start, end) = (at(left, y, seed), at(left + 1, y, seed));
        start + (end - start) * across
    };
    let (upper, lower) = (row(top), row(top + 1));
    upper + (lower - upper) * down
}

/// Noise over noise of half the size and `rough` times the strength, again and again; from 0 to 1.
pub(super) fn layered(x: f32, y: f32, octaves: u8, rough: f32, seed: u32) -> f32 {
    let (mut sum, mut total, mut strength, mut scale) = (0.0, 0.0, 1.0, 1.0);
    for octave in 0..octaves {
        sum += strength * noise(x * scale, y * scale, seed.wrapping_add(u32::from(octave) * 101));
        total += strength;
        strength *= rough;
        scale *= 2.03;
    }
    sum / total
}

/// As [`layered`], folded so that its high places are sharp.
pub(super) fn folded(x: f32, y: f32, octaves: u8, rough: f32, seed: u32) -> f32 {
    let (mut sum, mut total, mut strength, mut scale) = (0.0, 0.0, 1.0, 1.0);
    for octave in 0..octaves {
        let wave = noise(x * scale, y * scale, seed.wrapping_add(u32::from(octave) * 101));
        let fold = 1.0 - (2.0 * wave - 1.0).abs();
        sum += strength * fold * fold.sqrt();
        total += strength;
        strength *= rough;
        scale *= 2.03;
    }
    sum / total
}

/// From 0 to 1 with a soft start and end.
fn ease(part: f32) -> f32 {
    part * part * (3.0 - 2.0 * part)
}

/// 0 below `from`, 1 above `to`, and smooth between.
pub(super) fn step(from: f32, to: f32, value: f32) -> f32 {
    ease(((value - from) / (to - from)).clamp(0.0, 1.0))
}

/// Random numbers one after another.
pub(super) struct Dice {
    seed: u32,
    thrown: i32,
}

impl Dice {
    pub(super) fn new(seed: u32) -> Self {
        Self { seed, thrown: 0 }
    }

    /// From 0 to 1.
    pub(super) fn roll(&mut self) -> f32 {
        self.thrown += 1;
        at(self.thrown, -7, self.seed)
    }

    pub(super) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.roll()
    }
}
