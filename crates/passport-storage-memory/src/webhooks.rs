use std::sync::MutexGuard;

use async_trait::async_trait;
use passport_webhooks::{
    Backlog, Claimed, DeliveryId, DeliveryRecord, DeliveryState, EndedDeliveries, EndpointName,
    EndpointState, Lease, Settled, Subscription, WebhookStore, WebhookStoreError,
};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    accounts::{Accounts, State},
    queue::Row,
};

/// Deliveries of webhooks in the memory of this process, for tests. They are lost when it ends.
///
/// [`MemoryJournal::webhooks`](crate::MemoryJournal::webhooks) delivers the events of a journal.
#[derive(Debug, Clone, Default)]
pub struct MemoryWebhookStore(Accounts);

impl MemoryWebhookStore {
    pub(crate) fn over(accounts: Accounts) -> Self {
        Self(accounts)
    }

    fn state(&self) -> Result<MutexGuard<'_, State>, WebhookStoreError> {
        self.0.lock().ok_or_else(|| {
            WebhookStoreError::new("a thread panicked while it held the lock of the deliveries")
        })
    }
}

#[async_trait]
impl WebhookStore for MemoryWebhookStore {
    async fn subscribe(&self, subscriptions: &[Subscription]) -> Result<(), WebhookStoreError> {
        let queue = &mut self.state()?.webhooks;
        for Subscription { endpoint, .. } in subscriptions {
            queue.endpoints.entry(endpoint.clone()).or_default();
        }
        queue.subscriptions = subscriptions.to_vec();
        Ok(())
    }

    async fn claim(
        &self,
        endpoint: &EndpointName,
        lease: Lease,
        now: OffsetDateTime,
        limit: usize,
    ) -> Result<Vec<Claimed>, WebhookStoreError> {
        let mut state = self.state()?;
        let State { webhooks, events, .. } = &mut *state;
        if !webhooks.is_enabled(endpoint) {
            return Ok(Vec::new());
        }
        let is_due = |it: &&mut Row| it.record.id.endpoint == *endpoint && it.is_due(now);
        let mut due: Vec<_> = webhooks.deliveries.values_mut().filter(is_due).collect();
        due.sort_by_key(|it| it.record.due_at);
        let claimed = due.into_iter().take(limit).filter_map(|it| {
            it.lease = Some(lease.token);
            it.record.due_at = lease.until;
            it.record.tries += 1;
            let (id, tries) = (it.record.id.clone(), it.record.tries);
            Some(Claimed { event: events.get(&id.event)?.clone(), id, tries })
        });
        Ok(claimed.collect())
    }

    async fn settle(
        &self,
        id: &DeliveryId,
        token: Uuid,
        result: &Settled,
    ) -> Result<bool, WebhookStoreError> {
        let mut state = self.state()?;
        let own = state.webhooks.deliveries.get_mut(id);
        let Some(row) = own.filter(|it| it.lease == Some(token)) else { return Ok(false) };
        row.lease = None;
        let record = &mut row.record;
        (record.state, record.ended_at, record.due_at, record.note) = match result.clone() {
            Settled::Delivered { at } => (DeliveryState::Delivered, Some(at), at, None),
            Settled::Retry { due_at, note } => (DeliveryState::Waiting, None, due_at, Some(note)),
            Settled::Failed { at, note } => (DeliveryState::Failed, Some(at), at, Some(note)),
        };
        Ok(true)
    }

    async fn disable(
        &self,
        endpoint: &EndpointName,
        at: OffsetDateTime,
    ) -> Result<bool, WebhookStoreError> {
        let mut state = self.state()?;
        let row = state.webhooks.endpoints.get_mut(endpoint);
        let Some(row) = row.filter(|it| it.disabled_at.is_none()) else { return Ok(false) };
        row.disabled_at = Some(at);
        Ok(true)
    }

    async fn enable(&self, endpoint: &EndpointName) -> Result<bool, WebhookStoreError> {
        let mut state = self.state()?;
        let row = state.webhooks.endpoints.get_mut(endpoint);
        Ok(row.is_some_and(|it| it.disabled_at.take().is_some()))
    }

    async fn set_backlog(
        &self,
        endpoint: &EndpointName,
        backlog: Backlog,
    ) -> Result<(), WebhookStoreError> {
        if let Some(row) = self.state()?.webhooks.endpoints.get_mut(endpoint) {
            row.backlog = backlog;
        }
        Ok(())
    }

    async fn ended(&self) -> Result<Vec<EndedDeliveries>, WebhookStoreError> {
        let state = self.state()?;
        let records: Vec<_> = state.webhooks.deliveries.values().map(|it| &it.record).collect();
        let ended = state.webhooks.endpoints.keys().map(|endpoint| {
            let count = |state| {
                let own = records.iter().filter(|it| it.id.endpoint == *endpoint);
                u64::try_from(own.filter(|it| it.state == state).count()).unwrap_or(u64::MAX)
            };
            EndedDeliveries {
                endpoint: endpoint.clone(),
                delivered: count(DeliveryState::Delivered),
                failed: count(DeliveryState::Failed),
            }
        });
        Ok(ended.filter(|it| it.delivered + it.failed > 0).collect())
    }

    async fn overview(&self) -> Result<Vec<EndpointState>, WebhookStoreError> {
        let state = self.state()?;
        let queue = &state.webhooks;
        let endpoints = queue.endpoints.iter().map(|(name, row)| {
            let waiting = || {
                let records = queue.deliveries.values().map(|it| &it.record);
                records
                    .filter(move |it| it.id.endpoint == *name && it.state == DeliveryState::Waiting)
            };
            EndpointState {
                name: name.clone(),
                disabled_at: row.disabled_at,
                backlog: row.backlog,
                waiting: u64::try_from(waiting().count()).unwrap_or(u64::MAX),
                oldest_waiting: waiting().map(|it| it.event_at).min(),
            }
        });
        Ok(endpoints.collect())
    }

    async fn recent(
        &self,
        endpoint: &EndpointName,
        state: Option<DeliveryState>,
        limit: u32,
    ) -> Result<Vec<DeliveryRecord>, WebhookStoreError> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let locked = self.state()?;
        // The order of ids is that of endpoint, event and type.
        let records = locked.webhooks.deliveries.values().rev().map(|it| &it.record);
        let wanted = records.filter(|it| {
            it.id.endpoint == *endpoint && state.is_none_or(|state| it.state == state)
        });
        Ok(wanted.take(limit).cloned().collect())
    }

    async fn queue(
        &self,
        deliveries: &[(DeliveryId, OffsetDateTime)],
        now: OffsetDateTime,
    ) -> Result<(), WebhookStoreError> {
        let queue = &mut self.state()?.webhooks;
        for (id, event_at) in deliveries {
            queue.deliveries.insert(id.clone(), Row::due(id.clone(), *event_at, now));
        }
        Ok(())
    }

    async fn purge(
        &self,
        ended_before: OffsetDateTime,
        due_before: OffsetDateTime,
    ) -> Result<u64, WebhookStoreError> {
        let deliveries = &mut self.state()?.webhooks.deliveries;
        let before = deliveries.len();
        deliveries.retain(|_, Row { record, .. }| match record.ended_at {
            Some(at) => at >= ended_before,
            None => record.due_at >= due_before,
        });
        Ok(u64::try_from(before - deliveries.len()).unwrap_or(u64::MAX))
    }
}
