//! Users whose changes drop what is cached of them.

use std::{error::Error, sync::Arc, time::Duration};

use async_trait::async_trait;
use passport_session::{ChangeId, SubjectCache};
use passport_user::{
    AccountEvent, Epoch, InsertUserError, NickName, NumberChange, NumberChanged, NumberUndone,
    PasswordHash, PhoneNumber, Standing, User, UserFilter, UserId, UserRepository,
    UserRepositoryError,
};
use time::OffsetDateTime;
use tracing::warn;

/// Time for which a user is read from the repository after a change of which the end is not known: its
/// process died, or the repository did not answer.
///
/// The change may still be made meanwhile, and a reader may still want to cache what it read before. Calls
/// of a database time out after seconds, but what has been sent to it may arrive as long as TCP tries, which
/// is minutes. Whatever was read before the change has then been older than
/// [`MAX_AGE`](super::MAX_AGE) for minutes.
const LEASE: Duration = Duration::from_mins(10);

/// A repository of which each change of a user drops the cached ones before and after it.
#[derive(Debug)]
pub(super) struct GuardedUsers {
    pub(super) users: Arc<dyn UserRepository>,
    pub(super) cache: Arc<dyn SubjectCache>,
}

impl GuardedUsers {
    /// Runs a change of the user `id`, which is not begun if the cache does not answer.
    ///
    /// If the repository fails, the change may be made nevertheless, so the end is not announced.
    async fn change<T>(
        &self,
        id: UserId,
        change: impl Future<Output = Result<T, UserRepositoryError>> + Send,
    ) -> Result<T, UserRepositoryError> {
        let this = ChangeId::random();
        let begun = self.cache.begin_change(id.as_uuid(), this, LEASE).await;
        begun.map_err(UserRepositoryError::new)?;
        let value = change.await?;
        self.end(id, this).await;
        Ok(value)
    }

    /// Announces the end. A failure is repeated once, because a restart of the store breaks the connection
    /// and may have lost the beginning; otherwise the lease ends.
    async fn end(&self, id: UserId, change: ChangeId) {
        let end = async || self.cache.end_change(id.as_uuid(), change).await;
        if end().await.is_ok() {
            return;
        }
        if let Err(error) = end().await {
            let error = &error as &dyn Error;
            warn!(user = %id, error, "user is read from the repository for some minutes");
        }
    }
}

/// Implements the port: `change` methods drop what is cached of the user, the others do not.
macro_rules! guarded {
    (
        $(
            change $change:ident($($argument:ident: $type:ty),* $(,)?) -> $value:ty;
        )+
        $(
            read $read:ident($($asked:ident: $of:ty),* $(,)?) -> $answer:ty;
        )+
    ) => {
        #[async_trait]
        impl UserRepository for GuardedUsers {
            $(
                async fn $change(
                    &self,
                    id: UserId,
                    $($argument: $type),*
                ) -> Result<$value, UserRepositoryError> {
                    self.change(id, self.users.$change(id, $($argument),*)).await
                }
            )+

            $(
                async fn $read(&self, $($asked: $of),*) -> Result<$answer, UserRepositoryError> {
                    self.users.$read($($asked),*).await
                }
            )+

            /// A user who did not exist is not cached.
            async fn insert(
                &self,
                user: &User,
                event: &AccountEvent,
            ) -> Result<(), InsertUserError> {
                self.users.insert(user, event).await
            }

            /// Drops what is cached afterwards only, so that a sign-in waits for the cache once: nothing
            /// depends on the time of the last one, which may be shown late if the process dies.
            async fn record_login(
                &self,
                id: UserId,
                at: OffsetDateTime,
            ) -> Result<(), UserRepositoryError> {
                self.users.record_login(id, at).await?;
                if let Err(error) = self.cache.invalidate(id.as_uuid()).await {
                    let error = &error as &dyn Error;
                    warn!(user = %id, error, "last sign-in may be shown late");
                }
                Ok(())
            }
        }
    };
}

guarded! {
    change replace_password_hash(old: &PasswordHash, new: &PasswordHash) -> bool;
    change set_password(
        expected: Epoch,
        hash: Option<&PasswordHash>,
        event: &AccountEvent,
    ) -> Option<Epoch>;
    change rename(name: &NickName, event: &AccountEvent) -> bool;
    change change_number(
        expected: Epoch,
        change: &NumberChange,
        event: &AccountEvent,
    ) -> NumberChanged;
    change undo_number(
        former: &PhoneNumber,
        now: OffsetDateTime,
        event: &AccountEvent,
    ) -> Option<NumberUndone>;
    change set_standing(
        expected: Epoch,
        standing: Standing,
        event: &AccountEvent,
    ) -> Option<Epoch>;
    change purge(now: OffsetDateTime, event: &AccountEvent) -> bool;
    read find(id: UserId) -> Option<User>;
    read find_by_phone(phone: &PhoneNumber) -> Option<User>;
    read find_by_former_phone(phone: &PhoneNumber, now: OffsetDateTime) -> Option<User>;
    read due_for_purge(now: OffsetDateTime, limit: u32) -> Vec<UserId>;
    read list(filter: &UserFilter, after: Option<UserId>, limit: u32) -> Vec<User>;
}
