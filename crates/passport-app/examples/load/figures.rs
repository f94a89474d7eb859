//! What a run of a row gives, and the median of several.

use std::time::Duration;

use crate::{outcome::Outcome, process::Busiest};

/// What one run measured.
#[derive(Debug, Clone, Default)]
pub(crate) struct Measured {
    pub(crate) requests: usize,
    pub(crate) failed: usize,
    /// The first reply that was not a good one.
    pub(crate) refusal: Option<String>,
    pub(crate) time: Duration,
    /// In ascending order.
    pub(crate) latencies: Vec<Duration>,
    /// Processor time of the server.
    pub(crate) server: Duration,
    pub(crate) busiest: Busiest,
    /// Processor time of the stores that are known processes of their own.
    pub(crate) stores: Option<Duration>,
    /// Processor time of the load, without that in which it polled for nothing.
    pub(crate) load: Duration,
}

impl Measured {
    /// Requests per second.
    pub(crate) fn rate(&self) -> f64 {
        per(count(self.requests), self.time)
    }

    /// An error if more than `percent` of the replies were not good ones.
    pub(crate) fn with_at_most(self, percent: usize) -> Outcome<Self> {
        if self.failed * 100 <= self.requests * percent {
            return Ok(self);
        }
        let (failed, all, refusal) = (self.failed, self.requests, self.refusal.unwrap_or_default());
        Err(format!("{failed} of {all} requests were refused, the first with {refusal}").into())
    }

    /// A percentile of the latencies.
    pub(crate) fn percentile(&self, percent: usize) -> Option<Duration> {
        let last = self.latencies.len().checked_sub(1)?;
        self.latencies.get((self.latencies.len() * percent / 100).min(last)).copied()
    }

    /// Adds what another part of the same run measured.
    pub(crate) fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.failed += other.failed;
        self.refusal = self.refusal.take().or(other.refusal);
        self.time += other.time;
        self.latencies.extend(other.latencies);
        self.latencies.sort_unstable();
        self.server += other.server;
        if other.busiest.time > self.busiest.time {
            self.busiest = other.busiest;
        }
        self.stores = add(self.stores, other.stores);
        self.load += other.load;
    }
}

/// One run of a row, and the limits that were measured right before it.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) measured: Measured,
    pub(crate) shares: Vec<Share>,
}

/// What a run is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    /// A limit of the machine.
    Machine(&'static str),
    /// Another rate of the service.
    Service(&'static str),
}

impl Of {
    pub(crate) fn name(self) -> &'static str {
        let (Self::Machine(name) | Self::Service(name)) = self;
        name
    }
}

/// The limit `of`, as a rate, and what the run reached of it.
#[derive(Debug, Clone)]
pub(crate) struct Share {
    pub(crate) of: Of,
    pub(crate) limit: f64,
    pub(crate) reached: f64,
}

/// The medians of several runs of a row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Summary {
    pub(crate) runs: usize,
    pub(crate) rate: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
    pub(crate) p50: Option<f64>,
    pub(crate) p99: Option<f64>,
    /// Milliseconds of processor time a request: server, and stores.
    pub(crate) server_cpu: f64,
    pub(crate) stores_cpu: Option<f64>,
    /// Cores that were busy on average: server, stores, load.
    pub(crate) cores: [f64; 3],
    /// The busiest thread of the server, and the share of its time that it was busy.
    pub(crate) busiest: (String, f64),
    /// All runs together.
    pub(crate) requests: usize,
    pub(crate) failed: usize,
    /// For each limit what it is, the limit, and the share that was reached.
    pub(crate) shares: Vec<(Of, f64, f64)>,
}

impl Summary {
    /// `None` if there was no run.
    pub(crate) fn of(runs: &[Run]) -> Option<Self> {
        let first = runs.first()?;
        let over = |figure: fn(&Measured) -> f64| -> Vec<f64> {
            runs.iter().map(|run| figure(&run.measured)).collect()
        };
        let rates = over(Measured::rate);
        let percentile = |percent| {
            let of_run = |run: &Run| run.measured.percentile(percent).map(milliseconds);
            let all: Option<Vec<f64>> = runs.iter().map(of_run).collect();
            all.map(median)
        };
        let shares = first.shares.iter().enumerate().map(|(place, share)| {
            let at = |figure: fn(&Share) -> f64| {
                median(runs.iter().filter_map(|run| run.shares.get(place)).map(figure).collect())
            };
            (share.of, at(|it| it.limit), at(|it| it.reached))
        });
        Some(Self {
            runs: runs.len(),
            least: rates.iter().copied().fold(f64::INFINITY, f64::min),
            most: rates.iter().copied().fold(0.0, f64::max),
            rate: median(rates),
            p50: percentile(50),
            p99: percentile(99),
            server_cpu: median(over(|it| each(it.server, it.requests))),
            stores_cpu: runs
                .iter()
                .map(|Run { measured, .. }| Some(each(measured.stores?, measured.requests)))
                .collect::<Option<Vec<_>>>()
                .map(median),
            cores: [
                median(over(|it| ratio(it.server, it.time))),
                median(over(|it| ratio(it.stores.unwrap_or_default(), it.time))),
                median(over(|it| ratio(it.load, it.time))),
            ],
            busiest: (
                first.measured.busiest.name.clone(),
                median(over(|it| ratio(it.busiest.time, it.time))),
            ),
            requests: runs.iter().map(|run| run.measured.requests).sum(),
            failed: runs.iter().map(|run| run.measured.failed).sum(),
            shares: shares.collect(),
        })
    }
}

