use rand::{RngExt, rngs::Xoshiro256PlusPlus};

/// How a letter is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finish {
    /// Filled.
    Solid,
    /// A line along its edge.
    Hollow,
    /// Filled, with a line of ground along its edge and one of ink around it.
    Ringed,
}

/// How often each [`Finish`] is taken, and the numbers that it needs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Finishes {
    /// The shares of what is not solid.
    pub(crate) hollow: f32,
    pub(crate) ringed: f32,
    /// Half the width of lines, in heights of a capital.
    pub(crate) line: f32,
}

impl Finishes {
    pub(crate) const SOLID: Self = Self { hollow: 0.0, ringed: 0.0, ..Self::PLAIN };
    pub(crate) const PLAIN: Self = Self { hollow: 0.15, ringed: 0.15, line: 0.055 };

    /// Takes one for a letter.
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

    /// How far it draws around a letter of that finish and its neighbour's, which is likely alike.
    pub(crate) fn outside(&self, finish: Finish) -> f32 {
        match finish {
            Finish::Hollow | Finish::Ringed => 1.5 * self.line,
            Finish::Solid => 0.0,
        }
    }

    /// The mean of what is drawn around two letters.
    pub(crate) fn usually_outside(&self) -> f32 {
        (self.hollow + self.ringed) * self.outside(Finish::Ringed)
    }
}
