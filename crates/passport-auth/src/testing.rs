//! Contract of [`ChargedCodes`](crate::ChargedCodes): one function per clause.
//!
//! An adapter runs every clause as a test of its own, on fresh stores or on keys of its own:
//!
//! ```text
//! passport_auth::charged_codes_contract!(fresh_stores());
//! ```
//!
//! where `fresh_stores()` is a future of [`ChargedStores`]. An attribute before it applies to every test.

#![expect(clippy::missing_panics_doc, reason = "a clause reports a violation by panicking")]

mod guesses;
mod puts;
mod races;
mod room;

pub use guesses::{
    a_guess_at_a_missing_code_changes_nothing, a_right_guess_ends_the_series_and_counts_nothing,
    a_wrong_guess_counts_everywhere, nothing_is_compared_without_room_for_a_wrong_guess,
};
pub use puts::{
    a_put_that_does_not_pass_changes_nothing, a_put_without_charges_passes, put_charges_and_stores,
};
pub use races::{
    parallel_guesses_do_not_outrun_the_counts, parallel_puts_do_not_outrun_the_counts,
    parallel_right_guesses_have_one_winner,
};
pub use room::ChargedStores;

/// Expands to one `#[tokio::test]` for each clause of the [contract](crate::testing).
#[macro_export]
macro_rules! charged_codes_contract {
    (#[$attribute:meta] $stores:expr) => {
        $crate::charged_codes_contract! { @clauses [#[$attribute]] $stores }
    };
    ($stores:expr) => {
        $crate::charged_codes_contract! { @clauses [] $stores }
    };
    (@clauses $attributes:tt $stores:expr) => {
        $crate::charged_codes_contract! { @tests $attributes $stores;
            put_charges_and_stores,
            a_put_that_does_not_pass_changes_nothing,
            a_put_without_charges_passes,
            a_wrong_guess_counts_everywhere,
            a_right_guess_ends_the_series_and_counts_nothing,
            a_guess_at_a_missing_code_changes_nothing,
            nothing_is_compared_without_room_for_a_wrong_guess,
            parallel_puts_do_not_outrun_the_counts,
            parallel_guesses_do_not_outrun_the_counts,
            parallel_right_guesses_have_one_winner,
        }
    };
    (@tests $attributes:tt $stores:expr; $($clause:ident),+ $(,)?) => {
        $($crate::charged_codes_contract! { @test $attributes $stores; $clause })+
    };
    (@test [$(#[$attribute:meta])*] $stores:expr; $clause:ident) => {
        $(#[$attribute])*
        #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $clause() {
            $crate::testing::$clause($stores.await).await;
        }
    };
}
