//! Loads the release build of the service on filled tables, and prints the table of the README: each row beside
//! the limit of the machine for the same work, which is measured right before it.
//!
//! ```text
//! cargo build --release && cargo run --release -p passport-app --example load -- --full
//! ```
//!
//! The server and its stores are pinned to one core and the load to another (`taskset`). Figures depend on
//! the machine, so compare within one table. `--help` lists the options.

mod arguments;
mod bench;
mod check;
mod column;
mod driver;
mod figures;
mod fill;
mod gateway;
mod limit;
mod machine;
mod messages;
mod outcome;
mod people;
mod polling;
mod process;
mod reply;
mod report;
mod request;
mod row;
mod rows;
mod servers;
mod service;
mod table;
mod world;

use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

use arguments::{Arguments, Stores};
use bench::Bench;
use column::Column;
use outcome::Outcome;
use row::Row;
use table::{Fact, Table};
use world::Site;

fn main() -> Outcome {
    let arguments = Arguments::parse();
    if let Some(command) = &arguments.limit {
        return limit::run(command);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let outcome = runtime.block_on(async {
        let mut terminated = signal(SignalKind::terminate())?;
        // What was started ends with the future, and so on a signal too.
        tokio::select! {
            outcome = run(&arguments) => outcome,
            _ = tokio::signal::ctrl_c() => Err("interrupted".into()),
            _ = terminated.recv() => Err("terminated".into()),
        }
    });
    // A thread that works for a row may still run after a signal.
    runtime.shutdown_background();
    outcome
}

async fn run(arguments: &Arguments) -> Outcome {
    let site = Site::new(arguments)?;
    let table = Table::new(
        Row::ALL.into_iter().filter(|row| arguments.wants(row.name())),
        |row, column| reason(arguments, column, row.is_large()),
        |fact, column| match arguments.only {
            Some(_) => "--only".to_owned(),
            None => reason(arguments, column, fact == Fact::Filling),
        },
    );
    let bench = Bench::new(arguments, &site, table)?;
    for column in arguments.columns() {
        let world = site.world(column, arguments.users).await?;
        rows::check(&bench, &world).await?;
        rows::measure(&bench, &world).await?;
    }
    let table = bench.into_table();
    println!("{}\n\n{table}", report::circumstances(arguments, &site));
    if let Some(file) = &arguments.json {
        std::fs::write(file, report::json(arguments, &site, &table))?;
    }
    Ok(())
}

/// Why a figure is not measured, unless it is.
fn reason(arguments: &Arguments, column: Column, is_large: bool) -> String {
    if !arguments.columns().contains(&column) {
        let left_out = match arguments.stores {
            Stores::Sqlite => "sqlite",
            Stores::Servers => "servers",
            Stores::Both => "both",
        };
        return format!("--stores {left_out}");
    }
    if is_large && !arguments.full { "without --full".to_owned() } else { "no run".to_owned() }
}
