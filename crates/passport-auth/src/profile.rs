use std::sync::Arc;

use passport_user::{AccountEvent, EventFilter, EventId, Journal, NickName, User, UserRepository};

use crate::{
    Authenticated, Caller, Denied, Detached, Limits,
    event::{Effect, EventSubject, Operation, Refused},
};

/// The own profile: nick name and history.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Repository of users.
    pub users: Arc<dyn UserRepository>,
    /// Journal of events.
    pub journal: Arc<dyn Journal>,
    /// Limits.
    pub limits: Limits,
    /// Runner of operations.
    pub detached: Detached,
}

impl Profile {
    /// Events of one page of history.
    pub const PAGE: u32 = 50;

    /// Changes the nick name; returns the user as it is then.
    ///
    /// Runs to its end even if the caller stops waiting.
    ///
    /// # Errors
    ///
    /// If the person changes names too often, or a store could not answer.
    pub async fn rename(
        &self,
        person: Authenticated,
        nick_name: NickName,
        client: Caller,
    ) -> Result<User, Denied> {
        let (this, subject) = (self.clone(), EventSubject::person(&person, &client));
        let act = |event| async move {
            let user = person.user;
            if user.nick_name == nick_name {
                return Ok(Renamed::Not(user));
            }
            let hit = this.limits.charge(&this.limits.rename(user.id)).await?;
            match this.users.rename(user.id, &nick_name, &event).await {
                Ok(true) => Ok(Renamed::Now(User { nick_name, ..user })),
                // Purged meanwhile.
                Ok(false) => Ok(Renamed::Not(user)),
                Err(error) => {
                    this.limits.refund(&hit).await;
                    Err(error.into())
                }
            }
        };
        let done = self.detached.perform(Operation::Rename, subject, act).await;
        done.map(|(Renamed::Now(user) | Renamed::Not(user))| user)
    }

    /// Latest events about the person, newest first, at most [`PAGE`](Self::PAGE); with `before` those
    /// that are older than that event.
    ///
    /// # Errors
    ///
    /// If the person reads too often, or the journal could not answer.
    pub async fn history(
        &self,
        person: &Authenticated,
        before: Option<EventId>,
    ) -> Result<Vec<AccountEvent>, Denied> {
        let user = person.user.id;
        self.limits.charge(&self.limits.history(user)).await?;
        let filter = EventFilter { subject: Some(user), ..EventFilter::default() };
        Ok(self.journal.read(&filter, before, Self::PAGE).await?)
    }
}

/// The user, whose name is new or is what it was.
enum Renamed {
    Now(User),
    Not(User),
}

impl Effect for Renamed {
    fn describe(&self, _: &mut AccountEvent) -> bool {
        matches!(self, Self::Now(_))
    }
}

impl Refused for Denied {
    fn rule(&self) -> &'static str {
        Self::rule(self)
    }
}
