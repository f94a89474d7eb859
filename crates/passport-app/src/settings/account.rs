use std::time::Duration;

use super::reader::Reader;

/// What people may do with accounts, and within which times.
#[derive(Debug, Clone)]
pub struct AccountSettings {
    /// `account.sign_up`
    pub sign_up: SignUpPolicy,
    /// `account.fresh_for`: how long a proof of identity counts as fresh.
    pub fresh_for: Duration,
    /// `account.deletion_grace`: time between the wish to delete an account and its deletion.
    pub deletion_grace: Duration,
    /// `account.undo_for`: how long the owner of the former number can undo its change.
    pub undo_for: Duration,
    /// `account.passwordless`: whether an account may have no password.
    pub passwordless: bool,
}

/// Whether new accounts are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignUpPolicy {
    /// Everyone with a number that is served may sign up.
    Open,
    /// Existing accounts only.
    Closed,
}

impl AccountSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            sign_up: reader.read("account.sign_up", "open", "open or closed", |text| match text {
                "open" => Some(SignUpPolicy::Open),
                "closed" => Some(SignUpPolicy::Closed),
                _ => None,
            }),
            fresh_for: reader.duration("account.fresh_for", "5m", "1s"..="15m"),
            deletion_grace: reader.duration("account.deletion_grace", "7d", "0s"..="15d"),
            undo_for: reader.duration("account.undo_for", "24h", "1h"..="7d"),
            passwordless: reader.flag("account.passwordless", true),
        }
    }
}
