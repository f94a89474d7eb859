use std::{future::Future, sync::Arc, time::Duration};

use time::{OffsetDateTime, macros::datetime};
use tokio::sync::Barrier;

use crate::{
    AccountEvent, Consent, Epoch, EventFilter, EventKind, Journal, NumberChange, NumberChanged,
    PasswordHash, PhoneNumber, User, UserId, UserRepository,
};

pub(super) const NOW: OffsetDateTime = datetime!(2026-11-22 09:43:30.123456789 UTC);
pub(super) const DAY: Duration = Duration::from_hours(24);
/// Rounds of each clause about concurrency.
pub(super) const ROUNDS: u32 = 50;

pub(super) type Users = Arc<dyn UserRepository>;

pub(super) fn phone(number: u32) -> PhoneNumber {
    PhoneNumber::from_e164(format!("+86138{number:08}")).expect("number is E.164")
}

/// A user; those with odd numbers have consented to terms, which every change keeps.
pub(super) fn user(number: u32) -> User {
    let version = format!("2026-11.{number}_a").parse().expect("version has its form");
    let consent = Some(Consent::new(version, NOW - DAY)).filter(|_| number % 2 == 1);
    User { consent, ..User::new(phone(number), Some(PasswordHash::new("$old")), NOW) }
}

pub(super) fn event(kind: EventKind, subject: UserId) -> AccountEvent {
    AccountEvent { subject: Some(subject), ..AccountEvent::new(kind, NOW) }
}

/// Adds a user with this number, without an event that counts.
pub(super) async fn added(users: &Users, number: u32) -> User {
    let user = user(number);
    let event = AccountEvent::new(EventKind::UserCreated, NOW);
    users.insert(&user, &event).await.expect("user is added");
    user
}

pub(super) async fn found(users: &Users, id: UserId) -> User {
    users.find(id).await.expect("repository answers").expect("user is there")
}

/// Id of the user whose current number this is.
pub(super) async fn owner(users: &Users, number: u32) -> Option<UserId> {
    let user = users.find_by_phone(&phone(number)).await.expect("repository answers");
    user.map(|user| user.id)
}

pub(super) fn change(number: u32, now: OffsetDateTime) -> NumberChange {
    NumberChange { number: phone(number), now, undo_until: now + DAY }
}

/// Changes the number, with an event without subject.
pub(super) async fn changed(users: &Users, id: UserId, to: u32, now: OffsetDateTime) -> Epoch {
    let epoch = found(users, id).await.epoch;
    let event = AccountEvent::new(EventKind::NumberChanged, now);
    let answer = users.change_number(id, epoch, &change(to, now), &event).await;
    match answer.expect("repository answers") {
        NumberChanged::Changed(epoch) => epoch,
        other => panic!("number was not changed: {other:?}"),
    }
}

/// Asserts that the events about `subject` are exactly `expected`, in any order.
pub(super) async fn assert_events(
    journal: &Arc<dyn Journal>,
    subject: UserId,
    expected: &[&AccountEvent],
) {
    let filter = EventFilter { subject: Some(subject), ..EventFilter::default() };
    let mut events = journal.read(&filter, None, 100).await.expect("journal answers");
    let mut expected: Vec<_> = expected.iter().copied().cloned().collect();
    events.sort_by_key(|event| event.id);
    expected.sort_by_key(|event| event.id);
    assert_eq!(events, expected);
}

/// Runs `rivals` tasks that start together at a barrier. Without the barrier the tasks run one
/// after the other on a cold pool, and a repository that is not atomic passes.
pub(super) async fn race<T, F>(rivals: usize, act: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let start = Arc::new(Barrier::new(rivals));
    let tasks = (0..rivals).map(|rival| {
        let (start, act) = (Arc::clone(&start), act(rival));
        tokio::spawn(async move {
            start.wait().await;
            act.await
        })
    });
    futures::future::join_all(tasks.collect::<Vec<_>>())
        .await
        .into_iter()
        .map(|outcome| outcome.expect("rival finishes"))
        .collect()
}

/// Runs two acts that start together at a barrier.
pub(super) async fn duel<A, B>(
    first: impl Future<Output = A> + Send + 'static,
    second: impl Future<Output = B> + Send + 'static,
) -> (A, B)
where
    A: Send + 'static,
    B: Send + 'static,
{
    let start = Arc::new(Barrier::new(2));
    let other = Arc::clone(&start);
    let first = tokio::spawn(async move {
        start.wait().await;
        first.await
    });
    let second = tokio::spawn(async move {
        other.wait().await;
        second.await
    });
    (first.await.expect("rival finishes"), second.await.expect("rival finishes"))
}
