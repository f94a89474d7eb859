//! The table as Markdown. Every cell has a figure, or says why it has none.

use std::fmt;

use crate::{
    column::Column,
    figures::{Of, Run, Summary, median},
    row::Row,
};

/// Part of requests that may fail in a row that counts: above it the figures are of something else.
const MAY_FAIL: f64 = 0.01;

/// Cores of the load, which has one thread, above which the server could do more than was asked of it.
const BUSY: f64 = 0.95;

/// The figures of all rows and columns.
pub(crate) struct Table {
    cells: Vec<(Row, [Cell; 2])>,
    facts: Vec<(Fact, [String; 2])>,
    limits: Vec<(&'static str, [Vec<f64>; 2])>,
}

/// A row of one column.
#[derive(Debug, Clone)]
pub(crate) enum Cell {
    Measured {
        runs: Vec<Run>,
        /// What else is to be known of the share.
        note: Option<String>,
    },
    /// Why it was not measured.
    Missing(String),
}

/// A figure that is not a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fact {
    Start,
    Idle,
    Loaded,
    Challenge,
    Picture,
    Filling,
}

impl Fact {
    pub(crate) const ALL: [Self; 6] =
        [Self::Start, Self::Idle, Self::Loaded, Self::Challenge, Self::Picture, Self::Filling];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Start => "start to first answer, existing database",
            Self::Idle => "memory of the server, idle",
            Self::Loaded => "memory after the rows with one worker",
            Self::Challenge => "memory a live challenge, with the count of its client",
            Self::Picture => "memory a live picture of `image_code`, with the count of its client",
            Self::Filling => "time to fill the large tables",
        }
    }
}

impl Table {
    /// A table of `rows` in which nothing is measured, for the reasons that are given.
    pub(crate) fn new(
        rows: impl IntoIterator<Item = Row>,
        reason: impl Fn(Row, Column) -> String,
        fact_reason: impl Fn(Fact, Column) -> String,
    ) -> Self {
        let missing = |row| Column::ALL.map(|column| Cell::Missing(reason(row, column)));
        let unknown =
            |fact| Column::ALL.map(|it| format!("not measured: {}", fact_reason(fact, it)));
        Self {
            cells: rows.into_iter().map(|row| (row, missing(row))).collect(),
            facts: Fact::ALL.map(|fact| (fact, unknown(fact))).into(),
            limits: Vec::new(),
        }
    }

    pub(crate) fn set(&mut self, row: Row, column: Column, cell: Cell) {
        if let Cell::Measured { runs, .. } = &cell {
            for share in runs.iter().flat_map(|run| &run.shares) {
                if let Of::Machine(name) = share.of {
                    self.add_limit(name, column, share.limit);
                }
            }
        }
        if let Some((_, cells)) = self.cells.iter_mut().find(|(other, _)| *other == row) {
            cells[column as usize] = cell;
        }
    }

    pub(crate) fn set_fact(&mut self, fact: Fact, column: Column, figure: String) {
        if let Some((_, figures)) = self.facts.iter_mut().find(|(other, _)| *other == fact) {
            figures[column as usize] = figure;
        }
    }

    pub(crate) fn facts(&self) -> impl Iterator<Item = (Fact, Column, &str)> {
        let facts = self.facts.iter();
        facts
            .flat_map(|(fact, it)| Column::ALL.map(|column| (*fact, column, &*it[column as usize])))
    }

    pub(crate) fn cells(&self) -> impl Iterator<Item = (Row, Column, &Cell)> {
        let cells = self.cells.iter();
        cells.flat_map(|(row, cells)| {
            Column::ALL.map(|column| (*row, column, &cells[column as usize]))
        })
    }

    fn add_limit(&mut self, name: &'static str, column: Column, limit: f64) {
        let place = self.limits.iter().position(|(other, _)| *other == name);
        let place = place.unwrap_or_else(|| {
            self.limits.push((name, [Vec::new(), Vec::new()]));
            self.limits.len() - 1
        });
        self.limits[place].1[column as usize].push(limit);
    }
}

impl Cell {
    /// A measured row, unless too many of its requests failed.
    pub(crate) fn of(runs: Vec<Run>, note: Option<String>) -> Self {
        let Some(summary) = Summary::of(&runs) else {
            return Self::Missing("no run".to_owned());
        };
        let failed = crate::figures::count(summary.failed);
        let part = failed / crate::figures::count(summary.requests.max(1));
        if summary.requests == 0 || part > MAY_FAIL {
            let (failed, all) = (summary.failed, summary.requests);
            return Self::Missing(format!("{failed} of {all} requests failed"));
        }
        Self::Measured { runs, note }
    }

