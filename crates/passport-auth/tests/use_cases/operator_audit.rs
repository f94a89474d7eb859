//! The audit log as operators read, follow and purge it.

use std::{collections::HashSet, time::Duration};

use passport_auth::{AuditError, AuditQuery, Clock};
use passport_user::{AccountEvent, EventKind};

use crate::{
    operators::operator,
    world::{OTHER_PHONE, PASSWORD, PHONE, World, number},
};

fn event(at: time::OffsetDateTime) -> AccountEvent {
    AccountEvent::new(EventKind::CodeSent, at)
}

#[tokio::test]
async fn events_are_read_by_user_number_kind_and_time() {
    let world = World::roomy();
    let (person, _) = (world.person(PHONE).await, world.person(OTHER_PHONE).await);
    world.clock.advance(Duration::from_mins(10));
    let later = world.clock.now();
    world.sign_in(PHONE, PASSWORD).await.unwrap();
    world.events().await;
    let audit = &world.accounts.operators.audit;
    let count = async |query: AuditQuery| audit.read(&query, None, 100).await.unwrap().len();
    let all = count(AuditQuery::default()).await;
    let kind = Some(EventKind::SessionBegun);
    assert_eq!(count(AuditQuery { kind, ..AuditQuery::default() }).await, 3);
    let user = Some(person.user.id);
    let kind = Some(EventKind::SessionBegun);
    assert_eq!(count(AuditQuery { kind, user, ..AuditQuery::default() }).await, 2);
    let phone = Some(number(OTHER_PHONE));
    assert!((1..all).contains(&count(AuditQuery { phone, ..AuditQuery::default() }).await));
    let phone = Some(number("13700137000"));
    assert_eq!(count(AuditQuery { phone, ..AuditQuery::default() }).await, 0);
    let (since, until) = (Some(later), Some(later));
    assert_eq!(count(AuditQuery { since, ..AuditQuery::default() }).await, 1);
    assert_eq!(count(AuditQuery { until, ..AuditQuery::default() }).await, all - 1);
}

/// Events that are written late, with times before others, are given too, and each one once.
#[tokio::test]
async fn a_follower_loses_nothing_and_doubles_nothing() {
    let world = World::roomy();
    let audit = &world.accounts.operators.audit;
    let before = event(world.clock.now() - Duration::from_secs(1));
    world.journal.record(std::slice::from_ref(&before)).await.unwrap();
    let mut follow = audit.follow(&AuditQuery::default());
    let (mut given, mut written) = (Vec::new(), Vec::new());
    // Delays of events until they are written, in seconds.
    let delays = [0, 0, 3, 11, 0, 29, 61, 0, 119, 240, 1, 299];
    let start = world.clock.now();
    for second in 0..900_u64 {
        let now = start + Duration::from_secs(second);
        if second < 500 {
            for (n, delay) in delays.iter().enumerate() {
                let began = now.checked_sub(time::Duration::seconds(*delay)).unwrap();
                if (second + n as u64).is_multiple_of(7) && began >= start {
                    let late = event(began);
                    world.journal.record(std::slice::from_ref(&late)).await.unwrap();
                    written.push(late.id);
                }
            }
        }
        let round = follow.next().await.unwrap();
        assert!(round.is_sorted_by_key(|event| event.id), "oldest first");
        given.extend(round.into_iter().map(|event| event.id));
        world.clock.advance(Duration::from_secs(1));
    }
    assert!(written.len() > 700, "{}", written.len());
    assert!(!given.contains(&before.id), "it was there before");
    let distinct: HashSet<_> = given.iter().collect();
    assert_eq!(distinct.len(), given.len(), "no event is given twice");
    assert_eq!(distinct, written.iter().collect(), "no event is lost");
}

#[tokio::test]
async fn a_follower_goes_on_after_an_outage() {
    let world = World::roomy();
    let audit = &world.accounts.operators.audit;
    let mut follow = audit.follow(&AuditQuery::default());
    assert_eq!(follow.next().await.unwrap(), []);
    world.outage.take_down(&["journal"]);
    for _ in 0..100 {
        world.clock.advance(Duration::from_secs(1));
        follow.next().await.unwrap_err();
    }
    world.outage.end();
    let early = event(world.clock.now() - Duration::from_secs(90));
    world.journal.record(std::slice::from_ref(&early)).await.unwrap();
    assert_eq!(follow.next().await.unwrap(), [early]);
    assert_eq!(follow.next().await.unwrap(), []);
}

#[tokio::test]
async fn a_follower_begins_where_it_is_told() {
    let world = World::roomy();
    let start = world.clock.now();
    let events: Vec<_> = (0..1_300).map(|n| event(start + Duration::from_millis(n))).collect();
    world.journal.record(&events).await.unwrap();
    world.clock.advance(Duration::from_hours(2));
    let since = Some(start + Duration::from_millis(100));
    let query = AuditQuery { since, ..AuditQuery::default() };
    let mut follow = world.accounts.operators.audit.follow(&query);
    assert_eq!(follow.next().await.unwrap(), events[100..]);
    assert_eq!(follow.next().await.unwrap(), []);
}

#[tokio::test]
async fn only_old_events_are_purged_and_that_is_an_event() {
    let world = World::roomy();
    let audit = &world.accounts.operators.audit;
    let (old, young) =
        (event(world.clock.now()), event(world.clock.now() + Duration::from_hours(1)));
    world.journal.record(&[old, young.clone()]).await.unwrap();
    world.clock.advance(Duration::from_hours(31 * 24));
    let too_young = audit.purge(world.clock.now() - Duration::from_hours(24), &operator()).await;
    assert!(matches!(too_young, Err(AuditError::TooYoung { .. })), "{too_young:?}");
    assert_eq!(audit.purge(young.at, &operator()).await.unwrap(), 1);
    let events = world.events().await;
    assert!(events.contains(&young));
    let purged = events.iter().filter(|event| event.kind == EventKind::AuditPurged);
    let counts: Vec<_> = purged.filter_map(|event| event.detail.get("count")).collect();
    assert_eq!(counts, ["1"]);
}
