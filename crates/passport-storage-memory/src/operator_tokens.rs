use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

use async_trait::async_trait;
use passport_user::{
    AccountEvent, OperatorToken, OperatorTokenError, OperatorTokenId, OperatorTokenRepository,
};
use time::OffsetDateTime;

use crate::{MemoryJournal, accounts::Accounts};

/// Tokens of operators' programs in the memory of this process, for tests. They are lost when it
/// ends.
#[derive(Debug, Clone, Default)]
pub struct MemoryOperatorTokens {
    tokens: Arc<Mutex<BTreeMap<OperatorTokenId, OperatorToken>>>,
    accounts: Accounts,
}

impl MemoryOperatorTokens {
    /// The journal that has the events of these tokens.
    pub fn journal(&self) -> MemoryJournal {
        MemoryJournal::over(self.accounts.clone())
    }

    fn tokens(
        &self,
    ) -> Result<MutexGuard<'_, BTreeMap<OperatorTokenId, OperatorToken>>, OperatorTokenError> {
        self.tokens.lock().map_err(|_| {
            OperatorTokenError::new("a thread panicked while it held the lock of the tokens")
        })
    }

    fn record(&self, event: &AccountEvent) -> Result<(), OperatorTokenError> {
        let state = self.accounts.lock().ok_or_else(|| {
            OperatorTokenError::new("a thread panicked while it held the lock of the events")
        });
        state?.record(event);
        Ok(())
    }
}

#[async_trait]
impl OperatorTokenRepository for MemoryOperatorTokens {
    async fn insert(
        &self,
        token: &OperatorToken,
        event: &AccountEvent,
    ) -> Result<bool, OperatorTokenError> {
        let mut tokens = self.tokens()?;
        if tokens.values().any(|it| it.name == token.name) {
            return Ok(false);
        }
        tokens.insert(token.id, token.clone());
        self.record(event)?;
        Ok(true)
    }

    async fn find(&self, id: OperatorTokenId) -> Result<Option<OperatorToken>, OperatorTokenError> {
        Ok(self.tokens()?.get(&id).cloned())
    }

    async fn list(&self) -> Result<Vec<OperatorToken>, OperatorTokenError> {
        Ok(self.tokens()?.values().cloned().collect())
    }

    async fn record_use(
        &self,
        id: OperatorTokenId,
        at: OffsetDateTime,
    ) -> Result<(), OperatorTokenError> {
        if let Some(token) = self.tokens()?.get_mut(&id) {
            token.last_used_at = token.last_used_at.max(Some(at.truncate_to_microsecond()));
        }
        Ok(())
    }

    async fn remove(
        &self,
        id: OperatorTokenId,
        event: &AccountEvent,
    ) -> Result<bool, OperatorTokenError> {
        let removed = self.tokens()?.remove(&id).is_some();
        if removed {
            self.record(event)?;
        }
        Ok(removed)
    }
}
