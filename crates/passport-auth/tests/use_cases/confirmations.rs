//! Confirmation of sessions, and what needs it.

use std::time::Duration;

use futures::future::join_all;
use passport_auth::{
    Authenticated, ChangeNumberError, ChangePasswordError, CodeRefusal, ConfirmError,
    ConfirmationRequired, Denied, ExportError, Freshness, LeaveError, NewPassword, Proof,
    RequestOwnCodeError, policies,
};
use passport_session::Method;

use crate::{
    account_world::FRESH_FOR,
    life::{NEW_PASSWORD, mistyped, new_password, strangers},
    world::{OTHER_PHONE, PASSWORD, PHONE, WRONG_PASSWORD, World, caller, number, password},
};

const MICROSECOND: Duration = Duration::from_micros(1);

async fn confirm(
    world: &World,
    person: &Authenticated,
    proof: Proof,
) -> Result<Authenticated, ConfirmError> {
    let confirmed =
        world.accounts.confirm_session.confirm(person.clone(), proof, caller(1)).await?;
    Ok(world.read(&confirmed.token).await.expect("the new token is valid"))
}

fn by_password(text: &str) -> Proof {
    Proof::Password(password(text))
}

/// What each act of the left column of the step-up table says, in the order of the table.
async fn refusals(world: &World, person: &Authenticated) -> Vec<Option<ConfirmationRequired>> {
    let (accounts, person) = (&world.accounts, || person.clone());
    let solved = world.solved().await;
    let code =
        accounts.request_own_code.change_number(person(), number(OTHER_PHONE), solved, caller(1));
    let code = match code.await {
        Err(RequestOwnCodeError::NotFresh(required)) => Some(required),
        _ => None,
    };
    let typed = world.typed_code(OTHER_PHONE, passport_auth::CodePurpose::SignIn).await;
    let change = accounts.change_number.change(person(), number(OTHER_PHONE), typed, caller(1));
    let change = match change.await {
        Err(ChangeNumberError::NotFresh(required)) => Some(required),
        _ => None,
    };
    let export = match accounts.export_data.export(person(), caller(1)).await {
        Err(ExportError::NotFresh(required)) => Some(required),
        _ => None,
    };
    let leave = match accounts.leave.leave(person(), caller(1)).await {
        Err(LeaveError::NotFresh(required)) => Some(required),
        _ => None,
    };
    vec![code, change, export, leave]
}

#[tokio::test]
async fn step_up_a_session_by_code_is_never_fresh_where_there_is_a_password() {
    let world = World::roomy();
    world.user(PHONE).await;
    let person = world.code_person(PHONE).await;
    assert_eq!(world.freshness().until(&person.user, &person.session), None);
    let needs = Some(ConfirmationRequired { accepted: &[Method::Password] });
    assert_eq!(refusals(&world, &person).await, [needs; 4], "though it has just begun");
    let person = confirm(&world, &person, by_password(PASSWORD)).await.unwrap();
    assert_eq!(refusals(&world, &person).await, [None; 4]);
}

#[tokio::test]
async fn step_up_a_session_is_fresh_for_five_minutes() {
    for has_password in [true, false] {
        let world = World::roomy();
        let person =
            if has_password { world.person(PHONE).await } else { world.code_person(PHONE).await };
        let accepted: &[_] = if has_password { &[Method::Password] } else { &[Method::Code] };
        let begun = person.session.authenticated_at;
        assert_eq!(world.freshness().until(&person.user, &person.session), Some(begun + FRESH_FOR));
        world.set_clock(begun + FRESH_FOR + MICROSECOND);
        let needs = Some(ConfirmationRequired { accepted });
        assert_eq!(refusals(&world, &person).await, [needs; 4], "{has_password}");
        world.set_clock(begun + FRESH_FOR);
        assert_eq!(refusals(&world, &person).await, [None; 4], "{has_password}");
    }
}

/// A clock that was set back does not keep a session fresh.
#[tokio::test]
async fn step_up_a_proof_in_the_future_is_none() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    world.set_clock(person.session.authenticated_at - Freshness::MAX - MICROSECOND);
    assert!(refusals(&world, &person).await.iter().all(Option::is_some));
    world.set_clock(person.session.authenticated_at - Freshness::MAX);
    assert_eq!(refusals(&world, &person).await, [None; 4]);
}

