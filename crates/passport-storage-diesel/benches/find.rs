//! Ways to find a session in SQLite: the store of this crate, compared with the libraries that it is
//! built from; and in PostgreSQL, if `PASSPORT_TEST_POSTGRES_URL` is set. Each sample is `BATCH` finds by
//! `TASKS` tasks on one thread, as in an actix worker.
//!
//! `cargo bench -p passport-storage-diesel --bench find`

#![expect(clippy::unwrap_used, reason = "a benchmark stops at what should not be")]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use diesel::{
    Connection, SqliteConnection,
    connection::SimpleConnection,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Binary},
};
use diesel_async::{
    pooled_connection::{AsyncDieselConnectionManager, deadpool::Pool},
    sync_connection_wrapper::SyncConnectionWrapper,
};
use divan::{Bencher, counter::ItemsCount};
use futures::future::join_all;
use passport_session::{Lifetime, NewSession, Session, SessionDigest, SessionToken};
use passport_storage_diesel::{Database, DatabaseOptions};
use tempfile::TempDir;
use time::{OffsetDateTime, macros::datetime};
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;

const NOW: OffsetDateTime = datetime!(2026-11-22 09:43:30.123456 UTC);
const SESSIONS: usize = 10_000;
const TASKS: usize = 32;
const BATCH: usize = 3_200;

fn main() {
    divan::main();
}

/// The store of this crate.
#[divan::bench]
fn find_by_this_store(bencher: Bencher) {
    let room = Room::new();
    let sessions = room.database.sessions();
    room.bench(bencher, move |digest| {
        let sessions = Arc::clone(&sessions);
        async move { assert!(sessions.find(&digest, NOW).await.unwrap().is_some()) }
    });
}

/// diesel-async as in its documentation: deadpool and `SyncConnectionWrapper`.
#[divan::bench]
fn find_by_wrapper_of_diesel_async(bencher: Bencher) {
    let room = Room::new();
    let manager =
        AsyncDieselConnectionManager::<SyncConnectionWrapper<SqliteConnection>>::new(room.path());
    let pool = Pool::builder(manager).max_size(16).build().unwrap();
    room.bench(bencher, move |digest| {
        let pool = pool.clone();
        async move {
            let mut connection = pool.get().await.unwrap();
            let query = query(digest);
            let rows: Vec<Row> =
                diesel_async::RunQueryDsl::load(query, &mut connection).await.unwrap();
            assert_eq!(rows.len(), 1);
        }
    });
}

/// Synchronous diesel in `spawn_blocking`, on a pool of connections.
#[divan::bench]
fn find_in_spawn_blocking(bencher: Bencher) {
    let room = Room::new();
    let connections = Connections::new(&room);
    room.bench(bencher, move |digest| {
        let connections = connections.clone();
        async move {
            let found = tokio::task::spawn_blocking(move || connections.find(digest));
            assert_eq!(found.await.unwrap(), 1);
        }
    });
}

/// Synchronous diesel, called from the task: the limit.
#[divan::bench]
fn find_by_diesel_inline(bencher: Bencher) {
    let room = Room::new();
    let connections = Connections::new(&room);
    room.bench(bencher, move |digest| {
        let connections = connections.clone();
        async move { assert_eq!(connections.find(digest), 1) }
    });
}

/// The store of this crate, on PostgreSQL.
#[divan::bench(sample_count = 30)]
fn find_in_postgres(bencher: Bencher) {
    let Ok(url) = std::env::var("PASSPORT_TEST_POSTGRES_URL") else {
        return;
    };
    let mut room = Room::new();
    let sessions = room.runtime.block_on(async {
        let database = Database::connect(&url, DatabaseOptions::default()).await.unwrap();
        database.migrate().await.unwrap();
        database.sessions()
    });
    let lifetime = Lifetime::new(Duration::from_hours(1), Duration::from_hours(24)).unwrap();
    for digest in &mut room.digests {
        *digest = SessionToken::generate(&mut rand::rng()).digest();
        let session = Session::begin(NewSession::new(Uuid::new_v4(), lifetime), NOW);
        room.runtime.block_on(sessions.create(digest, &session)).unwrap();
    }
    room.bench(bencher, move |digest| {
        let sessions = Arc::clone(&sessions);
        async move { assert!(sessions.find(&digest, NOW).await.unwrap().is_some()) }
    });
}

struct Room {
    runtime: Runtime,
    directory: TempDir,
    database: Database,
    digests: Vec<SessionDigest>,
}

