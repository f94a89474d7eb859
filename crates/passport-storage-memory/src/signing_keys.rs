use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use passport_user::{
    AccountEvent, SigningKeyRecord, SigningKeyRepository, SigningKeyRepositoryError,
};
use time::OffsetDateTime;

use crate::{MemoryJournal, accounts::Accounts};

/// Signing keys in the memory of this process, for tests. They are lost when it ends.
#[derive(Debug, Clone, Default)]
pub struct MemorySigningKeys {
    keys: Arc<Mutex<Vec<SigningKeyRecord>>>,
    accounts: Accounts,
}

impl MemorySigningKeys {
    /// The journal that has the events of these keys.
    pub fn journal(&self) -> MemoryJournal {
        MemoryJournal::over(self.accounts.clone())
    }

    fn keys(&self) -> Result<MutexGuard<'_, Vec<SigningKeyRecord>>, SigningKeyRepositoryError> {
        self.keys.lock().map_err(|_| {
            SigningKeyRepositoryError::new("a thread panicked while it held the lock of the keys")
        })
    }

    fn record(&self, event: &AccountEvent) -> Result<(), SigningKeyRepositoryError> {
        let state = self.accounts.lock().ok_or_else(|| {
            SigningKeyRepositoryError::new("a thread panicked while it held the lock of the events")
        });
        state?.record(event);
        Ok(())
    }
}

#[async_trait]
impl SigningKeyRepository for MemorySigningKeys {
    async fn list(&self) -> Result<Vec<SigningKeyRecord>, SigningKeyRepositoryError> {
        Ok(self.keys()?.clone())
    }

    async fn publish(
        &self,
        key: &SigningKeyRecord,
        retire_former_at: OffsetDateTime,
        event: &AccountEvent,
    ) -> Result<bool, SigningKeyRepositoryError> {
        let mut keys = self.keys()?;
        if keys.iter().any(|it| it.generation == key.generation || it.id == key.id) {
            return Ok(false);
        }
        for former in keys.iter_mut().filter(|it| it.generation < key.generation) {
            end_at(former, retire_former_at);
        }
        keys.push(key.clone());
        keys.sort_by_key(|it| it.generation);
        self.record(event)?;
        Ok(true)
    }

    async fn retire(
        &self,
        id: &str,
        at: OffsetDateTime,
        event: &AccountEvent,
    ) -> Result<bool, SigningKeyRepositoryError> {
        let mut keys = self.keys()?;
        let retired = keys.iter_mut().find(|it| it.id == id).is_some_and(|key| end_at(key, at));
        if retired {
            self.record(event)?;
        }
        Ok(retired)
    }

    async fn purge(&self, before: OffsetDateTime) -> Result<u64, SigningKeyRepositoryError> {
        let mut keys = self.keys()?;
        let (latest, count) = (keys.last().map(|it| it.generation), keys.len());
        keys.retain(|it| {
            Some(it.generation) == latest || it.retired_at.is_none_or(|at| at >= before)
        });
        Ok((count - keys.len()) as u64)
    }
}

/// Makes the end of a key earlier; returns whether it was later.
fn end_at(key: &mut SigningKeyRecord, at: OffsetDateTime) -> bool {
    let is_later = key.retired_at.is_none_or(|it| it > at);
    if is_later {
        key.retired_at = Some(at.truncate_to_microsecond());
    }
    is_later
}
