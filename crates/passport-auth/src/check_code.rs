use passport_user::{AccountEvent, PhoneNumber};
use thiserror::Error;

use crate::{
    Caller, CodePurpose, CodeRefusal, Denied, Detached, PhoneProof, TypedCode,
    error::wraps_steps,
    event::{Effect, EventSubject, Operation, Refused},
};

/// Compares a code before the step that spends it, for pages that ask for the code and then for a
/// password.
#[derive(Debug, Clone)]
pub struct CheckCode {
    /// Proof of the number.
    pub proof: PhoneProof,
    /// Runner of operations.
    pub detached: Detached,
}

impl CheckCode {
    /// Compares the code of `purpose` that was sent to `phone`, and leaves a right one valid until its own
    /// expiry. A wrong one costs a try, as if it was to be spent.
    ///
    /// A right code is spent and given back, so it is lost if the process crashes in between.
    ///
    /// Runs to its end even if the caller stops waiting.
    ///
    /// # Errors
    ///
    /// See [`CheckCodeError`].
    pub async fn check(
        &self,
        purpose: CodePurpose,
        phone: PhoneNumber,
        code: TypedCode,
        client: Caller,
    ) -> Result<(), CheckCodeError> {
        let this = self.clone();
        let subject = EventSubject::of(&client).phone(&phone);
        let act = |_| async move {
            let claim = code.claim(purpose, &phone, None, client.client);
            this.proof.prove(claim).await?.give_back().await;
            Ok(Checked)
        };
        self.detached.perform(operation(purpose), subject, act).await.map(drop)
    }
}

/// The operation that the code is for, which a wrong one fails.
fn operation(purpose: CodePurpose) -> Operation {
    match purpose {
        CodePurpose::Register | CodePurpose::SignUp => Operation::SignUp,
        CodePurpose::SignIn => Operation::SignIn,
        CodePurpose::Reset => Operation::ResetPassword,
        CodePurpose::ChangeNumber => Operation::ChangeNumber,
        CodePurpose::UndoNumber => Operation::UndoNumber,
        CodePurpose::Confirm => Operation::Confirm,
    }
}

/// A right code, which changes nothing yet.
struct Checked;

impl Effect for Checked {
    fn describe(&self, _: &mut AccountEvent) -> bool {
        false
    }
}

/// Reason why a code was not accepted.
///
/// Exhaustive, because each wire must have an answer for each variant.
#[derive(Debug, Error)]
pub enum CheckCodeError {
    /// The operation was refused before the code was compared, or a store could not answer.
    #[error("{0}")]
    Denied(#[from] Denied),
    /// The code proves nothing.
    #[error(transparent)]
    Code(#[from] CodeRefusal),
}

wraps_steps!(CheckCodeError);

impl Refused for CheckCodeError {
    fn rule(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.rule(),
            Self::Code(refusal) => refusal.rule(),
        }
    }
}
