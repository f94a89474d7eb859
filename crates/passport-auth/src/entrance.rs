use std::{error::Error, sync::Arc};

use passport_session::{Session, SessionToken};
use passport_user::{AccountEvent, Standing, User, UserRepository};
use thiserror::Error;
use time::OffsetDateTime;
use tracing::warn;

use crate::{Arrival, Continuation, ContinuationKey, Sessions, error::StepError, event::Effect};

/// Lets people in who have given every proof that their account asks for.
///
/// The standing of the account is told only here, after the proof, so that a stranger does not learn
/// of it.
#[derive(Debug, Clone)]
pub struct Entrance {
    /// Sessions of users.
    pub sessions: Sessions,
    /// Repository of users.
    pub users: Arc<dyn UserRepository>,
    /// Key of continuations.
    pub continuations: ContinuationKey,
}

/// A user who signed in.
#[derive(Debug)]
pub struct SignedIn {
    /// The user.
    pub user: User,
    /// New session.
    pub session: Session,
    /// Token of the new session.
    pub token: SessionToken,
}

/// Reason why a person is not let in who has given every proof.
///
/// Exhaustive, because each wire must have an answer for each variant.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotAdmitted {
    /// An operator disabled the account.
    #[error("account is disabled")]
    Disabled,
    /// The person asked for the deletion of the account, and can withdraw that.
    #[error("account is to be deleted")]
    Leaving {
        /// Time of the deletion.
        purge_at: OffsetDateTime,
        /// What withdraws it.
        continuation: Continuation,
    },
}

impl Entrance {
    /// Begins a session of `user`, who must be as it was when the proof was checked.
    pub(crate) async fn enter(
        &self,
        user: User,
        arrival: Arrival,
    ) -> Result<SignedIn, StepError<NotAdmitted>> {
        match user.standing {
            Standing::Active => {}
            Standing::Disabled { .. } => return Err(StepError::Refused(NotAdmitted::Disabled)),
            Standing::Leaving { purge_at, .. } => {
                let now = self.sessions.now();
                let continuation = self.continuations.issue(&user, arrival.methods, now);
                return Err(StepError::Refused(NotAdmitted::Leaving { purge_at, continuation }));
            }
        }
        let begun = self.sessions.begin(&user, arrival).await;
        let (session, token) = begun.map_err(StepError::denied)?;
        let user = self.record_login(user, session.created_at).await;
        Ok(SignedIn { user, session, token })
    }

    /// Records the time of the sign-in. A failure does not fail the sign-in, because the record only
    /// informs.
    async fn record_login(&self, user: User, now: OffsetDateTime) -> User {
        if let Err(error) = self.users.record_login(user.id, now).await {
            warn!(error = &error as &dyn Error, "sign-in was not recorded");
            return user;
        }
        User { last_login_at: Some(now), ..user }
    }
}

impl NotAdmitted {
    /// Name of the rule, as events carry it.
    pub(crate) fn rule(&self) -> &'static str {
        match self {
            Self::Disabled => "account-disabled",
            Self::Leaving { .. } => "account-leaving",
        }
    }
}

impl Effect for SignedIn {
    fn describe(&self, event: &mut AccountEvent) -> bool {
        self.session.describe(event)
    }
}
