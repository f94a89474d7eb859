//! The clauses about concurrency detect a repository that reads and then writes.

#[path = "contract/racy.rs"]
mod racy;
#[path = "contract/racy_tokens.rs"]
mod racy_tokens;

use std::{future::Future, sync::Arc};

use passport_storage_memory::{MemoryOperatorTokens, MemoryUserRepository};
use passport_user::testing::{self, Accounts};
use racy::RacyUserRepository;
use racy_tokens::RacyOperatorTokens;

fn racy() -> Accounts {
    let users = MemoryUserRepository::default();
    let journal = Arc::new(users.journal());
    (Arc::new(RacyUserRepository(users)), journal)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_repository_that_is_not_atomic_passes_the_other_clauses() {
    testing::phone_is_unique(racy()).await;
    testing::replaces_only_the_expected_hash(racy()).await;
    testing::sets_and_removes_passwords(racy()).await;
    testing::changes_standing(racy()).await;
    testing::changes_numbers(racy()).await;
    testing::refuses_numbers_of_others(racy()).await;
    testing::own_number_is_taken(racy()).await;
    testing::returns_to_a_number_kept_back(racy()).await;
    testing::number_kept_back_is_taken_until_the_undo_ends(racy()).await;
    testing::undoes_changes_of_number(racy()).await;
    testing::undo_ends_in_time(racy()).await;
    testing::purges_everything(racy()).await;
}

/// Runs `clause`, which must panic, on a repository that is not atomic.
async fn assert_fails<F>(clause: fn(Accounts) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let failure = tokio::spawn(clause(racy())).await.expect_err("clause fails").into_panic();
    let text = failure.downcast_ref::<String>().expect("panic has a text");
    assert!(text.contains("round") && !text.contains("not freed"), "{text}");
}

macro_rules! fails_on_a_repository_that_is_not_atomic {
    ($($clause:ident),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $clause() {
                assert_fails(testing::$clause).await;
            }
        )+
    };
}

mod fails_on_a_repository_that_is_not_atomic {
    use super::*;

    fails_on_a_repository_that_is_not_atomic! {
        phone_is_unique_under_concurrent_inserts,
        replace_has_one_winner,
        set_password_has_one_winner,
        set_standing_has_one_winner,
        change_number_has_one_winner,
        change_to_one_number_has_one_winner,
        undo_has_one_winner,
        undo_and_sign_up_on_the_old_number_have_one_winner,
        undo_frees_the_number_for_one,
        purge_has_one_winner,
        purge_and_restoration_have_one_winner,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_clause_about_tokens_fails_on_a_repository_that_is_not_atomic() {
    let tokens = MemoryOperatorTokens::default();
    let journal = Arc::new(tokens.journal());
    let clause =
        testing::token_changes_have_one_winner((Arc::new(RacyOperatorTokens(tokens)), journal));
    let failure = tokio::spawn(clause).await.expect_err("clause fails").into_panic();
    let text = failure.downcast_ref::<String>().expect("panic has a text");
    assert!(text.contains("round"), "{text}");
}
