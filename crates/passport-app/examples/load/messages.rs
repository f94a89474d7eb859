//! The messages of a filled table: one attempt each, over the last 30 days, as the outbox keeps them.

use uuid::{Builder, Uuid};

use crate::people::hash_of;

/// Days that the messages are spread over. The service deletes older ones.
const DAYS: u64 = 29;

/// Lifetime of a code in milliseconds.
const LIFETIME: u64 = 300_000;

/// One message in so many was never settled, because a process ended; its number was deleted later.
const UNSETTLED: usize = 1_000;

/// A message that was sent in the past. Times are milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) id: Uuid,
    pub(crate) lease: Uuid,
    pub(crate) began_at: u64,
    pub(crate) expires_at: u64,
    pub(crate) settled_at: Option<u64>,
    pub(crate) standing: &'static str,
    pub(crate) provider_id: Option<Uuid>,
    /// 0: no receipt, 3: delivered.
    pub(crate) delivery: i16,
    pub(crate) is_redeemed: bool,
}

impl Message {
    /// Message `n` of `count`, of which the last was sent an hour before `filled_at`.
    ///
    /// The id is as `MessageId::of` of passport-auth makes it: the time at which the code expires in
    /// milliseconds, and bytes that look random.
    pub(crate) fn new(n: usize, count: usize, filled_at: u64) -> Self {
        let span = DAYS * 24 * 3_600_000 - 3_600_000;
        let age = span - span * n as u64 / count.max(1) as u64;
        let began_at = filled_at - 3_600_000 - age;
        let expires_at = began_at + LIFETIME;
        let mut bytes: [u8; 16] = hash_of("message", n);
        bytes[..6].copy_from_slice(&expires_at.to_be_bytes()[2..]);
        let is_settled = n % UNSETTLED != 0;
        let is_delivered = is_settled && n % 20 != 1;
        Self {
            id: Builder::from_custom_bytes(bytes).into_uuid(),
            lease: Builder::from_random_bytes(hash_of("lease", n)).into_uuid(),
            began_at,
            expires_at,
            settled_at: is_settled.then_some(began_at + 300),
            standing: if is_settled { "accepted" } else { "in-doubt" },
            provider_id: is_settled
                .then(|| Builder::from_random_bytes(hash_of("provider", n)).into_uuid()),
            delivery: if is_delivered { 3 } else { 0 },
            is_redeemed: is_delivered && n % 10 != 2,
        }
    }

    /// Id of the event that records the message: version 7.
    pub(crate) fn event_id(&self, n: usize) -> Uuid {
        Builder::from_unix_timestamp_millis(self.began_at, &hash_of("event", n)).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_796_000_000_000;

    #[test]
    fn later_messages_have_greater_ids() {
        let ids: Vec<_> = (0..1_000).map(|n| Message::new(n, 1_000, NOW).id).collect();
        assert!(ids.is_sorted());
    }

    #[test]
    fn messages_lie_in_the_last_thirty_days_and_are_over() {
        for n in [0, 1, 500, 999] {
            let message = Message::new(n, 1_000, NOW);
            assert!(message.began_at > NOW - 30 * 24 * 3_600_000, "{message:?}");
            assert!(message.expires_at < NOW, "{message:?}");
        }
    }

    #[test]
    fn an_id_begins_with_the_end_of_its_code() {
        let message = Message::new(3, 10, NOW);
        let mut start = [0; 8];
        start[2..].copy_from_slice(&message.id.as_bytes()[..6]);
        assert_eq!(u64::from_be_bytes(start), message.expires_at);
    }

    #[test]
    fn most_messages_are_settled_and_a_few_are_not() {
        let settled = (0..10_000).filter(|&n| Message::new(n, 10_000, NOW).settled_at.is_some());
        assert_eq!(settled.count(), 9_990);
    }
}
