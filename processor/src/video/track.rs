//! A track of a film (ISO/IEC 14496-12, 8): what it is, how long it is, and which way up it is shown.

use model::Rotation;

use super::boxes::{Name, boxes, find, find_in, i32_at, u32_at, u64_at};

/// A longer film than any is a number that went wrong: thirty days.
const MAX_SECONDS: f64 = 30.0 * 86_400.0;

/// Clock ticks, and how many of them are a second.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    /// Seconds since 1904, as the file says.
    pub(super) created: u64,
    ticks_per_second: u32,
    duration: Option<u64>,
}

impl Header {
    /// From `mvhd` or `mdhd`, which begin alike.
    pub(super) fn read(header: &[u8]) -> Option<Self> {
        let is_long = *header.first()? == 1;
        let (created, ticks_per_second, duration) = if is_long {
            (u64_at(header, 4)?, u32_at(header, 20)?, known(u64_at(header, 24)?, u64::MAX))
        } else {
            (u64::from(u32_at(header, 4)?), u32_at(header, 12)?, known_short(u32_at(header, 16)?))
        };
        Some(Self { created, ticks_per_second, duration })
    }

    pub(super) fn seconds(self) -> Option<f64> {
        self.seconds_of(self.duration?)
    }

    /// A number of ticks of this clock in seconds.
    #[expect(clippy::cast_precision_loss, reason = "ticks of a film are far below 2^53")]
    fn seconds_of(self, ticks: u64) -> Option<f64> {
        Some(ticks as f64 / f64::from(self.ticks_per_second)).filter(|&seconds| seconds > 0.0 && seconds <= MAX_SECONDS)
    }
}

/// Zero and the greatest number stand for a duration that is not known.
fn known(duration: u64, greatest: u64) -> Option<u64> {
    Some(duration).filter(|&duration| duration != 0 && duration != greatest)
}

fn known_short(duration: u32) -> Option<u64> {
    known(u64::from(duration), u64::from(u32::MAX))
}

/// How a track is laid on the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Placing {
    pub(super) rotation: Rotation,
    /// Width and height change places.
    pub(super) swaps_sides: bool,
    /// It is mirrored or skewed, or turned by other than quarter turns.
    pub(super) is_odd: bool,
}

impl Placing {
    /// By the matrix (a, b, c, d): a point (x, y) of the picture is shown at (ax + cy, bx + dy).
    fn of_matrix([a, b, c, d]: [i32; 4]) -> Self {
        let largest = [a, b, c, d].map(i32::unsigned_abs).into_iter().max().unwrap_or_default();
        // Within a degree, as ffmpeg has it.
        let sign = |value: i32| if value.unsigned_abs() <= largest / 64 { 0 } else { value.signum() };
        let (rotation, swaps_sides, is_odd) = match [a, b, c, d].map(sign) {
            [1, 0, 0, 1] => (Rotation::None, false, false),
            [0, 1, -1, 0] => (Rotation::Quarter, true, false),
            [-1, 0, 0, -1] => (Rotation::Half, false, false),
            [0, -1, 1, 0] => (Rotation::ThreeQuarters, true, false),
            [0, _, _, 0] if largest > 0 => (Rotation::None, true, true),
            _ => (Rotation::None, false, true),
        };
        Self { rotation, swaps_sides, is_odd }
    }
}

/// What is read of a track.
#[derive(Clone, Copy, Debug)]
pub(super) struct Track<'a> {
    /// `vide`, `soun` and others.
    pub(super) handler: Name,
    pub(super) placing: Placing,
    /// Width and height by which it is laid out, in 65,536ths of a pixel.
    pub(super) layout: (u32, u32),
    /// How many ticks of the film's clock it is shown.
    shown: Option<u64>,
    media: Header,
    /// Frames, or pieces of sound.
    samples: u64,
    /// The first description of its samples: their kind, and the rest.
    pub(super) description: Option<(Name, &'a [u8])>,
    /// Everything of it.
    pub(super) trak: &'a [u8],
}

