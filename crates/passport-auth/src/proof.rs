use std::{error::Error, fmt, sync::Arc};

use passport_codes::Code;
use passport_user::PhoneNumber;
use tracing::error;

use crate::{
    CodePurpose, CodeRefusal, CodeSender, Limits, PhoneCodes, error::StepError,
    phone_codes::SpentCode,
};

/// Proves by a code that a person receives the messages of a number.
///
/// A code allows few guesses, but new codes can be requested, so wrong guesses are also limited per
/// number. A guess is charged before it is compared, because parallel guesses must not outrun the
/// count; unless it was wrong, the charge is refunded.
#[derive(Debug, Clone)]
pub struct PhoneProof {
    codes: PhoneCodes,
    sender: Arc<dyn CodeSender>,
    limits: Limits,
}

/// A code that claims a number.
pub(crate) struct Claim<'a> {
    pub(crate) phone: &'a PhoneNumber,
    pub(crate) purpose: CodePurpose,
    pub(crate) code: &'a Code,
}

impl PhoneProof {
    /// Redeems `codes`, and tells `sender` which messages arrived.
    pub fn new(codes: PhoneCodes, sender: Arc<dyn CodeSender>, limits: Limits) -> Self {
        Self { codes, sender, limits }
    }

    /// Spends the code of a claim.
    pub(crate) async fn prove(&self, claim: Claim<'_>) -> Result<Proven, StepError<CodeRefusal>> {
        let hit = self.limits.charge(&[self.limits.wrong_code(claim.phone)]).await?;
        let redeemed = self.codes.redeem(claim.purpose, claim.phone, claim.code).await;
        if !matches!(redeemed, Ok(Err(CodeRefusal::Mismatch))) {
            self.limits.refund(&hit).await;
        }
        let spent = redeemed.map_err(StepError::denied)?.map_err(StepError::Refused)?;
        self.sender.redeemed(spent.message());
        Ok(Proven { codes: self.codes.clone(), spent })
    }
}

/// A proven claim. The code is spent.
#[must_use = "if the operation fails for an outage, give the code back"]
pub(crate) struct Proven {
    codes: PhoneCodes,
    spent: SpentCode,
}

impl Proven {
    /// Makes the code valid again, after an outage kept the operation from using the proof. The code
    /// expires no later for it, and a newer code is not replaced. A failure is logged.
    pub(crate) async fn give_back(self) {
        if let Err(error) = self.codes.restore(self.spent).await {
            error!(error = &error as &dyn Error, "spent code was not given back");
        }
    }
}

impl fmt::Debug for Proven {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Proven(…)")
    }
}
