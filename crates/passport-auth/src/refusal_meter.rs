use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use time::OffsetDateTime;

/// Most refusals of one client in a minute that are recorded.
const PER_CLIENT: u32 = 30;
/// Most refusals of all clients in a minute that are recorded, and so most clients that are counted.
const IN_ALL: u32 = 3_000;

/// Bounds the refusals of anonymous clients in the journal, because an attacker could fill it with
/// them.
#[derive(Debug, Default)]
pub(crate) struct RefusalMeter(Mutex<Minute>);

#[derive(Debug, Default)]
struct Minute {
    number: i64,
    in_all: u32,
    clients: HashMap<String, u32>,
}

impl RefusalMeter {
    /// Counts a refusal of `client` at `now`; returns whether it may be recorded.
    pub(crate) fn has_room(&self, client: &str, now: OffsetDateTime) -> bool {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = now.unix_timestamp().div_euclid(60);
        if minute.number != number {
            *minute = Minute { number, ..Minute::default() };
        }
        if minute.in_all >= IN_ALL {
            return false;
        }
        let count = minute.clients.entry(client.to_owned()).or_default();
        if *count >= PER_CLIENT {
            return false;
        }
        *count += 1;
        minute.in_all += 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use time::{Duration, macros::datetime};

    use super::*;

    #[test]
    fn refusals_are_bounded_by_client_and_in_all() {
        let (meter, now) = (RefusalMeter::default(), datetime!(2026-11-29 12:00 UTC));
        let recorded = |client: &str, at| (0..100).filter(|_| meter.has_room(client, at)).count();
        assert_eq!(recorded("192.0.2.1", now), 30);
        assert_eq!(recorded("192.0.2.2", now), 30, "another client has its own");
        let all: usize = (0..200).map(|n| recorded(&format!("198.51.100.{n}"), now)).sum();
        assert_eq!(all, 3_000 - 60);
        assert_eq!(recorded("192.0.2.1", now + Duration::MINUTE), 30);
    }
}
