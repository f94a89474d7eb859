use std::sync::MutexGuard;

use async_trait::async_trait;
use passport_user::{
    AccountEvent, Epoch, InsertUserError, NickName, NumberChange, NumberChanged, NumberUndone,
    PasswordHash, PhoneNumber, Standing, User, UserFilter, UserId, UserRepository,
    UserRepositoryError,
};
use time::OffsetDateTime;

use crate::{
    MemoryJournal,
    accounts::{Accounts, KeptBack, State},
};

/// Users in the memory of this process, for tests. They are lost when it ends.
#[derive(Debug, Clone, Default)]
pub struct MemoryUserRepository(Accounts);

impl MemoryUserRepository {
    /// The journal that has the events of these users.
    pub fn journal(&self) -> MemoryJournal {
        MemoryJournal::over(self.0.clone())
    }

    fn state(&self) -> Result<MutexGuard<'_, State>, UserRepositoryError> {
        self.0.lock().ok_or_else(|| {
            UserRepositoryError::new("a thread panicked while it held the lock of the users")
        })
    }
}

#[async_trait]
impl UserRepository for MemoryUserRepository {
    async fn insert(&self, user: &User, event: &AccountEvent) -> Result<(), InsertUserError> {
        let Some(phone) = &user.phone else {
            return Err(UserRepositoryError::new("a new user has no phone number").into());
        };
        let mut state = self.state()?;
        if state.is_taken(phone, user.id, user.created_at) {
            return Err(InsertUserError::PhoneTaken);
        }
        state.kept_back.remove(phone);
        state.users.insert(user.id, user.clone());
        state.record(event);
        Ok(())
    }

    async fn find(&self, id: UserId) -> Result<Option<User>, UserRepositoryError> {
        Ok(self.state()?.users.get(&id).cloned())
    }

    async fn find_by_phone(
        &self,
        phone: &PhoneNumber,
    ) -> Result<Option<User>, UserRepositoryError> {
        let state = self.state()?;
        Ok(state.users.values().find(|user| user.phone.as_ref() == Some(phone)).cloned())
    }

    async fn find_by_former_phone(
        &self,
        phone: &PhoneNumber,
        now: OffsetDateTime,
    ) -> Result<Option<User>, UserRepositoryError> {
        let state = self.state()?;
        let kept = state.kept_back(phone, now);
        Ok(kept.and_then(|kept| state.users.get(&kept.user)).cloned())
    }

    async fn record_login(
        &self,
        id: UserId,
        at: OffsetDateTime,
    ) -> Result<(), UserRepositoryError> {
        if let Some(user) = self.state()?.users.get_mut(&id) {
            user.last_login_at = user.last_login_at.max(Some(at.truncate_to_microsecond()));
        }
        Ok(())
    }

