use std::sync::Arc;

use passport_user::{
    AccountEvent, Password, PasswordHash, PasswordPolicy, PasswordRefusal, PhoneNumber, Standing,
    UserId, UserRepository,
};
use thiserror::Error;

use crate::{
    AccountNotice, Caller, CodePurpose, CodeRefusal, Denied, Detached, Failures, Limits, Notices,
    Party, Passwords, PhoneProof, Sessions, TypedCode,
    error::wraps_steps,
    event::{Effect, EventSubject, Operation, Refused, acted_by},
};

/// How often the account is read again because it was changed meanwhile.
const ATTEMPTS: usize = 2;

/// Replaces a forgotten password.
#[derive(Debug, Clone)]
pub struct ResetPassword {
    /// Proof of the number.
    pub proof: PhoneProof,
    /// Password hasher.
    pub passwords: Passwords,
    /// Rules for passwords.
    pub password_policy: PasswordPolicy,
    /// Repository of users.
    pub users: Arc<dyn UserRepository>,
    /// Sessions of users.
    pub sessions: Sessions,
    /// Limits.
    pub limits: Limits,
    /// Failures in a row.
    pub failures: Failures,
    /// Notices to the owner.
    pub notices: Notices,
    /// Runner of operations.
    pub detached: Detached,
}

/// Request to replace a forgotten password.
#[derive(Debug)]
pub struct PasswordReset {
    /// Phone number.
    pub phone: PhoneNumber,
    /// Code of purpose [`Reset`](CodePurpose::Reset).
    pub code: TypedCode,
    /// New password.
    pub password: Password,
    /// The client.
    pub client: Caller,
}

impl ResetPassword {
    /// Spends the code, then sets the password and ends all sessions. Does not sign in.
    ///
    /// Whether the number has an account plays no part before the code is proved; the password is hashed
    /// in any case. Runs to its end even if the caller stops waiting. If a store fails after the code was
    /// spent, the code is given back.
    ///
    /// # Errors
    ///
    /// See [`ResetPasswordError`].
    pub async fn reset(&self, reset: PasswordReset) -> Result<(), ResetPasswordError> {
        let this = self.clone();
        let subject = EventSubject::of(&reset.client).phone(&reset.phone);
        let act = |event| async move {
            let PasswordReset { phone, code, password, client } = &reset;
            this.password_policy.check(password, phone)?;
            // Whatever can be refused for lack of room comes first, before the code is spent.
            let party = Party { client: client.client, account: phone.clone().into() };
            let turn = this.passwords.enter(party).await?;
            let claim = code.claim(CodePurpose::Reset, phone, None, client.client);
            let proven = this.proof.prove(claim).await?;
            let hash = turn.hash(password.clone()).await;
            let outcome = this.set(phone, &hash, event).await;
            if let Err(ResetPasswordError::Denied(_)) = &outcome {
                proven.give_back().await;
            }
            let user = outcome?;
            this.sessions.clean_up(user, None).await;
            this.failures.clear(phone).await;
            this.notices.tell(Some(phone), AccountNotice::PasswordChanged, client.locale).await;
            Ok(Reset(user))
        };
        self.detached.perform(Operation::ResetPassword, subject, act).await.map(drop)
    }

    async fn set(
        &self,
        phone: &PhoneNumber,
        hash: &PasswordHash,
        mut event: AccountEvent,
    ) -> Result<UserId, ResetPasswordError> {
        for _ in 0..ATTEMPTS {
            let found = self.users.find_by_phone(phone).await.map_err(Denied::from)?;
            let user = found.ok_or(ResetPasswordError::NoAccount)?;
            if matches!(user.standing, Standing::Disabled { .. }) {
                return Err(ResetPasswordError::Disabled);
            }
            let hit = self.limits.charge(&self.limits.reset(user.id)).await?;
            _ = Reset(user.id).describe(&mut event);
            let set = self.users.set_password(user.id, user.epoch, Some(hash), &event).await;
            match set {
                Ok(Some(_)) => return Ok(user.id),
                Ok(None) => self.limits.refund(&hit).await,
                Err(error) => {
                    self.limits.refund(&hit).await;
                    return Err(Denied::from(error).into());
                }
            }
        }
        Err(ResetPasswordError::Conflict)
    }
}

/// The user whose password was reset.
struct Reset(UserId);

impl Effect for Reset {
    fn describe(&self, event: &mut AccountEvent) -> bool {
        acted_by(self.0, event);
        true
    }
}

/// Reason why the password was not reset.
///
/// Exhaustive, because each wire must have an answer for each variant.
#[derive(Debug, Error)]
pub enum ResetPasswordError {
    /// The operation was refused before the code was compared, or a store could not answer. The code can
    /// be used again, unless its store failed too.
    #[error("{0}")]
    Denied(#[from] Denied),
    /// The password breaks a rule; the code was not compared.
    #[error(transparent)]
    Password(#[from] PasswordRefusal),
    /// The code proves nothing.
    #[error(transparent)]
    Code(#[from] CodeRefusal),
    /// The number has no account; the code is spent.
    #[error("number has no account")]
    NoAccount,
    /// The account is disabled; the code is spent.
    #[error("account is disabled")]
    Disabled,
    /// The account was changed twice meanwhile.
    #[error("account was changed meanwhile")]
    Conflict,
}

wraps_steps!(ResetPasswordError);

impl Refused for ResetPasswordError {
    fn rule(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.rule(),
            Self::Password(_) => "password-refused",
            Self::Code(refusal) => refusal.rule(),
            Self::NoAccount => "no-account",
            Self::Disabled => "account-disabled",
            Self::Conflict => "conflict",
        }
    }
}
