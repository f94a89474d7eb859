use std::sync::Arc;

use passport_user::{AccountEvent, EventFilter, EventId, Journal};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    DeliveryId, DeliveryState, EndpointName, EventType, Subscription, WebhookStore,
    WebhookStoreError,
};

/// Number of events, or of deliveries, that are read at once.
const PAGE: u32 = 500;

/// Queues events again, for operators.
#[derive(Debug, Clone)]
pub struct WebhookControl {
    /// Store of deliveries.
    pub store: Arc<dyn WebhookStore>,
    /// Journal of the events.
    pub journal: Arc<dyn Journal>,
}

/// Which events are queued again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replay {
    /// One event.
    Event(EventId),
    /// The events since a time, before another one if that is given.
    Since(OffsetDateTime, Option<OffsetDateTime>),
    /// The deliveries that failed and are kept.
    Failed,
}

impl WebhookControl {
    /// Queues events of the types of `to` for its endpoint, whether or not they were delivered; returns
    /// the number of deliveries. Each keeps its `webhook-id`.
    ///
    /// # Errors
    ///
    /// If the store or the journal could not answer. Some may have been queued; the call can be repeated.
    pub async fn replay(
        &self,
        to: &Subscription,
        what: Replay,
        now: OffsetDateTime,
    ) -> Result<u64, WebhookStoreError> {
        match what {
            Replay::Event(id) => {
                let events = self.one(id).await?;
                self.queue(to, &events, now).await
            }
            Replay::Since(since, until) => self.since(to, since, until, now).await,
            Replay::Failed => self.failed(&to.endpoint, now).await,
        }
    }

    async fn one(&self, id: EventId) -> Result<Vec<AccountEvent>, WebhookStoreError> {
        let Some(next) = id.as_uuid().as_u128().checked_add(1) else { return Ok(Vec::new()) };
        let before = Some(EventId::from_uuid(Uuid::from_u128(next)));
        let read = self.journal.read(&EventFilter::default(), before, 1).await;
        let mut events = read.map_err(WebhookStoreError::new)?;
        events.retain(|event| event.id == id);
        Ok(events)
    }

    async fn since(
        &self,
        to: &Subscription,
        since: OffsetDateTime,
        until: Option<OffsetDateTime>,
        now: OffsetDateTime,
    ) -> Result<u64, WebhookStoreError> {
        let filter = EventFilter { since: Some(since), until, ..EventFilter::default() };
        let (mut queued, mut before) = (0, None);
        loop {
            let read = self.journal.read(&filter, before, PAGE).await;
            let events = read.map_err(WebhookStoreError::new)?;
            queued += self.queue(to, &events, now).await?;
            match events.last() {
                Some(last) => before = Some(last.id),
                None => return Ok(queued),
            }
        }
    }

    /// Those that are queued have not failed any more, so each page is the first one.
    async fn failed(
        &self,
        endpoint: &EndpointName,
        now: OffsetDateTime,
    ) -> Result<u64, WebhookStoreError> {
        let mut queued = 0;
        loop {
            let failed = self.store.recent(endpoint, Some(DeliveryState::Failed), PAGE).await?;
            if failed.is_empty() {
                return Ok(queued);
            }
            let again: Vec<_> = failed.into_iter().map(|it| (it.id, it.event_at)).collect();
            self.store.queue(&again, now).await?;
            queued += again.len() as u64;
        }
    }

    async fn queue(
        &self,
        to: &Subscription,
        events: &[AccountEvent],
        now: OffsetDateTime,
    ) -> Result<u64, WebhookStoreError> {
        let of_types = events.iter().flat_map(|event| {
            let types = EventType::of(event).filter(|it| to.events.contains(it));
            let id = |event_type| DeliveryId {
                endpoint: to.endpoint.clone(),
                event: event.id,
                event_type,
            };
            types.map(id).map(|id| (id, event.at)).collect::<Vec<_>>()
        });
        let again: Vec<_> = of_types.collect();
        self.store.queue(&again, now).await?;
        Ok(again.len() as u64)
    }
}
