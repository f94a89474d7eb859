//! Accounts that operators disable, enable, delete and restore.

use std::time::Duration;

use futures::future::join_all;
use passport_auth::{Credentials, NotAdmitted, OperatorError, SignInError};
use passport_user::{Actor, EventKind, EventOutcome, Reason, Standing, StandingKind, UserId};
use uuid::Uuid;

use crate::{
    life::NEW_PASSWORD,
    operators::operator,
    world::{OTHER_PHONE, PASSWORD, PHONE, WRONG_PASSWORD, World, caller, credentials},
};

#[tokio::test]
async fn ses_7_a_disabled_person_is_signed_out_at_once() {
    let world = World::roomy();
    let standing = &world.accounts.operators.standing;
    let (person, other) = (world.person(PHONE).await, world.person(OTHER_PHONE).await);
    assert!(standing.disable(person.user.id, &operator()).await.unwrap().is_some());
    assert!(world.read(&person.token).await.is_none());
    assert!(world.read(&other.token).await.is_some());
    let refused = world.sign_in(PHONE, PASSWORD).await;
    assert!(matches!(refused, Err(SignInError::NotAdmitted(NotAdmitted::Disabled))));
    assert_eq!(standing.disable(person.user.id, &operator()).await.unwrap(), None);
}

/// The store of sessions may be another one, and down: the epoch decides.
#[tokio::test]
async fn ses_7_sessions_end_though_they_cannot_be_deleted() {
    let world = World::roomy();
    let standing = &world.accounts.operators.standing;
    let person = world.person(PHONE).await;
    world.outage.take_down(&["sessions"]);
    assert!(standing.disable(person.user.id, &operator()).await.unwrap().is_some());
    world.outage.end();
    assert!(world.read(&person.token).await.is_none());
    standing.enable(person.user.id, &operator()).await.unwrap();
    assert!(world.read(&person.token).await.is_none(), "not even when the person may come back");
    let user = world.account(PHONE).await.unwrap();
    assert_eq!(world.sessions_of(&user).await, 0, "nor in the list");
}

#[tokio::test]
async fn an_enabled_person_signs_in_anew() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    let standing = &world.accounts.operators.standing;
    assert_eq!(standing.enable(person.user.id, &operator()).await.unwrap(), None, "not disabled");
    standing.disable(person.user.id, &operator()).await.unwrap();
    assert!(standing.enable(person.user.id, &operator()).await.unwrap().is_some());
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
    assert_eq!(world.accounts.operators.standing.enable(id, &operator()).await.unwrap(), None);
    assert_eq!(world.account(PHONE).await.unwrap().standing.kind(), StandingKind::Leaving);
}

/// The operator is told, and the event has the time.
#[tokio::test]
async fn disabling_withdraws_a_deletion_and_says_so() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    let id = person.user.id;
    let leaving = world.accounts.leave.leave(person, caller(1)).await.unwrap();
    let changed = world.accounts.operators.standing.disable(id, &operator()).await.unwrap();
    let former = changed.unwrap().former;
    assert!(matches!(former, Standing::Leaving { purge_at, .. } if purge_at == leaving.purge_at));
    let events = world.events().await;
    let disabled = events.iter().find(|event| event.kind == EventKind::UserDisabled).unwrap();
    assert!(disabled.detail.contains_key("withdrawn_purge_at"), "{disabled:?}");
}

#[tokio::test]
async fn an_operator_withdraws_a_deletion() {
    let world = World::roomy();
    let standing = &world.accounts.operators.standing;
    let person = world.person(PHONE).await;
    let id = person.user.id;
    assert_eq!(standing.restore(id, &operator()).await.unwrap(), None, "none was requested");
    world.accounts.leave.leave(person, caller(1)).await.unwrap();
    assert!(standing.restore(id, &operator()).await.unwrap().is_some());
    world.clock.advance(world.setup.grace);
    assert_eq!(world.accounts.purge_users.run().await.unwrap(), 0);
    world.sign_in(PHONE, PASSWORD).await.unwrap();
    standing.disable(id, &operator()).await.unwrap();
    assert_eq!(standing.restore(id, &operator()).await.unwrap(), None, "disabled, not leaving");
}

