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
///
/// Former keys keep what was stored under them in use: counts are kept under every key, so that none
/// starts anew, and codes are looked for under every key.
#[derive(Clone, ZeroizeOnDrop)]
pub struct SubjectKey {
    bytes: [u8; 32],
    former: Vec<[u8; 32]>,
}

impl SubjectKey {
    /// Takes 32 secret bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self { bytes, former: Vec::new() }
    }

    /// Keeps what was stored under a former key in use.
    #[must_use]
    pub fn with_former(mut self, bytes: [u8; 32]) -> Self {
        self.former.push(bytes);
        self
    }

    /// Tag of a phone number, under which it is stored from now on.
    pub fn phone(&self, phone: &PhoneNumber) -> PhoneTag {
        PhoneTag(short(self.mac("phone:", phone.as_e164().as_bytes())))
    }

    /// Tags of a phone number: that of [`phone`](Self::phone), then those under former keys.
    pub fn phones(&self, phone: &PhoneNumber) -> impl Iterator<Item = PhoneTag> {
        self.digests("phone:", phone.as_e164().as_bytes()).map(PhoneTag)
    }

    /// Subjects of a client.
    pub fn clients(&self, client: ClientAddress) -> impl Iterator<Item = Subject> {
        self.subjects("client:", client.to_string().as_bytes())
    }

    /// Subjects of a user.
    pub(crate) fn users(&self, user: UserId) -> impl Iterator<Item = Subject> {
        self.subjects("user:", user.as_uuid().as_bytes())
    }

    /// Subjects of a number that a user wants to change to.
    pub(crate) fn user_phones(
        &self,
        user: UserId,
        phone: &PhoneNumber,
    ) -> impl Iterator<Item = Subject> {
        let subject = [user.as_uuid().as_bytes(), phone.as_e164().as_bytes()].concat();
        self.subjects("user phone:", &subject)
    }

    /// Tag of a phone number in new events, which is not that of the stores.
    pub(crate) fn audited_phone(&self, phone: &PhoneNumber) -> [u8; 16] {
        short(self.mac("audited phone:", phone.as_e164().as_bytes()))
    }

    /// Tags of a phone number in events.
    pub(crate) fn audited_phones(&self, phone: &PhoneNumber) -> impl Iterator<Item = [u8; 16]> {
        self.digests("audited phone:", phone.as_e164().as_bytes())
    }

    /// Keys of series of failures: wrong passwords for a number.
    pub(crate) fn password_failures(&self, phone: &PhoneNumber) -> impl Iterator<Item = SeriesKey> {
        self.series("password failures:", phone.as_e164().as_bytes())
    }

    /// Keys of series of failures: wrong codes for a number.
    pub(crate) fn code_failures(&self, phone: &PhoneNumber) -> impl Iterator<Item = SeriesKey> {
        self.series("code failures:", phone.as_e164().as_bytes())
    }

    /// Keys of series of failures: wrong proofs in a session.
    pub(crate) fn confirmation_failures(
        &self,
        session: SessionId,
    ) -> impl Iterator<Item = SeriesKey> {
        self.series("confirmation failures:", session.as_uuid().as_bytes())
    }

    /// Subjects of a network of clients.
    pub(crate) fn networks(&self, network: Network) -> impl Iterator<Item = Subject> {
        self.subjects("network:", network.to_string().as_bytes())
    }

    /// Subjects of the challenge that `ticket` determines.
    pub(crate) fn challenges(&self, ticket: Ticket) -> impl Iterator<Item = Subject> {
        self.subjects("challenge:", &ticket.to_bytes())
    }

    fn subjects(&self, kind: &str, subject: &[u8]) -> impl Iterator<Item = Subject> + use<> {
        self.digests(kind, subject).map(Subject::new)
    }

    fn series(&self, kind: &str, subject: &[u8]) -> impl Iterator<Item = SeriesKey> + use<> {
        self.macs(kind, subject).map(SeriesKey::new)
    }

    fn digests(&self, kind: &str, subject: &[u8]) -> impl Iterator<Item = [u8; 16]> + use<> {
        self.macs(kind, subject).map(short)
    }

    /// Under the present key, then under the former ones.
    fn macs(&self, kind: &str, subject: &[u8]) -> impl Iterator<Item = [u8; 32]> + use<> {
        let keys = std::iter::once(&self.bytes).chain(&self.former);
        keys.map(|bytes| mac(bytes, kind, subject)).collect::<Vec<_>>().into_iter()
    }

    fn mac(&self, kind: &str, subject: &[u8]) -> [u8; 32] {
        mac(&self.bytes, kind, subject)
    }
}

/// Cut to 16 bytes; see [`Subject`] for why they are enough.
fn short(mac: [u8; 32]) -> [u8; 16] {
    let mut digest = [0; 16];
    digest.copy_from_slice(&mac[..16]);
    digest
}

/// HMAC-SHA-256. No kind is a prefix of another, so a phone number and an address cannot have the same
/// input.
fn mac(bytes: &[u8; 32], kind: &str, subject: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(bytes).expect("an HMAC key may have any length");
    mac.update(kind.as_bytes());
    mac.update(subject);
    mac.finalize().into_bytes().into()
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
        let client =
            |text: &str| key.clients(text.parse::<IpAddr>().unwrap().into()).collect::<Vec<_>>();
        assert_eq!(client("2001:db8:1:2::1"), client("2001:db8:1:2:ffff::"));
        assert_ne!(client("2001:db8:1:2::1"), client("2001:db8:1:3::1"));
        assert_ne!(client("192.0.2.1"), client("192.0.2.2"));
    }

    #[test]
    fn o8_what_is_stored_under_a_former_key_is_found_and_stored_under_the_present_one() {
        let (old, new) = (SubjectKey::new([1; 32]), SubjectKey::new([2; 32]));
        let both = SubjectKey::new([2; 32]).with_former([1; 32]);
        let number = phone("13800138000");
        assert_eq!(both.phone(&number), new.phone(&number));
        let tags: Vec<_> = both.phones(&number).collect();
        assert_eq!(tags, [new.phone(&number), old.phone(&number)]);
        assert_eq!(old.phones(&number).count(), 1);
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
