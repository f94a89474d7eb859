use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use passport_user::UserId;
use time::OffsetDateTime;

use crate::ClientAddress;

/// Most refusals of one source in a minute that are recorded.
const PER_SOURCE: u32 = 30;
/// Most refusals of all sources in a minute that are recorded, and so most sources that are counted.
const IN_ALL: u32 = 3_000;

/// Cause of refusals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum RefusalSource {
    /// A client that is not signed in.
    Client(ClientAddress),
    /// A signed-in user.
    User(UserId),
}

/// Bounds the refusals in the journal, because an attacker could fill it with them.
#[derive(Debug, Default)]
pub(crate) struct RefusalMeter(Mutex<Minute>);

#[derive(Debug, Default)]
struct Minute {
    number: i64,
    in_all: u32,
    sources: HashMap<RefusalSource, u32>,
}

impl RefusalMeter {
    /// Counts a refusal of `source` at `now`; returns whether it may be recorded.
    pub(crate) fn has_room(&self, source: RefusalSource, now: OffsetDateTime) -> bool {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = now.unix_timestamp().div_euclid(60);
        if minute.number != number {
            *minute = Minute { number, ..Minute::default() };
        }
        if minute.in_all >= IN_ALL {
            return false;
        }
        let count = minute.sources.entry(source).or_default();
        if *count >= PER_SOURCE {
            return false;
        }
        *count += 1;
        minute.in_all += 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use time::{Duration, macros::datetime};

    use super::*;

    #[test]
    fn refusals_are_bounded_by_source_and_in_all() {
        let (meter, now) = (RefusalMeter::default(), datetime!(2026-11-29 12:00 UTC));
        let recorded = |source, at| (0..100).filter(|_| meter.has_room(source, at)).count();
        let client = |last| RefusalSource::Client(IpAddr::from([198, 51, 100, last]).into());
        let user = RefusalSource::User(UserId::from_uuid(uuid::Uuid::from_u128(1)));
        assert_eq!(recorded(client(255), now), 30);
        assert_eq!(recorded(client(254), now), 30, "another client has its own");
        assert_eq!(recorded(user, now), 30, "and so has a user");
        let all: usize = (0..200).map(|n| recorded(client(n), now)).sum();
        assert_eq!(all, 3_000 - 90);
        assert_eq!(recorded(client(255), now + Duration::MINUTE), 30);
    }
}
