//! The command line. Exit status: 0, 1 (failed), 2 (usage).

mod admin;
mod audit;
mod completions;
mod config;
mod health;
mod keys;
mod limits;
mod list;
mod load;
mod man;
mod migrate;
mod openapi;
mod operator;
mod output;
mod printable;
mod serve;
mod sms;
mod table;
mod times;
mod user;
mod webhook;

use std::{error::Error, path::PathBuf, process::ExitCode, sync::LazyLock};

use clap::{CommandFactory, Parser, Subcommand};
use operator::Usage;
use passport_user::NumberingPlans;

/// Phone-number sign-up and sign-in that anyone can host.
#[derive(Debug, Parser)]
#[command(name = "passport", version, long_version = LONG_VERSION.as_str(), after_help = EXAMPLES)]
struct Arguments {
    /// Settings file [default: passport.toml, if it exists]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the service (the default command)
    #[command(after_help = serve::EXAMPLES)]
    Serve,
    /// Apply pending migrations to the database
    Migrate(migrate::Migrate),
    /// Check or show the settings
    #[command(subcommand, after_help = config::EXAMPLES)]
    Config(config::Config),
    /// Test the SMS gateways, and show their delivery statistics
    #[command(subcommand, after_help = sms::EXAMPLES)]
    Sms(sms::Sms),
    /// Print the OpenAPI document of the API
    Openapi(openapi::Openapi),
    /// Ask a running service whether it is ready
    Health(health::Health),
    /// Show or reset the limits of a number or an address
    #[command(subcommand, after_help = limits::EXAMPLES)]
    Limits(limits::Limits),
    /// List users, end their sessions, disable, delete and help them
    #[command(subcommand, after_help = user::EXAMPLES)]
    User(user::User),
    /// Read, follow and purge the audit log
    #[command(after_help = audit::EXAMPLES)]
    Audit(audit::Audit),
    /// List, renew and retire the keys that sign access tokens
    #[command(subcommand, after_help = keys::EXAMPLES)]
    Keys(keys::Keys),
    /// Manage tokens of the API for operators
    #[command(subcommand, after_help = admin::EXAMPLES)]
    Admin(admin::Admin),
    /// Print the completions of a shell
    Completions(completions::Completions),
    /// Print the manual page, or write those of all commands
    Man(man::Man),
    /// List, test, replay and enable webhooks, and make their secrets
    #[command(subcommand, after_help = webhook::EXAMPLES)]
    Webhook(webhook::Webhook),
}

const EXAMPLES: &str = "\
Settings come from the file; environment variables PASSPORT__SECTION__KEY override it.

Examples:
  passport                                       serve on http://127.0.0.1:8080, SQLite, no SMS
  passport --config /etc/passport.toml           serve with these settings
  PASSPORT__HTTP__LISTEN=127.0.0.1:9000 passport serve on another port
  passport config check                          list all errors in the settings
  passport config show --json                    print all settings with their origin
  passport sms test --to +8613800138000          send a test code
  passport openapi > openapi.json                describe the API for programs
  passport migrate                               apply pending migrations and exit
  passport health                                exit with 0 if the service is ready
  passport limits show 13800138000               how much of its limits a number has used
  passport user disable 13800138000              end a user's sessions and refuse sign-in
  passport audit --user 13800138000 --since 7d   what happened to an account";

/// The version, and that of the data that phone numbers are checked with.
static LONG_VERSION: LazyLock<String> = LazyLock::new(|| {
    let NumberingPlans { version, date, .. } = NumberingPlans::of_this_build();
    format!("{}\nnumbering plans: libphonenumber {version} of {date}", env!("CARGO_PKG_VERSION"))
});

/// Runs the command of the process's arguments.
pub fn run() -> ExitCode {
    let Arguments { config, command } = Arguments::parse();
    let file = config.as_deref();
    let outcome = match command.unwrap_or(Command::Serve) {
        Command::Serve => serve::run(file),
        Command::Migrate(command) => command.run(file),
        Command::Config(command) => command.run(file),
        Command::Sms(command) => command.run(file),
        Command::Openapi(command) => command.run(file),
        Command::Health(command) => command.run(file),
        Command::Limits(command) => command.run(file),
        Command::User(command) => command.run(file),
        Command::Audit(command) => command.run(file),
        Command::Keys(command) => command.run(file),
        Command::Admin(command) => command.run(file),
        Command::Completions(command) => command.run(Arguments::command()),
        Command::Man(command) => command.run(Arguments::command()),
        Command::Webhook(command) => command.run(file),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&*error);
            if error.is::<Usage>() { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

/// Prints the error, one line per fault, and the causes that it does not mention.
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
