//! Users as they are cached: encoded, and sealed.

use std::fmt;

use passport_session::{Session, SessionDigest};
use passport_user::{Consent, Epoch, NickName, PasswordHash, PhoneNumber, Standing, User, UserId};
use rand::rng;
use time::OffsetDateTime;

use crate::sealing::SealingKeys;

/// First byte of an entry. Entries of another version are not read.
const VERSION: u8 = 1;

/// Keys that encrypt cached users, because the store of sessions must not know their numbers. The first
/// one seals; any of them opens, so that the master secret can be changed. Nodes with other keys read the
/// repository.
#[derive(Clone)]
pub struct UserCacheKey(SealingKeys);

impl UserCacheKey {
    /// Takes 32 secret bytes, the key that seals.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(SealingKeys::new(bytes))
    }

    /// Adds a former key.
    #[must_use]
    pub fn with_former(self, bytes: [u8; 32]) -> Self {
        Self(self.0.with_former(bytes))
    }

    /// Seals `user`, who was read at `read_at` or later, for the record of `session` under `digest`.
    pub(super) fn seal(
        &self,
        user: &User,
        read_at: OffsetDateTime,
        digest: &SessionDigest,
        session: &Session,
    ) -> Vec<u8> {
        self.0.seal(&encode(user, read_at), &context(digest, session), &mut rng())
    }

    /// The user in `sealed`, and the time of the reading. `None` if it was not sealed for this record.
    pub(super) fn open(
        &self,
        sealed: &[u8],
        digest: &SessionDigest,
        session: &Session,
    ) -> Option<(User, OffsetDateTime)> {
        let plain = self.0.open(sealed, &context(digest, session))?;
        decode(&plain, UserId::from_uuid(session.subject))
    }
}

impl fmt::Debug for UserCacheKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserCacheKey(…)")
    }
}

/// What an entry is bound to, so that it is none in another record.
fn context(digest: &SessionDigest, session: &Session) -> Vec<u8> {
    [&digest.as_bytes()[..], session.subject.as_bytes()].concat()
}

/// Bits of the second byte: what the entry has.
const PASSWORD: u8 = 1;
const LOGIN: u8 = 2;
const CONSENT: u8 = 4;
const PHONE: u8 = 8;

/// Only an active user is cached, so there is no standing; the id is that of the subject; and of the
/// password only whether there is one.
fn encode(user: &User, read_at: OffsetDateTime) -> Vec<u8> {
    let User { phone, nick_name, password_hash, epoch, created_at, last_login_at, consent, .. } =
        user;
    let has = [
        (PASSWORD, password_hash.is_some()),
        (LOGIN, last_login_at.is_some()),
        (CONSENT, consent.is_some()),
        (PHONE, phone.is_some()),
    ];
    let has = has.into_iter().filter(|(_, has)| *has).fold(0, |bits, (bit, _)| bits | bit);
    let mut bytes = vec![VERSION, has];
    moment(&mut bytes, read_at);
    bytes.extend(epoch.number().to_be_bytes());
    moment(&mut bytes, *created_at);
    text(&mut bytes, nick_name.as_str());
    if let Some(at) = last_login_at {
        moment(&mut bytes, *at);
    }
    if let Some(Consent { version, at }) = consent {
        text(&mut bytes, version.as_str());
        moment(&mut bytes, *at);
    }
    if let Some(phone) = phone {
        text(&mut bytes, phone.as_e164());
    }
    bytes
}

fn decode(bytes: &[u8], id: UserId) -> Option<(User, OffsetDateTime)> {
    let mut fields = Fields(bytes);
    let [version, has] = fields.take()?;
    if version != VERSION {
        return None;
    }
    let has = |bit: u8| has & bit != 0;
    let read_at = fields.moment()?;
    let mut user = User {
        id,
        epoch: Epoch::new(u32::from_be_bytes(fields.take()?)),
        created_at: fields.moment()?,
        nick_name: NickName::from_stored(fields.text()?),
        password_hash: has(PASSWORD).then(PasswordHash::withheld),
        standing: Standing::Active,
        phone: None,
        last_login_at: None,
        consent: None,
    };
    if has(LOGIN) {
        user.last_login_at = Some(fields.moment()?);
    }
    if has(CONSENT) {
        user.consent =
            Some(Consent { version: fields.text()?.parse().ok()?, at: fields.moment()? });
    }
    if has(PHONE) {
        user.phone = Some(PhoneNumber::from_e164(fields.text()?).ok()?);
    }
    fields.0.is_empty().then_some((user, read_at))
}

