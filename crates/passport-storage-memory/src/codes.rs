use std::{num::NonZeroU32, sync::Mutex};

use async_trait::async_trait;
use passport_codes::{
    Binding, CodeDigest, CodeKey, CodeStore, CodeStoreError, Redemption, StoredCode,
};
use time::OffsetDateTime;

use crate::expiry::ExpiringMap;

/// Codes in the memory of this process. They are lost when it ends.
#[derive(Debug, Default)]
pub struct MemoryCodeStore(Mutex<ExpiringMap<CodeKey, StoredCode>>);

#[async_trait]
impl CodeStore for MemoryCodeStore {
    async fn put(
        &self,
        key: &CodeKey,
        code: StoredCode,
        now: OffsetDateTime,
    ) -> Result<(), CodeStoreError> {
        let mut codes = self.0.lock().map_err(poisoned)?;
        *codes.entry(key.clone(), |code| now < code.expires_at, || code) = code;
        Ok(())
    }

    async fn redeem(
        &self,
        key: &CodeKey,
        guess: CodeDigest,
        binding: Option<Binding>,
        now: OffsetDateTime,
    ) -> Result<Redemption, CodeStoreError> {
        let mut codes = self.0.lock().map_err(poisoned)?;
        let Some(code) = codes.get_mut(key) else {
            return Ok(Redemption::Missing);
        };
        if code.binding != binding {
            return Ok(Redemption::Missing);
        }
        let (redemption, tries_left) = if code.expires_at <= now {
            (Redemption::Missing, 0)
        } else if code.digest == guess {
            (Redemption::Accepted(*code), 0)
        } else {
            let tries_left = code.tries_left.get() - 1;
            (Redemption::Mismatch { tries_left }, tries_left)
        };
        match NonZeroU32::new(tries_left) {
            Some(tries_left) => code.tries_left = tries_left,
            None => codes.remove(key),
        }
        Ok(redemption)
    }

    async fn holds(
        &self,
        key: &CodeKey,
        digest: CodeDigest,
        now: OffsetDateTime,
    ) -> Result<bool, CodeStoreError> {
        let mut codes = self.0.lock().map_err(poisoned)?;
        Ok(codes.get_mut(key).is_some_and(|code| code.digest == digest && now < code.expires_at))
    }

    async fn restore(
        &self,
        key: &CodeKey,
        spent: StoredCode,
        now: OffsetDateTime,
    ) -> Result<(), CodeStoreError> {
        if spent.expires_at <= now {
            return Ok(());
        }
        let mut codes = self.0.lock().map_err(poisoned)?;
        let code = codes.entry(key.clone(), |code| now < code.expires_at, || spent);
        if code.expires_at <= now {
            *code = spent;
        }
        Ok(())
    }

    async fn withdraw(&self, key: &CodeKey, digest: CodeDigest) -> Result<(), CodeStoreError> {
        let mut codes = self.0.lock().map_err(poisoned)?;
        if codes.get_mut(key).is_some_and(|code| code.digest == digest) {
            codes.remove(key);
        }
        Ok(())
    }

    async fn discard(&self, key: &CodeKey) -> Result<(), CodeStoreError> {
        self.0.lock().map_err(poisoned)?.remove(key);
        Ok(())
    }
}

fn poisoned<T>(_: std::sync::PoisonError<T>) -> CodeStoreError {
    CodeStoreError::new("a thread panicked while it held the lock of the codes")
}
