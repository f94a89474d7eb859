//! The messages of a filled table: one attempt each, over the last 29 days, as the outbox keeps them.

use uuid::{Builder, Uuid};

use crate::people::hash_of;

/// Days that the messages are spread over. The service deletes those that are older than 30.
const DAYS: u64 = 29;

/// An hour in milliseconds.
const HOUR: u64 = 3_600_000;

/// Lifetime of a code in milliseconds.
const LIFETIME: u64 = 300_000;

/// One message in so many was never settled, because a process ended.
const UNSETTLED: usize = 1_000;

/// Message `n`, which was sent in the past. Times are milliseconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Message {
    n: usize,
    pub(crate) began_at: u64,
}

impl Message {
    /// Message `n` of `count`, of which the last was sent an hour before `filled_at`.
    pub(crate) fn new(n: usize, count: usize, filled_at: u64) -> Self {
        let span = DAYS * 24 * HOUR;
        let age = span - span * n as u64 / count.max(1) as u64;
        Self { n, began_at: filled_at - HOUR - age }
    }

    pub(crate) fn expires_at(self) -> u64 {
        self.began_at + LIFETIME
    }

    /// As `MessageId::of` of passport-auth makes it: the time at which the code expires in milliseconds, and
    /// bytes that look random.
    pub(crate) fn id(self) -> Uuid {
        let mut bytes: [u8; 16] = hash_of("message", self.n);
        bytes[..6].copy_from_slice(&self.expires_at().to_be_bytes()[2..]);
        Builder::from_custom_bytes(bytes).into_uuid()
    }

    pub(crate) fn lease(self) -> Uuid {
        Builder::from_random_bytes(hash_of("lease", self.n)).into_uuid()
    }

    pub(crate) fn settled_at(self) -> Option<u64> {
        self.is_settled().then_some(self.began_at + 300)
    }

    /// Status of the attempt.
    pub(crate) fn standing(self) -> &'static str {
        if self.is_settled() { "accepted" } else { "in-doubt" }
    }

    pub(crate) fn provider_id(self) -> Option<String> {
        let id = || Builder::from_random_bytes(hash_of("provider", self.n)).into_uuid();
        self.is_settled().then(|| id().to_string())
    }

    /// 0: no receipt, 3: delivered.
    pub(crate) fn delivery(self) -> u8 {
        if self.is_delivered() { 3 } else { 0 }
    }

    pub(crate) fn is_redeemed(self) -> bool {
        self.is_delivered() && self.n % 10 != 2
    }

    /// Id of the event that records the message: version 7.
    pub(crate) fn event_id(self) -> Uuid {
        Builder::from_unix_timestamp_millis(self.began_at, &hash_of("event", self.n)).into_uuid()
    }

    fn is_settled(self) -> bool {
        !self.n.is_multiple_of(UNSETTLED)
    }

    fn is_delivered(self) -> bool {
        self.is_settled() && self.n % 20 != 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_796_000_000_000;

    #[test]
    fn later_messages_have_greater_ids() {
        let ids: Vec<_> = (0..1_000).map(|n| Message::new(n, 1_000, NOW).id()).collect();
        assert!(ids.is_sorted());
    }

    #[test]
    fn messages_lie_in_the_last_thirty_days_and_are_over() {
        for n in [0, 1, 500, 999] {
            let message = Message::new(n, 1_000, NOW);
            assert!(message.began_at > NOW - 30 * 24 * HOUR, "{message:?}");
            assert!(message.expires_at() < NOW, "{message:?}");
        }
    }

    #[test]
    fn an_id_begins_with_the_end_of_its_code() {
        let message = Message::new(3, 10, NOW);
        let mut start = [0; 8];
        start[2..].copy_from_slice(&message.id().as_bytes()[..6]);
        assert_eq!(u64::from_be_bytes(start), message.expires_at());
    }

    #[test]
    fn most_messages_are_settled_and_a_few_are_not() {
        let settled = (0..10_000).filter(|&n| Message::new(n, 10_000, NOW).settled_at().is_some());
        assert_eq!(settled.count(), 9_990);
    }
}