#[tokio::test]
async fn an_operator_deletes_with_the_grace_period() {
    let world = World::roomy();
    let standing = &world.accounts.operators.standing;
    let person = world.person(PHONE).await;
    let id = person.user.id;
    let changed = standing.delete(id, &operator()).await.unwrap().unwrap();
    assert!(world.read(&person.token).await.is_none());
    world.clock.advance(Duration::from_hours(1));
    assert_eq!(standing.delete(id, &operator()).await.unwrap(), None, "its time stays");
    assert_eq!(world.account(PHONE).await.unwrap().standing, changed.standing);
    world.clock.advance(world.setup.grace);
    assert_eq!(world.accounts.purge_users.run().await.unwrap(), 1);
    assert!(world.account(PHONE).await.is_none());
}

#[tokio::test]
async fn a_disabled_person_cannot_come_back_by_a_deletion() {
    let world = World::roomy();
    let standing = &world.accounts.operators.standing;
    let id = world.person(PHONE).await.user.id;
    standing.disable(id, &operator()).await.unwrap();
    let refused = standing.delete(id, &operator()).await;
    assert!(matches!(refused, Err(OperatorError::Disabled)), "{refused:?}");
    assert_eq!(world.account(PHONE).await.unwrap().standing.kind(), StandingKind::Disabled);
    assert!(standing.delete_now(id, &operator()).await.unwrap());
    assert!(world.account(PHONE).await.is_none());
}

/// From every standing; sessions end, the number is free, and both events have the operator.
#[tokio::test]
async fn del_1_an_operator_deletes_now() {
    for before in [StandingKind::Active, StandingKind::Leaving, StandingKind::Disabled] {
        let world = World::roomy();
        let standing = &world.accounts.operators.standing;
        let person = world.person(PHONE).await;
        let id = person.user.id;
        match before {
            StandingKind::Active => {}
            StandingKind::Leaving => drop(standing.delete(id, &operator()).await.unwrap()),
            StandingKind::Disabled => drop(standing.disable(id, &operator()).await.unwrap()),
        }
        assert!(standing.delete_now(id, &operator()).await.unwrap(), "{before:?}");
        assert!(world.read(&person.token).await.is_none());
        assert!(world.users.find(id).await.unwrap().is_none());
        assert_ne!(world.user(PHONE).await.id, id, "the number is free");
        let again = standing.delete_now(id, &operator()).await;
        assert!(matches!(again, Err(OperatorError::NoUser)), "{again:?}");
        let events = world.events().await;
        let purged = events.iter().find(|it| it.kind == EventKind::UserPurged).unwrap();
        assert_eq!((&purged.actor, purged.subject), (&Actor::operator("eve"), Some(id)));
    }
}

/// A deletion that fails in the middle is finished by the service, or by a repetition.
#[tokio::test]
async fn del_1_a_deletion_that_fails_in_the_middle_is_finished() {
    for by_service in [true, false] {
        let world = World::roomy();
        let standing = &world.accounts.operators.standing;
        let person = world.person(PHONE).await;
        world.outage.take_down(&["users.purge"]);
        let down = standing.delete_now(person.user.id, &operator()).await;
        assert!(matches!(down, Err(OperatorError::Denied(_))), "{down:?}");
        world.outage.end();
        assert!(world.read(&person.token).await.is_none(), "the sessions have ended");
        if by_service {
            assert_eq!(world.accounts.purge_users.run().await.unwrap(), 1);
        } else {
            assert!(standing.delete_now(person.user.id, &operator()).await.unwrap());
        }
        assert!(world.account(PHONE).await.is_none());
    }
}

