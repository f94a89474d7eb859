use diesel::{prelude::*, sqlite::Sqlite};
use passport_session::{Session, SessionDigest, SessionId};

use super::{
    schema::sessions,
    values::{id, moment, span, stored_id, stored_moment, stored_span},
};
use crate::failure::Failure;

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
        })
    }
}
