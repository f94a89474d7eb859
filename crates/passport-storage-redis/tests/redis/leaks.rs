use std::{collections::HashMap, sync::Arc, time::Duration};

use deadpool_redis::redis::{aio::MultiplexedConnection, cmd};
use passport_codes::{Code, CodeKey, CodePolicy, Codes, DigestKey, Purpose};
use passport_idempotency::{Begun, Fingerprint, IdempotencyStore, RequestDigest, SealedResponse};
use passport_session::{
    ChangeId, Lifetime, NewSession, Session, SessionStore, SessionToken, SubjectCache,
};
use passport_storage_redis::{
    RedisClient, RedisCodeStore, RedisFailureStore, RedisIdempotencyStore, RedisSessionStore,
    RedisThrottleStore,
};
use passport_throttle::{
    Backoff, Charge, FailureStore, Permission, Policy, Quota, Series, SeriesKey, Subject,
    ThrottleStore,
};
use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

use crate::server::{open, prefix, raw, url};

const NOW: OffsetDateTime = datetime!(2026-11-22 09:43:30 UTC);
const CODE: &str = "k7Wq9Z";

/// Stores a record in every store; returns the token of the session.
async fn use_all_stores(client: &RedisClient) -> SessionToken {
    let codes = Codes::new(Arc::new(RedisCodeStore::new(client.clone())), DigestKey::new([7; 32]));
    let policy = CodePolicy::new(Duration::from_mins(5), 5).unwrap();
    let key = CodeKey::new(Purpose::new("register"), "+8613800138000");
    codes.issue(&key, &Code::from_text(CODE.to_owned()), None, policy, NOW).await.unwrap();
    codes.redeem(&key, "wrong", None, NOW).await.unwrap();

    let throttle = RedisThrottleStore::new(client.clone());
    let quota = Quota::new(5, Duration::from_mins(1)).unwrap();
    let charges = ["sms-per-phone", "sms-per-client"]
        .map(|policy| Charge::new(Policy::new(policy), Subject::new([7; 16]), quota));
    throttle.hit(&charges, &[], NOW).await.unwrap();
    throttle.check(&charges, NOW).await.unwrap();

    let requests = RedisIdempotencyStore::new(client.clone());
    let lease = Duration::from_mins(1);
    for (key, is_finished) in [(1, true), (2, false)] {
        let key = RequestDigest::new([key; 32]);
        let begun = requests.begin(&key, Fingerprint::new([3; 32]), lease, NOW).await.unwrap();
        let Begun::Started(token) = begun else { panic!("the store is fresh: {begun:?}") };
        if is_finished {
            let response = SealedResponse::from_bytes(vec![4; 100]);
            let expires_at = NOW + Duration::from_hours(24);
            assert!(requests.finish(&key, token, response, expires_at, NOW).await.unwrap());
        }
    }

    let sessions = RedisSessionStore::new(client.clone());
    let (former, token) =
        (SessionToken::generate(&mut rand::rng()), SessionToken::generate(&mut rand::rng()));
    let lifetime = Lifetime::new(Duration::from_hours(1), Duration::from_hours(24)).unwrap();
    let session = Session::begin(NewSession::new(Uuid::new_v4(), lifetime), NOW);
    sessions.create(&former.digest(), &session).await.unwrap();
    assert!(sessions.rotate(&former.digest(), &token.digest(), &session, NOW).await.unwrap());
    sessions.touch(&token.digest(), NOW + Duration::from_mins(10)).await.unwrap();
    sessions.list(session.subject, NOW).await.unwrap();
    let seen = sessions.look_up(&token.digest(), NOW).await.unwrap().unwrap();
    assert!(sessions.fill(&token.digest(), &session, &seen.version, &[5; 300]).await.unwrap());
    sessions.begin_change(session.subject, ChangeId::random(), lease).await.unwrap();
    token
}

