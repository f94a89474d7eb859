use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::CryptoRng;
use thiserror::Error;

use super::Difficulty;

/// 128 random bits that a challenge is made of, together with the [`ChallengeKey`](crate::ChallengeKey),
/// and how hard it is: so that it looks the same whenever it is drawn.
///
/// It may travel through the client: without the key it says nothing of the answer. Written as 23
/// characters of base64url; `Debug` does not show it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ticket {
    random: [u8; 16],
    difficulty: Difficulty,
}

impl Ticket {
    /// Draws a ticket.
    pub fn generate(difficulty: Difficulty, rng: &mut impl CryptoRng) -> Self {
        let mut random = [0; 16];
        rng.fill_bytes(&mut random);
        Self { random, difficulty }
    }

    /// How hard the challenge is.
    pub fn difficulty(&self) -> Difficulty {
        self.difficulty
    }

    /// The ticket as text, to be given to the client whose challenge it is.
    pub fn expose(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.to_bytes())
    }

    /// The random bytes, and then the difficulty.
    pub(super) fn to_bytes(self) -> [u8; 17] {
        let mut bytes = [0; 17];
        bytes[..16].copy_from_slice(&self.random);
        bytes[16] = match self.difficulty {
            Difficulty::Usual => 0,
            Difficulty::Raised => 1,
            Difficulty::High => 2,
        };
        bytes
    }

    pub(super) fn from_bytes(bytes: [u8; 17]) -> Option<Self> {
        let [random @ .., difficulty] = bytes;
        let difficulty = match difficulty {
            0 => Difficulty::Usual,
            1 => Difficulty::Raised,
            2 => Difficulty::High,
            _ => return None,
        };
        Some(Self { random, difficulty })
    }
}

impl FromStr for Ticket {
    type Err = ParseTicketError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 17];
        match URL_SAFE_NO_PAD.decode_slice(text, &mut bytes) {
            Ok(17) => Self::from_bytes(bytes).ok_or(ParseTicketError),
            _ => Err(ParseTicketError),
        }
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticket(…)")
    }
}

/// The text is no ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a ticket")]
pub struct ParseTicketError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_one_spelling() {
        for difficulty in [Difficulty::Usual, Difficulty::Raised, Difficulty::High] {
            let ticket = Ticket::generate(difficulty, &mut rand::rng());
            assert_eq!(ticket.expose().parse(), Ok(ticket));
            assert_eq!(ticket.expose().len(), 23);
        }
        let (zero, long) = ("A".repeat(23), "A".repeat(10_000));
        let unknown = URL_SAFE_NO_PAD.encode([3; 17]);
        let usual = Ticket { random: [0; 16], difficulty: Difficulty::Usual };
        assert_eq!(zero.parse(), Ok(usual));
        assert_eq!(format!("{usual:?}"), "Ticket(…)");
        // The last character has bits to spare; with one set it would be a second spelling.
        let second = format!("{}B", &zero[1..]);
        for text in ["", &zero[1..], &format!("{zero}A"), &second, &unknown, &long] {
            assert_eq!(text.parse::<Ticket>(), Err(ParseTicketError), "{text}");
        }
    }
}
