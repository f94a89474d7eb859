use std::time::Duration;

use tokio::time::Instant;

use crate::router::policy::BreakerPolicy;

const MOST_DOUBLINGS: u32 = 3;
/// Minimum interval between messages that try a paused gateway, or a paused part of it.
pub(super) const BETWEEN_TRIALS: Duration = Duration::from_secs(1);

/// Circuit breaker of a gateway: pauses it after failures.
///
/// After the pause one message tries the gateway (half-open). The next pause begins with that
/// attempt, so that an attempt that never ends blocks nothing, and no second message tries at the
/// same time.
#[derive(Debug)]
pub(super) struct Breaker {
    policy: BreakerPolicy,
    failures: u32,
    pause: Option<Pause>,
}

#[derive(Debug, Clone, Copy)]
struct Pause {
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
    /// Closed, or the pause is over.
    Ready,
    /// Open after several failures. Before a message would fail, it [may
    /// try](Breaker::take_trial).
    Paused,
    /// Throttled by the gateway until that moment. Before a message would fail, it may try.
    Throttled(Instant),
    /// Open because the account, or what the message needs, was refused. Before a message would
    /// fail, it may try.
    Refused,
}

impl Breaker {
    pub(super) fn new(policy: BreakerPolicy) -> Self {
        Self { policy, failures: 0, pause: None }
    }

    pub(super) fn state(&self, now: Instant) -> BreakerState {
        match self.pause {
            Some(pause) if now < pause.until => match pause.reason {
                Reason::Failures => BreakerState::Paused,
                Reason::Throttled => BreakerState::Throttled(pause.until),
                Reason::Config => BreakerState::Refused,
            },
            Some(_) | None => BreakerState::Ready,
        }
    }

    /// Like [`state`](Self::state), for a message that is sent if the gateway is `Ready`.
    pub(super) fn enter(&mut self, now: Instant) -> BreakerState {
        let state = self.state(now);
        if state == BreakerState::Ready
            && let Some(pause) = &mut self.pause
        {
            pause.until = now + length(self.policy, *pause);
        }
        state
    }

    /// Moment at which a message that would otherwise fail may try a paused gateway, because it may
    /// work again; the trial is taken if that is `now`. The rate of one message per second limits
    /// the load.
    pub(super) fn take_trial(&mut self, now: Instant) -> Option<Instant> {
        let pause = self.pause.as_mut().filter(|pause| now < pause.until)?;
        let trial_at = pause.trial_at.max(now);
        if trial_at == now {
            pause.trial_at = now + BETWEEN_TRIALS;
        }
        Some(trial_at)
    }

    /// Records an answer of a working gateway.
    pub(super) fn succeeded(&mut self) {
        (self.failures, self.pause) = (0, None);
    }

    /// Records a missing answer, or one that reports a failure.
    pub(super) fn failed(&mut self, now: Instant) {
        self.failures = self.failures.saturating_add(1);
        if self.failures < self.policy.failures {
            return;
        }
        let doublings = match self.pause {
            Some(Pause { reason: Reason::Failures, doublings, .. }) => {
                (doublings + 1).min(MOST_DOUBLINGS)
            }
            _ => 0,
        };
        self.begin(Reason::Failures, doublings, now);
    }

    /// Records that the configuration is wrong; returns whether that is new.
    pub(super) fn misconfigured(&mut self, now: Instant) -> bool {
        let is_news = self.pause.is_none_or(|pause| pause.reason != Reason::Config);
        self.begin(Reason::Config, 0, now);
        is_news
    }

    /// Records that the gateway asked for a pause until `until`. Distant moments are shortened,
    /// because they may be wrong, and a limit may be raised before.
    pub(super) fn throttled(&mut self, until: Instant, now: Instant) {
        let until = until.min(now + self.policy.throttled_pause);
        // The gateway named a time, so it is not tried at once.
        let trial_at = now + BETWEEN_TRIALS;
        self.pause = Some(Pause { reason: Reason::Throttled, until, trial_at, doublings: 0 });
    }

