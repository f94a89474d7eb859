//! One number, one account.

use std::time::Duration;

use futures::{future::join_all, poll};
use passport_auth::{CodeRefusal, SignUpError};
use passport_codes::CodePolicy;
use tokio::task::yield_now;

use crate::world::{COOLDOWN, PASSWORD, PHONE, World, registration, wrong_code};

#[tokio::test]
async fn sign_up_creates_an_account_and_no_session() {
    let world = World::new();
    let user = world.user(PHONE).await;
    assert_eq!(user.nick_name.as_str(), "138****8000");
    assert_eq!(user.last_login_at, None);
    assert_eq!(world.sessions_of(&user).await, 0);
    assert_eq!(world.sign_in(PHONE, PASSWORD).await.unwrap().user.id, user.id);
}

#[tokio::test]
async fn taken_number_spends_the_code_and_changes_nothing() {
    let world = World::new();
    let user = world.user(PHONE).await;
    world.clock.advance(COOLDOWN);
    let code = world.request_code(PHONE).await.unwrap();
    assert!(matches!(world.sign_up(PHONE, &code).await, Err(SignUpError::PhoneTaken)));
    assert!(matches!(
        world.sign_up(PHONE, &code).await,
        Err(SignUpError::Code(CodeRefusal::Missing))
    ));
    let kept = world.sign_up.users.find(user.id).await.unwrap();
    assert_eq!(kept, Some(user));
}

#[tokio::test]
async fn a_code_that_is_typed_in_names_its_message() {
    let world = World::new();
    let first = world.request_code(PHONE).await.unwrap();
    world.clock.advance(COOLDOWN);
    let second = world.request_code(PHONE).await.unwrap();
    let ids: Vec<_> = world.gateway.messages().iter().map(|message| message.id).collect();
    assert_ne!(ids[0], ids[1]);

    world.sign_up(PHONE, &wrong_code()).await.unwrap_err();
    assert_eq!(world.gateway.redeemed(), [], "a guess is no arrival");
    world.sign_up(PHONE, &second).await.unwrap();
    assert_eq!(world.gateway.redeemed(), [ids[1]]);
    world.sign_up(PHONE, &first).await.unwrap_err();
    assert_eq!(world.gateway.redeemed(), [ids[1]]);

    world.clock.advance(COOLDOWN);
    let third = world.request_code(PHONE).await.unwrap();
    world.sign_up(PHONE, &third).await.unwrap_err();
    let third = world.gateway.messages()[2].id;
    assert_eq!(
        world.gateway.redeemed(),
        [ids[1], third],
        "the message arrived, although the number is taken"
    );
}

#[tokio::test]
async fn of_many_codes_for_one_number_only_the_last_makes_an_account() {
    let world = World::with(|setup| {
        setup.allow_messages_to_a_phone(100);
        // More tries than there are guesses.
        setup.code_policy = CodePolicy::new(Duration::from_mins(5), 10).unwrap();
    });
    let mut codes = Vec::new();
    for _ in 0..8 {
        codes.push(world.request_code(PHONE).await.unwrap());
    }
    let outcomes = join_all(codes.iter().map(|code| world.sign_up(PHONE, code))).await;
    let (last, former) = outcomes.split_last().unwrap();
    last.as_ref().unwrap();
    for dead in former {
        assert!(matches!(dead, Err(SignUpError::Code(_))));
    }
}

#[tokio::test]
async fn rivals_who_all_spent_a_good_code_make_one_account() {
    let world = World::with(|setup| setup.allow_messages_to_a_phone(100));
    let requests = join_all((0..2).map(|_| world.code_request(PHONE))).await;
    // While nothing is hashed, each code is spent before the next one is sent. An account has two places
    // in the queue for hashing, so no third rival spends its code meanwhile.
    let held = world.hold_hashing().await;
    let mut rivals = Vec::new();
    for request in requests {
        world.request_code.send(request).await.unwrap();
        let code = world.gateway.last_code();
        world.outage.calls();
        let mut rival = Box::pin(world.sign_up.register(registration(PHONE, &code)));
        while world.outage.count() == 0 {
            assert!(poll!(&mut rival).is_pending());
            yield_now().await;
        }
        rivals.push(rival);
    }
    drop(held);
    let outcomes = join_all(rivals).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    let taken = |outcome: &&Result<_, _>| matches!(outcome, Err(SignUpError::PhoneTaken));
    assert_eq!(outcomes.iter().filter(taken).count(), 1);
}

#[tokio::test]
async fn otp_2_a_code_that_was_given_back_lives_no_longer() {
    let world = World::new();
    let code = world.request_code(PHONE).await.unwrap();
    world.outage.take_down(&["users"]);
    for _ in 0..4 {
        world.clock.advance(Duration::from_mins(1));
        let down = world.sign_up(PHONE, &code).await;
        assert!(matches!(down, Err(SignUpError::NotStored(_))));
    }
    world.outage.end();
    world.clock.advance(Duration::from_mins(1));
    assert!(matches!(
        world.sign_up(PHONE, &code).await,
        Err(SignUpError::Code(CodeRefusal::Missing))
    ));
}

#[tokio::test]
async fn otp_4_a_code_that_was_given_back_has_the_tries_that_it_had() {
    let world = World::new();
    let code = world.request_code(PHONE).await.unwrap();
    world.outage.take_down(&["users"]);
    for _ in 0..4 {
        world.sign_up(PHONE, &wrong_code()).await.unwrap_err();
        let down = world.sign_up(PHONE, &code).await;
        assert!(matches!(down, Err(SignUpError::NotStored(_))));
    }
    let fifth = world.sign_up(PHONE, &wrong_code()).await;
    assert!(matches!(fifth, Err(SignUpError::Code(CodeRefusal::Mismatch { .. }))));
    world.outage.end();
    assert!(matches!(
        world.sign_up(PHONE, &code).await,
        Err(SignUpError::Code(CodeRefusal::Missing))
    ));
}

#[tokio::test]
async fn otp_7_a_code_is_not_given_back_over_a_newer_one() {
    let world = World::new();
    let former = world.request_code(PHONE).await.unwrap();
    let request = world.code_request(PHONE).await;
    let held = world.hold_hashing().await;
    world.outage.take_down(&["users"]);
    world.outage.calls();
    let mut slow = Box::pin(world.sign_up.register(registration(PHONE, &former)));
    while world.outage.count() == 0 {
        assert!(poll!(&mut slow).is_pending());
        yield_now().await;
    }
    world.clock.advance(COOLDOWN);
    world.request_code.send(request).await.unwrap();
    drop(held);
    assert!(matches!(slow.await, Err(SignUpError::NotStored(_))));
    world.outage.end();
    assert!(matches!(
        world.sign_up(PHONE, &former).await,
        Err(SignUpError::Code(CodeRefusal::Mismatch { .. }))
    ));
    world.sign_up(PHONE, &world.gateway.last_code()).await.unwrap();
}

/// The original's API is no way around a closed sign-up.
#[tokio::test]
async fn a_closed_sign_up_is_closed_for_the_frozen_api_too() {
    let mut world = World::new();
    let code = world.request_code(PHONE).await.unwrap();
    world.change(|setup| setup.sign_up_is_open = false);
    for _ in 0..6 {
        let refused = world.sign_up(PHONE, &code).await;
        assert!(matches!(refused, Err(SignUpError::Closed)), "{refused:?}");
    }
    assert!(!world.has_account(PHONE).await);
    world.change(|setup| setup.sign_up_is_open = true);
    world.sign_up(PHONE, &code).await.expect("the code was not compared");
}
