//! What is said about the whole run.

use serde_json::{Value, json};

use crate::{
    arguments::Arguments,
    driver::LANES,
    figures::{Run, Summary, milliseconds},
    machine::file_system,
    table::{Cell, Table, commas},
    world::Site,
};

/// The circumstances that the figures depend on.
pub(crate) fn circumstances(arguments: &Arguments, site: &Site) -> String {
    let layout = &site.layout;
    let shared = if layout.is_shared() { ", which it shares with the server" } else { "" };
    let Arguments { runs, seconds, .. } = arguments;
    let users = commas(&arguments.users.to_string());
    format!(
        "- Machine: {}; data on {}.\n\
         - Each row: median of {runs} runs of {seconds} s, {LANES} connections unless the row says otherwise, random \
         people of tables with {users} users, sessions and messages.\n\
         - One worker: server, stores and limits on core {}; load on core {}, where it does not sleep, \
         unless it is the gateway too.\n\
         - Two workers and sign-ins by password: server, stores and limits on cores {}; load on cores {}{shared}. \
         The one worker that two are compared with: the same on core {}, load on core {}.\n\
         - PostgreSQL: fsync, shared_buffers 512 MB. Redis: appendfsync everysec. SQLite: synchronous FULL.\n\
         - Limits of the service are in force and never reached, because visitors have new addresses.",
        site.machine,
        file_system(site.folder()),
        layout.one,
        layout.load,
        layout.two,
        layout.load_beside_two,
        layout.one,
        layout.load_beside_half,
    )
}

/// Every run.
pub(crate) fn json(arguments: &Arguments, site: &Site, table: &Table) -> String {
    let cells = table.cells().map(|(row, column, cell)| {
        let figures = match cell {
            Cell::Missing(reason) => json!({ "missing": reason }),
            Cell::Measured { runs, .. } => measured(runs),
        };
        json!({ "row": row.name(), "column": column.name(), "figures": figures })
    });
    let facts = table.facts().map(|(fact, column, figure)| {
        json!({ "fact": fact.name(), "column": column.name(), "figure": figure })
    });
    let document = json!({
        "circumstances": circumstances(arguments, site).lines().collect::<Vec<_>>(),
        "rows": cells.collect::<Vec<_>>(),
        "facts": facts.collect::<Vec<_>>(),
    });
    format!("{document:#}\n")
}

fn measured(runs: &[Run]) -> Value {
    let each = runs.iter().map(|Run { measured, shares }| {
        let percentile = |percent| measured.percentile(percent).map(milliseconds);
        let shares = shares
            .iter()
            .map(|share| json!({ "of": share.of.name(), "limit": share.limit, "reached": share.reached }));
        json!({
            "rate": measured.rate(),
            "requests": measured.requests,
            "failed": measured.failed,
            "seconds": measured.time.as_secs_f64(),
            "p50_ms": percentile(50),
            "p95_ms": percentile(95),
            "p99_ms": percentile(99),
            "server_cpu_s": measured.server.as_secs_f64(),
            "stores_cpu_s": measured.stores.map(|it| it.as_secs_f64()),
            "load_cpu_s": measured.load.as_secs_f64(),
            "busiest_thread": measured.busiest.name,
            "busiest_thread_cpu_s": measured.busiest.time.as_secs_f64(),
            "shares": shares.collect::<Vec<_>>(),
        })
    });
    let each: Vec<_> = each.collect();
    let summary = Summary::of(runs).map(|it| {
        json!({ "rate": it.rate, "least": it.least, "most": it.most, "p50_ms": it.p50, "p99_ms": it.p99,
            "server_cpu_ms": it.server_cpu, "stores_cpu_ms": it.stores_cpu, "cores": it.cores, "busiest": it.busiest })
    });
    json!({ "median": summary, "runs": each })
}
