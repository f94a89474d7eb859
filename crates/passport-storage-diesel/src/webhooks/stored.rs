//! Fields of deliveries as both databases store them.

use std::collections::BTreeSet;

use passport_webhooks::{
    Backlog, DeliveryState, EndedDeliveries, EndpointName, EndpointState, EventType, Settled,
    Source,
};
use time::OffsetDateTime;

use crate::failure::Failure;

/// Number of deliveries that wait for an endpoint, and the time of the oldest event.
pub(super) struct Waiting {
    pub(super) endpoint: String,
    pub(super) count: u64,
    pub(super) oldest: Option<OffsetDateTime>,
}

/// Sources of the events of these types.
pub(super) fn wanted(events: &BTreeSet<EventType>) -> impl Iterator<Item = (EventType, Source)> {
    events.iter().flat_map(|it| it.sources().into_iter().map(|source| (*it, source)))
}

/// State, end, time of the next try, and note.
pub(super) fn settled_parts(
    result: &Settled,
) -> (i16, Option<OffsetDateTime>, OffsetDateTime, Option<String>) {
    let (state, ended_at, due_at, note) = match result {
        Settled::Delivered { at } => (DeliveryState::Delivered, Some(*at), *at, None),
        Settled::Retry { due_at, note } => (DeliveryState::Waiting, None, *due_at, Some(note)),
        Settled::Failed { at, note } => (DeliveryState::Failed, Some(*at), *at, Some(note)),
    };
    (state.number(), ended_at, due_at, note.cloned())
}

pub(super) fn endpoint_state(
    name: String,
    disabled_at: Option<OffsetDateTime>,
    backlog: Backlog,
    waiting: &[Waiting],
) -> EndpointState {
    let own = waiting.iter().find(|it| it.endpoint == name);
    EndpointState {
        disabled_at,
        backlog,
        waiting: own.map_or(0, |it| it.count),
        oldest_waiting: own.and_then(|it| it.oldest),
        name: EndpointName::from_stored(name),
    }
}

/// Counts of endpoint and state, in the order of endpoints, as one record for each endpoint.
pub(super) fn ended(counts: Vec<(String, i16, i64)>) -> Result<Vec<EndedDeliveries>, Failure> {
    let mut all: Vec<EndedDeliveries> = Vec::new();
    for (name, number, count) in counts {
        if all.last().is_none_or(|it| it.endpoint.as_str() != name) {
            let endpoint = EndpointName::from_stored(name);
            all.push(EndedDeliveries { endpoint, delivered: 0, failed: 0 });
        }
        let Some(last) = all.last_mut() else { continue };
        match state(number)? {
            DeliveryState::Delivered => last.delivered = count.unsigned_abs(),
            DeliveryState::Failed => last.failed = count.unsigned_abs(),
            DeliveryState::Waiting => {}
        }
    }
    Ok(all)
}

pub(super) fn event_type(name: &str) -> Result<EventType, Failure> {
    EventType::from_name(name).ok_or_else(|| damaged("type"))
}

pub(super) fn state(number: i16) -> Result<DeliveryState, Failure> {
    DeliveryState::from_number(number).ok_or_else(|| damaged("state"))
}

pub(super) fn backlog(number: i16) -> Result<Backlog, Failure> {
    Backlog::from_number(number).ok_or_else(|| damaged("backlog"))
}

pub(super) fn tries(count: i32) -> Result<u32, Failure> {
    u32::try_from(count).map_err(|error| Failure::Row(error.into()))
}

fn damaged(column: &str) -> Failure {
    Failure::Row(format!("{column} of a webhook is not valid").into())
}
