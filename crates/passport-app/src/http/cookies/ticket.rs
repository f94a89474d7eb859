//! The ticket of an image as the challenge cookie holds it: `id.tag.ticket`.
//!
//! Without the tag a client could have sounds made from tickets of its own, for images that were
//! never given.

use passport_auth::Ticket;
use uuid::Uuid;

use super::key::{CookieKey, Tag};

const PURPOSE: &str = "challenge ticket";

pub(super) fn seal(id: Uuid, ticket: Ticket, key: &CookieKey) -> String {
    let ticket = ticket.expose();
    let tag = key.tag(PURPOSE, &[id.as_bytes(), ticket.as_bytes()]);
    format!("{}.{}.{ticket}", id.simple(), hex::encode(tag))
}

/// The ticket, if this service has made the value for image `id`.
pub(super) fn open(value: &[u8], id: Uuid, key: &CookieKey) -> Option<Ticket> {
    let rest = value.strip_prefix(id.simple().to_string().as_bytes())?.strip_prefix(b".")?;
    let (tag, ticket) = str::from_utf8(rest).ok()?.split_once('.')?;
    let mut bytes = Tag::default();
    hex::decode_to_slice(tag, &mut bytes).ok()?;
    let is_own = key.verifies(bytes, PURPOSE, &[id.as_bytes(), ticket.as_bytes()]);
    if is_own { ticket.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use passport_auth::Difficulty;
    use time::OffsetDateTime;

    use super::*;

    #[test]
    fn x12_a_ticket_that_the_client_made_up_does_not_open() {
        let key = CookieKey::new([1; 32]);
        let make =
            || Ticket::generate(Difficulty::Usual, OffsetDateTime::UNIX_EPOCH, &mut rand::rng());
        let (id, ticket, other) = (Uuid::from_u128(1), make(), make());
        let value = seal(id, ticket, &key);
        assert_eq!(open(value.as_bytes(), id, &key), Some(ticket));
        let tag = value.split('.').nth(1).unwrap();
        let (id_text, ticket_text) = (id.simple(), ticket.expose());
        for forged in [
            format!("{id_text}.{ticket_text}"),
            format!("{id_text}..{ticket_text}"),
            format!("{id_text}.{}.{ticket_text}", "0".repeat(32)),
            format!("{value}."),
            format!("{id_text}.{tag}.{}", other.expose()),
            format!("{}.{tag}.{ticket_text}", Uuid::from_u128(2).simple()),
        ] {
            for image in [id, Uuid::from_u128(2)] {
                assert_eq!(open(forged.as_bytes(), image, &key), None, "{forged}");
            }
        }
        assert_eq!(open(value.as_bytes(), Uuid::from_u128(2), &key), None, "another image");
        assert_eq!(open(value.as_bytes(), id, &CookieKey::new([2; 32])), None);
        assert_eq!(open(b"\xff.\xff.\xff", id, &key), None);
    }
}
