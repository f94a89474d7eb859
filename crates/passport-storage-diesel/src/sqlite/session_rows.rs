use diesel::{prelude::*, sqlite::Sqlite};
use passport_session::{Session, SessionDigest, SessionId};

use super::{
    schema::sessions,
    values::{id, moment, span, stored_id, stored_moment, stored_span},
};
use crate::{
    failure::Failure,
    sessions::stored::{device, kind_number, methods, methods_number, stored_epoch},
};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = sessions, check_for_backend(Sqlite))]
pub(crate) struct SessionRow {
    digest: Vec<u8>,
    id: Vec<u8>,
    subject: Vec<u8>,
    created_at: i64,
    last_seen_at: i64,
    idle: i64,
    expires_at: i64,
    ends_at: i64,
    epoch: i64,
    authenticated_at: i64,
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
            id: id(session.id.as_uuid()),
            subject: id(session.subject),
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
        Ok(Self {
            id: SessionId::from_uuid(stored_id(&row.id)?),
            subject: stored_id(&row.subject)?,
            created_at: stored_moment(row.created_at)?,
            last_seen_at: stored_moment(row.last_seen_at)?,
            idle: stored_span(row.idle)?,
            expires_at: stored_moment(row.expires_at)?,
            epoch: stored_epoch(row.epoch)?,
            authenticated_at: stored_moment(row.authenticated_at)?,
            methods: methods(row.methods),
            device: device(&row.browser, &row.system, row.device_kind),
            address: row.address,
            place: row.place,
            remembered: row.remembered,
        })
    }
}
