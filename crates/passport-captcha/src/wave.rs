use rand::{RngExt, rngs::Xoshiro256PlusPlus};

use crate::canvas::Point;

/// One period of a sine's likeness, made of two parabolas; `turns` counts periods.
///
/// Only additions and products, so a seed gives the same picture on every machine; the sine of
/// the platform's mathematics library does not promise that.
pub(crate) fn wave(turns: f32) -> f32 {
    // Numbers of this size have no fraction, so the sum is rounded. A branch for each half of the
    // period would be foreseen half of the time.
    const WHOLE: f32 = 12_582_912.0;
    let part = turns - ((turns + WHOLE) - WHOLE);
    part * (8.0 - 16.0 * part.abs())
}

/// What is above the next whole number below.
///
/// The library's `floor` is a call on processors of 2008, which is what is compiled for.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "frames and waves are far smaller than what these types hold"
)]
pub(crate) fn fraction(value: f32) -> f32 {
    let part = value - value as i32 as f32;
    if part < 0.0 { part + 1.0 } else { part }
}

/// Almost a unit vector in that direction.
pub(crate) fn direction(turns: f32) -> Point {
    (wave(turns + 0.25), wave(turns))
}

/// Shifts points along both axes, each by a wave that runs along the other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Warp {
    amplitude: f32,
    frequency: Point,
    phase: Point,
}

impl Warp {
    /// Leaves every point where it is.
    pub(crate) const NONE: Self = Self { amplitude: 0.0, frequency: (0.0, 0.0), phase: (0.0, 0.0) };

    /// Waves of up to that amplitude, and of about `length` between two crests.
    pub(crate) fn draw(amplitude: f32, length: f32, rng: &mut Xoshiro256PlusPlus) -> Self {
        let mut frequency = || 1.0 / (length * rng.random_range(0.8..1.25));
        Self {
            frequency: (frequency(), frequency()),
            amplitude: amplitude * rng.random_range(0.7..=1.0),
            phase: (rng.random(), rng.random()),
        }
    }

    /// Where a point moves.
    pub(crate) fn apply(&self, (x, y): Point) -> Point {
        (
            x + self.amplitude * wave(y * self.frequency.0 + self.phase.0),
            y + self.amplitude * wave(x * self.frequency.1 + self.phase.1),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wave_is_like_a_sine() {
        for step in -400_i16..400 {
            let turns = f32::from(step) / 100.0;
            let sine = (turns * std::f32::consts::TAU).sin();
            assert!((wave(turns) - sine).abs() < 0.06, "{turns}");
        }
    }
}
