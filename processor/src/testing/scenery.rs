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
mod view;
mod water;

use image::RgbImage;

use self::view::View;
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
    View::new(width, height, *scene).paint(scene.land).finish(scene.seed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LANDS: [Land; 7] =
        [Land::Hills, Land::Meadow, Land::Mountains, Land::Lake, Land::Sea, Land::Beach, Land::Forest];
    const LIGHTS: [Light; 5] = [Light::Morning, Light::Noon, Light::Golden, Light::Dusk, Light::Night];

    #[test]
    fn a_view_is_the_same_each_time_and_another_seed_gives_another() {
        for land in LANDS {
            let scene = |seed| Scene { land, light: Light::Golden, season: Season::Winter, seed };
            assert_eq!(draw(60, 40, &scene(1)), draw(60, 40, &scene(1)), "{land:?}");
            assert_ne!(draw(60, 40, &scene(1)), draw(60, 40, &scene(2)), "{land:?}");
        }
    }

    #[test]
    fn every_view_fills_the_picture_whatever_its_shape() {
        for (land, light) in LANDS.into_iter().flat_map(|land| LIGHTS.map(|light| (land, light))) {
            for (width, height) in [(96, 64), (64, 96), (120, 40), (1, 1)] {
                let scene = Scene { land, light, season: Season::Summer, seed: 3 };
                let picture = draw(width, height, &scene);
                // Grain aside, nothing here is black: black is where nothing was painted.
                let black = picture.pixels().filter(|pixel| pixel.0.iter().all(|&part| part < 3)).count();
                assert_eq!(black, 0, "{land:?} {light:?} {width} x {height}");
            }
        }
    }
}