#[tokio::test]
async fn ses_3_a_confirmation_rotates_the_token_of_its_session_only() {
    let world = World::roomy();
    let other = world.person(PHONE).await;
    let person = world.person(PHONE).await;
    world.clock.advance(FRESH_FOR * 2);
    let confirmed = confirm(&world, &person, by_password(PASSWORD)).await.unwrap();
    assert!(world.read(&person.token).await.is_none(), "the former token is dead");
    assert_eq!(confirmed.session.id, person.session.id, "the list shows one device");
    assert_eq!(confirmed.session.created_at, person.session.created_at);
    assert!(confirmed.session.authenticated_at > person.session.authenticated_at);
    let other = world.read(&other.token).await.expect("other devices stay signed in");
    assert!(refusals(&world, &other).await.iter().all(Option::is_some), "and are not fresh");
    // The former token cannot be confirmed again.
    let dead = world
        .accounts
        .confirm_session
        .confirm(person.clone(), by_password(PASSWORD), caller(1))
        .await;
    assert!(matches!(dead, Err(ConfirmError::SessionEnded)), "{dead:?}");
}

/// Two confirmations of one session at once: one token is left.
#[tokio::test]
async fn ses_3_of_two_confirmations_one_wins() {
    for _ in 0..50 {
        let world = World::roomy();
        let person = world.person(PHONE).await;
        let confirm = || {
            let proof = by_password(PASSWORD);
            world.accounts.confirm_session.confirm(person.clone(), proof, caller(1))
        };
        let outcomes = join_all([confirm(), confirm()]).await;
        let won: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
        assert_eq!(won.len(), 1, "{outcomes:?}");
        assert!(world.read(&won[0].token).await.is_some());
        assert_eq!(world.sessions_of(&person.user).await, 1);
    }
}

#[tokio::test]
async fn step_up_a_code_confirms_an_account_that_has_nothing_else() {
    let world = World::roomy();
    let person = world.code_person(PHONE).await;
    world.clock.advance(FRESH_FOR * 2);
    let code = world.confirm_code(&person).await;
    let wrong = confirm(&world, &person, Proof::Code(mistyped(&code))).await;
    assert!(
        matches!(wrong, Err(ConfirmError::Code(CodeRefusal::Mismatch { tries_left: 4 }))),
        "{wrong:?}"
    );
    let wrong = confirm(&world, &person, Proof::Code(strangers(&code))).await;
    assert!(matches!(wrong, Err(ConfirmError::Code(CodeRefusal::Missing))), "{wrong:?}");
    let no_password = confirm(&world, &person, by_password(PASSWORD)).await;
    let Err(ConfirmError::TooWeak(needs)) = no_password else { panic!("{no_password:?}") };
    assert_eq!(needs.accepted, [Method::Code]);
    let person = confirm(&world, &person, Proof::Code(code)).await.unwrap();
    assert_eq!(refusals(&world, &person).await, [None; 4]);
}

#[tokio::test]
async fn step_up_a_code_is_too_weak_where_there_is_a_password() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    world.clock.advance(FRESH_FOR * 2);
    let code = world.confirm_code(&person).await;
    let weak = confirm(&world, &person, Proof::Code(code)).await;
    let Err(ConfirmError::TooWeak(needs)) = weak else { panic!("{weak:?}") };
    assert_eq!(needs.accepted, [Method::Password]);
    assert!(world.read(&person.token).await.is_some(), "nothing was rotated");
}

