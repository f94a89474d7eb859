use std::time::Duration;

use diesel::{data_types::PgInterval, pg::Pg, prelude::*};
use passport_session::{Session, SessionDigest, SessionId};
use passport_user::{NickName, PasswordHash, PhoneNumber, User, UserId};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    schema::{sessions, users},
    values::{moment, span},
};
use crate::failure::Failure;

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(Pg))]
pub(crate) struct UserRow {
    id: Uuid,
    phone: String,
    nick_name: String,
    password_hash: String,
    created_at: OffsetDateTime,
    last_login_at: Option<OffsetDateTime>,
}

impl From<&User> for UserRow {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.as_uuid(),
            phone: user.phone.as_e164().to_owned(),
            nick_name: user.nick_name.as_str().to_owned(),
            password_hash: user.password_hash.as_str().to_owned(),
            created_at: moment(user.created_at),
            last_login_at: user.last_login_at.map(moment),
        }
    }
}

impl TryFrom<UserRow> for User {
    type Error = Failure;

    fn try_from(row: UserRow) -> Result<Self, Failure> {
        Ok(Self {
            id: UserId::from_uuid(row.id),
            phone: PhoneNumber::from_e164(row.phone).map_err(|error| Failure::Row(error.into()))?,
            nick_name: NickName::from_stored(row.nick_name),
            password_hash: PasswordHash::new(row.password_hash),
            created_at: row.created_at,
            last_login_at: row.last_login_at,
        })
    }
}

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
        })
    }
}
