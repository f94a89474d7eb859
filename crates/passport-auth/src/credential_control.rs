use std::sync::Arc;

use passport_user::{AccountEvent, PhoneNumber, UserId, UserRepository};

use crate::{
    Denied, Detached, Failures, Operator, OperatorError, Sessions,
    account_control::{AccountControl, Attempt},
    event::{EventSubject, Operation},
};

/// Clears passwords and failures in a row, for operators. No method reads or sets a password.
#[derive(Debug, Clone)]
pub struct CredentialControl {
    /// Repository of users.
    pub users: Arc<dyn UserRepository>,
    /// Sessions of users.
    pub sessions: Sessions,
    /// Failures in a row.
    pub failures: Failures,
    /// Runner of operations.
    pub detached: Detached,
}

impl CredentialControl {
    /// Removes the password, ends all sessions, and clears the failures in a row of the number. The
    /// person sets a new password with a code.
    ///
    /// # Errors
    ///
    /// See [`OperatorError`].
    pub async fn reset(&self, user: UserId, operator: &Operator) -> Result<(), OperatorError> {
        let (this, subject) = (self.clone(), EventSubject::operator(operator).user_id(user));
        let act = |event: AccountEvent| async move {
            let events = this.detached.events().clone();
            let control = AccountControl { users: Arc::clone(&this.users), events };
            let users = &this.users;
            let cleared = control.change(user, &event, |found, event| async move {
                let set = users.set_password(user, found.epoch, None, &event).await;
                Ok(match set.map_err(Denied::from)? {
                    Some(_) => Attempt::Made(found.phone),
                    None => Attempt::Stale,
                })
            });
            let phone = cleared.await?;
            this.sessions.clean_up(user, None).await;
            if let Some(phone) = phone {
                this.failures.try_clear(&phone).await?;
            }
            Ok(())
        };
        self.detached.perform(Operation::ResetPassword, subject, act).await
    }

    /// Clears the failures in a row of a user's number, so that neither a delay nor a stop is left.
    ///
    /// # Errors
    ///
    /// See [`OperatorError`].
    pub async fn unlock(&self, user: UserId, operator: &Operator) -> Result<(), OperatorError> {
        let found = self.users.find(user).await.map_err(Denied::from)?;
        let phone = found.ok_or(OperatorError::NoUser)?.phone.ok_or(OperatorError::NoNumber)?;
        self.clear(&phone, EventSubject::operator(operator).user_id(user)).await
    }

    /// Clears the failures in a row of a number that has no account: series exist for it too.
    ///
    /// # Errors
    ///
    /// See [`OperatorError`].
    pub async fn unlock_number(
        &self,
        phone: &PhoneNumber,
        operator: &Operator,
    ) -> Result<(), OperatorError> {
        self.clear(phone, EventSubject::operator(operator)).await
    }

    async fn clear(&self, phone: &PhoneNumber, subject: EventSubject) -> Result<(), OperatorError> {
        let (failures, phone) = (self.failures.clone(), phone.clone());
        let subject = subject.phone(&phone);
        let act = |_| async move { Ok(failures.try_clear(&phone).await?) };
        self.detached.perform(Operation::Unlock, subject, act).await
    }
}
