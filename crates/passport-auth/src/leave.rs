use std::{sync::Arc, time::Duration};

use passport_user::{AccountEvent, Standing, UserRepository};
use thiserror::Error;
use time::OffsetDateTime;

use crate::{
    AccountNotice, Authenticated, Caller, Clock, ConfirmationRequired, Denied, Detached, Freshness,
    Notices, Sessions,
    event::{Effect, EventSubject, Operation, Refused},
};

/// Requests the deletion of the own account.
#[derive(Debug, Clone)]
pub struct Leave {
    /// Freshness of sessions.
    pub freshness: Freshness,
    /// Repository of users.
    pub users: Arc<dyn UserRepository>,
    /// Sessions of users.
    pub sessions: Sessions,
    /// Notices to the owner.
    pub notices: Notices,
    /// Period in which the deletion can be withdrawn.
    pub grace: Duration,
    /// Runner of operations.
    pub detached: Detached,
    /// Clock.
    pub clock: Arc<dyn Clock>,
}

/// The account is to be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaving {
    /// Time of the deletion.
    pub purge_at: OffsetDateTime,
}

impl Leave {
    /// Ends all sessions, and has the account deleted at the end of the grace period.
    ///
    /// Runs to its end even if the caller stops waiting.
    ///
    /// # Errors
    ///
    /// See [`LeaveError`].
    pub async fn leave(
        &self,
        person: Authenticated,
        client: Caller,
    ) -> Result<Leaving, LeaveError> {
        let (this, subject) = (self.clone(), EventSubject::person(&person, &client));
        let act = |mut event: AccountEvent| async move {
            this.freshness.require(&person)?;
            let since = this.clock.now().truncate_to_microsecond();
            let purge_at = since + this.grace;
            let standing = Standing::Leaving { since, purge_at };
            _ = Leaving { purge_at }.describe(&mut event);
            let (id, epoch) = (person.user.id, person.user.epoch);
            let set = this.users.set_standing(id, epoch, standing, &event).await;
            set.map_err(Denied::from)?.ok_or(LeaveError::Conflict)?;
            this.sessions.clean_up(id, None).await;
            let phone = person.user.phone.as_ref();
            this.notices.tell(phone, AccountNotice::AccountLeaving, client.locale).await;
            Ok(Leaving { purge_at })
        };
        self.detached.perform(Operation::Leave, subject, act).await
    }
}

/// Reason why the deletion was not requested.
///
/// Exhaustive, because each wire must have an answer for each variant.
#[derive(Debug, Error)]
pub enum LeaveError {
    /// A store could not answer. The deletion may have been requested.
    #[error("{0}")]
    Denied(#[from] Denied),
    /// The session is not fresh.
    #[error(transparent)]
    NotFresh(#[from] ConfirmationRequired),
    /// The account was changed meanwhile, so the session has ended.
    #[error("account was changed meanwhile")]
    Conflict,
}

impl Refused for LeaveError {
    fn rule(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.rule(),
            Self::NotFresh(_) => "confirmation-required",
            Self::Conflict => "conflict",
        }
    }
}

impl Effect for Leaving {
    fn describe(&self, event: &mut AccountEvent) -> bool {
        event.detail.insert("purge_at".to_owned(), self.purge_at.to_string());
        true
    }
}