    async fn replace_password_hash(
        &self,
        id: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<bool, UserRepositoryError> {
        let mut state = self.state()?;
        let user = state.users.get_mut(&id);
        let Some(user) = user.filter(|user| user.password_hash.as_ref() == Some(old)) else {
            return Ok(false);
        };
        user.password_hash = Some(new.clone());
        Ok(true)
    }

    async fn set_password(
        &self,
        id: UserId,
        expected: Epoch,
        hash: Option<&PasswordHash>,
        event: &AccountEvent,
    ) -> Result<Option<Epoch>, UserRepositoryError> {
        let mut state = self.state()?;
        let Some((user, next)) = state.raise(id, expected) else {
            return Ok(None);
        };
        user.password_hash = hash.cloned();
        user.epoch = next;
        state.record(event);
        Ok(Some(next))
    }

    async fn rename(
        &self,
        id: UserId,
        name: &NickName,
        event: &AccountEvent,
    ) -> Result<bool, UserRepositoryError> {
        let mut state = self.state()?;
        let Some(user) = state.users.get_mut(&id) else {
            return Ok(false);
        };
        user.nick_name = name.clone();
        state.record(event);
        Ok(true)
    }

    async fn change_number(
        &self,
        id: UserId,
        expected: Epoch,
        change: &NumberChange,
        event: &AccountEvent,
    ) -> Result<NumberChanged, UserRepositoryError> {
        let NumberChange { number, now, undo_until } = change;
        let mut state = self.state()?;
        if state.raise(id, expected).is_none() {
            return Ok(NumberChanged::Stale);
        }
        let is_own = state.users.get(&id).is_some_and(|user| user.phone.as_ref() == Some(number));
        if is_own || state.is_taken(number, id, *now) {
            return Ok(NumberChanged::Taken);
        }
        state.kept_back.retain(|phone, kept| phone != number && *now < kept.undo_until);
        let open = state.kept_back.values().filter(|kept| kept.user == id).count();
        let Some((user, next)) = state.raise(id, expected) else {
            return Ok(NumberChanged::Stale);
        };
        if user.phone.is_some() && open >= usize::try_from(NumberChange::MAX_UNDOABLE).unwrap_or(0)
        {
            return Ok(NumberChanged::TooMany);
        }
        user.epoch = next;
        if let Some(former) = user.phone.replace(number.clone()) {
            let kept = KeptBack {
                user: id,
                changed_at: now.truncate_to_microsecond(),
                changed_in: next,
                undo_until: undo_until.truncate_to_microsecond(),
            };
            state.kept_back.insert(former, kept);
        }
        state.record(event);
        Ok(NumberChanged::Changed(next))
    }

    async fn undo_number(
        &self,
        id: UserId,
        former: &PhoneNumber,
        now: OffsetDateTime,
        event: &AccountEvent,
    ) -> Result<Option<NumberUndone>, UserRepositoryError> {
        let mut state = self.state()?;
        let Some(undone) = state.kept_back(former, now).filter(|kept| kept.user == id) else {
            return Ok(None);
        };
        let Some(user) = state.users.get_mut(&id) else {
            return Ok(None);
        };
        let Ok(epoch) = user.epoch.next() else {
            return Ok(None);
        };
        user.phone = Some(former.clone());
        user.password_hash = None;
        user.epoch = epoch;
        // The change itself, and every later one.
        state.kept_back.retain(|_, kept| kept.user != id || kept.changed_in < undone.changed_in);
        state.record(event);
        Ok(Some(NumberUndone { epoch, changed_at: undone.changed_at }))
    }

    async fn set_standing(
        &self,
        id: UserId,
        expected: Epoch,
        standing: Standing,
        event: &AccountEvent,
    ) -> Result<Option<Epoch>, UserRepositoryError> {
        let mut state = self.state()?;
        let Some((user, next)) = state.raise(id, expected) else {
            return Ok(None);
        };
        user.standing = match standing {
            Standing::Active => Standing::Active,
            Standing::Disabled { since } => {
                Standing::Disabled { since: since.truncate_to_microsecond() }
            }
            Standing::Leaving { since, purge_at } => Standing::Leaving {
                since: since.truncate_to_microsecond(),
                purge_at: purge_at.truncate_to_microsecond(),
            },
        };
        user.epoch = next;
        state.record(event);
        Ok(Some(next))
    }

    async fn due_for_purge(
        &self,
        now: OffsetDateTime,
        limit: u32,
    ) -> Result<Vec<UserId>, UserRepositoryError> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let state = self.state()?;
        let due = state.users.values().filter(|user| is_due(user, now)).map(|user| user.id);
        Ok(due.take(limit).collect())
    }

    async fn purge(
        &self,
        id: UserId,
        now: OffsetDateTime,
        event: &AccountEvent,
    ) -> Result<bool, UserRepositoryError> {
        let mut state = self.state()?;
        if !state.users.get(&id).is_some_and(|user| is_due(user, now)) {
            return Ok(false);
        }
        state.users.remove(&id);
        state.kept_back.retain(|_, kept| kept.user != id);
        state.purged.insert(id, now.truncate_to_microsecond());
        state.record(event);
        Ok(true)
    }

    async fn list(
        &self,
        filter: &UserFilter,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<User>, UserRepositoryError> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let state = self.state()?;
        let mut matching: Vec<_> = state
            .users
            .values()
            .filter(|user| after.is_none_or(|after| user.id.as_uuid() > after.as_uuid()))
            .filter(|user| matches(filter, user))
            .collect();
        matching.sort_by_key(|user| user.id.as_uuid());
        Ok(matching.into_iter().take(limit).cloned().collect())
    }
}

fn is_due(user: &User, now: OffsetDateTime) -> bool {
    match user.standing {
        Standing::Leaving { purge_at, .. } => purge_at <= now,
        Standing::Active | Standing::Disabled { .. } => false,
    }
}

fn matches(filter: &UserFilter, user: &User) -> bool {
    let UserFilter { standing, quiet_since } = filter;
    standing.is_none_or(|kind| user.standing.kind() == kind)
        && quiet_since.is_none_or(|time| user.last_login_at.unwrap_or(user.created_at) < time)
}