/// Else a stolen session would be a way to guess the password.
#[tokio::test]
async fn wrong_proofs_stop_at_five_in_a_session() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    world.hasher.compared();
    for n in 0..5 {
        // Both ways to present the password have one count.
        let is_wrong = match n % 2 {
            0 => matches!(
                confirm(&world, &person, by_password(WRONG_PASSWORD)).await,
                Err(ConfirmError::WrongProof(_))
            ),
            _ => matches!(
                change(&world, &person, WRONG_PASSWORD).await,
                Err(ChangePasswordError::WrongProof(_))
            ),
        };
        assert!(is_wrong, "{n}");
    }
    assert_eq!(world.hasher.compared().len(), 5);
    let stopped = confirm(&world, &person, by_password(PASSWORD)).await;
    assert!(matches!(stopped, Err(ConfirmError::Denied(Denied::Stopped))), "{stopped:?}");
    let stopped = change(&world, &person, PASSWORD).await;
    assert!(matches!(stopped, Err(ChangePasswordError::Denied(Denied::Stopped))), "{stopped:?}");
    assert_eq!(world.hasher.compared().len(), 0);
    world.clock.advance(Duration::from_mins(50));
    let stopped = confirm(&world, &person, by_password(PASSWORD)).await;
    assert!(matches!(stopped, Err(ConfirmError::Denied(Denied::Stopped))), "{stopped:?}");
    // Another session is not stopped, and sign-ins do not count these failures.
    let other = world.person(PHONE).await;
    confirm(&world, &other, by_password(PASSWORD)).await.unwrap();
}

async fn change(
    world: &World,
    person: &Authenticated,
    current: &str,
) -> Result<passport_auth::PasswordChange, ChangePasswordError> {
    let new = NewPassword { current: Some(password(current)), ..new_password() };
    world.accounts.change_password.change(person.clone(), new, caller(1)).await
}

#[tokio::test]
async fn wrong_proofs_stop_at_twenty_an_hour_for_a_user() {
    let world = World::roomy();
    for _ in 0..5 {
        let person = world.person(PHONE).await;
        for _ in 0..4 {
            confirm(&world, &person, by_password(WRONG_PASSWORD)).await.unwrap_err();
        }
    }
    let person = world.person(PHONE).await;
    world.hasher.compared();
    let refused = confirm(&world, &person, by_password(PASSWORD)).await;
    assert!(
        matches!(&refused, Err(ConfirmError::Denied(Denied::TooMany(refusal)))
            if refusal.policy == policies::WRONG_PROOFS_PER_USER),
        "{refused:?}"
    );
    assert_eq!(world.hasher.compared().len(), 0);
    let other = world.person(OTHER_PHONE).await;
    confirm(&world, &other, by_password(PASSWORD)).await.unwrap();
}

#[tokio::test]
async fn right_proofs_are_not_counted() {
    let world = World::roomy();
    let mut person = world.person(PHONE).await;
    for _ in 0..30 {
        person = confirm(&world, &person, by_password(PASSWORD)).await.unwrap();
    }
}

#[tokio::test]
async fn parallel_wrong_proofs_do_not_outrun_the_count() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    world.hasher.compared();
    let outcomes =
        join_all((0..20).map(|_| confirm(&world, &person, by_password(WRONG_PASSWORD)))).await;
    assert_eq!(world.hasher.compared().len(), 5);
    let stopped =
        |outcome: &&Result<_, _>| matches!(outcome, Err(ConfirmError::Denied(Denied::Stopped)));
    assert_eq!(outcomes.iter().filter(stopped).count(), 15);
}

#[tokio::test]
async fn a_proof_is_not_compared_while_a_store_is_down() {
    for store in ["throttle", "failures"] {
        let world = World::roomy();
        let person = world.person(PHONE).await;
        world.hasher.compared();
        world.outage.take_down(&[store]);
        let refused = confirm(&world, &person, by_password(PASSWORD)).await;
        assert!(
            matches!(refused, Err(ConfirmError::Denied(Denied::Unavailable(_)))),
            "{store}: {refused:?}"
        );
        assert_eq!(world.hasher.compared().len(), 0, "{store}");
        world.outage.end();
        confirm(&world, &person, by_password(PASSWORD)).await.unwrap();
    }
}

/// The right to be in a list, and to change a name, needs a session only.
#[tokio::test]
async fn step_up_devices_and_names_need_no_confirmation() {
    let world = World::roomy();
    world.user(PHONE).await;
    let person = world.code_person(PHONE).await;
    world.clock.advance(FRESH_FOR * 2);
    assert_eq!(world.own_sessions.list(&person).await.unwrap().len(), 1);
    let name = "Wang".parse().unwrap();
    let renamed = world.accounts.profile.rename(person.clone(), name, caller(1)).await.unwrap();
    assert_eq!(renamed.nick_name.as_str(), "Wang");
    // The current password is a proof by itself.
    change(&world, &person, PASSWORD).await.unwrap();
    world.sign_in(PHONE, NEW_PASSWORD).await.unwrap();
}
