//! Stores that fail at a planned call, and that yield at each call.

use std::sync::{Mutex, MutexGuard};
use std::{future::Future, sync::Arc};

use async_trait::async_trait;
use passport_codes::{
    Binding, CodeDigest, CodeKey, CodeStore, CodeStoreError, Redemption, StoredCode,
};
use passport_session::{Session, SessionDigest, SessionId, SessionStore, SessionStoreError};
use passport_throttle::{Charge, Decision, Hit, Refusal, ThrottleStore, ThrottleStoreError, Usage};
use time::OffsetDateTime;
use tokio::{sync::oneshot, task::yield_now};
use uuid::Uuid;

/// Failure of one store call of an operation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fault {
    pub(crate) kind: FaultKind,
    /// Index of the call, from 0, counted over all stores.
    pub(crate) call: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// The call does nothing and fails; the next call succeeds.
    CallLost,
    /// The call does its work and returns an error; the next call succeeds.
    AnswerLost,
    /// This call and all later ones do nothing and fail.
    Down,
}

/// Runs `scenario` for each store call of its operation and each kind of failure, until it returns
/// `false` because the operation made no such call.
pub(crate) async fn each_fault(scenario: impl AsyncFn(Fault) -> bool) {
    for kind in [FaultKind::CallLost, FaultKind::AnswerLost, FaultKind::Down] {
        let mut call = 0;
        while scenario(Fault { kind, call }).await {
            call += 1;
            assert!(call < 100, "the operation never ends");
        }
        assert!(call > 0, "the operation called no store");
    }
}

/// Records the calls and the keys of all stores, and decides which calls fail.
#[derive(Debug, Default)]
pub(crate) struct Outage(Mutex<Plan>, Mutex<Vec<String>>, Mutex<Option<Hold>>);

/// A call that waits.
#[derive(Debug)]
struct Hold {
    name: &'static str,
    reached: oneshot::Sender<()>,
    release: oneshot::Receiver<()>,
}

/// Both ends of a call that waits.
pub(crate) struct Held {
    /// Answers once the call has begun.
    pub(crate) reached: oneshot::Receiver<()>,
    /// Lets the call go on when it is dropped.
    pub(crate) release: oneshot::Sender<()>,
}

#[derive(Debug, Default)]
struct Plan {
    calls: Vec<&'static str>,
    fault: Option<Fault>,
    down: Vec<&'static str>,
}

impl Outage {
    /// Plans `fault` for the next operation.
    pub(crate) fn begin(&self, fault: Fault) {
        *self.plan() = Plan { fault: Some(fault), ..Plan::default() };
    }

    /// Makes every call fail whose name starts with one of `names`.
    pub(crate) fn take_down(&self, names: &[&'static str]) {
        self.plan().down = names.to_vec();
    }

    /// Makes the next call of this name wait before it does anything.
    pub(crate) fn hold(&self, name: &'static str) -> Held {
        let ((begun, reached), (release, released)) = (oneshot::channel(), oneshot::channel());
        *self.holds() = Some(Hold { name, reached: begun, release: released });
        Held { reached, release }
    }

    async fn wait(&self, name: &str) {
        let Some(hold) = self.holds().take_if(|hold| hold.name == name) else { return };
        // Errors mean that the test does not wait, or has let the call go on.
        _ = hold.reached.send(());
        _ = hold.release.await;
    }

    fn holds(&self) -> MutexGuard<'_, Option<Hold>> {
        self.2.lock().expect("no test panics while it holds the holds")
    }

