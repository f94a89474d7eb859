use std::{error::Error, fmt};

use async_trait::async_trait;
use thiserror::Error;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Backlog, Claimed, DeliveryId, DeliveryRecord, DeliveryState, EndedDeliveries, EndpointName,
    EndpointState, Lease, Settled, Subscription,
};

/// Store of what is to be delivered, beside the journal of events.
///
/// Whatever writes an event to the journal writes a delivery for each endpoint that subscribes to it,
/// **in the same transaction**: so an event and its deliveries are there together or not at all.
/// Recording an event again adds none. Implementations must pass
/// [`webhook_store_contract!`](crate::webhook_store_contract).
#[async_trait]
pub trait WebhookStore: fmt::Debug + Send + Sync + 'static {
    /// Replaces all subscriptions. Endpoints that have none any more keep their deliveries and state.
    async fn subscribe(&self, subscriptions: &[Subscription]) -> Result<(), WebhookStoreError>;

    /// Claims at most `limit` deliveries of an endpoint that are due at `now`, the longest due first, and
    /// counts a try of each. None are claimed while the endpoint is disabled. Of concurrent callers one
    /// gets a delivery; others get it once the lease has ended without [`settle`](Self::settle).
    async fn claim(
        &self,
        endpoint: &EndpointName,
        lease: Lease,
        now: OffsetDateTime,
        limit: usize,
    ) -> Result<Vec<Claimed>, WebhookStoreError>;

    /// Stores the result of a try; returns false, and changes nothing, if the delivery was claimed under
    /// another lease since, or settled.
    async fn settle(
        &self,
        id: &DeliveryId,
        token: Uuid,
        result: &Settled,
    ) -> Result<bool, WebhookStoreError>;

    /// Stops deliveries to an endpoint, and that new events are queued for it; returns false if it was
    /// disabled, or is not known.
    async fn disable(
        &self,
        endpoint: &EndpointName,
        at: OffsetDateTime,
    ) -> Result<bool, WebhookStoreError>;

    /// Undoes [`disable`](Self::disable); returns false if the endpoint was not disabled.
    async fn enable(&self, endpoint: &EndpointName) -> Result<bool, WebhookStoreError>;

    /// Sets which events are queued for an endpoint.
    async fn set_backlog(
        &self,
        endpoint: &EndpointName,
        backlog: Backlog,
    ) -> Result<(), WebhookStoreError>;

    /// Numbers of the deliveries that ended, of each endpoint that has one. It reads all that are kept.
    async fn ended(&self) -> Result<Vec<EndedDeliveries>, WebhookStoreError>;

    /// State of all endpoints, by name. It reads what waits, and is called often.
    async fn overview(&self) -> Result<Vec<EndpointState>, WebhookStoreError>;

    /// The deliveries of the newest events for an endpoint, newest first; those in `state`, if it is given.
    async fn recent(
        &self,
        endpoint: &EndpointName,
        state: Option<DeliveryState>,
        limit: u32,
    ) -> Result<Vec<DeliveryRecord>, WebhookStoreError>;

    /// Makes deliveries due at `now` with all their tries, whether or not they were there. Each comes with
    /// the time of its event.
    async fn queue(
        &self,
        deliveries: &[(DeliveryId, OffsetDateTime)],
        now: OffsetDateTime,
    ) -> Result<(), WebhookStoreError>;

    /// Deletes deliveries that ended before `ended_before`, and those that were due before
    /// `due_before` and still wait; returns their number.
    async fn purge(
        &self,
        ended_before: OffsetDateTime,
        due_before: OffsetDateTime,
    ) -> Result<u64, WebhookStoreError>;
}

/// A failure of the store. The source is for logs and must not be shown to clients.
#[derive(Debug, Error)]
#[error("store of webhooks is unavailable")]
pub struct WebhookStoreError(#[source] Box<dyn Error + Send + Sync>);

impl WebhookStoreError {
    /// Wraps an error of the database driver.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}
