use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard},
};

use async_trait::async_trait;
use passport_user::{
    InsertUserError, PasswordHash, PhoneNumber, User, UserId, UserRepository, UserRepositoryError,
};
use time::OffsetDateTime;

/// Users in the memory of this process, for tests. They are lost when it ends.
#[derive(Debug, Default)]
pub struct MemoryUserRepository(Mutex<HashMap<UserId, User>>);

impl MemoryUserRepository {
    fn users(&self) -> Result<MutexGuard<'_, HashMap<UserId, User>>, UserRepositoryError> {
        self.0.lock().map_err(|_| {
            UserRepositoryError::new("a thread panicked while it held the lock of the users")
        })
    }
}

#[async_trait]
impl UserRepository for MemoryUserRepository {
    async fn insert(&self, user: &User) -> Result<(), InsertUserError> {
        let mut users = self.users()?;
        if users.values().any(|other| other.phone == user.phone) {
            return Err(InsertUserError::PhoneTaken);
        }
        users.insert(user.id, user.clone());
        Ok(())
    }

    async fn find(&self, id: UserId) -> Result<Option<User>, UserRepositoryError> {
        Ok(self.users()?.get(&id).cloned())
    }

    async fn find_by_phone(
        &self,
        phone: &PhoneNumber,
    ) -> Result<Option<User>, UserRepositoryError> {
        Ok(self.users()?.values().find(|user| user.phone == *phone).cloned())
    }

    async fn record_login(
        &self,
        id: UserId,
        at: OffsetDateTime,
    ) -> Result<(), UserRepositoryError> {
        if let Some(user) = self.users()?.get_mut(&id) {
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
        let mut users = self.users()?;
        let Some(user) = users.get_mut(&id).filter(|user| user.password_hash == *old) else {
            return Ok(false);
        };
        user.password_hash = new.clone();
        Ok(true)
    }
}
