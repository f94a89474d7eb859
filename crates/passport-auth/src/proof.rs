use std::{error::Error, fmt, sync::Arc};

use passport_codes::{Binding, Code};
use passport_throttle::Toll;
use passport_user::{PhoneNumber, UserId};
use tracing::{error, warn};

use crate::{
    ClientAddress, CodePurpose, CodeRefusal, CodeSender, Denied, Failures, Limits, PhoneCodes,
    error::StepError,
    phone_codes::{CodeSlot, SpentCode},
};

/// Proves by a code that a person receives the messages of a number.
///
/// A code allows few guesses, but new codes can be requested, so wrong guesses in a row are also limited
/// per number, over all codes and purposes; and per client, because wrong guesses of a stranger use up
/// the tries of the owner. A guess is compared only if both have room for a wrong one, and parallel guesses
/// do not outrun the counts ([`ChargedCodes`](crate::ChargedCodes)). Every use of a code passes here, and so
/// is limited.
#[derive(Debug, Clone)]
pub struct PhoneProof {
    codes: PhoneCodes,
    sender: Arc<dyn CodeSender>,
    limits: Limits,
    failures: Failures,
}

/// A code that claims a number.
#[derive(Clone, Copy)]
pub(crate) struct Claim<'a> {
    pub(crate) slot: CodeSlot<'a>,
    pub(crate) code: &'a Code,
    pub(crate) binding: Option<Binding>,
    pub(crate) client: ClientAddress,
}

/// A code as a client sends it: the digits, and the id of the request that they answer.
#[derive(Debug, Clone)]
pub struct TypedCode {
    /// Id of the request.
    pub id: Binding,
    /// The code, as it was typed.
    pub code: Code,
}

impl TypedCode {
    /// The claim that this code makes to `phone`.
    pub(crate) fn claim<'a>(
        &'a self,
        purpose: CodePurpose,
        phone: &'a PhoneNumber,
        owner: Option<UserId>,
        client: ClientAddress,
    ) -> Claim<'a> {
        let slot = CodeSlot { purpose, phone, owner };
        Claim { slot, code: &self.code, binding: Some(self.id), client }
    }
}

impl PhoneProof {
    /// Redeems `codes`, and tells `sender` which messages arrived.
    pub fn new(
        codes: PhoneCodes,
        sender: Arc<dyn CodeSender>,
        limits: Limits,
        failures: Failures,
    ) -> Self {
        Self { codes, sender, limits, failures }
    }

    /// Spends the code of a claim.
    pub(crate) async fn prove(&self, claim: Claim<'_>) -> Result<Proven, StepError<CodeRefusal>> {
        let Claim { slot, code, binding, client } = claim;
        let toll = Toll {
            charges: self.limits.wrong_code(client),
            checked: Vec::new(),
            series: self.failures.of_codes(slot.phone),
        };
        let spent = self.codes.redeem(slot, code, binding, &toll).await?;
        self.sender.redeemed(spent.message());
        Ok(Proven { codes: self.codes.clone(), spent })
    }

    /// Ends the series of wrong passwords of a number that was proved.
    pub(crate) async fn clear_password_failures(&self, phone: &PhoneNumber) {
        self.failures.clear_passwords(phone).await;
    }

    /// Whether the code of `claim` was used for `account` before, and would still be valid otherwise.
    ///
    /// Costs the same work whether or not the number has an account.
    pub(crate) async fn was_used(
        &self,
        claim: Claim<'_>,
        account: Option<UserId>,
    ) -> Result<bool, Denied> {
        // No account has this id.
        let account = account.unwrap_or_else(|| UserId::from_uuid(uuid::Uuid::nil()));
        Ok(self.codes.was_used(account, claim.code).await?)
    }
}

/// A proven claim. The code is spent.
#[must_use = "if the operation fails for an outage, give the code back"]
pub(crate) struct Proven {
    codes: PhoneCodes,
    spent: SpentCode,
}

impl Proven {
    /// Records that the code is used for `account`, so that a repetition of the request can be told
    /// from another one. A failure is logged: it only makes the repetition fail.
    pub(crate) async fn record(&self, account: UserId) {
        if let Err(error) = self.codes.record(&self.spent, account).await {
            warn!(error = &error as &dyn Error, "use of a code was not recorded");
        }
    }

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
