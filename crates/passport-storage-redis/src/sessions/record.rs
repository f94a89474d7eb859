//! Records of sessions: hashes whose fields have names, so that versions can differ in them.

use std::{collections::HashMap, str::FromStr, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use passport_session::{Device, DeviceKind, EntryVersion, Method, Methods, Session, SessionId};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    RedisError,
    moment::{from_microseconds, microseconds, span},
};

/// Record as Redis returns it, empty if there is none. Fields of newer versions are ignored.
pub(super) type Record = HashMap<String, String>;

/// Fields of a cached value, in pieces: a hash with a longer value takes about three times the memory.
const CACHED: [&str; 8] =
    ["cached", "cached1", "cached2", "cached3", "cached4", "cached5", "cached6", "cached7"];

/// Longest value of a compact hash, the default of `hash-max-listpack-value`.
const PIECE: usize = 64;

/// A field with its value.
pub(super) type Field = (&'static str, String);

/// Every field of the record of `session`.
pub(super) fn fields(session: &Session) -> Vec<Field> {
    let mut fields = vec![
        ("id", session.id.as_uuid().to_string()),
        ("subject", session.subject.to_string()),
        ("created_at", microseconds(session.created_at).to_string()),
        ("last_seen_at", microseconds(session.last_seen_at).to_string()),
        ("idle", span(session.idle).to_string()),
        ("expires_at", microseconds(session.expires_at).to_string()),
        ("browser", session.device.browser().to_owned()),
        ("system", session.device.system().to_owned()),
        ("device_kind", session.device.kind().number().to_string()),
        ("address", session.address.clone()),
        ("remembered", u8::from(session.remembered).to_string()),
    ];
    fields.extend(session.place.clone().map(|place| ("place", place)));
    fields.extend(proof(session));
    fields
}

/// The fields that a rotation changes.
pub(super) fn proof(session: &Session) -> [Field; 3] {
    [
        ("epoch", session.epoch.to_string()),
        ("authenticated_at", microseconds(session.authenticated_at).to_string()),
        ("methods", session.methods.bits().to_string()),
    ]
}

/// Session in `record`, if there is one and it has not ended at `now`.
pub(super) fn live(record: &Record, now: OffsetDateTime) -> Result<Option<Session>, RedisError> {
    if record.is_empty() {
        return Ok(None);
    }
    let session = parse(record).ok_or_else(|| RedisError::new("a session's record is damaged"))?;
    Ok(Some(session).filter(|session| session.is_live(now)))
}

/// Version and value of the cache entry in `record`. A value that cannot be read is none.
pub(super) fn take_entry(record: &mut Record) -> (EntryVersion, Option<Vec<u8>>) {
    let version = record.remove("cache_version").unwrap_or_default();
    let mut text = String::new();
    for name in CACHED {
        let Some(piece) = record.get(name) else { break };
        text.push_str(piece);
    }
    let value = record.contains_key(CACHED[0]).then(|| STANDARD_NO_PAD.decode(text).ok());
    (EntryVersion::from_stored(version), value.flatten())
}

/// The fields of a cached value. They are text, because versions without a cache read every field as text.
pub(super) fn cached(value: &[u8]) -> Vec<Field> {
    let text = STANDARD_NO_PAD.encode(value);
    let mut rest = text.as_str();
    let mut fields = Vec::with_capacity(CACHED.len());
    for (n, name) in CACHED.into_iter().enumerate() {
        if n > 0 && rest.is_empty() {
            break;
        }
        let is_last = n + 1 == CACHED.len();
        let (piece, others) =
            rest.split_at(if is_last { rest.len() } else { rest.len().min(PIECE) });
        fields.push((name, piece.to_owned()));
        rest = others;
    }
    fields
}

/// Version 0.1 stored neither epoch nor proof nor device, and every sign-in was by password.
fn parse(record: &Record) -> Option<Session> {
    let text = |name: &str| record.get(name).map(String::as_str).unwrap_or_default();
    let password = Methods::from(Method::Password);
    let kind: u64 = number(record, "device_kind", 0)?;
    let kind = u8::try_from(kind).map(DeviceKind::from_number).unwrap_or_default();
    let proof =
        if record.contains_key("authenticated_at") { "authenticated_at" } else { "created_at" };
    Some(Session {
        id: SessionId::from_uuid(Uuid::try_parse(record.get("id")?).ok()?),
        subject: Uuid::try_parse(record.get("subject")?).ok()?,
        epoch: number(record, "epoch", 0)?,
        created_at: moment(record, "created_at")?,
        last_seen_at: moment(record, "last_seen_at")?,
        idle: Duration::from_micros(record.get("idle")?.parse().ok()?),
        expires_at: moment(record, "expires_at")?,
        authenticated_at: moment(record, proof)?,
        methods: Methods::from_bits(number(record, "methods", password.bits())?),
        device: Device::new(text("browser"), text("system"), kind),
        address: text("address").to_owned(),
        place: record.get("place").cloned(),
        remembered: number::<u8>(record, "remembered", 0)? != 0,
    })
}

fn moment(record: &Record, name: &str) -> Option<OffsetDateTime> {
    from_microseconds(record.get(name)?.parse().ok()?)
}

/// The number in the field `name`, `missing` if there is no such field.
fn number<T: FromStr>(record: &Record, name: &str, missing: T) -> Option<T> {
    record.get(name).map_or(Some(missing), |number| number.parse().ok())
}
