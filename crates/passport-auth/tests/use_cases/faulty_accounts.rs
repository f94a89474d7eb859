//! The ports of accounts on stores that fail at a planned call.

use std::time::Duration;

use async_trait::async_trait;
use passport_session::{
    CachedSession, ChangeId, EntryVersion, Session, SessionDigest, SessionStoreError, SubjectCache,
};
use passport_throttle::{
    Attempt, Block, FailureStore, FailureStoreError, Permission, Series, SeriesKey, Tally,
};
use passport_user::{
    AccountEvent, Epoch, EventFilter, EventId, InsertUserError, Journal, JournalError, NickName,
    NumberChange, NumberChanged, NumberUndone, PasswordHash, PhoneNumber, Standing, User,
    UserFilter, UserId, UserRepository, UserRepositoryError,
};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::faulty::Faulty;

#[async_trait]
impl<S: UserRepository> UserRepository for Faulty<S> {
    async fn insert(&self, user: &User, event: &AccountEvent) -> Result<(), InsertUserError> {
        let error = |cause| UserRepositoryError::new(cause).into();
        self.step("users.insert", self.store.insert(user, event), error).await
    }

    async fn find(&self, id: UserId) -> Result<Option<User>, UserRepositoryError> {
        let call = self.store.find(id);
        self.step("users.find", call, UserRepositoryError::new).await
    }

    async fn find_by_phone(
        &self,
        phone: &PhoneNumber,
    ) -> Result<Option<User>, UserRepositoryError> {
        let call = self.store.find_by_phone(phone);
        self.step("users.find_by_phone", call, UserRepositoryError::new).await
    }

    async fn find_by_former_phone(
        &self,
        phone: &PhoneNumber,
        now: OffsetDateTime,
    ) -> Result<Option<User>, UserRepositoryError> {
        let call = self.store.find_by_former_phone(phone, now);
        self.step("users.find_by_former_phone", call, UserRepositoryError::new).await
    }

    async fn record_login(
        &self,
        id: UserId,
        at: OffsetDateTime,
    ) -> Result<(), UserRepositoryError> {
        let call = self.store.record_login(id, at);
        self.step("users.record_login", call, UserRepositoryError::new).await
    }

