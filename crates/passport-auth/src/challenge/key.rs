use std::fmt;

use hmac::{Hmac, Mac};
use rand::Rng;
use sha2::Sha256;
use time::OffsetDateTime;
use zeroize::ZeroizeOnDrop;

use super::{CarriedTicket, ChallengeSeed, IssuedId, Ticket, carried::Keeper, mac::mac};
use uuid::Uuid;

/// Secret that turns tickets into challenges, and authenticates issued ids.
///
/// Every node that has the key can draw and speak every challenge, and no store holds an answer in
/// clear.
#[derive(Clone, ZeroizeOnDrop)]
pub struct ChallengeKey {
    bytes: [u8; 32],
    /// Former keys, whose challenges are still known.
    former: Vec<[u8; 32]>,
}

impl ChallengeKey {
    /// Takes 32 secret bytes. Every node needs the same key.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self { bytes, former: Vec::new() }
    }

    /// Knows challenges that were made under a former key too.
    #[must_use]
    pub fn with_former(mut self, bytes: [u8; 32]) -> Self {
        self.former.push(bytes);
        self
    }

    /// A key that nothing else has. Its challenges end with the process.
    pub fn random() -> Self {
        let mut bytes = [0; 32];
        rand::rng().fill_bytes(&mut bytes);
        Self::new(bytes)
    }

    /// New challenge of `ticket`, by HMAC-SHA-256: the ticket alone reveals nothing about it.
    pub fn seed(&self, ticket: Ticket) -> ChallengeSeed {
        seed(&self.bytes, ticket)
    }

    /// Id of `ticket` that expires at `expires_at`, truncated to the second.
    pub(crate) fn issue(&self, ticket: Ticket, expires_at: OffsetDateTime) -> IssuedId {
        let (ticket, expires_at) = (ticket.to_bytes(), seconds(expires_at));
        let whole =
            mac(&self.bytes, "challenge id", &[&ticket, &expires_at]).finalize().into_bytes();
        let mut tag = [0; 15];
        tag.copy_from_slice(&whole[..15]);
        IssuedId { ticket, expires_at, tag }
    }

    /// Challenge of an id that was issued under this key or a former one and is not expired.
    pub(crate) fn open(&self, id: &IssuedId, now: OffsetDateTime) -> Option<ChallengeSeed> {
        let is_tagged = |bytes: &&[u8; 32]| {
            let mac = mac(bytes, "challenge id", &[&id.ticket, &id.expires_at]);
            // Compares in constant time.
            mac.verify_truncated_left(&id.tag).is_ok()
        };
        let bytes = self.all().find(is_tagged)?;
        let ticket = Ticket::from_bytes(id.ticket).filter(|_| is_before(now, id.expires_at))?;
        Some(seed(bytes, ticket))
    }

    /// `ticket` of the challenge `id`, for the client to carry until `expires_at`, truncated to the
    /// second.
    pub(super) fn carry(
        &self,
        id: Uuid,
        ticket: Ticket,
        expires_at: OffsetDateTime,
        keeper: Keeper,
    ) -> CarriedTicket {
        let (ticket, expires_at) = (ticket.to_bytes(), seconds(expires_at));
        let mut carried = CarriedTicket { id, ticket, expires_at, keeper, tag: [0; 17] };
        let whole = carried_mac(&self.bytes, &carried).finalize().into_bytes();
        carried.tag.copy_from_slice(&whole[..17]);
        carried
    }

    /// Challenge whose ticket was carried under this key or a former one and is not expired.
    pub fn open_carried(
        &self,
        carried: &CarriedTicket,
        now: OffsetDateTime,
    ) -> Option<ChallengeSeed> {
        let is_tagged = |bytes: &&[u8; 32]| {
            carried_mac(bytes, carried).verify_truncated_left(&carried.tag).is_ok()
        };
        let bytes = self.all().find(is_tagged)?;
        let ticket = Ticket::from_bytes(carried.ticket);
        Some(seed(bytes, ticket.filter(|_| is_before(now, carried.expires_at))?))
    }

    fn all(&self) -> impl Iterator<Item = &[u8; 32]> {
        std::iter::once(&self.bytes).chain(&self.former)
    }
}

fn seed(bytes: &[u8; 32], ticket: Ticket) -> ChallengeSeed {
    let whole = mac(bytes, "challenge seed", &[&ticket.to_bytes()]).finalize();
    ChallengeSeed::new(whole.into_bytes().into(), ticket)
}

fn carried_mac(bytes: &[u8; 32], carried: &CarriedTicket) -> Hmac<Sha256> {
    let CarriedTicket { id, ticket, expires_at, keeper, tag: _ } = carried;
    let parts = [&id.as_bytes()[..], ticket, expires_at, &[keeper.to_byte()]];
    mac(bytes, "carried challenge", &parts)
}

/// `u32` seconds overflow in 2106; challenges would then be expired when issued.
fn seconds(time: OffsetDateTime) -> [u8; 4] {
    u32::try_from(time.unix_timestamp()).unwrap_or_default().to_be_bytes()
}

