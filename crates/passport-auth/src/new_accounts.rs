use std::sync::Arc;

use passport_user::{
    AccountEvent, Consent, EventKind, InsertUserError, NickName, PasswordHash, PhoneNumber,
    TermsVersion, User, UserRepository,
};
use thiserror::Error;

use crate::{
    Caller, Clock, ConsentRequired, Events, Terms, Unavailable,
    event::{Effect, EventSubject},
};

/// Creates accounts of proven numbers, if people may sign up.
#[derive(Debug, Clone)]
pub struct NewAccounts {
    /// Whether people may sign up.
    pub is_open: bool,
    /// Terms that accounts are subject to.
    pub terms: Terms,
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
    #[error(transparent)]
    Consent(#[from] ConsentRequired),
    #[error("phone number is already registered")]
    PhoneTaken,
    #[error("user could not be stored")]
    NotStored(#[source] Unavailable),
}

/// An account to create.
#[derive(Debug)]
pub(crate) struct NewAccount<'a> {
    pub(crate) phone: &'a PhoneNumber,
    pub(crate) password: Option<PasswordHash>,
    pub(crate) nick_name: Option<NickName>,
    /// Version of the terms that the person consents to.
    pub(crate) terms: Option<TermsVersion>,
    pub(crate) client: &'a Caller,
}

impl NewAccounts {
    /// Creates an account, with the consent in the same act. `event` is written with it; without one, an
    /// event of its own is.
    pub(crate) async fn create(
        &self,
        new: NewAccount<'_>,
        event: Option<AccountEvent>,
    ) -> Result<User, NoAccount> {
        let NewAccount { phone, password, nick_name, terms, client } = new;
        if !self.is_open {
            return Err(NoAccount::Closed);
        }
        let (accepted, now) = (self.terms.accept(terms.as_ref())?, self.clock.now());
        let consent = accepted.map(|version| Consent::new(version, now));
        let user = User { consent, ..User::new(phone.clone(), password, now) };
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
