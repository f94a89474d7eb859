use std::path::Path;

use clap::{Args, Subcommand, ValueEnum};
use passport_auth::TokenKeyState;
use serde_json::json;

use super::{
    list::Listing,
    operator::{self, By, Sure},
    output::{Outcome, print},
    printable::{json_document, printable},
    table::table,
    times::{shown, shown_minute},
};
use crate::operations::KeyView;

pub(super) const EXAMPLES: &str = "\
Examples:
  passport keys list
  passport keys rotate token                 publish a new key; it signs in ten minutes
  passport keys rotate token --now           the same in ten seconds
  passport keys retire kPrK_qmx --yes        refuse the tokens of a key at once

The first key is made by the service. Keys are not renewed by themselves: docs/tokens.md says when to.";

#[derive(Debug, Subcommand)]
pub(super) enum Keys {
    /// List the keys
    List(List),
    /// Make a new key, which replaces the present one without a gap
    Rotate(Rotate),
    /// Refuse the tokens of a key, for example of one that has leaked
    Retire(Retire),
}

impl Keys {
    pub(super) fn run(self, file: Option<&Path>) -> Outcome {
        match self {
            Self::List(command) => command.run(file),
            Self::Rotate(command) => command.run(file),
            Self::Retire(command) => command.run(file),
        }
    }
}

const LIST_EXAMPLES: &str = "\
Stages:
  published  known to services, signs from the time in `signs from`
  signing    signs new tokens
  verifying  its tokens are accepted until they expire
  retired    not published any more; listed for 30 days";

#[derive(Debug, Args)]
#[command(after_help = LIST_EXAMPLES)]
pub(super) struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl List {
    fn run(self, file: Option<&Path>) -> Outcome {
        let keys =
            operator::run(file, async |operations, _| Ok(operations.token_keys.list().await?))?;
        let views: Vec<KeyView> = keys.iter().map(Into::into).collect();
        Listing {
            member: "keys",
            none: "No key. The service makes one when the first token is asked for.",
            as_table,
        }
        .print(&views, self.json)
    }
}

fn as_table(views: &[KeyView]) -> String {
    let head = ["id", "algorithm", "stage", "created", "signs from", "retired at"];
    let rows = views.iter().map(|view| {
        let stage = if view.is_readable { view.stage.to_owned() } else { "unreadable".to_owned() };
        [
            view.id.clone(),
            view.algorithm.clone(),
            stage,
            shown_minute(view.created_at),
            shown_minute(view.active_from),
            view.retired_at.map_or_else(|| "-".to_owned(), shown_minute),
        ]
    });
    table(&[head.map(str::to_owned)].into_iter().chain(rows).collect::<Vec<_>>())
}

/// What a key is for.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Purpose {
    /// Access tokens
    Token,
}

const ROTATE_EXAMPLES: &str = "\
Examples:
  passport keys rotate token
  passport keys rotate token --now --reason 'laptop lost'

The new key is published at once, and signs after ten minutes, when services have fetched it. The former key
is retired eleven minutes later, when its last token has expired. With --now the new key signs after ten
seconds: services that keep the former set ask again when they see the new key.";

#[derive(Debug, Args)]
#[command(after_help = ROTATE_EXAMPLES)]
pub(super) struct Rotate {
    /// Purpose of the key
    purpose: Purpose,
    /// Sign with the new key after ten seconds
    #[arg(long)]
    now: bool,
    #[command(flatten)]
    by: By,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Rotate {
    fn run(self, file: Option<&Path>) -> Outcome {
        let Self { purpose: Purpose::Token, now, by, json } = self;
        let (record, keys) = operator::run(file, async |operations, _| {
            let record = operations.token_keys.rotate(now, &by.operator()).await?;
            Ok((record, operations.token_keys.list().await?))
        })?;
        let state = keys.iter().find(|it| it.record.id == record.id);
        Ok(print(&if json {
            json_document(&json!({ "key": state.map(KeyView::from) }))?
        } else {
            match state.and_then(TokenKeyState::signs_from) {
                Some(at) => {
                    format!("the key {} is published and signs from {}", record.id, shown(at))
                }
                None => format!("the key {} signs", record.id),
            }
        })?)
    }
}

const RETIRE_EXAMPLES: &str = "\
Examples:
  passport keys retire kPrK_qmx
  passport keys retire kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k --yes

Introspection refuses tokens of the key within five seconds; services that verify themselves do so when they
fetch the keys again, in five minutes.";

#[derive(Debug, Args)]
#[command(after_help = RETIRE_EXAMPLES)]
pub(super) struct Retire {
    /// Id of the key, or its beginning
    // An id is base64url: one in 64 begins with a hyphen.
    #[arg(value_name = "KEY", allow_hyphen_values = true)]
    id: String,
    #[command(flatten)]
    by: By,
    #[command(flatten)]
    sure: Sure,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Retire {
    fn run(self, file: Option<&Path>) -> Outcome {
        let Self { id, by, sure, json } = self;
        let question = format!("Retire the key {}? Its tokens are refused.", printable(&id));
        sure.ask(&question)?;
        let record = operator::run(file, async |operations, _| {
            Ok(operations.token_keys.retire(&id, &by.operator()).await?)
        })?;
        Ok(print(&if json {
            json_document(&json!({ "changed": true, "id": record.id }))?
        } else {
            format!("the key {} is retired", record.id)
        })?)
    }
}
