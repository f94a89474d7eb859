use std::sync::Arc;

use passport_session::{Session, SessionId};
use passport_user::{AccountEvent, User, UserId, UserRepository};

use crate::{
    Denied, Detached, Operator, OperatorError, Sessions, Unavailable,
    account_control::{AccountControl, Attempt},
    event::{EventSubject, Operation},
};

/// Lists and ends the sessions of a user, for operators.
#[derive(Debug, Clone)]
pub struct SessionControl {
    /// Repository of users.
    pub users: Arc<dyn UserRepository>,
    /// Sessions of users.
    pub sessions: Sessions,
    /// Runner of operations.
    pub detached: Detached,
}

impl SessionControl {
    /// Valid sessions of the user, latest first.
    ///
    /// # Errors
    ///
    /// If the store could not answer. The caller logs the cause.
    pub async fn list(&self, user: &User) -> Result<Vec<Session>, Unavailable> {
        self.sessions.list(user).await
    }

    /// Ends the session `id` of the user; returns whether there was one.
    ///
    /// # Errors
    ///
    /// If the store could not answer: the session may still be live.
    pub async fn end_one(
        &self,
        user: UserId,
        id: SessionId,
        operator: &Operator,
    ) -> Result<bool, Unavailable> {
        let sessions = self.sessions.clone();
        let subject = EventSubject::operator(operator).user_id(user).session(id);
        let act = |_| async move { sessions.end_one(user, id).await };
        self.detached.perform(Operation::EndSession, subject, act).await
    }

    /// Ends all sessions of the user at once on every node, wherever sessions are stored: the epoch of
    /// the user is raised, and nothing else is changed.
    ///
    /// # Errors
    ///
    /// See [`OperatorError`].
    pub async fn end_all(&self, user: UserId, operator: &Operator) -> Result<(), OperatorError> {
        let (this, subject) = (self.clone(), EventSubject::operator(operator).user_id(user));
        let act = |event: AccountEvent| async move {
            let events = this.detached.events().clone();
            let control = AccountControl { users: Arc::clone(&this.users), events };
            let users = &this.users;
            let raised = control.change(user, &event, |found, event| async move {
                // The same standing in the next epoch.
                let set = users.set_standing(user, found.epoch, found.standing, &event).await;
                Ok(set.map_err(Denied::from)?.map_or(Attempt::Stale, |_| Attempt::Made(())))
            });
            raised.await?;
            this.sessions.clean_up(user, None).await;
            Ok(())
        };
        self.detached.perform(Operation::EndAllSessions, subject, act).await
    }
}