    /// Ends all failures; returns the name of the first call that failed.
    pub(crate) fn end(&self) -> Option<&'static str> {
        let plan = std::mem::take(&mut *self.plan());
        plan.calls.get(plan.fault?.call).copied()
    }

    /// As [`end`](Self::end), with the names of the calls before that one.
    pub(crate) fn end_after(&self) -> Option<(&'static str, Vec<&'static str>)> {
        let plan = std::mem::take(&mut *self.plan());
        let mut calls = plan.calls;
        let call = plan.fault?.call;
        let failed = *calls.get(call)?;
        calls.truncate(call);
        Some((failed, calls))
    }

    /// Names of the calls since the last call of this method.
    pub(crate) fn calls(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.plan().calls)
    }

    /// Whether there was a call of this name since the last call of [`calls`](Self::calls).
    pub(crate) fn called(&self, name: &str) -> bool {
        self.plan().calls.contains(&name)
    }

    /// Number of calls since the last call of [`calls`](Self::calls).
    pub(crate) fn count(&self) -> usize {
        self.plan().calls.len()
    }

    /// Every key of codes and counts that a store was given.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.1.lock().expect("no test panics while it holds the keys").clone()
    }

    pub(crate) fn record(&self, key: impl Into<String>) {
        self.1.lock().expect("no test panics while it holds the keys").push(key.into());
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.0.lock().expect("no test panics while it holds the plan")
    }

    /// Whether calls of this name fail, for calls that are not counted.
    pub(crate) fn is_down(&self, name: &str) -> bool {
        self.plan().down.iter().any(|down| name.starts_with(down))
    }

    fn next(&self, name: &'static str) -> Option<FaultKind> {
        let mut plan = self.plan();
        let call = plan.calls.len();
        plan.calls.push(name);
        if plan.down.iter().any(|down| name.starts_with(down)) {
            return Some(FaultKind::Down);
        }
        let fault = plan.fault?;
        let strikes = call == fault.call || (fault.kind == FaultKind::Down && call > fault.call);
        strikes.then_some(fault.kind)
    }
}

/// A store behind an [`Outage`]. It yields before and after each call, so that rivals interleave and an
/// operation can be dropped at any point.
#[derive(Debug)]
pub(crate) struct Faulty<S> {
    pub(crate) store: S,
    pub(crate) outage: Arc<Outage>,
}

impl<S> Faulty<S> {
    fn record_all(&self, charges: &[Charge]) {
        for charge in charges {
            self.outage.record(format!("{}:{}", charge.policy, charge.subject));
        }
    }

    pub(crate) async fn step<T, E>(
        &self,
        name: &'static str,
        call: impl Future<Output = Result<T, E>>,
        error: impl FnOnce(&'static str) -> E,
    ) -> Result<T, E> {
        yield_now().await;
        self.outage.wait(name).await;
        let outcome = match self.outage.next(name) {
            None => call.await,
            Some(FaultKind::AnswerLost) => match call.await {
                Ok(_) => Err(error("the answer was lost")),
                refused => refused,
            },
            Some(FaultKind::CallLost | FaultKind::Down) => Err(error("the store is down")),
        };
        yield_now().await;
        outcome
    }
}

#[async_trait]
impl<S: CodeStore> CodeStore for Faulty<S> {
    async fn put(
        &self,
        key: &CodeKey,
        code: StoredCode,
        now: OffsetDateTime,
    ) -> Result<(), CodeStoreError> {
        self.outage.record(key.subject());
        self.step("codes.put", self.store.put(key, code, now), CodeStoreError::new).await
    }

    async fn redeem(
        &self,
        key: &CodeKey,
        guess: CodeDigest,
        binding: Option<Binding>,
        now: OffsetDateTime,
    ) -> Result<Redemption, CodeStoreError> {
        self.outage.record(key.subject());
        let call = self.store.redeem(key, guess, binding, now);
        self.step("codes.redeem", call, CodeStoreError::new).await
    }

    async fn holds(
        &self,
        key: &CodeKey,
        digest: CodeDigest,
        now: OffsetDateTime,
    ) -> Result<bool, CodeStoreError> {
        self.outage.record(key.subject());
        self.step("codes.holds", self.store.holds(key, digest, now), CodeStoreError::new).await
    }

    async fn restore(
        &self,
        key: &CodeKey,
        spent: StoredCode,
        now: OffsetDateTime,
    ) -> Result<(), CodeStoreError> {
        self.outage.record(key.subject());
        self.step("codes.restore", self.store.restore(key, spent, now), CodeStoreError::new).await
    }

