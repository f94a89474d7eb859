//! Limits of the machine: the work of a row without the service, on the cores of the server.

mod bare;
mod computed;
mod messages;
mod pgbench;
mod postgres;
mod rate;
mod redis;
mod sqlite;
mod statement;

use std::{env, process::Command, time::Duration};

use crate::{
    arguments::{LimitCommand, Work},
    driver::{Load, Target},
    machine::Cores,
    outcome::Outcome,
    request::Request,
};

pub(crate) use bare::BareServer;
pub(crate) use pgbench::pgbench;

/// Does what [`work`] or [`BareServer`] started this process for.
pub(crate) fn run(command: &LimitCommand) -> Outcome {
    let LimitCommand::Work { work, url, people, seconds } = command else {
        let LimitCommand::Bare { workers } = command else { return Ok(()) };
        return bare::serve(*workers);
    };
    let (people, time) = (*people, Duration::from_secs(*seconds));
    let rate = match work {
        Work::Draw => computed::draw(time)?,
        Work::Hash => computed::hash(time),
        Work::SqliteSelect => sqlite::select(url, people, time)?,
        Work::SqliteCommit => sqlite::commit(url, time)?,
        Work::SqliteMessages => messages::messages(url, time)?,
        Work::PostgresSelect => postgres::select(url, people, time)?,
        Work::PostgresCommit => postgres::commit(url, time)?,
        Work::RedisGet => redis::get(url, time)?,
    };
    println!("{rate}");
    Ok(())
}

/// Does `work` in a process of its own on `cores`; returns how often a second.
pub(crate) async fn work(
    work: Work,
    url: &str,
    people: usize,
    time: Duration,
    cores: &Cores,
) -> Outcome<f64> {
    let mut command = Command::new("taskset");
    command.args(["-c", cores]).arg(env::current_exe()?).args(["work", name(work)?.as_str()]);
    command.args([url, &people.to_string(), &time.as_secs().max(1).to_string()]);
    let output = tokio::task::spawn_blocking(move || command.output()).await??;
    let text = String::from_utf8_lossy(&output.stdout);
    let said = || format!("{work:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(text.trim().parse().map_err(|_| said())?)
}

fn name(work: Work) -> Outcome<String> {
    use clap::ValueEnum;
    Ok(work.to_possible_value().ok_or("a limit without a name")?.get_name().to_owned())
}

/// Answers a second of a bare handler.
pub(crate) async fn bare(target: &Target, time: Duration) -> Outcome<f64> {
    let measured = target.drive(Load::new(32, time), |_| Request::get("/")).await?;
    Ok(measured.rate())
}