    async fn replace_password_hash(
        &self,
        id: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<bool, UserRepositoryError> {
        let call = self.store.replace_password_hash(id, old, new);
        self.step("users.replace_password_hash", call, UserRepositoryError::new).await
    }

    async fn set_password(
        &self,
        id: UserId,
        expected: Epoch,
        hash: Option<&PasswordHash>,
        event: &AccountEvent,
    ) -> Result<Option<Epoch>, UserRepositoryError> {
        let call = self.store.set_password(id, expected, hash, event);
        self.step("users.set_password", call, UserRepositoryError::new).await
    }

    async fn rename(
        &self,
        id: UserId,
        name: &NickName,
        event: &AccountEvent,
    ) -> Result<bool, UserRepositoryError> {
        let call = self.store.rename(id, name, event);
        self.step("users.rename", call, UserRepositoryError::new).await
    }

    async fn change_number(
        &self,
        id: UserId,
        expected: Epoch,
        change: &NumberChange,
        event: &AccountEvent,
    ) -> Result<NumberChanged, UserRepositoryError> {
        let call = self.store.change_number(id, expected, change, event);
        self.step("users.change_number", call, UserRepositoryError::new).await
    }

    async fn undo_number(
        &self,
        id: UserId,
        former: &PhoneNumber,
        now: OffsetDateTime,
        event: &AccountEvent,
    ) -> Result<Option<NumberUndone>, UserRepositoryError> {
        let call = self.store.undo_number(id, former, now, event);
        self.step("users.undo_number", call, UserRepositoryError::new).await
    }

    async fn set_standing(
        &self,
        id: UserId,
        expected: Epoch,
        standing: Standing,
        event: &AccountEvent,
    ) -> Result<Option<Epoch>, UserRepositoryError> {
        let call = self.store.set_standing(id, expected, standing, event);
        self.step("users.set_standing", call, UserRepositoryError::new).await
    }

    async fn due_for_purge(
        &self,
        now: OffsetDateTime,
        limit: u32,
    ) -> Result<Vec<UserId>, UserRepositoryError> {
        let call = self.store.due_for_purge(now, limit);
        self.step("users.due_for_purge", call, UserRepositoryError::new).await
    }

    async fn purge(
        &self,
        id: UserId,
        now: OffsetDateTime,
        event: &AccountEvent,
    ) -> Result<bool, UserRepositoryError> {
        let call = self.store.purge(id, now, event);
        self.step("users.purge", call, UserRepositoryError::new).await
    }

    async fn list(
        &self,
        filter: &UserFilter,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<User>, UserRepositoryError> {
        let call = self.store.list(filter, after, limit);
        self.step("users.list", call, UserRepositoryError::new).await
    }
}

#[async_trait]
impl<S: SubjectCache> SubjectCache for Faulty<S> {
    async fn look_up(
        &self,
        digest: &SessionDigest,
        now: OffsetDateTime,
    ) -> Result<Option<CachedSession>, SessionStoreError> {
        self.step("cache.look_up", self.store.look_up(digest, now), SessionStoreError::new).await
    }

    async fn fill(
        &self,
        digest: &SessionDigest,
        session: &Session,
        seen: &EntryVersion,
        value: &[u8],
    ) -> Result<bool, SessionStoreError> {
        let call = self.store.fill(digest, session, seen, value);
        self.step("cache.fill", call, SessionStoreError::new).await
    }

    async fn begin_change(
        &self,
        subject: Uuid,
        change: ChangeId,
        lease: Duration,
    ) -> Result<(), SessionStoreError> {
        let call = self.store.begin_change(subject, change, lease);
        self.step("cache.begin_change", call, SessionStoreError::new).await
    }

    async fn end_change(&self, subject: Uuid, change: ChangeId) -> Result<(), SessionStoreError> {
        let call = self.store.end_change(subject, change);
        self.step("cache.end_change", call, SessionStoreError::new).await
    }

    async fn invalidate(&self, subject: Uuid) -> Result<(), SessionStoreError> {
        self.step("cache.invalidate", self.store.invalidate(subject), SessionStoreError::new).await
    }
}

#[async_trait]
impl<S: FailureStore> FailureStore for Faulty<S> {
    async fn begin(
        &self,
        series: &[Series],
        now: OffsetDateTime,
    ) -> Result<Permission, FailureStoreError> {
        self.record_series(series);
        self.step("failures.begin", self.store.begin(series, now), FailureStoreError::new).await
    }

    async fn check(
        &self,
        series: &[Series],
        now: OffsetDateTime,
    ) -> Result<Option<Block>, FailureStoreError> {
        self.record_series(series);
        self.step("failures.check", self.store.check(series, now), FailureStoreError::new).await
    }

    async fn read(
        &self,
        keys: &[SeriesKey],
        now: OffsetDateTime,
    ) -> Result<Vec<Option<Tally>>, FailureStoreError> {
        self.step("failures.read", self.store.read(keys, now), FailureStoreError::new).await
    }

    async fn succeed(&self, attempt: &Attempt) -> Result<(), FailureStoreError> {
        self.step("failures.succeed", self.store.succeed(attempt), FailureStoreError::new).await
    }

    async fn forgive(&self, attempt: &Attempt) -> Result<(), FailureStoreError> {
        self.step("failures.forgive", self.store.forgive(attempt), FailureStoreError::new).await
    }

    async fn clear(&self, key: &SeriesKey) -> Result<(), FailureStoreError> {
        self.step("failures.clear", self.store.clear(key), FailureStoreError::new).await
    }
}

impl<S> Faulty<S> {
    fn record_series(&self, series: &[Series]) {
        for one in series {
            self.outage.record(format!("{:02x?}", one.key.as_bytes()));
        }
    }
}

/// Recording is no call of an operation, because a task of its own does it.
#[async_trait]
impl<S: Journal> Journal for Faulty<S> {
    async fn record(&self, events: &[AccountEvent]) -> Result<(), JournalError> {
        if self.outage.is_down("journal.record") {
            return Err(JournalError::new("the store is down"));
        }
        self.store.record(events).await
    }

    async fn read(
        &self,
        filter: &EventFilter,
        before: Option<EventId>,
        limit: u32,
    ) -> Result<Vec<AccountEvent>, JournalError> {
        self.step("journal.read", self.store.read(filter, before, limit), JournalError::new).await
    }

    async fn purge(&self, before: OffsetDateTime) -> Result<u64, JournalError> {
        self.step("journal.purge", self.store.purge(before), JournalError::new).await
    }
}
