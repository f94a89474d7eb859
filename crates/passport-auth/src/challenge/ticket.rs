use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::CryptoRng;
use thiserror::Error;

/// 128 random bits that a challenge is made of, together with the [`ChallengeKey`](crate::ChallengeKey).
///
/// It may travel through the client: without the key it says nothing of the answer. Written as 22
/// characters of base64url; `Debug` does not show it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ticket(pub(super) [u8; 16]);

impl Ticket {
    /// Draws a ticket.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// The ticket as text, to be given to the client whose challenge it is.
    pub fn expose(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

impl FromStr for Ticket {
    type Err = ParseTicketError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 16];
        match URL_SAFE_NO_PAD.decode_slice(text, &mut bytes) {
            Ok(16) => Ok(Self(bytes)),
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
        let ticket = Ticket::generate(&mut rand::rng());
        assert_eq!(ticket.expose().parse(), Ok(ticket));
        assert_eq!(format!("{ticket:?}"), "Ticket(…)");
        let (zero, long) = ("A".repeat(22), "A".repeat(10_000));
        assert_eq!(zero.parse(), Ok(Ticket([0; 16])));
        // The last character carries two bits; with others set it would be a second spelling.
        for text in ["", &zero[1..], &format!("{zero}A"), &format!("{}B", &zero[1..]), &long] {
            assert_eq!(text.parse::<Ticket>(), Err(ParseTicketError), "{text}");
        }
    }
}
