use std::sync::Arc;

use passport_user::{AccountEvent, Journal, PhoneNumber, User, UserFilter, UserId, UserRepository};

use crate::{
    Denied, Detached, Operator, OperatorError, Unavailable,
    event::{EventSubject, Operation},
};

/// Finds users, for operators. Whole numbers are shown by [`look`](Self::look) alone, which is an
/// event.
#[derive(Debug, Clone)]
pub struct UserDirectory {
    /// Repository of users.
    pub users: Arc<dyn UserRepository>,
    /// Journal of events.
    pub journal: Arc<dyn Journal>,
    /// Runner of operations.
    pub detached: Detached,
}

/// How an operator names a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserReference {
    /// By the id.
    Id(UserId),
    /// By the current number.
    Phone(PhoneNumber),
}

impl UserDirectory {
    /// The user, unless purged.
    ///
    /// # Errors
    ///
    /// If the repository could not answer. The caller logs the cause.
    pub async fn find(&self, reference: &UserReference) -> Result<Option<User>, Unavailable> {
        Ok(match reference {
            UserReference::Id(id) => self.users.find(*id).await?,
            UserReference::Phone(phone) => self.users.find_by_phone(phone).await?,
        })
    }

    /// At most `limit` users that match `filter`, in the order of their ids, after the id `after`.
    ///
    /// # Errors
    ///
    /// If the repository could not answer. The caller logs the cause.
    pub async fn list(
        &self,
        filter: &UserFilter,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<User>, Unavailable> {
        Ok(self.users.list(filter, after, limit).await?)
    }

    /// The whole number of the user, for an operator who has to know it.
    ///
    /// The event is in the journal before the number is returned; if it cannot be written, the number is
    /// not returned.
    ///
    /// # Errors
    ///
    /// See [`OperatorError`].
    pub async fn look(
        &self,
        user: &User,
        operator: &Operator,
    ) -> Result<PhoneNumber, OperatorError> {
        let phone = user.phone.clone().ok_or(OperatorError::NoNumber)?;
        let subject = EventSubject::operator(operator).user_id(user.id).phone(&phone);
        let journal = Arc::clone(&self.journal);
        let act = |event: AccountEvent| async move {
            journal.record(&[event]).await.map_err(Denied::from)?;
            Ok::<(), OperatorError>(())
        };
        self.detached.perform(Operation::Look, subject, act).await?;
        Ok(phone)
    }
}
