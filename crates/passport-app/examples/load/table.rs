use std::fmt;

use crate::client::Measured;

/// Measured rows.
#[derive(Default)]
pub(crate) struct Table(Vec<Row>);

struct Row {
    name: &'static str,
    measured: Measured,
    limit: Option<(&'static str, f64)>,
}

impl Table {
    pub(crate) fn row(
        &mut self,
        name: &'static str,
        measured: Measured,
        limit: Option<(&'static str, f64)>,
    ) {
        self.0.push(Row { name, measured, limit });
    }

    pub(crate) fn last_rate(&self) -> f64 {
        self.0.last().map_or(0.0, |row| row.measured.rate())
    }
}

impl Measured {
    fn rate(&self) -> f64 {
        f64::from(u32::try_from(self.requests).unwrap_or(u32::MAX)) / self.time.as_secs_f64()
    }

    /// A percentile of the latencies in milliseconds; empty without latencies.
    fn percentile(&self, percent: usize) -> String {
        let at = (self.latencies.len() * percent / 100).min(self.latencies.len().saturating_sub(1));
        let latency = self.latencies.get(at);
        latency.map(|it| format!("{:.2}", 1e3 * it.as_secs_f64())).unwrap_or_default()
    }

    fn cpu_milliseconds(&self) -> f64 {
        let requests = u32::try_from(self.requests.max(1)).unwrap_or(u32::MAX);
        1e3 * self.cpu.as_secs_f64() / f64::from(requests)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| what | req/s | p50 ms | p95 ms | p99 ms | CPU ms a request | failed | share |"
        )?;
        writeln!(f, "|---|---|---|---|---|---|---|---|")?;
        for Row { name, measured, limit } in &self.0 {
            let (rate, failed) = (measured.rate(), measured.failed);
            let [p50, p95, p99] = [50, 95, 99].map(|percent| measured.percentile(percent));
            let cpu = measured.cpu_milliseconds();
            let share = match limit {
                Some((of, limit)) => format!("{:.0} % {of}", 100.0 * rate / limit),
                None => String::new(),
            };
            writeln!(
                f,
                "| {name} | {rate:.1} | {p50} | {p95} | {p99} | {cpu:.3} | {failed} | {share} |"
            )?;
        }
        Ok(())
    }
}
