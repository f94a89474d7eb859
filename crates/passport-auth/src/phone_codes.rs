use std::sync::Arc;

use passport_codes::{
    Code, CodeKey, CodeLength, CodePolicy, CodeStoreError, Codes, Redemption, StoredCode, tidy,
};
use passport_user::{PhoneNumber, UserId};
use rand::rng;
use thiserror::Error;

use crate::{Clock, CodePurpose, MessageId, SubjectKey};

/// Codes that are sent to phone numbers. A store sees the keyed digest of the number, never the
/// number.
#[derive(Debug, Clone)]
pub struct PhoneCodes {
    codes: Codes,
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
    key: CodeKey,
}

/// A code that was redeemed. Only [`PhoneCodes::restore`] makes it valid again.
pub(crate) struct SpentCode {
    purpose: CodePurpose,
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
    /// There is no live code: never sent, expired, spent, or out of tries.
    #[error("code is missing")]
    Missing,
    /// The code is wrong. It can be tried again.
    #[error("code does not match")]
    Mismatch,
}

impl CodeRefusal {
    /// Name of the rule, as events carry it.
    pub(crate) fn rule(self) -> &'static str {
        match self {
            Self::Missing => "code-gone",
            Self::Mismatch => "code-wrong",
        }
    }
}

impl PhoneCodes {
    /// Codes of `length` digits that expire and run out of tries by `policy`.
    pub fn new(
        codes: Codes,
        subjects: SubjectKey,
        policy: CodePolicy,
        length: CodeLength,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { codes, subjects, policy, length, clock }
    }

    /// Lifetime and tries of a code.
    pub(crate) fn policy(&self) -> CodePolicy {
        self.policy
    }

    /// Draws a code, which replaces any live one of that purpose and number.
    pub(crate) async fn issue(
        &self,
        purpose: CodePurpose,
        phone: &PhoneNumber,
    ) -> Result<IssuedCode, CodeStoreError> {
        let (key, code) = (self.key(purpose, phone), Code::numeric(self.length, &mut rng()));
        let stored = self.codes.issue(&key, &code, self.policy, self.clock.now()).await?;
        Ok(IssuedCode { code, message: MessageId::of(&stored), key })
    }

    /// Invalidates `issued`. A newer code in its place stays valid: a gateway may take so long to
    /// fail that the number has its next code by then.
    pub(crate) async fn withdraw(&self, issued: &IssuedCode) -> Result<(), CodeStoreError> {
        self.codes.withdraw(&issued.key, &issued.code).await
    }

    /// Compares `guess` with the live code and spends the code if it matches. The guess is tidied
    /// here, so that each wire takes what people type.
    pub(crate) async fn redeem(
        &self,
        purpose: CodePurpose,
        phone: &PhoneNumber,
        guess: &Code,
    ) -> Result<Result<SpentCode, CodeRefusal>, CodeStoreError> {
        let key = self.key(purpose, phone);
        let guess = Code::from_text(tidy(guess.expose()));
        let redemption = self.codes.redeem(&key, guess.expose(), self.clock.now()).await?;
        Ok(match redemption {
            Redemption::Accepted(stored) => Ok(SpentCode { key, stored, purpose, code: guess }),
            Redemption::Mismatch { .. } => Err(CodeRefusal::Mismatch),
            Redemption::Missing => Err(CodeRefusal::Missing),
        })
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
        let SpentCode { purpose, code, stored, .. } = spent;
        self.codes.record(&purpose.record_key(account), code, *stored, self.clock.now()).await
    }

    /// Whether `guess` is the code that was used for `account` and has not expired yet.
    pub(crate) async fn was_used(
        &self,
        purpose: CodePurpose,
        account: UserId,
        guess: &Code,
    ) -> Result<bool, CodeStoreError> {
        let key = purpose.record_key(account);
        self.codes.holds(&key, &tidy(guess.expose()), self.clock.now()).await
    }

    fn key(&self, purpose: CodePurpose, phone: &PhoneNumber) -> CodeKey {
        purpose.key(self.subjects.phone(phone))
    }
}
