use rand::{Rng, RngExt};

use crate::wave::wave;

/// Bent parallel bands; in every other one ink and ground change places.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bands {
    /// Across the bands, in periods a pixel.
    direction: (f32, f32),
    period: f32,
    phase: f32,
    bend: f32,
}

impl Bands {
    pub(crate) fn draw<R: Rng + ?Sized>(height: f32, rng: &mut R) -> Self {
        let lean = rng.random_range(0.35..1.0);
        let up = if rng.random() { 1.0 } else { -1.0 };
        let length = (1.0_f32 + lean * lean).sqrt();
        let steep = rng.random::<bool>();
        let (x, y) = if steep { (1.0, lean) } else { (lean, 1.0) };
        let period = height * rng.random_range(0.9..1.4);
        Self {
            direction: (x / (length * period), up * y / (length * period)),
            period,
            phase: rng.random(),
            bend: rng.random_range(0.05..0.12),
        }
    }

    /// The share of the pixel at `(x, y)` that lies in an exchanged band.
    pub(crate) fn cover(&self, x: f32, y: f32) -> f32 {
        let across = x * self.direction.0 + y * self.direction.1;
        let along = x * self.direction.1 - y * self.direction.0;
        let field = wave(across + self.phase + self.bend * wave(along));
        // The wave leaves zero at a slope of 8 a turn, so this is the distance in pixels.
        (field * self.period / 8.0 + 0.5).clamp(0.0, 1.0)
    }
}