impl Room {
    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let directory = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let url = format!("sqlite:{}", directory.path().join("passport.db").display());
        let (database, digests) = runtime.block_on(async {
            let database = Database::connect(&url, DatabaseOptions::default()).await.unwrap();
            database.migrate().await.unwrap();
            (database, Vec::new())
        });
        let mut room = Self { runtime, directory, database, digests };
        room.fill();
        room
    }

    /// Inserts all in one transaction, because ten thousand commits would take longer than the benchmark.
    fn fill(&mut self) {
        let mut connection = SqliteConnection::establish(&self.path()).unwrap();
        let lifetime = Lifetime::new(Duration::from_hours(1), Duration::from_hours(24)).unwrap();
        connection.batch_execute("BEGIN").unwrap();
        for _ in 0..SESSIONS {
            let digest = SessionToken::generate(&mut rand::rng()).digest();
            let session = Session::begin(NewSession::new(Uuid::new_v4(), lifetime), NOW);
            let micros =
                |at: OffsetDateTime| i64::try_from(at.unix_timestamp_nanos() / 1_000).unwrap();
            let insert = sql_query(INSERT)
                .bind::<Binary, _>(digest.as_bytes().as_slice())
                .bind::<Binary, _>(session.id.as_uuid().into_bytes().to_vec())
                .bind::<Binary, _>(session.subject.into_bytes().to_vec())
                .bind::<BigInt, _>(micros(session.created_at))
                .bind::<BigInt, _>(micros(session.last_seen_at))
                .bind::<BigInt, _>(3_600_000_000_i64)
                .bind::<BigInt, _>(micros(session.expires_at))
                .bind::<BigInt, _>(micros(session.ends_at()))
                .bind::<BigInt, _>(micros(session.authenticated_at));
            diesel::RunQueryDsl::execute(insert, &mut connection).unwrap();
            self.digests.push(digest);
        }
        connection.batch_execute("COMMIT").unwrap();
    }

    fn path(&self) -> String {
        self.directory.path().join("passport.db").to_str().unwrap().to_owned()
    }

    fn bench<F: Future<Output = ()>>(
        &self,
        bencher: Bencher,
        find: impl Fn(SessionDigest) -> F + Clone,
    ) {
        bencher.counter(ItemsCount::new(BATCH)).bench_local(|| {
            self.runtime.block_on(join_all((0..TASKS).map(|task| {
                let find = find.clone();
                async move {
                    for at in 0..BATCH / TASKS {
                        let digest = self.digests[(task * 311 + at * 7_919) % SESSIONS];
                        find(digest).await;
                    }
                }
            })));
        });
    }
}

const INSERT: &str = "INSERT INTO sessions \
    (digest, id, subject, created_at, last_seen_at, idle, expires_at, ends_at, authenticated_at) \
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";

use schema::sessions;

mod schema {
    diesel::table! {
        sessions (digest) {
            digest -> Binary,
            id -> Binary,
            subject -> Binary,
            created_at -> BigInt,
            last_seen_at -> BigInt,
            idle -> BigInt,
            expires_at -> BigInt,
            ends_at -> BigInt,
            epoch -> BigInt,
            authenticated_at -> BigInt,
            methods -> SmallInt,
            browser -> Text,
            system -> Text,
            device_kind -> SmallInt,
            address -> Text,
            place -> Nullable<Text>,
            remembered -> Bool,
        }
    }
}

/// All columns of a session.
#[derive(Queryable)]
#[expect(dead_code, reason = "only reading it is measured")]
struct Row {
    digest: Vec<u8>,
    id: Vec<u8>,
    subject: Vec<u8>,
    created_at: i64,
    last_seen_at: i64,
    idle: i64,
    expires_at: i64,
    ends_at: i64,
    epoch: i64,
    authenticated_at: i64,
    methods: i16,
    browser: String,
    system: String,
    device_kind: i16,
    address: String,
    place: Option<String>,
    remembered: bool,
}

#[diesel::dsl::auto_type(no_type_alias)]
fn query(digest: SessionDigest) -> _ {
    let digest: Vec<u8> = digest.as_bytes().to_vec();
    sessions::table.filter(sessions::digest.eq(digest)).filter(sessions::ends_at.gt(1_i64))
}

/// Pool of synchronous connections.
#[derive(Clone)]
struct Connections(Arc<Mutex<Vec<SqliteConnection>>>);

impl Connections {
    fn new(room: &Room) -> Self {
        let connect = || SqliteConnection::establish(&room.path()).unwrap();
        Self(Arc::new(Mutex::new((0..TASKS).map(|_| connect()).collect())))
    }

    fn find(&self, digest: SessionDigest) -> usize {
        let mut connection = self.0.lock().unwrap().pop().unwrap();
        let rows: Vec<Row> = query(digest).load(&mut connection).unwrap();
        self.0.lock().unwrap().push(connection);
        rows.len()
    }
}
