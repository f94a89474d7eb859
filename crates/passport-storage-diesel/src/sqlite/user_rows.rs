use diesel::{prelude::*, sqlite::Sqlite};
use passport_user::{NickName, PasswordHash, PhoneNumber, User, UserId};

use super::{
    schema::users,
    values::{id, moment, stored_id, stored_moment},
};
use crate::{
    failure::Failure,
    users::stored::{consent, epoch, epoch_number, kind_number, standing, standing_times},
};

/// A user without the phone number, which is in a table of its own.
#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(Sqlite))]
pub(crate) struct UserRow {
    id: Vec<u8>,
    nick_name: String,
    password_hash: Option<String>,
    standing: i16,
    standing_since: Option<i64>,
    purge_at: Option<i64>,
    epoch: i32,
    created_at: i64,
    last_login_at: Option<i64>,
    terms_version: Option<String>,
    terms_accepted_at: Option<i64>,
}

impl From<&User> for UserRow {
    fn from(user: &User) -> Self {
        let (since, purge_at) = standing_times(user.standing);
        Self {
            id: id(user.id.as_uuid()),
            nick_name: user.nick_name.as_str().to_owned(),
            password_hash: user.password_hash.as_ref().map(|hash| hash.as_str().to_owned()),
            standing: kind_number(user.standing.kind()),
            standing_since: since.map(moment),
            purge_at: purge_at.map(moment),
            epoch: epoch_number(user.epoch),
            created_at: moment(user.created_at),
            last_login_at: user.last_login_at.map(moment),
            terms_version: user.consent.as_ref().map(|consent| consent.version.as_str().to_owned()),
            terms_accepted_at: user.consent.as_ref().map(|consent| moment(consent.at)),
        }
    }
}

impl UserRow {
    /// The user whose current number is `phone`.
    pub(crate) fn user(self, phone: Option<String>) -> Result<User, Failure> {
        let phone = phone.map(PhoneNumber::from_e164).transpose();
        let since = self.standing_since.map(stored_moment).transpose()?;
        let purge_at = self.purge_at.map(stored_moment).transpose()?;
        let accepted_at = self.terms_accepted_at.map(stored_moment).transpose()?;
        Ok(User {
            id: UserId::from_uuid(stored_id(&self.id)?),
            phone: phone.map_err(|error| Failure::Row(error.into()))?,
            nick_name: NickName::from_stored(self.nick_name),
            password_hash: self.password_hash.map(PasswordHash::new),
            standing: standing(self.standing, since, purge_at)?,
            epoch: epoch(self.epoch)?,
            created_at: stored_moment(self.created_at)?,
            last_login_at: self.last_login_at.map(stored_moment).transpose()?,
            consent: consent(self.terms_version, accepted_at)?,
        })
    }
}
