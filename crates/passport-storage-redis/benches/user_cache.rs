//! What a request of a signed-in client reads: a session with its cache entry (one command), a session and
//! then a row of PostgreSQL, and as the limit a bare `GET`. Every reader has one connection for all callers,
//! and the statement is prepared, so the row costs the least that it can. CPU is that of this process alone,
//! which depends less than the rates on what else the machine does.
//!
//! `PASSPORT_TEST_REDIS_URL=… PASSPORT_TEST_POSTGRES_URL=… cargo bench -p passport-storage-redis`

use std::{
    env,
    error::Error,
    fs,
    sync::Arc,
    time::{Duration, Instant},
};

use deadpool_redis::redis::{Client, aio::MultiplexedConnection, cmd};
use passport_session::{
    Device, DeviceKind, Lifetime, Method, NewSession, Session, SessionDigest, SessionStore,
    SessionToken, SubjectCache,
};
use passport_storage_redis::{RedisClient, RedisOptions, RedisSessionStore};
use time::{OffsetDateTime, macros::datetime};
use tokio::task::JoinSet;
use tokio_postgres::{NoTls, Statement};
use uuid::Uuid;

const NOW: OffsetDateTime = datetime!(2026-11-22 09:43:30 UTC);
const PREFIX: &str = "bench";
const ROUND: Duration = Duration::from_secs(1);
const ROUNDS: usize = 5;
/// Bytes of a sealed user.
const ENTRY: usize = 112;

type Failure = Box<dyn Error + Send + Sync>;

/// What is read.
#[derive(Debug, Clone, Copy)]
enum Read {
    /// A value of the size of a record.
    Get,
    /// A session with an entry.
    Cached,
    /// A session without an entry, and a row.
    SessionAndRow,
}

#[derive(Clone)]
struct Stores {
    redis: MultiplexedConnection,
    sessions: RedisSessionStore,
    postgres: Arc<tokio_postgres::Client>,
    select: Statement,
    user: Uuid,
    cached: SessionDigest,
    plain: SessionDigest,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    // `cargo test --all-targets` runs this as well, and needs no measurement.
    if !env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let url = |name| env::var(name).ok().filter(|url| !url.is_empty());
    let urls = (url("PASSPORT_TEST_REDIS_URL"), url("PASSPORT_TEST_POSTGRES_URL"));
    let (Some(redis), Some(postgres)) = urls else {
        println!("skipped: PASSPORT_TEST_REDIS_URL or PASSPORT_TEST_POSTGRES_URL is not set");
        return Ok(());
    };
    let stores = Stores::open(&redis, &postgres).await?;

    println!("median of {ROUNDS} rounds of {ROUND:?}\n");
    println!("{:>8} {:>16} {:>8} {:>9}", "callers", "read", "a second", "CPU (µs)");
    for callers in [1, 8, 64] {
        let reads = [Read::Get, Read::Cached, Read::SessionAndRow];
        let mut figures = reads.map(|_| (Vec::new(), Vec::new()));
        for _ in 0..ROUNDS {
            for (read, (rates, costs)) in reads.into_iter().zip(&mut figures) {
                let (rate, cost) = measure(callers, &stores, read).await?;
                rates.push(rate);
                costs.push(cost);
            }
        }
        for (read, (rates, costs)) in reads.into_iter().zip(figures) {
            let (rate, cost) = (median(rates), median(costs));
            println!("{callers:>8} {:>16} {rate:>8.0} {cost:>9.1}", read.name());
        }
    }
    Ok(())
}

