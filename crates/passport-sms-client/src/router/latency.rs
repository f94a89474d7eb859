use std::time::Duration;

const BUCKETS: usize = 40;
const SHORTEST: f64 = 0.002;
const GROWTH: f64 = 1.25;
/// Decay per answer: about the last hundred answers count.
const DECAY: f64 = 0.99;
/// Minimum number of answers for a 95th percentile.
const ENOUGH: f64 = 20.0;

/// Latency of a gateway: a histogram of 40 buckets from 2 ms to about 12 s, each a quarter wider
/// than the one before, in which old answers lose weight.
#[derive(Debug, Clone)]
pub(super) struct Latency([f64; BUCKETS]);

impl Default for Latency {
    fn default() -> Self {
        Self([0.0; BUCKETS])
    }
}

impl Latency {
    pub(super) fn record(&mut self, took: Duration) {
        for count in &mut self.0 {
            *count *= DECAY;
        }
        let bucket = (0..BUCKETS).find(|&bucket| took <= limit(bucket)).unwrap_or(BUCKETS - 1);
        self.0[bucket] += 1.0;
    }

    /// The 95th percentile, once there are enough answers.
    pub(super) fn p95(&self) -> Option<Duration> {
        let total: f64 = self.0.iter().sum();
        if total < ENOUGH {
            return None;
        }
        let mut seen = 0.0;
        (0..BUCKETS).find_map(|bucket| {
            seen += self.0[bucket];
            (seen >= 0.95 * total).then(|| limit(bucket))
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

    #[test]
    fn p95_is_where_the_slowest_twentieth_begins() {
        let mut latency = Latency::default();
        for round in 0..200 {
            latency.record(Duration::from_millis(if round % 10 == 0 { 700 } else { 50 }));
            assert_eq!(latency.p95().is_some(), round >= 22, "round {round}");
        }
        assert!(latency.p95().unwrap() >= Duration::from_millis(700), "one answer in ten is slow");
        for _ in 0..400 {
            latency.record(Duration::from_millis(50));
        }
        let p95 = latency.p95().unwrap();
        assert!((50..=65).contains(&p95.as_millis()), "{p95:?}: old answers lose weight");
        latency.record(Duration::from_hours(1));
    }
}
