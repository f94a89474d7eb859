use std::collections::BTreeMap;

use passport_user::AccountEvent;
use passport_webhooks::{
    Backlog, DeliveryId, DeliveryRecord, DeliveryState, EndpointName, EventType, Subscription,
};
use time::OffsetDateTime;
use uuid::Uuid;

/// What is to be delivered to endpoints.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    pub(crate) subscriptions: Vec<Subscription>,
    pub(crate) endpoints: BTreeMap<EndpointName, EndpointRow>,
    pub(crate) deliveries: BTreeMap<DeliveryId, Row>,
}

#[derive(Debug, Default)]
pub(crate) struct EndpointRow {
    pub(crate) disabled_at: Option<OffsetDateTime>,
    pub(crate) backlog: Backlog,
}

/// A delivery, and the lease under which it is tried.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) record: DeliveryRecord,
    pub(crate) lease: Option<Uuid>,
}

impl Queue {
    /// Queues a new event for the endpoints that subscribe to it.
    pub(crate) fn add(&mut self, event: &AccountEvent) {
        for event_type in EventType::of(event) {
            for Subscription { endpoint, events } in &self.subscriptions {
                let takes = self.endpoints.get(endpoint).is_some_and(|it| {
                    it.disabled_at.is_none() && it.backlog.number() < event_type.weight().number()
                });
                if takes && events.contains(&event_type) {
                    let endpoint = endpoint.clone();
                    let id = DeliveryId { endpoint, event: event.id, event_type };
                    self.deliveries.insert(id.clone(), Row::due(id, event.at, event.at));
                }
            }
        }
    }

    pub(crate) fn is_enabled(&self, endpoint: &EndpointName) -> bool {
        self.endpoints.get(endpoint).is_some_and(|it| it.disabled_at.is_none())
    }
}

impl Row {
    /// A delivery without a try.
    pub(crate) fn due(id: DeliveryId, event_at: OffsetDateTime, due_at: OffsetDateTime) -> Self {
        let record = DeliveryRecord {
            id,
            state: DeliveryState::Waiting,
            tries: 0,
            event_at,
            due_at,
            ended_at: None,
            note: None,
        };
        Self { record, lease: None }
    }

    pub(crate) fn is_due(&self, now: OffsetDateTime) -> bool {
        self.record.state == DeliveryState::Waiting && self.record.due_at <= now
    }
}