#[tokio::test]
async fn an_unknown_user_is_told() {
    let world = World::roomy();
    let operators = &world.accounts.operators;
    let stranger = UserId::from_uuid(Uuid::from_u128(7));
    let by = operator();
    for outcome in [
        operators.standing.disable(stranger, &by).await.map(drop),
        operators.standing.enable(stranger, &by).await.map(drop),
        operators.standing.restore(stranger, &by).await.map(drop),
        operators.standing.delete(stranger, &by).await.map(drop),
        operators.standing.delete_now(stranger, &by).await.map(drop),
        operators.sessions.end_all(stranger, &by).await,
        operators.credentials.reset(stranger, &by).await,
        operators.credentials.unlock(stranger, &by).await,
        operators.export.export(stranger, &by).await.map(drop),
    ] {
        assert!(matches!(outcome, Err(OperatorError::NoUser)), "{outcome:?}");
    }
}

#[tokio::test]
async fn the_operator_and_the_reason_are_in_the_event() {
    let world = World::roomy();
    let standing = &world.accounts.operators.standing;
    let user = world.user(PHONE).await;
    let reason: Reason = "用户来电 #7".parse().unwrap();
    let by = passport_auth::Operator { reason: Some(reason.clone()), ..operator() };
    standing.disable(user.id, &by).await.unwrap();
    standing.disable(user.id, &by).await.unwrap();
    let events = world.events().await;
    let disabled: Vec<_> =
        events.iter().filter(|event| event.kind == EventKind::UserDisabled).collect();
    assert_eq!(disabled.len(), 1, "what changes nothing is no event");
    assert_eq!(disabled[0].actor, Actor::operator("eve"));
    assert_eq!((disabled[0].subject, &disabled[0].reason), (Some(user.id), &Some(reason)));
}

/// Each change is made once, in one order, and has one event.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_changes_are_made_one_after_the_other() {
    for _ in 0..20 {
        let world = World::roomy();
        let user = world.user(PHONE).await;
        let rivals = (0..16).map(|n| {
            let (standing, by) = (world.accounts.operators.standing.clone(), operator());
            tokio::spawn(async move {
                let changed = match n % 2 {
                    0 => standing.disable(user.id, &by).await,
                    _ => standing.enable(user.id, &by).await,
                };
                // With many rivals an act may find the account changed three times.
                usize::from(changed.is_ok_and(|changed| changed.is_some()))
            })
        });
        let changes: Vec<_> = join_all(rivals.collect::<Vec<_>>()).await;
        let changes: usize = changes.into_iter().map(Result::unwrap).sum();
        let after = world.account(PHONE).await.unwrap();
        assert_eq!(after.epoch.number() as usize, user.epoch.number() as usize + changes);
        let events = world.events().await;
        let done = events.iter().filter(|event| event.outcome == EventOutcome::Done);
        let of = |kind| done.clone().filter(|event| event.kind == kind).count();
        let (disabled, enabled) = (of(EventKind::UserDisabled), of(EventKind::UserEnabled));
        assert_eq!(disabled + enabled, changes);
        let is_disabled = after.standing.kind() == StandingKind::Disabled;
        assert_eq!(disabled, enabled + usize::from(is_disabled));
    }
}

#[tokio::test]
async fn ses_6_an_operator_ends_sessions_wherever_they_are() {
    let world = World::roomy();
    let operators = &world.accounts.operators;
    let (one, other) = (world.person(PHONE).await, world.person(PHONE).await);
    let listed = operators.sessions.list(&one.user).await.unwrap();
    assert_eq!(listed.len(), 2);
    let ended = operators.sessions.end_one(one.user.id, one.session.id, &operator()).await;
    assert!(ended.unwrap());
    assert!(world.read(&one.token).await.is_none() && world.read(&other.token).await.is_some());
    let again = operators.sessions.end_one(one.user.id, one.session.id, &operator()).await;
    assert!(!again.unwrap(), "it has ended");
    world.outage.take_down(&["sessions"]);
    operators.sessions.end_all(one.user.id, &operator()).await.unwrap();
    world.outage.end();
    assert!(world.read(&other.token).await.is_none());
    let user = world.account(PHONE).await.unwrap();
    assert_eq!(user.standing, Standing::Active);
    assert_eq!(operators.sessions.list(&user).await.unwrap().len(), 0);
}

