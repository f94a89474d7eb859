//! Replacement of a forgotten password.

use std::time::Duration;

use passport_auth::{
    AccountNotice, CodePurpose, CodeRefusal, Denied, NotAdmitted, PasswordReset,
    ResetPasswordError, SignInError, policies,
};
use passport_user::PasswordRefusal;

use crate::{
    life::{NEW_PASSWORD, mistyped, reset, strangers},
    operators::operator,
    world::{
        OTHER_PHONE, PASSWORD, PHONE, WRONG_PASSWORD, World, caller, credentials, number, password,
    },
};

async fn attempt(world: &World, reset: PasswordReset) -> Result<(), ResetPasswordError> {
    world.accounts.reset_password.reset(reset).await
}

#[tokio::test]
async fn rec_1_a_reset_ends_all_sessions_and_begins_none() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    world.code_person(PHONE).await;
    let code = world.typed_code(PHONE, CodePurpose::Reset).await;
    attempt(&world, reset(PHONE, &code)).await.unwrap();
    assert!(world.read(&person.token).await.is_none());
    let user = world.account(PHONE).await.unwrap();
    let stored = world.session_store.list(user.id.as_uuid(), person.session.created_at).await;
    assert_eq!(stored.unwrap().len(), 0, "they are deleted, too");
    assert_eq!(world.gateway.notices(), [(number(PHONE), AccountNotice::PasswordChanged)]);
    world.sign_in(PHONE, PASSWORD).await.unwrap_err();
    world.sign_in(PHONE, NEW_PASSWORD).await.unwrap();
}

#[tokio::test]
async fn rec_1_a_code_resets_once() {
    let world = World::roomy();
    world.user(PHONE).await;
    let code = world.typed_code(PHONE, CodePurpose::Reset).await;
    attempt(&world, reset(PHONE, &code)).await.unwrap();
    let again = PasswordReset { password: password(PASSWORD), ..reset(PHONE, &code) };
    let again = attempt(&world, again).await;
    assert!(matches!(again, Err(ResetPasswordError::Code(CodeRefusal::Missing))), "{again:?}");
    world.sign_in(PHONE, NEW_PASSWORD).await.unwrap();
}

#[tokio::test]
async fn rec_1_an_account_without_a_password_gets_one() {
    let world = World::roomy();
    world.code_person(PHONE).await;
    let code = world.typed_code(PHONE, CodePurpose::Reset).await;
    attempt(&world, reset(PHONE, &code)).await.unwrap();
    world.sign_in(PHONE, NEW_PASSWORD).await.unwrap();
}

/// Before the proof, a number with an account is like any other: same answers, same work.
#[tokio::test]
async fn enu_4_a_reset_is_the_same_for_unknown_numbers() {
    let world = World::roomy();
    world.user(PHONE).await;
    let mut seen = Vec::new();
    for phone in [PHONE, OTHER_PHONE] {
        world.outage.calls();
        let code = world.typed_code(phone, CodePurpose::Reset).await;
        let mut told = Vec::new();
        for guess in [strangers(&code), mistyped(&code), mistyped(&code)] {
            let refused = attempt(&world, reset(phone, &guess)).await.unwrap_err();
            assert!(matches!(refused, ResetPasswordError::Code(_)));
            told.push(format!("{refused:?}"));
        }
        seen.push((told, world.outage.calls(), world.hasher.compared()));
        let proved = attempt(&world, reset(phone, &code)).await;
        match phone {
            PHONE => proved.unwrap(),
            _ => assert!(matches!(proved, Err(ResetPasswordError::NoAccount)), "{proved:?}"),
        }
    }
    assert_eq!(seen[0], seen[1]);
    assert!(!world.has_account(OTHER_PHONE).await);
}

