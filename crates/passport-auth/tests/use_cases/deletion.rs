//! Deletion of the own account: request, withdrawal, purge.

use std::time::Duration;

use passport_auth::{
    AccountNotice, Authenticated, CodePurpose, CodeSignInError, CodeSignUpError, Continuation,
    LeaveError, NotAdmitted, RestoreError, Return, SignInError, SignedIn,
};
use passport_session::Method;
use passport_user::{EventKind, StandingKind};

use crate::{
    account_world::FRESH_FOR,
    life::{new_user, reset},
    operators::operator,
    world::{PASSWORD, PHONE, WRONG_PASSWORD, World, caller, number},
};

const DAY: Duration = Duration::from_hours(24);

async fn leave(world: &World, person: &Authenticated) {
    let left = world.accounts.leave.leave(person.clone(), caller(1)).await;
    left.expect("the session is fresh");
}

/// What a sign-in with the right password gives to the person of a leaving account.
async fn continuation(world: &World) -> Continuation {
    match world.sign_in(PHONE, PASSWORD).await {
        Err(SignInError::NotAdmitted(NotAdmitted::Leaving { continuation, .. })) => continuation,
        outcome => panic!("{outcome:?}"),
    }
}

async fn restore(world: &World, continuation: Continuation) -> Result<SignedIn, RestoreError> {
    let request = Return { continuation, remember: false, client: caller(1), former: None };
    world.accounts.restore.restore(request).await
}

fn is_gone<T>(outcome: &Result<T, RestoreError>) -> bool {
    matches!(outcome, Err(RestoreError::Gone(_)))
}

#[tokio::test]
async fn del_1_a_request_ends_all_sessions_at_once_and_tells_the_owner() {
    let world = World::roomy();
    let (other, person) = (world.person(PHONE).await, world.person(PHONE).await);
    let left = world.accounts.leave.leave(person.clone(), caller(1)).await.unwrap();
    let user = world.account(PHONE).await.expect("the number stays taken");
    assert_eq!(user.standing.kind(), StandingKind::Leaving);
    let passport_user::Standing::Leaving { since, purge_at } = user.standing else { panic!() };
    assert_eq!((purge_at, left.purge_at), (since + 7 * DAY, since + 7 * DAY));
    for gone in [other, person] {
        assert!(world.read(&gone.token).await.is_none());
    }
    assert_eq!(world.gateway.notices(), [(number(PHONE), AccountNotice::AccountLeaving)]);
}

#[tokio::test]
async fn del_1_the_event_has_the_time_of_the_deletion() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    let left = world.accounts.leave.leave(person, caller(1)).await.unwrap();
    let events = world.events().await;
    let leaving = events.iter().find(|event| event.kind == EventKind::UserLeaving).unwrap();
    assert_eq!(leaving.detail.get("purge_at"), Some(&left.purge_at.to_string()));
}

#[tokio::test]
async fn del_1_a_request_needs_a_fresh_session() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    world.clock.advance(FRESH_FOR + Duration::from_micros(1));
    let refused = world.accounts.leave.leave(person.clone(), caller(1)).await;
    assert!(matches!(refused, Err(LeaveError::NotFresh(_))), "{refused:?}");
    assert!(world.read(&person.token).await.is_some());
}

#[tokio::test]
async fn del_1_a_second_request_is_a_conflict() {
    let world = World::roomy();
    let (first, second) = (world.person(PHONE).await, world.person(PHONE).await);
    leave(&world, &first).await;
    let late = world.accounts.leave.leave(second, caller(1)).await;
    assert!(matches!(late, Err(LeaveError::Conflict)), "{late:?}");
}

#[tokio::test]
async fn del_1_the_deletion_is_told_after_the_proof_and_withdrawn() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    leave(&world, &person).await;
    let wrong = world.sign_in(PHONE, WRONG_PASSWORD).await;
    assert!(matches!(wrong, Err(SignInError::WrongCredentials(_))));
    world.clock.advance((7 * DAY).saturating_sub(Duration::from_mins(1)));
    let continuation = continuation(&world).await;
    let restored = restore(&world, continuation.clone()).await.unwrap();
    assert_eq!(restored.user.standing.kind(), StandingKind::Active);
    assert!(world.is_signed_in(&restored).await);
    assert!(restored.session.methods.contains(Method::Password));
    assert!(world.read(&person.token).await.is_none(), "former sessions stay dead");
    assert!(is_gone(&restore(&world, continuation).await), "it is used once");
    world.clock.advance(DAY);
    assert_eq!(world.accounts.purge_users.run().await.unwrap(), 0);
    world.sign_in(PHONE, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn del_1_a_code_withdraws_the_deletion_too() {
    let world = World::roomy();
    let person = world.code_person(PHONE).await;
    leave(&world, &person).await;
    let told = world.sign_in_by_code(PHONE).await;
    let Err(CodeSignInError::NotAdmitted(NotAdmitted::Leaving { continuation, purge_at })) = told
    else {
        panic!("{told:?}");
    };
    assert!(purge_at > person.session.created_at);
    let restored = restore(&world, continuation).await.unwrap();
    assert!(restored.session.methods.contains(Method::Code));
    assert!(!restored.session.methods.contains(Method::Password));
}

#[tokio::test]
async fn del_1_a_continuation_lives_ten_minutes_and_no_longer_than_its_epoch() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    leave(&world, &person).await;
    let old = continuation(&world).await;
    world.clock.advance(Duration::from_mins(10));
    assert!(is_gone(&restore(&world, old).await), "expired");
    let before_reset = continuation(&world).await;
    let code = world.typed_code(PHONE, CodePurpose::Reset).await;
    world.accounts.reset_password.reset(reset(PHONE, &code)).await.unwrap();
    assert!(is_gone(&restore(&world, before_reset).await), "the password is another one");
    let forged: Continuation = "AAAA".parse().unwrap();
    assert!(is_gone(&restore(&world, forged).await));
    assert_eq!(world.account(PHONE).await.unwrap().standing.kind(), StandingKind::Leaving);
}

