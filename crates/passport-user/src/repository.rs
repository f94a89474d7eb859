use std::{error::Error, fmt};

use async_trait::async_trait;
use thiserror::Error;
use time::OffsetDateTime;

use crate::{
    AccountEvent, Epoch, NickName, PasswordHash, PhoneNumber, Standing, StandingKind, User, UserId,
};

/// Repository of users.
///
/// Acknowledged writes are durable. Each method is one atomic act; a method that takes an event writes
/// it in the same transaction, and only if the change was made. Methods that take `expected` change
/// nothing if the user has another epoch by then, so of several concurrent changes one succeeds.
///
/// A number belongs to one user, whether as the current number or kept back for an undo. Numbers whose
/// undo period has ended are free. Implementations must pass
/// [`user_repository_contract!`](crate::user_repository_contract).
#[async_trait]
pub trait UserRepository: fmt::Debug + Send + Sync + 'static {
    /// Adds `user`, who must have a phone number.
    ///
    /// Exactly one of several concurrent calls with the same number succeeds; the others return
    /// [`PhoneTaken`](InsertUserError::PhoneTaken). A number that is kept back is taken.
    async fn insert(&self, user: &User, event: &AccountEvent) -> Result<(), InsertUserError>;

    /// The user with this id.
    async fn find(&self, id: UserId) -> Result<Option<User>, UserRepositoryError>;

    /// The user whose current number this is.
    async fn find_by_phone(&self, phone: &PhoneNumber)
    -> Result<Option<User>, UserRepositoryError>;

    /// The user who can undo the change from this number at `now`.
    async fn find_by_former_phone(
        &self,
        phone: &PhoneNumber,
        now: OffsetDateTime,
    ) -> Result<Option<User>, UserRepositoryError>;

    /// Stores that the user signed in at `at`. An earlier time does not overwrite a later one.
    async fn record_login(&self, id: UserId, at: OffsetDateTime)
    -> Result<(), UserRepositoryError>;

    /// Replaces the password hash with `new` if it equals `old`; returns whether it was replaced. The
    /// epoch stays, because the password is the same.
    ///
    /// The comparison ensures that the renewal of a hash cannot undo a concurrent change of
    /// password.
    async fn replace_password_hash(
        &self,
        id: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<bool, UserRepositoryError>;

    /// Sets or removes the password and raises the epoch; returns the new epoch, or `None` if the user
    /// has another epoch than `expected`, or none is left.
    async fn set_password(
        &self,
        id: UserId,
        expected: Epoch,
        hash: Option<&PasswordHash>,
        event: &AccountEvent,
    ) -> Result<Option<Epoch>, UserRepositoryError>;

    /// Changes the nick name; returns whether the user exists.
    async fn rename(
        &self,
        id: UserId,
        name: &NickName,
        event: &AccountEvent,
    ) -> Result<bool, UserRepositoryError>;

    /// Makes `change.number` the current number, keeps the former one back until `change.undo_until`,
    /// and raises the epoch.
    ///
    /// A number that is kept back for the same user is not taken. At most
    /// [`MAX_UNDOABLE`](NumberChange::MAX_UNDOABLE) numbers are kept back for one user.
    async fn change_number(
        &self,
        id: UserId,
        expected: Epoch,
        change: &NumberChange,
        event: &AccountEvent,
    ) -> Result<NumberChanged, UserRepositoryError>;

    /// Makes `former` the current number of the user again, removes the password and raises the epoch;
    /// returns `None` if `former` is not kept back for the user at `now`.
    ///
    /// The number that was current, and those that have been kept back since the change from `former`,
    /// become free, because a thief who made the change may own them. Of several concurrent calls one succeeds.
    async fn undo_number(
        &self,
        id: UserId,
        former: &PhoneNumber,
        now: OffsetDateTime,
        event: &AccountEvent,
    ) -> Result<Option<NumberUndone>, UserRepositoryError>;

    /// Changes the standing and raises the epoch; returns the new epoch, or `None` as
    /// [`set_password`](Self::set_password) does.
    async fn set_standing(
        &self,
        id: UserId,
        expected: Epoch,
        standing: Standing,
        event: &AccountEvent,
    ) -> Result<Option<Epoch>, UserRepositoryError>;

    /// At most `limit` users whose deletion is due at `now`.
    async fn due_for_purge(
        &self,
        now: OffsetDateTime,
        limit: u32,
    ) -> Result<Vec<UserId>, UserRepositoryError>;

    /// Deletes everything about a user whose deletion is due at `now`, except the id and the time;
    /// returns whether the user was due. The numbers are free then.
    ///
    /// Of a purge and a concurrent change of standing one succeeds.
    async fn purge(
        &self,
        id: UserId,
        now: OffsetDateTime,
        event: &AccountEvent,
    ) -> Result<bool, UserRepositoryError>;

    /// At most `limit` users that match `filter`, in the order of their ids, after the id `after`.
    async fn list(
        &self,
        filter: &UserFilter,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<User>, UserRepositoryError>;
}

/// A change of number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberChange {
    /// The new number.
    pub number: PhoneNumber,
    /// Time of the change.
    pub now: OffsetDateTime,
    /// End of the period in which the change can be undone.
    pub undo_until: OffsetDateTime,
}

impl NumberChange {
    /// Most numbers that are kept back for one user.
    pub const MAX_UNDOABLE: u32 = 3;
}

/// Result of [`UserRepository::change_number`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberChanged {
    /// The number was changed.
    Changed(Epoch),
    /// Another user has the number, or it is kept back for another user.
    Taken,
    /// The user has another epoch by now, or does not exist.
    Stale,
    /// As many numbers are kept back for the user as are allowed.
    TooMany,
}

/// Result of [`UserRepository::undo_number`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberUndone {
    /// New epoch of the user.
    pub epoch: Epoch,
    /// Time of the change that was undone.
    pub changed_at: OffsetDateTime,
}

/// Which users to list: those that match every given condition.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// Users of this standing, whatever its times.
    pub standing: Option<StandingKind>,
    /// Users who have not signed in since this time.
    pub quiet_since: Option<OffsetDateTime>,
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
