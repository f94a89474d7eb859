//! A session and its cached value in one field, because an answer of many fields takes five times the CPU.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use passport_session::{Device, DeviceKind, Methods, Session, SessionDigest, SessionId};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::moment::{from_microseconds, microseconds, span};

/// First byte. Fields of another version are not read.
const VERSION: u8 = 1;
/// Bytes of the digest by which a record is recognized that was moved without its field, as versions
/// without a cache do.
const PREFIX: usize = 8;

/// The field for `session` under `digest`, and `value`. It is text, because versions without a cache read
/// every field as text. What a use changes is not in it.
pub(super) fn pack(digest: &SessionDigest, session: &Session, value: &[u8]) -> String {
    let Session {
        id,
        subject,
        epoch,
        created_at,
        last_seen_at: _,
        idle,
        expires_at,
        authenticated_at,
        methods,
        device,
        address,
        place,
        remembered,
    } = session;
    let mut bytes = Vec::with_capacity(160 + value.len());
    bytes.push(VERSION);
    bytes.extend(prefix(digest));
    bytes.extend(id.as_uuid().into_bytes());
    bytes.extend(subject.into_bytes());
    bytes.extend(epoch.to_be_bytes());
    for time in [*created_at, *expires_at, *authenticated_at] {
        bytes.extend(microseconds(time).to_be_bytes());
    }
    bytes.extend(span(*idle).to_be_bytes());
    bytes.extend(methods.bits().to_be_bytes());
    bytes.extend([device.kind().number(), u8::from(*remembered), u8::from(place.is_some())]);
    for text in [device.browser(), device.system(), address, place.as_deref().unwrap_or_default()] {
        bytes.extend(u16::try_from(text.len()).unwrap_or(u16::MAX).to_be_bytes());
        bytes.extend(text.as_bytes());
    }
    bytes.extend(value);
    STANDARD_NO_PAD.encode(bytes)
}

/// The session and the value in `field` of the record under `digest`. `None` if the field was packed for
/// another record or cannot be read.
pub(super) fn unpack(
    field: &[u8],
    digest: &SessionDigest,
    last_seen_at: OffsetDateTime,
) -> Option<(Session, Vec<u8>)> {
    let bytes = STANDARD_NO_PAD.decode(field).ok()?;
    let mut rest = Rest(&bytes);
    if rest.take()? != [VERSION] || rest.take()? != prefix(digest) {
        return None;
    }
    let (id, subject) = (Uuid::from_bytes(rest.take()?), Uuid::from_bytes(rest.take()?));
    let epoch = u32::from_be_bytes(rest.take()?);
    let (created_at, expires_at) = (rest.moment()?, rest.moment()?);
    let authenticated_at = rest.moment()?;
    let idle = Duration::from_micros(u64::from_be_bytes(rest.take()?));
    let methods = Methods::from_bits(u16::from_be_bytes(rest.take()?));
    let [kind, remembered, has_place] = rest.take()?;
    let (browser, system) = (rest.text()?, rest.text()?);
    let device = Device::new(browser, system, DeviceKind::from_number(kind));
    let (address, place) = (rest.text()?.to_owned(), rest.text()?);
    let session = Session {
        id: SessionId::from_uuid(id),
        subject,
        epoch,
        created_at,
        last_seen_at,
        idle,
        expires_at,
        authenticated_at,
        methods,
        device,
        address,
        place: (has_place != 0).then(|| place.to_owned()),
        remembered: remembered != 0,
    };
    Some((session, rest.0.to_vec()))
}

fn prefix(digest: &SessionDigest) -> [u8; PREFIX] {
    let mut prefix = [0; PREFIX];
    prefix.copy_from_slice(&digest.as_bytes()[..PREFIX]);
    prefix
}

/// What is left to be read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
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
        from_microseconds(i64::from_be_bytes(self.take()?))
    }
}

#[cfg(test)]
mod tests {
    use passport_session::{Lifetime, Method, NewSession, SessionToken};
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-22 09:43:30.123456 UTC);

    fn sessions() -> [Session; 2] {
        let lifetime = Lifetime::new(Duration::from_hours(1), Duration::from_hours(24)).unwrap();
        let plain = NewSession::new(Uuid::new_v4(), lifetime);
        let whole = NewSession {
            epoch: u32::MAX,
            methods: Methods::from(Method::Password).with(Method::Operator),
            device: Device::new(&"浏".repeat(40), &"系".repeat(40), DeviceKind::App),
            address: "2001:0db8:0000:0000:0000:ffff:198.51.100.255".to_owned(),
            place: Some("浙江 杭州".to_owned()),
            remembered: true,
            ..plain.clone()
        };
        [plain, whole].map(|new| Session::begin(new, NOW))
    }

    #[test]
    fn a_session_is_unpacked_as_packed_but_for_its_last_use() {
        for session in sessions() {
            let digest = SessionToken::generate(&mut rand::rng()).digest();
            for value in [&b""[..], b"value", &[0; 300]] {
                let field = pack(&digest, &session, value);
                let later = NOW + Duration::from_secs(1);
                let seen = Session { last_seen_at: later, ..session.clone() };
                let unpacked = unpack(field.as_bytes(), &digest, later);
                assert_eq!(unpacked, Some((seen, value.to_vec())));
            }
        }
    }

    #[test]
    fn a_field_of_another_record_or_form_is_none() {
        let [session, _] = sessions();
        let digest = SessionToken::generate(&mut rand::rng()).digest();
        let field = pack(&digest, &session, b"");
        let moved = SessionToken::generate(&mut rand::rng()).digest();
        assert_eq!(unpack(field.as_bytes(), &moved, NOW), None);
        for length in 0..field.len() {
            assert_eq!(unpack(&field.as_bytes()[..length], &digest, NOW), None, "{length} bytes");
        }
        for other in ["é", "A A", "AQ=="] {
            assert_eq!(unpack(other.as_bytes(), &digest, NOW), None, "{other}");
        }
    }
}
