use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use thiserror::Error;
use uuid::Uuid;

/// Names a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChallengeId {
    /// Made up by the client, as the original's API wants it.
    Chosen(Uuid),
    /// Issued here.
    Issued(IssuedId),
}

impl ChallengeId {
    /// What the answer is stored under. The two kinds differ in length, so that nobody can choose
    /// what was issued.
    pub(super) fn subject(self) -> String {
        match self {
            Self::Chosen(id) => id.simple().to_string(),
            Self::Issued(id) => id.expose(),
        }
    }
}

impl From<Uuid> for ChallengeId {
    fn from(id: Uuid) -> Self {
        Self::Chosen(id)
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

/// The id of a challenge that was issued here: its ticket, its end, and a tag that vouches for both.
///
/// Written as 48 characters of base64url. Whoever has it may look at the challenge and answer it, so
/// `Debug` does not show it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct IssuedId {
    /// As [`Ticket`](crate::Ticket) writes itself.
    pub(super) ticket: [u8; 17],
    /// Seconds since 1970, big-endian.
    pub(super) expires_at: [u8; 4],
    /// 120 bits.
    pub(super) tag: [u8; 15],
}

impl IssuedId {
    /// The id as text, to be given to the client who asked for the challenge.
    pub fn expose(&self) -> String {
        URL_SAFE_NO_PAD.encode([&self.ticket[..], &self.expires_at, &self.tag].concat())
    }
}

impl FromStr for IssuedId {
    type Err = ParseChallengeIdError;

    /// Takes whatever has the form: only [`ChallengeKey`](crate::ChallengeKey) knows what was issued.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 36];
        // 36 bytes leave no bits over, so an id has one spelling.
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
    fn nobody_can_choose_what_was_issued() {
        let issued = IssuedId { ticket: [0; 17], expires_at: [0; 4], tag: [0; 15] };
        let chosen = ChallengeId::Chosen(Uuid::nil()).subject();
        assert_ne!(ChallengeId::Issued(issued).subject().len(), chosen.len());
    }

    #[test]
    fn debug_is_silent() {
        let issued = IssuedId { ticket: [0; 17], expires_at: [0; 4], tag: [0; 15] };
        assert_eq!(format!("{:?}", ChallengeId::from(issued)), "Issued(IssuedId(…))");
    }
}