    fn begin(&mut self, reason: Reason, doublings: u32, now: Instant) {
        // A trial that was taken counts although its failure begins another pause.
        let trial_at = self.pause.map_or(now, |pause| pause.trial_at.max(now));
        let mut pause = Pause { reason, until: now, trial_at, doublings };
        pause.until = now + length(self.policy, pause);
        self.pause = Some(pause);
    }
}

fn length(policy: BreakerPolicy, pause: Pause) -> Duration {
    match pause.reason {
        Reason::Failures => policy.pause * 2_u32.pow(pause.doublings),
        Reason::Config => policy.config_pause,
        // The gateway did not state the next pause, so it is tried after a moment.
        Reason::Throttled => BETWEEN_TRIALS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: BreakerPolicy = BreakerPolicy {
        failures: 3,
        pause: Duration::from_secs(5),
        config_pause: Duration::from_mins(1),
        throttled_pause: Duration::from_mins(5),
    };

    fn after(now: Instant, seconds: u64) -> Instant {
        now + Duration::from_secs(seconds)
    }

    #[tokio::test]
    async fn the_breaker_opens_after_consecutive_failures_and_lets_one_message_try() {
        let (mut breaker, now) = (Breaker::new(POLICY), Instant::now());
        breaker.failed(now);
        breaker.failed(now);
        breaker.succeeded();
        breaker.failed(now);
        breaker.failed(now);
        assert_eq!(breaker.enter(now), BreakerState::Ready, "two in a row are not three");
        breaker.failed(now);
        assert_eq!(breaker.enter(after(now, 4)), BreakerState::Paused);
        assert_eq!(
            breaker.enter(after(now, 5)),
            BreakerState::Ready,
            "one message tries the gateway"
        );
        assert_eq!(breaker.enter(after(now, 5)), BreakerState::Paused, "only one message tries");
        breaker.failed(after(now, 6));
        assert_eq!(breaker.enter(after(now, 15)), BreakerState::Paused, "longer than before");
        assert_eq!(breaker.enter(after(now, 16)), BreakerState::Ready);
        breaker.succeeded();
        assert_eq!(breaker.enter(after(now, 16)), BreakerState::Ready);
        assert_eq!(breaker.enter(after(now, 16)), BreakerState::Ready, "closed again");
    }

    #[tokio::test]
    async fn a_wrong_configuration_opens_the_breaker_at_once_and_is_new_once() {
        let (mut breaker, now) = (Breaker::new(POLICY), Instant::now());
        assert!(breaker.misconfigured(now));
        assert_eq!(breaker.enter(after(now, 59)), BreakerState::Refused);
        assert_eq!(breaker.enter(after(now, 60)), BreakerState::Ready);
        assert!(!breaker.misconfigured(after(now, 60)), "the configuration error is not new");
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
            "one message tries the gateway"
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
    async fn s1_one_message_per_second_may_try_a_paused_gateway() {
        let (mut breaker, now) = (Breaker::new(POLICY), Instant::now());
        assert_eq!(breaker.take_trial(now), None, "the gateway is not paused");
        breaker.throttled(after(now, 100), now);
        for (second, at) in [(0, 1), (1, 1), (1, 2), (2, 2), (9, 9), (9, 10)] {
            let trial = breaker.take_trial(after(now, second));
            assert_eq!(trial, Some(after(now, at)), "after {second} s");
        }
        _ = breaker.misconfigured(after(now, 20));
        assert_eq!(breaker.take_trial(after(now, 20)), Some(after(now, 20)), "a trial at once");
        _ = breaker.misconfigured(after(now, 20));
        assert_eq!(breaker.take_trial(after(now, 20)), Some(after(now, 21)), "the next one later");
        assert_eq!(breaker.take_trial(after(now, 80)), None, "the pause is over");
    }
}
