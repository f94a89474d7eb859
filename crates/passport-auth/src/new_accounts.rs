use std::sync::Arc;

use passport_user::{
    AccountEvent, EventKind, InsertUserError, NickName, PasswordHash, PhoneNumber, User,
    UserRepository,
};
use thiserror::Error;

use crate::{
    Caller, Clock, Events, Unavailable,
    event::{Effect, EventSubject},
};

/// Creates accounts of proven numbers, if people may sign up.
#[derive(Debug, Clone)]
pub struct NewAccounts {
    /// Whether people may sign up.
    pub is_open: bool,
    /// Repository of users.
    pub users: Arc<dyn UserRepository>,
    /// Events.
    pub events: Events,
    /// Clock.
    pub clock: Arc<dyn Clock>,
}

/// Reason why no account was created.
#[derive(Debug, Error)]
pub(crate) enum NoAccount {
    #[error("sign-up is closed")]
    Closed,
    #[error("phone number is already registered")]
    PhoneTaken,
    #[error("user could not be stored")]
    NotStored(#[source] Unavailable),
}

impl NewAccounts {
    /// Creates an account. `event` is written with it; without one, an event of its own is.
    pub(crate) async fn create(
        &self,
        phone: &PhoneNumber,
        password: Option<PasswordHash>,
        nick_name: Option<NickName>,
        client: &Caller,
        event: Option<AccountEvent>,
    ) -> Result<User, NoAccount> {
        if !self.is_open {
            return Err(NoAccount::Closed);
        }
        let user = User::new(phone.clone(), password, self.clock.now());
        let user = match nick_name {
            Some(nick_name) => User { nick_name, ..user },
            None => user,
        };
        let subject = || EventSubject::of(client).phone(phone);
        let mut event =
            event.unwrap_or_else(|| self.events.make(EventKind::UserCreated, subject()));
        _ = user.describe(&mut event);
        match self.users.insert(&user, &event).await {
            Ok(()) => Ok(user),
            Err(InsertUserError::PhoneTaken) => Err(NoAccount::PhoneTaken),
            Err(InsertUserError::Unavailable(error)) => Err(NoAccount::NotStored(error.into())),
        }
    }
}
