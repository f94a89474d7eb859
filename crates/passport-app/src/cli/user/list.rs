use std::{path::Path, time::Duration};

use clap::Args;
use passport_auth::{Clock, SystemClock};
use passport_user::{StandingKind, User, UserFilter, UserId};
use serde_json::json;
use uuid::Uuid;

use super::super::{
    operator,
    output::{Outcome, print},
    printable::{json_document, printable},
    table::table,
    times::{ago, shown_minute},
};
use crate::operations::{MOST_USERS, UserView};

const EXAMPLES: &str = "\
Examples:
  passport user list
  passport user list --standing leaving
  passport user list --quiet-since 90d --limit 1000 --json | jq -r '.users[].id'
  passport user list --after 0193a5c7-9f0e-7c3d-8a51-3f1b2c4d5e6f

Users are listed in the order of their ids, which is that of their sign-up. If there are more, the id for
--after is printed on standard error; in JSON it is `next`.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct List {
    /// Users of this standing only: active, disabled or leaving
    #[arg(long, value_parser = standing)]
    standing: Option<StandingKind>,
    /// Users who have not signed in for this time, such as 90d
    #[arg(long, value_name = "DURATION", value_parser = ago)]
    quiet_since: Option<Duration>,
    /// Continue after this user
    #[arg(long, value_name = "ID")]
    after: Option<Uuid>,
    /// Most users that are listed
    #[arg(long, value_name = "N", default_value_t = 50,
          value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_USERS)))]
    limit: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn standing(text: &str) -> Result<StandingKind, String> {
    match text {
        "active" => Ok(StandingKind::Active),
        "disabled" => Ok(StandingKind::Disabled),
        "leaving" => Ok(StandingKind::Leaving),
        _ => Err("must be active, disabled or leaving".to_owned()),
    }
}

impl List {
    pub(super) fn run(self, file: Option<&Path>) -> Outcome {
        let Self { standing, quiet_since, after, limit, json } = self;
        let filter = UserFilter {
            standing,
            quiet_since: quiet_since.map(|quiet| SystemClock.now() - quiet),
        };
        // One more tells whether there are more.
        let after = after.map(UserId::from_uuid);
        let mut users = operator::run(file, async |operations, _| {
            Ok(operations.directory.list(&filter, after, limit + 1).await?)
        })?;
        let has_more = users.len() > limit as usize;
        users.truncate(limit as usize);
        let next = users.last().filter(|_| has_more).map(|user| user.id.as_uuid());
        if json {
            let views: Vec<UserView> = users.iter().map(Into::into).collect();
            return Ok(print(&json_document(&json!({ "users": views, "next": next }))?)?);
        }
        if users.is_empty() {
            print("No user.")?;
        } else {
            print(&as_table(&users))?;
        }
        if let Some(next) = next {
            eprintln!("passport: there are more users: add --after {next}");
        }
        Ok(())
    }
}

fn as_table(users: &[User]) -> String {
    let head = ["id", "number", "standing", "last sign-in", "created", "nickname"];
    let rows = users.iter().map(|user| {
        let view = UserView::from(user);
        [
            view.id.to_string(),
            view.mobile.unwrap_or_else(|| "-".to_owned()),
            view.standing.to_owned(),
            view.last_login_at.map_or_else(|| "never".to_owned(), shown_minute),
            shown_minute(view.created_at),
            printable(&view.nick_name),
        ]
    });
    table(&[head.map(str::to_owned)].into_iter().chain(rows).collect::<Vec<_>>())
}
