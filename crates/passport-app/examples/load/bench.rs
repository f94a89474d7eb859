//! Measures rows: each run right after its limits.

use std::{
    cell::{Cell as Counter, RefCell},
    path::Path,
    time::Duration,
};

use crate::{
    arguments::{Arguments, Work},
    column::Column,
    driver::{LANES, Load, Target},
    figures::{Measured, Of, Run, Share},
    gateway::Gateway,
    limit::{self, BareServer},
    outcome::Outcome,
    people::scattered,
    request::Request,
    row::Row,
    service::{Places, Service, Way},
    table::{Cell, Fact, Table},
    world::{Site, World},
};

/// A limit or another load that was measured right before a run: name and rate.
pub(crate) type Limits = Vec<(Of, f64)>;

pub(crate) struct Bench<'a> {
    pub(crate) arguments: &'a Arguments,
    pub(crate) site: &'a Site,
    pub(crate) time: Duration,
    table: RefCell<Table>,
    /// Visitors so far: each request that is counted by client has a new one.
    visitors: Counter<usize>,
    bare: BareServer,
}

impl<'a> Bench<'a> {
    pub(crate) fn new(arguments: &'a Arguments, site: &'a Site, table: Table) -> Outcome<Self> {
        Ok(Self {
            arguments,
            site,
            time: arguments.time(),
            table: RefCell::new(table),
            visitors: Counter::new(1),
            bare: BareServer::start(1, &site.layout.one)?,
        })
    }

    pub(crate) fn into_table(self) -> Table {
        self.table.into_inner()
    }

    /// Whether one of `rows` is to be measured.
    pub(crate) fn wants(&self, rows: &[Row]) -> bool {
        rows.iter().any(|row| self.arguments.wants(row.name()))
    }

    /// The number of a new visitor.
    pub(crate) fn next(&self) -> usize {
        self.visitors.replace(self.visitors.get() + 1)
    }

    /// The load of most rows.
    pub(crate) fn load(&self) -> Load {
        Load::new(LANES, self.time)
    }

    /// Measures `row` as often as was asked for, each time right after `limits`. A failure is said in the
    /// table, and the other rows are measured.
    pub(crate) async fn row(
        &self,
        row: Row,
        column: Column,
        limits: impl AsyncFn() -> Outcome<Limits>,
        run: impl AsyncFn() -> Outcome<Measured>,
    ) {
        self.row_with_note(row, column, limits, run, |_| None).await;
    }

    /// As [`row`](Self::row); `note` says more about the runs.
    pub(crate) async fn row_with_note(
        &self,
        row: Row,
        column: Column,
        limits: impl AsyncFn() -> Outcome<Limits>,
        run: impl AsyncFn() -> Outcome<Measured>,
        note: impl Fn(&[Run]) -> Option<String>,
    ) {
        if !self.wants(&[row]) {
            return;
        }
        let cell = match self.runs(row, column, limits, run).await {
            Ok(runs) => {
                let note = note(&runs);
                Cell::of(runs, note)
            }
            Err(error) => Cell::Missing(error.to_string()),
        };
        if let Cell::Missing(reason) = &cell {
            eprintln!("{}: {}: not measured: {reason}", column.name(), row.name());
        }
        self.table.borrow_mut().set(row, column, cell);
    }

    async fn runs(
        &self,
        row: Row,
        column: Column,
        limits: impl AsyncFn() -> Outcome<Limits>,
        run: impl AsyncFn() -> Outcome<Measured>,
    ) -> Outcome<Vec<Run>> {
        let mut runs = Vec::new();
        for _ in 0..self.arguments.runs {
            let limits = limits().await?;
            let measured = run().await?;
            let rate = measured.rate();
            let share = |(of, limit): (Of, f64)| Share { of, limit, reached: rate / limit };
            let shares: Vec<Share> = limits.into_iter().map(share).collect();
            let shown = shares.iter().map(|it| format!(", {:.3} of {}", it.reached, it.of.name()));
            let shown: String = shown.collect();
            eprintln!("{}: {}: {rate:.1}/s{shown}", column.name(), row.name());
            runs.push(Run { measured, shares });
        }
        Ok(runs)
    }

