use rand::{RngExt, rngs::Xoshiro256PlusPlus};

/// Fill and stroke of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finish {
    /// Filled.
    Solid,
    /// Stroked outline without fill.
    Hollow,
    /// Filled and stroked: with even-odd fill the inner half of the stroke is ground and the outer
    /// half is ink.
    Ringed,
}

/// Frequency of each [`Finish`], and the width of strokes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Finishes {
    /// Probability of [`Finish::Hollow`].
    pub(crate) hollow: f32,
    /// Probability of [`Finish::Ringed`].
    pub(crate) ringed: f32,
    /// Half the width of strokes, in heights of a capital.
    pub(crate) line: f32,
}

impl Finishes {
    pub(crate) const SOLID: Self = Self { hollow: 0.0, ringed: 0.0, ..Self::PLAIN };
    pub(crate) const PLAIN: Self = Self { hollow: 0.15, ringed: 0.15, line: 0.055 };

    /// Chooses a random finish for a letter.
    pub(crate) fn choose(&self, rng: &mut Xoshiro256PlusPlus) -> Finish {
        let place = rng.random::<f32>();
        if place < self.hollow {
            Finish::Hollow
        } else if place < self.hollow + self.ringed {
            Finish::Ringed
        } else {
            Finish::Solid
        }
    }

    /// Additional distance to the neighbour of a letter with this finish, because strokes extend
    /// past the outlines of both.
    pub(crate) fn outset(&self, finish: Finish) -> f32 {
        match finish {
            Finish::Hollow | Finish::Ringed => 1.5 * self.line,
            Finish::Solid => 0.0,
        }
    }

    /// Mean of [`outset`](Self::outset) over all letters.
    pub(crate) fn mean_outset(&self) -> f32 {
        (self.hollow + self.ringed) * self.outset(Finish::Ringed)
    }
}