/// The middle one, or the mean of the two in the middle; 0 of none.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    let middle = figures.len() / 2;
    match figures.len() {
        0 => 0.0,
        length if length % 2 == 0 => f64::midpoint(figures[middle - 1], figures[middle]),
        _ => figures[middle],
    }
}

pub(crate) fn milliseconds(time: Duration) -> f64 {
    1e3 * time.as_secs_f64()
}

/// As a float; what is counted here is far below the whole numbers that a float holds.
pub(crate) fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// How many a second; 0 for no time.
pub(crate) fn per(number: f64, time: Duration) -> f64 {
    if time.is_zero() { 0.0 } else { number / time.as_secs_f64() }
}

fn each(time: Duration, requests: usize) -> f64 {
    milliseconds(time) / count(requests.max(1))
}

fn add(one: Option<Duration>, other: Option<Duration>) -> Option<Duration> {
    one.into_iter().chain(other).reduce(|one, other| one + other)
}

fn ratio(part: Duration, whole: Duration) -> f64 {
    per(part.as_secs_f64(), whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(requests: usize, limit: f64) -> Run {
        let measured = Measured {
            requests,
            time: Duration::from_secs(2),
            latencies: (1..=100).map(Duration::from_millis).collect(),
            server: Duration::from_secs(1),
            ..Measured::default()
        };
        let reached = measured.rate() / limit;
        Run { measured, shares: vec![Share { of: Of::Machine("bare"), limit, reached }] }
    }

    #[test]
    fn a_percentile_is_one_of_the_latencies() {
        let measured = run(100, 1.0).measured;
        assert_eq!(measured.percentile(50), Some(Duration::from_millis(51)));
        assert_eq!(measured.percentile(99), Some(Duration::from_millis(100)));
        assert_eq!(measured.percentile(100), Some(Duration::from_millis(100)));
        assert_eq!(Measured::default().percentile(99), None);
    }

    #[test]
    fn the_median_is_the_middle() {
        assert!((median(vec![3.0, 1.0, 2.0]) - 2.0).abs() < 1e-9);
        assert!((median(vec![4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-9);
        assert!(median(Vec::new()).abs() < 1e-9);
    }

    #[test]
    fn a_summary_has_the_median_run_and_the_extremes() {
        let runs = [run(100, 100.0), run(300, 100.0), run(200, 400.0)];
        let summary = Summary::of(&runs).unwrap();
        assert_eq!((summary.runs, summary.requests), (3, 600));
        assert!((summary.rate - 100.0).abs() < 1e-9);
        assert!((summary.least - 50.0).abs() < 1e-9 && (summary.most - 150.0).abs() < 1e-9);
        assert!((summary.server_cpu - 5.0).abs() < 1e-9, "{summary:?}");
        assert!((summary.cores[0] - 0.5).abs() < 1e-9);
    }

    #[test]
    fn a_share_is_the_median_of_the_shares_of_the_runs() {
        let runs = [run(100, 100.0), run(300, 100.0), run(200, 400.0)];
        let (of, limit, reached) = Summary::of(&runs).unwrap().shares[0];
        assert_eq!(of, Of::Machine("bare"));
        assert!((limit - 100.0).abs() < 1e-9 && (reached - 0.5).abs() < 1e-9);
    }

    #[test]
    fn no_runs_have_no_summary() {
        assert_eq!(Summary::of(&[]), None);
    }

    #[test]
    fn parts_of_a_run_add_up() {
        let mut measured = run(100, 1.0).measured;
        measured.add(run(200, 1.0).measured);
        assert_eq!((measured.requests, measured.latencies.len()), (300, 200));
        assert!(measured.latencies.is_sorted());
        assert_eq!(measured.time, Duration::from_secs(4));
    }
}
