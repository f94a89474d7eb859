//! Statements about attempts that are parts of an act, written once and expanded for each database.

/// Expands to functions that return statements, where `Backend`, `values` and the tables are those of
/// one database.
macro_rules! attempts {
    () => {
        /// Begins the first attempt for a message that is inserted in the same act.
        fn begun(
            id: Uuid,
            token: Uuid,
            gateway: &str,
            now: OffsetDateTime,
        ) -> impl QueryFragment<Backend> + QueryId + Send + use<> {
            diesel::insert_into(outbox_attempts::table)
                .values(diesel::select((
                    values::id(id).into_sql::<values::SqlId>(),
                    gateway.to_owned().into_sql::<diesel::sql_types::Text>(),
                    values::id(token).into_sql::<values::SqlId>(),
                    values::moment(now).into_sql::<values::Moment>(),
                    IN_DOUBT.into_sql::<diesel::sql_types::Text>(),
                )))
                .into_columns((
                    outbox_attempts::message,
                    outbox_attempts::gateway,
                    outbox_attempts::lease,
                    outbox_attempts::began_at,
                    outbox_attempts::standing,
                ))
        }

        /// Begins an attempt for an open message that is held under the lease `token`, or begins it
        /// again if the gateway may be tried again.
        fn begun_under_lease(
            id: Uuid,
            token: Uuid,
            gateway: &str,
            now: OffsetDateTime,
        ) -> impl QueryFragment<Backend> + QueryId + Send + use<> {
            let held = outbox_messages::table
                .filter(outbox_messages::id.eq(values::id(id)))
                .filter(outbox_messages::lease.eq(values::id(token)))
                .filter(outbox_messages::settled_at.is_null());
            let attempt = diesel::insert_into(outbox_attempts::table)
                .values(held.select((
                    outbox_messages::id,
                    gateway.to_owned().into_sql::<diesel::sql_types::Text>(),
                    outbox_messages::lease,
                    values::moment(now).into_sql::<values::Moment>(),
                    IN_DOUBT.into_sql::<diesel::sql_types::Text>(),
                )))
                .into_columns((
                    outbox_attempts::message,
                    outbox_attempts::gateway,
                    outbox_attempts::lease,
                    outbox_attempts::began_at,
                    outbox_attempts::standing,
                ))
                .on_conflict((outbox_attempts::message, outbox_attempts::gateway))
                .do_update()
                .set((
                    outbox_attempts::lease.eq(values::id(token)),
                    outbox_attempts::standing.eq(IN_DOUBT),
                ));
            let may_be_tried = outbox_attempts::standing.eq_any(MAY_BE_TRIED);
            methods::FilterDsl::filter(attempt, may_be_tried)
        }

        /// Ends the attempt, if it began under the lease `token`.
        fn ended(
            id: Uuid,
            token: Uuid,
            end: End<'_>,
        ) -> impl QueryFragment<Backend> + QueryId + Send + use<> {
            diesel::update(outbox_attempts::table)
                .filter(outbox_attempts::message.eq(values::id(id)))
                .filter(outbox_attempts::gateway.eq(end.gateway.to_owned()))
                .filter(outbox_attempts::lease.eq(values::id(token)))
                .set((
                    outbox_attempts::standing.eq(end.status.as_str()),
                    outbox_attempts::provider_id.eq(end.provider_id.map(str::to_owned)),
                ))
        }
    };
}

pub(super) use attempts;
