//! Which parts of a message are in the database, and until when.

use std::{fs, path::Path, time::Duration};

use diesel::{QueryableByName, sql_query, sql_types::BigInt};
use diesel_async::{
    AsyncConnection, AsyncPgConnection, RunQueryDsl, sync_connection_wrapper::SyncConnectionWrapper,
};
use futures::future::join_all;
use passport_sms_client::{
    Entry, Intent, Lease, LeaseCheck, Locale, Message, Opened, Prefix, Purpose, SealingKey,
};
use uuid::Uuid;

use crate::room::{self, NOW};

const NUMBER: &str = "+8613800138000";
const CODE: &str = "004217";

#[tokio::test]
async fn neither_number_nor_code_is_in_the_file() {
    let url = room::sqlite_url();
    let outbox = room::migrated(&url).await.outbox();
    let (entry, lease) = (entry(), lease());
    assert_eq!(outbox.open(&entry, lease, None, NOW).await.unwrap(), Opened::New);
    assert_eq!(outbox.begin(entry.id, lease, "a", NOW).await.unwrap(), LeaseCheck::Held);

    let directory = Path::new(url.strip_prefix("sqlite:").unwrap()).parent().unwrap();
    let files =
        fs::read_dir(directory).unwrap().map(|file| fs::read(file.unwrap().path()).unwrap());
    let dump: Vec<u8> = files.flatten().collect();
    let holds = |part: &[u8]| dump.windows(part.len()).any(|window| window == part);
    assert!(holds(entry.sealed.as_bytes()), "the dump is not the whole database");
    for part in [CODE, &NUMBER[1..], &NUMBER[7..]] {
        assert!(!holds(part.as_bytes()), "{part} is in the file");
    }
}

async fn content_is_wiped_when_it_is_not_needed(url: String) {
    let outbox = room::migrated(&url).await.outbox();
    let (settled, expired, open) = (entry(), entry(), entry());
    let open = Entry { expires_at: NOW + Duration::from_hours(1), ..open };
    let lease = lease();
    for entry in [&settled, &expired, &open] {
        assert_eq!(outbox.open(entry, lease, None, NOW).await.unwrap(), Opened::New);
    }
    assert_eq!(sealed(&url).await, 3);
    assert_eq!(outbox.settle(settled.id, lease.token, None, NOW).await.unwrap(), LeaseCheck::Held);
    assert_eq!(sealed(&url).await, 2, "{url}: settled");
    outbox.purge(expired.expires_at, NOW).await.unwrap();
    assert_eq!(sealed(&url).await, 1, "{url}: expired");
}

room::on_each_database!("multi_thread", content_is_wiped_when_it_is_not_needed);

/// More messages than are wiped or deleted in one batch.
async fn many_messages_are_wiped_and_deleted(url: String) {
    let outbox = room::migrated(&url).await.outbox();
    let open = Entry { expires_at: NOW + Duration::from_hours(1), ..entry() };
    let mut entries: Vec<_> = (0..2_105).map(|_| entry()).collect();
    let expires_at = entries[0].expires_at;
    entries.push(open);
    for some in entries.chunks(100) {
        for opened in join_all(some.iter().map(|it| outbox.open(it, lease(), None, NOW))).await {
            assert_eq!(opened.unwrap(), Opened::New);
        }
    }
    assert_eq!(outbox.purge(expires_at, expires_at).await.unwrap(), 0);
    assert_eq!(sealed(&url).await, 1, "{url}");
    let later = expires_at + Duration::from_secs(1);
    assert_eq!(outbox.purge(later, later).await.unwrap(), 2_105, "{url}");
    assert_eq!(count(&url, "outbox_messages").await, 1);
}

room::on_each_database!("multi_thread", many_messages_are_wiped_and_deleted);

async fn a_deleted_message_leaves_no_attempt(url: String) {
    let outbox = room::migrated(&url).await.outbox();
    let (old, young) = (entry(), entry());
    let young = Entry { expires_at: NOW + Duration::from_hours(1), ..young };
    let lease = lease();
    for entry in [&old, &young] {
        assert_eq!(outbox.open(entry, lease, None, NOW).await.unwrap(), Opened::New);
        for gateway in ["a", "b"] {
            let begun = outbox.begin(entry.id, lease, gateway, NOW).await.unwrap();
            assert_eq!(begun, LeaseCheck::Held);
        }
    }
    assert_eq!(count(&url, "outbox_attempts").await, 4);
    assert_eq!(outbox.purge(NOW, young.expires_at).await.unwrap(), 1);
    assert_eq!(count(&url, "outbox_attempts").await, 2, "{url}");
    assert_eq!(count(&url, "outbox_attempts JOIN outbox_messages ON id = message").await, 2);
}

room::on_each_database!("multi_thread", a_deleted_message_leaves_no_attempt);

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Number of messages that have their content.
async fn sealed(url: &str) -> i64 {
    count(url, "outbox_messages WHERE sealed IS NOT NULL").await
}

async fn count(url: &str, rows: &str) -> i64 {
    let query = sql_query(format!("SELECT count(*) AS count FROM {rows}"));
    let counts: Vec<Count> = if let Some(path) = url.strip_prefix("sqlite:") {
        type Sqlite = SyncConnectionWrapper<diesel::SqliteConnection>;
        query.load(&mut Sqlite::establish(path).await.unwrap()).await.unwrap()
    } else {
        query.load(&mut AsyncPgConnection::establish(url).await.unwrap()).await.unwrap()
    };
    counts[0].count
}

fn entry() -> Entry {
    let message = Message {
        id: Uuid::new_v4(),
        to: NUMBER.parse().unwrap(),
        intent: Intent::Code {
            purpose: Purpose::Login,
            code: CODE.parse().unwrap(),
            valid_for: Duration::from_mins(5),
        },
        locale: Locale::ZhHans,
    };
    Entry {
        id: message.id,
        sealed: SealingKey::new([7; 32]).seal(&message, &mut rand::rng()),
        country: Prefix::country_of(&message.to),
        carrier: Prefix::carrier_of(&message.to),
        expires_at: NOW + Duration::from_mins(5),
    }
}

fn lease() -> Lease {
    Lease { token: Uuid::new_v4(), until: NOW + Duration::from_secs(30) }
}
