use std::{error::Error, fmt};

use async_trait::async_trait;
use thiserror::Error;
use time::OffsetDateTime;

use crate::{PasswordHash, PhoneNumber, User, UserId};

/// Keeps users.
///
/// What was written and answered is durable. Whoever implements this runs
/// [`user_repository_contract!`](crate::user_repository_contract).
#[async_trait]
pub trait UserRepository: fmt::Debug + Send + Sync + 'static {
    /// Adds `user`.
    ///
    /// Of concurrent calls with one number exactly one succeeds; the others are told
    /// [`PhoneTaken`](InsertUserError::PhoneTaken).
    async fn insert(&self, user: &User) -> Result<(), InsertUserError>;

    /// The user with that id.
    async fn find(&self, id: UserId) -> Result<Option<User>, UserRepositoryError>;

    /// The user with that number.
    async fn find_by_phone(&self, phone: &PhoneNumber)
    -> Result<Option<User>, UserRepositoryError>;

    /// Notes that the user signed in at `at`; an earlier moment does not undo a later one.
    async fn record_login(&self, id: UserId, at: OffsetDateTime)
    -> Result<(), UserRepositoryError>;

    /// Puts `new` in place of `old`; says whether `old` was still the user's hash.
    ///
    /// So a renewal that meets a change of password does not bring the former password back.
    async fn replace_password_hash(
        &self,
        id: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<bool, UserRepositoryError>;
}

/// Why a user was not added.
#[derive(Debug, Error)]
pub enum InsertUserError {
    /// Somebody has that number.
    #[error("phone number is already registered")]
    PhoneTaken,
    /// The repository could not answer. The user may have been added all the same.
    #[error(transparent)]
    Unavailable(#[from] UserRepositoryError),
}

/// The repository could not answer. The cause is for the log, not for the caller.
#[derive(Debug, Error)]
#[error("user repository is unavailable")]
pub struct UserRepositoryError(#[source] Box<dyn Error + Send + Sync>);

impl UserRepositoryError {
    /// Wraps the failure of a driver.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}
