//! What each land is made of.

use super::{
    Land, Scene, Season,
    canvas::Canvas,
    ground::{self, Cover, Layer},
    light::Palette,
    noise::Dice,
    plants::{self, Leaves},
    sky, things, water,
};

/// A view being drawn.
pub(super) struct View {
    canvas: Canvas,
    palette: Palette,
    season: Season,
    seed: u32,
    /// Size, in units of the shorter side.
    wide: f32,
    tall: f32,
    /// Centre of the sun or moon.
    sun: (f32, f32),
}

impl View {
    pub(super) fn new(width: u16, height: u16, scene: Scene) -> Self {
        let canvas = Canvas::new(width, height);
        let (wide, tall) = canvas.size();
        let palette = Palette::of(scene.light);
        let mut dice = Dice::new(scene.seed);
        let side = if dice.roll() < 0.5 { 0.28 } else { 0.72 };
        let sun = (wide * (side + dice.between(-0.08, 0.08)), tall * palette.sun_from_top);
        Self { canvas, palette, season: scene.season, seed: scene.seed, wide, tall, sun }
    }

    /// Paints everything, the far before the near.
    pub(super) fn paint(mut self, land: Land) -> Canvas {
        match land {
            Land::Hills => self.hills(),
            Land::Meadow => self.meadow(),
            Land::Mountains => self.mountains(),
            Land::Lake => self.lake(),
            Land::Sea => self.sea(),
            Land::Beach => self.beach(),
            Land::Forest => self.forest(),
        }
        self.canvas
    }

    fn sky(&mut self, horizon: f32) {
        sky::paint(&mut self.canvas, &self.palette, self.sun, horizon, self.seed);
    }

    fn layer(&mut self, layer: &Layer) {
        ground::paint(&mut self.canvas, &self.palette, layer, self.sun.0);
    }

    /// The ground that nothing hides, in the season's colour.
    fn grass(&self) -> Cover {
        match self.season {
            Season::Summer => Cover::Grass,
            Season::Autumn => Cover::DryGrass,
            Season::Winter => Cover::Snow,
        }
    }

    fn leaves(&self) -> Leaves {
        match self.season {
            Season::Summer => Leaves::Green,
            Season::Autumn => Leaves::Coloured,
            Season::Winter => Leaves::Snowed,
        }
    }

    /// Layers from `from` to `to`, counted from the top, each nearer (the first `first`) and lower than the one before.
    fn rolling(&mut self, (from, to): (f32, f32), first: f32, count: u8, trees: bool) {
        let tall = self.tall;
        let part = |step: u8| f32::from(step) / f32::from((count - 1).max(1));
        let top = |step| tall * (from + (to - from) * part(step).powf(1.25));
        for step in 0..count {
            let near = part(step);
            let layer = Layer {
                top: top(step),
                until: if step + 1 == count { tall } else { top(step + 1) + 0.11 },
                amplitude: 0.05 + 0.05 * near,
                wavelength: 0.55 + 0.65 * near,
                rough: 0.22,
                near: first + (1.0 - first) * near,
                cover: self.grass(),
                seed: self.seed.wrapping_mul(31).wrapping_add(u32::from(step) * 7 + 1),
            };
            self.layer(&layer);
            if trees && step > 0 {
                let count = if step + 1 == count { 3 } else { 16 };
                let height = 0.035 + 0.22 * near * near * near;
                let leaves = self.leaves();
                plants::broad_trees(&mut self.canvas, &self.palette, &layer, leaves, height, count);
            }
        }
    }

    fn hills(&mut self) {
        self.sky(0.56);
        self.layer(&Layer::far_range(self.tall * 0.53, self.seed));
        self.rolling((0.56, 0.90), 0.22, 5, true);
        if self.palette.is_day() {
            let place = (self.wide - self.sun.0, self.tall * 0.24);
            things::balloon(&mut self.canvas, &self.palette, place, self.seed);
        }
        things::birds(&mut self.canvas, &self.palette, (self.wide * 0.5, self.tall * 0.2), self.seed);
    }

    fn meadow(&mut self) {
        self.sky(0.48);
        self.layer(&Layer::far_range(self.tall * 0.46, self.seed));
        self.rolling((0.50, 0.62), 0.30, 3, true);
        let layer = Layer {
            top: self.tall * 0.66,
            until: self.tall,
            amplitude: 0.03,
            wavelength: 1.6,
            rough: 0.1,
            near: 1.0,
            cover: self.grass(),
            seed: self.seed.wrapping_add(91),
        };
        self.layer(&layer);
        plants::flowers(&mut self.canvas, &self.palette, &layer, self.seed);
    }

