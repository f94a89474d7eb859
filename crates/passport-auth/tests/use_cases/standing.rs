//! Accounts that operators disable and enable.

use passport_auth::{NotAdmitted, SignInError, StandingError};
use passport_user::{Actor, EventKind, StandingKind, UserId};
use uuid::Uuid;

use crate::world::{OTHER_PHONE, PASSWORD, PHONE, World, caller};

fn operator() -> Actor {
    Actor::operator("eve")
}

#[tokio::test]
async fn ses_7_a_disabled_person_is_signed_out_at_once() {
    let world = World::roomy();
    let (person, other) = (world.person(PHONE).await, world.person(OTHER_PHONE).await);
    assert!(world.accounts.standing.disable(person.user.id, operator()).await.unwrap());
    assert!(world.read(&person.token).await.is_none());
    assert!(world.read(&other.token).await.is_some());
    let refused = world.sign_in(PHONE, PASSWORD).await;
    assert!(matches!(refused, Err(SignInError::NotAdmitted(NotAdmitted::Disabled))));
    assert!(!world.accounts.standing.disable(person.user.id, operator()).await.unwrap());
}

/// The store of sessions may be another one, and down: the epoch decides.
#[tokio::test]
async fn ses_7_sessions_end_though_they_cannot_be_deleted() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    world.outage.take_down(&["sessions"]);
    assert!(world.accounts.standing.disable(person.user.id, operator()).await.unwrap());
    world.outage.end();
    assert!(world.read(&person.token).await.is_none());
    world.accounts.standing.enable(person.user.id, operator()).await.unwrap();
    assert!(world.read(&person.token).await.is_none(), "not even when the person may come back");
    let user = world.account(PHONE).await.unwrap();
    assert_eq!(world.sessions_of(&user).await, 0, "nor in the list");
}

#[tokio::test]
async fn an_enabled_person_signs_in_anew() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    let standing = &world.accounts.standing;
    assert!(!standing.enable(person.user.id, operator()).await.unwrap(), "not disabled");
    standing.disable(person.user.id, operator()).await.unwrap();
    assert!(standing.enable(person.user.id, operator()).await.unwrap());
    let again = world.person(PHONE).await;
    assert_eq!(again.user.standing.kind(), StandingKind::Active);
    assert!(again.user.epoch > person.user.epoch);
}

#[tokio::test]
async fn enabling_does_not_withdraw_a_deletion() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    let id = person.user.id;
    world.accounts.leave.leave(person, caller(1)).await.unwrap();
    assert!(!world.accounts.standing.enable(id, operator()).await.unwrap());
    assert_eq!(world.account(PHONE).await.unwrap().standing.kind(), StandingKind::Leaving);
}

#[tokio::test]
async fn an_unknown_user_is_told() {
    let world = World::roomy();
    let stranger = UserId::from_uuid(Uuid::from_u128(7));
    for outcome in [
        world.accounts.standing.disable(stranger, operator()).await,
        world.accounts.standing.enable(stranger, operator()).await,
    ] {
        assert!(matches!(outcome, Err(StandingError::NoUser)), "{outcome:?}");
    }
}

#[tokio::test]
async fn the_operator_is_in_the_event() {
    let world = World::roomy();
    let user = world.user(PHONE).await;
    world.accounts.standing.disable(user.id, operator()).await.unwrap();
    world.accounts.standing.disable(user.id, operator()).await.unwrap();
    let events = world.events().await;
    let disabled: Vec<_> =
        events.iter().filter(|event| event.kind == EventKind::UserDisabled).collect();
    assert_eq!(disabled.len(), 1, "what changes nothing is no event");
    assert_eq!(disabled[0].actor, operator());
    assert_eq!(disabled[0].subject, Some(user.id));
}
