use std::{error::Error, fmt};

use async_trait::async_trait;
use thiserror::Error;
use time::OffsetDateTime;

use crate::{PasswordHash, PhoneNumber, User, UserId};

/// Repository of users.
///
/// Acknowledged writes are durable. Implementations must pass
/// [`user_repository_contract!`](crate::user_repository_contract).
#[async_trait]
pub trait UserRepository: fmt::Debug + Send + Sync + 'static {
    /// Adds `user`.
    ///
    /// Exactly one of several concurrent calls with the same number succeeds; the others return
    /// [`PhoneTaken`](InsertUserError::PhoneTaken).
    async fn insert(&self, user: &User) -> Result<(), InsertUserError>;

    /// The user with this id.
    async fn find(&self, id: UserId) -> Result<Option<User>, UserRepositoryError>;

    /// The user with this phone number.
    async fn find_by_phone(&self, phone: &PhoneNumber)
    -> Result<Option<User>, UserRepositoryError>;

    /// Stores that the user signed in at `at`. An earlier time does not overwrite a later one.
    async fn record_login(&self, id: UserId, at: OffsetDateTime)
    -> Result<(), UserRepositoryError>;

    /// Replaces the password hash with `new` if it equals `old`; returns whether it was replaced.
    ///
    /// The comparison ensures that the renewal of a hash cannot undo a concurrent change of
    /// password.
    async fn replace_password_hash(
        &self,
        id: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<bool, UserRepositoryError>;
}

/// Reason why a user was not added.
#[derive(Debug, Error)]
pub enum InsertUserError {
    /// Another user has this phone number.
    #[error("phone number is already registered")]
    PhoneTaken,
    /// The repository failed. The user may have been added.
    #[error(transparent)]
    Unavailable(#[from] UserRepositoryError),
}

/// A failure of the repository. The source is for logs and must not be shown to clients.
#[derive(Debug, Error)]
#[error("user repository is unavailable")]
pub struct UserRepositoryError(#[source] Box<dyn Error + Send + Sync>);

impl UserRepositoryError {
    /// Wraps an error of the database driver.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}
