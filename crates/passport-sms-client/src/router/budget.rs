use std::time::Duration;

use tokio::time::Instant;

/// Largest number of saved extra calls.
const MOST: f64 = 20.0;
/// Extra calls that a message adds.
const PER_MESSAGE: f64 = 0.1;
/// Extra calls that an accepted message adds.
const PER_ACCEPTED: f64 = 1.0;
/// Number of calls of one message at a gateway that accepts nothing meanwhile.
const MOST_UNANSWERED: u32 = 3;
/// Time before a call in which an accepted message counts as meanwhile.
const JUST_BEFORE: Duration = Duration::from_secs(1);

/// Budget of a gateway for extra calls: all calls of a message after its first one, queries included.
///
/// A bucket of tokens, as in the retry throttling of gRPC (gRFC A6). A gateway that accepts nothing
/// gets twenty extra calls and then one for ten messages, so that retries do not keep it down. A gateway
/// that loses some calls earns one for each message that it accepts.
#[derive(Debug)]
pub(super) struct Budget {
    tokens: f64,
    last_accepted: Option<Instant>,
}

/// Calls of one message at one gateway.
#[derive(Debug)]
pub(super) struct Calls {
    made: u32,
    since: Instant,
    /// Whether the breaker has counted a failure of this message.
    pub(super) is_failure_counted: bool,
}

impl Default for Budget {
    fn default() -> Self {
        Self { tokens: MOST, last_accepted: None }
    }
}

impl Default for Calls {
    fn default() -> Self {
        Self { made: 0, since: Instant::now(), is_failure_counted: false }
    }
}

impl Calls {
    /// Whether the gateway was not called yet for this message.
    pub(super) fn is_empty(&self) -> bool {
        self.made == 0
    }
}

impl Budget {
    /// Counts the first call of a message.
    pub(super) fn begin(&mut self, calls: &mut Calls, now: Instant) {
        (calls.made, calls.since) = (1, now);
        self.add(PER_MESSAGE);
    }

    /// Counts an accepted message.
    pub(super) fn accepted(&mut self, now: Instant) {
        self.last_accepted = Some(now);
        self.add(PER_ACCEPTED);
    }

    /// Whether the gateway accepted any message just before `now`, or since the first of these calls.
    pub(super) fn has_accepted(&self, calls: &Calls, now: Instant) -> bool {
        self.last_accepted.is_some_and(|last| last >= calls.since || now - last <= JUST_BEFORE)
    }

    /// Counts one more call of a message, if there is one left.
    pub(super) fn take(&mut self, calls: &mut Calls, now: Instant) -> bool {
        let is_within = calls.made < MOST_UNANSWERED || self.has_accepted(calls, now);
        let is_allowed = is_within && self.tokens >= 1.0;
        if is_allowed {
            calls.made += 1;
            self.tokens -= 1.0;
        }
        is_allowed
    }

    fn add(&mut self, tokens: f64) {
        self.tokens = (self.tokens + tokens).min(MOST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Number of calls of one message that repeats itself as long as it may.
    fn send(budget: &mut Budget, now: Instant) -> u32 {
        let mut calls = Calls::default();
        budget.begin(&mut calls, now);
        while budget.take(&mut calls, now) {}
        calls.made
    }

    #[tokio::test]
    async fn s2_a_gateway_that_accepts_nothing_gets_a_tenth_more() {
        let (mut budget, now) = (Budget::default(), Instant::now());
        let calls: Vec<_> = (0..300).map(|_| send(&mut budget, now)).collect();
        assert_eq!(calls[0], MOST_UNANSWERED, "one message is bounded by itself");
        assert!(calls.iter().sum::<u32>() <= 350, "{}", calls.iter().sum::<u32>());
    }

    #[tokio::test]
    async fn s2_a_gateway_that_accepts_others_may_be_called_again() {
        let (mut budget, now) = (Budget::default(), Instant::now());
        let mut calls = Calls::default();
        budget.begin(&mut calls, now);
        let extra = [(); 3].map(|()| budget.take(&mut calls, now));
        assert_eq!(extra, [true, true, false]);
        budget.accepted(now);
        assert!(budget.take(&mut calls, now), "it works for others");
        for _ in 0..1_000 {
            budget.accepted(now);
        }
        let mut more = 0;
        while budget.take(&mut calls, now) {
            more += 1;
        }
        assert_eq!(more, 20, "savings are bounded");
    }
}
