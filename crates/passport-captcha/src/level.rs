use std::{fmt, str::FromStr};

/// Difficulty of a picture, from 0 to 3.
///
/// A service starts at 1 and uses [`harder`](Self::harder) levels while it is under attack. The
/// steps are small: stock models read 70 of 100 texts at level 1 and 60 at level 3, and people read
/// both levels equally well. Settings that cost models more were measured to cost people twice as
/// much: README, "What it is worth".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(u8);

impl Level {
    /// The easiest level.
    pub const MIN: Self = Self(0);
    /// The hardest level.
    pub const MAX: Self = Self(3);
    /// Every level, the easiest first.
    pub const ALL: [Self; 4] = [Self(0), Self(1), Self(2), Self(3)];

    /// The level with this number; `None` above 3.
    #[must_use]
    pub fn new(number: u8) -> Option<Self> {
        (number <= Self::MAX.0).then_some(Self(number))
    }

    /// The number of the level.
    pub fn number(self) -> u8 {
        self.0
    }

    /// The next harder level; [`MAX`](Self::MAX) stays the same.
    #[must_use]
    pub fn harder(self) -> Self {
        Self(self.0 + 1).min(Self::MAX)
    }

    /// The next easier level; [`MIN`](Self::MIN) stays the same.
    #[must_use]
    pub fn easier(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    pub(crate) fn strength(self) -> Strength {
        STRENGTHS[usize::from(self.0)]
    }
}

/// Level 1.
impl Default for Level {
    fn default() -> Self {
        Self(1)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// The text is not a number from 0 to 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("level is not a number from {} to {}", Level::MIN, Level::MAX)]
pub struct ParseLevelError;

impl FromStr for Level {
    type Err = ParseLevelError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().ok().and_then(Self::new).ok_or(ParseLevelError)
    }
}

/// Rendering parameters of a level. Lengths are in heights of a capital.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Strength {
    /// Maximum shear of a letter, horizontally and vertically.
    pub(crate) slope: f32,
    /// Maximum relative change of a letter's width and height, and maximum vertical offset.
    pub(crate) uneven: f32,
    /// Overlap of neighbouring letters; negative values are gaps.
    pub(crate) overlap: f32,
    /// Amplitude of the warp of a letter.
    pub(crate) bend: f32,
    /// Amplitude of the warp of the whole text.
    pub(crate) text_warp: f32,
    /// Maximum slope of the rows.
    pub(crate) tilt: f32,
    /// Amplitude of the baseline shift of letters.
    pub(crate) baseline_shift: f32,
    /// Distance between the lines of the pattern.
    pub(crate) cell: f32,
    /// Number of pieces of other letters at the edges.
    pub(crate) decoys: usize,
    /// Minimum size of the text, relative to the largest that fits.
    pub(crate) room: f32,
}

const STRENGTHS: [Strength; 4] = [
    Strength {
        slope: 0.07,
        uneven: 0.04,
        overlap: -0.06,
        bend: 0.012,
        text_warp: 0.07,
        tilt: 0.12,
        baseline_shift: 0.05,
        cell: 1.25,
        decoys: 0,
        room: 0.95,
    },
    Strength {
        slope: 0.09,
        uneven: 0.05,
        overlap: -0.05,
        bend: 0.015,
        text_warp: 0.08,
        tilt: 0.14,
        baseline_shift: 0.06,
        cell: 1.2,
        decoys: 1,
        room: 0.95,
    },
    Strength {
        slope: 0.092,
        uneven: 0.052,
        overlap: -0.048,
        bend: 0.0155,
        text_warp: 0.082,
        tilt: 0.147,
        baseline_shift: 0.062,
        cell: 1.18,
        decoys: 1,
        room: 0.95,
    },
    Strength {
        slope: 0.096,
        uneven: 0.054,
        overlap: -0.045,
        bend: 0.016,
        text_warp: 0.085,
        tilt: 0.155,
        baseline_shift: 0.065,
        cell: 1.16,
        decoys: 2,
        room: 0.945,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_parse_back() {
        for level in Level::ALL {
            assert_eq!(level.to_string().parse(), Ok(level));
        }
        for text in ["", "4", "-1", "256", "easy", "1 "] {
            assert_eq!(text.parse::<Level>(), Err(ParseLevelError), "{text}");
        }
    }

    #[test]
    fn steps_stop_at_both_ends() {
        assert_eq!(Level::MIN.easier(), Level::MIN);
        assert_eq!(Level::MAX.harder(), Level::MAX);
        assert_eq!(Level::MIN.harder(), Level::default());
        assert_eq!(Level::new(4), None);
    }
}
