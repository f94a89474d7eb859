use std::{sync::Arc, time::Duration};

use passport_user::{AccountEvent, Standing, UserId, UserRepository};
use time::OffsetDateTime;

use crate::{
    Clock, Denied, Detached, Operator, OperatorError, Sessions,
    account_control::{AccountControl, Attempt},
    event::{Effect, EventSubject, Operation},
};

/// Disables, enables, deletes and restores accounts, for operators.
///
/// Every change ends all sessions at once on every node.
#[derive(Debug, Clone)]
pub struct StandingControl {
    /// Repository of users.
    pub users: Arc<dyn UserRepository>,
    /// Sessions of users.
    pub sessions: Sessions,
    /// Period in which a deletion can be withdrawn.
    pub grace: Duration,
    /// Runner of operations.
    pub detached: Detached,
    /// Clock.
    pub clock: Arc<dyn Clock>,
}

/// The standing of an account was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StandingChanged {
    /// Standing before.
    pub former: Standing,
    /// Standing after.
    pub standing: Standing,
}

impl StandingControl {
    /// Disables the account: it cannot sign in. Returns `None` if it is disabled already. A deletion
    /// that its owner has requested is withdrawn; [`StandingChanged::former`] has it.
    ///
    /// # Errors
    ///
    /// See [`OperatorError`].
    pub async fn disable(
        &self,
        user: UserId,
        operator: &Operator,
    ) -> Result<Option<StandingChanged>, OperatorError> {
        let since = self.now();
        self.change(user, operator, Operation::Disable, move |former| {
            Ok(match former {
                Standing::Active | Standing::Leaving { .. } => Some(Standing::Disabled { since }),
                Standing::Disabled { .. } => None,
            })
        })
        .await
    }

    /// Lets a disabled account sign in again. Returns `None` if it is not disabled.
    ///
    /// # Errors
    ///
    /// See [`OperatorError`].
    pub async fn enable(
        &self,
        user: UserId,
        operator: &Operator,
    ) -> Result<Option<StandingChanged>, OperatorError> {
        self.change(user, operator, Operation::Enable, |former| {
            Ok(match former {
                Standing::Disabled { .. } => Some(Standing::Active),
                Standing::Active | Standing::Leaving { .. } => None,
            })
        })
        .await
    }

    /// Withdraws the deletion of an account. Returns `None` if none was requested.
    ///
    /// # Errors
    ///
    /// See [`OperatorError`].
    pub async fn restore(
        &self,
        user: UserId,
        operator: &Operator,
    ) -> Result<Option<StandingChanged>, OperatorError> {
        self.change(user, operator, Operation::Restore, |former| {
            Ok(match former {
                Standing::Leaving { .. } => Some(Standing::Active),
                Standing::Active | Standing::Disabled { .. } => None,
            })
        })
        .await
    }

    /// Has the account deleted at the end of the grace period; until then its owner can withdraw the
    /// deletion. Returns `None` if a deletion was requested already, whose time does not change.
    ///
    /// # Errors
    ///
    /// See [`OperatorError`]. A disabled account is refused, because its owner could come back.
    pub async fn delete(
        &self,
        user: UserId,
        operator: &Operator,
    ) -> Result<Option<StandingChanged>, OperatorError> {
        let since = self.now();
        let purge_at = since + self.grace;
        self.change(user, operator, Operation::Leave, move |former| match former {
            Standing::Active => Ok(Some(Standing::Leaving { since, purge_at })),
            Standing::Leaving { .. } => Ok(None),
            Standing::Disabled { .. } => Err(OperatorError::Disabled),
        })
        .await
    }

    /// Deletes everything about the account now, whatever its standing; there is no way back. Returns
    /// false if another caller deleted it at the same time.
    ///
    /// If a store fails in the middle, the service deletes the rest within minutes.
    ///
    /// # Errors
    ///
    /// See [`OperatorError`].
    pub async fn delete_now(
        &self,
        user: UserId,
        operator: &Operator,
    ) -> Result<bool, OperatorError> {
        let now = self.now();
        self.change(user, operator, Operation::Leave, move |former| {
            Ok(match former {
                Standing::Leaving { purge_at, .. } if purge_at <= now => None,
                Standing::Leaving { since, .. } => Some(Standing::Leaving { since, purge_at: now }),
                Standing::Active | Standing::Disabled { .. } => {
                    Some(Standing::Leaving { since: now, purge_at: now })
                }
            })
        })
        .await?;
        let (this, subject) = (self.clone(), EventSubject::operator(operator).user_id(user));
        let act = |event: AccountEvent| async move {
            let purged = this.users.purge(user, now, &event).await.map_err(Denied::from)?;
            if purged {
                this.sessions.clean_up(user, None).await;
            }
            Ok(purged)
        };
        self.detached.perform(Operation::Purge, subject, act).await
    }

    async fn change(
        &self,
        user: UserId,
        operator: &Operator,
        operation: Operation,
        next: impl Fn(Standing) -> Result<Option<Standing>, OperatorError> + Send + Sync + 'static,
    ) -> Result<Option<StandingChanged>, OperatorError> {
        let (this, subject) = (self.clone(), EventSubject::operator(operator).user_id(user));
        let act = |event: AccountEvent| async move {
            let events = this.detached.events().clone();
            let control = AccountControl { users: Arc::clone(&this.users), events };
            let (users, next) = (&this.users, &next);
            let changed = control.change(user, &event, |found, mut event| async move {
                let former = found.standing;
                let Some(standing) = next(former)? else { return Ok(Attempt::Made(None)) };
                let changed = StandingChanged { former, standing };
                _ = changed.describe(&mut event);
                let set = users.set_standing(user, found.epoch, standing, &event).await;
                Ok(match set.map_err(Denied::from)? {
                    Some(_) => Attempt::Made(Some(changed)),
                    None => Attempt::Stale,
                })
            });
            let changed = changed.await?;
            if changed.is_some() {
                this.sessions.clean_up(user, None).await;
            }
            Ok(changed)
        };
        self.detached.perform(operation, subject, act).await
    }

    fn now(&self) -> OffsetDateTime {
        self.clock.now().truncate_to_microsecond()
    }
}

impl Effect for StandingChanged {
    fn describe(&self, event: &mut AccountEvent) -> bool {
        if let Standing::Leaving { purge_at, .. } = self.standing {
            event.detail.insert("purge_at".to_owned(), purge_at.to_string());
        }
        if let (Standing::Leaving { purge_at, .. }, Standing::Disabled { .. }) =
            (self.former, self.standing)
        {
            event.detail.insert("withdrawn_purge_at".to_owned(), purge_at.to_string());
        }
        true
    }
}
