//! The command line. Exit status: 0, 1 (failed), 2 (usage).

mod config;
mod load;
mod migrate;
mod output;
mod serve;
mod sms;

use std::{error::Error, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

/// Phone-number sign-up and sign-in that anyone can host.
#[derive(Debug, Parser)]
#[command(name = "passport", version, about, after_help = EXAMPLES)]
struct Arguments {
    /// The settings file [default: passport.toml, if it is there]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve (the default)
    #[command(after_help = serve::EXAMPLES)]
    Serve,
    /// Bring the tables of the database up to date
    Migrate(migrate::Migrate),
    /// Look at the settings
    #[command(subcommand, after_help = config::EXAMPLES)]
    Config(config::Config),
    /// Try the gateways for text messages, and look at what they do
    #[command(subcommand, after_help = sms::EXAMPLES)]
    Sms(sms::Sms),
}

const EXAMPLES: &str = "\
Settings are read from the file, then from variables PASSPORT__SECTION__KEY.

Examples:
  passport                                       serve on http://127.0.0.1:8080, SQLite, no SMS
  passport --config /etc/passport.toml           serve with these settings
  PASSPORT__HTTP__LISTEN=127.0.0.1:9000 passport serve on another port
  passport config check                          name every fault in the settings
  passport config show --json                    what is set, and where each value is from
  passport sms test --to +8613800138000          send a test code
  passport migrate                               bring the database up to date and exit";

/// Runs the command that this process was started with.
pub fn run() -> ExitCode {
    let Arguments { config, command } = Arguments::parse();
    let file = config.as_deref();
    let outcome = match command.unwrap_or(Command::Serve) {
        Command::Serve => serve::run(file),
        Command::Migrate(command) => command.run(file),
        Command::Config(command) => command.run(file),
        Command::Sms(command) => command.run(file),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&*error);
            ExitCode::FAILURE
        }
    }
}

/// Says what failed, a line for each fault, and the causes where they add something.
fn report(error: &dyn Error) {
    let text = error.to_string();
    for line in text.lines() {
        eprintln!("passport: {line}");
    }
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            eprintln!("passport:   because {more}");
        }
        cause = error.source();
    }
}
