//! Users cached in the records of their sessions.

mod entry;
mod guarded;

use std::{error::Error, sync::Arc, time::Duration};

use async_trait::async_trait;
use passport_session::{CachedSession, Session, SessionDigest, SubjectCache};
use passport_user::{User, UserId, UserRepository};
use time::OffsetDateTime;
use tracing::debug;

pub use self::entry::UserCacheKey;
use self::guarded::GuardedUsers;
use crate::{SignedInUsers, Unavailable};

/// Time for which a cached user is used after the reading.
///
/// Changes do not depend on it, because they drop what is cached. It bounds for how long two things can
/// go unnoticed: a change that is made without the repository of [`UserCache::guard`], such as SQL by
/// hand; and the loss of the last writes when a replica of the store takes over. Half a minute is short
/// enough to wait for, and long enough that a session in use reads the repository in few of its requests. A
/// clock that is set back makes it longer by as much; a time in the future is not believed.
pub(crate) const MAX_AGE: Duration = Duration::from_secs(30);

/// Caches users in the records of their sessions, sealed, so that one read of the store of sessions finds
/// both.
///
/// Every process that changes users must do so through [`guard`](Self::guard), which drops what is cached
/// of a user before each change and after it, whatever the outcome: a session that a change has ended is
/// refused on every node from then on. If the cache does not answer or refuses to write, the change is not
/// begun, because it would be seen late.
#[derive(Debug, Clone)]
pub struct UserCache {
    cache: Arc<dyn SubjectCache>,
    key: UserCacheKey,
}

impl UserCache {
    /// Users sealed with `key` in `cache`.
    pub fn new(cache: Arc<dyn SubjectCache>, key: UserCacheKey) -> Self {
        Self { cache, key }
    }

    /// The repository `users`, whose changes drop what is cached.
    pub fn guard(&self, users: Arc<dyn UserRepository>) -> Arc<dyn UserRepository> {
        Arc::new(GuardedUsers { users, cache: Arc::clone(&self.cache) })
    }

    /// Reader of sessions and their users, who are in `users`.
    pub fn signed_in(&self, users: Arc<dyn UserRepository>) -> Arc<dyn SignedInUsers> {
        Arc::new(CachedUsers { users, cache: self.clone() })
    }
}

/// [`SignedInUsers`] over a cache.
#[derive(Debug)]
struct CachedUsers {
    users: Arc<dyn UserRepository>,
    cache: UserCache,
}

impl CachedUsers {
    /// The user in the entry, unless it is too old, or its epoch is not that of the session: only the
    /// repository refuses.
    fn cached(
        &self,
        digest: &SessionDigest,
        session: &Session,
        value: &[u8],
        now: OffsetDateTime,
    ) -> Option<User> {
        let (user, read_at) = self.cache.key.open(value, digest, session)?;
        let is_recent = Duration::try_from(now - read_at).is_ok_and(|age| age < MAX_AGE);
        (is_recent && is_admitted(&user, session)).then_some(user)
    }
}

fn is_admitted(user: &User, session: &Session) -> bool {
    user.is_active() && user.epoch.number() == session.epoch
}

#[async_trait]
impl SignedInUsers for CachedUsers {
    async fn find(
        &self,
        digest: &SessionDigest,
        now: OffsetDateTime,
    ) -> Result<Option<(Session, User)>, Unavailable> {
        let UserCache { cache, key } = &self.cache;
        let Some(found) = cache.look_up(digest, now).await? else { return Ok(None) };
        let CachedSession { session, value, version } = found;
        if let Some(user) = value.and_then(|it| self.cached(digest, &session, &it, now)) {
            return Ok(Some((session, user)));
        }
        let user = self.users.find(UserId::from_uuid(session.subject)).await?;
        let Some(user) = user else { return Ok(None) };
        if is_admitted(&user, &session) {
            let sealed = key.seal(&user, now, digest, &session);
            if let Err(error) = cache.fill(digest, &session, &version, &sealed).await {
                debug!(error = &error as &dyn Error, "user was not cached");
            }
        }
        Ok(Some((session, user)))
    }
}
