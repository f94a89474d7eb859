use std::{sync::Arc, time::Duration};

use time::OffsetDateTime;
use uuid::Uuid;

use super::support::{NOW, user};
use crate::{
    AccountEvent, Actor, EventFilter, EventId, EventKind, EventOutcome, EventPhone, Journal, Reason,
};

const HOSTILE: &str = "'); DROP TABLE events; -- \"\\ {\"a\":1} \u{202e}王\n\t%s";

/// Every field of an event is read as it was recorded, of each kind and each actor.
pub async fn reads_what_was_recorded(journal: Arc<dyn Journal>) {
    let subject = user(1).id;
    let operator = Actor::operator("root");
    let actors = [Actor::Anonymous, Actor::User(subject), operator, Actor::System];
    let mut events = Vec::new();
    for (minute, kind) in (0..).zip(EventKind::ALL) {
        for actor in &actors {
            let bare = AccountEvent::new(*kind, NOW + Duration::from_mins(minute));
            events.push(AccountEvent { actor: actor.clone(), ..bare.clone() });
            events.push(AccountEvent {
                id: AccountEvent::new(*kind, bare.at).id,
                outcome: EventOutcome::Refused(HOSTILE.to_owned()),
                actor: actor.clone(),
                subject: Some(subject),
                phone: Some(EventPhone { masked: "+86138****0001".to_owned(), tag: [0xfe; 16] }),
                address: Some("2001:db8::1".to_owned()),
                session: Some(Uuid::from_u128(u128::MAX)),
                request_id: Some("a'b".to_owned()),
                reason: Some(Reason::from_stored(HOSTILE)),
                detail: [("by", HOSTILE), (HOSTILE, ""), ("", "empty")]
                    .map(|(name, fact)| (name.to_owned(), fact.to_owned()))
                    .into(),
                ..bare
            });
        }
    }
    journal.record(&events).await.expect("journal answers");
    events.sort_by_key(|event| std::cmp::Reverse(event.id));
    assert_eq!(read(&journal, &EventFilter::default(), None, 1_000).await, events);
}

/// An event that is recorded again has no effect, and does not hinder those recorded with it.
pub async fn records_each_event_once(journal: Arc<dyn Journal>) {
    let (first, second) = (at(0), at(1));
    journal.record(&[]).await.expect("journal answers");
    for events in [vec![first.clone()], vec![first.clone(), second.clone()]] {
        journal.record(&events).await.expect("journal answers");
    }
    let other = AccountEvent { kind: EventKind::UserPurged, ..first.clone() };
    journal.record(&[other]).await.expect("journal answers");
    assert_eq!(read(&journal, &EventFilter::default(), None, 10).await, [second, first]);
}

/// Events are read newest first, page by page.
pub async fn reads_newest_first(journal: Arc<dyn Journal>) {
    let mut events: Vec<_> = (0..5).map(at).collect();
    journal.record(&[events[3].clone(), events[0].clone()]).await.expect("journal answers");
    journal.record(&events).await.expect("journal answers");
    events.reverse();
    let all = EventFilter::default();
    assert_eq!(read(&journal, &all, None, 100).await, events);
    assert_eq!(read(&journal, &all, None, 2).await, events[..2]);
    assert_eq!(read(&journal, &all, Some(events[1].id), 2).await, events[2..4]);
    assert_eq!(read(&journal, &all, Some(events[4].id), 2).await, []);
    assert_eq!(read(&journal, &all, None, 0).await, []);
}

/// Only events that match every condition are read.
pub async fn reads_by_filter(journal: Arc<dyn Journal>) {
    let (one, two) = (user(1).id, user(2).id);
    let tagged = |tag| Some(EventPhone { masked: "+86138****0001".to_owned(), tag: [tag; 16] });
    let events = [
        AccountEvent { subject: Some(one), phone: tagged(1), ..at(0) },
        AccountEvent { subject: Some(two), phone: tagged(1), ..at(1) },
        AccountEvent { subject: Some(one), kind: EventKind::UserPurged, ..at(2) },
        AccountEvent { phone: tagged(2), ..at(3) },
    ];
    journal.record(&events).await.expect("journal answers");
    let all = EventFilter::default();
    let conditions = [
        (EventFilter { subject: Some(one), ..all.clone() }, vec![2, 0]),
        (EventFilter { subject: Some(user(3).id), ..all.clone() }, vec![]),
        (EventFilter { phone_tags: vec![[1; 16]], ..all.clone() }, vec![1, 0]),
        (EventFilter { phone_tags: vec![[2; 16], [1; 16], [3; 16]], ..all.clone() }, vec![3, 1, 0]),
        (EventFilter { kind: Some(EventKind::UserPurged), ..all.clone() }, vec![2]),
        (EventFilter { since: Some(events[2].at), ..all.clone() }, vec![3, 2]),
        // Times are truncated to microseconds, as those of events.
        (EventFilter { since: Some(events[2].at + NANOSECOND), ..all.clone() }, vec![3, 2]),
        (EventFilter { until: Some(events[2].at), ..all.clone() }, vec![1, 0]),
        (
            EventFilter { since: Some(events[1].at), until: Some(events[3].at), ..all.clone() },
            vec![2, 1],
        ),
        (EventFilter { subject: Some(one), phone_tags: vec![[1; 16]], ..all.clone() }, vec![0]),
        (EventFilter { subject: Some(one), since: Some(events[1].at), ..all }, vec![2]),
    ];
    for (filter, expected) in conditions {
        let expected: Vec<_> = expected.into_iter().map(|index: usize| &events[index]).collect();
        let found = read(&journal, &filter, None, 10).await;
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{filter:?}");
    }
    let one = EventFilter { subject: Some(one), ..EventFilter::default() };
    assert_eq!(read(&journal, &one, Some(events[2].id), 10).await, events[..1]);
    assert_eq!(read(&journal, &one, None, 1).await, events[2..3]);
}

/// Events before the given time are deleted, and no others.
pub async fn deletes_only_old_events(journal: Arc<dyn Journal>) {
    let events: Vec<_> = (0..4).map(at).collect();
    journal.record(&events).await.expect("journal answers");
    assert_eq!(purged(&journal, events[0].at).await, 0);
    assert_eq!(purged(&journal, events[2].at).await, 2);
    assert_eq!(purged(&journal, events[2].at).await, 0);
    let left = read(&journal, &EventFilter::default(), None, 10).await;
    assert_eq!(left, [events[3].clone(), events[2].clone()]);
}

const NANOSECOND: Duration = Duration::from_nanos(1);

/// An event at this minute of a day that every database may delete.
fn at(minute: u64) -> AccountEvent {
    let old = time::macros::datetime!(2025-01-01 00:00:00.123456 UTC);
    AccountEvent::new(EventKind::SessionBegun, old + Duration::from_mins(minute))
}

async fn read(
    journal: &Arc<dyn Journal>,
    filter: &EventFilter,
    before: Option<EventId>,
    limit: u32,
) -> Vec<AccountEvent> {
    journal.read(filter, before, limit).await.expect("journal answers")
}

async fn purged(journal: &Arc<dyn Journal>, before: OffsetDateTime) -> u64 {
    journal.purge(before).await.expect("journal answers")
}
