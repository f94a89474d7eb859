//! The migration that describes sessions, with data of the version before it, and data of a newer one.

use std::time::Duration;

use passport_session::{
    Device, DeviceKind, Lifetime, Method, Methods, NewSession, Session, SessionDigest, SessionId,
};
use passport_storage_diesel::Database;
use passport_user::{AccountEvent, EventKind, Standing};
use time::macros::datetime;
use uuid::{Uuid, uuid};

use crate::{
    room::{self, NOW},
    sql::{execute, lines, schema},
};

const NAME: &str = "2026-11-29-000007_describe_sessions";

/// Dumps of what the stores of commit 77c56e1 wrote.
const POSTGRES: &str = include_str!("fixtures/before_accounts_postgres.sql");
const SQLITE: &str = include_str!("fixtures/before_accounts_sqlite.sql");

/// Digest, id and subject of a session of the dump, which was used after it began.
fn known(url: &str) -> (SessionDigest, SessionId, Uuid) {
    let (digest, id, subject) = if url.starts_with("sqlite:") {
        (
            "5b3b266cbbfb6e39a72b530a7d2bd575e2c0106faee52cf14b20308a12735c41",
            uuid!("01a202a4-9c7b-775e-80ac-d45d1e21114e"),
            uuid!("01a202a3-b21b-73e4-828f-185ee884c083"),
        )
    } else {
        (
            "f1e4e48fc8b6f6e0e5e47c6b1d17dff5eb009b82e907282c37bf4f7585eff837",
            uuid!("01a202a4-9c7b-73af-8f4a-01e8d1c169b8"),
            uuid!("01a202a3-b21b-79e2-aede-090fd8b979bb"),
        )
    };
    let digest = hex::decode(digest).unwrap().try_into().unwrap();
    (SessionDigest::from_bytes(digest), SessionId::from_uuid(id), subject)
}

/// The database of `url` with what the former version wrote, migrated.
async fn migrated_dump(url: &str) -> Database {
    execute(url, if url.starts_with("sqlite:") { SQLITE } else { POSTGRES }).await;
    let database = room::connect(url).await;
    assert!(database.migrate().await.unwrap().contains(&NAME.to_owned()));
    database
}

async fn former_sessions_began_in_epoch_0_by_password(url: String) {
    let database = migrated_dump(&url).await;
    let (digest, id, subject) = known(&url);
    let session = Session {
        id,
        subject,
        epoch: 0,
        created_at: datetime!(2026-11-22 09:44:32.123456 UTC),
        last_seen_at: datetime!(2026-11-22 14:43:32.123456 UTC),
        idle: Duration::from_hours(24),
        expires_at: datetime!(2026-12-22 09:44:32.123456 UTC),
        authenticated_at: datetime!(2026-11-22 09:44:32.123456 UTC),
        methods: Method::Password.into(),
        device: Device::default(),
        address: String::new(),
        place: None,
        remembered: false,
    };
    let (sessions, now) = (database.sessions(), datetime!(2026-11-22 15:00 UTC));
    assert_eq!(sessions.find(&digest, now).await.unwrap().as_ref(), Some(&session));
    let listed = sessions.list(session.subject, now).await.unwrap();
    assert_eq!(listed.len(), 2, "{url}: {listed:#?}");
    assert_eq!(listed[0], session);
    let (began, user) = database.signed_in_users().find(&digest, now).await.unwrap().unwrap();
    assert_eq!(began.epoch, user.epoch.number(), "{url}: the owner is still signed in");
    let odd = "SELECT CAST(count(*) AS text) AS line FROM sessions \
               WHERE epoch <> 0 OR methods <> 1 OR authenticated_at <> created_at";
    assert_eq!(lines(&url, odd).await, ["0"], "{url}");
}

room::on_each_database!("multi_thread", former_sessions_began_in_epoch_0_by_password);

async fn down_drops_what_describes_sessions(url: String) {
    let is_sqlite = url.starts_with("sqlite:");
    execute(&url, if is_sqlite { SQLITE } else { POSTGRES }).await;
    let row = if is_sqlite {
        "SELECT hex(digest) || ends_at AS line FROM sessions ORDER BY 1"
    } else {
        "SELECT encode(digest, 'hex') || ends_at AS line FROM sessions ORDER BY 1"
    };
    let before = (schema(&url).await, lines(&url, row).await);
    assert_eq!(before.1.len(), 6);
    let database = room::connect(&url).await;
    database.migrate().await.unwrap();
    assert_eq!(lines(&url, row).await, before.1);
    let former = "2026-11-29-000006_create_accounts";
    while database.revert_last_migration().await.unwrap().is_some_and(|name| name != former) {}
    let after = (schema(&url).await, lines(&url, row).await);
    assert_eq!(after, before, "{url}");
}

room::on_each_database!("multi_thread", down_drops_what_describes_sessions);

/// The former version has no epochs, and would take the session for an active one.
async fn down_deletes_sessions_that_a_change_has_ended(url: String) {
    let database = room::migrated(&url).await;
    let (users, sessions) = (database.users(), database.sessions());
    let hour = Duration::from_hours(1);
    let lifetime = Lifetime::new(hour, hour).unwrap();
    let mut digests = Vec::new();
    for number in 0..3 {
        let user = room::user(number);
        room::add(&users, &user).await.unwrap();
        let new = NewSession::new(user.id.as_uuid(), lifetime);
        let digest = room::digest();
        sessions.create(&digest, &Session::begin(new, NOW)).await.unwrap();
        digests.push(digest);
        let event = AccountEvent::new(EventKind::PasswordChanged, NOW);
        match number {
            1 => drop(users.set_password(user.id, user.epoch, None, &event).await.unwrap()),
            2 => {
                let standing = Standing::Disabled { since: NOW };
                users.set_standing(user.id, user.epoch, standing, &event).await.unwrap();
            }
            _ => {}
        }
    }
    while database.revert_last_migration().await.unwrap().is_some_and(|name| name != NAME) {}
    let digest = if url.starts_with("sqlite:") { "hex(digest)" } else { "encode(digest, 'hex')" };
    let left = lines(&url, &format!("SELECT lower({digest}) AS line FROM sessions")).await;
    assert_eq!(left, [hex::encode(digests[0].as_bytes())], "{url}");
    database.migrate().await.unwrap();
    assert!(database.signed_in_users().find(&digests[0], NOW).await.unwrap().is_some(), "{url}");
}

room::on_each_database!("multi_thread", down_deletes_sessions_that_a_change_has_ended);

/// A newer version may have been rolled back.
async fn unknown_methods_and_kinds_are_read(url: String) {
    let (database, (digest, _, _)) = (migrated_dump(&url).await, known(&url));
    let (sessions, now) = (database.sessions(), datetime!(2026-11-22 15:00 UTC));
    execute(&url, "UPDATE sessions SET methods = -1, device_kind = 200").await;
    let session = sessions.find(&digest, now).await.unwrap().expect("session is there");
    assert_eq!(session.methods, Method::ALL.into_iter().collect::<Methods>(), "{url}");
    assert_eq!(session.device.kind(), DeviceKind::Unknown, "{url}");
    let listed = sessions.list(session.subject, now).await.unwrap();
    assert_eq!(listed.len(), 2, "{url}");
}

room::on_each_database!("multi_thread", unknown_methods_and_kinds_are_read);
