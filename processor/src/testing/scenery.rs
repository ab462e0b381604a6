//! Draws views for the demo: seas, lakes, hills, mountains and woods, by day and by night.
//!
//! Everything comes of the seed, so that a view is the same each time. Lengths are in units of the picture's shorter
//! side unless a name says pixels; colours are sRGB from 0 to 1.

mod canvas;
mod ground;
mod light;
mod noise;
mod plants;
mod sky;
mod things;
mod water;

use image::RgbImage;

use self::{
    canvas::Canvas,
    ground::{Cover, Layer},
    light::Palette,
    noise::Dice,
    plants::Leaves,
};
use super::{ExifFields, jpeg, with_exif};
use crate::picture::Orientation;

/// What there is to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Land {
    /// Rolling hills with broad trees.
    Hills,
    /// A flowering meadow before low hills.
    Meadow,
    /// High peaks above a valley.
    Mountains,
    /// A lake under peaks.
    Lake,
    /// The open sea with a headland and a boat.
    Sea,
    /// Sand, surf and the sea.
    Beach,
    /// Firs, row after row.
    Forest,
}

/// Time of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Light {
    /// Pale and misty.
    Morning,
    /// A blue sky.
    Noon,
    /// The last hour of sun.
    Golden,
    /// After sunset.
    Dusk,
    /// Moon and stars.
    Night,
}

/// Time of the year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Season {
    /// Green.
    Summer,
    /// Yellow and red.
    Autumn,
    /// Under snow.
    Winter,
}

/// One view.
#[derive(Clone, Copy, Debug)]
pub struct Scene {
    /// What there is to see.
    pub land: Land,
    /// Time of the day.
    pub light: Light,
    /// Time of the year.
    pub season: Season,
    /// Tells views of one kind apart.
    pub seed: u32,
}

/// A view as a JPEG that shows it upright, `width` by `height`, to a viewer that heeds the orientation in `fields`.
#[must_use]
pub fn scene_jpeg(width: u16, height: u16, scene: &Scene, fields: &ExifFields) -> Vec<u8> {
    let orientation = fields.orientation.and_then(Orientation::from_exif).unwrap_or_default();
    with_exif(&jpeg(&orientation.inverse().apply(draw(width, height, scene))), fields)
}

/// A view, `width` by `height` pixels.
#[must_use]
pub fn draw(width: u16, height: u16, scene: &Scene) -> RgbImage {
    let mut view = View::new(width, height, scene);
    match scene.land {
        Land::Hills => view.hills(),
        Land::Meadow => view.meadow(),
        Land::Mountains => view.mountains(),
        Land::Lake => view.lake(),
        Land::Sea => view.sea(),
        Land::Beach => view.beach(),
        Land::Forest => view.forest(),
    }
    view.canvas.finish(scene.seed)
}

/// A view being drawn.
struct View {
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
    fn new(width: u16, height: u16, scene: &Scene) -> Self {
        let canvas = Canvas::new(width, height);
        let (wide, tall) = canvas.size();
        let palette = Palette::of(scene.light);
        let mut dice = Dice::new(scene.seed);
        let side = if dice.roll() < 0.5 { 0.28 } else { 0.72 };
        let sun = (wide * (side + dice.between(-0.08, 0.08)), tall * palette.sun_from_top);
        Self { canvas, palette, season: scene.season, seed: scene.seed, wide, tall, sun }
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
        for step in 0..count {
            let near = f32::from(step) / f32::from((count - 1).max(1));
            let layer = Layer {
                top: self.tall * (from + (to - from) * near.powf(1.25)),
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
        if self.season == Season::Winter {
            things::cottage(&mut self.canvas, &self.palette, (self.wide - self.sun.0, self.tall * 0.87), 0.16);
        }
        self.slope(self.tall * 0.97, 1.0, 0.26, 9);
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
