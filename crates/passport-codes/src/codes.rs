use std::sync::Arc;

use time::OffsetDateTime;

use crate::{
    Code, CodeKey, CodePolicy, CodeStore, CodeStoreError, DigestKey, Redemption, StoredCode,
};

/// Issues and redeems codes: digests them under a secret, so that the store never sees one.
#[derive(Debug, Clone)]
pub struct Codes {
    store: Arc<dyn CodeStore>,
    digest_key: DigestKey,
}

impl Codes {
    /// Keeps codes in `store`, digested under `digest_key`.
    pub fn new(store: Arc<dyn CodeStore>, digest_key: DigestKey) -> Self {
        Self { store, digest_key }
    }

    /// Makes `code` the one live code under `key`, and tells how it is kept.
    ///
    /// # Errors
    ///
    /// When the store could not answer. The code may be live all the same: do not send it.
    pub async fn issue(
        &self,
        key: &CodeKey,
        code: &Code,
        policy: CodePolicy,
        now: OffsetDateTime,
    ) -> Result<StoredCode, CodeStoreError> {
        let stored = StoredCode {
            digest: self.digest_key.digest(key, code.expose()),
            tries_left: policy.tries(),
            expires_at: now + policy.ttl(),
        };
        self.store.put(key, stored, now).await?;
        Ok(stored)
    }

    /// Compares `guess` with the live code under `key` and spends the code when it is right.
    ///
    /// # Errors
    ///
    /// When the store could not answer. The code may be spent all the same.
    pub async fn redeem(
        &self,
        key: &CodeKey,
        guess: &str,
        now: OffsetDateTime,
    ) -> Result<Redemption, CodeStoreError> {
        self.store.redeem(key, self.digest_key.digest(key, guess), now).await
    }

    /// Makes a code good again that was spent in vain: until its own end and with the tries that it
    /// had, as if it had not been redeemed (a right guess costs no try). It is not put back over a
    /// code that lives by now.
    ///
    /// # Errors
    ///
    /// When the store could not answer. The code may be good again all the same.
    pub async fn restore(
        &self,
        key: &CodeKey,
        spent: StoredCode,
        now: OffsetDateTime,
    ) -> Result<(), CodeStoreError> {
        self.store.restore(key, spent, now).await
    }

    /// Makes `code` worthless, if it lives under `key`. Another one that took its place stays good.
    ///
    /// # Errors
    ///
    /// When the store could not answer; the code then lives until it expires.
    pub async fn withdraw(&self, key: &CodeKey, code: &Code) -> Result<(), CodeStoreError> {
        self.store.withdraw(key, self.digest_key.digest(key, code.expose())).await
    }

    /// Makes whatever code lives under `key` worthless.
    ///
    /// # Errors
    ///
    /// When the store could not answer; the code then lives until it expires.
    pub async fn discard(&self, key: &CodeKey) -> Result<(), CodeStoreError> {
        self.store.discard(key).await
    }
}
