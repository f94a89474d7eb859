use std::time::Duration;

/// Policy of a [`Router`](crate::Router).
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct RouterPolicy {
    /// Time limit for a message over all gateways; 5 s by default.
    pub deadline: Duration,
    /// Time limit for one attempt; 5 s by default. While other gateways are left, an attempt ends
    /// earlier: after several times the gateway's own usual latency, and so that each of the others
    /// has time for an answer.
    ///
    /// A gateway can read the limit of a call (feature `limit`), and give up in time to tell that
    /// nothing was sent. For one that does not, a timeout leaves the outcome unknown.
    pub attempt_timeout: Duration,
    /// Maximum number of times that a message in doubt is repeated at the same gateway, if that
    /// cannot send it twice, within the gateway's share of the time; 12 by default.
    pub resends: u32,
    /// Maximum number of times that a gateway is tried again that certainly did not send; 3 by
    /// default.
    pub rounds: u32,
    /// Pause before a gateway is called again, doubled the first two times and then drawn from its
    /// upper half; 50 ms by default. It is four times as long if the gateway accepted no message
    /// meanwhile.
    ///
    /// The number of such calls is limited besides: to two for a message if the gateway accepts
    /// nothing meanwhile, and for all messages to twenty and a tenth of their number, and one more for
    /// each message that the gateway accepts.
    pub backoff: Duration,
    /// Decision about a message that stays in doubt.
    pub in_doubt: InDoubt,
    /// Whether a slow call is joined by others with the same idempotency key, if that cannot send
    /// the message twice: each time that longer passed than three of four answers of this gateway
    /// take, and at most three at once; on by default.
    pub hedge: bool,
    /// Share of messages that are routed at random and not by delivery rates, so that the
    /// statistics stay current: from 0 to 1, 0.03 by default.
    pub explore: f64,
    /// Policy for pausing a gateway.
    pub breaker: BreakerPolicy,
}

impl Default for RouterPolicy {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(5),
            attempt_timeout: Duration::from_secs(5),
            resends: 12,
            rounds: 3,
            backoff: Duration::from_millis(50),
            in_doubt: InDoubt::default(),
            hedge: true,
            explore: 0.03,
            breaker: BreakerPolicy::default(),
        }
    }
}

/// Decision about a message if neither a repetition nor a query showed whether the gateway has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InDoubt {
    /// Send it through another gateway, with the same code. It arrives, perhaps twice, and either
    /// copy works.
    #[default]
    PreferDelivery,
    /// Stop. It arrives once or not at all, and the user is informed that it may still arrive.
    PreferSingle,
}

/// Policy for pausing a gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct BreakerPolicy {
    /// Number of consecutive messages that failed before a pause; 5 by default.
    pub failures: u32,
    /// Pause after those failures, doubled up to eightfold while the next attempt fails as well; 5
    /// s by default. Before a message would fail the gateway is still tried, by one message per
    /// second.
    pub pause: Duration,
    /// Pause of what a gateway [refused](crate::Scope): the account, a template or a region; 60 s by
    /// default. Other messages go on. Before a message would fail the refused part is still tried,
    /// by one message per second.
    pub config_pause: Duration,
    /// Longest pause of a throttled gateway that names a later moment, such as the end of the
    /// month; 5 minutes by default. After it one message tests whether the limit still holds.
    /// Before a message would fail the gateway is tried too, by one message per second.
    pub throttled_pause: Duration,
}

impl Default for BreakerPolicy {
    fn default() -> Self {
        Self {
            failures: 5,
            pause: Duration::from_secs(5),
            config_pause: Duration::from_mins(1),
            throttled_pause: Duration::from_mins(5),
        }
    }
}
