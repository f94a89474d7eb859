//! Keys of access tokens, as all nodes share them.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use passport_token::{Algorithm, JwkSet, KeySet, SigningKey, SigningKeyError};
use passport_user::{AccountEvent, Actor, SigningKeyRecord, SigningKeyRepository};
use rand::rng;
use thiserror::Error;
use time::OffsetDateTime;
use tokio::sync::Mutex;
use tracing::error;

use crate::{
    Clock, Detached, TokenSealingKeys, Unavailable,
    event::{Effect, EventSubject, Operation, Refused},
};

/// Time for which caches keep the JWK Set.
pub const KEYS_MAX_AGE: Duration = Duration::from_mins(5);
/// Longest lifetime of an access token.
pub const MAX_TOKEN_LIFETIME: Duration = Duration::from_mins(10);
/// Time after which a node reads the keys again, and so the time until all nodes know a new key.
pub(crate) const RELOAD: Duration = Duration::from_secs(5);

/// Reads, makes and opens the keys of access tokens. Clones share what was read.
#[derive(Debug, Clone)]
pub struct TokenKeys {
    repository: Arc<dyn SigningKeyRepository>,
    sealing: TokenSealingKeys,
    /// Algorithm of new keys.
    algorithm: Algorithm,
    detached: Detached,
    clock: Arc<dyn Clock>,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    snapshot: RwLock<Option<Arc<Snapshot>>>,
    /// Held while the keys are read.
    reading: Mutex<()>,
}

/// The keys as they were read.
#[derive(Debug)]
pub(crate) struct Snapshot {
    read_at: OffsetDateTime,
    pub(crate) keys: Vec<TokenKey>,
}

/// A key as it was read, and opened if a sealing key fits.
#[derive(Debug)]
pub(crate) struct TokenKey {
    pub(crate) record: SigningKeyRecord,
    pub(crate) key: Option<SigningKey>,
}

impl TokenKeys {
    /// Keys of `repository`. New ones are for `algorithm`.
    pub fn new(
        repository: Arc<dyn SigningKeyRepository>,
        sealing: TokenSealingKeys,
        algorithm: Algorithm,
        detached: Detached,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { repository, sealing, algorithm, detached, clock, shared: Arc::default() }
    }

    /// The published keys, for services that verify. The first key is made if there is none.
    ///
    /// # Errors
    ///
    /// See [`TokenKeysError`].
    pub async fn published(&self) -> Result<JwkSet, TokenKeysError> {
        let (snapshot, now) = (self.present().await?, self.clock.now());
        let keys = snapshot.published(now).map(|key| key.public().to_jwk(key.id())).collect();
        Ok(JwkSet { keys })
    }

    /// The published keys, to verify tokens here.
    pub(crate) async fn verifying(&self) -> Result<KeySet, TokenKeysError> {
        let set = self.published().await?;
        KeySet::new(&set).map_err(|_| TokenKeysError::Unreadable)
    }

    /// Signs with the latest active key.
    pub(crate) async fn sign(
        &self,
        claims: &passport_token::Claims,
    ) -> Result<String, TokenKeysError> {
        let (snapshot, now) = (self.present().await?, self.clock.now());
        let key = snapshot.signing(now).ok_or_else(|| {
            error!(
                "no signing key of access tokens can be opened with the master secret; \
                 `passport keys rotate token --now` makes a new one"
            );
            TokenKeysError::Unreadable
        })?;
        Ok(key.sign(claims)?)
    }