    fn peaks(&mut self, foot: f32) {
        for (step, (top, near)) in [(0.36, 0.30), (0.44, 0.62)].into_iter().enumerate() {
            let layer = Layer {
                top: foot - (self.tall * 0.58 - self.tall * top) * 1.15,
                until: foot + 0.14,
                amplitude: 0.30 - 0.05 * near,
                wavelength: 0.62,
                rough: 0.50,
                near,
                cover: if self.season == Season::Winter { Cover::SnowedRock } else { Cover::Rock },
                seed: self.seed.wrapping_mul(17).wrapping_add(if step == 0 { 3 } else { 11 }),
            };
            self.layer(&layer);
        }
    }

    /// A slope of firs, `top` from above.
    fn slope(&mut self, top: f32, near: f32, height: f32, count: u16) {
        let layer = Layer {
            top,
            until: top + 0.36,
            amplitude: 0.07,
            wavelength: 0.9,
            rough: 0.25,
            near,
            cover: if self.season == Season::Winter { Cover::Snow } else { Cover::Wood },
            seed: self.seed.wrapping_mul(13).wrapping_add(u32::from(count)),
        };
        self.layer(&layer);
        plants::firs(&mut self.canvas, &self.palette, &layer, self.season == Season::Winter, height, count);
    }

    fn mountains(&mut self) {
        self.sky(0.60);
        self.peaks(self.tall * 0.62);
        self.slope(self.tall * 0.66, 0.6, 0.06, 150);
        self.rolling((0.73, 0.82), 0.80, 2, false);
        self.slope(self.tall * 0.97, 1.0, 0.26, 9);
        if self.season == Season::Winter {
            things::cottage(&mut self.canvas, &self.palette, (self.wide - self.sun.0, self.tall * 0.985), 0.16);
        }
    }

    fn lake(&mut self) {
        let shore = self.tall * 0.60;
        self.sky(0.58);
        self.peaks(shore);
        self.slope(self.tall * 0.56, 0.55, 0.05, 170);
        water::still(&mut self.canvas, &self.palette, shore, self.sun, self.seed);
        self.slope(self.tall * 1.02, 1.0, 0.30, 10);
    }

    fn sea(&mut self) {
        let horizon = self.tall * 0.58;
        self.sky(0.58);
        self.headland(horizon);
        water::open(&mut self.canvas, &self.palette, horizon, self.sun, self.seed);
        things::boat(&mut self.canvas, &self.palette, (self.wide * 0.52, horizon + 0.045), 0.12);
        things::birds(&mut self.canvas, &self.palette, (self.wide * 0.45, self.tall * 0.25), self.seed);
        let layer = Layer { top: self.tall * 0.96, amplitude: 0.10, ..self.bank(self.grass()) };
        self.layer(&layer);
        plants::blades(&mut self.canvas, &self.palette, &layer, self.seed);
    }

    fn headland(&mut self, horizon: f32) {
        self.layer(&Layer {
            top: horizon - 0.005,
            until: horizon + 0.01,
            amplitude: 0.09,
            wavelength: 0.7,
            rough: 0.35,
            near: 0.42,
            cover: Cover::Grass,
            seed: self.seed.wrapping_add(5),
        });
    }

    fn bank(&self, cover: Cover) -> Layer {
        Layer {
            top: self.tall * 0.84,
            until: self.tall,
            amplitude: 0.05,
            wavelength: 1.3,
            rough: 0.12,
            near: 1.0,
            cover,
            seed: self.seed.wrapping_add(77),
        }
    }

    fn beach(&mut self) {
        let horizon = self.tall * 0.52;
        self.sky(0.52);
        self.headland(horizon);
        water::open(&mut self.canvas, &self.palette, horizon, self.sun, self.seed);
        things::boat(&mut self.canvas, &self.palette, (self.wide * 0.62, horizon + 0.03), 0.07);
        let sand = self.bank(Cover::Sand);
        water::surf(&mut self.canvas, &self.palette, &sand);
        self.layer(&sand);
        if self.palette.is_day() {
            things::parasol(&mut self.canvas, &self.palette, (self.wide - self.sun.0, self.tall * 0.93), 0.22);
        }
    }

    fn forest(&mut self) {
        self.sky(0.7);
        self.layer(&Layer::far_range(self.tall * 0.48, self.seed));
        for (top, near, height, count) in
            [(0.55, 0.28, 0.16, 50), (0.64, 0.48, 0.24, 34), (0.75, 0.70, 0.36, 22), (0.88, 0.88, 0.50, 13)]
        {
            self.slope(self.tall * top, near, height, count);
        }
        self.slope(self.tall * 1.02, 1.0, 0.62, 5);
    }
}
