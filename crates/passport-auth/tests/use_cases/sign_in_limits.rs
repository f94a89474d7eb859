//! Limits on failed sign-ins.

use std::{pin::pin, time::Duration};

use futures::{future::join_all, poll};
use passport_auth::{Credentials, Denied, Party, SignInError, SignedIn, policies};
use passport_throttle::{Policy, Refusal};
use tokio::task::yield_now;

use crate::setup::Setup;
use crate::world::{
    OTHER_PHONE, PASSWORD, PHONE, WRONG_PASSWORD, World, caller, client, credentials, number,
    quota, wrong_code,
};

fn too_many<T>(outcome: &Result<T, SignInError>) -> bool {
    matches!(outcome, Err(SignInError::Denied(Denied::TooMany(_))))
}

fn wrong<T>(outcome: &Result<T, SignInError>) -> bool {
    matches!(outcome, Err(SignInError::WrongCredentials(_)))
}

fn too_soon<T>(outcome: &Result<T, SignInError>) -> bool {
    matches!(outcome, Err(SignInError::Denied(Denied::TooSoon { .. })))
}

/// Policy of a refusal.
fn policy(outcome: &Result<SignedIn, SignInError>) -> Policy {
    match outcome {
        Err(SignInError::Denied(Denied::TooMany(refusal))) => refusal.policy,
        outcome => panic!("no limit refused: {outcome:?}"),
    }
}

#[tokio::test]
async fn rl_8_parallel_guesses_do_not_outrun_the_count() {
    let world = World::with(Setup::never_delay_passwords);
    world.user(PHONE).await;
    // As many as may wait.
    let outcomes = join_all((0..34).map(|_| world.sign_in(PHONE, WRONG_PASSWORD))).await;
    assert_eq!(world.hasher.compared().len(), 10);
    assert_eq!(outcomes.iter().filter(|outcome| wrong(outcome)).count(), 10);
    assert_eq!(outcomes.iter().filter(|outcome| too_many(outcome)).count(), 24);
    assert!(too_many(&world.sign_in(PHONE, PASSWORD).await), "the right one is too late");
}

#[tokio::test]
async fn rl_8_parallel_guesses_do_not_outrun_the_series() {
    let world = World::new();
    world.user(PHONE).await;
    let guess = |n| Credentials { client: caller(n), ..credentials(PHONE, WRONG_PASSWORD) };
    let outcomes = join_all((0..34).map(|n| world.sign_in.sign_in(guess(n)))).await;
    assert_eq!(world.hasher.compared().len(), 5);
    assert_eq!(outcomes.iter().filter(|outcome| wrong(outcome)).count(), 5);
    assert_eq!(outcomes.iter().filter(|outcome| too_soon(outcome)).count(), 29);
    let owner = Credentials { client: caller(99), ..credentials(PHONE, PASSWORD) };
    assert!(too_soon(&world.sign_in.sign_in(owner).await), "the right one is too late");
    // What was refused is not counted.
    world.clock.advance(Duration::from_secs(1));
    world.sign_in(PHONE, PASSWORD).await.unwrap();
}

/// Two sign-ins of an account run at a time, so their own counts delay none of them.
#[tokio::test]
async fn rl_8_running_sign_ins_cause_no_refusal() {
    for (limit, failures) in [(1, 1), (2, 2), (10, 5)] {
        let per_client = quota(limit, Duration::from_mins(1));
        let world = World::with(|setup| setup.quotas.login_failures_per_client = per_client);
        world.user(PHONE).await;
        let outcomes = join_all((0..34).map(|_| world.sign_in(PHONE, PASSWORD))).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 34, "{failures}");
        assert_eq!(world.guesses_left(PHONE).await, failures);
    }
}

/// After four failures a running sign-in counts as the fifth, so a second one may have to wait for a
/// second; nothing of that stays once the first has succeeded.
#[tokio::test]
async fn rl_8_a_running_sign_in_after_four_failures_costs_a_second_at_most() {
    let world = World::new();
    world.user(PHONE).await;
    for _ in 0..4 {
        world.sign_in(PHONE, WRONG_PASSWORD).await.unwrap_err();
    }
    let outcomes = join_all((0..2).map(|_| world.sign_in(PHONE, PASSWORD))).await;
    assert!(outcomes.iter().any(Result::is_ok));
    for refused in outcomes.into_iter().filter_map(Result::err) {
        let SignInError::Denied(Denied::TooSoon { retry_after }) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(retry_after, Duration::from_secs(1));
    }
    world.sign_in(PHONE, PASSWORD).await.unwrap();
    assert_eq!(world.guesses_left(PHONE).await, 5, "the series began anew");
}