impl Stores {
    async fn open(redis: &str, postgres: &str) -> Result<Self, Failure> {
        let options = RedisOptions { prefix: PREFIX.to_owned(), ..RedisOptions::default() };
        let sessions = RedisSessionStore::new(RedisClient::open(redis, options)?);
        let mut raw = Client::open(redis)?.get_multiplexed_async_connection().await?;
        let user = Uuid::new_v4();
        let (cached, plain) = (begin(&sessions, user).await?, begin(&sessions, user).await?);
        let found = sessions.look_up(&cached, NOW).await?.ok_or("the session is live")?;
        let is_filled = sessions.fill(&cached, &found.session, &found.version, &[5; ENTRY]).await?;
        assert!(is_filled, "no change is under way");
        cmd("SET").arg("bench:value").arg(vec![b'x'; 500]).exec_async(&mut raw).await?;

        let (client, connection) = tokio_postgres::connect(postgres, NoTls).await?;
        tokio::spawn(connection);
        client
            .batch_execute(&format!(
                "CREATE TEMPORARY TABLE users (id uuid PRIMARY KEY, phone text, nick_name text, \
                 password_hash text, standing smallint, epoch integer, created_at timestamptz); \
                 INSERT INTO users SELECT gen_random_uuid(), '+86138' || n, 'name', \
                 repeat('h', 90), 0, 0, now() FROM generate_series(1, 1000) n; \
                 INSERT INTO users VALUES ('{user}', '+8613800138000', 'name', repeat('h', 90), 0, \
                 0, now()); ANALYZE users"
            ))
            .await?;
        let select = client
            .prepare(
                "SELECT id::text, phone, nick_name, password_hash, standing, epoch, \
                 created_at::text FROM users WHERE id = $1::text::uuid",
            )
            .await?;
        let postgres = Arc::new(client);
        Ok(Self { redis: raw, sessions, postgres, select, user, cached, plain })
    }

    async fn read(&mut self, read: Read, user: &str) -> Result<(), Failure> {
        match read {
            Read::Get => {
                let value: Vec<u8> =
                    cmd("GET").arg("bench:value").query_async(&mut self.redis).await?;
                assert_eq!(value.len(), 500);
            }
            Read::Cached => {
                let found = self.sessions.look_up(&self.cached, NOW).await?;
                assert!(found.is_some_and(|found| found.value.is_some()));
            }
            Read::SessionAndRow => {
                assert!(self.sessions.find(&self.plain, NOW).await?.is_some());
                let row = self.postgres.query_one(&self.select, &[&user]).await?;
                assert_eq!(row.get::<_, &str>(2), "name");
            }
        }
        Ok(())
    }
}

async fn begin(sessions: &RedisSessionStore, user: Uuid) -> Result<SessionDigest, Failure> {
    let lifetime = Lifetime::new(Duration::from_hours(1), Duration::from_hours(24))?;
    let new = NewSession {
        methods: Method::Code.into(),
        device: Device::new("Firefox", "Android", DeviceKind::Phone),
        address: "198.51.100.255".to_owned(),
        ..NewSession::new(user, lifetime)
    };
    let digest = SessionToken::generate(&mut rand::rng()).digest();
    sessions.create(&digest, &Session::begin(new, NOW)).await?;
    Ok(digest)
}

impl Read {
    fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Cached => "session, cached",
            Self::SessionAndRow => "session, row",
        }
    }
}

/// Reads per second of `callers` together, and microseconds of CPU for each.
async fn measure(callers: usize, stores: &Stores, read: Read) -> Result<(f64, f64), Failure> {
    let mut crowd = JoinSet::new();
    let (start, cpu) = (Instant::now(), cpu_time()?);
    for _ in 0..callers {
        let (mut stores, user) = (stores.clone(), stores.user.to_string());
        crowd.spawn(async move {
            let mut reads = 0_u32;
            while start.elapsed() < ROUND {
                stores.read(read, &user).await?;
                reads += 1;
            }
            Ok::<_, Failure>(reads)
        });
    }
    let mut reads = 0;
    while let Some(done) = crowd.join_next().await {
        reads += done??;
    }
    let (elapsed, cpu) = (start.elapsed(), cpu_time()?.saturating_sub(cpu));
    Ok((f64::from(reads) / elapsed.as_secs_f64(), cpu.as_secs_f64() * 1e6 / f64::from(reads)))
}

/// CPU time of this process, on Linux.
fn cpu_time() -> Result<Duration, Failure> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let fields = stat.rsplit_once(')').ok_or("the name ends")?.1.split_whitespace();
    let ticks = fields.skip(11).take(2).map(str::parse::<u64>).sum::<Result<u64, _>>()?;
    // 100 ticks a second on every Linux.
    Ok(Duration::from_millis(ticks * 10))
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}