async fn keys(connection: &mut MultiplexedConnection, prefix: &str) -> Vec<String> {
    let mut keys = Vec::new();
    let mut cursor = 0_u64;
    loop {
        let mut scan = cmd("SCAN");
        scan.arg(cursor).arg("MATCH").arg(format!("{prefix}:*")).arg("COUNT").arg(1_000);
        let (next, some): (u64, Vec<String>) = scan.query_async(connection).await.unwrap();
        keys.extend(some);
        cursor = next;
        if cursor == 0 {
            return keys;
        }
    }
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn nothing_stays_for_ever() {
    let (url, prefix) = (url(), prefix());
    use_all_stores(&open(&url, &prefix)).await;
    let mut connection = raw(&url).await;
    let keys = keys(&mut connection, &prefix).await;
    assert_eq!(
        keys.len(),
        8,
        "a code, two counts, two requests, a record, an index, a change: {keys:?}"
    );
    for key in keys {
        let rest: i64 = cmd("PTTL").arg(&key).query_async(&mut connection).await.unwrap();
        assert!((1..=86_460_000).contains(&rest), "{key}: {rest} ms");
    }
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_dump_shows_neither_code_nor_token() {
    let (url, prefix) = (url(), prefix());
    let token = use_all_stores(&open(&url, &prefix)).await.expose();
    let mut connection = raw(&url).await;
    let mut dump = Vec::new();
    for key in keys(&mut connection, &prefix).await {
        let kind: String = cmd("TYPE").arg(&key).query_async(&mut connection).await.unwrap();
        dump.extend_from_slice(key.as_bytes());
        let mut read = match kind.as_str() {
            "hash" => cmd("HGETALL"),
            "zset" => cmd("ZRANGE"),
            "set" => cmd("SMEMBERS"),
            other => panic!("no store keeps a {other}"),
        };
        read.arg(&key);
        if kind == "zset" {
            let members: Vec<Vec<u8>> =
                read.arg(0).arg(-1).query_async(&mut connection).await.unwrap();
            dump.extend(members.concat());
        } else if kind == "set" {
            let members: Vec<Vec<u8>> = read.query_async(&mut connection).await.unwrap();
            dump.extend(members.concat());
        } else {
            let fields: HashMap<Vec<u8>, Vec<u8>> =
                read.query_async(&mut connection).await.unwrap();
            dump.extend(fields.into_iter().flat_map(|(field, value)| [field, value].concat()));
        }
    }
    assert!(contains(&dump, "tries_left"), "the dump is one");
    assert!(!contains(&dump, CODE));
    assert!(!contains(&dump, &token));
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn an_index_drops_sessions_that_are_over() {
    let (url, prefix) = (url(), prefix());
    let sessions = RedisSessionStore::new(open(&url, &prefix));
    let mut connection = raw(&url).await;
    let lifetime = Lifetime::new(Duration::from_hours(1), Duration::from_hours(24)).unwrap();
    let subject = Uuid::new_v4();
    let sign_in = async || {
        let digest = SessionToken::generate(&mut rand::rng()).digest();
        sessions
            .create(&digest, &Session::begin(NewSession::new(subject, lifetime), NOW))
            .await
            .unwrap();
    };
    for _ in 0..31 {
        sign_in().await;
    }
    // Simulates the end of their time to live.
    for key in keys(&mut connection, &prefix).await {
        if key.contains(":record:") {
            let _: () = cmd("DEL").arg(key).query_async(&mut connection).await.unwrap();
        }
    }
    let index = format!("{prefix}:{{session}}:subject:{subject}");
    let entries = async |connection: &mut MultiplexedConnection| -> usize {
        cmd("HLEN").arg(&index).query_async(connection).await.unwrap()
    };
    assert_eq!(entries(&mut connection).await, 31);
    sign_in().await;
    assert_eq!(entries(&mut connection).await, 1);
    assert_eq!(sessions.list(subject, NOW).await.unwrap().len(), 1);
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn failures_stay_for_thirty_days() {
    let (url, prefix) = (url(), prefix());
    let store = RedisFailureStore::new(open(&url, &prefix));
    let minute = Duration::from_mins(1);
    let backoff = Backoff::new(4, minute, minute, 100).unwrap();
    let [once, forgiven] = [1, 2].map(|key| Series { key: SeriesKey::new([key; 32]), backoff });
    for series in [once, forgiven] {
        let Permission::Go(attempt) = store.begin(&[series], NOW).await.unwrap() else {
            panic!("the first attempts are free");
        };
        if series == forgiven {
            store.forgive(&attempt).await.unwrap();
        }
    }
    store.check(&[forgiven], NOW).await.unwrap();
    let mut connection = raw(&url).await;
    let keys = keys(&mut connection, &prefix).await;
    assert_eq!(keys, [format!("{prefix}:failures:{}", "01".repeat(32))]);
    let rest: i64 = cmd("PTTL").arg(&keys[0]).query_async(&mut connection).await.unwrap();
    assert!((2_592_050_000..=2_592_060_000).contains(&rest), "{rest} ms");
}