    /// Its four columns: rate, shares, p99, processor time.
    fn columns(&self, column: Column) -> [String; 4] {
        let (runs, note) = match self {
            Self::Measured { runs, note } => (runs, note),
            Self::Missing(reason) => {
                // The rest of a long reason is on standard error.
                let reason = reason.lines().next().unwrap_or_default();
                return [format!("not measured: {reason}"), dash(), dash(), dash()];
            }
        };
        let Some(summary) = Summary::of(runs) else { return [dash(), dash(), dash(), dash()] };
        let shares = summary.shares.iter().map(|(of, _, reached)| share(*reached, of.name()));
        let busy = (summary.cores[2] > BUSY).then(|| "the load was the limit".to_owned());
        let shares: Vec<_> = shares.chain(note.clone()).chain(busy).collect();
        let shares = if shares.is_empty() { dash() } else { shares.join(", ") };
        let p99 = summary.p99.map_or_else(dash, |it| format!("{it:.1}"));
        let server = figure(summary.server_cpu);
        let cpu = match (column, summary.stores_cpu) {
            (_, Some(stores)) => format!("{server} + {}", figure(stores)),
            (Column::Sqlite, None) => server,
            (Column::Servers, None) => format!("{server} + not measured"),
        };
        [rate(summary.rate), shares, p99, cpu]
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [one, other] = Column::ALL.map(Column::name);
        writeln!(
            f,
            "| what | {one}, req/s | of the limit | p99 ms | CPU ms | {other}, req/s | of the limit | p99 ms \
             | CPU ms |"
        )?;
        writeln!(f, "|---|---|---|---|---|---|---|---|---|")?;
        for (row, cells) in &self.cells {
            let [one, other] = Column::ALL.map(|it| cells[it as usize].columns(it).join(" | "));
            writeln!(f, "| {} | {one} | {other} |", row.name())?;
        }
        let [one, other] = Column::ALL.map(Column::name);
        writeln!(f, "\n| limit, a second | {one} | {other} |\n|---|---|---|")?;
        for (name, limits) in &self.limits {
            let of = |limits: &Vec<f64>| {
                let none = "measured in the other column only".to_owned();
                if limits.is_empty() { none } else { rate(median(limits.clone())) }
            };
            writeln!(f, "| {name} | {} | {} |", of(&limits[0]), of(&limits[1]))?;
        }
        writeln!(f, "\n| | {one} | {other} |\n|---|---|---|")?;
        for (fact, figures) in &self.facts {
            let [one, other] = figures;
            writeln!(f, "| {} | {one} | {other} |", fact.name())?;
        }
        Ok(())
    }
}

fn dash() -> String {
    "–".to_owned()
}

/// Three digits, with commas.
fn rate(rate: f64) -> String {
    if rate < 100.0 {
        return format!("{rate:.1}");
    }
    let mut unit = 1.0;
    while rate / unit >= 1_000.0 {
        unit *= 10.0;
    }
    commas(&format!("{:.0}", (rate / unit).round() * unit))
}

pub(crate) fn commas(digits: &str) -> String {
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn figure(milliseconds: f64) -> String {
    match milliseconds {
        it if it < 1.0 => format!("{it:.3}"),
        it if it < 10.0 => format!("{it:.2}"),
        it => format!("{it:.0}"),
    }
}

fn share(reached: f64, of: &str) -> String {
    if reached < 0.1 {
        return format!("{:.1} % of {of}", 100.0 * reached);
    }
    format!("{:.0} % of {of}", 100.0 * reached)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::figures::{Measured, Share};

    fn runs(requests: usize, failed: usize) -> Vec<Run> {
        let measured = Measured {
            requests,
            failed,
            time: Duration::from_secs(1),
            latencies: vec![Duration::from_millis(2); requests],
            server: Duration::from_secs(1),
            ..Measured::default()
        };
        let reached = measured.rate() / 20_000.0;
        vec![Run {
            measured,
            shares: vec![Share { of: Of::Machine("bare"), limit: 20_000.0, reached }],
        }]
    }

    #[test]
    fn no_cell_is_empty() {
        let mut table =
            Table::new(Row::ALL, |_, _| "not asked for".to_owned(), |_, _| "--only".to_owned());
        table.set(Row::WhoAmI, Column::Sqlite, Cell::of(runs(10_000, 0), None));
        let text = table.to_string();
        let rows: Vec<_> = text.lines().filter(|line| line.starts_with("| ")).collect();
        assert!(rows.len() > Row::ALL.len());
        for row in rows.iter().filter(|row| !row.starts_with("| |")) {
            let cells: Vec<_> = row.trim_matches('|').split('|').collect();
            assert!(cells.iter().all(|cell| !cell.trim().is_empty()), "{row}");
        }
    }

    #[test]
    fn a_measured_row_has_rate_share_latency_and_processor_time() {
        let mut table =
            Table::new(Row::ALL, |_, _| "--stores sqlite".to_owned(), |_, _| "--only".to_owned());
        let note = Some("1.9 cores".to_owned());
        table.set(Row::WhoAmI, Column::Sqlite, Cell::of(runs(10_000, 0), note));
        let text = table.to_string();
        let row = "| who am I | 10,000 | 50 % of bare, 1.9 cores | 2.0 | 0.100 | \
                   not measured: --stores sqlite | – | – | – |";
        assert!(text.contains(row), "{text}");
        assert!(text.contains("| bare | 20,000 | measured in the other column only |"), "{text}");
    }

    #[test]
    fn a_row_that_the_load_limits_says_so() {
        let mut runs = runs(10_000, 0);
        runs[0].measured.load = Duration::from_millis(980);
        let [_, shares, ..] = Cell::of(runs, None).columns(Column::Sqlite);
        assert_eq!(shares, "50 % of bare, the load was the limit");
    }

    #[test]
    fn a_row_whose_requests_failed_has_no_figures() {
        let cell = Cell::of(runs(100, 2), None);
        assert!(matches!(cell, Cell::Missing(reason) if reason == "2 of 100 requests failed"));
        assert!(matches!(Cell::of(runs(1_000, 2), None), Cell::Measured { .. }));
        assert!(matches!(Cell::of(runs(0, 0), None), Cell::Missing(_)));
    }

    #[test]
    fn rates_have_three_digits() {
        for (given, shown) in [
            (8.34, "8.3"),
            (855.4, "855"),
            (9_999.0, "10,000"),
            (31_849.0, "31,800"),
            (1_234_567.0, "1,230,000"),
        ] {
            assert_eq!(rate(given), shown);
        }
    }
}
