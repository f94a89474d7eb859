use std::{error::Error, path::Path};

use clap::Args;
use passport_auth::{Operator, OperatorError, StandingChanged, UserReference};
use passport_user::{Standing, User};
use serde_json::json;

use super::super::{
    operator::{self, By, Sure, explain, find, named, user_reference},
    output::{Outcome, print},
    printable::json_document,
    times::shown,
};
use crate::operations::{Operations, UserView};

/// The user and the operator of an act.
#[derive(Debug, Args)]
struct Act {
    /// Id or phone number
    #[arg(value_name = "USER", value_parser = user_reference)]
    user: UserReference,
    #[command(flatten)]
    by: By,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What an act has done.
struct Done {
    changed: bool,
    text: String,
}

impl Act {
    /// Finds the user, asks the question, acts, and prints the result.
    fn run(
        self,
        file: Option<&Path>,
        sure: Option<(&Sure, &str)>,
        act: impl AsyncFnOnce(&Operations, &User, &Operator) -> Result<Done, OperatorError>,
    ) -> Outcome {
        let (done, user) = operator::run(file, async |operations, _| {
            let user = find(operations, &self.user).await?;
            if let Some((sure, question)) = sure {
                sure.ask(&question.replace("{}", &named(&user)))?;
            }
            let done = act(operations, &user, &self.by.operator()).await.map_err(explain)?;
            let after = operations.directory.find(&UserReference::Id(user.id)).await?;
            Ok((done, after))
        })?;
        if self.json {
            let user = user.as_ref().map(UserView::from);
            let value = json!({ "changed": done.changed, "user": user });
            return Ok(print(&json_document(&value)?)?);
        }
        Ok(print(&done.text)?)
    }
}

fn done(changed: Option<StandingChanged>, user: &User, text: &str, otherwise: &str) -> Done {
    let text = if changed.is_some() { text } else { otherwise };
    Done { changed: changed.is_some(), text: format!("{} {text}", named(user)) }
}

const DISABLE_EXAMPLES: &str = "\
Examples:
  passport user disable 13800138000
  passport user disable 13800138000 --reason 'INC-17: account taken over' --yes

All sessions end at once on every node, and sign-in is refused after the right code or password. A
deletion that the user has requested is withdrawn.";

#[derive(Debug, Args)]
#[command(after_help = DISABLE_EXAMPLES)]
pub(in crate::cli) struct Disable {
    #[command(flatten)]
    act: Act,
    #[command(flatten)]
    sure: Sure,
}

impl Disable {
    pub(super) fn run(self, file: Option<&Path>) -> Outcome {
        let question = "Disable {}? All sessions end.";
        self.act.run(file, Some((&self.sure, question)), async |operations, user, operator| {
            let changed = operations.standing.disable(user.id, operator).await?;
            let text = match changed.map(|changed| changed.former) {
                Some(Standing::Leaving { purge_at, .. }) => format!(
                    "is disabled; the deletion at {} that was requested is withdrawn",
                    shown(purge_at)
                ),
                Some(Standing::Active | Standing::Disabled { .. }) | None => {
                    "is disabled; all sessions have ended".to_owned()
                }
            };
            Ok(done(changed, user, &text, "is disabled already; nothing was changed"))
        })
    }
}

const ENABLE_EXAMPLES: &str = "\
Examples:
  passport user enable 13800138000
  passport user enable 13800138000 --reason 'INC-17 is closed' --json

The user has to sign in again.";

#[derive(Debug, Args)]
#[command(after_help = ENABLE_EXAMPLES)]
pub(in crate::cli) struct Enable {
    #[command(flatten)]
    act: Act,
}

impl Enable {
    pub(super) fn run(self, file: Option<&Path>) -> Outcome {
        self.act.run(file, None, async |operations, user, operator| {
            let changed = operations.standing.enable(user.id, operator).await?;
            Ok(done(changed, user, "is enabled", "is not disabled; nothing was changed"))
        })
    }
}

const RESTORE_EXAMPLES: &str = "\
Examples:
  passport user restore 13800138000
  passport user restore 13800138000 --reason 'deletion was requested by a thief'

Possible until the end of account.deletion_grace. The user can do the same by signing in.";

#[derive(Debug, Args)]
#[command(after_help = RESTORE_EXAMPLES)]
pub(in crate::cli) struct Restore {
    #[command(flatten)]
    act: Act,
}

impl Restore {
    pub(super) fn run(self, file: Option<&Path>) -> Outcome {
        self.act.run(file, None, async |operations, user, operator| {
            let changed = operations.standing.restore(user.id, operator).await?;
            Ok(done(
                changed,
                user,
                "is active; the deletion is withdrawn",
                "is not about to be deleted; nothing was changed",
            ))
        })
    }
}

const DELETE_EXAMPLES: &str = "\
Examples:
  passport user delete 13800138000
  passport user delete 13800138000 --now --reason 'request of 2026-11-29'

The user is deleted at the end of account.deletion_grace, and can withdraw the deletion by signing in
until then. With --now everything is deleted at once, and there is no way back. Deleted are number,
nickname, password and sessions; the id and the events stay.";

#[derive(Debug, Args)]
#[command(after_help = DELETE_EXAMPLES)]
pub(in crate::cli) struct Delete {
    #[command(flatten)]
    act: Act,
    /// Delete at once, without a way back
    #[arg(long)]
    now: bool,
    #[command(flatten)]
    sure: Sure,
}

impl Delete {
    pub(super) fn run(self, file: Option<&Path>) -> Outcome {
        if self.now {
            let question = "Delete {} now? There is no way back.";
            return self.act.run(
                file,
                Some((&self.sure, question)),
                async |operations, user, operator| {
                    let changed = operations.standing.delete_now(user.id, operator).await?;
                    let text = format!("{} is deleted", named(user));
                    Ok(Done { changed, text })
                },
            );
        }
        let question = "Delete {} after the grace period? All sessions end.";
        self.act.run(file, Some((&self.sure, question)), async |operations, user, operator| {
            let changed = operations.standing.delete(user.id, operator).await?;
            let at = match changed.map(|changed| changed.standing) {
                Some(Standing::Leaving { purge_at, .. }) => shown(purge_at),
                Some(Standing::Active | Standing::Disabled { .. }) | None => String::new(),
            };
            let text =
                format!("is deleted at {at}; until then `passport user restore` brings it back");
            Ok(done(changed, user, &text, "is about to be deleted already; nothing was changed"))
        })
    }
}

const RESET_EXAMPLES: &str = "\
Examples:
  passport user reset 13800138000
  passport user reset 13800138000 --reason 'INC-17: password was stolen' --yes

Clears the password, ends all sessions, and clears the failures in a row of the number. The user then
sets a new password with a code (\"Forgot password\"), or signs in with one. No command chooses a password.";

#[derive(Debug, Args)]
#[command(after_help = RESET_EXAMPLES)]
pub(in crate::cli) struct Reset {
    #[command(flatten)]
    act: Act,
    #[command(flatten)]
    sure: Sure,
}

impl Reset {
    pub(super) fn run(self, file: Option<&Path>) -> Outcome {
        let question = "Clear the password of {}? All sessions end.";
        self.act.run(file, Some((&self.sure, question)), async |operations, user, operator| {
            operations.credentials.reset(user.id, operator).await?;
            let text = format!(
                "{} has no password; all sessions have ended, and a new password is set with a code",
                named(user)
            );
            Ok(Done { changed: true, text })
        })
    }
}

const UNLOCK_EXAMPLES: &str = "\
Examples:
  passport user unlock 13800138000
  passport user unlock +8613800138000 --reason 'INC-17: guesses of a stranger'

After wrong passwords or codes in a row a number has to wait, or is stopped. A number without an account
can be unlocked, too. Limits of messages are not affected.";

#[derive(Debug, Args)]
#[command(after_help = UNLOCK_EXAMPLES)]
pub(in crate::cli) struct Unlock {
    #[command(flatten)]
    act: Act,
}

impl Unlock {
    pub(super) fn run(self, file: Option<&Path>) -> Outcome {
        let Act { user: reference, by, json } = self.act;
        let user = operator::run(file, async |operations, _| {
            let (credentials, operator) = (&operations.credentials, by.operator());
            let user = operations.directory.find(&reference).await?;
            match (&user, &reference) {
                (Some(user), _) => credentials.unlock(user.id, &operator).await.map_err(explain)?,
                (None, UserReference::Phone(phone)) => {
                    credentials.unlock_number(phone, &operator).await.map_err(explain)?;
                }
                (None, UserReference::Id(_)) => drop(find(operations, &reference).await?),
            }
            Ok::<_, Box<dyn Error>>(user)
        })?;
        if json {
            let user = user.as_ref().map(UserView::from);
            return Ok(print(&json_document(&json!({ "changed": true, "user": user }))?)?);
        }
        let name = match (&user, &reference) {
            (Some(user), _) => named(user),
            (None, UserReference::Phone(phone)) => format!("{} (no account)", phone.masked()),
            (None, UserReference::Id(id)) => id.to_string(),
        };
        Ok(print(&format!("{name} has no failures in a row any more"))?)
    }
}
