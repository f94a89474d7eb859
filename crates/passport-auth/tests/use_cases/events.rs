//! Events of accounts: every kind occurs, with actor, number, address, request and session.

use std::{collections::HashSet, net::IpAddr};

use passport_auth::{AuditAddresses, Caller, CodePurpose, CodeRequest};
use passport_user::{AccountEvent, Actor, EventKind, EventOutcome};

use crate::{
    acts::Act,
    setup::Setup,
    whole_life::live,
    world::{OTHER_PHONE, PHONE, WRONG_PASSWORD, World, caller, credentials},
};

fn done(events: &[AccountEvent]) -> Vec<&AccountEvent> {
    events.iter().filter(|event| event.outcome == EventOutcome::Done).collect()
}

#[tokio::test]
async fn api_4_every_kind_occurs() {
    let world = World::roomy();
    live(&world, PHONE, OTHER_PHONE).await;
    let events = world.events().await;
    let mut seen: HashSet<_> = done(&events).iter().map(|event| event.kind).collect();
    // Admitted requests are no events.
    assert!(!seen.contains(&EventKind::OperatorAdmitted));
    seen.extend(
        events.iter().map(|event| event.kind).filter(|it| *it == EventKind::OperatorAdmitted),
    );
    let missing: Vec<_> = EventKind::ALL.iter().filter(|kind| !seen.contains(kind)).collect();
    assert_eq!(missing, [] as [&EventKind; 0]);
    // A wrong code is a refusal of the act that it was for.
    let refused =
        |event: &&AccountEvent| event.outcome == EventOutcome::Refused("code-wrong".to_owned());
    assert_eq!(events.iter().filter(refused).count(), 4, "sign-up, sign-in, undo, reset");
}

#[tokio::test]
async fn api_4_events_say_who_did_what_from_where() {
    let world = World::roomy();
    live(&world, PHONE, OTHER_PHONE).await;
    let events = world.events().await;
    for event in &events {
        let what = format!("{event:?}");
        match event.kind {
            EventKind::UserPurged => assert_eq!(event.actor, Actor::System, "{what}"),
            EventKind::OperatorAdmitted => {
                assert_eq!(event.actor, Actor::operator("ci"), "{what}");
                assert_eq!(event.address.as_deref(), Some("192.0.2.77"), "{what}");
            }
            _ if matches!(event.actor, Actor::Operator(_)) => {
                assert_eq!(event.actor, Actor::operator("eve"), "{what}");
                assert_eq!((&event.address, &event.request_id), (&None, &None), "{what}");
            }
            _ => {
                assert_eq!(event.address.as_deref(), Some("192.0.2.77"), "{what}");
                assert_eq!(event.request_id.as_deref(), Some("request-77"), "{what}");
                // A refusal, and a request for a code, prove nothing.
                let actor = event.subject.map_or(Actor::Anonymous, Actor::User);
                assert_eq!(event.actor, actor, "{what}");
            }
        }
        let has_number = event
            .phone
            .as_ref()
            .is_some_and(|phone| ["138****8000", "139****9000"].contains(&phone.masked.as_str()));
        let has_none = matches!(
            event.kind,
            // The number is deleted, or only the session is read.
            EventKind::UserPurged | EventKind::SessionEnded
                // They are about no user.
                | EventKind::OperatorAdmitted | EventKind::OperatorTokenAdded
                | EventKind::OperatorTokenRemoved | EventKind::AuditPurged
                | EventKind::KeyRotated | EventKind::KeyRetired
        );
        assert!(has_number || has_none, "{what}");
        // A code says nothing of an account, a refused sign-in neither.
        let is_about_none = matches!(
            event.kind,
            EventKind::CodeSent
                | EventKind::OperatorTokenAdded
                | EventKind::OperatorTokenRemoved
                | EventKind::KeyRotated
                | EventKind::KeyRetired
                | EventKind::AuditPurged
        ) || matches!(event.outcome, EventOutcome::Refused(_));
        assert!(event.subject.is_some() || is_about_none, "{what}");
        let has_session = matches!(
            event.kind,
            EventKind::SessionBegun
                | EventKind::SessionEnded
                | EventKind::SessionsEnded
                | EventKind::SessionConfirmed
                | EventKind::PasswordChanged
                | EventKind::NumberChanged
                | EventKind::UserRenamed
                | EventKind::UserLeaving
                | EventKind::UserExported
        );
        let by_operator = matches!(event.actor, Actor::Operator(_));
        if has_session && !by_operator && event.outcome == EventOutcome::Done {
            assert!(event.session.is_some(), "{what}");
        }
    }
    let subjects: HashSet<_> = events.iter().filter_map(|event| event.subject).collect();
    assert_eq!(subjects.len(), 1, "all are about the one account");
}

