//! Contract tests for every [`UserRepository`]; each function is one clause.
//!
//! An adapter runs every clause as a separate test, on a new repository:
//!
//! ```text
//! passport_user::user_repository_contract!(fresh_repository());
//! ```
//!
//! where `fresh_repository()` is a future of `Arc<dyn UserRepository>`. An attribute before this
//! argument applies to every test, for example in an adapter whose server is not present on every
//! machine:
//!
//! ```text
//! passport_user::user_repository_contract!(#[ignore = "needs PostgreSQL"] fresh_repository());
//! ```

#![expect(
    clippy::missing_panics_doc,
    reason = "a clause is a test and panics when the repository violates it"
)]

use std::{future::Future, sync::Arc, time::Duration};

use time::{OffsetDateTime, macros::datetime};
use tokio::sync::Barrier;

use crate::{InsertUserError, PasswordHash, PhoneNumber, User, UserId, UserRepository};

const NOW: OffsetDateTime = datetime!(2026-11-22 09:43:30.123456789 UTC);

/// Expands to one `#[tokio::test]` for each clause of the [contract](crate::testing).
#[macro_export]
macro_rules! user_repository_contract {
    (#[$attribute:meta] $repository:expr) => {
        $crate::user_repository_contract! { @clauses [#[$attribute]] $repository }
    };
    ($repository:expr) => {
        $crate::user_repository_contract! { @clauses [] $repository }
    };
    (@clauses $attributes:tt $repository:expr) => {
        $crate::user_repository_contract! { @tests $attributes $repository;
            finds_what_was_inserted,
            finds_nothing_else,
            phone_is_unique,
            phone_is_unique_under_concurrent_inserts,
            records_logins,
            replaces_only_the_expected_hash,
            replace_has_one_winner,
        }
    };
    (@tests $attributes:tt $repository:expr; $($clause:ident),+ $(,)?) => {
        $($crate::user_repository_contract! { @test $attributes $repository; $clause })+
    };
    (@test [$(#[$attribute:meta])*] $repository:expr; $clause:ident) => {
        $(#[$attribute])*
        #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $clause() {
            $crate::testing::$clause($repository.await).await;
        }
    };
}

/// An inserted user is found unchanged, by id and by number.
pub async fn finds_what_was_inserted(users: Arc<dyn UserRepository>) {
    let mut user = user(1);
    users.insert(&user).await.expect("user is added");
    assert_eq!(found(&users, user.id).await, user);
    let by_phone = users.find_by_phone(&user.phone).await.expect("repository answers");
    assert_eq!(by_phone.as_ref(), Some(&user));

    user = User { last_login_at: Some(user.created_at), ..self::user(2) };
    users.insert(&user).await.expect("user is added");
    assert_eq!(found(&users, user.id).await, user);
}

/// An unknown id or number finds no user.
pub async fn finds_nothing_else(users: Arc<dyn UserRepository>) {
    users.insert(&user(1)).await.expect("user is added");
    let stranger = user(2);
    assert_eq!(users.find(stranger.id).await.expect("repository answers"), None);
    let by_phone = users.find_by_phone(&stranger.phone).await.expect("repository answers");
    assert_eq!(by_phone, None);
}

/// A second user with the same number is refused, and the first user is unchanged.
pub async fn phone_is_unique(users: Arc<dyn UserRepository>) {
    let (first, second) = (user(1), user(1));
    users.insert(&first).await.expect("user is added");
    let refused = users.insert(&second).await;
    assert!(matches!(refused, Err(InsertUserError::PhoneTaken)), "{refused:?}");
    assert_eq!(found(&users, first.id).await, first);
    assert_eq!(users.find(second.id).await.expect("repository answers"), None);
}

/// Exactly one of several concurrent inserts of a number succeeds, in every round.
pub async fn phone_is_unique_under_concurrent_inserts(users: Arc<dyn UserRepository>) {
    for round in 0..50 {
        let outcomes = race(8, |_| {
            let (users, user) = (Arc::clone(&users), user(round));
            async move { users.insert(&user).await }
        })
        .await;
        let added = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        let taken = outcomes
            .iter()
            .filter(|outcome| matches!(outcome, Err(InsertUserError::PhoneTaken)))
            .count();
        assert_eq!((added, taken), (1, 7), "round {round}: {outcomes:?}");
    }
}

/// The latest sign-in is stored, and all other fields are unchanged.
pub async fn records_logins(users: Arc<dyn UserRepository>) {
    let user = user(1);
    users.insert(&user).await.expect("user is added");
    let later = user.created_at + Duration::from_mins(1);
    for at in [user.created_at, later, user.created_at] {
        users.record_login(user.id, at).await.expect("repository answers");
    }
    assert_eq!(found(&users, user.id).await, User { last_login_at: Some(later), ..user });
}

/// A hash is replaced only if it equals the expected one.
pub async fn replaces_only_the_expected_hash(users: Arc<dyn UserRepository>) {
    let (user, stranger) = (user(1), user(2));
    users.insert(&user).await.expect("user is added");
    users.insert(&stranger).await.expect("user is added");
    let (new, newer) = (PasswordHash::new("$new"), PasswordHash::new("$newer"));
    assert!(replaced(&users, user.id, &user.password_hash, &new).await);
    assert!(!replaced(&users, user.id, &user.password_hash, &newer).await);
    assert_eq!(found(&users, user.id).await, User { password_hash: new, ..user });
    assert_eq!(found(&users, stranger.id).await, stranger);
}

/// Exactly one of several concurrent replacements of a hash succeeds, in every round.
pub async fn replace_has_one_winner(users: Arc<dyn UserRepository>) {
    for round in 0..50 {
        let user = user(round);
        users.insert(&user).await.expect("user is added");
        let winners = race(8, |rival| {
            let (users, id, old) = (Arc::clone(&users), user.id, user.password_hash.clone());
            let new = PasswordHash::new(format!("$new{rival}"));
            async move { replaced(&users, id, &old, &new).await }
        })
        .await;
        let winners = winners.into_iter().filter(|won| *won).count();
        assert_eq!(winners, 1, "round {round}");
    }
}

fn user(number: u32) -> User {
    let phone = PhoneNumber::from_e164(format!("+86138{number:08}")).expect("number is E.164");
    User::new(phone, PasswordHash::new("$old"), NOW)
}

async fn found(users: &Arc<dyn UserRepository>, id: UserId) -> User {
    users.find(id).await.expect("repository answers").expect("user is there")
}

async fn replaced(
    users: &Arc<dyn UserRepository>,
    id: UserId,
    old: &PasswordHash,
    new: &PasswordHash,
) -> bool {
    users.replace_password_hash(id, old, new).await.expect("repository answers")
}

/// Runs `rivals` tasks that start together at a barrier. Without the barrier the tasks run one
/// after the other on a cold pool, and a repository that is not atomic passes.
async fn race<T, F>(rivals: usize, act: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let start = Arc::new(Barrier::new(rivals));
    let tasks = (0..rivals).map(|rival| {
        let (start, act) = (Arc::clone(&start), act(rival));
        tokio::spawn(async move {
            start.wait().await;
            act.await
        })
    });
    futures::future::join_all(tasks.collect::<Vec<_>>())
        .await
        .into_iter()
        .map(|outcome| outcome.expect("rival finishes"))
        .collect()
}
