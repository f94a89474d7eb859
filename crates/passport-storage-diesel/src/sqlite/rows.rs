use diesel::{prelude::*, sqlite::Sqlite};
use passport_session::{Session, SessionDigest, SessionId};
use passport_user::{NickName, PasswordHash, PhoneNumber, User, UserId};

use super::{
    schema::{sessions, users},
    values::{id, moment, span, stored_id, stored_moment, stored_span},
};
use crate::failure::Failure;

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(Sqlite))]
pub(crate) struct UserRow {
    id: Vec<u8>,
    phone: String,
    nick_name: String,
    password_hash: String,
    created_at: i64,
    last_login_at: Option<i64>,
}

impl From<&User> for UserRow {
    fn from(user: &User) -> Self {
        Self {
            id: id(user.id.as_uuid()),
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
            id: UserId::from_uuid(stored_id(&row.id)?),
            phone: PhoneNumber::from_e164(row.phone).map_err(|error| Failure::Row(error.into()))?,
            nick_name: NickName::from_stored(row.nick_name),
            password_hash: PasswordHash::new(row.password_hash),
            created_at: stored_moment(row.created_at)?,
            last_login_at: row.last_login_at.map(stored_moment).transpose()?,
        })
    }
}

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
