use std::time::Duration;

use async_trait::async_trait;
use passport_storage_memory::MemoryUserRepository;
use passport_user::{
    AccountEvent, Epoch, InsertUserError, NickName, NumberChange, NumberChanged, NumberUndone,
    PasswordHash, PhoneNumber, Standing, User, UserFilter, UserId, UserRepository,
    UserRepositoryError,
};
use time::OffsetDateTime;
use tokio::time::sleep;

/// A repository that is correct except for a pause between reading and writing: it decides by what
/// it read, and does not look at what happened since.
#[derive(Debug)]
pub(crate) struct RacyUserRepository(pub(crate) MemoryUserRepository);

impl RacyUserRepository {
    async fn pause() {
        sleep(Duration::from_millis(1)).await;
    }

    /// Whether the user has this epoch, followed by the pause.
    async fn has_epoch(&self, id: UserId, epoch: Epoch) -> Result<bool, UserRepositoryError> {
        let user = self.0.find(id).await?;
        Self::pause().await;
        Ok(user.is_some_and(|user| user.epoch == epoch))
    }

    /// The epoch of the user by now.
    async fn epoch(&self, id: UserId) -> Result<Epoch, UserRepositoryError> {
        Ok(self.0.find(id).await?.map(|user| user.epoch).unwrap_or_default())
    }

    async fn is_taken(
        &self,
        phone: &PhoneNumber,
        id: UserId,
        now: OffsetDateTime,
    ) -> Result<bool, UserRepositoryError> {
        let former = self.0.find_by_former_phone(phone, now).await?;
        Ok(self.0.find_by_phone(phone).await?.is_some() || former.is_some_and(|user| user.id != id))
    }
}

#[async_trait]
impl UserRepository for RacyUserRepository {
    async fn insert(&self, user: &User, event: &AccountEvent) -> Result<(), InsertUserError> {
        if let Some(phone) = &user.phone
            && self.is_taken(phone, user.id, user.created_at).await?
        {
            return Err(InsertUserError::PhoneTaken);
        }
        Self::pause().await;
        match self.0.insert(user, event).await {
            Err(InsertUserError::PhoneTaken) => Ok(()),
            answer => answer,
        }
    }

    async fn find(&self, id: UserId) -> Result<Option<User>, UserRepositoryError> {
        self.0.find(id).await
    }

    async fn find_by_phone(
        &self,
        phone: &PhoneNumber,
    ) -> Result<Option<User>, UserRepositoryError> {
        self.0.find_by_phone(phone).await
    }

    async fn find_by_former_phone(
        &self,
        phone: &PhoneNumber,
        now: OffsetDateTime,
    ) -> Result<Option<User>, UserRepositoryError> {
        self.0.find_by_former_phone(phone, now).await
    }

    async fn record_login(
        &self,
        id: UserId,
        at: OffsetDateTime,
    ) -> Result<(), UserRepositoryError> {
        self.0.record_login(id, at).await
    }

    async fn replace_password_hash(
        &self,
        id: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<bool, UserRepositoryError> {
        let user = self.0.find(id).await?;
        if user.and_then(|user| user.password_hash).as_ref() != Some(old) {
            return Ok(false);
        }
        Self::pause().await;
        self.0.replace_password_hash(id, old, new).await?;
        Ok(true)
    }

    async fn set_password(
        &self,
        id: UserId,
        expected: Epoch,
        hash: Option<&PasswordHash>,
        event: &AccountEvent,
    ) -> Result<Option<Epoch>, UserRepositoryError> {
        if !self.has_epoch(id, expected).await? {
            return Ok(None);
        }
        let epoch = self.epoch(id).await?;
        Ok(self.0.set_password(id, epoch, hash, event).await?.or(Some(expected)))
    }

    async fn rename(
        &self,
        id: UserId,
        name: &NickName,
        event: &AccountEvent,
    ) -> Result<bool, UserRepositoryError> {
        self.0.rename(id, name, event).await
    }

    async fn change_number(
        &self,
        id: UserId,
        expected: Epoch,
        change: &NumberChange,
        event: &AccountEvent,
    ) -> Result<NumberChanged, UserRepositoryError> {
        if self.is_taken(&change.number, id, change.now).await? {
            return Ok(NumberChanged::Taken);
        }
        if !self.has_epoch(id, expected).await? {
            return Ok(NumberChanged::Stale);
        }
        let Ok(next) = expected.next() else {
            return Ok(NumberChanged::Stale);
        };
        let epoch = self.epoch(id).await?;
        self.0.change_number(id, epoch, change, event).await?;
        Ok(NumberChanged::Changed(next))
    }

    async fn undo_number(
        &self,
        id: UserId,
        former: &PhoneNumber,
        now: OffsetDateTime,
        event: &AccountEvent,
    ) -> Result<Option<NumberUndone>, UserRepositoryError> {
        let user = self.0.find_by_former_phone(former, now).await?;
        let Some(user) = user.filter(|user| user.id == id) else {
            return Ok(None);
        };
        Self::pause().await;
        let undone = self.0.undo_number(id, former, now, event).await?;
        Ok(undone.or(Some(NumberUndone { epoch: user.epoch, changed_at: now })))
    }

    async fn set_standing(
        &self,
        id: UserId,
        expected: Epoch,
        standing: Standing,
        event: &AccountEvent,
    ) -> Result<Option<Epoch>, UserRepositoryError> {
        if !self.has_epoch(id, expected).await? {
            return Ok(None);
        }
        let epoch = self.epoch(id).await?;
        Ok(self.0.set_standing(id, epoch, standing, event).await?.or(Some(expected)))
    }

    async fn due_for_purge(
        &self,
        now: OffsetDateTime,
        limit: u32,
    ) -> Result<Vec<UserId>, UserRepositoryError> {
        self.0.due_for_purge(now, limit).await
    }

    async fn purge(
        &self,
        id: UserId,
        now: OffsetDateTime,
        event: &AccountEvent,
    ) -> Result<bool, UserRepositoryError> {
        if !self.0.due_for_purge(now, u32::MAX).await?.contains(&id) {
            return Ok(false);
        }
        Self::pause().await;
        self.0.purge(id, now, event).await?;
        Ok(true)
    }

    async fn list(
        &self,
        filter: &UserFilter,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<User>, UserRepositoryError> {
        self.0.list(filter, after, limit).await
    }
}
