//! Queries about users, written once and expanded for each database.

use async_trait::async_trait;
use diesel::prelude::*;
use passport_user::{
    InsertUserError, PasswordHash, PhoneNumber, User, UserId, UserRepository, UserRepositoryError,
};
use time::OffsetDateTime;

macro_rules! user_repository {
    ($repository:ident, $backend:ident) => {
        #[derive(Debug)]
        pub(crate) struct $repository(pub(crate) crate::$backend::Pool);

        const _: () = {
            use crate::$backend::{UserRow, schema::users, values};

            #[async_trait]
            impl UserRepository for $repository {
                /// The unique index on the number decides; nothing is read beforehand.
                async fn insert(&self, user: &User) -> Result<(), InsertUserError> {
                    let query = diesel::insert_into(users::table)
                        .values(UserRow::from(user))
                        .on_conflict(users::phone)
                        .do_nothing();
                    match self.0.execute(query).await.map_err(UserRepositoryError::new)? {
                        0 => Err(InsertUserError::PhoneTaken),
                        _ => Ok(()),
                    }
                }

                async fn find(&self, id: UserId) -> Result<Option<User>, UserRepositoryError> {
                    let query = users::table
                        .filter(users::id.eq(values::id(id.as_uuid())))
                        .select(UserRow::as_select());
                    let rows = self.0.load(query).await.map_err(UserRepositoryError::new)?;
                    let user = rows.into_iter().next().map(User::try_from).transpose();
                    user.map_err(UserRepositoryError::new)
                }

                async fn find_by_phone(
                    &self,
                    phone: &PhoneNumber,
                ) -> Result<Option<User>, UserRepositoryError> {
                    let query = users::table
                        .filter(users::phone.eq(phone.as_e164().to_owned()))
                        .select(UserRow::as_select());
                    let rows = self.0.load(query).await.map_err(UserRepositoryError::new)?;
                    let user = rows.into_iter().next().map(User::try_from).transpose();
                    user.map_err(UserRepositoryError::new)
                }

                async fn record_login(
                    &self,
                    id: UserId,
                    at: OffsetDateTime,
                ) -> Result<(), UserRepositoryError> {
                    let at = values::moment(at);
                    let is_later = users::last_login_at.is_null().or(users::last_login_at.lt(at));
                    let query = diesel::update(users::table)
                        .filter(users::id.eq(values::id(id.as_uuid())))
                        .filter(is_later)
                        .set(users::last_login_at.eq(at));
                    self.0.execute(query).await.map_err(UserRepositoryError::new)?;
                    Ok(())
                }

                async fn replace_password_hash(
                    &self,
                    id: UserId,
                    old: &PasswordHash,
                    new: &PasswordHash,
                ) -> Result<bool, UserRepositoryError> {
                    let query = diesel::update(users::table)
                        .filter(users::id.eq(values::id(id.as_uuid())))
                        .filter(users::password_hash.eq(old.as_str().to_owned()))
                        .set(users::password_hash.eq(new.as_str().to_owned()));
                    let replaced = self.0.execute(query).await.map_err(UserRepositoryError::new)?;
                    Ok(replaced > 0)
                }
            }
        };
    };
}

user_repository!(PostgresUserRepository, postgres);
user_repository!(SqliteUserRepository, sqlite);