    pub(crate) fn missing(&self, row: Row, column: Column, reason: &str) {
        if self.wants(&[row]) {
            self.table.borrow_mut().set(row, column, Cell::Missing(reason.to_owned()));
        }
    }

    pub(crate) fn fact(&self, fact: Fact, column: Column, figure: String) {
        eprintln!("{}: {}: {figure}", column.name(), fact.name());
        self.table.borrow_mut().set_fact(fact, column, figure);
    }

    /// The service with one worker, and the load beside it.
    pub(crate) async fn one_worker(&self, places: &Places, gateway: &Gateway) -> Outcome<Service> {
        self.site.pin_for_one(&places.processes)?;
        let (binary, cores): (&Path, _) = (&self.site.binary, &self.site.layout.one);
        Service::start(Way { binary, places, cores, workers: 1, gateway }).await
    }

    /// The service with two workers.
    pub(crate) async fn two_workers(&self, places: &Places) -> Outcome<Service> {
        self.site.pin_for_two(&places.processes)?;
        let (binary, cores): (&Path, _) = (&self.site.binary, &self.site.layout.two);
        let gateway = &Gateway::Inbox;
        Service::start(Way { binary, places, cores, workers: 2, gateway }).await
    }

    /// Answers a second of a bare handler with one worker.
    pub(crate) async fn bare(&self) -> Outcome<f64> {
        limit::bare(&self.bare.target, self.time).await
    }

    /// How often a second `work` can be done on the cores of one worker.
    pub(crate) async fn work(&self, work: Work, world: &World) -> Outcome<f64> {
        let url = match work {
            Work::RedisGet => world.with_redis.as_ref().map_or("", |places| &places.store),
            _ => &world.places.database,
        };
        limit::work(work, url, world.people, self.time, &self.site.layout.one).await
    }

    /// Hashes a second on the cores of two workers.
    pub(crate) async fn hashes(&self) -> Outcome<f64> {
        limit::work(Work::Hash, "", 0, self.time, &self.site.layout.two).await
    }

    /// Rows a second that are found by their primary key.
    pub(crate) async fn select(&self, world: &World) -> Outcome<(Of, f64)> {
        let (name, work) = match world.column {
            Column::Sqlite => ("one `SELECT`", Work::SqliteSelect),
            // 32 at a time over one connection, which is more than a connection for each can do.
            Column::Servers => ("one `SELECT`, pipelined", Work::PostgresSelect),
        };
        Ok((Of::Machine(name), self.work(work, world).await?))
    }

    /// Rows a second that 32 writers commit.
    pub(crate) async fn commit(&self, world: &World) -> Outcome<f64> {
        let work = match world.column {
            Column::Sqlite => Work::SqliteCommit,
            Column::Servers => Work::PostgresCommit,
        };
        self.work(work, world).await
    }
}

/// A random one of the people of a filled table, for the `n`-th request.
pub(crate) fn someone(n: usize, world: &World) -> usize {
    scattered(n, world.people)
}

/// Asks once who each of the people of `world` is, for a minute at most.
pub(crate) async fn warm_up(target: &Target, world: &World) -> Outcome {
    let load = Load::new(LANES, Duration::from_mins(1)).at_most(world.people);
    target.drive(load, Request::who_am_i).await?;
    Ok(())
}

/// Rate of a load that a row is compared with.
pub(crate) async fn rate_of(
    target: &Target,
    load: Load,
    request: impl Fn(usize) -> Request,
) -> Outcome<f64> {
    let measured = target.drive(load, request).await?.with_at_most(1)?;
    Ok(measured.rate())
}
