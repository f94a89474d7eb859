//! Fields of deliveries as both databases store them.

use std::collections::BTreeSet;

use passport_webhooks::{
    Backlog, DeliveryState, EndpointName, EndpointState, EventType, Settled, Source,
};
use time::OffsetDateTime;

use crate::failure::Failure;

/// Number of an endpoint's deliveries in one state, and the time of the oldest event.
pub(super) struct Counted {
    pub(super) endpoint: String,
    pub(super) state: DeliveryState,
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

pub(super) fn states(
    name: String,
    disabled_at: Option<OffsetDateTime>,
    backlog: Backlog,
    counts: &[Counted],
) -> EndpointState {
    let of = |state| counts.iter().find(|it| it.endpoint == name && it.state == state);
    let count = |state| of(state).map_or(0, |it| it.count);
    EndpointState {
        disabled_at,
        backlog,
        waiting: count(DeliveryState::Waiting),
        delivered: count(DeliveryState::Delivered),
        failed: count(DeliveryState::Failed),
        oldest_waiting: of(DeliveryState::Waiting).and_then(|it| it.oldest),
        name: EndpointName::from_stored(name),
    }
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
