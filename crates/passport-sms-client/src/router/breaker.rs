use std::time::Duration;

use tokio::time::Instant;

use crate::router::policy::BreakerPolicy;

const MOST_DOUBLINGS: u32 = 3;
/// Distance between messages that try a throttled gateway.
const BETWEEN_TRIALS: Duration = Duration::from_secs(1);

/// Pauses a gateway that fails.
///
/// After the pause one message tries the gateway. The next pause begins with that attempt, so that
/// an attempt that never ends blocks nothing, and no second message tries at the same time.
#[derive(Debug)]
pub(super) struct Breaker {
    policy: BreakerPolicy,
    failures: u32,
    rest: Option<Rest>,
}

#[derive(Debug, Clone, Copy)]
struct Rest {
    reason: Reason,
    until: Instant,
    /// Moment from which a message that would otherwise fail may try the gateway.
    trial_at: Instant,
    doublings: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    Failures,
    Config,
    Throttled,
}

/// Whether a gateway accepts a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum BreakerState {
    /// It works as far as is known, or its pause is over.
    Ready,
    /// It failed several times. It is tried only before a message would fail.
    Resting,
    /// It asked for a pause until that moment. Before a message would fail, one [may
    /// try](Breaker::enter_early).
    Throttled(Instant),
    /// Its configuration is wrong, and it is not tried before that moment.
    Out(Instant),
}

impl Breaker {
    pub(super) fn new(policy: BreakerPolicy) -> Self {
        Self { policy, failures: 0, rest: None }
    }

    pub(super) fn state(&self, now: Instant) -> BreakerState {
        match self.rest {
            Some(rest) if now < rest.until => match rest.reason {
                Reason::Failures => BreakerState::Resting,
                Reason::Throttled => BreakerState::Throttled(rest.until),
                Reason::Config => BreakerState::Out(rest.until),
            },
            Some(_) | None => BreakerState::Ready,
        }
    }

    /// Like [`state`](Self::state), for a message that is sent if the gateway is `Ready`.
    pub(super) fn enter(&mut self, now: Instant) -> BreakerState {
        let state = self.state(now);
        if state == BreakerState::Ready
            && let Some(rest) = &mut self.rest
        {
            rest.until = now + length(self.policy, *rest);
        }
        state
    }

    /// Whether a message that would otherwise fail may try a throttled gateway, because its limit
    /// may have been raised. One message per second may, which limits the load; a refused message
    /// is not sent, so it costs nothing.
    pub(super) fn enter_early(&mut self, now: Instant) -> bool {
        match &mut self.rest {
            Some(rest) if rest.reason == Reason::Throttled && rest.trial_at <= now => {
                rest.trial_at = now + BETWEEN_TRIALS;
                true
            }
            Some(_) | None => false,
        }
    }

    /// Records an answer of a working gateway.
    pub(super) fn succeeded(&mut self) {
        (self.failures, self.rest) = (0, None);
    }

    /// Records a missing answer, or one that reports a failure.
    pub(super) fn failed(&mut self, now: Instant) {
        self.failures = self.failures.saturating_add(1);
        if self.failures < self.policy.failures {
            return;
        }
        let doublings = match self.rest {
            Some(Rest { reason: Reason::Failures, doublings, .. }) => {
                (doublings + 1).min(MOST_DOUBLINGS)
            }
            _ => 0,
        };
        self.begin(Reason::Failures, doublings, now);
    }

    /// Records that the configuration is wrong; returns whether that is new.
    pub(super) fn misconfigured(&mut self, now: Instant) -> bool {
        let is_news = self.rest.is_none_or(|rest| rest.reason != Reason::Config);
        self.begin(Reason::Config, 0, now);
        is_news
    }

    /// Records that the gateway asked for a pause until `until`. Distant moments are shortened,
    /// because they may be wrong, and a limit may be raised before.
    pub(super) fn throttled(&mut self, until: Instant, now: Instant) {
        let until = until.min(now + self.policy.throttled_rest);
        let trial_at = now + BETWEEN_TRIALS;
        self.rest = Some(Rest { reason: Reason::Throttled, until, trial_at, doublings: 0 });
    }

    fn begin(&mut self, reason: Reason, doublings: u32, now: Instant) {
        let mut rest = Rest { reason, until: now, trial_at: now, doublings };
        rest.until = now + length(self.policy, rest);
        self.rest = Some(rest);
    }
}

