use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

use super::ParseTicketError;

/// Ticket of a challenge whose id the client chose, for the client to carry.
///
/// The client gets it with the picture. It is enough to hear the challenge and, if no store keeps
/// the challenge, to answer it. A tag authenticates it together with the id. Written as the id, a
/// dot and 52 characters of base64url; `Debug` omits them.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CarriedTicket {
    pub(super) id: Uuid,
    /// Bytes of the [`Ticket`](crate::Ticket).
    pub(super) ticket: [u8; 17],
    /// Seconds since 1970, big-endian.
    pub(super) expires_at: [u8; 4],
    pub(super) keeper: Keeper,
    /// 136 bits.
    pub(super) tag: [u8; 17],
}

/// The one place from which the answer of a challenge follows. If there were two, it could be
/// answered twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Keeper {
    /// The answer is in the store, under the id.
    Store,
    /// The answer follows from the carried ticket.
    Client,
}

impl Keeper {
    pub(super) fn to_byte(self) -> u8 {
        match self {
            Self::Store => 0,
            Self::Client => 1,
        }
    }

    fn from_byte(byte: u8) -> Option<Self> {
        [Self::Store, Self::Client].into_iter().find(|keeper| keeper.to_byte() == byte)
    }
}

impl CarriedTicket {
    /// Id that the client chose.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// Id and ticket as text, for the client.
    pub fn expose(&self) -> String {
        let keeper = [self.keeper.to_byte()];
        let bytes = [&self.ticket[..], &self.expires_at, &keeper, &self.tag].concat();
        format!("{}.{}", self.id.simple(), URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl FromStr for CarriedTicket {
    type Err = ParseTicketError;

    /// Checks the form only; the tag is checked with [`ChallengeKey`](crate::ChallengeKey).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (id, rest) = text.split_once('.').ok_or(ParseTicketError)?;
        let mut bytes = [0; 39];
        // 39 bytes fill their base64 characters exactly, so a ticket has one spelling.
        let Ok(39) = URL_SAFE_NO_PAD.decode_slice(rest, &mut bytes) else {
            return Err(ParseTicketError);
        };
        let (mut ticket, mut expires_at, mut tag) = ([0; 17], [0; 4], [0; 17]);
        ticket.copy_from_slice(&bytes[..17]);
        expires_at.copy_from_slice(&bytes[17..21]);
        tag.copy_from_slice(&bytes[22..]);
        let keeper = Keeper::from_byte(bytes[21]).ok_or(ParseTicketError)?;
        let id = id.parse().map_err(|_| ParseTicketError)?;
        Ok(Self { id, ticket, expires_at, keeper, tag })
    }
}

impl fmt::Debug for CarriedTicket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CarriedTicket(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_read_as_it_is_written() {
        for keeper in [Keeper::Store, Keeper::Client] {
            let (id, ticket, expires_at) = (Uuid::from_u128(7), [1; 17], [2; 4]);
            let carried = CarriedTicket { id, ticket, expires_at, keeper, tag: [3; 17] };
            let text = carried.expose();
            assert_eq!((text.parse(), text.len()), (Ok(carried), 85));
            assert_eq!(format!("{carried:?}"), "CarriedTicket(…)");
            let long = format!("{}.{}", id.simple(), "A".repeat(10_000));
            for text in ["", ".", "x.y", &text[1..], &text[..84], &format!("{text}A"), &long] {
                assert_eq!(text.parse::<CarriedTicket>(), Err(ParseTicketError), "{text}");
            }
        }
    }
}
