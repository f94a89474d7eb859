use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use passport_session::SessionId;
use passport_throttle::{SeriesKey, Subject};
use passport_user::{PhoneNumber, UserId};
use sha2::Sha256;
use zeroize::ZeroizeOnDrop;

use crate::{ClientAddress, Ticket, client::Network};

/// Secret under which phone numbers and client addresses are digested before they reach a store.
///
/// Keys of stores end up in backups, slow logs and monitoring. A plain hash of a phone number is
/// reversed by trying all numbers; a digest under this key is not. Every node needs the same key.
/// Under another key all counts start anew, and codes that are under way are not found.
#[derive(Clone, ZeroizeOnDrop)]
pub struct SubjectKey([u8; 32]);

impl SubjectKey {
    /// Takes 32 secret bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Tag of a phone number.
    pub fn phone(&self, phone: &PhoneNumber) -> PhoneTag {
        PhoneTag(self.digest("phone:", phone.as_e164().as_bytes()))
    }

    /// Subject of a client.
    pub fn client(&self, client: ClientAddress) -> Subject {
        Subject::new(self.digest("client:", client.to_string().as_bytes()))
    }

    /// Subject of a user.
    pub(crate) fn user(&self, user: UserId) -> Subject {
        Subject::new(self.digest("user:", user.as_uuid().as_bytes()))
    }

    /// Subject of a number that a user wants to change to.
    pub(crate) fn user_phone(&self, user: UserId, phone: &PhoneNumber) -> Subject {
        let subject = [user.as_uuid().as_bytes(), phone.as_e164().as_bytes()].concat();
        Subject::new(self.digest("user phone:", &subject))
    }

    /// Tag of a phone number in events, which is not that of the stores.
    pub(crate) fn audited_phone(&self, phone: &PhoneNumber) -> [u8; 16] {
        self.digest("audited phone:", phone.as_e164().as_bytes())
    }

    /// Key of a series of failures: wrong passwords for a number.
    pub(crate) fn password_failures(&self, phone: &PhoneNumber) -> SeriesKey {
        SeriesKey::new(self.mac("password failures:", phone.as_e164().as_bytes()))
    }

    /// Key of a series of failures: wrong codes for a number.
    pub(crate) fn code_failures(&self, phone: &PhoneNumber) -> SeriesKey {
        SeriesKey::new(self.mac("code failures:", phone.as_e164().as_bytes()))
    }

    /// Key of a series of failures: wrong proofs in a session.
    pub(crate) fn confirmation_failures(&self, session: SessionId) -> SeriesKey {
        SeriesKey::new(self.mac("confirmation failures:", session.as_uuid().as_bytes()))
    }

    /// Subject of a network of clients.
    pub(crate) fn network(&self, network: Network) -> Subject {
        Subject::new(self.digest("network:", network.to_string().as_bytes()))
    }

    /// Subject of the challenge that `ticket` determines.
    pub(crate) fn challenge(&self, ticket: Ticket) -> Subject {
        Subject::new(self.digest("challenge:", &ticket.to_bytes()))
    }

    /// HMAC-SHA-256, cut to 16 bytes; see [`Subject`] for why they are enough. No kind is a prefix
    /// of another, so a phone number and an address cannot have the same input.
    fn digest(&self, kind: &str, subject: &[u8]) -> [u8; 16] {
        let mut digest = [0; 16];
        digest.copy_from_slice(&self.mac(kind, subject)[..16]);
        digest
    }

    /// HMAC-SHA-256.
    fn mac(&self, kind: &str, subject: &[u8]) -> [u8; 32] {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("an HMAC key may have any length");
        mac.update(kind.as_bytes());
        mac.update(subject);
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SubjectKey(…)")
    }
}

/// Keyed digest of a phone number, which stands for the number in the keys of all stores.
///
/// `Display` writes 32 hexadecimal digits, for keys; `Debug` writes only a short tag, for logs.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PhoneTag([u8; 16]);

impl PhoneTag {
    /// Bytes of the tag, for stores with binary keys.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// The number as the limits count it.
impl From<PhoneTag> for Subject {
    fn from(tag: PhoneTag) -> Self {
        Self::new(tag.0)
    }
}

impl fmt::Display for PhoneTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Subject::from(*self).fmt(f)
    }
}

impl fmt::Debug for PhoneTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, ..] = self.0;
        write!(f, "PhoneTag({a:02x}{b:02x}…)")
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn phone(text: &str) -> PhoneNumber {
        text.parse().unwrap()
    }

    #[test]
    fn a_tag_depends_on_number_and_key() {
        let (one, other) = (SubjectKey::new([1; 32]), SubjectKey::new([2; 32]));
        let number = phone("13800138000");
        assert_eq!(one.phone(&number), one.phone(&phone("+8613800138000")));
        assert_ne!(one.phone(&number), one.phone(&phone("13800138001")));
        assert_ne!(one.phone(&number), other.phone(&number));
    }

    #[test]
    fn addresses_of_one_client_are_one_subject() {
        let key = SubjectKey::new([1; 32]);
        let client = |text: &str| key.client(text.parse::<IpAddr>().unwrap().into());
        assert_eq!(client("2001:db8:1:2::1"), client("2001:db8:1:2:ffff::"));
        assert_ne!(client("2001:db8:1:2::1"), client("2001:db8:1:3::1"));
        assert_ne!(client("192.0.2.1"), client("192.0.2.2"));
    }

    #[test]
    fn tags_stay_as_they_are() {
        // Independent of this code: Python's hmac, key of 32 times 0x01, message
        // "phone:+8613800138000", first 16 bytes.
        let tag = SubjectKey::new([1; 32]).phone(&phone("13800138000"));
        assert_eq!(tag.to_string(), "2086f25676ccd024f718e12d97b3c6d0");
        assert!(!format!("{tag:?}").contains(&tag.to_string()));
    }
}
