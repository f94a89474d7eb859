//! `Idempotency-Key`: the answer of a mutating call of `/api/v1` can be asked for again.

mod accounts;
mod bounds;
mod call;
mod disconnects;
mod evidence;
mod networks;
mod refusals;
mod secrecy;
mod sessions;
pub(crate) mod steps;
mod stopping;
mod stores;
mod tokens;

use futures::future::join_all;
use reqwest::Method;
use serde_json::json;

use self::{
    accounts::{
        change_number, change_password, change_password_by_bearer, code_to_change_number,
        code_to_confirm, code_to_reset, code_to_sign_in, code_to_sign_up, code_to_undo, confirm,
        confirm_by_code, leave, remove_password, rename, reset_password, restore, sign_in,
        sign_in_again, sign_in_by_code, sign_out, sign_up, sign_up_by_bearer, undo_number,
    },
    call::Call,
    evidence::Evidence,
    sessions::{end_another_session, end_other_sessions, end_own_session},
    steps::signed_in,
};
use crate::support::{Person, Reply, Service};

/// Codes follow each other closely in these tests.
const SETTINGS: [(&str, &str); 1] = [("sms_code.resend_after", "1s")];

/// Declares the tests of one mutating call. A row names the function that prepares the call on a
/// running service.
macro_rules! calls {
    ($($call:ident;)+) => {
        $(
            mod $call {
                use crate::support::Service;

                #[tokio::test]
                async fn idem_1_a_lost_answer_is_had_by_a_repeat() {
                    let service = Service::start(&super::SETTINGS).await;
                    super::a_lost_answer_is_had_by_a_repeat(&service, super::$call(&service).await)
                        .await;
                }

                #[tokio::test]
                async fn idem_2_of_concurrent_duplicates_one_is_executed() {
                    let service = Service::start(&super::SETTINGS).await;
                    super::of_concurrent_duplicates_one_is_executed(
                        &service,
                        super::$call(&service).await,
                    )
                    .await;
                }

                #[tokio::test]
                async fn idem_3_a_key_is_for_one_request_of_one_session() {
                    let service = Service::start(&super::SETTINGS).await;
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
    code_to_sign_up;
    code_to_sign_in;
    code_to_reset;
    code_to_undo;
    code_to_change_number;
    code_to_confirm;
    sign_up;
    sign_up_by_bearer;
    sign_in;
    sign_in_again;
    sign_in_by_code;
    restore;
    sign_out;
    confirm;
    confirm_by_code;
    rename;
    change_password;
    change_password_by_bearer;
    remove_password;
    change_number;
    undo_number;
    reset_password;
    leave;
}

/// `POST /api/v1/challenges`: without a key each repeat gets another challenge.
async fn issue_challenge(service: &Service) -> Call {
    Call::new(service, &Person::new(service), Method::POST, "/api/v1/challenges").answered(201)
}

async fn a_lost_answer_is_had_by_a_repeat(service: &Service, call: Call) {
    let before = Evidence::of(service, &call).await;
    call.send_and_lose_the_answer(service).await;
    let first = call.repeat_until_done().await;
    is_replay(&first, &call);
    let second = call.send().await;
    is_replay(&second, &call);
    is_same(&first, &second);
    before.shows_one_more(service, &call).await;
    tokens::of_the_answer_work(service, &first).await;
}

async fn of_concurrent_duplicates_one_is_executed(service: &Service, call: Call) {
    let before = Evidence::of(service, &call).await;
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
    before.shows_one_more(service, &call).await;
}

async fn a_key_is_for_one_request_of_one_session(service: &Service, call: Call) {
    let first = call.send().await;
    assert_eq!(first.status, call.status, "{first:?}");
    assert!(!is_replayed(&first));

    let before = Evidence::of(service, &call).await;
    let changed = call.clone().with_body(json!({ "changed": true }));
    is_problem(&changed.send().await, 422, "idempotency-key-reused");
    is_replay(&call.send().await, &call);
    before.shows_nothing_more(service, &call).await;

    // The same key in another session is another call, and tells nothing of the first one.
    let (stranger, _) = signed_in(service).await;
    let strangers = call.clone().of(&stranger).send().await;
    assert!(!is_replayed(&strangers), "{strangers:?}");
    assert!(!strangers.text().contains("idempotency-key"), "{strangers:?}");
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