fn length(policy: BreakerPolicy, rest: Rest) -> Duration {
    match rest.reason {
        Reason::Failures => policy.rest * 2_u32.pow(rest.doublings),
        Reason::Config => policy.config_rest,
        // The gateway did not state the next pause, so it is tried after a moment.
        Reason::Throttled => BETWEEN_TRIALS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: BreakerPolicy = BreakerPolicy {
        failures: 3,
        rest: Duration::from_secs(5),
        config_rest: Duration::from_mins(1),
        throttled_rest: Duration::from_mins(5),
    };

    fn after(now: Instant, seconds: u64) -> Instant {
        now + Duration::from_secs(seconds)
    }

    #[tokio::test]
    async fn opens_after_failures_in_a_row_and_lets_one_try() {
        let (mut breaker, now) = (Breaker::new(POLICY), Instant::now());
        breaker.failed(now);
        breaker.failed(now);
        breaker.succeeded();
        breaker.failed(now);
        breaker.failed(now);
        assert_eq!(breaker.enter(now), BreakerState::Ready, "two in a row are not three");
        breaker.failed(now);
        assert_eq!(breaker.enter(after(now, 4)), BreakerState::Resting);
        assert_eq!(breaker.enter(after(now, 5)), BreakerState::Ready, "one sees whether it works");
        assert_eq!(breaker.enter(after(now, 5)), BreakerState::Resting, "and only one");
        breaker.failed(after(now, 6));
        assert_eq!(breaker.enter(after(now, 15)), BreakerState::Resting, "longer than before");
        assert_eq!(breaker.enter(after(now, 16)), BreakerState::Ready);
        breaker.succeeded();
        assert_eq!(breaker.enter(after(now, 16)), BreakerState::Ready);
        assert_eq!(breaker.enter(after(now, 16)), BreakerState::Ready, "closed again");
    }

    #[tokio::test]
    async fn a_wrong_configuration_opens_it_at_once_and_is_news_once() {
        let (mut breaker, now) = (Breaker::new(POLICY), Instant::now());
        assert!(breaker.misconfigured(now));
        assert_eq!(breaker.enter(after(now, 59)), BreakerState::Out(after(now, 60)));
        assert_eq!(breaker.enter(after(now, 60)), BreakerState::Ready);
        assert!(!breaker.misconfigured(after(now, 60)), "said before");
        breaker.succeeded();
        assert!(breaker.misconfigured(after(now, 61)));
    }

    #[tokio::test]
    async fn a_throttled_account_is_tried_at_the_stated_moment() {
        let (mut breaker, now) = (Breaker::new(POLICY), Instant::now());
        breaker.throttled(after(now, 9), now);
        assert_eq!(breaker.enter(after(now, 8)), BreakerState::Throttled(after(now, 9)));
        assert_eq!(breaker.enter(after(now, 9)), BreakerState::Ready);
        assert_eq!(
            breaker.enter(after(now, 9)),
            BreakerState::Throttled(after(now, 10)),
            "one sees"
        );
        breaker.succeeded();
        assert_eq!(breaker.enter(after(now, 9)), BreakerState::Ready);
    }

    #[tokio::test]
    async fn distant_moments_are_shortened() {
        let (mut breaker, now) = (Breaker::new(POLICY), Instant::now());
        for start in [0, 300] {
            let now = after(now, start);
            assert_eq!(breaker.enter(now), BreakerState::Ready);
            breaker.throttled(after(now, 365 * 24 * 60 * 60), now);
            assert_eq!(breaker.enter(after(now, 299)), BreakerState::Throttled(after(now, 300)));
        }
    }

    #[tokio::test]
    async fn one_message_per_second_may_try_a_throttled_account() {
        let (mut breaker, now) = (Breaker::new(POLICY), Instant::now());
        assert!(!breaker.enter_early(now), "nothing is known against it");
        breaker.throttled(after(now, 100), now);
        for (second, may) in [(0, false), (1, true), (1, false), (2, true), (9, true), (9, false)] {
            assert_eq!(breaker.enter_early(after(now, second)), may, "after {second} s");
        }
        _ = breaker.misconfigured(after(now, 20));
        assert!(!breaker.enter_early(after(now, 30)), "that is not mended by trying");
    }
}