    /// The keys as they were read a few seconds ago at most. The first key is made if there is none.
    async fn present(&self) -> Result<Arc<Snapshot>, TokenKeysError> {
        let recent = || {
            let kept = self.shared.snapshot.read().unwrap_or_else(PoisonError::into_inner).clone();
            // Absolute differences, because the clock may be set back.
            kept.filter(|it| (self.clock.now() - it.read_at).abs() < RELOAD)
        };
        if let Some(snapshot) = recent() {
            return Ok(snapshot);
        }
        let _reading = self.shared.reading.lock().await;
        if let Some(snapshot) = recent() {
            return Ok(snapshot);
        }
        let mut snapshot = self.read().await?;
        if snapshot.keys.is_empty() {
            // Another node may be first: its key is as good.
            let now = self.clock.now();
            let subject = EventSubject { actor: Some(Actor::System), ..EventSubject::default() };
            self.publish(1, now, now, subject).await?;
            snapshot = self.read().await?;
        }
        let snapshot = Arc::new(snapshot);
        let kept = &self.shared.snapshot;
        *kept.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&snapshot));
        Ok(snapshot)
    }

    /// Reads the keys.
    pub(crate) async fn read(&self) -> Result<Snapshot, Unavailable> {
        let read_at = self.clock.now();
        let records = self.repository.list().await?;
        let keys = records.into_iter().map(|record| {
            let algorithm = Algorithm::from_name(&record.algorithm);
            let key = algorithm.and_then(|algorithm| {
                let document = self.sealing.open(&record.sealed, &record.id)?;
                SigningKey::from_pkcs8(algorithm, &document).ok()
            });
            TokenKey { record, key }
        });
        Ok(Snapshot { read_at, keys: keys.collect() })
    }

    /// Makes the key of this generation, and retires former ones. Returns `None` if there is one already.
    pub(crate) async fn publish(
        &self,
        generation: u32,
        active_from: OffsetDateTime,
        retire_former_at: OffsetDateTime,
        subject: EventSubject,
    ) -> Result<Option<SigningKeyRecord>, TokenKeysError> {
        let document = SigningKey::generate(self.algorithm)?;
        let key = SigningKey::from_pkcs8(self.algorithm, &document)?;
        let record = SigningKeyRecord {
            generation,
            id: key.id().to_owned(),
            algorithm: self.algorithm.to_string(),
            sealed: self.sealing.seal(&document, key.id(), &mut rng()),
            created_at: self.clock.now().truncate_to_microsecond(),
            active_from: active_from.truncate_to_microsecond(),
            retired_at: None,
        };
        let repository = Arc::clone(&self.repository);
        let act = move |mut event: AccountEvent| async move {
            _ = record.describe(&mut event);
            let published = repository.publish(&record, retire_former_at, &event).await;
            let is_published = published.map_err(Unavailable::from)?;
            Ok::<_, TokenKeysError>(is_published.then_some(record))
        };
        self.detached.perform(Operation::RotateKey, subject, act).await
    }

    /// Retires the key of this id. Returns false if there is none, or it retires earlier.
    pub(crate) async fn retire(
        &self,
        record: SigningKeyRecord,
        subject: EventSubject,
    ) -> Result<Option<SigningKeyRecord>, TokenKeysError> {
        let (repository, at) = (Arc::clone(&self.repository), self.clock.now());
        let act = move |mut event: AccountEvent| async move {
            _ = record.describe(&mut event);
            let retired = repository.retire(&record.id, at, &event).await;
            let is_retired = retired.map_err(Unavailable::from)?;
            Ok::<_, TokenKeysError>(is_retired.then_some(record))
        };
        self.detached.perform(Operation::RetireKey, subject, act).await
    }

    /// Deletes keys that were retired long ago.
    pub(crate) async fn purge(&self, before: OffsetDateTime) -> Result<u64, Unavailable> {
        Ok(self.repository.purge(before).await?)
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }
}

impl Snapshot {
    /// Keys whose tokens are accepted.
    fn published(&self, now: OffsetDateTime) -> impl Iterator<Item = &SigningKey> {
        let keys = self.keys.iter().filter(move |it| it.record.is_published(now));
        keys.filter_map(|it| it.key.as_ref())
    }

    /// The key that signs.
    pub(crate) fn signing(&self, now: OffsetDateTime) -> Option<&SigningKey> {
        let mut keys = self.keys.iter().rev().filter(|it| it.record.is_active(now));
        keys.find_map(|it| it.key.as_ref())
    }
}

impl Effect for SigningKeyRecord {
    fn describe(&self, event: &mut AccountEvent) -> bool {
        event.detail.insert("key".to_owned(), self.id.clone());
        event.detail.insert("algorithm".to_owned(), self.algorithm.clone());
        event.detail.insert("generation".to_owned(), self.generation.to_string());
        true
    }
}

/// Reason why there is no key.
#[derive(Debug, Error)]
pub enum TokenKeysError {
    /// A store could not answer.
    #[error("{0}")]
    Unavailable(#[from] Unavailable),
    /// No key can be opened, because the master secret was replaced or lost.
    #[error(
        "no signing key of access tokens can be opened with the master secret: give the former secret \
         too, or make a new key with `passport keys rotate token --now`"
    )]
    Unreadable,
    /// A key was not made.
    #[error("no signing key was made: {0}")]
    Key(#[from] SigningKeyError),
}

impl Refused for TokenKeysError {
    fn rule(&self) -> &'static str {
        match self {
            Self::Unavailable(_) => "unavailable",
            Self::Unreadable => "key-unreadable",
            Self::Key(_) => "key-not-made",
        }
    }
}
