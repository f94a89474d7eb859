//! Queries about sessions, written once and expanded for each database.

pub(crate) mod stored;

use async_trait::async_trait;
use diesel::{dsl::count_star, prelude::*};
use futures::{FutureExt, future::BoxFuture};
use passport_session::{Session, SessionDigest, SessionId, SessionStore, SessionStoreError};
use time::OffsetDateTime;
use uuid::Uuid;

/// Number of records that a purge deletes at once. Other writes get their turn between two batches.
const PURGE_BATCH: i64 = 1_000;

macro_rules! session_store {
    ($store:ident, $backend:ident) => {
        #[derive(Debug)]
        pub(crate) struct $store(pub(crate) crate::$backend::Pool);

        const _: () = {
            use crate::$backend::{SessionRow, least, schema::sessions, values};

            #[async_trait]
            impl SessionStore for $store {
                async fn create(
                    &self,
                    digest: &SessionDigest,
                    session: &Session,
                ) -> Result<(), SessionStoreError> {
                    let query = diesel::insert_into(sessions::table)
                        .values(SessionRow::new(digest, session));
                    self.0.execute(query).await.map_err(SessionStoreError::new)?;
                    Ok(())
                }

                async fn find(
                    &self,
                    digest: &SessionDigest,
                    now: OffsetDateTime,
                ) -> Result<Option<Session>, SessionStoreError> {
                    let query = sessions::table
                        .filter(sessions::digest.eq(digest.as_bytes().to_vec()))
                        .filter(sessions::ends_at.gt(values::moment(now)))
                        .select(SessionRow::as_select());
                    let rows = self.0.load(query).await.map_err(SessionStoreError::new)?;
                    let session = rows.into_iter().next().map(Session::try_from).transpose();
                    session.map_err(SessionStoreError::new)
                }

                async fn touch(
                    &self,
                    digest: &SessionDigest,
                    now: OffsetDateTime,
                ) -> Result<(), SessionStoreError> {
                    let now = values::moment(now);
                    let idle_end = now.into_sql::<values::Moment>() + sessions::idle;
                    let query = diesel::update(sessions::table)
                        .filter(sessions::digest.eq(digest.as_bytes().to_vec()))
                        .filter(sessions::ends_at.gt(now))
                        .filter(sessions::last_seen_at.lt(now))
                        .set((
                            sessions::last_seen_at.eq(now),
                            sessions::ends_at.eq(least(sessions::expires_at, idle_end)),
                        ));
                    self.0.execute(query).await.map_err(SessionStoreError::new)?;
                    Ok(())
                }

                async fn rotate(
                    &self,
                    old: &SessionDigest,
                    new: &SessionDigest,
                    session: &Session,
                    now: OffsetDateTime,
                ) -> Result<bool, SessionStoreError> {
                    let query = diesel::update(sessions::table)
                        .filter(sessions::digest.eq(old.as_bytes().to_vec()))
                        .filter(sessions::id.eq(values::id(session.id.as_uuid())))
                        .filter(sessions::ends_at.gt(values::moment(now)))
                        .set((
                            sessions::digest.eq(new.as_bytes().to_vec()),
                            sessions::epoch.eq(i64::from(session.epoch)),
                            sessions::authenticated_at.eq(values::moment(session.authenticated_at)),
                            sessions::methods.eq(stored::methods_number(session.methods)),
                        ));
                    let rotated = self.0.execute(query).await.map_err(SessionStoreError::new)?;
                    Ok(rotated > 0)
                }

                async fn list(
                    &self,
                    subject: Uuid,
                    now: OffsetDateTime,
                ) -> Result<Vec<Session>, SessionStoreError> {
                    let query = sessions::table
                        .filter(sessions::subject.eq(values::id(subject)))
                        .filter(sessions::ends_at.gt(values::moment(now)))
                        .order((sessions::created_at.desc(), sessions::id.desc()))
                        .select(SessionRow::as_select());
                    let rows = self.0.load(query).await.map_err(SessionStoreError::new)?;
                    let sessions: Result<_, _> = rows.into_iter().map(Session::try_from).collect();
                    sessions.map_err(SessionStoreError::new)
                }

                async fn revoke(
                    &self,
                    subject: Uuid,
                    id: SessionId,
                ) -> Result<bool, SessionStoreError> {
                    let query = diesel::delete(sessions::table)
                        .filter(sessions::id.eq(values::id(id.as_uuid())))
                        .filter(sessions::subject.eq(values::id(subject)));
                    let revoked = self.0.execute(query).await.map_err(SessionStoreError::new)?;
                    Ok(revoked > 0)
                }

                async fn revoke_all(
                    &self,
                    subject: Uuid,
                    keep: Option<SessionId>,
                ) -> Result<(), SessionStoreError> {
                    let all = diesel::delete(sessions::table)
                        .filter(sessions::subject.eq(values::id(subject)));
                    match keep {
                        None => self.0.execute(all).await,
                        Some(keep) => {
                            let others = all.filter(sessions::id.ne(values::id(keep.as_uuid())));
                            self.0.execute(others).await
                        }
                    }
                    .map_err(SessionStoreError::new)?;
                    Ok(())
                }

                async fn count(
                    &self,
                    now: OffsetDateTime,
                ) -> Result<Option<u64>, SessionStoreError> {
                    let query = sessions::table
                        .filter(sessions::ends_at.gt(values::moment(now)))
                        .select(count_star());
                    // Boxed, because otherwise the compiler does not see that the future is `Send`.
                    let counts: BoxFuture<'_, Result<Vec<i64>, _>> = self.0.load(query).boxed();
                    let counts = counts.await.map_err(SessionStoreError::new)?;
                    Ok(counts.first().and_then(|count| u64::try_from(*count).ok()))
                }

                async fn purge(&self, now: OffsetDateTime) -> Result<u64, SessionStoreError> {
                    let now = values::moment(now);
                    let over = diesel::alias!(sessions as over);
                    let mut purged = 0;
                    loop {
                        let batch = over
                            .filter(over.field(sessions::ends_at).le(now))
                            .select(over.field(sessions::digest))
                            .limit(PURGE_BATCH);
                        // The end is compared again, because the record may have changed since it
                        // was selected.
                        let query = diesel::delete(sessions::table)
                            .filter(sessions::digest.eq_any(batch))
                            .filter(sessions::ends_at.le(now));
                        match self.0.execute(query).await.map_err(SessionStoreError::new)? {
                            0 => return Ok(purged),
                            count => purged += count as u64,
                        }
                    }
                }
            }
        };
    };
}

session_store!(PostgresSessionStore, postgres);
session_store!(SqliteSessionStore, sqlite);