#[tokio::test]
async fn addresses_are_recorded_as_the_operator_chose() {
    for (addresses, shown) in [
        (AuditAddresses::Full, Some("192.0.2.77")),
        (AuditAddresses::Prefix, Some("192.0.2.0/24")),
        (AuditAddresses::None, None),
    ] {
        let world = World::with(|setup| {
            setup.allow_many_messages();
            setup.addresses = addresses;
        });
        live(&world, PHONE, OTHER_PHONE).await;
        let events = world.events().await;
        let seen: HashSet<_> = events.iter().map(|event| event.address.as_deref()).collect();
        // Operators and the purge have no address.
        assert_eq!(seen, HashSet::from([shown, None]), "{addresses:?}");
    }
}

/// The repository writes the event with the change, so neither is without the other.
#[tokio::test]
async fn changes_are_in_the_journal_though_the_queue_is_not_written() {
    for act in Act::ALL.into_iter().filter(|act| act.is_written_with_its_event()) {
        let scene = act.prepare().await;
        scene.world.events().await;
        scene.world.outage.take_down(&["journal.record"]);
        assert!(scene.act().await.is_done(), "{act:?}");
        let events = scene.world.events().await;
        let own = done(&events).into_iter().find(|event| event.kind == act.kind());
        let own = own.unwrap_or_else(|| panic!("{act:?} is not in the journal"));
        assert!(own.subject.is_some(), "{act:?}: {own:?}");
    }
}

/// A journal that is down delays and fails nothing.
#[tokio::test]
async fn acts_do_not_wait_for_the_journal() {
    for act in Act::ALL {
        let scene = act.prepare().await;
        scene.world.outage.take_down(&["journal"]);
        assert!(scene.act().await.is_done(), "{act:?}");
    }
}

async fn refusals(world: &World) -> usize {
    let events = world.events().await;
    events.iter().filter(|event| matches!(event.outcome, EventOutcome::Refused(_))).count()
}

/// In each way of showing addresses, because the bound is on clients.
#[tokio::test]
async fn refusals_of_one_client_are_bounded_and_leave_room_for_others() {
    for addresses in [AuditAddresses::Full, AuditAddresses::Prefix, AuditAddresses::None] {
        let world = World::with(|setup: &mut Setup| setup.addresses = addresses);
        let guess = async |last| {
            let wrong = passport_auth::Credentials {
                client: caller(last),
                ..credentials(PHONE, WRONG_PASSWORD)
            };
            world.sign_in.sign_in(wrong).await.unwrap_err();
        };
        for _ in 0..60 {
            guess(1).await;
        }
        assert_eq!(refusals(&world).await, 30, "{addresses:?}");
        guess(2).await;
        assert_eq!(refusals(&world).await, 31, "{addresses:?}");
    }
}

#[tokio::test]
async fn refusals_of_one_person_are_bounded() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    world.clock.advance(std::time::Duration::from_mins(6));
    for _ in 0..60 {
        world.accounts.leave.leave(person.clone(), caller(1)).await.unwrap_err();
    }
    assert_eq!(refusals(&world).await, 30);
    // Others, and what is done, are recorded.
    let other = world.person(OTHER_PHONE).await;
    world.clock.advance(std::time::Duration::from_secs(1));
    world.sign_out.sign_out(&other.token, &caller(1)).await.unwrap();
    let events = world.events().await;
    assert!(done(&events).iter().any(|event| event.kind == EventKind::SessionEnded));
}

#[tokio::test]
async fn an_address_of_version_6_is_recorded_by_its_48_bits() {
    let world = World::with(|setup| setup.addresses = AuditAddresses::Prefix);
    let address: IpAddr = "2001:db8:1:2:3::4".parse().unwrap();
    let request = CodeRequest {
        purpose: CodePurpose::SignIn,
        client: Caller::from(address),
        ..world.code_request(PHONE).await
    };
    world.request_code.send(request).await.unwrap();
    let events = world.events().await;
    assert_eq!(events[0].address.as_deref(), Some("2001:db8:1::/48"));
}
