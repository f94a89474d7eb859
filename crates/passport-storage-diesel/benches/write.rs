//! Writes to SQLite, compared with the limit of the disk; and to PostgreSQL, if
//! `PASSPORT_TEST_POSTGRES_URL` is set. Callers are tasks on one thread, as in an actix worker.
//!
//! `cargo bench -p passport-storage-diesel --bench write`

#![expect(clippy::unwrap_used, reason = "a benchmark panics on any failure")]

use std::{
    fs::File,
    io::Write,
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    time::Duration,
};

use diesel::{Connection, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_query};
use divan::{Bencher, counter::ItemsCount};
use futures::future::join_all;
use passport_codes::{
    CodeDigest, CodeKey, CodeStore, Purpose as CodePurpose, Redemption, StoredCode,
};
use passport_sms_client::{
    AttemptStatus, End, Entry, Intent, Lease, LeaseCheck, Locale, Message, Opened, Outbox, Purpose,
    SealedMessage, SealingKey,
};
use passport_storage_diesel::{Database, DatabaseOptions};
use passport_throttle::{Charge, Decision, Policy, Quota, Subject, ThrottleStore};
use passport_user::{AccountEvent, EventKind, PasswordHash, PhoneNumber, User};
use tempfile::TempDir;
use time::{OffsetDateTime, macros::datetime};
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;

const NOW: OffsetDateTime = datetime!(2026-11-22 09:43:30.123456 UTC);
/// Number of acts of each caller in a sample.
const TIMES: usize = 10;

fn main() {
    divan::main();
}

/// Appends a page to a file and syncs it: the limit of the disk.
#[divan::bench]
fn sync_a_page(bencher: Bencher) {
    let directory = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut file = File::create(directory.path().join("pages")).unwrap();
    bencher.counter(ItemsCount::new(1_u32)).bench_local(move || {
        file.write_all(&[7; 4_096]).unwrap();
        file.sync_data().unwrap();
    });
}

/// SQLite alone with the settings of this crate, one commit per row: the limit without shared commits.
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

/// Inserts users, as at sign-up.
#[divan::bench(args = [1, 8, 32, 128, 512])]
fn insert_users(bencher: Bencher, callers: usize) {
    let Room { runtime, database, _directory } = &Room::new();
    let users = &database.users();
    let number = &AtomicU32::new(0);
    bencher.counter(ItemsCount::new(callers * TIMES)).bench_local(|| {
        runtime.block_on(together(callers, async || {
            let number = number.fetch_add(1, Relaxed);
            let phone = PhoneNumber::from_e164(format!("+86138{number:08}")).unwrap();
            let hash = PasswordHash::new("$bcrypt-sha256$v=2,t=2b,r=12$");
            let user = User::new(phone, Some(hash), NOW);
            let event = AccountEvent::new(EventKind::UserCreated, NOW);
            users.insert(&user, &event).await.unwrap();
        }));
    });
}

/// Records messages: opens each with its attempt, and settles it with the end of that attempt.
#[divan::bench(args = [1, 8, 32, 128, 512])]
fn record_messages(bencher: Bencher, callers: usize) {
    let Room { runtime, database, _directory } = &Room::new();
    bench_messages(bencher, callers, runtime, &*database.outbox());
}

/// Records messages in PostgreSQL.
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
            record(outbox, sealed, Uuid::new_v4()).await;
        }));
    });
}

async fn record(outbox: &dyn Outbox, sealed: &SealedMessage, id: Uuid) {
    let lease = Lease { token: Uuid::new_v4(), until: NOW + Duration::from_secs(30) };
    let entry = Entry {
        id,
        sealed: sealed.clone(),
        country: "+86".parse().unwrap(),
        carrier: "+86138".parse().unwrap(),
        expires_at: NOW + Duration::from_mins(5),
    };
    assert_eq!(outbox.open(&entry, lease, Some("a"), NOW).await.unwrap(), Opened::New);
    let (status, provider_id) = (AttemptStatus::Accepted, Some("1"));
    let last = Some(End { gateway: "a", status, provider_id });
    assert_eq!(outbox.settle(id, lease.token, last, NOW).await.unwrap(), LeaseCheck::Held);
}

