//! What a gallery of the demo is made of.

use model::Location;
use processor::testing::{ExifFields, Scene};

/// A person of the demo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Who {
    Admin,
    Grandma,
    Ben,
}

/// A gallery to make.
pub(super) struct GalleryPlan {
    pub(super) title: &'static str,
    pub(super) description: &'static str,
    /// As the API names it.
    pub(super) visibility: &'static str,
    /// The access list, with levels as the API names them.
    pub(super) access: &'static [(Who, &'static str)],
    /// File name of the picture that stands for it.
    pub(super) cover: &'static str,
    pub(super) shots: &'static [Shot],
}

/// A photo to take.
pub(super) struct Shot {
    pub(super) by: Who,
    pub(super) file_name: &'static str,
    pub(super) scene: Scene,
    pub(super) shape: Shape,
    /// How the camera was held: EXIF orientation, 1 to 8.
    pub(super) orientation: u8,
    /// Wall clock, such as `2024:07:03 15:04:05`.
    pub(super) taken: &'static str,
    /// Of the wall clock from UTC, such as `+02:00`.
    pub(super) offset: &'static str,
    /// Degrees north, degrees east, metres above the sea.
    pub(super) place: (f64, f64, f64),
    pub(super) caption: Option<&'static str>,
    pub(super) comments: &'static [(Who, &'static str)],
}

/// The shape of a photo, seen upright.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    Wide,
    Tall,
    Square,
    Panorama,
}

impl Shape {
    /// Width and height.
    pub(super) fn pixels(self) -> (u16, u16) {
        match self {
            Self::Wide => (1200, 800),
            Self::Tall => (800, 1200),
            Self::Square => (900, 900),
            Self::Panorama => (1500, 640),
        }
    }
}

impl Shot {
    /// What the camera notes.
    pub(super) fn exif(&self) -> ExifFields {
        let (latitude, longitude, altitude) = self.place;
        ExifFields {
            orientation: Some(self.orientation),
            camera_make: Some("Mantel".to_owned()),
            camera_model: Some("Demo camera".to_owned()),
            taken: Some(self.taken.to_owned()),
            offset: Some(self.offset.to_owned()),
            exposure_time: Some((1, 250)),
            f_number: Some((56, 10)),
            focal_length: Some((28, 1)),
            iso: Some(200),
            location: Some(Location { latitude, longitude, altitude_metres: Some(altitude) }),
            ..ExifFields::default()
        }
    }
}
