//! Turns by hand.

use serde::{Deserialize, Serialize};

/// A quarter turn clockwise that a person asked for, on top of what the file says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub enum Rotation {
    /// As the file says.
    #[default]
    None,
    /// 90 degrees clockwise.
    Quarter,
    /// 180 degrees.
    Half,
    /// 270 degrees clockwise.
    ThreeQuarters,
}

impl Rotation {
    /// From 0, 90, 180 or 270 degrees clockwise.
    #[must_use]
    pub fn from_degrees(degrees: u16) -> Option<Self> {
        match degrees {
            0 => Some(Self::None),
            90 => Some(Self::Quarter),
            180 => Some(Self::Half),
            270 => Some(Self::ThreeQuarters),
            _ => None,
        }
    }

    /// Degrees clockwise.
    #[must_use]
    pub fn degrees(self) -> u16 {
        match self {
            Self::None => 0,
            Self::Quarter => 90,
            Self::Half => 180,
            Self::ThreeQuarters => 270,
        }
    }

    /// Whether what was wide is then tall.
    #[must_use]
    pub fn swaps_sides(self) -> bool {
        matches!(self, Self::Quarter | Self::ThreeQuarters)
    }

    /// This turn, then another.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self::from_degrees((self.degrees() + other.degrees()) % 360).expect("a sum of quarter turns is a quarter turn")
    }
}

impl TryFrom<u16> for Rotation {
    type Error = String;

    fn try_from(degrees: u16) -> Result<Self, String> {
        Self::from_degrees(degrees).ok_or_else(|| format!("{degrees} degrees are not a quarter turn"))
    }
}

impl From<Rotation> for u16 {
    fn from(rotation: Rotation) -> Self {
        rotation.degrees()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_quarter_turns_are_none() {
        let turns = [Rotation::None, Rotation::Quarter, Rotation::Half, Rotation::ThreeQuarters];
        for (n, turn) in turns.into_iter().enumerate() {
            assert_eq!(Rotation::from_degrees(turn.degrees()), Some(turn));
            assert_eq!(turn.plus(Rotation::Quarter), turns[(n + 1) % 4]);
        }
        assert_eq!(Rotation::from_degrees(45), None);
    }
}
