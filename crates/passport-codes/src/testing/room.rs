use std::{future::Future, sync::Arc, time::Duration};

use time::{OffsetDateTime, macros::datetime};
use tokio::sync::Barrier;

use crate::{
    Binding, Code, CodeKey, CodePolicy, CodeStore, Codes, DigestKey, Purpose, Redemption,
    StoredCode,
};

pub(super) const NOW: OffsetDateTime = datetime!(2026-11-22 09:43:30 UTC);
pub(super) const REGISTER: Purpose = Purpose::new("register");
pub(super) const RIGHT: &str = "012345";
pub(super) const WRONG: &str = "543210";

/// A store with a separate key per clause, so that clauses can share the store.
#[derive(Clone)]
pub(super) struct Room {
    pub(super) codes: Codes,
    pub(super) key: CodeKey,
}

impl Room {
    pub(super) fn new(store: Arc<dyn CodeStore>, subject: &str) -> Self {
        let codes = Codes::new(store, DigestKey::new([7; 32]));
        Self { codes, key: CodeKey::new(REGISTER, subject) }
    }

    pub(super) async fn issue(&self, code: &str, tries: u32) {
        self.issue_bound(code, None, tries).await;
    }

    pub(super) async fn issue_bound(&self, code: &str, binding: Option<Binding>, tries: u32) {
        let policy =
            CodePolicy::new(Duration::from_mins(5), tries).expect("policy is within bounds");
        let code = Code::from_text(code.to_owned());
        self.codes.issue(&self.key, &code, binding, policy, NOW).await.expect("store answers");
    }

    /// Redeems the code with the correct guess.
    pub(super) async fn spend(&self, guess: &str) -> StoredCode {
        self.spend_bound(guess, None).await
    }

    pub(super) async fn spend_bound(&self, guess: &str, binding: Option<Binding>) -> StoredCode {
        match self.redeem_bound(guess, binding).await {
            Redemption::Accepted(spent) => spent,
            refused => panic!("the right guess is refused: {refused:?}"),
        }
    }

    pub(super) async fn restore_at(&self, spent: StoredCode, now: OffsetDateTime) {
        self.codes.restore(&self.key, spent, now).await.expect("store answers");
    }

    pub(super) async fn holds_at(&self, guess: &str, now: OffsetDateTime) -> bool {
        self.codes.holds(&self.key, guess, now).await.expect("store answers")
    }

    pub(super) async fn withdraw(&self, code: &str) {
        let code = Code::from_text(code.to_owned());
        self.codes.withdraw(&self.key, &code).await.expect("store answers");
    }

    pub(super) async fn redeem(&self, guess: &str) -> Redemption {
        self.redeem_at(guess, NOW).await
    }

    pub(super) async fn redeem_at(&self, guess: &str, now: OffsetDateTime) -> Redemption {
        self.codes.redeem(&self.key, guess, None, now).await.expect("store answers")
    }

    pub(super) async fn redeem_bound(&self, guess: &str, binding: Option<Binding>) -> Redemption {
        self.codes.redeem(&self.key, guess, binding, NOW).await.expect("store answers")
    }
}

/// Runs `rivals` tasks that start together at a barrier. Without the barrier the tasks run one
/// after the other on a cold pool, and a store that is not atomic passes.
pub(super) async fn race<T, F>(rivals: usize, act: impl Fn(usize) -> F) -> Vec<T>
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
