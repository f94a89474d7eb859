use std::{error::Error, path::Path};

use clap::Args;
use passport_auth::UserReference;
use passport_session::SessionId;
use serde_json::json;
use uuid::Uuid;

use super::super::{
    list::Listing,
    operator::{self, By, Sure, explain, find, named, user_reference},
    output::{Outcome, print},
    printable::{json_document, printable},
    table::table,
    times::shown_minute,
};
use crate::operations::SessionView;

const SESSIONS_EXAMPLES: &str = "\
Examples:
  passport user sessions 13800138000
  passport user sessions 13800138000 --json | jq -r '.sessions[].id'

Latest first. Times of the last use have a precision of a tenth of the idle time.";

#[derive(Debug, Args)]
#[command(after_help = SESSIONS_EXAMPLES)]
pub(in crate::cli) struct Sessions {
    /// Id or phone number
    #[arg(value_name = "USER", value_parser = user_reference)]
    user: UserReference,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Sessions {
    pub(super) fn run(self, file: Option<&Path>) -> Outcome {
        let views: Vec<SessionView> = operator::run(file, async |operations, beside| {
            let user = find(operations, &self.user).await?;
            if beside.sessions_are_elsewhere {
                return Err(elsewhere());
            }
            let sessions = operations.sessions.list(&user).await?;
            Ok(sessions.iter().map(Into::into).collect())
        })?;
        Listing { member: "sessions", none: "No session.", as_table }.print(&views, self.json)
    }
}

fn elsewhere() -> Box<dyn Error> {
    "store.url is memory: and session.store is store, so sessions are in the memory of the service, where \
     a command cannot reach them: end all of them with `passport user revoke USER`, or set session.store \
     to database"
        .into()
}

fn as_table(views: &[SessionView]) -> String {
    let head = ["id", "last used", "began", "address", "device"];
    let rows = views.iter().map(|view| {
        let names = [view.browser.as_str(), view.system.as_str()];
        let names: Vec<_> = names.into_iter().filter(|name| !name.is_empty()).collect();
        [
            view.id.to_string(),
            shown_minute(view.last_seen_at),
            shown_minute(view.created_at),
            printable(&view.address),
            if names.is_empty() { "-".to_owned() } else { printable(&names.join(", ")) },
        ]
    });
    table(&[head.map(str::to_owned)].into_iter().chain(rows).collect::<Vec<_>>())
}

const REVOKE_EXAMPLES: &str = "\
Examples:
  passport user revoke 13800138000
  passport user revoke 13800138000 --session 0193a5c7-9f0e-7c3d-8a51-3f1b2c4d5e6f

All sessions end at once on every node, wherever sessions are stored. The user can sign in again.";

#[derive(Debug, Args)]
#[command(after_help = REVOKE_EXAMPLES)]
pub(in crate::cli) struct Revoke {
    /// Id or phone number
    #[arg(value_name = "USER", value_parser = user_reference)]
    user: UserReference,
    /// End this session only
    #[arg(long, value_name = "ID")]
    session: Option<Uuid>,
    #[command(flatten)]
    by: By,
    #[command(flatten)]
    sure: Sure,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Revoke {
    pub(super) fn run(self, file: Option<&Path>) -> Outcome {
        let (changed, text) = operator::run(file, async |operations, beside| {
            let (user, operator) = (find(operations, &self.user).await?, self.by.operator());
            let Some(session) = self.session else {
                self.sure.ask(&format!("End all sessions of {}?", named(&user)))?;
                operations.sessions.end_all(user.id, &operator).await.map_err(explain)?;
                return Ok((true, format!("all sessions of {} have ended", named(&user))));
            };
            if beside.sessions_are_elsewhere {
                return Err(elsewhere());
            }
            let id = SessionId::from_uuid(session);
            let ended = operations.sessions.end_one(user.id, id, &operator).await?;
            let text = if ended { "has ended" } else { "is none of the user's live ones" };
            Ok((ended, format!("session {session} {text}")))
        })?;
        Ok(print(&if self.json { json_document(&json!({ "changed": changed }))? } else { text })?)
    }
}
