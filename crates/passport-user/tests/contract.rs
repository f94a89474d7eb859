//! The clauses about concurrency detect a repository that reads and then writes.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use passport_user::{
    InsertUserError, PasswordHash, PhoneNumber, User, UserId, UserRepository, UserRepositoryError,
    testing,
};
use time::OffsetDateTime;
use tokio::{sync::Mutex, time::sleep};

/// A repository that is correct except for a pause between reading and writing.
#[derive(Debug, Default)]
struct RacyUserRepository(Mutex<HashMap<UserId, User>>);

#[async_trait]
impl UserRepository for RacyUserRepository {
    async fn insert(&self, user: &User) -> Result<(), InsertUserError> {
        if self.find_by_phone(&user.phone).await?.is_some() {
            return Err(InsertUserError::PhoneTaken);
        }
        sleep(Duration::from_millis(1)).await;
        self.0.lock().await.insert(user.id, user.clone());
        Ok(())
    }

    async fn find(&self, id: UserId) -> Result<Option<User>, UserRepositoryError> {
        Ok(self.0.lock().await.get(&id).cloned())
    }

    async fn find_by_phone(
        &self,
        phone: &PhoneNumber,
    ) -> Result<Option<User>, UserRepositoryError> {
        Ok(self.0.lock().await.values().find(|user| user.phone == *phone).cloned())
    }

    async fn record_login(
        &self,
        _id: UserId,
        _at: OffsetDateTime,
    ) -> Result<(), UserRepositoryError> {
        Ok(())
    }

    async fn replace_password_hash(
        &self,
        id: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<bool, UserRepositoryError> {
        let Some(user) = self.find(id).await?.filter(|user| user.password_hash == *old) else {
            return Ok(false);
        };
        sleep(Duration::from_millis(1)).await;
        self.0.lock().await.insert(id, User { password_hash: new.clone(), ..user });
        Ok(true)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_repository_that_is_not_atomic_passes_the_other_clauses() {
    testing::phone_is_unique(Arc::new(RacyUserRepository::default())).await;
    testing::replaces_only_the_expected_hash(Arc::new(RacyUserRepository::default())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "round")]
async fn phone_is_unique_fails_on_a_repository_that_is_not_atomic() {
    let users: Arc<dyn UserRepository> = Arc::new(RacyUserRepository::default());
    testing::phone_is_unique_under_concurrent_inserts(users).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "round")]
async fn replace_has_one_winner_fails_on_a_repository_that_is_not_atomic() {
    testing::replace_has_one_winner(Arc::new(RacyUserRepository::default())).await;
}
