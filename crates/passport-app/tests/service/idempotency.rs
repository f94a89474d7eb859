//! `Idempotency-Key`: the answer of a mutating call of `/api/v1` can be asked for again.

mod bounds;
mod call;
mod disconnects;
mod secrecy;
mod stores;

use futures::future::join_all;
use reqwest::Method;
use serde_json::json;

use self::call::{Call, session_of, signed_in};
use crate::support::{Person, Reply, Service};

/// Declares the tests of one mutating call. A row names the function that prepares the call on a
/// running service.
macro_rules! calls {
    ($($call:ident;)+) => {
        $(
            mod $call {
                use crate::support::Service;

                #[tokio::test]
                async fn idem_1_a_lost_answer_is_had_by_a_repeat() {
                    let service = Service::start(&[]).await;
                    super::a_lost_answer_is_had_by_a_repeat(&service, super::$call(&service).await)
                        .await;
                }

                #[tokio::test]
                async fn idem_2_of_concurrent_duplicates_one_is_executed() {
                    let service = Service::start(&[]).await;
                    super::of_concurrent_duplicates_one_is_executed(super::$call(&service).await)
                        .await;
                }

                #[tokio::test]
                async fn idem_3_a_key_is_for_one_request_of_one_session() {
                    let service = Service::start(&[]).await;
                    super::a_key_is_for_one_request_of_one_session(
                        &service,
                        super::$call(&service).await,
                    )
                    .await;
                }
            }
        )+
    };
}

// Each mutating call of `/api/v1` has a row here.
calls! {
    end_own_session;
    end_another_session;
    end_other_sessions;
    issue_challenge;
}

/// `DELETE /api/v1/sessions/{id}` of the session itself: without a key the repeat is answered 401.
async fn end_own_session(service: &Service) -> Call {
    let (person, _) = signed_in(service).await;
    let path = format!("/api/v1/sessions/{}", session_of(&person).await);
    Call::new(service, &person, Method::DELETE, &path).answered(204)
}

/// `DELETE /api/v1/sessions/{id}`: without a key the repeat is answered 404.
async fn end_another_session(service: &Service) -> Call {
    let (person, phone) = signed_in(service).await;
    let other = Person::new(service);
    other.sign_in(&phone, crate::support::PASSWORD).await;
    let path = format!("/api/v1/sessions/{}", session_of(&other).await);
    Call::new(service, &person, Method::DELETE, &path).answered(204)
}

/// `DELETE /api/v1/sessions`
async fn end_other_sessions(service: &Service) -> Call {
    let (person, _) = signed_in(service).await;
    Call::new(service, &person, Method::DELETE, "/api/v1/sessions").answered(204)
}

/// `POST /api/v1/challenges`: without a key each repeat gets another challenge.
async fn issue_challenge(service: &Service) -> Call {
    Call::new(service, &Person::new(service), Method::POST, "/api/v1/challenges").answered(201)
}

async fn a_lost_answer_is_had_by_a_repeat(service: &Service, call: Call) {
    call.send_and_lose_the_answer(service).await;
    let first = call.repeat_until_done().await;
    is_replay(&first, &call);
    let second = call.send().await;
    is_replay(&second, &call);
    is_same(&first, &second);
}

async fn of_concurrent_duplicates_one_is_executed(call: Call) {
    let replies = join_all((0..8).map(|_| call.send())).await;
    let executed = replies.iter().filter(|it| it.status == call.status && !is_replayed(it));
    assert_eq!(executed.count(), 1, "{replies:?}");
    for reply in &replies {
        if reply.status == 409 {
            is_problem(reply, 409, "idempotency-key-in-progress");
            let wait: u64 = reply.header("retry-after").parse().unwrap();
            assert!((1..=2).contains(&wait), "{reply:?}");
        } else {
            assert_eq!(reply.status, call.status, "{reply:?}");
        }
    }
    let first = replies.iter().find(|it| it.status == call.status && !is_replayed(it)).unwrap();
    let repeat = call.send().await;
    is_replay(&repeat, &call);
    is_same(first, &repeat);
}

async fn a_key_is_for_one_request_of_one_session(service: &Service, call: Call) {
    let first = call.send().await;
    assert_eq!(first.status, call.status, "{first:?}");
    assert!(!is_replayed(&first));

    let changed = call.clone().with_body(json!({ "changed": true }));
    is_problem(&changed.send().await, 422, "idempotency-key-reused");
    is_replay(&call.send().await, &call);

    // The same key in another session is another call, and tells nothing of the first one.
    let (stranger, _) = signed_in(service).await;
    let strangers = call.clone().of(&stranger).send().await;
    assert!(!is_replayed(&strangers), "{strangers:?}");
    assert_ne!(strangers.status, 422, "{strangers:?}");
}

fn is_replayed(reply: &Reply) -> bool {
    reply.header("idempotency-replayed") == "true"
}

#[track_caller]
fn is_replay(reply: &Reply, call: &Call) {
    assert_eq!(reply.status, call.status, "{reply:?}");
    assert!(is_replayed(reply), "{reply:?}");
}

/// The status, the body and all fields are equal, except those that tell one request from another.
#[track_caller]
fn is_same(first: &Reply, second: &Reply) {
    assert_eq!((first.status, &first.body), (second.status, &second.body));
    let fields = |reply: &Reply| {
        let mut fields = reply.headers.clone();
        for name in ["date", "x-request-id", "idempotency-replayed"] {
            fields.remove(name);
        }
        fields
    };
    assert_eq!(fields(first), fields(second));
}

#[track_caller]
fn is_problem(reply: &Reply, status: u16, code: &str) {
    assert_eq!(reply.status.as_u16(), status, "{reply:?}");
    assert_eq!(reply.header("content-type"), "application/problem+json");
    assert_eq!(reply.json()["code"], code);
}
