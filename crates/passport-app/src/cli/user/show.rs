use std::path::Path;

use clap::Args;
use passport_auth::UserReference;
use serde::Serialize;

use super::super::{
    operator::{self, By, explain, find, user_reference},
    output::{Outcome, print},
    printable::{json_document, printable},
    times::shown,
};
use crate::operations::UserView;

const EXAMPLES: &str = "\
Examples:
  passport user show 13800138000
  passport user show 0193a5c7-9f0e-7c3d-8a51-3f1b2c4d5e6f --json
  passport user show 13800138000 --reveal --reason 'INC-17: the carrier asks'

With --reveal the whole number is printed, and the look is the event operator.looked.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct Show {
    /// Id or phone number
    #[arg(value_name = "USER", value_parser = user_reference)]
    user: UserReference,
    /// Print the whole number
    #[arg(long)]
    reveal: bool,
    #[command(flatten)]
    by: By,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Show {
    pub(super) fn run(self, file: Option<&Path>) -> Outcome {
        let (view, sessions) = operator::run(file, async |operations, beside| {
            let user = find(operations, &self.user).await?;
            if self.reveal {
                let operator = self.by.operator();
                operations.directory.look(&user, &operator).await.map_err(explain)?;
            }
            let sessions = if beside.sessions_are_elsewhere {
                None
            } else {
                operations.sessions.list(&user).await.ok().map(|listed| listed.len())
            };
            let view = if self.reveal { UserView::whole(&user) } else { UserView::from(&user) };
            Ok((view, sessions))
        })?;
        let shown = Shown { user: view, sessions };
        Ok(print(&if self.json { json_document(&shown)? } else { as_lines(&shown) })?)
    }
}

#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    user: UserView,
    /// Number of live sessions, if their store could be asked.
    sessions: Option<usize>,
}

fn as_lines(Shown { user: view, sessions }: &Shown) -> String {
    let standing = match (view.standing_since, view.purge_at) {
        (Some(since), Some(purge_at)) => {
            format!("{} since {}, is deleted at {}", view.standing, shown(since), shown(purge_at))
        }
        (Some(since), None) => format!("{} since {}", view.standing, shown(since)),
        (None, _) => view.standing.to_owned(),
    };
    let terms = view.terms.as_ref().map_or_else(
        || "no consent recorded".to_owned(),
        |terms| format!("{} at {}", printable(&terms.version), shown(terms.accepted_at)),
    );
    let lines = [
        ("id", view.id.to_string()),
        ("number", view.mobile.clone().unwrap_or_else(|| "none".to_owned())),
        ("nickname", printable(&view.nick_name)),
        ("standing", standing),
        ("password", if view.has_password { "set" } else { "none" }.to_owned()),
        ("created", shown(view.created_at)),
        ("last sign-in", view.last_login_at.map_or_else(|| "never".to_owned(), shown)),
        ("terms", terms),
        ("sessions", sessions.map_or_else(|| "unknown".to_owned(), |count| count.to_string())),
    ];
    lines.map(|(name, value)| format!("{name:<13} {value}")).join("\n")
}
