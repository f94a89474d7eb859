use std::fmt;

use hmac::Mac;
use rand::{SeedableRng, rngs::StdRng};
use time::OffsetDateTime;
use zeroize::ZeroizeOnDrop;

use super::{Difficulty, Ticket, key::mac};

/// A whole challenge: its answer, its picture and its sound all follow from these 256 bits.
#[derive(Clone, ZeroizeOnDrop)]
pub struct ChallengeSeed {
    bytes: [u8; 32],
    #[zeroize(skip)]
    ticket: Ticket,
}

impl ChallengeSeed {
    pub(super) fn new(bytes: [u8; 32], ticket: Ticket) -> Self {
        Self { bytes, ticket }
    }

    /// When the challenge was made: what looks change with is this, and not the time at which it is
    /// drawn, for it may be drawn twice.
    pub fn made_at(&self) -> OffsetDateTime {
        self.ticket.made_at()
    }

    /// How hard its picture is.
    pub fn difficulty(&self) -> Difficulty {
        self.ticket.difficulty()
    }

    /// Randomness for one part, such as `answer`: always the same, and of any part nothing is
    /// learnt from all the others, even by who could read their randomness off a picture.
    ///
    /// Nodes of different versions may draw differently, so a challenge is worthless where it meets
    /// another version of this service or of `rand`.
    pub fn rng(&self, part: &str) -> StdRng {
        StdRng::from_seed(mac(&self.bytes, part, &[]).finalize().into_bytes().into())
    }
}

impl fmt::Debug for ChallengeSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChallengeSeed(…)")
    }
}

#[cfg(test)]
mod tests {
    use rand::Rng;

    use super::*;

    #[test]
    fn parts_are_apart_and_stay() {
        let draw = |part| seed().rng(part).next_u64();
        assert_eq!(draw("answer"), draw("answer"));
        assert_ne!(draw("answer"), draw("picture"));
    }

    #[test]
    fn debug_is_silent() {
        assert_eq!(format!("{:?}", seed()), "ChallengeSeed(…)");
    }

    fn seed() -> ChallengeSeed {
        let now = OffsetDateTime::UNIX_EPOCH;
        ChallengeSeed::new([1; 32], Ticket::generate(Difficulty::Usual, now, &mut rand::rng()))
    }
}
