//! Queries of the store of webhooks that are parts of its methods, written once and expanded for each
//! database.

/// Expands to functions, where `values`, rows and tables are those of one database.
macro_rules! queries {
    ($store:ident) => {
        /// Columns of a [`DeliveryRecord`], without its endpoint.
        type Row = (
            values::Id,
            String,
            values::StoredMoment,
            i16,
            i32,
            values::StoredMoment,
            Option<values::StoredMoment>,
            Option<String>,
        );

        fn record(endpoint: &EndpointName, row: Row) -> Result<DeliveryRecord, Failure> {
            let (event, name, event_at, number, count, due_at, ended_at, note) = row;
            Ok(DeliveryRecord {
                id: delivery_id(endpoint, event, &name)?,
                state: state(number)?,
                tries: tries(count)?,
                event_at: values::from_moment(event_at)?,
                due_at: values::from_moment(due_at)?,
                ended_at: ended_at.map(values::from_moment).transpose()?,
                note,
            })
        }

        fn delivery_id(
            endpoint: &EndpointName,
            event: values::Id,
            name: &str,
        ) -> Result<DeliveryId, Failure> {
            Ok(DeliveryId {
                endpoint: endpoint.clone(),
                event: EventId::from_uuid(values::from_id(event)?),
                event_type: event_type(name)?,
            })
        }

        fn set_disabled(endpoint: &EndpointName, at: Option<OffsetDateTime>) -> Act<Backend, ()> {
            let of_endpoint =
                diesel::update(webhook_endpoints::table.find(endpoint.as_str().to_owned()));
            match at {
                Some(at) => Act::new().require(
                    of_endpoint
                        .filter(webhook_endpoints::disabled_at.is_null())
                        .set(webhook_endpoints::disabled_at.eq(values::moment(at))),
                    (),
                ),
                None => Act::new().require(
                    of_endpoint
                        .filter(webhook_endpoints::disabled_at.is_not_null())
                        .set(webhook_endpoints::disabled_at.eq(None::<values::StoredMoment>)),
                    (),
                ),
            }
        }

        impl $store {
            /// Ids of deliveries that are due.
            async fn due(
                &self,
                endpoint: &EndpointName,
                now: OffsetDateTime,
                limit: usize,
            ) -> Result<Vec<(values::Id, String)>, Failure> {
                let of_endpoint = webhook_endpoints::name.eq(webhook_deliveries::endpoint);
                let query = webhook_deliveries::table
                    .inner_join(webhook_endpoints::table.on(of_endpoint))
                    .filter(webhook_endpoints::disabled_at.is_null())
                    .filter(webhook_deliveries::endpoint.eq(endpoint.as_str().to_owned()))
                    .filter(webhook_deliveries::state.eq(WAITING))
                    .filter(webhook_deliveries::due_at.le(values::moment(now)))
                    .order(webhook_deliveries::due_at.asc())
                    .limit(i64::try_from(limit).unwrap_or(i64::MAX))
                    .select((webhook_deliveries::event, webhook_deliveries::event_type));
                // Boxed, because otherwise the compiler does not see that the future is `Send`.
                let reading: BoxFuture<'_, Result<Vec<(values::Id, String)>, Failure>> =
                    self.0.load(query).boxed();
                reading.await
            }

            /// What was claimed under `lease`.
            async fn claimed(
                &self,
                endpoint: &EndpointName,
                lease: Uuid,
            ) -> Result<Vec<Claimed>, Failure> {
                let of_delivery = audit_events::id.eq(webhook_deliveries::event);
                let query = webhook_deliveries::table
                    .inner_join(audit_events::table.on(of_delivery))
                    .filter(webhook_deliveries::endpoint.eq(endpoint.as_str().to_owned()))
                    .filter(webhook_deliveries::state.eq(WAITING))
                    .filter(webhook_deliveries::lease.eq(values::id(lease)))
                    .order(audit_events::id.asc())
                    .select((
                        webhook_deliveries::event_type,
                        webhook_deliveries::tries,
                        EventRow::as_select(),
                    ));
                let reading: BoxFuture<'_, Result<Vec<(String, i32, EventRow)>, Failure>> =
                    self.0.load(query).boxed();
                let rows = reading.await?.into_iter().map(|(name, count, row)| {
                    let event = AccountEvent::try_from(row)?;
                    let event_type = event_type(&name)?;
                    let id = DeliveryId { endpoint: endpoint.clone(), event: event.id, event_type };
                    Ok(Claimed { id, event, tries: tries(count)? })
                });
                rows.collect()
            }

            /// Numbers of what waits for each endpoint, and the time of the oldest event. The partial
            /// index leads to them.
            async fn waiting(&self) -> Result<Vec<Waiting>, Failure> {
                type Row = (String, i64, Option<values::StoredMoment>);
                let query = webhook_deliveries::table
                    .filter(webhook_deliveries::state.eq(WAITING))
                    .group_by(webhook_deliveries::endpoint)
                    .select((
                        webhook_deliveries::endpoint,
                        count_star(),
                        diesel::dsl::min(webhook_deliveries::event_at),
                    ));
                let reading: BoxFuture<'_, Result<Vec<Row>, Failure>> = self.0.load(query).boxed();
                let rows = reading.await?.into_iter().map(|(endpoint, count, oldest)| {
                    let oldest = oldest.map(values::from_moment).transpose()?;
                    Ok(Waiting { endpoint, count: count.unsigned_abs(), oldest })
                });
                rows.collect()
            }

            /// Numbers of what ended, by endpoint and state.
            async fn ended_counts(&self) -> Result<Vec<(String, i16, i64)>, Failure> {
                let query = webhook_deliveries::table
                    .filter(webhook_deliveries::state.ne(WAITING))
                    .group_by((webhook_deliveries::endpoint, webhook_deliveries::state))
                    .order(webhook_deliveries::endpoint.asc())
                    .select((
                        webhook_deliveries::endpoint,
                        webhook_deliveries::state,
                        count_star(),
                    ));
                let reading: BoxFuture<'_, Result<Vec<(String, i16, i64)>, Failure>> =
                    self.0.load(query).boxed();
                reading.await
            }

            /// Deletes deliveries that ended before `before`.
            async fn purge_ended(&self, before: OffsetDateTime) -> Result<u64, Failure> {
                let before = values::moment(before);
                let old = diesel::alias!(webhook_deliveries as old);
                let mut purged = 0;
                loop {
                    let batch = old
                        .filter(old.field(webhook_deliveries::state).ne(WAITING))
                        .filter(old.field(webhook_deliveries::ended_at).lt(before))
                        .select(old.field(webhook_deliveries::event))
                        .limit(PURGE_BATCH);
                    // Compared again, because the other deliveries of the event may be younger.
                    let query = diesel::delete(webhook_deliveries::table)
                        .filter(webhook_deliveries::event.eq_any(batch))
                        .filter(webhook_deliveries::state.ne(WAITING))
                        .filter(webhook_deliveries::ended_at.lt(before));
                    match self.0.execute(query).await? {
                        0 => return Ok(purged),
                        count => purged += count as u64,
                    }
                }
            }

            /// Deletes deliveries that were due before `before` and wait: their endpoint is disabled, or
            /// not in the settings any more.
            async fn purge_waiting(&self, before: OffsetDateTime) -> Result<u64, Failure> {
                let query = diesel::delete(webhook_deliveries::table)
                    .filter(webhook_deliveries::state.eq(WAITING))
                    .filter(webhook_deliveries::due_at.lt(values::moment(before)));
                Ok(self.0.execute(query).await? as u64)
            }
        }
    };
}

pub(super) use queries;
