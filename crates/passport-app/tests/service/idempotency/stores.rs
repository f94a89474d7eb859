//! Records over restarts, nodes and outages.

use super::{end_other_sessions, end_own_session, is_problem, is_replay, issue_challenge};
use crate::support::{Gate, Service, postgres, redis};

const SECRET: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f00123456789abcdef";

#[tokio::test]
async fn idem_8_an_answer_outlives_a_restart() {
    let mut service = Service::start(&[]).await;
    let (ended, issued) = (end_own_session(&service).await, issue_challenge(&service).await);
    ended.send_and_lose_the_answer(&service).await;
    let challenge = issued.send().await;
    service.stop().await;
    let service = Service::start_in(service.folder(), &[]).await;
    is_replay(&ended.clone().to(&service).send().await, &ended);
    let repeat = issued.clone().to(&service).send().await;
    is_replay(&repeat, &issued);
    assert_eq!(repeat.json(), challenge.json());
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn idem_8_an_answer_outlives_a_restart_in_postgres() {
    let postgres = postgres().await;
    let settings = [("database.url", &*postgres), ("secret", SECRET)];
    let mut service = Service::start(&settings).await;
    let call = end_own_session(&service).await;
    call.send_and_lose_the_answer(&service).await;
    service.stop().await;
    let service = Service::start(&settings).await;
    is_replay(&call.clone().to(&service).send().await, &call);
}

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn idem_9_another_node_repeats_the_answer() {
    let (redis, postgres) = (redis(), postgres().await);
    let settings = [("store.url", &*redis), ("database.url", &*postgres), ("secret", SECRET)];
    let one = Service::start(&settings).await;
    let other = Service::start(&settings).await;
    for call in [end_own_session(&one).await, issue_challenge(&one).await] {
        call.send_and_lose_the_answer(&one).await;
        is_replay(&call.clone().to(&other).send().await, &call);
    }
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn idem_10_without_the_store_a_call_with_a_key_is_not_executed() {
    let gate = Gate::before(&redis());
    let service = Service::start(&[("store.url", gate.url()), ("session.store", "database")]).await;
    let call = end_other_sessions(&service).await;
    gate.shut();
    is_problem(&call.send().await, 503, "unavailable");
    gate.open();
    let reply = call.send().await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.header("idempotency-replayed"), "", "the first call was not executed");
}
