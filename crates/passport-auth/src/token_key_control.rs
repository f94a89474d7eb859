use std::time::Duration;

use passport_user::SigningKeyRecord;
use thiserror::Error;
use time::OffsetDateTime;

use crate::{
    Operator, Unavailable,
    event::EventSubject,
    token_keys::{KEYS_MAX_AGE, MAX_TOKEN_LIFETIME, RELOAD, TokenKeys, TokenKeysError},
};

/// Time from the publication of a key to its first token: caches of the former set have expired twice.
const BEFORE_SIGNING: Duration = Duration::from_secs(2 * KEYS_MAX_AGE.as_secs());
/// The same for a key that is needed now: every node has read it.
const BEFORE_SIGNING_NOW: Duration = Duration::from_secs(2 * RELOAD.as_secs());
/// Time after the last token of a key, for clocks that differ.
const MARGIN: Duration = Duration::from_mins(1);
/// Time for which retired keys are listed.
const REMEMBERED: Duration = Duration::from_hours(30 * 24);

/// Lists, renews and retires the keys of access tokens.
#[derive(Debug, Clone)]
pub struct TokenKeyControl {
    /// Keys.
    pub keys: TokenKeys,
}

/// A key, as operators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenKeyState {
    /// The key. Its private part is sealed.
    pub record: SigningKeyRecord,
    /// What it does now.
    pub stage: TokenKeyStage,
    /// Whether the master secret opens it.
    pub is_readable: bool,
}

/// What a key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKeyStage {
    /// It is published, and does not sign yet.
    Published,
    /// It signs.
    Signing,
    /// It does not sign any more; its tokens are accepted until they expire.
    Verifying,
    /// It is not published any more.
    Retired,
}

impl TokenKeyControl {
    /// All keys, the oldest first.
    ///
    /// # Errors
    ///
    /// If the repository could not answer.
    pub async fn list(&self) -> Result<Vec<TokenKeyState>, Unavailable> {
        let (snapshot, now) = (self.keys.read().await?, self.keys.now());
        let signing = snapshot.signing(now).map(|key| key.id().to_owned());
        let state = |record: &SigningKeyRecord, is_readable| TokenKeyState {
            record: record.clone(),
            stage: if !record.is_published(now) {
                TokenKeyStage::Retired
            } else if Some(&record.id) == signing.as_ref() {
                TokenKeyStage::Signing
            } else if now < record.active_from {
                TokenKeyStage::Published
            } else {
                TokenKeyStage::Verifying
            },
            is_readable,
        };
        Ok(snapshot.keys.iter().map(|it| state(&it.record, it.key.is_some())).collect())
    }

    /// Makes a key. It is published at once and signs ten minutes later, when every cache has it; with
    /// `now` after ten seconds, when every node has it. The former key is retired when its last token has
    /// expired.
    ///
    /// # Errors
    ///
    /// See [`TokenKeyError`].
    pub async fn rotate(
        &self,
        is_urgent: bool,
        operator: &Operator,
    ) -> Result<SigningKeyRecord, TokenKeyError> {
        let now = self.keys.now();
        let latest = self.keys.read().await?.keys.last().map(|it| it.record.generation);
        let wait = match latest {
            None => Duration::ZERO,
            Some(_) if is_urgent => BEFORE_SIGNING_NOW,
            Some(_) => BEFORE_SIGNING,
        };
        let active_from = now + wait;
        let retire_former_at = active_from + RELOAD + MAX_TOKEN_LIFETIME + MARGIN;
        let generation = latest.unwrap_or_default() + 1;
        let subject = EventSubject::operator(operator);
        let made = self.keys.publish(generation, active_from, retire_former_at, subject).await?;
        let made = made.ok_or(TokenKeyError::Overtaken)?;
        self.keys.purge(now - REMEMBERED).await?;
        Ok(made)
    }

    /// Retires the key whose id begins with `id`: its tokens are refused from now on, by services that
    /// verify themselves when they fetch the keys again.
    ///
    /// # Errors
    ///
    /// See [`TokenKeyError`].
    pub async fn retire(
        &self,
        id: &str,
        operator: &Operator,
    ) -> Result<SigningKeyRecord, TokenKeyError> {
        let (snapshot, now) = (self.keys.read().await?, self.keys.now());
        let mut found = snapshot
            .keys
            .iter()
            .map(|it| &it.record)
            .filter(|it| it.id.starts_with(id) && it.is_published(now));
        let (Some(record), None) = (found.next(), found.next()) else {
            return Err(TokenKeyError::Unknown);
        };
        let is_last = !snapshot
            .keys
            .iter()
            .any(|it| it.record.id != record.id && it.record.is_active(now) && it.key.is_some());
        if is_last {
            return Err(TokenKeyError::Last);
        }
        let subject = EventSubject::operator(operator);
        let retired = self.keys.retire(record.clone(), subject).await?;
        retired.ok_or(TokenKeyError::Overtaken)
    }
}

impl TokenKeyState {
    /// Time at which the key begins to sign, if that is to come.
    pub fn signs_from(&self) -> Option<OffsetDateTime> {
        (self.stage == TokenKeyStage::Published).then_some(self.record.active_from)
    }
}

/// Reason why no key was made or retired.
#[derive(Debug, Error)]
pub enum TokenKeyError {
    /// No key was read or made.
    #[error(transparent)]
    Keys(#[from] TokenKeysError),
    /// There is no such key.
    #[error(
        "no published key, or more than one, has an id that begins like this; see `passport keys list`"
    )]
    Unknown,
    /// No other key signs.
    #[error(
        "no other key signs: run `passport keys rotate token --now`, and retire this key after ten \
         seconds"
    )]
    Last,
    /// Another operator was faster.
    #[error("the keys were changed at the same time; see `passport keys list`")]
    Overtaken,
}

impl From<Unavailable> for TokenKeyError {
    fn from(outage: Unavailable) -> Self {
        Self::Keys(outage.into())
    }
}