/// Unix time in microseconds, the precision of every store.
fn moment(bytes: &mut Vec<u8>, moment: OffsetDateTime) {
    let microseconds = moment.unix_timestamp_nanos().div_euclid(1_000);
    bytes.extend(i64::try_from(microseconds).unwrap_or(i64::MAX).to_be_bytes());
}

fn text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend(u16::try_from(text.len()).unwrap_or(u16::MAX).to_be_bytes());
    bytes.extend(text.as_bytes());
}

/// What is left of an entry.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = usize::from(u16::from_be_bytes(self.take()?));
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        str::from_utf8(taken).ok()
    }

    fn moment(&mut self) -> Option<OffsetDateTime> {
        let microseconds = i64::from_be_bytes(self.take()?);
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(microseconds) * 1_000).ok()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use passport_session::{Lifetime, NewSession, SessionToken};
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-29 12:00:00.123456 UTC);

    fn session(user: &User) -> (SessionDigest, Session) {
        let lifetime = Lifetime::new(Duration::from_hours(1), Duration::from_hours(24)).unwrap();
        let session = Session::begin(NewSession::new(user.id.as_uuid(), lifetime), NOW);
        (SessionToken::generate(&mut rng()).digest(), session)
    }

    fn plain() -> User {
        User::new("13800138000".parse().unwrap(), None, NOW)
    }

    /// A user of whom everything is known.
    fn whole() -> User {
        User {
            password_hash: Some(PasswordHash::new("$bcrypt-sha256$v=2,t=2b,r=12$salt$hash")),
            nick_name: NickName::from_stored("旅".repeat(32)),
            epoch: Epoch::new(u32::MAX),
            last_login_at: Some(NOW + Duration::from_micros(1)),
            consent: Some(Consent::new("2026-11-29_v2.final".parse().unwrap(), NOW)),
            ..plain()
        }
    }

    #[test]
    fn a_user_is_read_as_written_except_for_the_hash() {
        let key = UserCacheKey::new([1; 32]);
        let withheld = User { password_hash: Some(PasswordHash::withheld()), ..whole() };
        for (user, expected) in [
            (plain(), plain()),
            (whole(), withheld),
            (User { phone: None, ..plain() }, User { phone: None, ..plain() }),
        ] {
            let expected = User { id: user.id, ..expected };
            let (digest, session) = session(&user);
            let sealed = key.seal(&user, NOW, &digest, &session);
            assert_eq!(key.open(&sealed, &digest, &session), Some((expected, NOW)));
        }
    }

    #[test]
    fn an_entry_shows_nothing_and_has_no_hash() {
        let user = whole();
        let (digest, session) = session(&user);
        let sealed = UserCacheKey::new([1; 32]).seal(&user, NOW, &digest, &session);
        let contains = |bytes: &[u8], text: &str| {
            bytes.windows(text.len()).any(|window| window == text.as_bytes())
        };
        let encoded = encode(&user, NOW);
        assert!(contains(&encoded, "13800138000") && !contains(&encoded, "hash"));
        assert!(!contains(&sealed, "13800138000") && !contains(&sealed, "旅旅"));
    }

    #[test]
    fn an_entry_is_none_in_another_record_or_changed() {
        let (key, user) = (UserCacheKey::new([1; 32]), plain());
        let (digest, own) = session(&user);
        let sealed = key.seal(&user, NOW, &digest, &own);
        let (other, _) = session(&user);
        assert_eq!(key.open(&sealed, &other, &own), None, "another session of the user");
        let stranger = Session { subject: Uuid::new_v4(), ..own.clone() };
        assert_eq!(key.open(&sealed, &digest, &stranger), None, "another subject");
        assert_eq!(UserCacheKey::new([2; 32]).open(&sealed, &digest, &own), None);
        for at in 0..sealed.len() {
            let mut forged = sealed.clone();
            forged[at] ^= 1;
            assert_eq!(key.open(&forged, &digest, &own), None, "byte {at}");
            assert_eq!(key.open(&sealed[..at], &digest, &own), None, "{at} bytes");
        }
    }

    #[test]
    fn an_entry_of_another_form_is_not_read() {
        let encoded = encode(&whole(), NOW);
        assert!(decode(&encoded, whole().id).is_some());
        for length in 0..encoded.len() {
            assert_eq!(decode(&encoded[..length], whole().id), None, "{length} bytes");
        }
        assert_eq!(decode(&[&encoded[..], &[0]].concat(), whole().id), None, "more bytes");
        let mut newer = encoded;
        newer[0] = VERSION + 1;
        assert_eq!(decode(&newer, whole().id), None);
    }
}
