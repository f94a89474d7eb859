//! Sessions with their users in one query, written once and expanded for each database.

use diesel::prelude::*;
use passport_session::{Session, SessionDigest};
use passport_user::User;
use time::OffsetDateTime;

use crate::{DatabaseError, failure::Failure, users::stored::PURGED};

/// Reader of sessions with their users. Each request of a signed-in client needs both, so they are one
/// query.
#[derive(Debug, Clone)]
pub struct SignedInUsers(Reader);

#[derive(Debug, Clone)]
enum Reader {
    Postgres(PostgresSignedIn),
    Sqlite(SqliteSignedIn),
}

impl SignedInUsers {
    /// The session under `digest`, if it is active at `now`, and its user with the current number.
    ///
    /// The caller has to compare the epochs of the two, and check the standing of the user.
    ///
    /// # Errors
    ///
    /// If the database does not answer, or a stored row is damaged.
    pub async fn find(
        &self,
        digest: &SessionDigest,
        now: OffsetDateTime,
    ) -> Result<Option<(Session, User)>, DatabaseError> {
        let found = match &self.0 {
            Reader::Postgres(reader) => reader.find(digest, now).await,
            Reader::Sqlite(reader) => reader.find(digest, now).await,
        };
        Ok(found?)
    }
}

impl From<PostgresSignedIn> for SignedInUsers {
    fn from(reader: PostgresSignedIn) -> Self {
        Self(Reader::Postgres(reader))
    }
}

impl From<SqliteSignedIn> for SignedInUsers {
    fn from(reader: SqliteSignedIn) -> Self {
        Self(Reader::Sqlite(reader))
    }
}

macro_rules! signed_in {
    ($reader:ident, $backend:ident) => {
        #[derive(Debug, Clone)]
        pub(crate) struct $reader(pub(crate) crate::$backend::Pool);

        const _: () = {
            use crate::$backend::{
                SessionRow, UserRow,
                schema::{sessions, user_phones, users},
                values,
            };

            impl $reader {
                async fn find(
                    &self,
                    digest: &SessionDigest,
                    now: OffsetDateTime,
                ) -> Result<Option<(Session, User)>, Failure> {
                    let is_current =
                        user_phones::user_id.eq(users::id).and(user_phones::until.is_null());
                    let query = sessions::table
                        .inner_join(users::table.on(users::id.eq(sessions::subject)))
                        .left_join(user_phones::table.on(is_current))
                        .filter(sessions::digest.eq(digest.as_bytes().to_vec()))
                        .filter(sessions::ends_at.gt(values::moment(now)))
                        .filter(users::standing.ne(PURGED))
                        .select((
                            SessionRow::as_select(),
                            UserRow::as_select(),
                            user_phones::phone.nullable(),
                        ));
                    let rows: Vec<(SessionRow, UserRow, Option<String>)> =
                        self.0.load(query).await?;
                    let found = rows.into_iter().next().map(|(session, user, phone)| {
                        Ok((Session::try_from(session)?, user.user(phone)?))
                    });
                    found.transpose()
                }
            }
        };
    };
}

signed_in!(PostgresSignedIn, postgres);
signed_in!(SqliteSignedIn, sqlite);
