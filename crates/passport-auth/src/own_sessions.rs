use passport_session::{Session, SessionId};
use passport_user::AccountEvent;

use crate::{
    Authenticated, Caller, Detached, Sessions, Unavailable,
    event::{Effect, EventSubject, Operation},
};

/// Lists and ends the sessions of a signed-in person, for a page that shows their devices.
#[derive(Debug, Clone)]
pub struct OwnSessions {
    /// Sessions of users.
    pub sessions: Sessions,
    /// Runner of operations.
    pub detached: Detached,
}

impl OwnSessions {
    /// Live sessions of the person, latest first. The session of the request is one of them.
    ///
    /// # Errors
    ///
    /// If the store could not answer. The caller logs the cause.
    pub async fn list(&self, person: &Authenticated) -> Result<Vec<Session>, Unavailable> {
        self.sessions.list(&person.user).await
    }

    /// Ends the session `id` of the person; returns whether there was one. The session of another
    /// person is not affected, and the result does not show that it exists.
    ///
    /// Runs to its end even if the caller stops waiting.
    ///
    /// # Errors
    ///
    /// If the store could not answer: the session may still be live.
    pub async fn end(
        &self,
        person: &Authenticated,
        id: SessionId,
        client: &Caller,
    ) -> Result<bool, Unavailable> {
        let (sessions, user) = (self.sessions.clone(), person.user.id);
        let subject = EventSubject::person(person, client).session(id);
        let act = |_| async move { sessions.end_one(user, id).await };
        self.detached.perform(Operation::EndSession, subject, act).await
    }

    /// Ends all sessions of the person except the one of the request; returns their number.
    ///
    /// Runs to its end even if the caller stops waiting.
    ///
    /// # Errors
    ///
    /// If the store could not answer: the sessions may still be live.
    pub async fn end_others(
        &self,
        person: &Authenticated,
        client: &Caller,
    ) -> Result<usize, Unavailable> {
        let (sessions, user, kept) =
            (self.sessions.clone(), person.user.clone(), person.session.id);
        let subject = EventSubject::person(person, client);
        let act = |_| async move {
            let others = sessions.list(&user).await?.len().saturating_sub(1);
            sessions.end_others(user.id, kept).await?;
            Ok(others)
        };
        self.detached.perform(Operation::EndOtherSessions, subject, act).await
    }
}

impl Effect for usize {
    fn describe(&self, _: &mut AccountEvent) -> bool {
        true
    }
}
