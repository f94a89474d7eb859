use rand::{RngExt, rngs::Xoshiro256PlusPlus};

use crate::canvas::Point;

/// Approximates a sine by two parabolas; `turns` counts periods.
///
/// Additions and multiplications give the same result on every machine, so a seed always gives the
/// same picture. The sine of the platform's mathematics library does not guarantee that.
pub(crate) fn wave(turns: f32) -> f32 {
    // 1.5 * 2^23: floats of this size have no fraction, so adding and subtracting it rounds to an
    // integer. A branch for each half of the period would be mispredicted half of the time.
    const ROUNDING: f32 = 12_582_912.0;
    let part = turns - ((turns + ROUNDING) - ROUNDING);
    part * (8.0 - 16.0 * part.abs())
}

/// The fractional part, `value - value.floor()`.
///
/// `floor` is avoided because the compiled target (x86-64 without SSE 4.1) implements it by a
/// function call.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "frames and waves are far smaller than what these types hold"
)]
pub(crate) fn fraction(value: f32) -> f32 {
    let part = value - value as i32 as f32;
    if part < 0.0 { part + 1.0 } else { part }
}

/// Approximate unit vector at an angle given in turns.
pub(crate) fn direction(turns: f32) -> Point {
    (wave(turns + 0.25), wave(turns))
}

/// Distortion that shifts x by a wave along y, and y by a wave along x.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Warp {
    amplitude: f32,
    frequency: Point,
    phase: Point,
}

impl Warp {
    /// No distortion.
    pub(crate) const NONE: Self = Self { amplitude: 0.0, frequency: (0.0, 0.0), phase: (0.0, 0.0) };

    /// Chooses random waves with at most this amplitude and a wavelength of about `length`.
    pub(crate) fn draw(amplitude: f32, length: f32, rng: &mut Xoshiro256PlusPlus) -> Self {
        let mut frequency = || 1.0 / (length * rng.random_range(0.8..1.25));
        Self {
            frequency: (frequency(), frequency()),
            amplitude: amplitude * rng.random_range(0.7..=1.0),
            phase: (rng.random(), rng.random()),
        }
    }

    /// The distorted point.
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
    fn wave_approximates_a_sine() {
        for step in -400_i16..400 {
            let turns = f32::from(step) / 100.0;
            let sine = (turns * std::f32::consts::TAU).sin();
            assert!((wave(turns) - sine).abs() < 0.06, "{turns}");
        }
    }
}
