//! Queries about account events, written once and expanded for each database.

use async_trait::async_trait;
use diesel::{
    dsl::SqlTypeOf,
    prelude::*,
    query_builder::{AstPass, QueryFragment},
};
use futures::{FutureExt, future::BoxFuture};
use passport_user::{AccountEvent, EventFilter, EventId, Journal, JournalError};
use time::OffsetDateTime;

use self::rows::{SIZES, new_events};
use crate::{act::Act, failure::Failure};

mod rows;
pub(crate) mod stored;

/// Number of events that a purge deletes at once. Other writes get their turn between two batches.
const PURGE_BATCH: i64 = 1_000;

macro_rules! journal {
    ($journal:ident, $backend:ident) => {
        #[derive(Debug)]
        pub(crate) struct $journal(pub(crate) crate::$backend::Pool);

        const _: () = {
            use crate::$backend::{Backend, EventRow, schema::audit_events, values};

            new_events! {
                id, at, kind, outcome, rule, actor_kind, actor, subject, phone, phone_tag, address,
                session, request_id, detail, reason,
            }

            impl<Refusal> Act<Backend, Refusal> {
                /// Adds `event` to the journal, unless it is there.
                pub(crate) fn record(self, event: &AccountEvent) -> Self {
                    self.then(
                        diesel::insert_into(audit_events::table)
                            .values(EventRow::from(event))
                            .on_conflict(audit_events::id)
                            .do_nothing(),
                    )
                }
            }

            #[async_trait]
            impl Journal for $journal {
                async fn record(&self, events: &[AccountEvent]) -> Result<(), JournalError> {
                    let (mut act, mut rest) = (Act::<Backend, ()>::new(), events);
                    for size in SIZES {
                        let whole = rest.chunks_exact(size);
                        rest = whole.remainder();
                        act = whole.fold(act, |act, some| {
                            act.then(NewEvents(some.iter().map(EventRow::from).collect()))
                        });
                    }
                    match self.0.transact(act).await.map_err(JournalError::new)? {
                        // No statement is required to change a row.
                        Ok(()) | Err(()) => Ok(()),
                    }
                }

                async fn read(
                    &self,
                    filter: &EventFilter,
                    before: Option<EventId>,
                    limit: u32,
                ) -> Result<Vec<AccountEvent>, JournalError> {
                    let mut query = audit_events::table
                        .order(audit_events::id.desc())
                        .limit(limit.into())
                        .select(EventRow::as_select())
                        .into_boxed();
                    if let Some(subject) = filter.subject {
                        let subject = values::id(subject.as_uuid());
                        query = query.filter(audit_events::subject.eq(subject));
                    }
                    match filter.phone_tags.as_slice() {
                        [] => {}
                        // With `eq_any` PostgreSQL would sort what the index has in order.
                        [tag] => query = query.filter(audit_events::phone_tag.eq(tag.to_vec())),
                        tags => {
                            let tags = tags.iter().map(|tag| tag.to_vec());
                            query = query.filter(audit_events::phone_tag.eq_any(tags));
                        }
                    }
                    if let Some(kind) = filter.kind {
                        query = query.filter(audit_events::kind.eq(kind.as_str()));
                    }
                    if let Some(since) = filter.since {
                        // The order is that of the ids: without a bound of theirs SQLite reads all.
                        let least = values::id(EventId::earliest(since).as_uuid());
                        query = query
                            .filter(audit_events::at.ge(values::moment(since)))
                            .filter(audit_events::id.ge(least));
                    }
                    if let Some(until) = filter.until {
                        let end = values::id(EventId::after_all_before(until).as_uuid());
                        query = query
                            .filter(audit_events::at.lt(values::moment(until)))
                            .filter(audit_events::id.lt(end));
                    }
                    if let Some(before) = before {
                        query = query.filter(audit_events::id.lt(values::id(before.as_uuid())));
                    }
                    // Boxed, because otherwise the compiler does not see that the future is `Send`.
                    let reading: BoxFuture<'_, Result<Vec<EventRow>, Failure>> =
                        self.0.load(query).boxed();
                    let rows = reading.await.map_err(JournalError::new)?;
                    let events: Result<_, _> =
                        rows.into_iter().map(AccountEvent::try_from).collect();
                    events.map_err(JournalError::new)
                }

                /// A trigger refuses to delete events of the last 30 days.
                async fn purge(&self, before: OffsetDateTime) -> Result<u64, JournalError> {
                    let end = values::id(EventId::after_all_before(before).as_uuid());
                    let before = values::moment(before);
                    let old = diesel::alias!(audit_events as old);
                    let mut purged = 0;
                    loop {
                        let batch = old
                            .filter(old.field(audit_events::id).lt(end.clone()))
                            .filter(old.field(audit_events::at).lt(before))
                            .select(old.field(audit_events::id))
                            .limit(PURGE_BATCH);
                        let query = diesel::delete(audit_events::table)
                            .filter(audit_events::id.eq_any(batch));
                        match self.0.execute(query).await.map_err(JournalError::new)? {
                            0 => return Ok(purged),
                            count => purged += count as u64,
                        }
                    }
                }
            }
        };
    };
}

journal!(PostgresJournal, postgres);
journal!(SqliteJournal, sqlite);