/// The number has many failures in a row; nothing but the reset clears them.
#[tokio::test]
async fn rec_2_a_cleared_password_is_set_by_its_owner() {
    let world = World::with(|setup| {
        setup.allow_many_messages();
        setup.backoffs.password =
            crate::setup::backoff(1, Duration::from_mins(15), Duration::from_mins(15), 2);
    });
    let person = world.person(PHONE).await;
    let guess = async |last, text: &str| {
        let client = caller(last);
        world.sign_in.sign_in(Credentials { client, ..credentials(PHONE, text) }).await
    };
    guess(1, WRONG_PASSWORD).await.unwrap_err();
    world.clock.advance(Duration::from_mins(20));
    guess(1, WRONG_PASSWORD).await.unwrap_err();
    let stopped = guess(2, PASSWORD).await;
    assert!(matches!(stopped, Err(SignInError::Denied(_))), "{stopped:?}");
    let credentials = &world.accounts.operators.credentials;
    credentials.reset(person.user.id, &operator()).await.unwrap();
    assert!(world.read(&person.token).await.is_none());
    assert!(world.account(PHONE).await.unwrap().password_hash.is_none());
    let wrong = guess(2, PASSWORD).await;
    assert!(matches!(wrong, Err(SignInError::WrongCredentials(_))), "{wrong:?}");
    let code = world.typed_code(PHONE, passport_auth::CodePurpose::Reset).await;
    world.accounts.reset_password.reset(crate::life::reset(PHONE, &code)).await.unwrap();
    guess(2, NEW_PASSWORD).await.unwrap();
}

#[tokio::test]
async fn an_unlocked_number_is_tried_again_at_once() {
    let world = World::with(|setup| {
        setup.backoffs.password =
            crate::setup::backoff(1, Duration::from_mins(15), Duration::from_mins(15), 2);
    });
    let user = world.user(PHONE).await;
    let guess = async |phone, text: &str| world.sign_in(phone, text).await;
    for phone in [PHONE, OTHER_PHONE] {
        for _ in 0..2 {
            guess(phone, WRONG_PASSWORD).await.unwrap_err();
        }
        let early = guess(phone, WRONG_PASSWORD).await;
        assert!(matches!(early, Err(SignInError::Denied(_))), "{early:?}");
    }
    let credentials = &world.accounts.operators.credentials;
    credentials.unlock(user.id, &operator()).await.unwrap();
    guess(PHONE, PASSWORD).await.unwrap();
    // A number without an account has failures, too.
    let other = crate::world::number(OTHER_PHONE);
    credentials.unlock_number(&other, &operator()).await.unwrap();
    let wrong = guess(OTHER_PHONE, WRONG_PASSWORD).await;
    assert!(matches!(wrong, Err(SignInError::WrongCredentials(_))), "{wrong:?}");
    world.outage.take_down(&["failures"]);
    let down = credentials.unlock(user.id, &operator()).await;
    assert!(matches!(down, Err(OperatorError::Denied(_))), "an outage is told: {down:?}");
}

/// No whole number without its event.
#[tokio::test]
async fn api_4_a_look_at_a_number_is_recorded_first() {
    let world = World::roomy();
    let operators = &world.accounts.operators;
    let user = world.user(PHONE).await;
    let phone = operators.directory.look(&user, &operator()).await.unwrap();
    assert_eq!(Some(&phone), user.phone.as_ref());
    world.outage.take_down(&["journal"]);
    assert!(operators.directory.look(&user, &operator()).await.is_err());
    assert!(operators.export.export(user.id, &operator()).await.is_err());
    world.outage.end();
    let data = operators.export.export(user.id, &operator()).await.unwrap();
    assert_eq!(data.user.phone.as_ref(), Some(&phone));
    let kinds = |events: &[passport_user::AccountEvent], kind| {
        events
            .iter()
            .filter(|event| event.kind == kind && event.outcome == EventOutcome::Done)
            .count()
    };
    let events = world.events().await;
    assert_eq!(kinds(&events, EventKind::OperatorLooked), 1);
    assert_eq!(kinds(&events, EventKind::UserExported), 1);
    assert!(data.events.iter().any(|event| event.kind == EventKind::OperatorLooked));
}
