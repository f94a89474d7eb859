use std::fmt;

use hmac::Mac;
use rand::{SeedableRng, rngs::StdRng};
use zeroize::ZeroizeOnDrop;

use super::{Difficulty, key::mac};

/// A whole challenge: its answer, its picture and its sound all follow from these 256 bits.
#[derive(Clone, ZeroizeOnDrop)]
pub struct ChallengeSeed {
    bytes: [u8; 32],
    #[zeroize(skip)]
    difficulty: Difficulty,
}

impl ChallengeSeed {
    pub(super) fn new(bytes: [u8; 32], difficulty: Difficulty) -> Self {
        Self { bytes, difficulty }
    }

    /// How hard its picture is.
    pub fn difficulty(&self) -> Difficulty {
        self.difficulty
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
        let draw = |part| ChallengeSeed::new([1; 32], Difficulty::Usual).rng(part).next_u64();
        assert_eq!(draw("answer"), draw("answer"));
        assert_ne!(draw("answer"), draw("picture"));
    }

    #[test]
    fn debug_is_silent() {
        assert_eq!(
            format!("{:?}", ChallengeSeed::new([1; 32], Difficulty::Usual)),
            "ChallengeSeed(…)"
        );
    }
}
