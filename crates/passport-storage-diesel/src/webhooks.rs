//! Queries about webhooks, written once and expanded for each database. A trigger on the events queues
//! deliveries: see the migration `create_webhook_deliveries`.

use async_trait::async_trait;
use diesel::{dsl::count_star, prelude::*};
use futures::{FutureExt, future::BoxFuture};
use passport_user::{AccountEvent, EventId};
use passport_webhooks::{
    Backlog, Claimed, DeliveryId, DeliveryRecord, DeliveryState, EndedDeliveries, EndpointName,
    EndpointState, Lease, Settled, Subscription, WebhookStore, WebhookStoreError,
};
use time::OffsetDateTime;
use uuid::Uuid;

use self::{
    queries::queries,
    stored::{
        Waiting, backlog, ended, endpoint_state, event_type, settled_parts, state, tries, wanted,
    },
};
use crate::{act::Act, failure::Failure};

mod queries;
mod stored;

/// Number of rows that a purge deletes at once. Other writes get their turn between two batches.
const PURGE_BATCH: i64 = 1_000;
/// Number of deliveries that one transaction queues again.
const QUEUE_BATCH: usize = 50;

const WAITING: i16 = DeliveryState::Waiting.number();

macro_rules! webhook_store {
    ($store:ident, $backend:ident) => {
        #[derive(Debug)]
        pub(crate) struct $store(pub(crate) crate::$backend::Pool);

        const _: () = {
            use crate::$backend::{
                Backend, EventRow,
                schema::{
                    audit_events, webhook_deliveries, webhook_endpoints, webhook_subscriptions,
                },
                values,
            };

            queries!($store);

            #[async_trait]
            impl WebhookStore for $store {
                async fn subscribe(
                    &self,
                    subscriptions: &[Subscription],
                ) -> Result<(), WebhookStoreError> {
                    let mut act = Act::<Backend, ()>::new()
                        .then(diesel::delete(webhook_subscriptions::table));
                    for Subscription { endpoint, events } in subscriptions {
                        act = act.then(
                            diesel::insert_into(webhook_endpoints::table)
                                .values(webhook_endpoints::name.eq(endpoint.as_str().to_owned()))
                                .on_conflict(webhook_endpoints::name)
                                .do_nothing(),
                        );
                        for (event_type, source) in wanted(events) {
                            let kind = source.kind.map_or("", passport_user::EventKind::as_str);
                            // Another node may write the same rows.
                            act = act.then(
                                diesel::insert_into(webhook_subscriptions::table)
                                    .values((
                                        webhook_subscriptions::rule
                                            .eq(source.rule.unwrap_or_default()),
                                        webhook_subscriptions::kind.eq(kind),
                                        webhook_subscriptions::endpoint
                                            .eq(endpoint.as_str().to_owned()),
                                        webhook_subscriptions::event_type.eq(event_type.as_str()),
                                        webhook_subscriptions::weight
                                            .eq(event_type.weight().number()),
                                    ))
                                    .on_conflict_do_nothing(),
                            );
                        }
                    }
                    match self.0.transact(act).await.map_err(WebhookStoreError::new)? {
                        // No statement is required to change a row.
                        Ok(()) | Err(()) => Ok(()),
                    }
                }

                /// Claims one by one, each by one conditional update, so exactly one of concurrent
                /// callers changes a row.
                async fn claim(
                    &self,
                    endpoint: &EndpointName,
                    lease: Lease,
                    now: OffsetDateTime,
                    limit: usize,
                ) -> Result<Vec<Claimed>, WebhookStoreError> {
                    let due = self.due(endpoint, now, limit).await;
                    let mut taken = 0;
                    for (event, name) in due.map_err(WebhookStoreError::new)? {
                        let delivery = (endpoint.as_str().to_owned(), event, name);
                        let take = diesel::update(webhook_deliveries::table.find(delivery))
                            .filter(webhook_deliveries::state.eq(WAITING))
                            .filter(webhook_deliveries::due_at.le(values::moment(now)))
                            .set((
                                webhook_deliveries::lease.eq(values::id(lease.token)),
                                webhook_deliveries::due_at.eq(values::moment(lease.until)),
                                webhook_deliveries::tries.eq(webhook_deliveries::tries + 1),
                            ));
                        taken += self.0.execute(take).await.map_err(WebhookStoreError::new)?;
                    }
                    match taken {
                        0 => Ok(Vec::new()),
                        _ => {
                            let claimed = self.claimed(endpoint, lease.token).await;
                            claimed.map_err(WebhookStoreError::new)
                        }
                    }
                }

                async fn settle(
                    &self,
                    id: &DeliveryId,
                    token: Uuid,
                    result: &Settled,
                ) -> Result<bool, WebhookStoreError> {
                    let (state, ended_at, due_at, note) = settled_parts(result);
                    let delivery = (
                        id.endpoint.as_str().to_owned(),
                        values::id(id.event.as_uuid()),
                        id.event_type.as_str(),
                    );
                    let settle = diesel::update(webhook_deliveries::table.find(delivery))
                        .filter(webhook_deliveries::state.eq(WAITING))
                        .filter(webhook_deliveries::lease.eq(values::id(token)))
                        .set((
                            webhook_deliveries::state.eq(state),
                            webhook_deliveries::lease.eq(None::<values::Id>),
                            webhook_deliveries::ended_at.eq(ended_at.map(values::moment)),
                            webhook_deliveries::due_at.eq(values::moment(due_at)),
                            webhook_deliveries::note.eq(note),
                        ));
                    let settled = self.0.execute(settle).await;
                    settled.map(|count| count > 0).map_err(WebhookStoreError::new)
                }

                async fn disable(
                    &self,
                    endpoint: &EndpointName,
                    at: OffsetDateTime,
                ) -> Result<bool, WebhookStoreError> {
                    let done = self.0.transact(set_disabled(endpoint, Some(at))).await;
                    done.map(|done| done.is_ok()).map_err(WebhookStoreError::new)
                }

                async fn enable(&self, endpoint: &EndpointName) -> Result<bool, WebhookStoreError> {
                    let done = self.0.transact(set_disabled(endpoint, None)).await;
                    done.map(|done| done.is_ok()).map_err(WebhookStoreError::new)
                }

                async fn set_backlog(
                    &self,
                    endpoint: &EndpointName,
                    backlog: Backlog,
                ) -> Result<(), WebhookStoreError> {
                    let endpoint = webhook_endpoints::table.find(endpoint.as_str().to_owned());
                    let query = diesel::update(endpoint)
                        .filter(webhook_endpoints::backlog.ne(backlog.number()))
                        .set(webhook_endpoints::backlog.eq(backlog.number()));
                    self.0.execute(query).await.map(drop).map_err(WebhookStoreError::new)
                }

                async fn ended(&self) -> Result<Vec<EndedDeliveries>, WebhookStoreError> {
                    let counts = self.ended_counts().await.map_err(WebhookStoreError::new)?;
                    ended(counts).map_err(WebhookStoreError::new)
                }

                async fn overview(&self) -> Result<Vec<EndpointState>, WebhookStoreError> {
                    let query = webhook_endpoints::table
                        .order(webhook_endpoints::name.asc())
                        .select(webhook_endpoints::all_columns);
                    let rows = self.0.load(query).await.map_err(WebhookStoreError::new)?;
                    let waiting = self.waiting().await.map_err(WebhookStoreError::new)?;
                    let endpoints: Result<_, Failure> = rows
                        .into_iter()
                        .map(|row: (String, Option<values::StoredMoment>, i16)| {
                            let (name, disabled_at, number) = row;
                            let disabled_at = disabled_at.map(values::from_moment).transpose()?;
                            Ok(endpoint_state(name, disabled_at, backlog(number)?, &waiting))
                        })
                        .collect();
                    endpoints.map_err(WebhookStoreError::new)
                }

                async fn recent(
                    &self,
                    endpoint: &EndpointName,
                    state: Option<DeliveryState>,
                    limit: u32,
                ) -> Result<Vec<DeliveryRecord>, WebhookStoreError> {
                    let mut query = webhook_deliveries::table
                        .filter(webhook_deliveries::endpoint.eq(endpoint.as_str().to_owned()))
                        .order((
                            webhook_deliveries::event.desc(),
                            webhook_deliveries::event_type.desc(),
                        ))
                        .limit(limit.into())
                        .select((
                            webhook_deliveries::event,
                            webhook_deliveries::event_type,
                            webhook_deliveries::event_at,
                            webhook_deliveries::state,
                            webhook_deliveries::tries,
                            webhook_deliveries::due_at,
                            webhook_deliveries::ended_at,
                            webhook_deliveries::note,
                        ))
                        .into_boxed();
                    if let Some(state) = state {
                        query = query.filter(webhook_deliveries::state.eq(state.number()));
                    }
                    let reading: BoxFuture<'_, Result<Vec<Row>, Failure>> =
                        self.0.load(query).boxed();
                    let rows = reading.await.map_err(WebhookStoreError::new)?;
                    let records: Result<_, _> =
                        rows.into_iter().map(|row| record(endpoint, row)).collect();
                    records.map_err(WebhookStoreError::new)
                }

                async fn queue(
                    &self,
                    deliveries: &[(DeliveryId, OffsetDateTime)],
                    now: OffsetDateTime,
                ) -> Result<(), WebhookStoreError> {
                    let now = values::moment(now);
                    for batch in deliveries.chunks(QUEUE_BATCH) {
                        let mut act = Act::<Backend, ()>::new();
                        for (id, event_at) in batch {
                            act = act.then(
                                diesel::insert_into(webhook_deliveries::table)
                                    .values((
                                        webhook_deliveries::endpoint
                                            .eq(id.endpoint.as_str().to_owned()),
                                        webhook_deliveries::event
                                            .eq(values::id(id.event.as_uuid())),
                                        webhook_deliveries::event_type.eq(id.event_type.as_str()),
                                        webhook_deliveries::event_at.eq(values::moment(*event_at)),
                                        webhook_deliveries::due_at.eq(now),
                                    ))
                                    .on_conflict((
                                        webhook_deliveries::endpoint,
                                        webhook_deliveries::event,
                                        webhook_deliveries::event_type,
                                    ))
                                    .do_update()
                                    .set((
                                        webhook_deliveries::state.eq(WAITING),
                                        webhook_deliveries::tries.eq(0),
                                        webhook_deliveries::due_at.eq(now),
                                        webhook_deliveries::lease.eq(None::<values::Id>),
                                        webhook_deliveries::ended_at
                                            .eq(None::<values::StoredMoment>),
                                        webhook_deliveries::note.eq(None::<String>),
                                    )),
                            );
                        }
                        match self.0.transact(act).await.map_err(WebhookStoreError::new)? {
                            Ok(()) | Err(()) => {}
                        }
                    }
                    Ok(())
                }

                async fn purge(
                    &self,
                    ended_before: OffsetDateTime,
                    due_before: OffsetDateTime,
                ) -> Result<u64, WebhookStoreError> {
                    let ended = self.purge_ended(ended_before).await;
                    let waiting = self.purge_waiting(due_before).await;
                    let purged = ended.and_then(|ended| Ok(ended + waiting?));
                    purged.map_err(WebhookStoreError::new)
                }
            }
        };
    };
}

webhook_store!(PostgresWebhookStore, postgres);
webhook_store!(SqliteWebhookStore, sqlite);
