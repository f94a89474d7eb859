use std::{fmt, str::FromStr};

/// How much a picture resists reading.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Level {
    /// Tilted letters on a gentle wave; for people who cannot read more, not against programs.
    Easy,
    /// Letters touch, a stronger wave, and wide bands in which ink and ground change places.
    #[default]
    Medium,
    /// Letters overlap, and two families of bands cross to a bent chequerboard.
    Hard,
}

impl Level {
    /// Every level, the easiest first.
    pub const ALL: [Self; 3] = [Self::Easy, Self::Medium, Self::Hard];

    pub(crate) fn parameters(self) -> Parameters {
        match self {
            Self::Easy => {
                Parameters { slope: 0.16, uneven: 0.08, spacing: 0.94, warp: 0.03, bands: 0 }
            }
            Self::Medium => {
                Parameters { slope: 0.22, uneven: 0.12, spacing: 0.86, warp: 0.05, bands: 1 }
            }
            Self::Hard => {
                Parameters { slope: 0.26, uneven: 0.15, spacing: 0.82, warp: 0.06, bands: 2 }
            }
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Easy => "easy",
            Self::Medium => "medium",
            Self::Hard => "hard",
        })
    }
}

/// The name is none of `easy`, `medium` and `hard`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("level is none of easy, medium and hard")]
pub struct ParseLevelError;

impl FromStr for Level {
    type Err = ParseLevelError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|level| level.to_string() == name).ok_or(ParseLevelError)
    }
}

/// What a level means in numbers; the bounds within which a picture draws its own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parameters {
    /// Largest slope of a letter's upright and of its base line.
    pub(crate) slope: f32,
    /// Largest deviation of a letter's size and height, as a share of its size.
    pub(crate) uneven: f32,
    /// Distance of neighbours: 1 is side by side, less overlaps.
    pub(crate) spacing: f32,
    /// Amplitude of the waves, as a share of the picture's height.
    pub(crate) warp: f32,
    /// Families of bands that exchange ink and ground.
    pub(crate) bands: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_parse_back() {
        for level in Level::ALL {
            assert_eq!(level.to_string().parse(), Ok(level));
        }
        assert_eq!("Hard ".parse::<Level>(), Err(ParseLevelError));
    }
}