fn is_before(now: OffsetDateTime, seconds: [u8; 4]) -> bool {
    now.unix_timestamp() < i64::from(u32::from_be_bytes(seconds))
}

impl fmt::Debug for ChallengeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChallengeKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng, rngs::StdRng};
    use time::{Duration, macros::datetime};

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-22 09:43:30 UTC);

    fn ticket(seed: u64) -> Ticket {
        Ticket::generate(NOW, &mut StdRng::seed_from_u64(seed))
    }

    fn key(byte: u8) -> ChallengeKey {
        ChallengeKey::new([byte; 32])
    }

    #[test]
    fn a_seed_depends_on_key_and_ticket() {
        let draw = |key: &ChallengeKey, ticket| key.seed(ticket).rng("x").next_u64();
        let (one, other) = (ticket(1), ticket(2));
        assert_eq!(draw(&key(1), one), draw(&key(1), one));
        assert_ne!(draw(&key(1), one), draw(&key(1), other));
        assert_ne!(draw(&key(1), one), draw(&key(2), one));
    }

    #[test]
    fn cap_2_an_id_opens_until_its_end_under_its_key() {
        let (ticket, end) = (ticket(9), NOW + Duration::seconds(300));
        let id = key(1).issue(ticket, end);
        let opened = |id, now| key(1).open(id, now).map(|seed| seed.ticket());
        assert_eq!(opened(&id, NOW), Some(ticket));
        assert_eq!(opened(&id, end - Duration::milliseconds(1)), Some(ticket));
        assert_eq!(opened(&id, end), None);
        assert!(key(2).open(&id, NOW).is_none());
    }

    #[test]
    fn o8_a_challenge_of_a_former_key_stays_the_same_challenge() {
        let (old, both) = (key(1), key(2).with_former([1; 32]));
        let (ticket, end) = (ticket(9), NOW + Duration::seconds(300));
        let draw = |seed: &ChallengeSeed| seed.rng("x").next_u64();
        let id = old.issue(ticket, end);
        let seed = both.open(&id, NOW).unwrap();
        assert_eq!(draw(&seed), draw(&old.seed(ticket)));
        assert!(both.open(&id, end).is_none());
        let carried = old.carry(Uuid::from_u128(7), ticket, end, Keeper::Client);
        assert_eq!(draw(&both.open_carried(&carried, NOW).unwrap()), draw(&seed));
        assert!(both.open_carried(&carried, end).is_none());
        // What is new is made under the present key.
        assert!(key(2).open(&both.issue(ticket, end), NOW).is_some());
        assert!(old.open(&both.issue(ticket, end), NOW).is_none());
        assert_eq!(draw(&both.seed(ticket)), draw(&key(2).seed(ticket)));
    }

    #[test]
    fn cap_2_an_id_with_any_bit_changed_does_not_open() {
        let id = key(1).issue(ticket(9), NOW + Duration::seconds(300));
        for bit in 0..8 {
            let flip = 1 << bit;
            let mut others = Vec::new();
            others
                .extend((0..17).map(|at| IssuedId { ticket: flipped(id.ticket, at, flip), ..id }));
            let end = |at| flipped(id.expires_at, at, flip);
            others.extend((0..4).map(|at| IssuedId { expires_at: end(at), ..id }));
            others.extend((0..15).map(|at| IssuedId { tag: flipped(id.tag, at, flip), ..id }));
            for other in others {
                assert!(key(1).open(&other, NOW).is_none());
            }
        }
    }

    #[test]
    fn x12_a_carried_ticket_with_any_bit_changed_does_not_open() {
        let (id, end) = (Uuid::from_u128(7), NOW + Duration::seconds(300));
        let carried = key(1).carry(id, ticket(9), end, Keeper::Client);
        let opened = key(1).open_carried(&carried, NOW);
        assert_eq!(opened.map(|seed| seed.ticket()), Some(ticket(9)));
        assert!(key(1).open_carried(&carried, end).is_none());
        assert!(key(2).open_carried(&carried, NOW).is_none());
        let other = CarriedTicket { id: Uuid::from_u128(8), ..carried };
        assert!(key(1).open_carried(&other, NOW).is_none());
        let text = carried.expose();
        for place in 33..text.len() {
            for letter in ["A", "B", "g", "_"] {
                let mut other = text.clone();
                other.replace_range(place..=place, letter);
                let opened = other.parse().ok().and_then(|it| key(1).open_carried(&it, NOW));
                assert_eq!(opened.is_some(), other == text, "{other}");
            }
        }
    }

    fn flipped<const N: usize>(mut bytes: [u8; N], at: usize, flip: u8) -> [u8; N] {
        bytes[at] ^= flip;
        bytes
    }

    #[test]
    fn a_time_that_does_not_fit_is_expired() {
        for end in [datetime!(2106-02-07 06:28:16 UTC), datetime!(1969-12-31 23:59:59 UTC)] {
            assert!(key(1).open(&key(1).issue(ticket(9), end), NOW).is_none());
        }
    }
}