#[tokio::test]
async fn del_1_a_disabled_account_is_not_restored() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    leave(&world, &person).await;
    let continuation = continuation(&world).await;
    world.accounts.operators.standing.disable(person.user.id, &operator()).await.unwrap();
    assert!(is_gone(&restore(&world, continuation).await));
}

#[tokio::test]
async fn del_1_the_number_is_free_after_the_grace_period() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    let left = world.accounts.leave.leave(person.clone(), caller(1)).await.unwrap();
    world.set_clock(left.purge_at - Duration::from_micros(1));
    assert_eq!(world.accounts.purge_users.run().await.unwrap(), 0);
    let code = world.typed_code(PHONE, CodePurpose::SignUp).await;
    let taken = world.accounts.code_sign_up.sign_up(new_user(PHONE, &code)).await;
    assert!(matches!(taken, Err(CodeSignUpError::PhoneTaken)));
    world.set_clock(left.purge_at);
    assert_eq!(world.accounts.purge_users.run().await.unwrap(), 1);
    assert_eq!(world.accounts.purge_users.run().await.unwrap(), 0, "once");
    assert_eq!(world.users.find(person.user.id).await.unwrap(), None);
    let stranger = world.sign_in_by_code(PHONE).await.unwrap();
    assert!(stranger.is_new);
    assert_ne!(stranger.signed_in.user.id, person.user.id);
}

/// Either the account lives and its person is signed in, or it is gone.
#[tokio::test]
async fn del_1_of_purge_and_withdrawal_one_wins() {
    let mut wins = [0, 0];
    for round in 0..50 {
        let world = World::roomy();
        let person = world.person(PHONE).await;
        let left = world.accounts.leave.leave(person.clone(), caller(1)).await.unwrap();
        world.set_clock(left.purge_at);
        let continuation = continuation(&world).await;
        let purge = async {
            // The withdrawal makes one call before the statement that decides, the purge too.
            for _ in 0..round % 6 {
                tokio::task::yield_now().await;
            }
            world.accounts.purge_users.run().await.unwrap()
        };
        let (purged, restored) = futures::join!(purge, restore(&world, continuation));
        let found = world.users.find(person.user.id).await.unwrap();
        match (purged, restored) {
            (1, Err(RestoreError::Gone(_))) => {
                wins[0] += 1;
                assert_eq!(found, None);
            }
            (0, Ok(signed_in)) => {
                wins[1] += 1;
                assert!(world.is_signed_in(&signed_in).await);
                assert_eq!(found.unwrap().standing.kind(), StandingKind::Active);
            }
            outcome => panic!("{outcome:?}"),
        }
    }
    assert!(wins[0] > 0 && wins[1] > 0, "both orders occur: {wins:?}");
}

#[tokio::test]
async fn one_account_that_cannot_be_purged_does_not_keep_the_others() {
    // One call lists the users, the next announces that the first one changes, then the first one is purged.
    for (call, name) in [(1, "cache.begin_change"), (2, "users.purge")] {
        let world = World::with(|setup| {
            setup.allow_many_messages();
            setup.grace = Duration::ZERO;
        });
        for phone in [PHONE, crate::world::OTHER_PHONE] {
            let person = world.code_person(phone).await;
            leave(&world, &person).await;
        }
        let kind = crate::faulty::FaultKind::CallLost;
        world.outage.begin(crate::faulty::Fault { kind, call });
        assert_eq!(world.accounts.purge_users.run().await.unwrap(), 1);
        assert_eq!(world.outage.end(), Some(name));
        assert_eq!(world.accounts.purge_users.run().await.unwrap(), 1, "the next run");
    }
}
