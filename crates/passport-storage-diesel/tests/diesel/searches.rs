//! PostgreSQL answers the questions of requests from indexes, also when the tables are large.

use std::time::Duration;

use passport_session::SessionDigest;
use passport_user::{EventFilter, EventKind, PhoneNumber, UserFilter, UserId};
use tokio::time::sleep;
use uuid::Uuid;

use crate::{
    room::{self, NOW},
    sql::{execute, lines},
};

/// 20,000 users, each with a session and an event of another kind; user 7 is to be purged.
const ROWS: &str = "
    INSERT INTO users (id, nick_name, password_hash, created_at, standing, standing_since, purge_at)
        SELECT lpad(to_hex(n), 32, '0')::uuid, 'n', 'h', now(), CASE n WHEN 7 THEN 2 ELSE 0 END,
            CASE n WHEN 7 THEN now() END, CASE n WHEN 7 THEN timestamptz '2026-01-01' END
        FROM generate_series(1, 20000) n;
    INSERT INTO user_phones (phone, user_id, since)
        SELECT '+86' || (13800000000 + n), lpad(to_hex(n), 32, '0')::uuid, now()
        FROM generate_series(1, 20000) n;
    INSERT INTO sessions (digest, id, subject, created_at, last_seen_at, idle, expires_at, ends_at,
            authenticated_at)
        SELECT decode(lpad(to_hex(n), 64, '0'), 'hex'), gen_random_uuid(),
            lpad(to_hex(n), 32, '0')::uuid, now(), now(), interval '1 day', '2027-01-01', '2027-01-01',
            now()
        FROM generate_series(1, 20000) n;
    INSERT INTO audit_events (id, at, kind, outcome, actor_kind, subject, phone, phone_tag, detail)
        SELECT lpad(to_hex(n), 32, '0')::uuid, now(),
            CASE n WHEN 9 THEN 'user.purged' ELSE 'code.sent' END, 0, 0,
            lpad(to_hex(n), 32, '0')::uuid, '+86', decode(lpad(to_hex(n), 32, '0'), 'hex'), '{}'
        FROM generate_series(1, 20000) n;
    ANALYZE users, user_phones, sessions, audit_events;";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn no_question_of_a_request_reads_a_whole_table() {
    let url = room::postgres_url().await;
    room::migrated(&url).await;
    let mut before = read(&url).await;
    execute(&url, ROWS).await;
    before = read_since(&url, before).await;
    let id = |number| UserId::from_uuid(Uuid::from_u128(number));
    let phone = PhoneNumber::from_e164("+8613800000005").unwrap();
    let mut digest = [0; 32];
    digest[31] = 5;
    let digest = SessionDigest::from_bytes(digest);
    for question in
        ["who", "find", "phone", "former", "sessions", "due", "list", "subject", "tag", "kind"]
    {
        let database = room::connect(&url).await;
        let (users, journal) = (database.users(), database.journal());
        let all = EventFilter::default();
        let found = match question {
            "who" => {
                database.signed_in_users().find(&digest, NOW).await.unwrap().into_iter().count()
            }
            "find" => users.find(id(5)).await.unwrap().into_iter().count(),
            "phone" => users.find_by_phone(&phone).await.unwrap().into_iter().count(),
            "former" => 1 + users.find_by_former_phone(&phone, NOW).await.unwrap().iter().count(),
            "sessions" => database.sessions().list(Uuid::from_u128(5), NOW).await.unwrap().len(),
            "due" => users.due_for_purge(NOW, 100).await.unwrap().len(),
            "list" => users.list(&UserFilter::default(), Some(id(19_999)), 10).await.unwrap().len(),
            _ => {
                let filter = match question {
                    "subject" => EventFilter { subject: Some(id(5)), ..all },
                    "tag" => {
                        EventFilter { phone_tags: vec![Uuid::from_u128(5).into_bytes()], ..all }
                    }
                    _ => EventFilter { kind: Some(EventKind::UserPurged), ..all },
                };
                journal.read(&filter, None, 10).await.unwrap().len()
            }
        };
        assert_eq!(found, 1, "{question}");
        drop((users, journal, database));
        let after = read_since(&url, before).await;
        assert_eq!(after.0, before.0, "{question}: a table was read as a whole");
        assert!(after.1 - before.1 < 200, "{question}: {} rows were read", after.1 - before.1);
        before = after;
    }
}

/// Waits until [`read`] differs: a server process reports what it read when it ends.
async fn read_since(url: &str, before: (i64, i64)) -> (i64, i64) {
    for _ in 0..100 {
        let after = read(url).await;
        if after != before {
            return after;
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("nothing was read")
}

/// Number of scans of whole tables, and of rows that were found by index.
async fn read(url: &str) -> (i64, i64) {
    let query = "SELECT concat(sum(seq_scan), ' ', sum(idx_scan) + sum(idx_tup_fetch)) AS line \
                 FROM pg_stat_user_tables WHERE schemaname = current_schema() \
                     AND relname IN ('users', 'user_phones', 'sessions', 'audit_events')";
    let line = lines(url, query).await.concat();
    let (whole, found) = line.split_once(' ').unwrap();
    (whole.parse().unwrap(), found.parse().unwrap())
}
