use rand::{Rng, RngExt};

/// One period of a sine's likeness, made of two parabolas; `turns` counts periods.
///
/// Only additions and products, so a seed gives the same picture on every machine; the sine of
/// the platform's mathematics library does not promise that.
pub(crate) fn wave(turns: f32) -> f32 {
    let part = turns - turns.floor();
    let (start, sign) = if part < 0.5 { (0.0, 1.0) } else { (0.5, -1.0) };
    let x = (part - start) * 4.0 - 1.0;
    sign * (1.0 - x * x)
}

/// Shifts points along both axes, each by a wave that runs along the other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Warp {
    amplitude: f32,
    frequency: (f32, f32),
    phase: (f32, f32),
}

impl Warp {
    pub(crate) fn draw<R: Rng + ?Sized>(amplitude: f32, height: f32, rng: &mut R) -> Self {
        let mut frequency = || 1.0 / (height * rng.random_range(1.0..1.6));
        Self {
            amplitude,
            frequency: (frequency(), frequency()),
            phase: (rng.random(), rng.random()),
        }
    }

    /// How far a row of pixels moves sideways.
    pub(crate) fn across(&self, y: f32) -> f32 {
        self.amplitude * wave(y * self.frequency.0 + self.phase.0)
    }

    /// How far a column of pixels moves up or down.
    pub(crate) fn along(&self, x: f32) -> f32 {
        self.amplitude * wave(x * self.frequency.1 + self.phase.1)
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