    async fn withdraw(&self, key: &CodeKey, digest: CodeDigest) -> Result<(), CodeStoreError> {
        self.outage.record(key.subject());
        self.step("codes.withdraw", self.store.withdraw(key, digest), CodeStoreError::new).await
    }

    async fn discard(&self, key: &CodeKey) -> Result<(), CodeStoreError> {
        self.outage.record(key.subject());
        self.step("codes.discard", self.store.discard(key), CodeStoreError::new).await
    }
}

#[async_trait]
impl<S: ThrottleStore> ThrottleStore for Faulty<S> {
    async fn hit(
        &self,
        charges: &[Charge],
        checked: &[Charge],
        now: OffsetDateTime,
    ) -> Result<Decision, ThrottleStoreError> {
        self.record_all(charges);
        self.record_all(checked);
        let call = self.store.hit(charges, checked, now);
        self.step("throttle.hit", call, ThrottleStoreError::new).await
    }

    async fn check(
        &self,
        charges: &[Charge],
        now: OffsetDateTime,
    ) -> Result<Option<Refusal>, ThrottleStoreError> {
        self.record_all(charges);
        self.step("throttle.check", self.store.check(charges, now), ThrottleStoreError::new).await
    }

    async fn refund(&self, hit: &Hit) -> Result<(), ThrottleStoreError> {
        self.step("throttle.refund", self.store.refund(hit), ThrottleStoreError::new).await
    }

    async fn usage(
        &self,
        charges: &[Charge],
        now: OffsetDateTime,
    ) -> Result<Vec<Usage>, ThrottleStoreError> {
        self.record_all(charges);
        self.step("throttle.usage", self.store.usage(charges, now), ThrottleStoreError::new).await
    }

    async fn clear(&self, charges: &[Charge]) -> Result<(), ThrottleStoreError> {
        self.record_all(charges);
        self.step("throttle.clear", self.store.clear(charges), ThrottleStoreError::new).await
    }
}

#[async_trait]
impl<S: SessionStore> SessionStore for Faulty<S> {
    async fn create(
        &self,
        digest: &SessionDigest,
        session: &Session,
    ) -> Result<(), SessionStoreError> {
        self.step("sessions.create", self.store.create(digest, session), SessionStoreError::new)
            .await
    }

    async fn find(
        &self,
        digest: &SessionDigest,
        now: OffsetDateTime,
    ) -> Result<Option<Session>, SessionStoreError> {
        self.step("sessions.find", self.store.find(digest, now), SessionStoreError::new).await
    }

    async fn touch(
        &self,
        digest: &SessionDigest,
        now: OffsetDateTime,
    ) -> Result<(), SessionStoreError> {
        self.step("sessions.touch", self.store.touch(digest, now), SessionStoreError::new).await
    }

    async fn rotate(
        &self,
        old: &SessionDigest,
        new: &SessionDigest,
        session: &Session,
        now: OffsetDateTime,
    ) -> Result<bool, SessionStoreError> {
        let call = self.store.rotate(old, new, session, now);
        self.step("sessions.rotate", call, SessionStoreError::new).await
    }

    async fn list(
        &self,
        subject: Uuid,
        now: OffsetDateTime,
    ) -> Result<Vec<Session>, SessionStoreError> {
        self.step("sessions.list", self.store.list(subject, now), SessionStoreError::new).await
    }

    async fn revoke(&self, subject: Uuid, id: SessionId) -> Result<bool, SessionStoreError> {
        self.step("sessions.revoke", self.store.revoke(subject, id), SessionStoreError::new).await
    }

    async fn revoke_all(
        &self,
        subject: Uuid,
        keep: Option<SessionId>,
    ) -> Result<(), SessionStoreError> {
        let call = self.store.revoke_all(subject, keep);
        self.step("sessions.revoke_all", call, SessionStoreError::new).await
    }

    async fn purge(&self, now: OffsetDateTime) -> Result<u64, SessionStoreError> {
        self.step("sessions.purge", self.store.purge(now), SessionStoreError::new).await
    }
}
