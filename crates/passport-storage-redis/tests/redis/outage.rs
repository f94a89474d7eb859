use std::{
    num::NonZeroU32,
    time::{Duration, Instant},
};

use passport_codes::{CodeDigest, CodeKey, CodeStore, Purpose, Redemption, StoredCode};
use passport_session::{Lifetime, NewSession, Session, SessionStore, SessionToken};
use passport_storage_redis::{
    RedisClient, RedisCodeStore, RedisOptions, RedisSessionStore, RedisThrottleStore,
};
use passport_throttle::{Charge, Decision, Policy, Quota, Subject, ThrottleStore};
use time::{OffsetDateTime, macros::datetime};
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::server::{Server, open};

const NOW: OffsetDateTime = datetime!(2026-11-22 09:43:30 UTC);
const SHORT: Duration = Duration::from_secs(1);
/// Longer than all timeouts here together, shorter than a hang.
const QUICK: Duration = Duration::from_secs(10);

fn impatient(url: &str) -> RedisClient {
    let options =
        RedisOptions { connect_timeout: SHORT, response_timeout: SHORT, ..RedisOptions::default() };
    RedisClient::open(url, options).unwrap()
}

fn code_key() -> CodeKey {
    CodeKey::new(Purpose::new("register"), "+8613800138000")
}

fn digest(byte: u8) -> CodeDigest {
    CodeDigest::from_bytes([byte; 32])
}

fn stored_code() -> StoredCode {
    StoredCode {
        digest: digest(1),
        binding: None,
        tries_left: NonZeroU32::new(5).unwrap(),
        expires_at: NOW + Duration::from_mins(5),
    }
}

fn charge() -> [Charge; 1] {
    let quota = Quota::new(1_000, Duration::from_mins(1)).unwrap();
    [Charge::new(Policy::new("sms"), Subject::new([7; 16]), quota)]
}

fn session() -> Session {
    let lifetime = Lifetime::new(Duration::from_hours(1), Duration::from_hours(24)).unwrap();
    Session::begin(NewSession::new(Uuid::new_v4(), lifetime), NOW)
}

/// Asserts that every store works.
async fn all_work(client: &RedisClient) {
    client.ping().await.unwrap();
    let codes = RedisCodeStore::new(client.clone());
    codes.put(&code_key(), stored_code(), NOW).await.unwrap();
    let redeemed = codes.redeem(&code_key(), digest(1), None, NOW).await.unwrap();
    assert_eq!(redeemed, Redemption::Accepted(stored_code()));

    let throttle = RedisThrottleStore::new(client.clone());
    let decision = throttle.hit(&charge(), &[], NOW).await.unwrap();
    assert!(matches!(decision, Decision::Allowed(_)));

    let sessions = RedisSessionStore::new(client.clone());
    let (token, session) = (SessionToken::generate(&mut rand::rng()).digest(), session());
    sessions.create(&token, &session).await.unwrap();
    sessions.touch(&token, NOW).await.unwrap();
    assert_eq!(sessions.find(&token, NOW).await.unwrap(), Some(session.clone()));
    let rotated = SessionToken::generate(&mut rand::rng()).digest();
    assert!(sessions.rotate(&token, &rotated, &session, NOW).await.unwrap());
    assert!(sessions.revoke(session.subject, session.id).await.unwrap());
    sessions.revoke_all(session.subject, None).await.unwrap();
}

/// Asserts that every store fails, and soon.
async fn all_fail_quickly(client: &RedisClient) {
    let start = Instant::now();
    assert!(client.ping().await.is_err());
    let codes = RedisCodeStore::new(client.clone());
    assert!(codes.put(&code_key(), stored_code(), NOW).await.is_err());
    assert!(codes.redeem(&code_key(), digest(1), None, NOW).await.is_err());
    assert!(RedisThrottleStore::new(client.clone()).hit(&charge(), &[], NOW).await.is_err());
    let sessions = RedisSessionStore::new(client.clone());
    assert!(sessions.list(Uuid::nil(), NOW).await.is_err());
    let token = SessionToken::generate(&mut rand::rng()).digest();
    assert!(sessions.rotate(&token, &token, &session(), NOW).await.is_err());
    assert!(start.elapsed() < QUICK, "{:?}", start.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs redis-server"]
async fn works_again_after_a_crash_and_a_restart() {
    let mut server = Server::start(&[]).await;
    let client = open(&server.url, "passport");
    all_work(&client).await;
    for _ in 0..2 {
        server.kill();
        all_fail_quickly(&client).await;
        server.start_again().await;
        all_work(&client).await;
    }
}

/// No call was made while Redis was down, so no call fails.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs redis-server"]
async fn a_restart_during_an_idle_period_causes_no_error() {
    let mut server = Server::start(&[]).await;
    let client = open(&server.url, "passport");
    all_work(&client).await;
    server.kill();
    server.start_again().await;
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    all_work(&client).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs redis-server"]
async fn a_client_opened_before_redis_finds_it_later() {
    let mut server = Server::start(&[]).await;
    server.kill();
    let client = open(&server.url, "passport");
    all_fail_quickly(&client).await;
    server.start_again().await;
    all_work(&client).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs redis-server"]
async fn many_callers_make_one_connection() {
    let mut server = Server::start(&[]).await;
    let client = open(&server.url, "passport");
    client.ping().await.unwrap();
    server.kill();
    assert!(client.ping().await.is_err());
    server.start_again().await;
    let connections = async || -> u64 {
        let stats: String = server.ask("INFO stats").await;
        let line = stats.lines().find_map(|line| line.strip_prefix("total_connections_received:"));
        line.unwrap().trim().parse().unwrap()
    };
    let before = connections().await;
    let crowd = (0..200).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.ping().await.unwrap() })
    });
    for one in crowd.collect::<Vec<_>>() {
        one.await.unwrap();
    }
    // The shared one, and that of the query.
    assert_eq!(connections().await - before, 2);
}

