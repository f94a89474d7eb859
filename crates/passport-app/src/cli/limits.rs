mod shown;

use std::{net::IpAddr, path::Path};

use clap::{Args, Subcommand};
use passport_auth::{LimitReach, LimitSubject};
use serde_json::json;

use super::{
    operator::{self, By, Sure, explain, phone},
    output::{Outcome, print},
    printable::json_document,
};
use shown::{as_json, as_text, named, reached};

pub(super) const EXAMPLES: &str = "\
Examples:
  passport limits show 13800138000
  passport limits show 203.0.113.9 --json
  passport limits reset 13800138000 --reason 'INC-17: the carrier repeated messages'

A number has limits of messages and sign-ins, failures in a row, and those of the user who has it. An
address has limits of its client (an IPv4 address, or the /64 of an IPv6 address). The limits themselves are
the table [limits] of the settings.";

#[derive(Debug, Subcommand)]
pub(super) enum Limits {
    /// Show how much of each limit is used, and when it recovers
    Show(Show),
    /// Reset all limits and failures in a row of a number, or the limits of an address
    Reset(Reset),
}

#[derive(Debug, Args)]
pub(super) struct Show {
    /// Phone number or address
    #[arg(value_name = "NUMBER|ADDRESS", value_parser = subject)]
    subject: LimitSubject,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Reset {
    /// Phone number or address
    #[arg(value_name = "NUMBER|ADDRESS", value_parser = subject)]
    subject: LimitSubject,
    #[command(flatten)]
    by: By,
    #[command(flatten)]
    sure: Sure,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Limits {
    /// `passport limits`
    pub(super) fn run(self, file: Option<&Path>) -> Outcome {
        match self {
            Self::Show(command) => command.run(file),
            Self::Reset(command) => command.run(file),
        }
    }
}

impl Show {
    fn run(self, file: Option<&Path>) -> Outcome {
        let (report, reach) = operator::run(file, async |operations, _| {
            let report = operations.limits.show(&self.subject).await.map_err(explain)?;
            Ok((report, operations.limits.reach))
        })?;
        if self.json {
            return Ok(print(&json_document(&as_json(&self.subject, &report, reach))?)?);
        }
        print(&as_text(&self.subject, &report))?;
        if let Some(missing) = missing(reach, &self.subject) {
            eprintln!("passport: note: {missing}");
        }
        Ok(())
    }
}

impl Reset {
    fn run(self, file: Option<&Path>) -> Outcome {
        let name = named(&self.subject);
        let reach = operator::run(file, async |operations, _| {
            let reach = operations.limits.reach;
            if let (LimitReach::None, LimitSubject::Client(_)) = (reach, &self.subject) {
                return Err(format!("nothing was reset: {}", unreached(reach)).into());
            }
            self.sure.ask(&format!("Reset the limits of {name}?"))?;
            let operator = self.by.operator();
            operations.limits.reset(self.subject.clone(), &operator).await.map_err(explain)?;
            Ok(reach)
        })?;
        if reach == LimitReach::None {
            let unreached = unreached(reach);
            return Err(format!(
                "the failures in a row of {name} are reset, and nothing else: {unreached}"
            )
            .into());
        }
        if self.json {
            return Ok(print(&json_document(
                &json!({ "reset": true, "limits": reached(reach) }),
            )?)?);
        }
        print(&format!("the limits of {name} are reset"))?;
        if let Some(missing) = missing(reach, &self.subject) {
            eprintln!("passport: note: {missing}");
        }
        Ok(())
    }
}

/// Parses a phone number or an address.
fn subject(text: &str) -> Result<LimitSubject, String> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(LimitSubject::Client(address.into()));
    }
    phone(text).map(LimitSubject::Phone).map_err(|_| {
        "neither a phone number such as 13800138000 or +8613800138000, nor an address such as \
         203.0.113.9 or 2001:db8::1"
            .to_owned()
    })
}

/// What the command does not show of `subject`, if that is anything.
fn missing(reach: LimitReach, subject: &LimitSubject) -> Option<&'static str> {
    match (reach, subject) {
        (LimitReach::All, _) | (LimitReach::WithoutChallenges, LimitSubject::Phone(_)) => None,
        (LimitReach::WithoutChallenges, LimitSubject::Client(_)) | (LimitReach::None, _) => {
            Some(unreached(reach))
        }
    }
}

fn unreached(reach: LimitReach) -> &'static str {
    match reach {
        LimitReach::All => "",
        LimitReach::WithoutChallenges => {
            "wrong answers of challenges are counted in the memory of the service, which a command does not \
             reach; a restart of the service resets them"
        }
        LimitReach::None => {
            "limits are counted in the memory of the service (store.url), which a command does not reach; a \
             restart of the service resets them, and a redis:// URL makes them reachable"
        }
    }
}
