use std::time::Duration;

const BUCKETS: usize = 40;
const SHORTEST: f64 = 0.002;
const GROWTH: f64 = 1.25;
/// Decay per answer: about the last twenty answers count.
const DECAY: f64 = 0.95;
/// Minimum weight of the answers, which five have.
const ENOUGH: f64 = 4.5;
/// Number of slow answers for which a call is waited for.
const PATIENCE: u32 = 6;
const MOST_DOUBLINGS: u32 = 4;

/// Latency of a gateway: a histogram of 40 buckets from 2 ms to about 12 s, each a quarter wider
/// than the one before, in which old answers lose weight.
#[derive(Debug, Clone)]
pub(super) struct Latency {
    answers: [f64; BUCKETS],
    /// Number of calls that were given up since the last usual answer.
    given_up: u32,
}

impl Default for Latency {
    fn default() -> Self {
        Self { answers: [0.0; BUCKETS], given_up: 0 }
    }
}

impl Latency {
    /// Records an answer.
    pub(super) fn record(&mut self, took: Duration) {
        if self.usual().is_none_or(|usual| took <= usual) {
            self.given_up = 0;
        }
        for count in &mut self.answers {
            *count *= DECAY;
        }
        let bucket = (0..BUCKETS).find(|&bucket| took <= limit(bucket)).unwrap_or(BUCKETS - 1);
        self.answers[bucket] += 1.0;
    }

    /// Records a call that was given up. If the gateway has become slow, such calls never tell how
    /// slow, so the next one is waited for twice as long.
    pub(super) fn give_up(&mut self) {
        self.given_up = (self.given_up + 1).min(MOST_DOUBLINGS);
    }

    /// Time of a slow answer: nine of ten take less. None without enough answers.
    pub(super) fn slow(&self) -> Option<Duration> {
        self.quantile(0.9)
    }

    /// Time after which another call may join one that is unusually slow.
    pub(super) fn hedge_after(&self) -> Option<Duration> {
        Some(self.usual()? * 2_u32.pow(self.given_up))
    }

    /// Time after which a call is given up for another gateway. None without enough answers.
    pub(super) fn patience(&self, shortest: Duration) -> Option<Duration> {
        Some((self.slow()? * PATIENCE).max(shortest) * 2_u32.pow(self.given_up))
    }

    /// Time within which three of four answers come, with some allowance.
    fn usual(&self) -> Option<Duration> {
        Some(self.quantile(0.75)?.mul_f64(GROWTH))
    }

    fn quantile(&self, share: f64) -> Option<Duration> {
        let total: f64 = self.answers.iter().sum();
        if total < ENOUGH {
            return None;
        }
        let mut seen = 0.0;
        (0..BUCKETS).find_map(|bucket| {
            seen += self.answers[bucket];
            (seen >= share * total).then(|| limit(bucket))
        })
    }
}

/// The longest time in a bucket.
fn limit(bucket: usize) -> Duration {
    let exponent = i32::try_from(bucket).unwrap_or(i32::MAX);
    Duration::from_secs_f64(SHORTEST * GROWTH.powi(exponent))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORTEST_PATIENCE: Duration = Duration::from_millis(600);

    fn milliseconds(duration: Option<Duration>) -> u128 {
        duration.unwrap().as_millis()
    }

    #[test]
    fn slow_is_where_the_slowest_tenth_begins() {
        let mut latency = Latency::default();
        for round in 0..200 {
            assert_eq!(latency.slow().is_some(), round >= 5, "round {round}");
            latency.record(Duration::from_millis(if round % 20 == 0 { 700 } else { 50 }));
        }
        assert!((50..=65).contains(&milliseconds(latency.slow())), "one in twenty is slow");
        for _ in 0..3 {
            latency.record(Duration::from_millis(700));
        }
        assert!((700..=900).contains(&milliseconds(latency.slow())), "three of the last twenty");
        for _ in 0..40 {
            latency.record(Duration::from_millis(50));
        }
        assert!((50..=65).contains(&milliseconds(latency.slow())), "old answers lose weight");
        latency.record(Duration::from_hours(1));
    }

    #[test]
    fn s11_a_gateway_that_became_slow_is_heard_out_after_two_calls() {
        let mut latency = Latency::default();
        for _ in 0..100 {
            latency.record(Duration::from_millis(100));
        }
        let patience = |it: &Latency| it.patience(SHORTEST_PATIENCE).unwrap();
        assert!(patience(&latency) < Duration::from_secs(1), "{:?}", patience(&latency));
        let mut given_up = 0;
        for _ in 0..100 {
            if patience(&latency) < Duration::from_secs(2) {
                latency.give_up();
                given_up += 1;
            } else {
                latency.record(Duration::from_secs(2));
            }
        }
        assert_eq!(given_up, 2);
        for _ in 0..60 {
            latency.record(Duration::from_millis(100));
        }
        assert!(patience(&latency) < Duration::from_secs(1), "{:?}", patience(&latency));
    }
}
