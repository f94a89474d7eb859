use std::{sync::Arc, time::Duration};

use passport_session::{Method, Session};
use passport_user::User;
use thiserror::Error;
use time::OffsetDateTime;

use crate::{Authenticated, Clock};

/// Decides whether a session has been proved recently enough for what changes the account.
///
/// A code by SMS opens an account, but changes what opens it only if there is nothing else: otherwise
/// a stolen SIM would take the account for good (NIST SP 800-63B-4 §3.1.3.3).
#[derive(Debug, Clone)]
pub struct Freshness {
    fresh_for: Duration,
    clock: Arc<dyn Clock>,
}

/// The session has to be confirmed first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("session has to be confirmed by one of {accepted:?}")]
pub struct ConfirmationRequired {
    /// Proofs that confirm it.
    pub accepted: &'static [Method],
}

impl Freshness {
    /// Longest time for which a proof may be fresh (OWASP ASVS 7.5.1).
    pub const MAX: Duration = Duration::from_mins(15);

    /// Sessions are fresh for `fresh_for` after a proof.
    pub fn new(fresh_for: Duration, clock: Arc<dyn Clock>) -> Self {
        Self { fresh_for, clock }
    }

    /// The proofs that confirm a session of `user`.
    pub fn accepted(user: &User) -> &'static [Method] {
        if user.password_hash.is_some() { &[Method::Password] } else { &[Method::Code] }
    }

    /// Time until which the session is fresh; in the past if it is not. `None` if it was opened by
    /// something weaker than what the account has.
    pub fn until(&self, user: &User, session: &Session) -> Option<OffsetDateTime> {
        let is_strong = user.password_hash.is_none() || session.methods.contains(Method::Password);
        is_strong.then(|| session.authenticated_at + self.fresh_for)
    }

    /// Refuses a session that is not fresh.
    ///
    /// # Errors
    ///
    /// See [`ConfirmationRequired`].
    pub fn require(&self, person: &Authenticated) -> Result<(), ConfirmationRequired> {
        let now = self.clock.now();
        // A session that was proved in the future belongs to a clock that was set back.
        let is_fresh = |until| now <= until && now + Self::MAX >= until - self.fresh_for;
        if self.until(&person.user, &person.session).is_some_and(is_fresh) {
            Ok(())
        } else {
            Err(ConfirmationRequired { accepted: Self::accepted(&person.user) })
        }
    }
}
