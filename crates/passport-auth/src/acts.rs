use std::{future::Future, panic, time::Duration};

use tokio::{runtime::Handle, time::timeout};
use tokio_util::task::TaskTracker;
use tracing::Instrument;

/// Runs acts to their end even when their callers go away.
///
/// A web server drops the future of a request whose client hung up, and when it stops, the runtimes
/// of its threads with all that was spawned there. Dropped between two steps, an act would be half
/// done: a code spent and no account, a message paid for and not counted. So acts run on one
/// runtime that outlives these, and whoever ends it lets them [`finish`](Self::finish) first.
///
/// Clones share the acts.
#[derive(Debug, Clone)]
pub struct Acts {
    under_way: TaskTracker,
    runtime: Handle,
}

impl Acts {
    /// Runs acts on `runtime`, with whose end they end: whoever waits for one then waits for ever.
    pub fn on(runtime: Handle) -> Self {
        Self { under_way: TaskTracker::new(), runtime }
    }

    /// Waits until no act is under way, and at most for `patience`. Answers how many still are.
    pub async fn finish(&self, patience: Duration) -> usize {
        self.under_way.close();
        // What counts is who is left.
        let _ = timeout(patience, self.under_way.wait()).await;
        self.under_way.len()
    }

    /// Runs `act` to its end, whether or not somebody waits for it.
    pub(crate) async fn run<T, F>(&self, act: F) -> T
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let act = self.under_way.spawn_on(act.in_current_span(), &self.runtime);
        match act.await {
            Ok(outcome) => outcome,
            Err(error) => match error.try_into_panic() {
                Ok(payload) => panic::resume_unwind(payload),
                // The runtime ends, and with it the process or nearly so: there is nothing to tell.
                Err(_) => std::future::pending().await,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::poll;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn patience_has_an_end() {
        let acts = Acts::on(Handle::current());
        assert_eq!(acts.finish(Duration::ZERO).await, 0);
        for _ in 0..2 {
            let act = acts.run(std::future::pending::<()>());
            assert!(poll!(std::pin::pin!(act)).is_pending());
        }
        assert_eq!(acts.finish(Duration::from_secs(30)).await, 2);
    }

    #[tokio::test]
    async fn a_panic_is_the_callers() {
        let acts = Acts::on(Handle::current());
        let its = acts.clone();
        let broken = tokio::spawn(async move { its.run(async { panic!("broken act") }).await });
        assert!(broken.await.unwrap_err().is_panic());
        assert_eq!(acts.finish(Duration::ZERO).await, 0);
    }
}
