use std::sync::Arc;

use passport_user::{AccountEvent, Actor, Standing, StandingKind, UserId, UserRepository};
use thiserror::Error;

use crate::{
    Clock, Denied, Detached, Sessions,
    event::{EventSubject, Operation, Refused},
};

/// How often the account is read again because it was changed meanwhile.
const ATTEMPTS: usize = 3;

/// Disables and enables accounts, for operators.
#[derive(Debug, Clone)]
pub struct StandingControl {
    /// Repository of users.
    pub users: Arc<dyn UserRepository>,
    /// Sessions of users.
    pub sessions: Sessions,
    /// Runner of operations.
    pub detached: Detached,
    /// Clock.
    pub clock: Arc<dyn Clock>,
}

impl StandingControl {
    /// Disables the account: all sessions end at once on every node, and it cannot sign in. Returns
    /// false if it was disabled already.
    ///
    /// # Errors
    ///
    /// See [`StandingError`].
    pub async fn disable(&self, user: UserId, operator: Actor) -> Result<bool, StandingError> {
        let since = self.clock.now().truncate_to_microsecond();
        let disabled = Standing::Disabled { since };
        self.change(user, operator, Operation::Disable, disabled).await
    }

    /// Lets a disabled account sign in again. Returns false if it is not disabled.
    ///
    /// # Errors
    ///
    /// See [`StandingError`].
    pub async fn enable(&self, user: UserId, operator: Actor) -> Result<bool, StandingError> {
        self.change(user, operator, Operation::Enable, Standing::Active).await
    }

    async fn change(
        &self,
        user: UserId,
        operator: Actor,
        operation: Operation,
        standing: Standing,
    ) -> Result<bool, StandingError> {
        let (this, subject) = (self.clone(), EventSubject::user(user, operator));
        let act = |mut event: AccountEvent| async move {
            for _ in 0..ATTEMPTS {
                let found = this.users.find(user).await.map_err(Denied::from)?;
                let found = found.ok_or(StandingError::NoUser)?;
                let is_disabled = found.standing.kind() == StandingKind::Disabled;
                if is_disabled == (operation == Operation::Disable) {
                    return Ok(false);
                }
                event.phone = found.phone.as_ref().map(|it| this.detached.events().phone(it));
                let set = this.users.set_standing(user, found.epoch, standing, &event).await;
                if set.map_err(Denied::from)?.is_some() {
                    this.sessions.clean_up(user, None).await;
                    return Ok(true);
                }
            }
            Err(StandingError::Conflict)
        };
        self.detached.perform(operation, subject, act).await
    }
}

/// Reason why the standing was not changed.
#[derive(Debug, Error)]
pub enum StandingError {
    /// A store could not answer.
    #[error("{0}")]
    Denied(#[from] Denied),
    /// There is no such user.
    #[error("there is no such user")]
    NoUser,
    /// The account was changed several times meanwhile.
    #[error("account was changed meanwhile")]
    Conflict,
}

impl Refused for StandingError {
    fn rule(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.rule(),
            Self::NoUser => "not-found",
            Self::Conflict => "conflict",
        }
    }
}
