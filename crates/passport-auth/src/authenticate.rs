use std::{fmt, sync::Arc};

use async_trait::async_trait;
use passport_session::{Session, SessionDigest, SessionStore, SessionToken};
use passport_user::{PasswordHash, User, UserId, UserRepository};
use time::OffsetDateTime;

use crate::{Authenticated, Sessions, Unavailable};

/// Finds the user of a session token.
#[derive(Debug, Clone)]
pub struct Authenticate {
    /// Reader of sessions and their users.
    pub signed_in: Arc<dyn SignedInUsers>,
    /// Sessions of users.
    pub sessions: Sessions,
}

/// Reads a session and its user: one question, which one database answers with one query.
#[async_trait]
pub trait SignedInUsers: fmt::Debug + Send + Sync + 'static {
    /// The session under `digest` that has not ended at `now`, and its user.
    ///
    /// # Errors
    ///
    /// If a store could not answer.
    async fn find(
        &self,
        digest: &SessionDigest,
        now: OffsetDateTime,
    ) -> Result<Option<(Session, User)>, Unavailable>;
}

/// [`SignedInUsers`] whose sessions and users are in different stores.
#[derive(Debug, Clone)]
pub struct SeparateStores {
    /// Store of sessions.
    pub sessions: Arc<dyn SessionStore>,
    /// Repository of users.
    pub users: Arc<dyn UserRepository>,
}

#[async_trait]
impl SignedInUsers for SeparateStores {
    async fn find(
        &self,
        digest: &SessionDigest,
        now: OffsetDateTime,
    ) -> Result<Option<(Session, User)>, Unavailable> {
        let Some(session) = self.sessions.find(digest, now).await? else { return Ok(None) };
        let user = self.users.find(UserId::from_uuid(session.subject)).await?;
        Ok(user.map(|user| (session, user)))
    }
}

impl Authenticate {
    /// Returns the user and session of `token`, or `None` if the token is not valid (any more): the
    /// session has ended, the user may not sign in, or a change of the account has ended the sessions
    /// of its epoch.
    ///
    /// Such a change takes effect at once on every node, because the user is read at each call, or from a
    /// cache whose entry is dropped before the change is made: see [`UserCache`](crate::UserCache).
    ///
    /// The hash of the password is [withheld](PasswordHash::withheld): what compares a password reads the
    /// repository.
    ///
    /// # Errors
    ///
    /// If a store could not answer. Treat the client as not signed in.
    pub async fn authenticate(
        &self,
        token: &SessionToken,
    ) -> Result<Option<Authenticated>, Unavailable> {
        let found = self.signed_in.find(&token.digest(), self.sessions.now()).await?;
        let Some((session, mut user)) = found else { return Ok(None) };
        if !user.is_active() || session.epoch != user.epoch.number() {
            return Ok(None);
        }
        user.password_hash = user.password_hash.map(|_| PasswordHash::withheld());
        let session = self.sessions.touch(token, session).await?;
        Ok(Some(Authenticated { user, session, token: token.clone() }))
    }
}