#[tokio::test]
async fn rl_8_guesses_among_right_sign_ins_do_not_outrun_the_count() {
    let world = World::with(Setup::never_delay_passwords);
    world.user(PHONE).await;
    let passwords = [PASSWORD, WRONG_PASSWORD].into_iter().cycle().take(34);
    let outcomes = join_all(passwords.map(|password| world.sign_in(PHONE, password))).await;
    assert_eq!(outcomes.iter().filter(|outcome| wrong(outcome)).count(), 10);
    assert!(too_many(&world.sign_in(PHONE, PASSWORD).await), "the right one is too late");
}

#[tokio::test]
async fn rl_8_a_flood_beyond_the_limit_costs_two_charges_each_and_no_hash() {
    let per_client = quota(1, Duration::from_mins(1));
    let world = World::with(|setup| setup.quotas.login_failures_per_client = per_client);
    world.sign_in(OTHER_PHONE, WRONG_PASSWORD).await.unwrap_err();
    world.hasher.compared();
    world.outage.calls();
    let outcomes = join_all((0..30).map(|_| world.sign_in(PHONE, WRONG_PASSWORD))).await;
    assert!(outcomes.iter().all(too_many));
    assert_eq!(world.hasher.compared().len(), 0);
    let calls = world.outage.calls();
    // Each second call in flight tries once more after the first.
    assert!(calls.len() <= 90 && calls.iter().all(|call| *call == "throttle.hit"), "{calls:?}");
}

#[tokio::test]
async fn x1_sign_ins_of_a_client_are_counted_whether_they_succeed_or_not() {
    let per_client = quota(6, Duration::from_mins(1));
    let world = World::with(|setup| setup.quotas.sign_ins_per_client = per_client);
    world.user(PHONE).await;
    for password in [PASSWORD, WRONG_PASSWORD].into_iter().cycle().take(6) {
        let outcome = world.sign_in(PHONE, password).await;
        assert!(!too_many(&outcome), "{outcome:?}");
    }
    let refused = world.sign_in(PHONE, PASSWORD).await;
    assert_eq!(policy(&refused), policies::SIGN_INS_PER_CLIENT);
    let elsewhere = Credentials { client: client(2).into(), ..credentials(PHONE, PASSWORD) };
    world.sign_in.sign_in(elsewhere).await.unwrap();
}

