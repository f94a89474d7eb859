use std::{collections::BTreeMap, sync::Arc, time::Duration};

use passport_user::{AccountEvent, EventFilter, EventId, Journal};
use time::OffsetDateTime;

use crate::{Clock, Unavailable};

/// Events that are read at once.
const PAGE: u32 = 500;
/// Age of the events that are read again in each round. Most events are written within it.
const SHORT: Duration = Duration::from_secs(15);
/// Age of the events that are read again every half minute, and longest time until an event is written.
const LONG: Duration = Duration::from_mins(5);
/// Pause between two rounds that read as far back as [`LONG`].
const LONG_EVERY: Duration = Duration::from_secs(30);

/// Events as they are written, each one once.
///
/// An event has the time, and so the id, at which its operation began, and is written when the
/// operation ends: later events may be written before it, also by other nodes. A cursor behind the
/// newest event would pass over it. Each round therefore reads the last seconds again, sometimes the
/// last minutes, and leaves out the events that it has given. An event that is written more than five
/// minutes after its time is not seen.
#[derive(Debug)]
pub struct AuditFollow {
    journal: Arc<dyn Journal>,
    filter: EventFilter,
    clock: Arc<dyn Clock>,
    /// Events from this time on are wanted.
    from: OffsetDateTime,
    /// Time of the last round, and of the last one that read far back.
    last: Option<(OffsetDateTime, OffsetDateTime)>,
    /// Events that were given, with their times.
    seen: BTreeMap<EventId, OffsetDateTime>,
}

impl AuditFollow {
    pub(crate) fn new(
        journal: Arc<dyn Journal>,
        filter: EventFilter,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let from = filter.since.unwrap_or_else(|| clock.now());
        Self { journal, filter, clock, from, last: None, seen: BTreeMap::new() }
    }

    /// The events that were written since the last round, oldest first. Call it about once a second.
    ///
    /// After an error the next round gives what this one would have given.
    ///
    /// # Errors
    ///
    /// If the journal could not answer.
    pub async fn next(&mut self) -> Result<Vec<AccountEvent>, Unavailable> {
        let now = self.clock.now().truncate_to_microsecond();
        let (since, far) = match self.last {
            None => (self.from, now),
            Some((_, far)) if now - far >= LONG_EVERY => (far - LONG, now),
            Some((last, far)) => (last - SHORT, far),
        };
        let since = since.max(self.from);
        let filter = EventFilter { since: Some(since), ..self.filter.clone() };
        let mut new: Vec<AccountEvent> = Vec::new();
        let mut before = None;
        loop {
            let page = self.journal.read(&filter, before, PAGE).await?;
            let is_last = page.len() < PAGE as usize;
            before = page.last().map(|event| event.id);
            new.extend(page.into_iter().filter(|event| !self.seen.contains_key(&event.id)));
            if is_last {
                break;
            }
        }
        new.reverse();
        self.last = Some((now, far));
        self.seen.extend(new.iter().map(|event| (event.id, event.at)));
        // Nothing older is read again: the next long round begins at most `LONG` before this one.
        let oldest = far - LONG;
        self.seen.retain(|_, at| *at >= oldest);
        Ok(new)
    }
}
