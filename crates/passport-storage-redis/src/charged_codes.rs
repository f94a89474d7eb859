use std::{
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use deadpool_redis::redis::{Script, ScriptInvocation};
use passport_codes::{CodeKey, Guess, Redemption, StoredCode};
use passport_throttle::{Block, Hit, Passage, Toll};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    RedisClient, RedisError, codes, error::CROSS_SLOT, failures, moment::microseconds, throttle,
};

/// What all scripts begin with.
const TOLL: [&str; 4] =
    [throttle::COUNTS, codes::CODE, failures::SERIES, include_str!("charged_codes/toll.lua")];

static PUT: LazyLock<Script> = LazyLock::new(|| script(include_str!("charged_codes/put.lua")));
static REDEEM: LazyLock<Script> =
    LazyLock::new(|| script(include_str!("charged_codes/redeem.lua")));

fn script(act: &str) -> Script {
    Script::new(&[&TOLL.concat(), act].concat())
}

/// Codes in Redis, together with the counts and failures that are charged for them, in the records of
/// [`RedisCodeStore`](crate::RedisCodeStore), [`RedisThrottleStore`](crate::RedisThrottleStore) and
/// [`RedisFailureStore`](crate::RedisFailureStore).
///
/// Each act is one script. In a Cluster a client, a number and its code are in different slots, so no script
/// can do it: every act is then `None`, and the caller has to do it with those stores, one after the other.
#[derive(Debug, Clone)]
pub struct RedisChargedCodes {
    client: RedisClient,
    is_cluster: Arc<AtomicBool>,
}

impl RedisChargedCodes {
    /// Charges codes in the Redis of `client`.
    pub fn new(client: RedisClient) -> Self {
        Self { client, is_cluster: Arc::default() }
    }

    /// Stores a code, and counts a hit on the charges of `toll`, if all of it lets the act pass; else does
    /// neither. Counts no failure. `None` in a Cluster; nothing was done.
    ///
    /// # Errors
    ///
    /// If Redis does not answer. The code may have been stored and charged.
    pub async fn put(
        &self,
        toll: &Toll,
        (key, code): (&CodeKey, StoredCode),
        now: OffsetDateTime,
    ) -> Result<Option<Passage<Hit>>, RedisError> {
        let id = Uuid::new_v4();
        let mut script = self.charged(&PUT, toll, key, id, now);
        codes::add_code(&mut script, &code, now);
        let Some(answer) = self.invoke(&script).await? else { return Ok(None) };
        let hit = || Some(Hit { id, charges: toll.charges.clone() });
        passage(toll, &answer, |rest| if rest.is_empty() { hit() } else { None }).map(Some)
    }

    /// Redeems a code, if all of `toll` has room for a wrong guess. A wrong guess counts as a hit and as a
    /// failure in every series, a right one ends the series, and one at a missing code changes nothing.
    /// `None` in a Cluster; nothing was done.
    ///
    /// # Errors
    ///
    /// If Redis does not answer. The code may have been spent.
    pub async fn redeem(
        &self,
        toll: &Toll,
        guess: &Guess,
        now: OffsetDateTime,
    ) -> Result<Option<Passage<Redemption>>, RedisError> {
        let mut script = self.charged(&REDEEM, toll, &guess.key, Uuid::new_v4(), now);
        codes::add_guess(&mut script, guess.digest, guess.binding.as_ref());
        let Some(answer) = self.invoke(&script).await? else { return Ok(None) };
        let read = |rest: &[i64]| codes::redemption(guess.digest, guess.binding, rest);
        passage(toll, &answer, read).map(Some)
    }

    fn charged<'a>(
        &self,
        script: &'a Script,
        toll: &Toll,
        key: &CodeKey,
        id: Uuid,
        now: OffsetDateTime,
    ) -> ScriptInvocation<'a> {
        let prefix = self.client.prefix();
        let mut script = script.prepare_invoke();
        script
            .arg(microseconds(now))
            .arg(id.as_bytes())
            .arg(toll.charges.len())
            .arg(toll.counts().count());
        failures::add_memory(&mut script);
        for charge in toll.counts() {
            throttle::add_count(&mut script, prefix, charge);
        }
        script.key(codes::key(prefix, key));
        for series in &toll.series {
            failures::add_series(&mut script, prefix, series);
        }
        script
    }

    async fn invoke(&self, script: &ScriptInvocation<'_>) -> Result<Option<Vec<i64>>, RedisError> {
        if self.is_cluster.load(Ordering::Relaxed) {
            return Ok(None);
        }
        match self.client.invoke(script).await {
            Ok(answer) => Ok(Some(answer)),
            Err(error) if error.refusal() == Some(CROSS_SLOT) => {
                // It is a Cluster and stays one.
                self.is_cluster.store(true, Ordering::Relaxed);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// Reads the answer of a script, in which `read` finds the result of an act that passed.
fn passage<T>(
    toll: &Toll,
    answer: &[i64],
    read: impl FnOnce(&[i64]) -> Option<T>,
) -> Result<Passage<T>, RedisError> {
    let passage = match *answer {
        [0, ref rest @ ..] => read(rest).map(Passage::Passed),
        [1, longest, wait] => usize::try_from(longest).ok().and_then(|longest| {
            let refusal = throttle::refusal(toll.counts(), (longest, wait.unsigned_abs()));
            refusal.map(Passage::Refused)
        }),
        [2, wait] if wait < 0 => Some(Passage::Blocked(Block::Stopped)),
        [2, wait] => {
            let wait = Duration::from_micros(wait.unsigned_abs());
            Some(Passage::Blocked(Block::Wait(wait)))
        }
        _ => None,
    };
    passage.ok_or_else(|| RedisError::new("redis returned an answer that the script does not give"))
}
