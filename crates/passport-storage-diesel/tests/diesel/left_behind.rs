//! DEL-1: what a purge leaves of a user, in all tables.

use std::time::Duration;

use passport_session::{Lifetime, NewSession, Session};
use passport_sms_client::{Entry, Lease, SealedMessage};
use passport_throttle::{Backoff, Series, SeriesKey};
use passport_user::{
    AccountEvent, Epoch, EventKind, EventPhone, NumberChange, PasswordHash, Standing, User,
};
use uuid::Uuid;

use crate::{
    room::{self, NOW},
    sql::lines,
};

const DAY: Duration = Duration::from_hours(24);
const HASH: &str = "$bcrypt-sha256$v=2,t=2b,r=12$abcdefghijklmnopqrstuu$hash";
const ADDRESS: &str = "203.0.113.77";

/// Nothing that names the user is left but the id, in the row that keeps it from being used again and in
/// the events. Events keep the masked number and its keyed digest until the journal is purged.
/// Failures, messages and requests are under keyed digests or encrypted, and end by time.
async fn del_1_a_purge_leaves_nothing_of_the_user(url: String) {
    let database = room::migrated(&url).await;
    let users = database.users();
    let (first, second) = (room::phone(1), room::phone(2));
    let name = "Wilhelmine";
    let user = User::new(first.clone(), Some(PasswordHash::new(HASH)), NOW);
    let event = |kind| AccountEvent {
        subject: Some(user.id),
        phone: Some(EventPhone { masked: first.masked(), tag: [7; 16] }),
        ..AccountEvent::new(kind, NOW)
    };
    users.insert(&user, &event(EventKind::UserCreated)).await.unwrap();
    users.record_login(user.id, NOW).await.unwrap();
    let named = event(EventKind::UserRenamed);
    assert!(users.rename(user.id, &name.parse().unwrap(), &named).await.unwrap());
    let change = NumberChange { number: second.clone(), now: NOW, undo_until: NOW + DAY };
    let moved = event(EventKind::NumberChanged);
    users.change_number(user.id, Epoch::default(), &change, &moved).await.unwrap();

    let hour = Duration::from_hours(1);
    let lifetime = Lifetime::new(hour, hour).unwrap();
    let mut new = NewSession::new(user.id.as_uuid(), lifetime);
    ADDRESS.clone_into(&mut new.address);
    let digest = room::digest();
    database.sessions().create(&digest, &Session::begin(new, NOW)).await.unwrap();
    let second_long = Duration::from_secs(1);
    let backoff = Backoff::new(4, second_long, second_long, 100).unwrap();
    let series = Series { key: SeriesKey::new([9; 32]), backoff };
    database.failures().begin(&[series], NOW).await.unwrap();
    let (id, lease) = (Uuid::new_v4(), Lease { token: Uuid::new_v4(), until: NOW });
    let entry = Entry {
        id,
        sealed: SealedMessage::from_bytes(id.as_bytes().repeat(20)),
        country: "+86".parse().unwrap(),
        carrier: "+86138".parse().unwrap(),
        expires_at: NOW + hour,
    };
    database.outbox().open(&entry, lease, None, NOW).await.unwrap();

    let user_id = user.id.as_uuid().simple().to_string();
    let before = dump(&url).await;
    let named = [first.as_e164(), second.as_e164(), name, HASH, ADDRESS];
    for text in named {
        assert!(contains(&before, text), "{url}: {text} was never written");
    }
    assert_eq!(
        tables_with_id(&before, &user_id),
        ["audit_events", "sessions", "user_phones", "users"]
    );

    let leaving = Standing::Leaving { since: NOW, purge_at: NOW };
    let left = event(EventKind::UserLeaving);
    users.set_standing(user.id, Epoch::new(1), leaving, &left).await.unwrap().unwrap();
    let purged = AccountEvent { phone: None, ..event(EventKind::UserPurged) };
    assert!(users.purge(user.id, NOW, &purged).await.unwrap());
    database.sessions().revoke_all(user.id.as_uuid(), None).await.unwrap();

    let after = dump(&url).await;
    for text in named {
        assert!(!contains(&after, text), "{url}: {text} is left: {after:#?}");
    }
    assert_eq!(tables_with_id(&after, &user_id), ["audit_events", "users"], "{url}");
    assert!(contains(&after, &first.masked()), "{url}: events keep the masked number");
    users.insert(&room::user(1), &event(EventKind::UserCreated)).await.expect("it is free");
    users.insert(&room::user(2), &event(EventKind::UserCreated)).await.expect("it is free");
}

room::on_each_database!("multi_thread", del_1_a_purge_leaves_nothing_of_the_user);

/// Every row of every table, as `table: columns`, in lower case with bytes in hexadecimal digits.
async fn dump(url: &str) -> Vec<(String, String)> {
    let is_sqlite = url.starts_with("sqlite:");
    let tables = if is_sqlite {
        "SELECT name AS line FROM sqlite_schema WHERE type = 'table' ORDER BY 1"
    } else {
        "SELECT table_name::text AS line FROM information_schema.tables \
         WHERE table_schema = current_schema() ORDER BY 1"
    };
    let mut rows = Vec::new();
    for table in lines(url, tables).await {
        let query = if is_sqlite {
            let columns = format!(
                "SELECT group_concat('quote(\"' || name || '\")', ' || ''|'' || ') AS line \
                 FROM pragma_table_info('{table}')"
            );
            let columns = lines(url, &columns).await.concat();
            format!("SELECT {columns} AS line FROM {table}")
        } else {
            format!("SELECT row_to_json(whole)::text AS line FROM {table} whole")
        };
        let found = lines(url, &query).await;
        rows.extend(found.into_iter().map(|row| (table.clone(), row.to_lowercase())));
    }
    rows
}

/// Whether `text` is in a row, as text or as bytes.
fn contains(rows: &[(String, String)], text: &str) -> bool {
    let forms = [text.to_lowercase(), hex::encode(text)];
    rows.iter().any(|(_, row)| forms.iter().any(|form| row.contains(form)))
}

/// The tables that have the id, whose form in PostgreSQL has hyphens.
fn tables_with_id(rows: &[(String, String)], id: &str) -> Vec<String> {
    let has_id = |row: &str| row.replace('-', "").contains(id);
    let mut tables: Vec<_> =
        rows.iter().filter(|(_, row)| has_id(row)).map(|(table, _)| table.clone()).collect();
    tables.dedup();
    tables
}
