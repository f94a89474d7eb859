use std::sync::Arc;

use passport_user::{AccountEvent, PhoneNumber, UserId, UserRepository};
use thiserror::Error;

use crate::{
    AccountNotice, Caller, Clock, CodePurpose, CodeRefusal, Denied, Detached, Failures, Notices,
    PhoneProof, Sessions, TypedCode,
    error::wraps_steps,
    event::{Effect, EventSubject, Operation, Refused, acted_by},
};

/// Undoes a change of number, for the person who still has the former one.
#[derive(Debug, Clone)]
pub struct UndoNumber {
    /// Proof of the former number.
    pub proof: PhoneProof,
    /// Repository of users.
    pub users: Arc<dyn UserRepository>,
    /// Sessions of users.
    pub sessions: Sessions,
    /// Failures in a row.
    pub failures: Failures,
    /// Notices to the owner.
    pub notices: Notices,
    /// Runner of operations.
    pub detached: Detached,
    /// Clock.
    pub clock: Arc<dyn Clock>,
}

impl UndoNumber {
    /// Spends the code that was sent to the `former` number, then makes it the number of the account
    /// again. The password is removed and all sessions end, because the person who changed the number
    /// may know the one and have the others.
    ///
    /// Runs to its end even if the caller stops waiting. If a store fails after the code was spent, the
    /// code is given back.
    ///
    /// # Errors
    ///
    /// See [`UndoNumberError`].
    pub async fn undo(
        &self,
        former: PhoneNumber,
        code: TypedCode,
        client: Caller,
    ) -> Result<(), UndoNumberError> {
        let (this, subject) = (self.clone(), EventSubject::of(&client).phone(&former));
        let act = |event| async move {
            let claim = code.claim(CodePurpose::UndoNumber, &former, None, client.client);
            let proven = this.proof.prove(claim).await?;
            let outcome = this.restore(&former, event).await;
            if let Err(UndoNumberError::Denied(_)) = outcome {
                proven.give_back().await;
            }
            let undone = outcome?;
            this.sessions.clean_up(undone.0, None).await;
            this.failures.clear(&former).await;
            this.notices.tell(Some(&former), AccountNotice::NumberUndone, client.locale).await;
            Ok(undone)
        };
        self.detached.perform(Operation::UndoNumber, subject, act).await.map(drop)
    }

    async fn restore(
        &self,
        former: &PhoneNumber,
        mut event: AccountEvent,
    ) -> Result<Undone, UndoNumberError> {
        let now = self.clock.now();
        let found = self.users.find_by_former_phone(former, now).await.map_err(Denied::from)?;
        let undone = Undone(found.ok_or(UndoNumberError::NothingToUndo)?.id);
        _ = undone.describe(&mut event);
        let restored = self.users.undo_number(undone.0, former, now, &event).await;
        restored.map_err(Denied::from)?.ok_or(UndoNumberError::NothingToUndo)?;
        Ok(undone)
    }
}

/// The user whose number is the former one again.
struct Undone(UserId);

impl Effect for Undone {
    fn describe(&self, event: &mut AccountEvent) -> bool {
        acted_by(self.0, event);
        true
    }
}

/// Reason why nothing was undone.
///
/// Exhaustive, because each wire must have an answer for each variant.
#[derive(Debug, Error)]
pub enum UndoNumberError {
    /// The operation was refused before the code was compared, or a store could not answer. The code can
    /// be used again, unless its store failed too.
    #[error("{0}")]
    Denied(#[from] Denied),
    /// The code proves nothing.
    #[error(transparent)]
    Code(#[from] CodeRefusal),
    /// No account has changed from this number in the period for an undo; the code is spent.
    #[error("there is no change of number to undo")]
    NothingToUndo,
}

wraps_steps!(UndoNumberError);

impl Refused for UndoNumberError {
    fn rule(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.rule(),
            Self::Code(refusal) => refusal.rule(),
            Self::NothingToUndo => "nothing-to-undo",
        }
    }
}
