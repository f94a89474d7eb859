use std::time::Duration;

use diesel::{data_types::PgInterval, pg::Pg, prelude::*};
use passport_session::{Session, SessionDigest, SessionId};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    schema::sessions,
    values::{moment, span},
};
use crate::{
    failure::Failure,
    sessions::stored::{device, kind_number, methods, methods_number, stored_epoch},
};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = sessions, check_for_backend(Pg))]
pub(crate) struct SessionRow {
    digest: Vec<u8>,
    id: Uuid,
    subject: Uuid,
    created_at: OffsetDateTime,
    last_seen_at: OffsetDateTime,
    idle: PgInterval,
    expires_at: OffsetDateTime,
    ends_at: OffsetDateTime,
    epoch: i64,
    authenticated_at: OffsetDateTime,
    methods: i16,
    browser: String,
    system: String,
    device_kind: i16,
    address: String,
    place: Option<String>,
    remembered: bool,
}

impl SessionRow {
    pub(crate) fn new(digest: &SessionDigest, session: &Session) -> Self {
        Self {
            digest: digest.as_bytes().to_vec(),
            id: session.id.as_uuid(),
            subject: session.subject,
            created_at: moment(session.created_at),
            last_seen_at: moment(session.last_seen_at),
            idle: span(session.idle),
            expires_at: moment(session.expires_at),
            ends_at: moment(session.ends_at()),
            epoch: session.epoch.into(),
            authenticated_at: moment(session.authenticated_at),
            methods: methods_number(session.methods),
            browser: session.device.browser().to_owned(),
            system: session.device.system().to_owned(),
            device_kind: kind_number(session.device.kind()),
            address: session.address.clone(),
            place: session.place.clone(),
            remembered: session.remembered,
        }
    }
}

impl TryFrom<SessionRow> for Session {
    type Error = Failure;

    fn try_from(row: SessionRow) -> Result<Self, Failure> {
        let idle = u64::try_from(row.idle.microseconds).map_err(|e| Failure::Row(e.into()))?;
        Ok(Self {
            id: SessionId::from_uuid(row.id),
            subject: row.subject,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            idle: Duration::from_micros(idle),
            expires_at: row.expires_at,
            epoch: stored_epoch(row.epoch)?,
            authenticated_at: row.authenticated_at,
            methods: methods(row.methods),
            device: device(&row.browser, &row.system, row.device_kind),
            address: row.address,
            place: row.place,
            remembered: row.remembered,
        })
    }
}
