//! What the commands of operators share.

use std::{
    env,
    error::Error,
    fmt,
    future::Future,
    io::{self, BufRead, IsTerminal, Write},
    path::Path,
    time::Duration,
};

use actix_web::rt::{System, time::timeout};
use clap::Args;
use passport_auth::{Operator, OperatorError, UserReference};
use passport_user::{OperatorName, PhoneNumber, Reason, User, UserId};
use uuid::Uuid;

use super::{load::load, output::Outcome};
use crate::{
    operations::Operations,
    settings::{LogSettings, Settings},
    telemetry,
    wiring::{self, Beside},
};

/// Time for the events of a command to be written.
const FINISH: Duration = Duration::from_secs(30);
/// The log of a command: its outcome is printed, so that it is not logged too.
const LOG_FILTER: &str = "warn,passport_auth::event=off";
/// Time after which a command says on a terminal that it is still working.
const PROGRESS_AFTER: Duration = Duration::from_secs(1);

/// Who acts, and why.
#[derive(Debug, Args)]
pub(super) struct By {
    /// Name of the operator in the audit log [default: $USER]
    #[arg(long = "as", value_name = "NAME")]
    operator: Option<String>,
    /// Reason for the audit log, at most 200 characters on one line
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    reason: Option<Reason>,
}

impl By {
    pub(super) fn operator(&self) -> Operator {
        let name = self.operator.clone().or_else(|| env::var("USER").ok()).unwrap_or_default();
        let operator = Operator::named(OperatorName::nearest(&name));
        Operator { reason: self.reason.clone(), ..operator }
    }
}

/// A confirmation without a question.
#[derive(Debug, Args)]
pub(super) struct Sure {
    /// Do not ask for a confirmation
    #[arg(long)]
    yes: bool,
}

impl Sure {
    /// Asks `question` at the terminal, unless `--yes` was given.
    pub(super) fn ask(&self, question: &str) -> Outcome {
        if self.yes {
            return Ok(());
        }
        let stdin = io::stdin();
        if !stdin.is_terminal() {
            return Err(Usage(format!(
                "{question} The command asks for a confirmation, and standard input is not a terminal: \
                 add --yes"
            ))
            .into());
        }
        let mut stderr = io::stderr().lock();
        write!(stderr, "{question} [y/N] ")?;
        stderr.flush()?;
        let mut answer = String::new();
        stdin.lock().read_line(&mut answer)?;
        match answer.trim().to_lowercase().as_str() {
            "y" | "yes" => Ok(()),
            _ => Err("not confirmed; nothing was done".into()),
        }
    }
}

/// The command cannot be run as it was written. Exit status 2.
#[derive(Debug)]
pub(super) struct Usage(pub(super) String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Usage {}

/// Parses `--reason`.
fn reason(text: &str) -> Result<Reason, String> {
    text.parse::<Reason>().map_err(|error| error.to_string())
}

/// Parses how a user is named.
pub(super) fn user_reference(text: &str) -> Result<UserReference, String> {
    if let Ok(id) = Uuid::parse_str(text) {
        return Ok(UserReference::Id(UserId::from_uuid(id)));
    }
    phone(text).map(UserReference::Phone).map_err(|_| {
        "neither an id such as 0193a5c7-…, nor a phone number such as 13800138000 or +8613800138000"
            .to_owned()
    })
}

/// Parses a phone number.
pub(super) fn phone(text: &str) -> Result<PhoneNumber, String> {
    text.parse::<PhoneNumber>().map_err(|error| error.to_string())
}

/// Runs `command` on the stores of the settings, and waits until its events are written.
pub(super) fn run<T>(
    file: Option<&Path>,
    command: impl AsyncFnOnce(&Operations, &Beside) -> Result<T, Box<dyn Error>>,
) -> Result<T, Box<dyn Error>> {
    let settings: Settings = load(file)?;
    let log = LogSettings { filter: LOG_FILTER.to_owned(), ..settings.log.clone() };
    let _flush = telemetry::init(&log)?;
    System::new().block_on(async {
        let beside = wiring::operate(&settings).await?;
        let outcome = command(&beside.operations, &beside).await;
        let unfinished = beside.detached.finish(FINISH).await;
        if unfinished > 0 && outcome.is_ok() {
            return Err("the act did not end in time; repeat the command".into());
        }
        outcome
    })
}

/// The user of this name.
pub(super) async fn find(
    operations: &Operations,
    reference: &UserReference,
) -> Result<User, Box<dyn Error>> {
    let found = operations.directory.find(reference).await?;
    found.ok_or_else(|| {
        match reference {
            UserReference::Id(id) => format!("no user has the id {id}, or the user was deleted"),
            UserReference::Phone(phone) => format!("no user has the number {}", phone.masked()),
        }
        .into()
    })
}

/// The user in questions and answers: masked number and id.
pub(super) fn named(user: &User) -> String {
    let phone =
        user.phone.as_ref().map_or_else(|| "without number".to_owned(), PhoneNumber::masked);
    format!("{phone} ({})", user.id)
}

/// The error of an act, with what to do.
pub(super) fn explain(error: OperatorError) -> Box<dyn Error> {
    match error {
        OperatorError::Disabled => Box::new(Usage(
            "the account is disabled, and its owner could withdraw a deletion that has a grace period: \
             add --now, or enable the account first"
                .to_owned(),
        )),
        OperatorError::Conflict => {
            "the account was changed several times meanwhile; repeat the command".into()
        }
        OperatorError::Denied(denied) => format!(
            "{denied}; the act may have been done, and the command can be repeated{}",
            because(&denied)
        )
        .into(),
        error @ (OperatorError::NoUser | OperatorError::NoNumber) => error.into(),
    }
}

fn because(error: &dyn Error) -> String {
    let mut text = String::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}; because {more}");
        }
        cause = error.source();
    }
    text
}

/// Waits for `work`, and shows on a terminal that it lasts.
pub(super) async fn with_progress<T>(what: &str, work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(work);
    if !io::stderr().is_terminal() {
        return work.await;
    }
    let mut seconds = 0;
    let mut is_shown = false;
    loop {
        if let Ok(done) = timeout(PROGRESS_AFTER, &mut work).await {
            if is_shown {
                eprint!("\r\u{1b}[K");
            }
            return done;
        }
        seconds += 1;
        eprint!("\r{what} … {seconds} s");
        is_shown = true;
    }
}
