use std::sync::Arc;

use passport_user::{Password, PasswordHash, UserRepository, Verification};
use thiserror::Error;
use tracing::error;

use crate::{
    Authenticated, Caller, Denied, Failures, Limits, Party, Passwords, error::StepError,
    passwords::Turn,
};

/// Compares the password of a signed-in person again.
///
/// A stolen session must not become a way to guess the password, so wrong passwords are counted for the
/// session, where they stop, and for the user over all sessions.
#[derive(Debug, Clone)]
pub struct Reauthentication {
    /// Repository of users.
    pub users: Arc<dyn UserRepository>,
    /// Password hasher.
    pub passwords: Passwords,
    /// Limits.
    pub limits: Limits,
    /// Failures in a row.
    pub failures: Failures,
}

/// The proof is wrong, or the account has no such authenticator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("proof is wrong")]
pub struct WrongProof;

impl Reauthentication {
    /// Takes a place in the queue of the hasher.
    pub(crate) async fn enter(
        &self,
        person: &Authenticated,
        client: &Caller,
    ) -> Result<Turn, Denied> {
        let account = person.user.id.into();
        self.passwords.enter(Party { client: client.client, account }).await
    }

    /// The hash of the person's password; `None` if there is none, or the account was changed since the
    /// session was accepted.
    pub(crate) async fn hash(
        &self,
        person: &Authenticated,
    ) -> Result<Option<PasswordHash>, Denied> {
        let user = self.users.find(person.user.id).await?;
        let user = user.filter(|user| user.is_active() && user.epoch == person.user.epoch);
        Ok(user.and_then(|user| user.password_hash))
    }

    /// Compares `password` with `hash`, that of the person.
    pub(crate) async fn compare(
        &self,
        person: &Authenticated,
        password: &Password,
        hash: &PasswordHash,
        turn: &Turn,
    ) -> Result<(), StepError<WrongProof>> {
        let hit = self.limits.charge(&self.limits.wrong_proof(person.user.id)).await?;
        let series = self.failures.of_confirmations(person.session.id);
        let attempt = match self.failures.begin(&series).await {
            Ok(attempt) => attempt,
            Err(denied) => {
                self.limits.refund(&hit).await;
                return Err(denied.into());
            }
        };
        match turn.verify(password.clone(), hash.clone()).await {
            Ok(Verification::Match { .. }) => {
                self.limits.refund(&hit).await;
                self.failures.succeed(&attempt).await;
                Ok(())
            }
            Ok(Verification::Mismatch) => Err(StepError::Refused(WrongProof)),
            Err(error) => {
                error!(user = %person.user.id, %error, "password cannot be compared");
                Err(StepError::Refused(WrongProof))
            }
        }
    }
}
