use std::{future::Future, sync::Arc};

use passport_user::{AccountEvent, User, UserId, UserRepository};
use thiserror::Error;

use crate::{Denied, Events, event::Refused};

/// How often the account is read again because it was changed meanwhile.
const ATTEMPTS: usize = 3;

/// What operators' changes of an account share: the account is read, and changed in the epoch that was
/// read, or again in the next one.
#[derive(Debug, Clone)]
pub(crate) struct AccountControl {
    pub(crate) users: Arc<dyn UserRepository>,
    pub(crate) events: Events,
}

/// Result of one attempt to change an account.
pub(crate) enum Attempt<T> {
    Made(T),
    /// The account has another epoch by now.
    Stale,
}

impl AccountControl {
    /// Calls `attempt` with the account, and with `event` completed by its number, until the change is
    /// made.
    pub(crate) async fn change<T, F>(
        &self,
        user: UserId,
        event: &AccountEvent,
        mut attempt: impl FnMut(User, AccountEvent) -> F,
    ) -> Result<T, OperatorError>
    where
        F: Future<Output = Result<Attempt<T>, OperatorError>>,
    {
        for _ in 0..ATTEMPTS {
            let found = self.users.find(user).await.map_err(Denied::from)?;
            let found = found.ok_or(OperatorError::NoUser)?;
            let phone = found.phone.as_ref().map(|phone| self.events.phone(phone));
            match attempt(found, AccountEvent { phone, ..event.clone() }).await? {
                Attempt::Made(made) => return Ok(made),
                Attempt::Stale => {}
            }
        }
        Err(OperatorError::Conflict)
    }
}

/// Reason why an operator's act was not done.
///
/// Exhaustive, because each wire must have an answer for each variant. Every act can be repeated: what
/// is done already is not done again.
#[derive(Debug, Error)]
pub enum OperatorError {
    /// A store could not answer. The act may have been done, in part or as a whole.
    #[error("{0}")]
    Denied(#[from] Denied),
    /// There is no such user.
    #[error("there is no such user")]
    NoUser,
    /// The user has no number.
    #[error("the user has no number")]
    NoNumber,
    /// The account is disabled, and a deletion with a grace period would let its owner come back.
    #[error(
        "the account is disabled, and its owner could withdraw a deletion that has a grace period"
    )]
    Disabled,
    /// The account was changed several times meanwhile.
    #[error("account was changed meanwhile")]
    Conflict,
}

impl Refused for OperatorError {
    fn rule(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.rule(),
            Self::NoUser => "not-found",
            Self::NoNumber => "no-number",
            Self::Disabled => "account-disabled",
            Self::Conflict => "conflict",
        }
    }
}
