use std::{sync::Arc, time::Duration};

use passport_user::{AccountEvent, NumberChange, NumberChanged, PhoneNumber, User, UserRepository};
use thiserror::Error;
use time::OffsetDateTime;

use crate::{
    AccountNotice, Authenticated, Caller, Clock, CodePurpose, CodeRefusal, ConfirmationRequired,
    Denied, Detached, Freshness, Notices, PhoneProof, Renewed, Sessions, TypedCode,
    error::wraps_steps,
    event::{Effect, EventSubject, Operation, Refused},
};

/// Replaces the number of a signed-in person.
#[derive(Debug, Clone)]
pub struct ChangeNumber {
    /// Freshness of sessions.
    pub freshness: Freshness,
    /// Proof of the new number.
    pub proof: PhoneProof,
    /// Repository of users.
    pub users: Arc<dyn UserRepository>,
    /// Sessions of users.
    pub sessions: Sessions,
    /// Notices to the former number.
    pub notices: Notices,
    /// Period in which the owner of the former number can undo the change.
    pub undo_for: Duration,
    /// Runner of operations.
    pub detached: Detached,
    /// Clock.
    pub clock: Arc<dyn Clock>,
}

/// The number was changed.
#[derive(Debug)]
pub struct ChangedNumber {
    /// The user, with the new number.
    pub user: User,
    /// Time until which the change can be undone from the former number.
    pub undo_until: OffsetDateTime,
    /// The session of the request under its new token; `None` if it could not be kept.
    pub renewed: Option<Renewed>,
}

impl ChangeNumber {
    /// Spends the code that was sent to the new number, then makes that the number of the account. All
    /// other sessions end, and the former number gets a notice.
    ///
    /// Runs to its end even if the caller stops waiting. If a store fails after the code was spent, the
    /// code is given back.
    ///
    /// # Errors
    ///
    /// See [`ChangeNumberError`].
    pub async fn change(
        &self,
        person: Authenticated,
        phone: PhoneNumber,
        code: TypedCode,
        client: Caller,
    ) -> Result<ChangedNumber, ChangeNumberError> {
        let this = self.clone();
        let subject = EventSubject::person(&person, &client).phone(&phone);
        let act = |event| async move {
            this.freshness.require(&person)?;
            let owner = Some(person.user.id);
            let claim = code.claim(CodePurpose::ChangeNumber, &phone, owner, client.client);
            let proven = this.proof.prove(claim).await?;
            let outcome = this.store(&person, phone, event).await;
            if let Err(ChangeNumberError::Denied(_)) = outcome {
                proven.give_back().await;
            }
            let changed = outcome?;
            let former = person.user.phone.as_ref();
            this.notices.tell(former, AccountNotice::NumberChanged, client.locale).await;
            Ok(changed)
        };
        self.detached.perform(Operation::ChangeNumber, subject, act).await
    }

    async fn store(
        &self,
        person: &Authenticated,
        number: PhoneNumber,
        event: AccountEvent,
    ) -> Result<ChangedNumber, ChangeNumberError> {
        let now = self.clock.now().truncate_to_microsecond();
        let change = NumberChange { number, now, undo_until: now + self.undo_for };
        let (id, expected) = (person.user.id, person.user.epoch);
        let changed = self.users.change_number(id, expected, &change, &event).await;
        match changed.map_err(Denied::from)? {
            NumberChanged::Taken => Err(ChangeNumberError::PhoneTaken),
            NumberChanged::Stale => Err(ChangeNumberError::Conflict),
            NumberChanged::TooMany => Err(ChangeNumberError::TooManyChanges),
            NumberChanged::Changed(epoch) => {
                let renewed = self.sessions.carry_over(person, None, epoch).await;
                let phone = Some(change.number);
                let user = User { phone, epoch, ..person.user.clone() };
                Ok(ChangedNumber { user, undo_until: change.undo_until, renewed })
            }
        }
    }
}

/// Reason why the number was not changed.
///
/// Exhaustive, because each wire must have an answer for each variant.
#[derive(Debug, Error)]
pub enum ChangeNumberError {
    /// The operation was refused before the code was compared, or a store could not answer. The code can
    /// be used again, unless its store failed too.
    #[error("{0}")]
    Denied(#[from] Denied),
    /// The session is not fresh; the code was not compared.
    #[error(transparent)]
    NotFresh(#[from] ConfirmationRequired),
    /// The code proves nothing.
    #[error(transparent)]
    Code(#[from] CodeRefusal),
    /// Another account has the number, or it is kept back for another account; the code is spent.
    #[error("phone number is already registered")]
    PhoneTaken,
    /// The number was changed too often in the last days.
    #[error("number was changed too often")]
    TooManyChanges,
    /// The account was changed meanwhile, so the session has ended.
    #[error("account was changed meanwhile")]
    Conflict,
}

wraps_steps!(ChangeNumberError);

impl Refused for ChangeNumberError {
    fn rule(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.rule(),
            Self::NotFresh(_) => "confirmation-required",
            Self::Code(refusal) => refusal.rule(),
            Self::PhoneTaken => "number-taken",
            Self::TooManyChanges => "too-many-changes",
            Self::Conflict => "conflict",
        }
    }
}

impl Effect for ChangedNumber {
    fn describe(&self, _: &mut AccountEvent) -> bool {
        true
    }
}
