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
#[derive(Debug, Default)]
pub struct MemoryUserRepository(Accounts);

impl MemoryUserRepository {
    /// The journal to which the events of changes are written.
    pub fn journal(&self) -> MemoryJournal {
        MemoryJournal::of(self.0.clone())
    }

    /// Makes `change` to the user in the next epoch and records `event`, if the user has the epoch
    /// `expected` and that is not the last.
    fn advance(
        &self,
        id: UserId,
        expected: Epoch,
        event: &AccountEvent,
        change: impl FnOnce(&mut User),
    ) -> Result<Option<Epoch>, UserRepositoryError> {
        let mut state = self.0.lock(UserRepositoryError::new)?;
        let Some(user) = state.users.get_mut(&id).filter(|user| user.epoch == expected) else {
            return Ok(None);
        };
        let Ok(epoch) = expected.next() else { return Ok(None) };
        user.epoch = epoch;
        change(user);
        state.record(event);
        Ok(Some(epoch))
    }
}

#[async_trait]
impl UserRepository for MemoryUserRepository {
    async fn insert(&self, user: &User, event: &AccountEvent) -> Result<(), InsertUserError> {
        let mut state = self.0.lock(UserRepositoryError::new)?;
        let Some(phone) = &user.phone else {
            return Err(UserRepositoryError::new("a new user needs a number").into());
        };
        if state.is_taken(phone, user.id, user.created_at) {
            return Err(InsertUserError::PhoneTaken);
        }
        state.kept_back.remove(phone);
        state.users.insert(user.id, user.clone());
        state.record(event);
        Ok(())
    }

    async fn find(&self, id: UserId) -> Result<Option<User>, UserRepositoryError> {
        Ok(self.0.lock(UserRepositoryError::new)?.users.get(&id).cloned())
    }

    async fn find_by_phone(
        &self,
        phone: &PhoneNumber,
    ) -> Result<Option<User>, UserRepositoryError> {
        Ok(self.0.lock(UserRepositoryError::new)?.by_phone(phone).cloned())
    }

    async fn find_by_former_phone(
        &self,
        phone: &PhoneNumber,
        now: OffsetDateTime,
    ) -> Result<Option<User>, UserRepositoryError> {
        let state = self.0.lock(UserRepositoryError::new)?;
        let kept = state.kept_back.get(phone).filter(|kept| kept.until > now);
        Ok(kept.and_then(|kept| state.users.get(&kept.user)).cloned())
    }

