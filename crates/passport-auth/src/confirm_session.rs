use passport_session::Method;
use passport_user::{AccountEvent, Password};
use thiserror::Error;

use crate::{
    Authenticated, Caller, CodePurpose, CodeRefusal, ConfirmationRequired, Denied, Detached,
    Freshness, PhoneProof, Reauthentication, Renewed, Sessions, TypedCode, WrongProof,
    error::wraps_steps,
    event::{Effect, EventSubject, Operation, Refused},
    proof::Proven,
};

/// Confirms a session by a new proof, so that it is fresh (step-up).
#[derive(Debug, Clone)]
pub struct ConfirmSession {
    /// Check of the password.
    pub reauthentication: Reauthentication,
    /// Proof of the number.
    pub proof: PhoneProof,
    /// Sessions of users.
    pub sessions: Sessions,
    /// Runner of operations.
    pub detached: Detached,
}

/// A proof of a signed-in person.
#[derive(Debug, Clone)]
pub enum Proof {
    /// The password.
    Password(Password),
    /// A code of purpose [`Confirm`](CodePurpose::Confirm).
    Code(TypedCode),
}

impl ConfirmSession {
    /// Checks the proof, and replaces the token of the session.
    ///
    /// Runs to its end even if the caller stops waiting. If a store fails after a code was spent, the
    /// code is given back.
    ///
    /// # Errors
    ///
    /// See [`ConfirmError`].
    pub async fn confirm(
        &self,
        person: Authenticated,
        proof: Proof,
        client: Caller,
    ) -> Result<Renewed, ConfirmError> {
        let (this, subject) = (self.clone(), EventSubject::person(&person, &client));
        let act = |_| async move {
            let (method, proven) = this.check(&person, &proof, &client).await?;
            let renewed = this.sessions.renew(&person, Some(method), person.user.epoch).await;
            if let (Err(_), Some(proven)) = (&renewed, proven) {
                proven.give_back().await;
            }
            renewed.map_err(Denied::from)?.ok_or(ConfirmError::SessionEnded)
        };
        self.detached.perform(Operation::Confirm, subject, act).await
    }

    async fn check(
        &self,
        person: &Authenticated,
        proof: &Proof,
        client: &Caller,
    ) -> Result<(Method, Option<Proven>), ConfirmError> {
        let accepted = Freshness::accepted(&person.user);
        let method = match proof {
            Proof::Password(_) => Method::Password,
            Proof::Code(_) => Method::Code,
        };
        if !accepted.contains(&method) {
            return Err(ConfirmError::TooWeak(ConfirmationRequired { accepted }));
        }
        match (proof, &person.user.phone) {
            (Proof::Password(password), _) => {
                let turn = self.reauthentication.enter(person, client).await?;
                let hash = self.reauthentication.hash(person).await?;
                let hash = hash.ok_or(ConfirmError::SessionEnded)?;
                self.reauthentication.compare(person, password, &hash, &turn).await?;
                Ok((method, None))
            }
            (Proof::Code(code), Some(phone)) => {
                let owner = Some(person.user.id);
                let claim = code.claim(CodePurpose::Confirm, phone, owner, client.client);
                Ok((method, Some(self.proof.prove(claim).await?)))
            }
            (Proof::Code(_), None) => Err(WrongProof.into()),
        }
    }
}

/// Reason why the session was not confirmed.
///
/// Exhaustive, because each wire must have an answer for each variant.
#[derive(Debug, Error)]
pub enum ConfirmError {
    /// The proof was not checked, or a store could not answer.
    #[error("{0}")]
    Denied(#[from] Denied),
    /// The password is wrong.
    #[error(transparent)]
    WrongProof(#[from] WrongProof),
    /// The code proves nothing.
    #[error(transparent)]
    Code(#[from] CodeRefusal),
    /// The account has something stronger, or has no such authenticator.
    #[error("proof is too weak")]
    TooWeak(ConfirmationRequired),
    /// The session has ended meanwhile.
    #[error("session has ended")]
    SessionEnded,
}

wraps_steps!(ConfirmError);

impl Refused for ConfirmError {
    fn rule(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.rule(),
            Self::WrongProof(_) => "proof-wrong",
            Self::Code(refusal) => refusal.rule(),
            Self::TooWeak(_) => "proof-too-weak",
            Self::SessionEnded => "not-signed-in",
        }
    }
}

impl Effect for Renewed {
    fn describe(&self, event: &mut AccountEvent) -> bool {
        self.session.describe(event)
    }
}