impl<'a> Track<'a> {
    fn read(trak: &'a [u8]) -> Option<Self> {
        let head = find(trak, *b"tkhd")?;
        let media = find(trak, *b"mdia")?;
        let samples = find_in(media, &[*b"minf", *b"stbl"])?;
        let (shown, matrix) = if *head.first()? == 1 {
            (known(u64_at(head, 28)?, u64::MAX), 52)
        } else {
            (known_short(u32_at(head, 20)?), 40)
        };
        let number = |index: usize| i32_at(head, matrix + 4 * index);
        Some(Self {
            handler: *find(media, *b"hdlr")?.get(8..)?.first_chunk()?,
            placing: Placing::of_matrix([number(0)?, number(1)?, number(3)?, number(4)?]),
            layout: (u32_at(head, matrix + 36)?, u32_at(head, matrix + 40)?),
            shown,
            media: Header::read(find(media, *b"mdhd")?)?,
            samples: find(samples, *b"stts").map_or(0, count_samples),
            description: find(samples, *b"stsd").and_then(|table| boxes(table.get(8..)?).next()),
            trak,
        })
    }

    /// How long it is shown, in seconds; `film` is the clock of the film.
    pub(super) fn seconds(&self, film: Header) -> Option<f64> {
        self.shown.and_then(|ticks| film.seconds_of(ticks)).or_else(|| self.media.seconds())
    }

    /// Frames in a second, on the average.
    #[expect(clippy::cast_precision_loss, reason = "more frames than 2^53 are refused as a rate")]
    pub(super) fn frame_rate(&self) -> Option<f64> {
        let rate = self.samples as f64 / self.media.seconds()?;
        Some(rate).filter(|&rate| rate > 0.0 && rate <= 10_000.0)
    }
}

/// The tracks of a film, in their order, without those that are broken.
pub(super) fn tracks(moov: &[u8]) -> impl Iterator<Item = Track<'_>> {
    boxes(moov).filter(|(name, _)| name == b"trak").filter_map(|(_, trak)| Track::read(trak))
}

/// The length of a film in fragments (`mehd`), in seconds, where its first part says so.
pub(super) fn fragments_seconds(moov: &[u8], film: Header) -> Option<f64> {
    let header = find_in(moov, &[*b"mvex", *b"mehd"])?;
    let is_long = *header.first()? == 1;
    let ticks = if is_long { known(u64_at(header, 4)?, u64::MAX) } else { known_short(u32_at(header, 4)?) };
    film.seconds_of(ticks?)
}

/// The sum of the runs of `stts`, of which there are never more than bytes.
fn count_samples(table: &[u8]) -> u64 {
    let runs = u32_at(table, 4).unwrap_or_default();
    let (entries, _) = table.get(8..).unwrap_or_default().as_chunks::<8>();
    let runs = usize::try_from(runs).unwrap_or(usize::MAX);
    entries.iter().take(runs).filter_map(|entry| u32_at(entry, 0)).map(u64::from).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_tells_quarter_turns_from_everything_else() {
        let one = 0x1_0000;
        let rotation = |matrix| Placing::of_matrix(matrix).rotation;
        assert_eq!(rotation([one, 0, 0, one]), Rotation::None);
        assert_eq!(rotation([0, one, -one, 0]), Rotation::Quarter);
        assert_eq!(rotation([-one, 0, 0, -one]), Rotation::Half);
        assert_eq!(rotation([0, -one, one, 0]), Rotation::ThreeQuarters);
        assert_eq!(rotation([100, one, -one, -100]), Rotation::Quarter, "nearly");
        let mirrored = Placing::of_matrix([0, one, one, 0]);
        assert_eq!(mirrored, Placing { rotation: Rotation::None, swaps_sides: true, is_odd: true });
        for odd in [[-one, 0, 0, one], [46_341, 46_341, -46_341, 46_341], [0; 4], [i32::MIN, 0, 0, i32::MAX]] {
            assert_eq!(Placing::of_matrix(odd), Placing { is_odd: true, ..Placing::default() }, "{odd:?}");
        }
    }
}