    async fn record_login(
        &self,
        id: UserId,
        at: OffsetDateTime,
    ) -> Result<(), UserRepositoryError> {
        if let Some(user) = self.0.lock(UserRepositoryError::new)?.users.get_mut(&id) {
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
        let mut state = self.0.lock(UserRepositoryError::new)?;
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
        self.advance(id, expected, event, |user| user.password_hash = hash.cloned())
    }

    async fn rename(
        &self,
        id: UserId,
        name: &NickName,
        event: &AccountEvent,
    ) -> Result<bool, UserRepositoryError> {
        let mut state = self.0.lock(UserRepositoryError::new)?;
        let Some(user) = state.users.get_mut(&id) else { return Ok(false) };
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
        let mut state = self.0.lock(UserRepositoryError::new)?;
        Ok(state.change_number(id, expected, change, event))
    }

    async fn undo_number(
        &self,
        id: UserId,
        former: &PhoneNumber,
        now: OffsetDateTime,
        event: &AccountEvent,
    ) -> Result<Option<NumberUndone>, UserRepositoryError> {
        let mut state = self.0.lock(UserRepositoryError::new)?;
        Ok(state.undo_number(id, former, now, event))
    }

    async fn set_standing(
        &self,
        id: UserId,
        expected: Epoch,
        standing: Standing,
        event: &AccountEvent,
    ) -> Result<Option<Epoch>, UserRepositoryError> {
        self.advance(id, expected, event, |user| user.standing = truncated(standing))
    }

    async fn due_for_purge(
        &self,
        now: OffsetDateTime,
        limit: u32,
    ) -> Result<Vec<UserId>, UserRepositoryError> {
        let state = self.0.lock(UserRepositoryError::new)?;
        let due = state.users.values().filter(|user| is_due(user, now));
        Ok(due.map(|user| user.id).take(count(limit)).collect())
    }

    async fn purge(
        &self,
        id: UserId,
        now: OffsetDateTime,
        event: &AccountEvent,
    ) -> Result<bool, UserRepositoryError> {
        let mut state = self.0.lock(UserRepositoryError::new)?;
        if !state.users.get(&id).is_some_and(|user| is_due(user, now)) {
            return Ok(false);
        }
        state.users.remove(&id);
        state.kept_back.retain(|_, kept| kept.user != id);
        state.record(event);
        Ok(true)
    }

    async fn list(
        &self,
        filter: &UserFilter,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<User>, UserRepositoryError> {
        let UserFilter { standing, quiet_since } = *filter;
        let state = self.0.lock(UserRepositoryError::new)?;
        let is_listed = |user: &&User| {
            after.is_none_or(|after| user.id.as_uuid() > after.as_uuid())
                && standing.is_none_or(|standing| user.standing.kind() == standing)
                && quiet_since.is_none_or(|since| seen_at(user) < since)
        };
        let mut users: Vec<_> = state.users.values().filter(is_listed).cloned().collect();
        users.sort_by_key(|user| user.id.as_uuid());
        users.truncate(count(limit));
        Ok(users)
    }
}

impl State {
    fn change_number(
        &mut self,
        id: UserId,
        expected: Epoch,
        change: &NumberChange,
        event: &AccountEvent,
    ) -> NumberChanged {
        let NumberChange { number, now, undo_until } = change;
        if self.is_taken(number, id, *now) {
            return NumberChanged::Taken;
        }
        let others = self
            .kept_back
            .iter()
            .filter(|(phone, kept)| kept.user == id && kept.until > *now && *phone != number);
        let open = others.count();
        let Some(user) = self.users.get_mut(&id).filter(|user| user.epoch == expected) else {
            return NumberChanged::Stale;
        };
        let Ok(epoch) = expected.next() else { return NumberChanged::Stale };
        if open >= count(NumberChange::MAX_UNDOABLE) {
            return NumberChanged::TooMany;
        }
        let former = user.phone.replace(number.clone());
        user.epoch = epoch;
        self.kept_back.remove(number);
        if let Some(former) = former.filter(|former| former != number) {
            let kept = KeptBack { user: id, since: *now, until: *undo_until };
            self.kept_back.insert(former, kept);
        }
        self.record(event);
        NumberChanged::Changed(epoch)
    }

    fn undo_number(
        &mut self,
        id: UserId,
        former: &PhoneNumber,
        now: OffsetDateTime,
        event: &AccountEvent,
    ) -> Option<NumberUndone> {
        let kept = *self.kept_back.get(former)?;
        if kept.user != id || kept.until <= now {
            return None;
        }
        let user = self.users.get_mut(&id)?;
        let epoch = user.epoch.next().ok()?;
        user.epoch = epoch;
        user.phone = Some(former.clone());
        user.password_hash = None;
        self.kept_back.retain(|_, other| other.user != id || other.since < kept.since);
        self.record(event);
        Some(NumberUndone { epoch, changed_at: kept.since })
    }
}

fn is_due(user: &User, now: OffsetDateTime) -> bool {
    matches!(user.standing, Standing::Leaving { purge_at, .. } if purge_at <= now)
}

/// Time of the last sign-in, or of the registration.
fn seen_at(user: &User) -> OffsetDateTime {
    user.last_login_at.unwrap_or(user.created_at)
}

fn truncated(standing: Standing) -> Standing {
    match standing {
        Standing::Active => Standing::Active,
        Standing::Disabled { since } => {
            Standing::Disabled { since: since.truncate_to_microsecond() }
        }
        Standing::Leaving { since, purge_at } => Standing::Leaving {
            since: since.truncate_to_microsecond(),
            purge_at: purge_at.truncate_to_microsecond(),
        },
    }
}

fn count(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}
