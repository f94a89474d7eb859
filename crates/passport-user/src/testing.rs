//! Contract tests for every [`UserRepository`], [`Journal`] and
//! [`OperatorTokenRepository`](crate::OperatorTokenRepository); each function is one clause.
//!
//! An adapter runs every clause as a separate test, on a new repository and the journal over the
//! same storage, because a change and its event are one act:
//!
//! ```text
//! passport_user::user_repository_contract!(fresh());
//! passport_user::journal_contract!(fresh_journal());
//! ```
//!
//! where `fresh()` is a future of `(Arc<dyn UserRepository>, Arc<dyn Journal>)`, and
//! `fresh_journal()` one of `Arc<dyn Journal>`. An attribute before this argument applies to every
//! test, for example in an adapter whose server is not present on every machine:
//!
//! ```text
//! passport_user::user_repository_contract!(#[ignore = "needs PostgreSQL"] fresh());
//! ```

#![expect(
    clippy::missing_panics_doc,
    reason = "a clause is a test and panics when the repository violates it"
)]

mod deletion;
mod epochs;
mod events;
mod numbers;
mod operators;
mod signing_keys;
mod support;
mod undo;
mod users;

use std::sync::Arc;

pub use self::{
    deletion::*, epochs::*, events::*, numbers::*, operators::*, signing_keys::*, undo::*, users::*,
};
use crate::{Journal, UserRepository};

/// A repository, and the journal that has the events of its changes.
pub type Accounts = (Arc<dyn UserRepository>, Arc<dyn Journal>);

/// Expands to one `#[tokio::test]` for each clause of the [contract](crate::testing) of users.
#[macro_export]
macro_rules! user_repository_contract {
    (#[$attribute:meta] $accounts:expr) => {
        $crate::user_repository_contract! { @clauses [#[$attribute]] $accounts }
    };
    ($accounts:expr) => {
        $crate::user_repository_contract! { @clauses [] $accounts }
    };
    (@clauses $attributes:tt $accounts:expr) => {
        $crate::user_repository_contract! { @tests $attributes $accounts;
            finds_what_was_inserted,
            finds_nothing_else,
            phone_is_unique,
            phone_is_unique_under_concurrent_inserts,
            records_logins,
            replaces_only_the_expected_hash,
            replace_has_one_winner,
            renames,
            lists_by_id_and_filter,
            sets_and_removes_passwords,
            set_password_has_one_winner,
            changes_standing,
            set_standing_has_one_winner,
            epochs_end,
            changes_numbers,
            refuses_numbers_of_others,
            own_number_is_taken,
            keeps_back_a_few_numbers,
            returns_to_a_number_kept_back,
            number_kept_back_is_taken_until_the_undo_ends,
            change_number_has_one_winner,
            change_to_one_number_has_one_winner,
            undoes_changes_of_number,
            undo_frees_what_came_later,
            undo_ends_in_time,
            undo_has_one_winner,
            undo_and_sign_up_on_the_old_number_have_one_winner,
            undo_frees_the_number_for_one,
            finds_users_due_for_purge,
            purges_everything,
            purge_has_one_winner,
            purge_and_restoration_have_one_winner,
        }
    };
    (@tests $attributes:tt $accounts:expr; $($clause:ident),+ $(,)?) => {
        $($crate::user_repository_contract! { @test $attributes $accounts; $clause })+
    };
    (@test [$(#[$attribute:meta])*] $accounts:expr; $clause:ident) => {
        $(#[$attribute])*
        #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $clause() {
            $crate::testing::$clause($accounts.await).await;
        }
    };
}

/// Expands to one `#[tokio::test]` for each clause of the [contract](crate::testing) of journals.
#[macro_export]
macro_rules! journal_contract {
    (#[$attribute:meta] $journal:expr) => {
        $crate::journal_contract! { @clauses [#[$attribute]] $journal }
    };
    ($journal:expr) => {
        $crate::journal_contract! { @clauses [] $journal }
    };
    (@clauses $attributes:tt $journal:expr) => {
        $crate::user_repository_contract! { @tests $attributes $journal;
            reads_what_was_recorded,
            records_each_event_once,
            reads_newest_first,
            reads_by_filter,
            deletes_only_old_events,
        }
    };
}

/// Expands to one `#[tokio::test]` for each clause of the [contract](crate::testing) of operators'
/// tokens.
#[macro_export]
macro_rules! operator_token_contract {
    (#[$attribute:meta] $operators:expr) => {
        $crate::operator_token_contract! { @clauses [#[$attribute]] $operators }
    };
    ($operators:expr) => {
        $crate::operator_token_contract! { @clauses [] $operators }
    };
    (@clauses $attributes:tt $operators:expr) => {
        $crate::user_repository_contract! { @tests $attributes $operators;
            finds_tokens,
            token_names_are_unique,
            token_changes_have_one_winner,
            removes_tokens,
            records_uses,
        }
    };
}

/// Expands to one `#[tokio::test]` for each clause of the [contract](crate::testing) of signing keys.
#[macro_export]
macro_rules! signing_key_contract {
    (#[$attribute:meta] $signers:expr) => {
        $crate::signing_key_contract! { @clauses [#[$attribute]] $signers }
    };
    ($signers:expr) => {
        $crate::signing_key_contract! { @clauses [] $signers }
    };
    (@clauses $attributes:tt $signers:expr) => {
        $crate::user_repository_contract! { @tests $attributes $signers;
            publishes_keys,
            generations_and_ids_are_unique,
            publication_has_one_winner,
            retires_keys,
            purges_retired_keys,
        }
    };
}