#[tokio::test]
async fn x1_successful_sign_ins_to_an_account_are_counted_over_all_clients() {
    let per_phone = quota(3, Duration::from_hours(1));
    let world = World::with(|setup| setup.quotas.sign_ins_per_phone = per_phone);
    world.user(PHONE).await;
    let from =
        |n, password| Credentials { client: client(n).into(), ..credentials(PHONE, password) };
    for n in 0..3 {
        // Strangers do not use up the sign-ins of the account.
        for _ in 0..3 {
            let stranger = world.sign_in.sign_in(from(100 + n, WRONG_PASSWORD)).await;
            assert!(wrong(&stranger));
        }
        world.sign_in.sign_in(from(n, PASSWORD)).await.unwrap();
    }
    world.hasher.compared();
    let refused = world.sign_in.sign_in(from(9, PASSWORD)).await;
    assert_eq!(policy(&refused), policies::SIGN_INS_PER_PHONE);
    assert_eq!(world.hasher.compared().len(), 0, "it costs no hash");
    world.user(OTHER_PHONE).await;
    world.sign_in(OTHER_PHONE, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn x1_sign_ins_and_sign_ups_share_the_places_of_client_and_account() {
    let world = World::new();
    world.user(PHONE).await;
    let party = |n| Party { client: client(n), account: number(PHONE).into() };
    let mut held = vec![
        world.hashing.enter(party(3)).await.unwrap(),
        world.hashing.enter(party(4)).await.unwrap(),
    ];
    let mut sign_in = pin!(world.sign_in(PHONE, PASSWORD));
    let code = wrong_code();
    let mut sign_up = pin!(world.sign_up(PHONE, &code));
    for _ in 0..100 {
        assert!(poll!(&mut sign_in).is_pending() && poll!(&mut sign_up).is_pending());
        yield_now().await;
    }
    held.pop();
    sign_in.await.unwrap();
    sign_up.await.unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn rl_8_success_is_not_counted() {
    let world = World::new();
    world.user(PHONE).await;
    for _ in 0..30 {
        world.sign_in(PHONE, PASSWORD).await.unwrap();
    }
    assert_eq!(world.guesses_left(PHONE).await, 5);
    assert_eq!(world.client_guesses_left().await, 10 - 5);
}

#[tokio::test(start_paused = true)]
async fn rl_8_failures_age_out() {
    let world = World::with(Setup::never_delay_passwords);
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
    let world = World::with(Setup::never_delay_passwords);
    world.user(PHONE).await;
    for phone in [PHONE, OTHER_PHONE].iter().cycle().take(10) {
        world.sign_in(phone, WRONG_PASSWORD).await.unwrap_err();
    }
    assert!(too_many(&world.sign_in("13700137000", WRONG_PASSWORD).await));
    let elsewhere = Credentials { client: client(2).into(), ..credentials(PHONE, PASSWORD) };
    world.sign_in.sign_in(elsewhere).await.unwrap();
}

#[tokio::test]
async fn rl_8_failures_in_a_row_delay_the_number_for_all_clients() {
    let world = World::new();
    world.user(PHONE).await;
    let from = |n, password| Credentials { client: caller(n), ..credentials(PHONE, password) };
    for n in 0..15 {
        let wrong = world.sign_in.sign_in(from(n, WRONG_PASSWORD)).await;
        assert!(matches!(wrong, Err(SignInError::WrongCredentials(_))), "{n}: {wrong:?}");
        let delay = match n {
            0..4 => continue,
            _ => Duration::from_secs((1 << (n - 4)).min(900)),
        };
        let refused = world.sign_in.sign_in(from(n, PASSWORD)).await;
        let Err(SignInError::Denied(Denied::TooSoon { retry_after })) = refused else {
            panic!("{n}: {refused:?}");
        };
        assert_eq!(retry_after, delay, "after failure {}", n + 1);
        world.clock.advance(delay);
    }
    world.sign_in.sign_in(from(20, PASSWORD)).await.expect("the delay has passed");
    for n in 0..4 {
        world.sign_in.sign_in(from(n, WRONG_PASSWORD)).await.unwrap_err();
    }
    world.sign_in.sign_in(from(20, PASSWORD)).await.expect("the series began anew");
}

#[tokio::test]
async fn rl_8_a_hundred_failures_stop_passwords_until_they_are_reset() {
    let world = World::new();
    world.user(PHONE).await;
    let from = |n, password| Credentials { client: caller(n), ..credentials(PHONE, password) };
    for n in 0..100 {
        let wrong = world.sign_in.sign_in(from(n, WRONG_PASSWORD)).await;
        assert!(matches!(wrong, Err(SignInError::WrongCredentials(_))), "{n}: {wrong:?}");
        world.clock.advance(Duration::from_mins(15));
    }
    world.clock.advance(Duration::from_hours(24));
    let stopped = world.sign_in.sign_in(from(200, PASSWORD)).await;
    assert!(matches!(stopped, Err(SignInError::Denied(Denied::Stopped))), "{stopped:?}");
    let phone = number(OTHER_PHONE);
    world.sign_in.sign_in(Credentials { phone, ..from(201, PASSWORD) }).await.unwrap_err();
}

#[tokio::test]
async fn limits_that_cannot_be_asked_compare_nothing() {
    for store in ["throttle", "failures"] {
        let world = World::new();
        world.user(PHONE).await;
        world.outage.take_down(&[store]);
        let refused = world.sign_in(PHONE, PASSWORD).await;
        assert!(matches!(refused, Err(SignInError::Denied(Denied::Unavailable(_)))), "{store}");
        assert_eq!(world.hasher.compared().len(), 0, "{store}");
        world.outage.end();
        assert_eq!(world.client_guesses_left().await, 10, "{store}: nothing stays charged");
    }
}
