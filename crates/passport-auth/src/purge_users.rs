use std::{error::Error, sync::Arc};

use passport_user::{AccountEvent, Actor, UserId, UserRepository};
use tracing::warn;

use crate::{
    Clock, Detached, Sessions, Unavailable,
    event::{EventSubject, Operation},
};

/// Most users of one run.
const AT_ONCE: u32 = 100;

/// Deletes the accounts whose grace period has ended.
#[derive(Debug, Clone)]
pub struct PurgeUsers {
    /// Repository of users.
    pub users: Arc<dyn UserRepository>,
    /// Sessions of users.
    pub sessions: Sessions,
    /// Runner of operations.
    pub detached: Detached,
    /// Clock.
    pub clock: Arc<dyn Clock>,
}

impl PurgeUsers {
    /// Deletes at most 100 accounts; returns their number. A user that cannot be deleted is logged, and
    /// comes again in the next run.
    ///
    /// # Errors
    ///
    /// If the repository could not list the users.
    pub async fn run(&self) -> Result<usize, Unavailable> {
        let due = self.users.due_for_purge(self.clock.now(), AT_ONCE).await?;
        let mut purged = 0;
        for user in due {
            match self.purge(user).await {
                Ok(is_purged) => purged += usize::from(is_purged),
                Err(error) => {
                    warn!(%user, error = &error as &dyn Error, "user was not purged");
                }
            }
        }
        Ok(purged)
    }

    async fn purge(&self, user: UserId) -> Result<bool, Unavailable> {
        let (this, subject) = (self.clone(), EventSubject::user(user, Actor::System));
        let act = |event: AccountEvent| async move {
            let purged = this.users.purge(user, this.clock.now(), &event).await?;
            if purged {
                this.sessions.clean_up(user, None).await;
            }
            Ok(purged)
        };
        self.detached.perform(Operation::Purge, subject, act).await
    }
}
