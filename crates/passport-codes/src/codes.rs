use std::sync::Arc;

use time::OffsetDateTime;

use crate::{
    Binding, Code, CodeDigest, CodeKey, CodePolicy, CodeStore, CodeStoreError, DigestKey, Guess,
    Redemption, StoredCode,
};

/// Issues and redeems codes. The store receives keyed digests only.
#[derive(Debug, Clone)]
pub struct Codes {
    store: Arc<dyn CodeStore>,
    digest_key: DigestKey,
}

impl Codes {
    /// Creates a service that stores digests under `digest_key` in `store`.
    pub fn new(store: Arc<dyn CodeStore>, digest_key: DigestKey) -> Self {
        Self { store, digest_key }
    }

    /// Stores `code` as the only valid code under `key`, and returns the stored form. With `binding` it
    /// can be redeemed with that binding only.
    ///
    /// # Errors
    ///
    /// The store failed. The code must not be sent, although it may have been stored.
    pub async fn issue(
        &self,
        key: &CodeKey,
        code: &Code,
        binding: Option<Binding>,
        policy: CodePolicy,
        now: OffsetDateTime,
    ) -> Result<StoredCode, CodeStoreError> {
        let stored = self.stored(key, code, binding, policy, now);
        self.store.put(key, stored, now).await?;
        Ok(stored)
    }

    /// The form in which [`issue`](Self::issue) stores `code`, for an act that stores it together with
    /// something else.
    pub fn stored(
        &self,
        key: &CodeKey,
        code: &Code,
        binding: Option<Binding>,
        policy: CodePolicy,
        now: OffsetDateTime,
    ) -> StoredCode {
        StoredCode {
            digest: self.digest_key.digest(key, code.expose()),
            binding,
            tries_left: policy.tries(),
            expires_at: now + policy.ttl(),
        }
    }

    /// Compares `guess` with the code under `key` and, on a match, spends the code. A code of another
    /// binding is missing.
    ///
    /// # Errors
    ///
    /// The store failed. The code may have been spent.
    pub async fn redeem(
        &self,
        key: &CodeKey,
        guess: &str,
        binding: Option<Binding>,
        now: OffsetDateTime,
    ) -> Result<Redemption, CodeStoreError> {
        let Guess { key, digest, binding } = self.guess(key, guess, binding, now).await?;
        self.store.redeem(&key, digest, binding, now).await
    }

    /// The form in which [`redeem`](Self::redeem) compares `guess`, for an act that redeems it together
    /// with something else. Asks the store only if there are former keys of digests.
    ///
    /// # Errors
    ///
    /// The store failed. Nothing was spent.
    pub async fn guess(
        &self,
        key: &CodeKey,
        guess: &str,
        binding: Option<Binding>,
        now: OffsetDateTime,
    ) -> Result<Guess, CodeStoreError> {
        let digest = self.digest_in_use(key, guess, now).await?;
        Ok(Guess { key: key.clone(), digest, binding })
    }

    /// Digest of `guess` under the former key that the code under `key` was stored with, or under the
    /// present one. A code that is replaced meanwhile costs a try and accepts nothing.
    async fn digest_in_use(
        &self,
        key: &CodeKey,
        guess: &str,
        now: OffsetDateTime,
    ) -> Result<CodeDigest, CodeStoreError> {
        for digest in self.digest_key.former_digests(key, guess) {
            if self.store.holds(key, digest, now).await? {
                return Ok(digest);
            }
        }
        Ok(self.digest_key.digest(key, guess))
    }

    /// Stores `code` under `key`, as [`issue`](Self::issue) does, until the expiry of `spent`: a record
    /// of what a spent code was used for.
    ///
    /// # Errors
    ///
    /// The store failed. The record may have been stored.
    pub async fn record(
        &self,
        key: &CodeKey,
        code: &Code,
        spent: StoredCode,
        now: OffsetDateTime,
    ) -> Result<(), CodeStoreError> {
        let digest = self.digest_key.digest(key, code.expose());
        self.store.put(key, StoredCode { digest, binding: None, ..spent }, now).await
    }

    /// Whether `guess` is the code under `key`. Spends nothing and costs no try, so it must not be
    /// used for codes that prove anything.
    ///
    /// # Errors
    ///
    /// The store failed.
    pub async fn holds(
        &self,
        key: &CodeKey,
        guess: &str,
        now: OffsetDateTime,
    ) -> Result<bool, CodeStoreError> {
        let digest = self.digest_in_use(key, guess, now).await?;
        self.store.holds(key, digest, now).await
    }

    /// Restores a spent code with its former expiry and tries, as if it had not been redeemed (a
    /// correct guess costs no try). Does nothing if there is a newer code under `key`.
    ///
    /// # Errors
    ///
    /// The store failed. The code may have been restored.
    pub async fn restore(
        &self,
        key: &CodeKey,
        spent: StoredCode,
        now: OffsetDateTime,
    ) -> Result<(), CodeStoreError> {
        self.store.restore(key, spent, now).await
    }

    /// Deletes `code` if it is the code under `key`. A newer code is not affected.
    ///
    /// # Errors
    ///
    /// The store failed. The code may remain valid until it expires.
    pub async fn withdraw(&self, key: &CodeKey, code: &Code) -> Result<(), CodeStoreError> {
        self.store.withdraw(key, self.digest_key.digest(key, code.expose())).await
    }

    /// Deletes the code under `key`, if any.
    ///
    /// # Errors
    ///
    /// The store failed. The code may remain valid until it expires.
    pub async fn discard(&self, key: &CodeKey) -> Result<(), CodeStoreError> {
        self.store.discard(key).await
    }
}