/// Makes all writes of a sent message: charges five limits, puts the code, records the message and
/// redeems the code.
#[divan::bench(args = [1, 8, 32, 128])]
fn send_and_redeem(bencher: Bencher, callers: usize) {
    let Room { runtime, database, _directory } = &Room::new();
    let (outbox, sealed) = (&*database.outbox(), &sealed());
    let (codes, throttle) = (&*database.codes().unwrap(), &*database.throttle().unwrap());
    bencher.counter(ItemsCount::new(callers * TIMES)).bench_local(|| {
        runtime.block_on(together(callers, async || {
            let (phone, client) = (Uuid::new_v4(), Uuid::new_v4());
            charge(throttle, phone, client).await;
            put(codes, phone).await;
            record(outbox, sealed, Uuid::new_v4()).await;
            redeem(codes, phone).await;
        }));
    });
}

/// Charges five limits: three of a number and two of a client, all without earlier hits.
#[divan::bench(args = [1, 8, 32, 128])]
fn charge_five_limits(bencher: Bencher, callers: usize) {
    let Room { runtime, database, _directory } = &Room::new();
    let throttle = &*database.throttle().unwrap();
    bencher.counter(ItemsCount::new(callers * TIMES)).bench_local(|| {
        runtime.block_on(together(callers, async || {
            charge(throttle, Uuid::new_v4(), Uuid::new_v4()).await;
        }));
    });
}

/// Checks the same limits without charging them.
#[divan::bench(args = [1, 32])]
fn check_five_limits(bencher: Bencher, callers: usize) {
    let Room { runtime, database, _directory } = &Room::new();
    let throttle = &*database.throttle().unwrap();
    bencher.counter(ItemsCount::new(callers * TIMES)).bench_local(|| {
        runtime.block_on(together(callers, async || {
            let charges = charges(Uuid::new_v4(), Uuid::new_v4());
            assert!(throttle.check(&charges, NOW).await.unwrap().is_none());
        }));
    });
}

/// Puts codes.
#[divan::bench(args = [1, 8, 32, 128])]
fn put_codes(bencher: Bencher, callers: usize) {
    let Room { runtime, database, _directory } = &Room::new();
    let codes = &*database.codes().unwrap();
    bencher.counter(ItemsCount::new(callers * TIMES)).bench_local(|| {
        runtime.block_on(together(callers, async || put(codes, Uuid::new_v4()).await));
    });
}

/// Puts and redeems codes.
#[divan::bench(args = [1, 8, 32, 128])]
fn put_and_redeem_codes(bencher: Bencher, callers: usize) {
    let Room { runtime, database, _directory } = &Room::new();
    let codes = &*database.codes().unwrap();
    bencher.counter(ItemsCount::new(callers * TIMES)).bench_local(|| {
        runtime.block_on(together(callers, async || {
            let phone = Uuid::new_v4();
            put(codes, phone).await;
            redeem(codes, phone).await;
        }));
    });
}

async fn charge(throttle: &dyn ThrottleStore, phone: Uuid, client: Uuid) {
    let decision = throttle.hit(&charges(phone, client), &[], NOW).await.unwrap();
    assert!(matches!(decision, Decision::Allowed(_)));
}

fn charges(phone: Uuid, client: Uuid) -> [Charge; 5] {
    let charge = |policy, subject: Uuid, limit, window| {
        let subject = Subject::new(subject.into_bytes());
        Charge::new(Policy::new(policy), subject, Quota::new(limit, window).unwrap())
    };
    let (hour, day) = (Duration::from_hours(1), Duration::from_hours(24));
    [
        charge("sms-per-phone-cooldown", phone, 1, Duration::from_mins(1)),
        charge("sms-per-phone-hour", phone, 5, hour),
        charge("sms-per-phone-day", phone, 10, day),
        charge("sms-per-client-hour", client, 10, hour),
        charge("sms-per-client-day", client, 30, day),
    ]
}

async fn put(codes: &dyn CodeStore, phone: Uuid) {
    let code = StoredCode {
        digest: CodeDigest::from_bytes([7; 32]),
        binding: None,
        tries_left: NonZeroU32::new(5).unwrap(),
        expires_at: NOW + Duration::from_mins(5),
    };
    codes.put(&key(phone), code, NOW).await.unwrap();
}

async fn redeem(codes: &dyn CodeStore, phone: Uuid) {
    let guess = CodeDigest::from_bytes([7; 32]);
    let redeemed = codes.redeem(&key(phone), guess, None, NOW).await.unwrap();
    assert!(matches!(redeemed, Redemption::Accepted(_)));
}

fn key(phone: Uuid) -> CodeKey {
    CodeKey::new(CodePurpose::new("register"), phone.simple().to_string())
}

/// Runs the callers concurrently; each acts [`TIMES`] times, one after the other.
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
