use std::{path::Path, time::Duration};

use clap::{Args, Subcommand};
use passport_auth::{NewToken, TokenError};
use passport_user::{OperatorName, Scope};
use serde_json::json;

use super::super::{
    list::Listing,
    operator::{self, By, Sure},
    output::{Outcome, print},
    printable::json_document,
    table::table,
    times::{ago, shown, shown_minute},
};
use crate::operations::TokenView;

pub(super) const EXAMPLES: &str = "\
Examples:
  passport admin token add ci --scope users:read --scope audit:read
  passport admin token list --json
  passport admin token remove ci --yes

The API for operators is /api/admin/v1 on admin.listen, which is off by default.";

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Token {
    /// Add a token, and print it once
    Add(Add),
    /// List tokens, without their secrets
    List(List),
    /// Remove a token: it is refused at once
    Remove(Remove),
}

impl Token {
    pub(super) fn run(self, file: Option<&Path>) -> Outcome {
        match self {
            Self::Add(command) => command.run(file),
            Self::List(command) => command.run(file),
            Self::Remove(command) => command.run(file),
        }
    }
}

const ADD_EXAMPLES: &str = "\
Examples:
  passport admin token add ci --scope users:read
  passport admin token add support --scope users:read --scope users:write --expires 30d
  passport admin token add backup --scope audit:read --expires never > token

The token is printed on standard output, once; only its digest is kept. The name is the operator in the
audit log.

Scopes:
  users:read      list and show users and sessions, numbers masked
  users:reveal    show whole numbers, export all data of a user
  users:write     disable, enable, restore, delete, reset, unlock
  sessions:write  end sessions
  audit:read      read the audit log
  audit:purge     delete old events";

#[derive(Debug, Args)]
#[command(after_help = ADD_EXAMPLES)]
pub(in crate::cli) struct Add {
    /// Name, which no other token has: letters, digits, and . _ @ -
    #[arg(value_parser = name)]
    name: OperatorName,
    /// What the token allows; can be repeated
    #[arg(long = "scope", value_name = "SCOPE", required = true, value_parser = scope)]
    scopes: Vec<Scope>,
    /// Time until the token is refused, or never
    #[arg(long, value_name = "DURATION", default_value = "90d", value_parser = expiry)]
    expires: Expiry,
    #[command(flatten)]
    by: By,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Time until a token expires, if it does.
#[derive(Debug, Clone, Copy)]
struct Expiry(Option<Duration>);

fn name(text: &str) -> Result<OperatorName, String> {
    text.parse::<OperatorName>().map_err(|error| error.to_string())
}

fn scope(text: &str) -> Result<Scope, String> {
    text.parse::<Scope>().map_err(|_| {
        let names: Vec<_> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
        format!("must be one of {}", names.join(", "))
    })
}

fn expiry(text: &str) -> Result<Expiry, String> {
    match text {
        "never" => Ok(Expiry(None)),
        text => match ago(text) {
            Ok(duration) if !duration.is_zero() => Ok(Expiry(Some(duration))),
            Ok(_) | Err(_) => Err("must be a duration such as 90d, or never".to_owned()),
        },
    }
}

impl Add {
    fn run(self, file: Option<&Path>) -> Outcome {
        let new = NewToken {
            name: self.name,
            scopes: self.scopes.into_iter().collect(),
            expires_in: self.expires.0,
        };
        let name = new.name.clone();
        let (secret, token) = operator::run(file, async |operations, _| {
            let added = operations.tokens.add(new, &self.by.operator()).await;
            added.map_err(|error| match error {
                TokenError::NameTaken => format!(
                    "there is a token with the name {name}: remove it, or choose another name"
                )
                .into(),
                TokenError::Denied(denied) => denied.into(),
            })
        })?;
        let text = secret.expose();
        if self.json {
            let mut value = json!(TokenView::from(&token));
            value["token"] = text.as_str().into();
            return Ok(print(&json_document(&value)?)?);
        }
        print(&text)?;
        let expires = token
            .expires_at
            .map_or_else(|| "does not expire".to_owned(), |at| format!("expires at {}", shown(at)));
        eprintln!("passport: the token {name} is shown this once, and {expires}");
        Ok(())
    }
}

const LIST_EXAMPLES: &str = "\
Examples:
  passport admin token list
  passport admin token list --json | jq -r '.tokens[] | select(.last_used_at == null) | .name'

The time of the last use has a precision of ten minutes.";

#[derive(Debug, Args)]
#[command(after_help = LIST_EXAMPLES)]
pub(in crate::cli) struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl List {
    fn run(self, file: Option<&Path>) -> Outcome {
        let tokens =
            operator::run(file, async |operations, _| Ok(operations.tokens.list().await?))?;
        let views: Vec<TokenView> = tokens.iter().map(Into::into).collect();
        Listing { member: "tokens", none: "No token.", as_table }.print(&views, self.json)
    }
}

fn as_table(views: &[TokenView]) -> String {
    let head = ["name", "created", "expires", "last used", "scopes"];
    let rows = views.iter().map(|view| {
        let or_never = |time: Option<_>| time.map_or_else(|| "never".to_owned(), shown_minute);
        [
            view.name.clone(),
            shown_minute(view.created_at),
            or_never(view.expires_at),
            or_never(view.last_used_at),
            view.scopes.join(" "),
        ]
    });
    table(&[head.map(str::to_owned)].into_iter().chain(rows).collect::<Vec<_>>())
}

const REMOVE_EXAMPLES: &str = "\
Examples:
  passport admin token remove ci
  passport admin token remove 0193a5c7-9f0e-7c3d-8a51-3f1b2c4d5e6f --yes";

#[derive(Debug, Args)]
#[command(after_help = REMOVE_EXAMPLES)]
pub(in crate::cli) struct Remove {
    /// Name or id
    name: String,
    #[command(flatten)]
    by: By,
    #[command(flatten)]
    sure: Sure,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Remove {
    fn run(self, file: Option<&Path>) -> Outcome {
        let Self { name, by, sure, json } = self;
        let shown_name = super::super::printable::printable(&name);
        sure.ask(&format!("Remove the token {shown_name}? Programs that use it are refused."))?;
        let removed = operator::run(file, async |operations, _| {
            Ok(operations.tokens.remove(&name, &by.operator()).await?)
        })?;
        if !removed {
            return Err(format!("there is no token {shown_name}").into());
        }
        Ok(print(&if json {
            json_document(&json!({ "changed": true }))?
        } else {
            format!("the token {shown_name} is removed")
        })?)
    }
}
