//! Sessions with their users in one query, written once and expanded for each database.

use std::sync::LazyLock;

use diesel::{
    dsl::{AsSelect, Nullable, SqlTypeOf, sql},
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    result::Error,
    sql_types::{Binary, SmallInt},
};
use passport_session::{Session, SessionDigest};
use passport_user::User;
use time::OffsetDateTime;

use crate::{DatabaseError, failure::Failure, known::pieces, users::stored::PURGED};

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
    ($reader:ident, $backend:ident, $connection:ty) => {
        #[derive(Debug, Clone)]
        pub(crate) struct $reader(pub(crate) crate::$backend::Pool);

        const _: () = {
            use crate::$backend::{
                Backend, SessionRow, UserRow,
                schema::{sessions, user_phones, users},
                values,
            };

            type Row = (SessionRow, UserRow, Option<String>);

            type Columns = (
                AsSelect<SessionRow, Backend>,
                AsSelect<UserRow, Backend>,
                Nullable<user_phones::phone>,
            );

            /// The session under `digest` that ends after `now`, with its user.
            struct Find {
                digest: Vec<u8>,
                now: values::StoredMoment,
            }

            /// The text of [`Find`], cut at its parameters.
            static TEXT: LazyLock<QueryResult<Vec<String>>> = LazyLock::new(|| {
                let is_current =
                    user_phones::user_id.eq(users::id).and(user_phones::until.is_null());
                // With a parameter PostgreSQL expects no user to pass, because nearly all have one standing.
                // Then a plan for the values looks better than one for all, and is made at each execution,
                // which takes longer than the query.
                let purged = sql::<SmallInt>(&PURGED.to_string());
                let find = sessions::table
                    .inner_join(users::table.on(users::id.eq(sessions::subject)))
                    .left_join(user_phones::table.on(is_current))
                    .filter(sessions::digest.eq(Vec::new()))
                    .filter(sessions::ends_at.gt(values::moment(OffsetDateTime::UNIX_EPOCH)))
                    .filter(users::standing.ne(purged))
                    .select((
                        SessionRow::as_select(),
                        UserRow::as_select(),
                        user_phones::phone.nullable(),
                    ));
                pieces::<Backend>(&find)
            });

            impl Query for Find {
                type SqlType = SqlTypeOf<Columns>;
            }

            impl RunQueryDsl<$connection> for Find {}

            impl QueryId for Find {
                type QueryId = Self;

                const HAS_STATIC_QUERY_ID: bool = true;
            }

            impl QueryFragment<Backend> for Find {
                fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
                    let Ok([find, and_ends, rest]) = TEXT.as_deref() else {
                        return Err(Error::QueryBuilderError("a query has no text".into()));
                    };
                    out.push_sql(find);
                    out.push_bind_param::<Binary, _>(&self.digest)?;
                    out.push_sql(and_ends);
                    out.push_bind_param::<values::Moment, _>(&self.now)?;
                    out.push_sql(rest);
                    Ok(())
                }
            }

            impl $reader {
                async fn find(
                    &self,
                    digest: &SessionDigest,
                    now: OffsetDateTime,
                ) -> Result<Option<(Session, User)>, Failure> {
                    let find =
                        Find { digest: digest.as_bytes().to_vec(), now: values::moment(now) };
                    let found: Option<Row> = self.0.find(find).await?;
                    let found = found.map(|(session, user, phone)| {
                        Ok((Session::try_from(session)?, user.user(phone)?))
                    });
                    found.transpose()
                }
            }
        };
    };
}

signed_in!(PostgresSignedIn, postgres, diesel_async::AsyncPgConnection);
signed_in!(SqliteSignedIn, sqlite, diesel::SqliteConnection);
