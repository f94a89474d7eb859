//! Redemptions per second: over the shared connection of `RedisCodeStore`, and by the same script over
//! a connection that each caller takes from a pool for itself.
//!
//! `PASSPORT_TEST_REDIS_URL=redis://127.0.0.1:6379 cargo bench -p passport-storage-redis`

use std::{
    env,
    error::Error,
    num::NonZeroU32,
    sync::Arc,
    time::{Duration, Instant},
};

use deadpool_redis::{Config, Pool, Runtime, redis::Script};
use passport_codes::{CodeDigest, CodeKey, CodeStore, Purpose, Redemption, StoredCode};
use passport_storage_redis::{RedisClient, RedisCodeStore, RedisOptions};
use time::{OffsetDateTime, macros::datetime};
use tokio::task::JoinSet;

const NOW: OffsetDateTime = datetime!(2026-11-22 09:43:30 UTC);
const PURPOSE: Purpose = Purpose::new("bench");
const PREFIX: &str = "bench";
const ROUND: Duration = Duration::from_secs(2);
const ROUNDS: usize = 3;
const POOL: usize = 16;

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    // `cargo test --all-targets` runs this as well, and needs no measurement.
    if !env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let Ok(url) = env::var("PASSPORT_TEST_REDIS_URL") else {
        println!("skipped: PASSPORT_TEST_REDIS_URL is not set");
        return Ok(());
    };
    let options = RedisOptions { prefix: PREFIX.to_owned(), ..RedisOptions::default() };
    let store = RedisCodeStore::new(RedisClient::open(&url, options)?);
    let pool = Config::from_url(url).builder()?.max_size(POOL).runtime(Runtime::Tokio1).build()?;
    let script = Arc::new(Script::new(include_str!("../src/codes/redeem.lua")));

    println!("redemptions a second, median of {ROUNDS} rounds of {ROUND:?}; pool of {POOL}\n");
    println!("{:>8} {:>10} {:>10} {:>6}", "callers", "exclusive", "shared", "ratio");
    for callers in [1, 8, 64, 256] {
        let (mut exclusive, mut shared) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let (pool, script) = (pool.clone(), Arc::clone(&script));
            let held = move |subject| redeem_exclusively(pool.clone(), script.clone(), subject);
            exclusive.push(rate(callers, &store, held).await?);
            let multiplexed = store.clone();
            let together = move |subject| redeem(multiplexed.clone(), subject);
            shared.push(rate(callers, &store, together).await?);
        }
        let (exclusive, shared) = (median(exclusive), median(shared));
        println!("{callers:>8} {exclusive:>10.0} {shared:>10.0} {:>6.2}", shared / exclusive);
    }
    Ok(())
}

/// Redemptions per second of `callers` together. Each has a code of its own, with enough tries.
async fn rate<F>(
    callers: usize,
    store: &RedisCodeStore,
    act: impl Fn(String) -> F + Clone + Send + 'static,
) -> Result<f64, Failure>
where
    F: Future<Output = Result<(), Failure>> + Send,
{
    let code = StoredCode {
        digest: CodeDigest::from_bytes([1; 32]),
        binding: None,
        tries_left: NonZeroU32::MAX,
        expires_at: NOW + Duration::from_mins(5),
    };
    let mut crowd = JoinSet::new();
    let start = Instant::now();
    for caller in 0..callers {
        let (subject, act, store) = (format!("caller-{caller}"), act.clone(), store.clone());
        crowd.spawn(async move {
            store.put(&CodeKey::new(PURPOSE, subject.as_str()), code, NOW).await?;
            let mut acts = 0_u32;
            while start.elapsed() < ROUND {
                act(subject.clone()).await?;
                acts += 1;
            }
            Ok::<_, Failure>(acts)
        });
    }
    let mut acts = 0;
    while let Some(done) = crowd.join_next().await {
        acts += done??;
    }
    Ok(f64::from(acts) / start.elapsed().as_secs_f64())
}

async fn redeem(store: RedisCodeStore, subject: String) -> Result<(), Failure> {
    let guess = CodeDigest::from_bytes([2; 32]);
    match store.redeem(&CodeKey::new(PURPOSE, subject), guess, None, NOW).await? {
        Redemption::Mismatch { .. } => Ok(()),
        other => Err(format!("{other:?} for a wrong guess").into()),
    }
}

async fn redeem_exclusively(
    pool: Pool,
    script: Arc<Script>,
    subject: String,
) -> Result<(), Failure> {
    let now = NOW.unix_timestamp_nanos() / 1_000;
    let mut connection = pool.get().await?;
    let answer: Vec<i64> = script
        .key(format!("{PREFIX}:code:{}:{subject}", PURPOSE.as_str()))
        .arg(&[2_u8; 32])
        .arg(i64::try_from(now)?)
        .invoke_async(&mut connection)
        .await?;
    match answer[..] {
        [1..=i64::MAX] => Ok(()),
        _ => Err("no code to guess at".into()),
    }
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}
