use std::time::Duration;

use tokio::time::Instant;

use crate::router::policy::BreakerPolicy;

const MOST_DOUBLINGS: u32 = 3;

/// Leaves a gateway alone that fails.
///
/// When its rest is over one message tries it; the rest begins anew at once, so that a try which
/// nobody finishes blocks nothing and no second one goes along.
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
    doublings: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    Failures,
    Config,
    Throttled,
}

/// Whether a gateway can be given a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// It works, as far as is known, or it is time to see whether it does.
    Ready,
    /// It failed several times; before a message is given up, it is tried all the same.
    Resting,
    /// It said that it will not work before then.
    Out(Instant),
}

impl Breaker {
    pub(super) fn new(policy: BreakerPolicy) -> Self {
        Self { policy, failures: 0, rest: None }
    }

    pub(super) fn standing(&self, now: Instant) -> Standing {
        match self.rest {
            Some(rest) if now < rest.until => match rest.reason {
                Reason::Failures => Standing::Resting,
                Reason::Config | Reason::Throttled => Standing::Out(rest.until),
            },
            Some(_) | None => Standing::Ready,
        }
    }

    /// As [`standing`](Self::standing), for one who goes when it is `Ready`.
    pub(super) fn enter(&mut self, now: Instant) -> Standing {
        let standing = self.standing(now);
        if standing == Standing::Ready
            && let Some(rest) = &mut self.rest
        {
            rest.until = now + length(self.policy, *rest);
        }
        standing
    }

    /// It answered as a gateway does that works.
    pub(super) fn succeeded(&mut self) {
        (self.failures, self.rest) = (0, None);
    }

    /// It did not answer, or said that it failed.
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

    /// It said that its configuration is wrong. Answers whether that is news.
    pub(super) fn misconfigured(&mut self, now: Instant) -> bool {
        let is_news = self.rest.is_none_or(|rest| rest.reason != Reason::Config);
        self.begin(Reason::Config, 0, now);
        is_news
    }

    /// It does not want to be asked before then.
    pub(super) fn throttled(&mut self, until: Instant) {
        self.rest = Some(Rest { reason: Reason::Throttled, until, doublings: 0 });
    }

    fn begin(&mut self, reason: Reason, doublings: u32, now: Instant) {
        let mut rest = Rest { reason, until: now, doublings };
        rest.until = now + length(self.policy, rest);
        self.rest = Some(rest);
    }
}

fn length(policy: BreakerPolicy, rest: Rest) -> Duration {
    match rest.reason {
        Reason::Failures => policy.rest * 2_u32.pow(rest.doublings),
        Reason::Config => policy.config_rest,
        // Nobody said how long the next one will be; ask again after a moment.
        Reason::Throttled => Duration::from_secs(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: BreakerPolicy = BreakerPolicy {
        failures: 3,
        rest: Duration::from_secs(5),
        config_rest: Duration::from_mins(1),
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
        assert_eq!(breaker.enter(now), Standing::Ready, "two in a row are not three");
        breaker.failed(now);
        assert_eq!(breaker.enter(after(now, 4)), Standing::Resting);
        assert_eq!(breaker.enter(after(now, 5)), Standing::Ready, "one sees whether it works");
        assert_eq!(breaker.enter(after(now, 5)), Standing::Resting, "and only one");
        breaker.failed(after(now, 6));
        assert_eq!(breaker.enter(after(now, 15)), Standing::Resting, "longer than before");
        assert_eq!(breaker.enter(after(now, 16)), Standing::Ready);
        breaker.succeeded();
        assert_eq!(breaker.enter(after(now, 16)), Standing::Ready);
        assert_eq!(breaker.enter(after(now, 16)), Standing::Ready, "closed again");
    }

    #[tokio::test]
    async fn a_wrong_configuration_opens_it_at_once_and_is_news_once() {
        let (mut breaker, now) = (Breaker::new(POLICY), Instant::now());
        assert!(breaker.misconfigured(now));
        assert_eq!(breaker.enter(after(now, 59)), Standing::Out(after(now, 60)));
        assert_eq!(breaker.enter(after(now, 60)), Standing::Ready);
        assert!(!breaker.misconfigured(after(now, 60)), "said before");
        breaker.succeeded();
        assert!(breaker.misconfigured(after(now, 61)));
    }

    #[tokio::test]
    async fn a_throttled_account_is_asked_when_it_said() {
        let (mut breaker, now) = (Breaker::new(POLICY), Instant::now());
        breaker.throttled(after(now, 9));
        assert_eq!(breaker.standing(after(now, 8)), Standing::Out(after(now, 9)));
        assert_eq!(breaker.standing(after(now, 9)), Standing::Ready);
    }
}
