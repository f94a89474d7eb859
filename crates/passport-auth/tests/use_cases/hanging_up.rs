//! Clients that disconnect in the middle of an operation, which runs to its end.

use std::{future::Future, pin::pin, thread, time::Duration};

use futures::poll;
use passport_auth::{CodeRefusal, Denied, RequestCodeError, SendOutcome, SignUpError};
use tokio::{runtime::Builder, task::yield_now};

use crate::{
    logs,
    world::{PASSWORD, PHONE, WRONG_PASSWORD, World, caller, credentials, registration},
};

/// Drops `act` once it has made `calls` calls, then waits until no operation is running. Returns
/// whether `act` was dropped before its end.
pub(crate) async fn hang_up_after(calls: usize, world: &World, act: impl Future) -> bool {
    world.outage.calls();
    {
        let mut act = pin!(act);
        loop {
            if poll!(&mut act).is_ready() {
                return false;
            }
            if world.outage.count() >= calls {
                break;
            }
            yield_now().await;
        }
    }
    while world.detached.finish(Duration::ZERO).await > 0 {
        yield_now().await;
    }
    true
}

/// Runs `scenario` with an increasing number of calls, until the operation ends before it is dropped.
pub(crate) async fn each_hang_up(scenario: impl AsyncFn(usize) -> bool) {
    let mut calls = 0;
    while scenario(calls).await {
        calls += 1;
        assert!(calls < 100, "the operation never ends");
    }
    assert!(calls > 1, "the operation was never dropped in the middle");
}

#[tokio::test]
async fn the_message_is_sent_and_counted() {
    each_hang_up(async |calls| {
        let world = World::new();
        let request = world.code_request(PHONE).await;
        let was_dropped = hang_up_after(calls, &world, world.request_code.send(request)).await;
        assert_eq!(world.gateway.messages().len(), 1, "after {calls} calls");
        let again = world.request_code(PHONE).await;
        assert!(matches!(again, Err(RequestCodeError::Denied(Denied::TooMany(_)))));
        world.sign_up(PHONE, &world.gateway.last_code()).await.unwrap();
        was_dropped
    })
    .await;
}

#[tokio::test]
async fn the_unsent_code_is_withdrawn_and_refunded() {
    each_hang_up(async |calls| {
        let world = World::new();
        let request = world.code_request(PHONE).await;
        world.gateway.answer(SendOutcome::NotSent("gateway is down".into()));
        let was_dropped = hang_up_after(calls, &world, world.request_code.send(request)).await;
        let unsent = world.sign_up(PHONE, &world.gateway.last_code()).await;
        assert!(
            matches!(unsent, Err(SignUpError::Code(CodeRefusal::Missing))),
            "after {calls} calls"
        );
        world.request_code(PHONE).await.unwrap();
        was_dropped
    })
    .await;
}

#[tokio::test]
async fn the_account_is_made() {
    each_hang_up(async |calls| {
        let world = World::new();
        let code = world.request_code(PHONE).await.unwrap();
        let act = world.sign_up.register(registration(PHONE, &code));
        let was_dropped = hang_up_after(calls, &world, act).await;
        assert!(world.has_account(PHONE).await, "after {calls} calls");
        was_dropped
    })
    .await;
}

#[tokio::test]
async fn the_account_is_made_though_the_runtime_of_the_caller_ends() {
    let world = World::new();
    let code = world.request_code(PHONE).await.unwrap();
    let (sign_up, registration) = (world.sign_up.clone(), registration(PHONE, &code));
    let caller = thread::spawn(|| {
        let runtime = Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let act = pin!(async move { sign_up.register(registration).await });
            assert!(poll!(act).is_pending());
        });
    });
    caller.join().unwrap();
    assert!(!world.has_account(PHONE).await);
    assert_eq!(world.detached.finish(Duration::from_mins(1)).await, 0);
    assert!(world.has_account(PHONE).await);
}

#[tokio::test]
async fn the_outcome_is_logged_once_and_with_its_cause() {
    let logged = |phone: &str| logs::lines().iter().filter(|line| line.contains(phone)).count();
    each_hang_up(async |calls| {
        let world = World::new();
        // A number of its own, because all tests share the log.
        let (phone, masked) = (format!("135{calls:04}0101"), "135****0101");
        let code = world.request_code(&phone).await.unwrap();
        world.outage.take_down(&["users.insert"]);
        let before = logged(masked);
        let act = world.sign_up.register(registration(&phone, &code));
        let was_dropped = hang_up_after(calls, &world, act).await;
        assert_eq!(logged(masked), before + 1, "after {calls} calls");
        let line = logs::lines().into_iter().rfind(|line| line.contains(masked)).unwrap();
        assert!(line.contains("not signed up") && line.contains("the store is down"), "{line}");
        was_dropped
    })
    .await;
}

#[tokio::test]
async fn the_code_is_given_back() {
    each_hang_up(async |calls| {
        let world = World::new();
        let code = world.request_code(PHONE).await.unwrap();
        world.outage.take_down(&["users"]);
        let act = world.sign_up.register(registration(PHONE, &code));
        let was_dropped = hang_up_after(calls, &world, act).await;
        world.outage.end();
        world.sign_up(PHONE, &code).await.unwrap();
        was_dropped
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_failure_is_counted() {
    each_hang_up(async |calls| {
        let world = World::new();
        world.user(PHONE).await;
        let act = world.sign_in.sign_in(credentials(PHONE, WRONG_PASSWORD));
        let was_dropped = hang_up_after(calls, &world, act).await;
        assert_eq!(world.hasher.compared().len(), 1, "after {calls} calls");
        assert_eq!(world.guesses_left(PHONE).await, 4);
        was_dropped
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_success_is_not_counted() {
    each_hang_up(async |calls| {
        let world = World::new();
        let user = world.user(PHONE).await;
        let act = world.sign_in.sign_in(credentials(PHONE, PASSWORD));
        let was_dropped = hang_up_after(calls, &world, act).await;
        assert_eq!(world.guesses_left(PHONE).await, 5, "after {calls} calls");
        assert_eq!(world.sessions_of(&user).await, 1);
        was_dropped
    })
    .await;
}

#[tokio::test]
async fn the_session_ends() {
    each_hang_up(async |calls| {
        let world = World::new();
        world.user(PHONE).await;
        let signed_in = world.sign_in(PHONE, PASSWORD).await.unwrap();
        let was_dropped =
            hang_up_after(calls, &world, world.sign_out.sign_out(&signed_in.token, &caller(1)))
                .await;
        assert!(!world.is_signed_in(&signed_in).await, "after {calls} calls");
        was_dropped
    })
    .await;
}
