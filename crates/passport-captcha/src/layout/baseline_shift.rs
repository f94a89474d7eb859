//! Baseline shift of letters, so that no straight line separates the rows.

use rand::{RngExt, rngs::Xoshiro256PlusPlus};

use super::reach::extent;
use crate::{canvas::Point, strength::Strength, style::Patterned, wave::wave};

/// Wave along a row that shifts each letter up or down.
#[derive(Debug, Clone, Copy)]
pub(super) struct BaselineShift {
    depth: f32,
    frequency: f32,
    phase: f32,
}

impl BaselineShift {
    pub(super) fn draw(
        strength: &Strength,
        style: &Patterned,
        rng: &mut Xoshiro256PlusPlus,
    ) -> Self {
        let length = rng.random_range(1.7..2.6) * style.swell;
        Self {
            depth: strength.baseline_shift * rng.random_range(0.8..1.1),
            frequency: 1.0 / length,
            phase: rng.random(),
        }
    }

    pub(super) fn apply(&self, points: &mut [Point], mut start: usize, letters: &[usize]) {
        for end in letters {
            let letter = &mut points[start..*end];
            let (left, right) = extent(letter.iter().map(|point| point.0));
            let shift = self.depth * wave(f32::midpoint(left, right) * self.frequency + self.phase);
            for point in letter {
                point.1 += shift;
            }
            start = *end;
        }
    }
}
