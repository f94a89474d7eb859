use std::sync::Arc;

use passport_session::{Lifetime, Session, SessionId, SessionStore, SessionToken};
use passport_user::UserId;
use rand::rng;

use crate::{Clock, Unavailable};

/// Sessions of users: begins, finds, lists and ends them.
#[derive(Debug, Clone)]
pub struct Sessions {
    store: Arc<dyn SessionStore>,
    lifetimes: SessionLifetimes,
    clock: Arc<dyn Clock>,
}

/// Lifetimes of new sessions.
#[derive(Debug, Clone, Copy)]
pub struct SessionLifetimes {
    /// Lifetime by default.
    pub standard: Lifetime,
    /// Lifetime if the person asked to be remembered.
    pub remembered: Lifetime,
}

impl Sessions {
    /// Sessions in `store`.
    pub fn new(
        store: Arc<dyn SessionStore>,
        lifetimes: SessionLifetimes,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { store, lifetimes, clock }
    }

    /// Begins a session of `user` with a new token, and ends the session of `former`, the token that
    /// the browser holds already.
    ///
    /// The new session is stored before the former one ends, so a failure in between does not
    /// sign the person out. Such a failure is returned, because the former token must not stay valid; the new token
    /// is then dropped and its session expires unused.
    ///
    /// # Errors
    ///
    /// If a store could not answer.
    pub async fn begin(
        &self,
        user: UserId,
        is_remembered: bool,
        former: Option<&SessionToken>,
    ) -> Result<(Session, SessionToken), Unavailable> {
        let SessionLifetimes { standard, remembered } = self.lifetimes;
        let lifetime = if is_remembered { remembered } else { standard };
        let token = SessionToken::generate(&mut rng());
        let session = Session::begin(user.as_uuid(), lifetime, self.clock.now());
        self.store.create(&token.digest(), &session).await?;
        if let Some(former) = former {
            self.end(former).await?;
        }
        Ok((session, token))
    }

    /// Live session of `token`.
    ///
    /// # Errors
    ///
    /// If the store could not answer.
    pub async fn find(&self, token: &SessionToken) -> Result<Option<Session>, Unavailable> {
        Ok(self.store.find(&token.digest(), self.clock.now()).await?)
    }

    /// Records that `session`, which `token` belongs to, is used now, if the last record is old
    /// enough to be worth a write. Returns the session as it is stored.
    ///
    /// # Errors
    ///
    /// If the store could not answer.
    pub async fn touch(
        &self,
        token: &SessionToken,
        session: Session,
    ) -> Result<Session, Unavailable> {
        // Truncated to microseconds, the precision of every backend.
        let now = self.clock.now().truncate_to_microsecond();
        if !session.is_touch_due(now) {
            return Ok(session);
        }
        self.store.touch(&token.digest(), now).await?;
        Ok(Session { last_seen_at: now, ..session })
    }

    /// Live sessions of `user`, latest first.
    ///
    /// # Errors
    ///
    /// If the store could not answer.
    pub async fn list(&self, user: UserId) -> Result<Vec<Session>, Unavailable> {
        Ok(self.store.list(user.as_uuid(), self.clock.now()).await?)
    }

    /// Ends the session of `token` and returns it, if it was live.
    ///
    /// # Errors
    ///
    /// If the store could not answer: the session may still be live.
    pub async fn end(&self, token: &SessionToken) -> Result<Option<Session>, Unavailable> {
        let Some(session) = self.find(token).await? else { return Ok(None) };
        self.store.revoke(session.subject, session.id).await?;
        Ok(Some(session))
    }

    /// Ends the session `id` of `user`; returns whether there was one. A session of another user is
    /// not touched.
    ///
    /// # Errors
    ///
    /// If the store could not answer: the session may still be live.
    pub async fn end_one(&self, user: UserId, id: SessionId) -> Result<bool, Unavailable> {
        Ok(self.store.revoke(user.as_uuid(), id).await?)
    }

    /// Ends all sessions of `user` except `kept`. Every session that began before the call ends, also
    /// one that begins on another node at the same time.
    ///
    /// # Errors
    ///
    /// If the store could not answer: the sessions may still be live.
    pub async fn end_others(&self, user: UserId, kept: SessionId) -> Result<(), Unavailable> {
        Ok(self.store.revoke_all(user.as_uuid(), Some(kept)).await?)
    }
}
