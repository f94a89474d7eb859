use std::{fmt, str::FromStr, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use passport_session::Methods;
use passport_user::{Epoch, User, UserId};
use sha2::Sha256;
use thiserror::Error;
use time::OffsetDateTime;
use uuid::Uuid;
use zeroize::ZeroizeOnDrop;

/// Time within which a continuation can be used.
const LIFETIME: Duration = Duration::from_mins(10);
/// User, epoch, methods, expiry and authentication code.
const LENGTH: usize = 16 + 4 + 2 + 8 + 32;

/// Proof that a person has given every proof of a sign-in that then needs one more step.
///
/// It is authenticated, and bound to the epoch of the user, so the step that it allows makes it
/// useless: a store is not needed. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Continuation(String);

/// Key that authenticates continuations. Every node needs the same key.
#[derive(Clone, ZeroizeOnDrop)]
pub struct ContinuationKey {
    bytes: [u8; 32],
    /// Former keys, whose continuations are still accepted.
    former: Vec<[u8; 32]>,
}

/// What a valid continuation says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Proved {
    pub(crate) user: UserId,
    pub(crate) epoch: Epoch,
    pub(crate) methods: Methods,
}

impl ContinuationKey {
    /// Takes 32 secret bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self { bytes, former: Vec::new() }
    }

    /// Accepts continuations of a former key too.
    #[must_use]
    pub fn with_former(mut self, bytes: [u8; 32]) -> Self {
        self.former.push(bytes);
        self
    }

    /// A continuation for `user`, who has proved `methods` at `now`.
    pub(crate) fn issue(&self, user: &User, methods: Methods, now: OffsetDateTime) -> Continuation {
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.extend(user.id.as_uuid().as_bytes());
        bytes.extend(user.epoch.number().to_be_bytes());
        bytes.extend(methods.bits().to_be_bytes());
        bytes.extend((now + LIFETIME).unix_timestamp().to_be_bytes());
        let code = mac(&self.bytes, &bytes).finalize().into_bytes();
        bytes.extend(code);
        Continuation(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Reads `continuation`, unless it is forged or has expired at `now`.
    pub(crate) fn open(&self, continuation: &Continuation, now: OffsetDateTime) -> Option<Proved> {
        let mut bytes = [0; LENGTH];
        let length = URL_SAFE_NO_PAD.decode_slice(&continuation.0, &mut bytes).ok()?;
        if length != LENGTH {
            return None;
        }
        let (content, code) = bytes.split_at(LENGTH - 32);
        let mut keys = std::iter::once(&self.bytes).chain(&self.former);
        keys.find(|bytes| mac(bytes, content).verify_slice(code).is_ok())?;
        let (user, rest) = content.split_first_chunk()?;
        let (epoch, rest) = rest.split_first_chunk()?;
        let (methods, rest) = rest.split_first_chunk()?;
        let (expiry, _) = rest.split_first_chunk()?;
        (now.unix_timestamp() < i64::from_be_bytes(*expiry)).then(|| Proved {
            user: UserId::from_uuid(Uuid::from_bytes(*user)),
            epoch: Epoch::new(u32::from_be_bytes(*epoch)),
            methods: Methods::from_bits(u16::from_be_bytes(*methods)),
        })
    }
}

fn mac(bytes: &[u8; 32], content: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(bytes).expect("an HMAC key may have any length");
    mac.update(b"continuation v1:");
    mac.update(content);
    mac
}

impl Continuation {
    /// The text form, for the client that gave the proofs only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Takes any text of at most 128 bytes; whether it is a continuation shows when it is used.
impl FromStr for Continuation {
    type Err = ContinuationGone;

    fn from_str(text: &str) -> Result<Self, ContinuationGone> {
        if text.len() <= 128 { Ok(Self(text.to_owned())) } else { Err(ContinuationGone) }
    }
}

impl fmt::Debug for Continuation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Continuation(…)")
    }
}

impl fmt::Debug for ContinuationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ContinuationKey(…)")
    }
}

/// The continuation is forged, was used, or has expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("continuation is not valid")]
pub struct ContinuationGone;

#[cfg(test)]
mod tests {
    use passport_session::Method;
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-29 12:00 UTC);

    fn user() -> User {
        let phone = "13800138000".parse().unwrap();
        User { epoch: Epoch::new(7), ..User::new(phone, None, NOW) }
    }

    #[test]
    fn opens_under_its_key_until_it_expires() {
        let (key, user) = (ContinuationKey::new([1; 32]), user());
        let issued = key.issue(&user, Method::Code.into(), NOW);
        let proved = key.open(&issued, NOW + Duration::from_secs(599)).unwrap();
        let methods = Method::Code.into();
        assert_eq!(proved, Proved { user: user.id, epoch: user.epoch, methods });
        assert_eq!(key.open(&issued, NOW + Duration::from_mins(10)), None);
        assert_eq!(ContinuationKey::new([2; 32]).open(&issued, NOW), None);
        let both = ContinuationKey::new([2; 32]).with_former([1; 32]);
        assert_eq!(both.open(&issued, NOW), Some(proved));
        let issued = both.issue(&user, Method::Code.into(), NOW);
        assert_eq!(key.open(&issued, NOW), None, "the present key signs");
    }

    #[test]
    fn any_changed_byte_is_refused() {
        let key = ContinuationKey::new([1; 32]);
        let issued = key.issue(&user(), Method::Password.into(), NOW);
        let bytes = URL_SAFE_NO_PAD.decode(issued.expose()).unwrap();
        for at in 0..bytes.len() {
            let mut forged = bytes.clone();
            forged[at] ^= 1;
            let forged: Continuation = URL_SAFE_NO_PAD.encode(forged).parse().unwrap();
            assert_eq!(key.open(&forged, NOW), None, "byte {at}");
        }
        for other in ["", "A", "é", &"A".repeat(128)] {
            assert_eq!(key.open(&other.parse().unwrap(), NOW), None, "{other}");
        }
        assert!("A".repeat(129).parse::<Continuation>().is_err());
    }
}
