//! The picture in the making.

use image::{Rgb, RgbImage};

use super::{
    light::{Color, mix, times},
    noise::{at, floor},
};

/// Pixels, with soft edges between shapes.
pub(super) struct Canvas {
    width: u16,
    height: u16,
    pixels: Vec<Color>,
    /// Pixels of the shorter side.
    unit: f32,
}

impl Canvas {
    pub(super) fn new(width: u16, height: u16) -> Self {
        let pixels = vec![[0.0; 3]; usize::from(width) * usize::from(height)];
        Self { width, height, pixels, unit: f32::from(width.min(height)).max(1.0) }
    }

    /// Width and height, in units.
    pub(super) fn size(&self) -> (f32, f32) {
        (f32::from(self.width) / self.unit, f32::from(self.height) / self.unit)
    }

    fn index(&self, x: u16, y: u16) -> usize {
        usize::from(y) * usize::from(self.width) + usize::from(x)
    }

    fn place(&self, x: u16, y: u16) -> (f32, f32) {
        ((f32::from(x) + 0.5) / self.unit, (f32::from(y) + 0.5) / self.unit)
    }

    /// The colour at a place; the nearest one for a place outside.
    pub(super) fn color(&self, x: f32, y: f32) -> Color {
        let column = clamped(x * self.unit, self.width.saturating_sub(1));
        let row = clamped(y * self.unit, self.height.saturating_sub(1));
        self.pixels[self.index(column, row)]
    }

    /// Gives every pixel between two heights a new colour, of its place and the one it had.
    pub(super) fn map(&mut self, from: f32, to: f32, color: impl Fn(&Self, f32, f32, Color) -> Color) {
        for y in clamped(from * self.unit, self.height)..clamped(to * self.unit, self.height) {
            for x in 0..self.width {
                let index = self.index(x, y);
                let (across, down) = self.place(x, y);
                self.pixels[index] = color(self, across, down, self.pixels[index]);
            }
        }
    }

    /// Paints what lies below a line, down to a height. The colour is one of the place (across, down) and the line there
    /// (its height and its slope).
    pub(super) fn below(
        &mut self,
        line: impl Fn(f32) -> f32,
        until: f32,
        color: impl Fn((f32, f32), (f32, f32)) -> Color,
    ) {
        let end = clamped(until * self.unit, self.height);
        for x in 0..self.width {
            let across = self.place(x, 0).0;
            let top = line(across);
            let slope = (line(across + 0.01) - line(across - 0.01)) / 0.02;
            for y in clamped(top * self.unit - 1.0, end)..end {
                let (across, down) = self.place(x, y);
                let cover = ((down - top) * self.unit + 0.5).clamp(0.0, 1.0);
                let index = self.index(x, y);
                self.pixels[index] = mix(self.pixels[index], color((across, down), (top, slope)), cover);
            }
        }
    }

    /// Paints a shape within a box (left, top, right, bottom). `inside` is the distance to the shape's edge, positive
    /// within it; the colour comes with how much of it covers.
    pub(super) fn shape(
        &mut self,
        frame: [f32; 4],
        inside: impl Fn(f32, f32) -> f32,
        color: impl Fn(f32, f32) -> (Color, f32),
    ) {
        let [left, top, right, bottom] = frame.map(|edge| edge * self.unit);
        for y in clamped(top - 1.0, self.height)..clamped(bottom + 2.0, self.height) {
            for x in clamped(left - 1.0, self.width)..clamped(right + 2.0, self.width) {
                let (across, down) = self.place(x, y);
                let cover = (inside(across, down) * self.unit + 0.5).clamp(0.0, 1.0);
                if cover > 0.0 {
                    let (color, strength) = color(across, down);
                    let index = self.index(x, y);
                    self.pixels[index] = mix(self.pixels[index], color, cover * strength);
                }
            }
        }
    }

    /// A round spot of one colour.
    pub(super) fn spot(&mut self, (x, y): (f32, f32), radius: f32, color: Color) {
        let frame = [x - radius, y - radius, x + radius, y + radius];
        self.shape(frame, |across, down| radius - (across - x).hypot(down - y), |_, _| (color, 1.0));
    }

    /// A straight line that is `start` wide at one end and `end` at the other.
    pub(super) fn stroke(&mut self, from: (f32, f32), to: (f32, f32), start: f32, end: f32, color: Color) {
        let (along_x, along_y) = (to.0 - from.0, to.1 - from.1);
        let length = (along_x * along_x + along_y * along_y).max(1e-9);
        let wide = start.max(end);
        let frame =
            [from.0.min(to.0) - wide, from.1.min(to.1) - wide, from.0.max(to.0) + wide, from.1.max(to.1) + wide];
        let inside = |x: f32, y: f32| {
            let part = (((x - from.0) * along_x + (y - from.1) * along_y) / length).clamp(0.0, 1.0);
            let away = (x - from.0 - part * along_x).hypot(y - from.1 - part * along_y);
            0.5 * (start + (end - start) * part) - away
        };
        self.shape(frame, inside, |_, _| (color, 1.0));
    }

    /// The picture, with the darker corners and the grain of a lens and a film.
    pub(super) fn finish(&self, seed: u32) -> RgbImage {
        let mut picture = RgbImage::new(u32::from(self.width), u32::from(self.height));
        let (wide, tall) = self.size();
        for y in 0..self.height {
            for x in 0..self.width {
                let (across, down) = self.place(x, y);
                let away = (across / wide - 0.5).hypot(down / tall - 0.5);
                let grain = (at(i32::from(x), i32::from(y), seed) - 0.5) * 0.018;
                let color = times(self.pixels[self.index(x, y)], 1.0 - 0.28 * away * away);
                let bytes = color.map(|part| super::super::byte(f64::from((part + grain) * 255.0)));
                picture.put_pixel(u32::from(x), u32::from(y), Rgb(bytes));
            }
        }
        picture
    }
}

fn clamped(pixel: f32, most: u16) -> u16 {
    u16::try_from(floor(pixel.clamp(0.0, f32::from(most)))).unwrap_or(most)
}
