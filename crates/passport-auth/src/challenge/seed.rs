use std::fmt;

use hmac::Mac;
use rand::{SeedableRng, rngs::StdRng};
use time::OffsetDateTime;
use zeroize::ZeroizeOnDrop;

use super::{Ticket, mac::mac};

/// Seed of a challenge: 256 bits from which answer, picture and sound follow.
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

    /// Ticket of the challenge.
    pub fn ticket(&self) -> Ticket {
        self.ticket
    }

    /// Time at which the challenge was created. Styles that rotate depend on this time and not on that
    /// of drawing, because a challenge may be drawn more than once.
    pub fn made_at(&self) -> OffsetDateTime {
        self.ticket.made_at()
    }

    /// Random stream of one part, such as `answer`. Deterministic. The streams of different parts are
    /// independent: knowing one reveals nothing about another.
    ///
    /// Other versions of this service or of `rand` may draw differently, so a challenge that was created
    /// by one version cannot be solved on another.
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
        ChallengeSeed::new([1; 32], Ticket::generate(now, &mut rand::rng()))
    }
}
