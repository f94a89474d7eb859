//! Limits on failed sign-ins.

use std::time::Duration;

use futures::future::join_all;
use passport_auth::{Credentials, Denied, SignInError, WaitingRoom};
use passport_throttle::Refusal;
use tokio::time::Instant;

use crate::world::{
    OTHER_PHONE, PASSWORD, PHONE, WRONG_PASSWORD, World, client, credentials, quota,
};

fn too_many<T>(outcome: &Result<T, SignInError>) -> bool {
    matches!(outcome, Err(SignInError::Denied(Denied::TooMany(_))))
}

#[tokio::test]
async fn rl_8_parallel_guesses_do_not_outrun_the_count() {
    let world = World::new();
    world.user(PHONE).await;
    let outcomes = join_all((0..50).map(|_| world.sign_in(PHONE, WRONG_PASSWORD))).await;
    assert_eq!(world.hasher.compared().len(), 10);
    let wrong = |outcome: &&Result<_, _>| matches!(outcome, Err(SignInError::WrongCredentials(_)));
    assert_eq!(outcomes.iter().filter(wrong).count(), 10);
    assert_eq!(outcomes.iter().filter(|outcome| too_many(outcome)).count(), 40);
    assert!(too_many(&world.sign_in(PHONE, PASSWORD).await), "the right one is too late");
}

#[tokio::test]
async fn rl_8_running_sign_ins_cause_no_refusal() {
    let world = World::new();
    world.user(PHONE).await;
    let outcomes = join_all((0..30).map(|_| world.sign_in(PHONE, PASSWORD))).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 30);
    assert_eq!(world.guesses_left(PHONE).await, 10);
}

#[tokio::test]
async fn rl_8_guesses_among_right_sign_ins_do_not_outrun_the_count() {
    let world = World::new();
    world.user(PHONE).await;
    let passwords = [PASSWORD, WRONG_PASSWORD].into_iter().cycle().take(60);
    let outcomes = join_all(passwords.map(|password| world.sign_in(PHONE, password))).await;
    let wrong = |outcome: &&Result<_, _>| matches!(outcome, Err(SignInError::WrongCredentials(_)));
    let compared = outcomes.iter().filter(wrong).count();
    // On a busy machine some sign-ins are refused after their last retry.
    assert_eq!(compared + world.guesses_left(PHONE).await, 10);
    assert!(too_many(&world.sign_in(PHONE, PASSWORD).await), "the right one is too late");
}

#[tokio::test(start_paused = true)]
async fn rl_8_a_full_client_is_tried_again_and_a_full_number_is_not() {
    let mut world = World::new();
    for (per_client, per_phone, patience) in [(1, 9, 1_500), (9, 1, 0)] {
        world.change(|setup| {
            setup.quotas.login_failures_per_client = quota(per_client, Duration::from_mins(1));
            setup.quotas.login_failures_per_phone = quota(per_phone, Duration::from_hours(24));
        });
        world.sign_in(OTHER_PHONE, WRONG_PASSWORD).await.unwrap_err();
        let start = Instant::now();
        assert!(too_many(&world.sign_in(OTHER_PHONE, WRONG_PASSWORD).await));
        assert_eq!(start.elapsed().as_millis(), patience);
        world.clock.advance(Duration::from_hours(24));
    }
}

#[tokio::test(start_paused = true)]
async fn rl_8_a_flood_costs_the_store_little_more_than_its_first_charges() {
    let per_client = quota(1, Duration::from_mins(1));
    let world = World::with(|setup| setup.quotas.login_failures_per_client = per_client);
    world.sign_in(OTHER_PHONE, WRONG_PASSWORD).await.unwrap_err();
    world.outage.calls();
    let outcomes = join_all((0..500).map(|_| world.sign_in(PHONE, WRONG_PASSWORD))).await;
    assert!(outcomes.iter().all(too_many));
    assert_eq!(world.outage.calls(), vec!["throttle.hit"; 500 + 4 * WaitingRoom::SEATS]);
}

#[tokio::test(start_paused = true)]
async fn rl_8_success_is_not_counted() {
    let world = World::new();
    world.user(PHONE).await;
    for _ in 0..30 {
        world.sign_in(PHONE, PASSWORD).await.unwrap();
    }
    assert_eq!(world.guesses_left(PHONE).await, 10);
}

#[tokio::test(start_paused = true)]
async fn rl_8_failures_age_out() {
    let world = World::new();
    world.user(PHONE).await;
    assert_eq!(world.guesses_left(PHONE).await, 10);
    let Err(SignInError::Denied(Denied::TooMany(Refusal { retry_after, .. }))) =
        world.sign_in(PHONE, PASSWORD).await
    else {
        panic!("the 11th guess was compared");
    };
    assert_eq!(retry_after, Duration::from_mins(1));
    world.clock.advance(retry_after.saturating_sub(Duration::from_millis(1)));
    assert!(too_many(&world.sign_in(PHONE, PASSWORD).await));
    world.clock.advance(Duration::from_millis(1));
    world.sign_in(PHONE, PASSWORD).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn rl_8_clients_are_counted_apart_over_all_numbers() {
    let world = World::new();
    world.user(PHONE).await;
    for phone in [PHONE, OTHER_PHONE].iter().cycle().take(10) {
        world.sign_in(phone, WRONG_PASSWORD).await.unwrap_err();
    }
    assert!(too_many(&world.sign_in("13700137000", WRONG_PASSWORD).await));
    let elsewhere = Credentials { client: client(2), ..credentials(PHONE, PASSWORD) };
    world.sign_in.sign_in(elsewhere).await.unwrap();
}

#[tokio::test]
async fn rl_8_number_is_counted_over_all_clients() {
    let per_phone = quota(20, Duration::from_hours(24));
    let world = World::with(|setup| setup.quotas.login_failures_per_phone = per_phone);
    world.user(PHONE).await;
    let from = |n, password| Credentials { client: client(n), ..credentials(PHONE, password) };
    for n in 0..20 {
        let wrong = world.sign_in.sign_in(from(n, WRONG_PASSWORD)).await;
        assert!(matches!(wrong, Err(SignInError::WrongCredentials(_))));
    }
    let refused = world.sign_in.sign_in(from(20, PASSWORD)).await;
    assert!(
        matches!(refused, Err(SignInError::Denied(Denied::TooMany(Refusal { retry_after, .. })))
            if retry_after == Duration::from_hours(24))
    );
}

#[tokio::test]
async fn limits_that_cannot_be_asked_compare_nothing() {
    let world = World::new();
    world.user(PHONE).await;
    world.outage.take_down(&["throttle"]);
    let refused = world.sign_in(PHONE, PASSWORD).await;
    assert!(matches!(refused, Err(SignInError::Denied(Denied::Unavailable(_)))));
    assert_eq!(world.hasher.compared().len(), 0);
}
