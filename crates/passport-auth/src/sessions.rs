use std::{error::Error, sync::Arc, time::Duration};

use passport_session::{
    Lifetime, Method, Methods, NewSession, Session, SessionId, SessionStore, SessionToken,
};
use passport_user::{Epoch, User, UserId};
use rand::rng;
use time::OffsetDateTime;
use tracing::warn;

use crate::{Authenticated, Caller, Clock, Unavailable};

/// Sessions of users: begins, lists, rotates and ends them.
#[derive(Debug, Clone)]
pub struct Sessions {
    store: Arc<dyn SessionStore>,
    lifetimes: SessionLifetimes,
    clock: Arc<dyn Clock>,
}

/// How a person signs in.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Kinds of proof that were given.
    pub methods: Methods,
    /// Whether the person asked to be remembered.
    pub remember: bool,
    /// Token that the browser holds already. Its session ends.
    pub former: Option<SessionToken>,
    /// The client.
    pub client: Caller,
}

/// A session whose token was replaced.
#[derive(Debug)]
pub struct Renewed {
    /// The session, as it is stored now.
    pub session: Session,
    /// New token. The former one is not valid any more.
    pub token: SessionToken,
    /// Time from now to the end of the session, whether or not it is used.
    pub expires_in: Duration,
}

/// Lifetimes of new sessions.
#[derive(Debug, Clone, Copy)]
pub struct SessionLifetimes {
    /// Lifetime by default.
    pub standard: Lifetime,
    /// Lifetime if the person asked to be remembered.
    pub remembered: Lifetime,
}

/// An hour without use and a day in all; 7 and 30 days if the person asked to be remembered.
impl Default for SessionLifetimes {
    fn default() -> Self {
        let lifetime = |idle: u64, absolute: u64| {
            Lifetime::new(Duration::from_hours(idle), Duration::from_hours(absolute))
                .expect("the lifetime is within bounds")
        };
        Self { standard: lifetime(1, 24), remembered: lifetime(7 * 24, 30 * 24) }
    }
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

    /// Begins a session of `user` in the user's present epoch with a new token, and ends the session of
    /// the token that the browser holds already.
    ///
    /// `user` must be as it was when the proof was checked: if it has changed since, so has its epoch,
    /// and the session is not valid.
    ///
    /// The new session is stored before the former one ends, so a failure in between does not
    /// sign the person out. Such a failure is returned, because the former token must not stay valid; the
    /// new token is then dropped and its session expires unused.
    ///
    /// # Errors
    ///
    /// If a store could not answer.
    pub async fn begin(
        &self,
        user: &User,
        arrival: Arrival,
    ) -> Result<(Session, SessionToken), Unavailable> {
        let Arrival { methods, remember, former, client } = arrival;
        let SessionLifetimes { standard, remembered } = self.lifetimes;
        let token = SessionToken::generate(&mut rng());
        let new = NewSession {
            subject: user.id.as_uuid(),
            epoch: user.epoch.number(),
            lifetime: if remember { remembered } else { standard },
            methods,
            device: client.device,
            address: client.address.to_string(),
            place: None,
            remembered: remember,
        };
        let session = Session::begin(new, self.clock.now());
        self.store.create(&token.digest(), &session).await?;
        if let Some(former) = former {
            self.end(&former).await?;
        }
        Ok((session, token))
    }

    /// Replaces the token of the person's session, which is in `epoch` from now on. A `proof` makes it
    /// fresh. Returns `None` if the session has ended.
    ///
    /// # Errors
    ///
    /// If the store could not answer. The former token may be invalid.
    pub(crate) async fn renew(
        &self,
        person: &Authenticated,
        proof: Option<Method>,
        epoch: Epoch,
    ) -> Result<Option<Renewed>, Unavailable> {
        let (token, now) = (SessionToken::generate(&mut rng()), self.clock.now());
        let mut session = Session { epoch: epoch.number(), ..person.session.clone() };
        if let Some(method) = proof {
            session.methods = session.methods.with(method);
            session.authenticated_at = now.truncate_to_microsecond();
        }
        let (old, new) = (person.token.digest(), token.digest());
        let renewed = self.store.rotate(&old, &new, &session, now).await?;
        let expires_in = Duration::try_from(session.expires_at - now).unwrap_or_default();
        Ok(renewed.then_some(Renewed { session, token, expires_in }))
    }

    /// Renews the session of a person after a change of the account.
    ///
    /// The change is made, so a failure is logged and returns `None`: the person signs in again.
    pub(crate) async fn keep(
        &self,
        person: &Authenticated,
        proof: Option<Method>,
        epoch: Epoch,
    ) -> Option<Renewed> {
        self.renew(person, proof, epoch).await.unwrap_or_else(|outage| {
            warn!(error = &outage as &dyn Error, "session was not renewed");
            None
        })
    }

    /// Keeps the person signed in after a change that has begun `epoch` and so has made all sessions
    /// invalid: renews the session of the request, and deletes the others.
    pub(crate) async fn carry_over(
        &self,
        person: &Authenticated,
        proof: Option<Method>,
        epoch: Epoch,
    ) -> Option<Renewed> {
        let renewed = self.keep(person, proof, epoch).await;
        let kept = renewed.as_ref().map(|renewed| renewed.session.id);
        self.clean_up(person.user.id, kept).await;
        renewed
    }

    /// Ends all sessions of `user` but `kept`, after the epoch of the user has made them invalid: this
    /// frees their room, and takes them from the list. A failure is logged.
    pub(crate) async fn clean_up(&self, user: UserId, kept: Option<SessionId>) {
        if let Err(error) = self.store.revoke_all(user.as_uuid(), kept).await {
            warn!(error = &error as &dyn Error, "invalid sessions were not deleted");
        }
    }

    /// Time of the sessions.
    pub(crate) fn now(&self) -> OffsetDateTime {
        self.clock.now()
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

    /// Valid sessions of `user`, latest first.
    ///
    /// # Errors
    ///
    /// If the store could not answer.
    pub async fn list(&self, user: &User) -> Result<Vec<Session>, Unavailable> {
        let mut sessions = self.store.list(user.id.as_uuid(), self.clock.now()).await?;
        sessions.retain(|session| session.epoch == user.epoch.number());
        Ok(sessions)
    }

    /// Ends the session of `token` and returns it, if it was live.
    ///
    /// # Errors
    ///
    /// If the store could not answer: the session may still be live.
    pub async fn end(&self, token: &SessionToken) -> Result<Option<Session>, Unavailable> {
        let found = self.store.find(&token.digest(), self.clock.now()).await?;
        let Some(session) = found else { return Ok(None) };
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
