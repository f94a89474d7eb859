//! Writing to SQLite, beside what the disk alone allows; and to PostgreSQL, if
//! `PASSPORT_TEST_POSTGRES_URL` names one. Callers are tasks on one thread, as in an actix worker.
//!
//! `cargo bench -p passport-storage-diesel --bench write`

#![expect(clippy::unwrap_used, reason = "a benchmark stops at what should not be")]

use std::{
    fs::File,
    io::Write,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    time::Duration,
};

use diesel::{Connection, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_query};
use divan::{Bencher, counter::ItemsCount};
use futures::future::join_all;
use passport_sms_client::{
    AttemptStatus, Entry, Intent, Lease, LeaseCheck, Locale, Message, Opened, Outbox, Purpose,
    SealedMessage, SealingKey,
};
use passport_storage_diesel::{Database, DatabaseOptions};
use passport_user::{PasswordHash, PhoneNumber, User};
use tempfile::TempDir;
use time::{OffsetDateTime, macros::datetime};
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;

const NOW: OffsetDateTime = datetime!(2026-11-22 09:43:30.123456 UTC);
/// How many times each caller acts in a sample.
const TIMES: usize = 10;

fn main() {
    divan::main();
}

/// A page appended to a file and synced: the disk alone.
#[divan::bench]
fn sync_a_page(bencher: Bencher) {
    let directory = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut file = File::create(directory.path().join("pages")).unwrap();
    bencher.counter(ItemsCount::new(1_u32)).bench_local(move || {
        file.write_all(&[7; 4_096]).unwrap();
        file.sync_data().unwrap();
    });
}

/// SQLite alone, one row a commit, as this crate has it set up: the limit without shared commits.
#[divan::bench]
fn commit_a_row(bencher: Bencher) {
    let directory = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let path = directory.path().join("rows.db");
    let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    connection
        .batch_execute(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
             CREATE TABLE rows (id BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;",
        )
        .unwrap();
    let insert = "INSERT INTO rows VALUES (randomblob(16))";
    bencher
        .counter(ItemsCount::new(1_u32))
        .bench_local(move || sql_query(insert).execute(&mut connection).unwrap());
}

/// Sign-ups.
#[divan::bench(args = [1, 8, 32, 128, 512])]
fn insert_users(bencher: Bencher, callers: usize) {
    let Room { runtime, database, _directory } = &Room::new();
    let users = &database.users();
    let number = &AtomicU32::new(0);
    bencher.counter(ItemsCount::new(callers * TIMES)).bench_local(|| {
        runtime.block_on(together(callers, async || {
            let number = number.fetch_add(1, Relaxed);
            let phone = PhoneNumber::from_e164(format!("+86138{number:08}")).unwrap();
            let user = User::new(phone, PasswordHash::new("$bcrypt-sha256$v=2,t=2b,r=12$"), NOW);
            users.insert(&user).await.unwrap();
        }));
    });
}

/// Messages on record: opened, begun, ended and settled, one write after the other.
#[divan::bench(args = [1, 8, 32, 128, 512])]
fn record_messages(bencher: Bencher, callers: usize) {
    let Room { runtime, database, _directory } = &Room::new();
    bench_messages(bencher, callers, runtime, &*database.outbox());
}

/// The same, on PostgreSQL.
#[divan::bench(args = [1, 32])]
fn record_messages_in_postgres(bencher: Bencher, callers: usize) {
    let Ok(url) = std::env::var("PASSPORT_TEST_POSTGRES_URL") else {
        return;
    };
    let runtime = &runtime();
    let database = runtime.block_on(migrated(&url));
    bench_messages(bencher, callers, runtime, &*database.outbox());
}

fn bench_messages(bencher: Bencher, callers: usize, runtime: &Runtime, outbox: &dyn Outbox) {
    let sealed = &sealed();
    bencher.counter(ItemsCount::new(callers * TIMES)).bench_local(|| {
        runtime.block_on(together(callers, async || {
            let lease = Lease { token: Uuid::new_v4(), until: NOW + Duration::from_secs(30) };
            let entry = Entry {
                id: Uuid::new_v4(),
                sealed: sealed.clone(),
                country: "+86".parse().unwrap(),
                carrier: "+86138".parse().unwrap(),
                expires_at: NOW + Duration::from_mins(5),
            };
            let id = entry.id;
            assert_eq!(outbox.open(&entry, lease, NOW).await.unwrap(), Opened::New);
            assert_eq!(outbox.begin(id, lease, "a", NOW).await.unwrap(), LeaseCheck::Held);
            let ended = outbox.end(id, lease.token, "a", AttemptStatus::Accepted, Some("1")).await;
            assert_eq!(ended.unwrap(), LeaseCheck::Held);
            assert_eq!(outbox.settle(id, lease.token, NOW).await.unwrap(), LeaseCheck::Held);
        }));
    });
}

/// Has each caller act a few times, one after the other, and all at once.
async fn together(callers: usize, act: impl AsyncFn()) {
    join_all((0..callers).map(|_| async {
        for _ in 0..TIMES {
            act().await;
        }
    }))
    .await;
}

struct Room {
    runtime: Runtime,
    database: Database,
    _directory: TempDir,
}

impl Room {
    fn new() -> Self {
        let runtime = runtime();
        let directory = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let url = format!("sqlite:{}", directory.path().join("passport.db").display());
        let database = runtime.block_on(migrated(&url));
        Self { runtime, database, _directory: directory }
    }
}

async fn migrated(url: &str) -> Database {
    let database = Database::connect(url, DatabaseOptions::default()).await.unwrap();
    database.migrate().await.unwrap();
    database
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn sealed() -> SealedMessage {
    let message = Message {
        id: Uuid::new_v4(),
        to: "+8613800138000".parse().unwrap(),
        intent: Intent::Code {
            purpose: Purpose::Login,
            code: "004217".parse().unwrap(),
            valid_for: Duration::from_mins(5),
        },
        locale: Locale::ZhHans,
    };
    SealingKey::new([7; 32]).seal(&message, &mut rand::rng())
}
