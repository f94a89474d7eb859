use std::{num::NonZeroU32, sync::LazyLock};

use async_trait::async_trait;
use deadpool_redis::redis::{Script, ScriptInvocation, cmd};
use passport_codes::{
    Binding, CodeDigest, CodeKey, CodeStore, CodeStoreError, Redemption, StoredCode,
};
use time::OffsetDateTime;

use crate::{
    RedisClient, key,
    moment::{from_microseconds, keep, microseconds},
};

/// Functions about codes, with which scripts begin.
pub(crate) const CODE: &str = include_str!("codes/code.lua");

static PUT: LazyLock<Script> =
    LazyLock::new(|| Script::new(&[CODE, include_str!("codes/put.lua")].concat()));
static RESTORE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("codes/restore.lua")));
static REDEEM: LazyLock<Script> =
    LazyLock::new(|| Script::new(&[CODE, include_str!("codes/redeem.lua")].concat()));
static WITHDRAW: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("codes/withdraw.lua")));

/// Codes in Redis: one hash per code. Each act is one command or one script.
#[derive(Debug, Clone)]
pub struct RedisCodeStore(RedisClient);

impl RedisCodeStore {
    /// Stores codes in the Redis of `client`.
    pub fn new(client: RedisClient) -> Self {
        Self(client)
    }

    fn key(&self, key: &CodeKey) -> String {
        self::key(self.0.prefix(), key)
    }
}

#[async_trait]
impl CodeStore for RedisCodeStore {
    async fn put(
        &self,
        key: &CodeKey,
        code: StoredCode,
        now: OffsetDateTime,
    ) -> Result<(), CodeStoreError> {
        let mut script = PUT.key(self.key(key));
        add_code(&mut script, &code, now);
        self.0.invoke(&script).await.map_err(CodeStoreError::new)
    }

    async fn redeem(
        &self,
        key: &CodeKey,
        guess: CodeDigest,
        binding: Option<Binding>,
        now: OffsetDateTime,
    ) -> Result<Redemption, CodeStoreError> {
        let mut script = REDEEM.key(self.key(key));
        script.arg(microseconds(now));
        add_guess(&mut script, guess, binding.as_ref());
        let answer: Vec<i64> = self.0.invoke(&script).await.map_err(CodeStoreError::new)?;
        redemption(guess, binding, &answer).ok_or_else(|| {
            CodeStoreError::new("redis returned an answer that redeem.lua does not give")
        })
    }

    async fn holds(
        &self,
        key: &CodeKey,
        digest: CodeDigest,
        now: OffsetDateTime,
    ) -> Result<bool, CodeStoreError> {
        let mut read = cmd("HMGET");
        read.arg(self.key(key)).arg("digest").arg("expires_at");
        let (held, expires_at): (Option<Vec<u8>>, Option<i64>) =
            self.0.query(&read).await.map_err(CodeStoreError::new)?;
        let is_live = expires_at.is_some_and(|expires_at| microseconds(now) < expires_at);
        Ok(is_live && held.is_some_and(|held| held == digest.as_bytes()))
    }

    async fn restore(
        &self,
        key: &CodeKey,
        spent: StoredCode,
        now: OffsetDateTime,
    ) -> Result<(), CodeStoreError> {
        let mut script = RESTORE.key(self.key(key));
        script
            .arg(spent.digest.as_bytes())
            .arg(spent.tries_left.get())
            .arg(microseconds(spent.expires_at))
            .arg(keep(spent.expires_at - now))
            .arg(microseconds(now))
            .arg(bytes(spent.binding.as_ref()));
        self.0.invoke(&script).await.map_err(CodeStoreError::new)
    }

    async fn withdraw(&self, key: &CodeKey, digest: CodeDigest) -> Result<(), CodeStoreError> {
        let mut script = WITHDRAW.key(self.key(key));
        script.arg(digest.as_bytes());
        self.0.invoke(&script).await.map_err(CodeStoreError::new)
    }

    async fn discard(&self, key: &CodeKey) -> Result<(), CodeStoreError> {
        self.0.query(cmd("DEL").arg(self.key(key))).await.map_err(CodeStoreError::new)
    }
}

/// Has no hash tag, because an act on a code alone uses one key: in a Cluster, codes spread over all nodes.
pub(crate) fn key(prefix: &str, key: &CodeKey) -> String {
    format!("{prefix}:code:{}:{}", key.purpose().as_str(), key::part(key.subject()))
}

/// Adds a code as `put_code` reads it.
pub(crate) fn add_code(script: &mut ScriptInvocation<'_>, code: &StoredCode, now: OffsetDateTime) {
    script
        .arg(code.digest.as_bytes())
        .arg(code.tries_left.get())
        .arg(microseconds(code.expires_at))
        .arg(keep(code.expires_at - now))
        .arg(bytes(code.binding.as_ref()));
}

/// Adds a guess as `redeem_code` reads it.
pub(crate) fn add_guess(
    script: &mut ScriptInvocation<'_>,
    digest: CodeDigest,
    binding: Option<&Binding>,
) {
    script.arg(digest.as_bytes()).arg(bytes(binding));
}

/// A binding as the scripts take it: empty for none.
fn bytes(binding: Option<&Binding>) -> &[u8] {
    binding.map_or(&[], |binding| binding.as_bytes())
}

/// Reads the answer of `redeem_code` to a guess whose digest is `guess`, with `binding`.
pub(crate) fn redemption(
    guess: CodeDigest,
    binding: Option<Binding>,
    answer: &[i64],
) -> Option<Redemption> {
    match *answer {
        [] => Some(Redemption::Missing),
        [tries_left] => Some(Redemption::Mismatch { tries_left: tries_left.try_into().ok()? }),
        [tries_left, expires_at] => Some(Redemption::Accepted(StoredCode {
            digest: guess,
            binding,
            tries_left: NonZeroU32::new(tries_left.try_into().ok()?)?,
            expires_at: from_microseconds(expires_at)?,
        })),
        _ => None,
    }
}
