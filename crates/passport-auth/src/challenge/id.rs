use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use thiserror::Error;
use uuid::Uuid;

use super::CarriedTicket;

/// Id of a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChallengeId {
    /// Chosen by the client, as the original's API requires.
    Chosen(Uuid),
    /// Chosen by the client, which shows the ticket that it got with the picture.
    Carried(CarriedTicket),
    /// Issued by this service.
    Issued(IssuedId),
}

impl From<Uuid> for ChallengeId {
    fn from(id: Uuid) -> Self {
        Self::Chosen(id)
    }
}

impl From<CarriedTicket> for ChallengeId {
    fn from(ticket: CarriedTicket) -> Self {
        Self::Carried(ticket)
    }
}

impl From<IssuedId> for ChallengeId {
    fn from(id: IssuedId) -> Self {
        Self::Issued(id)
    }
}

impl FromStr for ChallengeId {
    type Err = ParseChallengeIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self::Chosen).or_else(|_| text.parse().map(Self::Issued))
    }
}

/// Id of an issued challenge: its ticket, its expiry, and a tag that authenticates both.
///
/// Written as 48 characters of base64url. The id is enough to see and to answer the challenge, so
/// `Debug` omits it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct IssuedId {
    /// Bytes of the [`Ticket`](crate::Ticket).
    pub(super) ticket: [u8; 17],
    /// Seconds since 1970, big-endian.
    pub(super) expires_at: [u8; 4],
    /// 120 bits.
    pub(super) tag: [u8; 15],
}

impl IssuedId {
    /// Id as text, for the client that requested the challenge.
    pub fn expose(&self) -> String {
        URL_SAFE_NO_PAD.encode([&self.ticket[..], &self.expires_at, &self.tag].concat())
    }
}

impl FromStr for IssuedId {
    type Err = ParseChallengeIdError;

    /// Checks the form only. Whether the id was issued is checked with
    /// [`ChallengeKey`](crate::ChallengeKey).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 36];
        // 36 bytes fill their base64 characters exactly, so an id has one spelling.
        let Ok(36) = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes) else {
            return Err(ParseChallengeIdError);
        };
        let (mut ticket, mut expires_at, mut tag) = ([0; 17], [0; 4], [0; 15]);
        ticket.copy_from_slice(&bytes[..17]);
        expires_at.copy_from_slice(&bytes[17..21]);
        tag.copy_from_slice(&bytes[21..]);
        Ok(Self { ticket, expires_at, tag })
    }
}

impl fmt::Debug for IssuedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IssuedId(…)")
    }
}

/// The text is neither a UUID nor of the form that we issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not the id of a challenge")]
pub struct ParseChallengeIdError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_are_read_and_nothing_else() {
        let issued = IssuedId { ticket: [1; 17], expires_at: [2; 4], tag: [3; 15] };
        let text = issued.expose();
        assert_eq!(text.len(), 48);
        assert_eq!(text.parse(), Ok(ChallengeId::Issued(issued)));
        let chosen = Uuid::from_u128(7);
        for text in [chosen.to_string(), chosen.simple().to_string()] {
            assert_eq!(text.parse(), Ok(ChallengeId::Chosen(chosen)));
        }
        let long = "A".repeat(10_000);
        for text in ["", "null", &text[1..], &format!("{text}A"), &text.replace('A', "+"), &long] {
            assert_eq!(text.parse::<ChallengeId>(), Err(ParseChallengeIdError), "{text}");
        }
    }

    #[test]
    fn debug_is_silent() {
        let issued = IssuedId { ticket: [0; 17], expires_at: [0; 4], tag: [0; 15] };
        assert_eq!(format!("{:?}", ChallengeId::from(issued)), "Issued(IssuedId(…))");
    }
}
