use std::sync::Arc;

use passport_session::SessionToken;
use passport_user::{AccountEvent, Standing, User, UserRepository};
use thiserror::Error;

use crate::{
    Arrival, Caller, Clock, Continuation, ContinuationGone, Denied, Detached, Entrance, SignedIn,
    error::StepError,
    event::{Effect, EventSubject, Operation, Refused},
};

/// Withdraws the deletion of an account, for the person who signed in and was told of it.
#[derive(Debug, Clone)]
pub struct Restore {
    /// Begin of the session, and key of continuations.
    pub entrance: Entrance,
    /// Repository of users.
    pub users: Arc<dyn UserRepository>,
    /// Runner of operations.
    pub detached: Detached,
    /// Clock.
    pub clock: Arc<dyn Clock>,
}

/// Request to withdraw a deletion.
#[derive(Debug)]
pub struct Return {
    /// What the sign-in has given.
    pub continuation: Continuation,
    /// Whether the person asked for a long session.
    pub remember: bool,
    /// The client.
    pub client: Caller,
    /// Token that the browser holds already. Its session ends.
    pub former: Option<SessionToken>,
}

impl Restore {
    /// Makes the account active again and signs in.
    ///
    /// Runs to its end even if the caller stops waiting.
    ///
    /// # Errors
    ///
    /// See [`RestoreError`].
    pub async fn restore(&self, request: Return) -> Result<SignedIn, RestoreError> {
        let (this, subject) = (self.clone(), EventSubject::of(&request.client));
        let act = |mut event: AccountEvent| async move {
            let Return { continuation, remember, client, former } = request;
            let now = this.clock.now();
            let proved = this.entrance.continuations.open(&continuation, now);
            let proved = proved.ok_or(ContinuationGone)?;
            let user = this.users.find(proved.user).await.map_err(Denied::from)?;
            let is_the_same = |user: &User| {
                user.epoch == proved.epoch && matches!(user.standing, Standing::Leaving { .. })
            };
            let user = user.filter(is_the_same).ok_or(ContinuationGone)?;
            _ = user.describe(&mut event);
            event.phone = user.phone.as_ref().map(|phone| this.detached.events().phone(phone));
            let (id, expected) = (user.id, user.epoch);
            let set = this.users.set_standing(id, expected, Standing::Active, &event).await;
            let epoch = set.map_err(Denied::from)?.ok_or(ContinuationGone)?;
            let user = User { standing: Standing::Active, epoch, ..user };
            let methods = proved.methods;
            let arrival = Arrival { methods, remember, former, client: client.clone() };
            match this.entrance.enter(user, arrival).await {
                Ok(signed_in) => {
                    this.detached.events().record_begin(&signed_in, &client);
                    Ok(signed_in)
                }
                Err(StepError::Denied(denied)) => Err(denied.into()),
                // The account is active here; if it was changed since, the session is not valid.
                Err(StepError::Refused(_)) => Err(ContinuationGone.into()),
            }
        };
        self.detached.perform(Operation::Restore, subject, act).await
    }
}

/// Reason why the deletion was not withdrawn.
///
/// Exhaustive, because each wire must have an answer for each variant.
#[derive(Debug, Error)]
pub enum RestoreError {
    /// A store could not answer. The account may be active again: sign in to see.
    #[error("{0}")]
    Denied(#[from] Denied),
    /// The continuation is not valid, or the account has been changed or deleted since.
    #[error(transparent)]
    Gone(#[from] ContinuationGone),
}

impl Refused for RestoreError {
    fn rule(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.rule(),
            Self::Gone(_) => "continuation-gone",
        }
    }
}
