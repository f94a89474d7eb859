//! A server in cluster mode with two slots refuses all other keys, including those that a script
//! builds. (Acts on codes have one key, and need no test.)

use std::{sync::Arc, time::Duration};

use deadpool_redis::redis::Script;
use passport_session::SessionStore;
use passport_storage_redis::{RedisSessionStore, RedisThrottleStore};
use passport_throttle::ThrottleStore;

use crate::server::{Server, open, raw};

async fn server_of_two_slots() -> Server {
    let arguments = ["--cluster-enabled", "yes", "--cluster-require-full-coverage", "no"];
    let server = Server::start(&arguments).await;
    for tag in ["session", "throttle"] {
        let slot: u16 = server.ask(&format!("CLUSTER KEYSLOT {tag}")).await;
        let _: () = server.ask(&format!("CLUSTER ADDSLOTS {slot}")).await;
    }
    for _ in 0..200 {
        if server.ask::<String>("CLUSTER INFO").await.contains("cluster_state:ok") {
            return server;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the server does not take up its slots");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs redis-server"]
async fn keys_of_one_act_share_a_slot() {
    let server = server_of_two_slots().await;
    let client = open(&server.url, "passport");

    let throttle: Arc<dyn ThrottleStore> = Arc::new(RedisThrottleStore::new(client.clone()));
    passport_throttle::testing::counts_are_apart(Arc::clone(&throttle)).await;
    passport_throttle::testing::all_charges_or_none(Arc::clone(&throttle)).await;
    passport_throttle::testing::refund_takes_one_hit_back(throttle).await;

    let sessions: Arc<dyn SessionStore> = Arc::new(RedisSessionStore::new(client));
    passport_session::testing::lists_live_sessions_latest_first(Arc::clone(&sessions)).await;
    passport_session::testing::revokes_one(Arc::clone(&sessions)).await;
    passport_session::testing::revokes_all_but_one(sessions).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs redis-server"]
async fn such_a_server_refuses_other_keys() {
    let server = server_of_two_slots().await;
    let mut connection = raw(&server.url).await;
    let script = Script::new("return redis.call('SET', ARGV[1], '')");
    for (key, allowed) in [("a:{session}:b", true), ("a:session:b", false)] {
        let mut script = script.key("{session}");
        let answer = script.arg(key).invoke_async::<()>(&mut connection).await;
        assert_eq!(answer.is_ok(), allowed, "{key}: {answer:?}");
    }
}
