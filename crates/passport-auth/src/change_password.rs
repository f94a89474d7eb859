use std::sync::Arc;

use passport_session::Method;
use passport_user::{
    AccountEvent, Password, PasswordHash, PasswordPolicy, PasswordRefusal, User, UserRepository,
};
use thiserror::Error;

use crate::{
    AccountNotice, Authenticated, Caller, ConfirmationRequired, Denied, Detached, Freshness,
    Notices, Reauthentication, Renewed, Sessions, WrongProof,
    error::wraps_steps,
    event::{Effect, EventSubject, Operation, Refused},
};

/// Sets, changes and removes the password of a signed-in person.
#[derive(Debug, Clone)]
pub struct ChangePassword {
    /// Check of the current password.
    pub reauthentication: Reauthentication,
    /// Rules for passwords.
    pub password_policy: PasswordPolicy,
    /// Whether an account may have no password.
    pub passwordless: bool,
    /// Freshness of sessions.
    pub freshness: Freshness,
    /// Repository of users.
    pub users: Arc<dyn UserRepository>,
    /// Sessions of users.
    pub sessions: Sessions,
    /// Notices to the owner.
    pub notices: Notices,
    /// Runner of operations.
    pub detached: Detached,
}

/// A new password.
#[derive(Debug, Clone)]
pub struct NewPassword {
    /// Current password; needed if there is one.
    pub current: Option<Password>,
    /// New password.
    pub password: Password,
    /// Whether the other sessions stay signed in.
    pub keep_sessions: bool,
}

/// The password of the account has changed.
#[derive(Debug)]
pub struct PasswordChange {
    /// The user.
    pub user: User,
    /// The session of the request under its new token; `None` if it could not be kept.
    pub renewed: Option<Renewed>,
}

impl ChangePassword {
    /// Replaces the current password, or sets the first one of an account that has none, which needs a
    /// fresh session. All other sessions end, unless they are to be kept.
    ///
    /// Runs to its end even if the caller stops waiting.
    ///
    /// # Errors
    ///
    /// See [`ChangePasswordError`].
    pub async fn change(
        &self,
        person: Authenticated,
        new: NewPassword,
        client: Caller,
    ) -> Result<PasswordChange, ChangePasswordError> {
        let (this, subject) = (self.clone(), EventSubject::person(&person, &client));
        let act = |event| async move {
            this.password_policy.check(&new.password, person.user.phone.as_ref())?;
            let turn = this.reauthentication.enter(&person, &client).await?;
            let old = match (&person.user.password_hash, &new.current) {
                (None, _) => {
                    this.freshness.require(&person)?;
                    None
                }
                (Some(_), None) => return Err(WrongProof.into()),
                (Some(_), Some(current)) => {
                    let old = this.reauthentication.hash(&person).await?;
                    let old = old.ok_or(ChangePasswordError::Conflict)?;
                    this.reauthentication.compare(&person, current, &old, &turn).await?;
                    Some(old)
                }
            };
            let hash = turn.hash(new.password.clone()).await;
            let change = match (old, new.keep_sessions) {
                (Some(old), true) => {
                    let users = &this.users;
                    let replaced = users.replace_password_hash(person.user.id, &old, &hash).await;
                    if !replaced.map_err(Denied::from)? {
                        return Err(ChangePasswordError::Conflict);
                    }
                    let epoch = person.user.epoch;
                    let renewed = this.sessions.keep(&person, Some(Method::Password), epoch).await;
                    let user = User { password_hash: Some(hash), ..person.user.clone() };
                    PasswordChange { user, renewed }
                }
                (None, _) | (_, false) => this.store(&person, Some(&hash), &event).await?,
            };
            this.tell(&person, &client).await;
            Ok(change)
        };
        self.detached.perform(Operation::ChangePassword, subject, act).await
    }

    /// Removes the password, which needs a fresh session. All other sessions end.
    ///
    /// Runs to its end even if the caller stops waiting.
    ///
    /// # Errors
    ///
    /// See [`ChangePasswordError`].
    pub async fn remove(
        &self,
        person: Authenticated,
        client: Caller,
    ) -> Result<PasswordChange, ChangePasswordError> {
        let (this, subject) = (self.clone(), EventSubject::person(&person, &client));
        let act = |event| async move {
            if !this.passwordless {
                return Err(ChangePasswordError::PasswordRequired);
            }
            this.freshness.require(&person)?;
            let change = this.store(&person, None, &event).await?;
            this.tell(&person, &client).await;
            Ok(change)
        };
        self.detached.perform(Operation::ChangePassword, subject, act).await
    }

    async fn store(
        &self,
        person: &Authenticated,
        hash: Option<&PasswordHash>,
        event: &AccountEvent,
    ) -> Result<PasswordChange, ChangePasswordError> {
        let (user, expected) = (person.user.id, person.user.epoch);
        let epoch = self.users.set_password(user, expected, hash, event).await;
        let epoch = epoch.map_err(Denied::from)?.ok_or(ChangePasswordError::Conflict)?;
        let proof = hash.map(|_| Method::Password);
        let renewed = self.sessions.carry_over(person, proof, epoch).await;
        let user = User { password_hash: hash.cloned(), epoch, ..person.user.clone() };
        Ok(PasswordChange { user, renewed })
    }

    async fn tell(&self, person: &Authenticated, client: &Caller) {
        let phone = person.user.phone.as_ref();
        self.notices.tell(phone, AccountNotice::PasswordChanged, client.locale).await;
    }
}

/// Reason why the password was not changed.
///
/// Exhaustive, because each wire must have an answer for each variant.
#[derive(Debug, Error)]
pub enum ChangePasswordError {
    /// The operation was refused, or a store could not answer. The password may have been changed then.
    #[error("{0}")]
    Denied(#[from] Denied),
    /// The new password breaks a rule; the current one was not compared.
    #[error(transparent)]
    Password(#[from] PasswordRefusal),
    /// The current password is wrong or missing.
    #[error(transparent)]
    WrongProof(#[from] WrongProof),
    /// The session is not fresh.
    #[error(transparent)]
    NotFresh(#[from] ConfirmationRequired),
    /// Accounts need a password here.
    #[error("password is required")]
    PasswordRequired,
    /// The account was changed meanwhile, so the session has ended.
    #[error("account was changed meanwhile")]
    Conflict,
}

wraps_steps!(ChangePasswordError);

impl Refused for ChangePasswordError {
    fn rule(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.rule(),
            Self::Password(_) | Self::PasswordRequired => "password-refused",
            Self::WrongProof(_) => "password-wrong",
            Self::NotFresh(_) => "confirmation-required",
            Self::Conflict => "conflict",
        }
    }
}

impl Effect for PasswordChange {
    fn describe(&self, _: &mut AccountEvent) -> bool {
        true
    }
}
