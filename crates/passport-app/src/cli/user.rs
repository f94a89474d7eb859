mod acts;
mod export;
mod list;
mod sessions;
mod show;

use std::path::Path;

use clap::Subcommand;

use super::output::Outcome;

pub(super) const EXAMPLES: &str = "\
Examples:
  passport user list --standing disabled
  passport user show 13800138000
  passport user disable +8613800138000 --reason 'INC-17: account taken over'
  passport user reset 0193a5c7-9f0e-7c3d-8a51-3f1b2c4d5e6f --yes

A user is named by the id, or by the current phone number. The commands work on the database and the
store of the settings, also while the service runs. Every act is an event in the audit log, with
the name of the operator: see `passport audit --help`. No command shows or sets a password.";

#[derive(Debug, Subcommand)]
pub(super) enum User {
    /// List users, numbers masked
    List(list::List),
    /// Show a user, number masked unless --reveal
    Show(show::Show),
    /// Disable a user: all sessions end at once, and sign-in is refused
    Disable(acts::Disable),
    /// Let a disabled user sign in again
    Enable(acts::Enable),
    /// Withdraw the deletion of a user
    Restore(acts::Restore),
    /// Delete a user after the grace period, or --now
    Delete(acts::Delete),
    /// List the sessions of a user
    Sessions(sessions::Sessions),
    /// End all sessions of a user, or one
    Revoke(sessions::Revoke),
    /// Clear the password, so that the user sets a new one by SMS
    Reset(acts::Reset),
    /// Clear the failures in a row of a number, so that it can be tried again at once
    Unlock(acts::Unlock),
    /// Print everything that is kept of a user, with the whole number
    Export(export::Export),
}

impl User {
    /// `passport user`
    pub(super) fn run(self, file: Option<&Path>) -> Outcome {
        match self {
            Self::List(command) => command.run(file),
            Self::Show(command) => command.run(file),
            Self::Disable(command) => command.run(file),
            Self::Enable(command) => command.run(file),
            Self::Restore(command) => command.run(file),
            Self::Delete(command) => command.run(file),
            Self::Sessions(command) => command.run(file),
            Self::Revoke(command) => command.run(file),
            Self::Reset(command) => command.run(file),
            Self::Unlock(command) => command.run(file),
            Self::Export(command) => command.run(file),
        }
    }
}
