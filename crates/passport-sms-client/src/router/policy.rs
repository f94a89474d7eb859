use std::time::Duration;

/// How a [`Router`](crate::Router) goes about a message.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct RouterPolicy {
    /// How long a message may take in all, over every gateway; 3 s unless told otherwise.
    pub deadline: Duration,
    /// How long one try may take at most; 1 s unless told otherwise. With several gateways left a
    /// try gets no more than its share of the time that is left, so that one gateway does not eat
    /// all of it.
    ///
    /// A gateway's own limits should be shorter: it can tell that nothing left, where the router
    /// can only say that it did not wait. Where calls are [joined](Self::hedge), that is so for a
    /// connection that takes a quarter of the gateway's share of the time, and not for a longer one.
    pub attempt_timeout: Duration,
    /// How often a message whose fate is unknown is given to the same gateway again, where that
    /// cannot make two of it, as long as its share of the time lasts; 6 unless told otherwise.
    pub resends: u32,
    /// How often at most a gateway is tried anew that certainly did not send; 3 unless told
    /// otherwise.
    pub rounds: u32,
    /// The pause before a gateway is tried again, doubled the first two times and then drawn from
    /// the upper half of it; 50 ms unless told otherwise.
    pub backoff: Duration,
    /// What to do when the fate of a message stays unknown.
    pub in_doubt: InDoubt,
    /// Whether a slow try is joined by others with the same key, where that cannot make two
    /// messages: after the gateway's own 95th percentile, or a sixth of its share of the time if
    /// that is less, and never more than three at once; on unless told otherwise.
    pub hedge: bool,
    /// The share of messages that go to a gateway by lot and not by what converts, so that a
    /// gateway which became better is noticed: from 0 to 1, 0.03 unless told otherwise.
    pub explore: f64,
    /// When a gateway is left alone.
    pub breaker: BreakerPolicy,
}

impl Default for RouterPolicy {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(3),
            attempt_timeout: Duration::from_secs(1),
            resends: 6,
            rounds: 3,
            backoff: Duration::from_millis(50),
            in_doubt: InDoubt::default(),
            hedge: true,
            explore: 0.03,
            breaker: BreakerPolicy::default(),
        }
    }
}

/// What to do when neither the same key again nor a question settled whether a gateway has a
/// message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InDoubt {
    /// Send it through another gateway, with the same code: it surely arrives, perhaps twice, and
    /// either copy is good.
    #[default]
    PreferDelivery,
    /// Stop: it arrives once or not at all, and the person is told that it may still come.
    PreferSingle,
}

/// When a gateway is left alone, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct BreakerPolicy {
    /// After so many failures in a row; 5 unless told otherwise.
    pub failures: u32,
    /// For how long after those; doubled, up to eightfold, when the try after it fails as well. 5 s
    /// unless told otherwise. It is still tried before a message is given up.
    pub rest: Duration,
    /// For how long after an answer that says that the account, the template or the clock is
    /// wrong; 60 s unless told otherwise. It is not tried before.
    pub config_rest: Duration,
    /// For how long at most when it turns messages away and names a later moment, as for the rest of
    /// a month; 5 minutes unless told otherwise. Then one message sees whether that still holds.
    /// Before a message is given up it is tried all the same, by one message a second.
    pub throttled_rest: Duration,
}

impl Default for BreakerPolicy {
    fn default() -> Self {
        Self {
            failures: 5,
            rest: Duration::from_secs(5),
            config_rest: Duration::from_mins(1),
            throttled_rest: Duration::from_mins(5),
        }
    }
}
