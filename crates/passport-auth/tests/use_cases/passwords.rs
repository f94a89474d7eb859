//! Hashing: bounded, and renewed when its cost has risen.

use std::time::Duration;

use passport_auth::{Denied, SignInError, SignUpError, policies};
use passport_user::PasswordRefusal;

use crate::{
    doubles::parameters,
    world::{
        PASSWORD, PHONE, WRONG_PASSWORD, World, number, password, quota, registration, wrong_code,
    },
};

#[tokio::test]
async fn pwd_5_refused_password_leaves_the_code_good() {
    let world = World::new();
    let code = world.request_code(PHONE).await.unwrap();
    for (refused, why) in [
        ("seven77", PasswordRefusal::TooShort { min: 8 }),
        ("password1", PasswordRefusal::Common),
        (PHONE, PasswordRefusal::PhoneNumber),
    ] {
        // More of them than a code has tries.
        for _ in 0..6 {
            let mut registration = registration(PHONE, &wrong_code());
            registration.password = password(refused);
            let outcome = world.sign_up.register(registration).await;
            assert!(matches!(outcome, Err(SignUpError::Password(refusal)) if refusal == why));
        }
    }
    world.sign_up(PHONE, &code).await.unwrap();
}

#[tokio::test]
async fn pwd_8_full_queue_refuses_sign_up_and_spends_nothing() {
    let world = World::new();
    let code = world.request_code(PHONE).await.unwrap();
    let slots = world.fill_hashing_queue().await;
    for _ in 0..6 {
        let busy = world.sign_up(PHONE, &wrong_code()).await;
        assert!(matches!(busy, Err(SignUpError::Denied(Denied::Busy { .. }))));
    }
    assert!(matches!(
        world.sign_up(PHONE, &code).await,
        Err(SignUpError::Denied(Denied::Busy { .. }))
    ));
    drop(slots);
    world.sign_up(PHONE, &code).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn pwd_8_full_queue_refuses_sign_in_and_charges_no_failure() {
    let world = World::new();
    world.user(PHONE).await;
    let slots = world.fill_hashing_queue().await;
    for _ in 0..20 {
        let busy = world.sign_in(PHONE, WRONG_PASSWORD).await;
        assert!(matches!(busy, Err(SignInError::Denied(Denied::Busy { .. }))));
    }
    drop(slots);
    assert_eq!(world.guesses_left(PHONE).await, 5);
}

#[tokio::test]
async fn x1_a_sign_in_that_finds_the_queue_full_is_charged_as_an_attempt() {
    let per_client = quota(3, Duration::from_mins(1));
    let world = World::with(|setup| setup.quotas.sign_ins_per_client = per_client);
    let slots = world.fill_hashing_queue().await;
    for _ in 0..3 {
        let busy = world.sign_in(PHONE, WRONG_PASSWORD).await;
        assert!(matches!(busy, Err(SignInError::Denied(Denied::Busy { .. }))));
    }
    drop(slots);
    let refused = world.sign_in(PHONE, PASSWORD).await;
    assert!(matches!(refused, Err(SignInError::Denied(Denied::TooMany(refusal)))
        if refusal.policy == policies::SIGN_INS_PER_CLIENT));
}

#[tokio::test]
async fn pwd_8_refusals_leave_no_place_in_the_queue_taken() {
    let world = World::new();
    world.user(PHONE).await;
    let room = world.fill_hashing_queue().await.len();
    world.sign_up(PHONE, &wrong_code()).await.unwrap_err();
    world.outage.take_down(&["users", "codes"]);
    world.sign_up(PHONE, &wrong_code()).await.unwrap_err();
    world.sign_in(PHONE, PASSWORD).await.unwrap_err();
    assert_eq!(world.fill_hashing_queue().await.len(), room);
}

async fn stored_parameters(world: &World) -> String {
    let found = world.sign_up.users.find_by_phone(&number(PHONE)).await;
    let user = found.expect("the repository answers").expect("the user signed up");
    parameters(user.password_hash.as_ref().expect("the user has a password")).to_owned()
}

#[tokio::test]
async fn pwd_7_hash_of_a_lower_cost_is_renewed_at_sign_in() {
    let mut world = World::new();
    world.user(PHONE).await;
    world.hash_at(5);
    world.sign_in(PHONE, PASSWORD).await.unwrap();
    assert_eq!(stored_parameters(&world).await, "v=2,t=2b,r=5");
    world.sign_in(PHONE, PASSWORD).await.unwrap();
    world.sign_in(PHONE, WRONG_PASSWORD).await.unwrap_err();
}

#[tokio::test]
async fn pwd_7_wrong_password_renews_nothing() {
    let mut world = World::new();
    world.user(PHONE).await;
    world.hash_at(5);
    world.sign_in(PHONE, WRONG_PASSWORD).await.unwrap_err();
    assert_eq!(stored_parameters(&world).await, "v=2,t=2b,r=4");
}

#[tokio::test]
async fn pwd_7_hash_of_a_higher_cost_is_left_alone() {
    let mut world = World::new();
    world.hash_at(5);
    world.user(PHONE).await;
    world.hash_at(4);
    world.sign_in(PHONE, PASSWORD).await.unwrap();
    assert_eq!(stored_parameters(&world).await, "v=2,t=2b,r=5");
}

#[tokio::test]
async fn pwd_3_composed_and_decomposed_letters_are_one_password() {
    let world = World::new();
    let code = world.request_code(PHONE).await.unwrap();
    let mut registration = registration(PHONE, &code);
    registration.password = password("caf\u{e9} au lait");
    world.sign_up.register(registration).await.unwrap();
    world.clock.advance(Duration::from_secs(1));
    world.sign_in(PHONE, "cafe\u{301} au lait").await.unwrap();
}