#[tokio::test]
async fn rec_1_refusals_before_the_code_leave_it_good() {
    let world = World::roomy();
    world.user(PHONE).await;
    let code = world.typed_code(PHONE, CodePurpose::Reset).await;
    for _ in 0..6 {
        let common = PasswordReset { password: password("password1"), ..reset(PHONE, &code) };
        let refused = attempt(&world, common).await;
        assert!(
            matches!(refused, Err(ResetPasswordError::Password(PasswordRefusal::Common))),
            "{refused:?}"
        );
    }
    let places = world.fill_hashing_queue().await;
    for _ in 0..6 {
        let busy = attempt(&world, reset(PHONE, &code)).await;
        assert!(matches!(busy, Err(ResetPasswordError::Denied(Denied::Busy { .. }))));
    }
    drop(places);
    for store in ["throttle", "failures", "users"] {
        world.outage.take_down(&[store]);
        let down = attempt(&world, reset(PHONE, &code)).await;
        assert!(
            matches!(down, Err(ResetPasswordError::Denied(Denied::Unavailable(_)))),
            "{store}: {down:?}"
        );
        world.outage.end();
        world.sign_in(PHONE, PASSWORD).await.expect("nothing was reset");
    }
    attempt(&world, reset(PHONE, &code)).await.unwrap();
}

/// The fourth is refused, and its code stays good.
#[tokio::test]
async fn an_account_has_three_resets_a_day() {
    let world = World::roomy();
    world.user(PHONE).await;
    for _ in 0..3 {
        let code = world.typed_code(PHONE, CodePurpose::Reset).await;
        attempt(&world, reset(PHONE, &code)).await.unwrap();
    }
    let code = world.typed_code(PHONE, CodePurpose::Reset).await;
    for _ in 0..6 {
        let refused = attempt(&world, reset(PHONE, &code)).await;
        assert!(
            matches!(&refused, Err(ResetPasswordError::Denied(Denied::TooMany(refusal)))
                if refusal.policy == policies::RESETS_PER_USER),
            "{refused:?}"
        );
    }
    world.clock.advance(Duration::from_hours(24));
    let code = world.typed_code(PHONE, CodePurpose::Reset).await;
    attempt(&world, reset(PHONE, &code)).await.unwrap();
}

#[tokio::test]
async fn rec_1_a_disabled_account_is_told_after_the_proof_and_keeps_its_password() {
    let world = World::roomy();
    let user = world.user(PHONE).await;
    world.accounts.operators.standing.disable(user.id, &operator()).await.unwrap();
    let code = world.typed_code(PHONE, CodePurpose::Reset).await;
    let refused = attempt(&world, reset(PHONE, &code)).await;
    assert!(matches!(refused, Err(ResetPasswordError::Disabled)), "{refused:?}");
    let kept = world.account(PHONE).await.unwrap();
    assert_eq!(kept.password_hash, user.password_hash);
    assert!(world.gateway.notices().is_empty());
}

#[tokio::test]
async fn rec_1_a_leaving_account_stays_leaving() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    world.accounts.leave.leave(person, caller(1)).await.unwrap();
    let code = world.typed_code(PHONE, CodePurpose::Reset).await;
    attempt(&world, reset(PHONE, &code)).await.unwrap();
    let told = world.sign_in(PHONE, NEW_PASSWORD).await;
    assert!(matches!(told, Err(SignInError::NotAdmitted(NotAdmitted::Leaving { .. }))), "{told:?}");
}

#[tokio::test]
async fn rl_8_a_reset_ends_the_series_of_failures() {
    let world = World::roomy();
    world.user(PHONE).await;
    for n in 0..5 {
        let wrong =
            passport_auth::Credentials { client: caller(n), ..credentials(PHONE, WRONG_PASSWORD) };
        world.sign_in.sign_in(wrong).await.unwrap_err();
    }
    let delayed = world.sign_in(PHONE, PASSWORD).await;
    assert!(matches!(delayed, Err(SignInError::Denied(Denied::TooSoon { .. }))));
    let code = world.typed_code(PHONE, CodePurpose::Reset).await;
    attempt(&world, reset(PHONE, &code)).await.unwrap();
    world.sign_in(PHONE, NEW_PASSWORD).await.unwrap();
}
