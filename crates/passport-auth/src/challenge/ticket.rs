use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::CryptoRng;
use thiserror::Error;
use time::{Duration, OffsetDateTime};

/// Version of the format, the last byte of a ticket.
const VERSION: u8 = 0;

/// Ticket of a challenge: 96 random bits and the time of creation. With the
/// [`ChallengeKey`](crate::ChallengeKey) they determine the whole challenge.
///
/// A ticket may travel through the client, because without the key it reveals nothing about the
/// answer. Written as 23 characters of base64url; `Debug` omits them.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ticket {
    random: [u8; 12],
    /// Seconds since 1970.
    made_at: u32,
}

impl Ticket {
    /// Creates a random ticket.
    pub fn generate(now: OffsetDateTime, rng: &mut impl CryptoRng) -> Self {
        let mut random = [0; 12];
        rng.fill_bytes(&mut random);
        // From 2106 all tickets carry the same timestamp, which is harmless.
        let made_at = u32::try_from(now.unix_timestamp()).unwrap_or_default();
        Self { random, made_at }
    }

    /// Time of creation, truncated to the second.
    pub fn made_at(&self) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + Duration::seconds(self.made_at.into())
    }

    /// Ticket as text, for the client that requested the challenge.
    pub fn expose(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.to_bytes())
    }

    /// Random bytes, then the time (big-endian), then the version.
    pub(crate) fn to_bytes(self) -> [u8; 17] {
        let mut bytes = [0; 17];
        bytes[..12].copy_from_slice(&self.random);
        bytes[12..16].copy_from_slice(&self.made_at.to_be_bytes());
        bytes[16] = VERSION;
        bytes
    }

    pub(super) fn from_bytes(bytes: [u8; 17]) -> Option<Self> {
        let [random @ .., t0, t1, t2, t3, version] = bytes;
        let made_at = u32::from_be_bytes([t0, t1, t2, t3]);
        (version == VERSION).then_some(Self { random, made_at })
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

/// The text is not a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a ticket")]
pub struct ParseTicketError;

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn has_one_spelling() {
        let now = datetime!(2026-11-23 09:40:17.9 UTC);
        let ticket = Ticket::generate(now, &mut rand::rng());
        assert_eq!(ticket.made_at(), datetime!(2026-11-23 09:40:17 UTC));
        assert_eq!(ticket.expose().parse(), Ok(ticket));
        assert_eq!(ticket.expose().len(), 23);
        let (zero, long) = ("A".repeat(23), "A".repeat(10_000));
        let unknown = URL_SAFE_NO_PAD.encode([1; 17]);
        let oldest = Ticket { random: [0; 12], made_at: 0 };
        assert_eq!(zero.parse(), Ok(oldest));
        assert_eq!(format!("{oldest:?}"), "Ticket(…)");
        // The last character has unused bits; with one set the text would be a second spelling.
        let second = format!("{}B", &zero[1..]);
        for text in ["", &zero[1..], &format!("{zero}A"), &second, &unknown, &long] {
            assert_eq!(text.parse::<Ticket>(), Err(ParseTicketError), "{text}");
        }
    }
}
