use std::{path::PathBuf, time::Duration};

use clap::{Parser, Subcommand, ValueEnum};

use crate::{column::Column, outcome::Outcome, people::MOST_PEOPLE};

const EXAMPLES: &str = "Examples:
  load --full                          everything, as in the README
  load --stores sqlite --runs 1        a first look, without PostgreSQL and Redis
  load --only 'who am I' --seconds 5   the rows whose names contain these words
  load --full --json figures.json      with each run in a file
  load --stores servers --database postgres://me@db/load --store redis://cache:6379
                                       on servers that run already; the database has to be empty";

/// Loads the release build of passport on filled tables, and prints the table of the README.
///
/// Starts its own PostgreSQL and Redis, fills their tables and an SQLite file, and measures each row several
/// times, each time right after the limit of the machine for the same work. Progress is written to standard
/// error, and the table to standard output.
#[derive(Debug, Parser)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Seconds of each run of a row, and of each limit
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(crate) seconds: u64,
    /// Runs of each row; the table has their median
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=99))]
    pub(crate) runs: u64,
    /// Users with a number and a session, and messages, in the tables
    #[arg(long, default_value_t = 1_000, value_parser = people)]
    pub(crate) users: usize,
    /// Measure with 1,000,000 users and messages too, against `--users`
    #[arg(long)]
    pub(crate) full: bool,
    /// Columns to measure
    #[arg(long, value_enum, default_value_t = Stores::Both)]
    pub(crate) stores: Stores,
    /// Measure only the rows whose names contain this text
    #[arg(long, value_name = "NAME")]
    pub(crate) only: Option<String>,
    /// Write every run to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Folder for the data of databases [default: the temporary folder of the system]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) folder: Option<PathBuf>,
    /// Binary of the service
    #[arg(long, default_value = "target/release/passport")]
    pub(crate) binary: PathBuf,
    /// URL of an empty PostgreSQL database in place of an own server
    #[arg(long, value_name = "URL", requires = "store")]
    pub(crate) database: Option<String>,
    /// URL of a Redis in place of an own server
    #[arg(long, value_name = "URL", requires = "database")]
    pub(crate) store: Option<String>,
    #[command(subcommand)]
    pub(crate) limit: Option<LimitCommand>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Stores {
    Sqlite,
    Servers,
    Both,
}

/// What the command runs as a process of its own, pinned to the cores of the server.
#[derive(Debug, Subcommand)]
#[command(hide = true)]
pub(crate) enum LimitCommand {
    #[command(hide = true)]
    Bare { workers: usize },
    #[command(hide = true)]
    Work { work: Work, url: String, people: usize, seconds: u64 },
}

/// Work of the service without the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Work {
    Draw,
    Hash,
    SqliteSelect,
    SqliteCommit,
    SqliteMessages,
    PostgresSelect,
    PostgresCommit,
    RedisGet,
}

impl Arguments {
    pub(crate) fn time(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }

    pub(crate) fn columns(&self) -> Vec<Column> {
        let is_wanted = |column: &Column| match self.stores {
            Stores::Both => true,
            Stores::Sqlite => *column == Column::Sqlite,
            Stores::Servers => *column == Column::Servers,
        };
        Column::ALL.into_iter().filter(is_wanted).collect()
    }

    /// Whether the row called `name` is to be measured.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| name.contains(only.as_str()))
    }

    /// # Errors
    ///
    /// If there is no such file.
    pub(crate) fn binary(&self) -> Outcome<PathBuf> {
        let missing = || format!("{}: run cargo build --release", self.binary.display());
        Ok(self.binary.canonicalize().map_err(|_| missing())?)
    }
}

fn people(text: &str) -> Result<usize, String> {
    let people = text.replace([',', '_'], "").parse().ok();
    let people = people.filter(|people| (1..=MOST_PEOPLE).contains(people));
    people.ok_or_else(|| format!("expected a number from 1 to {MOST_PEOPLE}"))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn arguments_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn numbers_of_users_may_have_commas() {
        assert_eq!(people("1,000,000"), Ok(1_000_000));
        assert!(people("0").is_err() && people("many").is_err());
    }

    #[test]
    fn rows_are_chosen_by_a_part_of_their_name() {
        let wanted = Arguments::parse_from(["load", "--only", "who am I"]);
        assert!(wanted.wants("who am I, signed in") && !wanted.wants("image_code"));
        assert!(Arguments::parse_from(["load"]).wants("image_code"));
    }

    #[test]
    fn a_database_comes_with_a_store() {
        assert!(Arguments::try_parse_from(["load", "--database", "postgres://x"]).is_err());
    }
}