/// The host accepts connections and does not answer: callers time out together, not one after the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn all_callers_of_a_mute_host_time_out_together() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = impatient(&format!("redis://{}", listener.local_addr().unwrap()));
    let start = Instant::now();
    let crowd = (0..100).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { assert!(client.ping().await.is_err()) })
    });
    for one in crowd.collect::<Vec<_>>() {
        one.await.unwrap();
    }
    assert!(start.elapsed() < QUICK, "{:?}", start.elapsed());
}

/// A late answer is not taken for the answer to a later request.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs redis-server"]
async fn late_answers_reach_no_other_caller() {
    let server = Server::start(&[]).await;
    let client = impatient(&server.url);
    let sessions = RedisSessionStore::new(client.clone());
    let mut known = Vec::new();
    for _ in 0..50 {
        let (token, session) = (SessionToken::generate(&mut rand::rng()).digest(), session());
        sessions.create(&token, &session).await.unwrap();
        known.push((token, session));
    }

    let _: () = server.ask("CLIENT PAUSE 1500 ALL").await;
    let start = Instant::now();
    assert!(sessions.find(&known[0].0, NOW).await.is_err());
    assert!(start.elapsed() < QUICK, "{:?}", start.elapsed());
    tokio::time::sleep(Duration::from_secs(1)).await;
    client.ping().await.unwrap();

    // Callers that are cancelled, among callers that wait.
    let crowd = known.into_iter().cycle().take(2_000).enumerate().map(|(i, (token, session))| {
        let sessions = sessions.clone();
        tokio::spawn(async move {
            if i % 3 == 0 {
                let patience = Duration::from_micros((i % 50) as u64);
                let find = sessions.find(&token, NOW);
                if let Ok(found) = tokio::time::timeout(patience, find).await {
                    assert_eq!(found.unwrap(), Some(session));
                }
            } else if let Ok(found) = sessions.find(&token, NOW).await {
                assert_eq!(found, Some(session));
            }
        })
    });
    for one in crowd.collect::<Vec<_>>() {
        one.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs redis-server"]
async fn scripts_survive_a_flush() {
    let server = Server::start(&[]).await;
    let client = open(&server.url, "passport");
    all_work(&client).await;
    let _: () = server.ask("SCRIPT FLUSH").await;
    all_work(&client).await;
}

/// A `PING` is answered in all three states, and no store can work.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs redis-server"]
async fn a_ping_detects_a_redis_that_cannot_be_written() {
    let server = Server::start(&[]).await;
    let client = open(&server.url, "passport");
    client.ping().await.unwrap();

    let _: () = server.ask("CONFIG SET maxmemory 1").await;
    assert_eq!(client.ping().await.unwrap_err().refusal(), Some("OOM"));
    let _: () = server.ask("CONFIG SET maxmemory 0").await;
    client.ping().await.unwrap();

    let _: () = server.ask("REPLICAOF 127.0.0.1 1").await;
    assert_eq!(client.ping().await.unwrap_err().refusal(), Some("READONLY"));
    let _: () = server.ask("REPLICAOF NO ONE").await;
    client.ping().await.unwrap();

    let _: () = server.ask("ACL SETUSER reader on >secret ~* +ping +client +select").await;
    let url = server.url.replace("redis://", "redis://reader:secret@");
    assert_eq!(open(&url, "passport").ping().await.unwrap_err().refusal(), Some("NOPERM"));
    let url = url.replace("secret", "hunter2");
    let error = open(&url, "passport").ping().await.unwrap_err();
    assert_eq!(error.refusal(), Some("WRONGPASS"));
    assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
}
