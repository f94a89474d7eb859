//! Statements about attempts that are parts of an act, written once and expanded for each database.

/// Expands to `begun` and `ended`, where `Backend`, `outbox_attempts` and `values` are those of one
/// database.
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
