use passport_session::{Session, SessionId};

use crate::{
    Authenticated, Detached, Sessions, Unavailable,
    event::{EventSubject, Operation},
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
        self.sessions.list(person.user.id).await
    }

    /// Ends the session `id` of the person; returns whether there was one. The session of another
    /// person is not affected, and the result does not show that it exists.
    ///
    /// Runs to its end even if the caller stops waiting.
    ///
    /// # Errors
    ///
    /// If the store could not answer: the session may still be live.
    pub async fn end(&self, person: &Authenticated, id: SessionId) -> Result<bool, Unavailable> {
        let (sessions, user) = (self.sessions.clone(), person.user.id);
        let subject = EventSubject::session(user, id);
        let act = async move { sessions.end_one(user, id).await };
        self.detached.perform(Operation::EndSession, subject, act).await
    }

    /// Ends all sessions of the person except the one of the request.
    ///
    /// Runs to its end even if the caller stops waiting.
    ///
    /// # Errors
    ///
    /// If the store could not answer: the sessions may still be live.
    pub async fn end_others(&self, person: &Authenticated) -> Result<(), Unavailable> {
        let (sessions, user, kept) = (self.sessions.clone(), person.user.id, person.session.id);
        let subject = EventSubject::session(user, kept);
        let act = async move { sessions.end_others(user, kept).await };
        self.detached.perform(Operation::EndOtherSessions, subject, act).await
    }
}
