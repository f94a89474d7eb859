use std::sync::Arc;

use passport_codes::{
    Binding, Code, CodeKey, CodeLength, CodePolicy, CodeStoreError, Codes, Redemption, StoredCode,
    tidy,
};
use passport_throttle::{Hit, Passage, Toll};
use passport_user::{PhoneNumber, UserId};
use rand::rng;
use thiserror::Error;

use crate::{
    ChargedCodes, Clock, CodePurpose, MessageId, SubjectKey, Unavailable,
    error::{StepError, passed},
};

/// Codes that are sent to phone numbers. A store sees the keyed digest of the number, never the
/// number.
#[derive(Debug, Clone)]
pub struct PhoneCodes {
    codes: Codes,
    charged: Arc<dyn ChargedCodes>,
    subjects: SubjectKey,
    policy: CodePolicy,
    length: CodeLength,
    clock: Arc<dyn Clock>,
}

/// A live code.
pub(crate) struct IssuedCode {
    pub(crate) code: Code,
    /// Id of the message that brings the code.
    pub(crate) message: MessageId,
    /// What a guess must carry, if the code is bound to the request.
    pub(crate) binding: Option<Binding>,
    key: CodeKey,
}

/// Which code is meant: at most one is live for each purpose, number and owner.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CodeSlot<'a> {
    pub(crate) purpose: CodePurpose,
    pub(crate) phone: &'a PhoneNumber,
    /// Signed-in user who asked for the code.
    pub(crate) owner: Option<UserId>,
}

/// A code that was redeemed. Only [`PhoneCodes::restore`] makes it valid again.
pub(crate) struct SpentCode {
    code: Code,
    key: CodeKey,
    stored: StoredCode,
}

impl SpentCode {
    /// Id of the message that brought the code.
    pub(crate) fn message(&self) -> MessageId {
        MessageId::of(&self.stored)
    }
}

/// Reason why a code proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CodeRefusal {
    /// There is no live code of the request: never sent, expired, spent, or out of tries.
    #[error("code is missing")]
    Missing,
    /// The code is wrong.
    #[error("code does not match")]
    Mismatch {
        /// How often it can be tried again.
        tries_left: u32,
    },
}

impl CodeRefusal {
    /// Name of the rule, as events carry it.
    pub(crate) fn rule(self) -> &'static str {
        match self {
            Self::Missing => "code-gone",
            Self::Mismatch { .. } => "code-wrong",
        }
    }
}

impl PhoneCodes {
    /// Codes of `length` digits that expire and run out of tries by `policy`. They are charged in
    /// `charged`, which is over the store of `codes`.
    pub fn new(
        codes: Codes,
        charged: Arc<dyn ChargedCodes>,
        subjects: SubjectKey,
        policy: CodePolicy,
        length: CodeLength,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { codes, charged, subjects, policy, length, clock }
    }

    /// Lifetime and tries of a code.
    pub(crate) fn policy(&self) -> CodePolicy {
        self.policy
    }

    /// Length of a code.
    pub(crate) fn length(&self) -> CodeLength {
        self.length
    }

    /// Draws a code, which replaces any live one of that slot, if `toll` lets it pass. Call
    /// [`discard_former`](Self::discard_former) before it is sent.
    pub(crate) async fn issue(
        &self,
        slot: CodeSlot<'_>,
        toll: &Toll,
    ) -> Result<Passage<(IssuedCode, Hit)>, Unavailable> {
        let (key, code) = (self.key(slot), Code::numeric(self.length, &mut rng()));
        let binding = slot.purpose.is_bound().then(|| Binding::generate(&mut rng()));
        let now = self.clock.now();
        let stored = self.codes.stored(&key, &code, binding, self.policy, now);
        Ok(match self.charged.put(toll, (&key, stored), now).await? {
            Passage::Passed(hit) => {
                let message = MessageId::of(&stored);
                Passage::Passed((IssuedCode { code, message, binding, key }, hit))
            }
            Passage::Refused(refusal) => Passage::Refused(refusal),
            Passage::Blocked(block) => Passage::Blocked(block),
        })
    }

    /// Invalidates the codes of `slot` under former keys of subjects, which the code under the present one
    /// replaces.
    pub(crate) async fn discard_former(&self, slot: CodeSlot<'_>) -> Result<(), CodeStoreError> {
        for former in self.keys(slot).skip(1) {
            self.codes.discard(&former).await?;
        }
        Ok(())
    }

    /// Invalidates `issued`. A newer code in its place stays valid: a gateway may take so long to
    /// fail that the number has its next code by then.
    pub(crate) async fn withdraw(&self, issued: &IssuedCode) -> Result<(), CodeStoreError> {
        self.codes.withdraw(&issued.key, &issued.code).await
    }

    /// Compares `guess` with the live code, if `toll` lets it pass, and spends the code if it matches; see
    /// [`ChargedCodes::redeem`]. The guess is tidied here, so that each wire takes what people type.
    pub(crate) async fn redeem(
        &self,
        slot: CodeSlot<'_>,
        guess: &Code,
        binding: Option<Binding>,
        toll: &Toll,
    ) -> Result<SpentCode, StepError<CodeRefusal>> {
        let code = Code::from_text(tidy(guess.expose()));
        let now = self.clock.now();
        for key in self.keys(slot) {
            let guess = self.codes.guess(&key, code.expose(), binding, now).await;
            let guess = guess.map_err(StepError::denied)?;
            let redeemed = self.charged.redeem(toll, &guess, now).await;
            match passed(redeemed.map_err(StepError::denied)?)? {
                Redemption::Accepted(stored) => return Ok(SpentCode { code, key, stored }),
                Redemption::Mismatch { tries_left } => {
                    return Err(StepError::Refused(CodeRefusal::Mismatch { tries_left }));
                }
                // A guess at a missing code changes nothing, so the next key is asked as if it was the
                // first.
                Redemption::Missing => {}
            }
        }
        Err(StepError::Refused(CodeRefusal::Missing))
    }

    /// Makes a spent code valid again until its own expiry, unless a newer one is live.
    pub(crate) async fn restore(&self, spent: SpentCode) -> Result<(), CodeStoreError> {
        self.codes.restore(&spent.key, spent.stored, self.clock.now()).await
    }

    /// Records until the expiry of `spent` that it is used for `account`. The record is bound to the
    /// account, so it is meaningless if the account is not made.
    pub(crate) async fn record(
        &self,
        spent: &SpentCode,
        account: UserId,
    ) -> Result<(), CodeStoreError> {
        let SpentCode { code, stored, .. } = spent;
        self.codes.record(&CodePurpose::record_key(account), code, *stored, self.clock.now()).await
    }

    /// Whether `guess` is the code that was used for `account` and has not expired yet.
    pub(crate) async fn was_used(
        &self,
        account: UserId,
        guess: &Code,
    ) -> Result<bool, CodeStoreError> {
        let key = CodePurpose::record_key(account);
        self.codes.holds(&key, &tidy(guess.expose()), self.clock.now()).await
    }

    fn key(&self, slot: CodeSlot<'_>) -> CodeKey {
        slot.purpose.key(self.subjects.phone(slot.phone), slot.owner)
    }

    /// The key of [`key`](Self::key), then those under former keys of subjects.
    fn keys(&self, slot: CodeSlot<'_>) -> impl Iterator<Item = CodeKey> {
        self.subjects.phones(slot.phone).map(move |tag| slot.purpose.key(tag, slot.owner))
    }
}
