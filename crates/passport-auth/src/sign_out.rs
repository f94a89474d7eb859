use passport_session::SessionToken;

use crate::{
    Caller, Detached, Sessions, Unavailable,
    event::{EventSubject, Operation},
};

/// Ends a session, so that its token is no longer valid.
#[derive(Debug, Clone)]
pub struct SignOut {
    /// Sessions of users.
    pub sessions: Sessions,
    /// Runner of operations.
    pub detached: Detached,
}

impl SignOut {
    /// Ends the session of `token`, if there is one.
    ///
    /// Runs to its end even if the caller stops waiting: a person who signs out and closes the page
    /// is signed out.
    ///
    /// # Errors
    ///
    /// If the store could not answer: the session may still be live.
    pub async fn sign_out(&self, token: &SessionToken, client: &Caller) -> Result<(), Unavailable> {
        let (sessions, token) = (self.sessions.clone(), token.clone());
        let act = |_| async move { sessions.end(&token).await };
        self.detached.perform(Operation::SignOut, EventSubject::of(client), act).await.map(drop)
    }
}
