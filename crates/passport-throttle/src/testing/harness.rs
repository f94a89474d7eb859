//! Calls that expect a decision, and rivals that call at once.

use std::{future::Future, sync::Arc, time::Duration};

use time::{OffsetDateTime, macros::datetime};
use tokio::sync::Barrier;

use crate::{Charge, Decision, Hit, Policy, Quota, Refusal, Subject, ThrottleStore};

pub(super) const NOW: OffsetDateTime = datetime!(2026-11-22 09:43:30 UTC);

pub(super) fn charge(policy: &'static str, limit: u32, seconds: u64) -> Charge {
    Charge::new(Policy::new(policy), subject(7), quota(limit, seconds))
}

pub(super) fn quota(limit: u32, seconds: u64) -> Quota {
    Quota::new(limit, Duration::from_secs(seconds)).expect("quota is within bounds")
}

pub(super) fn subject(number: u128) -> Subject {
    Subject::new(number.to_be_bytes())
}

pub(super) fn at(milliseconds: u64) -> OffsetDateTime {
    NOW + Duration::from_millis(milliseconds)
}

pub(super) async fn allowed(
    store: &Arc<dyn ThrottleStore>,
    charges: &[Charge],
    now: OffsetDateTime,
) -> Hit {
    match store.hit(charges, &[], now).await.expect("store answers") {
        Decision::Allowed(hit) => hit,
        Decision::Refused(refusal) => panic!("must be allowed, was {refusal:?}"),
    }
}

pub(super) async fn refused(
    store: &Arc<dyn ThrottleStore>,
    charges: &[Charge],
    now: OffsetDateTime,
) -> Refusal {
    match store.hit(charges, &[], now).await.expect("store answers") {
        Decision::Allowed(_) => panic!("must be refused, was allowed"),
        Decision::Refused(refusal) => refusal,
    }
}

/// Counts on `charges` and checks `checked`; returns the refusal, if there is one.
pub(super) async fn refusal(
    store: &Arc<dyn ThrottleStore>,
    charges: &[Charge],
    checked: &[Charge],
    now: OffsetDateTime,
) -> Option<Refusal> {
    match store.hit(charges, checked, now).await.expect("store answers") {
        Decision::Allowed(hit) => {
            assert_eq!(hit.charges, charges, "what was counted");
            None
        }
        Decision::Refused(refusal) => Some(refusal),
    }
}

pub(super) async fn allowed_of_rivals(store: &Arc<dyn ThrottleStore>, charges: &[Charge]) -> usize {
    let decisions = race(12, |_| {
        let (store, charges) = (Arc::clone(store), charges.to_vec());
        async move { store.hit(&charges, &[], NOW).await.expect("store answers") }
    })
    .await;
    decisions.iter().filter(|decision| matches!(decision, Decision::Allowed(_))).count()
}

/// Starts `rivals` at a barrier. Without the barrier, rivals on a cold pool run one after the other,
/// and a store that is not atomic passes.
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
