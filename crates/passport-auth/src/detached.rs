use std::{future::Future, panic, time::Duration};

use tokio::{runtime::Handle, time};
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use passport_user::AccountEvent;

use crate::{
    Events,
    event::{Effect, EventSubject, Operation, Refused, complete},
};

/// Runs operations to their end, even if their callers stop waiting.
///
/// A web server drops the future of a request whose client disconnects, and at shutdown it drops
/// everything that was spawned on the runtimes of its threads. An operation that is dropped between
/// two steps is half done: a code spent without an account, a message paid for and not counted.
/// Operations therefore run on one runtime that outlives those, and the host calls
/// [`finish`](Self::finish) before it shuts that runtime down.
///
/// Clones share the set of running operations.
#[derive(Debug, Clone)]
pub struct Detached {
    running: TaskTracker,
    runtime: Handle,
    events: Events,
}

impl Detached {
    /// Spawns tasks on `runtime`, and reports their outcomes to `events`. If that runtime shuts down its
    /// tasks are dropped, and a caller awaiting one never completes.
    pub fn on(runtime: Handle, events: Events) -> Self {
        Self { running: TaskTracker::new(), runtime, events }
    }

    /// Events of the operations.
    pub fn events(&self) -> &Events {
        &self.events
    }

    /// Number of operations that are running.
    pub fn running(&self) -> usize {
        self.running.len()
    }

    /// Waits until no operation is running and all events are written, at most for `timeout`. Returns
    /// the number of operations that are still running.
    pub async fn finish(&self, timeout: Duration) -> usize {
        self.running.close();
        // The timeout itself is ignored; only the number of unfinished tasks matters.
        let finish = async {
            self.running.wait().await;
            self.events.flush().await;
        };
        let _ = time::timeout(timeout, finish).await;
        self.running.len()
    }

    /// Starts the future of `act`, which runs to its end and then emits its event. The returned future
    /// waits for the outcome and may be dropped. Callers must not log the outcome again, because the
    /// event is emitted also if they are gone.
    ///
    /// `act` takes the event as it will be if the operation succeeds, so that a repository can write it
    /// in the transaction of the change.
    ///
    /// The method is not `async`, so that the future of a use case holds a task handle only and not
    /// all of `act`.
    pub(crate) fn perform<T, E, A, F>(
        &self,
        operation: Operation,
        subject: EventSubject,
        act: A,
    ) -> impl Future<Output = Result<T, E>> + use<T, E, A, F>
    where
        T: Effect + Send + 'static,
        E: Refused + Send,
        A: FnOnce(AccountEvent) -> F,
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        let client = subject.caller.as_ref().map(|caller| caller.client);
        let event = self.events.make(operation.kind(), subject);
        let (act, events) = (act(event.clone()), self.events.clone());
        // On the heap, because a task is moved several times before it runs, and some are of 7 KB.
        self.run(Box::pin(async move {
            let outcome = act.await;
            if let Some(event) = complete(event, operation, &outcome) {
                events.record(event, client);
            }
            outcome
        }))
    }

    fn run<T, F>(&self, act: F) -> impl Future<Output = T> + use<T, F>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let task = self.running.spawn_on(act.in_current_span(), &self.runtime);
        async {
            match task.await {
                Ok(outcome) => outcome,
                Err(error) => match error.try_into_panic() {
                    Ok(payload) => panic::resume_unwind(payload),
                    // The runtime is shutting down and the process is about to exit, so there is no
                    // result to return.
                    Err(_) => std::future::pending().await,
                },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures::poll;
    use passport_storage_memory::MemoryJournal;

    use super::*;
    use crate::{AuditAddresses, SubjectKey, SystemClock};

    fn events() -> Events {
        Events::start(
            Arc::new(MemoryJournal::default()),
            &Handle::current(),
            SubjectKey::new([9; 32]),
            AuditAddresses::Full,
            Arc::new(SystemClock),
        )
    }

    #[tokio::test(start_paused = true)]
    async fn finish_times_out() {
        let detached = Detached::on(Handle::current(), events());
        assert_eq!(detached.finish(Duration::ZERO).await, 0);
        for _ in 0..2 {
            let act = detached.run(std::future::pending::<()>());
            assert!(poll!(std::pin::pin!(act)).is_pending());
        }
        assert_eq!(detached.finish(Duration::from_secs(30)).await, 2);
    }

    #[tokio::test]
    async fn a_panic_reaches_the_caller() {
        let detached = Detached::on(Handle::current(), events());
        let its = detached.clone();
        let broken = tokio::spawn(async move { its.run(async { panic!("broken act") }).await });
        assert!(broken.await.unwrap_err().is_panic());
        assert_eq!(detached.finish(Duration::ZERO).await, 0);
    }
}
