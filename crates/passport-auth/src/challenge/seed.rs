use std::fmt;

use hmac::Mac;
use rand::{SeedableRng, rngs::StdRng};
use time::OffsetDateTime;
use zeroize::ZeroizeOnDrop;

use super::{Difficulty, Ticket, mac::mac};

/// Seed of a challenge: answer, picture and sound are all derived from these 256 bits.
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

    /// Time at which the challenge was created. The style of the picture depends on this time and
    /// not on the time of drawing, because one challenge may be drawn twice.
    pub fn made_at(&self) -> OffsetDateTime {
        self.ticket.made_at()
    }

    /// Difficulty of the picture.
    pub fn difficulty(&self) -> Difficulty {
        self.ticket.difficulty()
    }

    /// Random numbers for one part, such as `answer`. Deterministic. The streams of different parts
    /// are independent: knowing one, for example from a picture, reveals nothing about another.
    ///
    /// Another version of this service or of `rand` may derive another challenge from the same seed. A
    /// challenge that one version created and another one draws cannot be solved.
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
    fn streams_are_deterministic_and_differ_by_part() {
        let draw = |part| seed().rng(part).next_u64();
        assert_eq!(draw("answer"), draw("answer"));
        assert_ne!(draw("answer"), draw("picture"));
    }

    #[test]
    fn debug_omits_the_seed() {
        assert_eq!(format!("{:?}", seed()), "ChallengeSeed(…)");
    }

    fn seed() -> ChallengeSeed {
        let now = OffsetDateTime::UNIX_EPOCH;
        ChallengeSeed::new([1; 32], Ticket::generate(Difficulty::Usual, now, &mut rand::rng()))
    }
}
