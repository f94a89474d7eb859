//! Records of sessions: hashes whose fields have names, so that versions can differ in them.

use std::{collections::HashMap, str::FromStr, time::Duration};

use passport_session::{Device, DeviceKind, Method, Methods, Session, SessionId};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    RedisError,
    moment::{from_microseconds, microseconds, span},
};

/// Record as Redis returns it, empty if there is none. Fields of newer versions are ignored.
pub(super) type Record = HashMap<String, String>;

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
