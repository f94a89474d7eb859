use std::future::Future;

use tokio_util::task::TaskTracker;

/// Calls of one connection that run to their end although the connection is lost.
///
/// A worker that stops waits for its connections, and drops everything else on its thread. Therefore a
/// lost connection counts as open until its calls have ended.
#[derive(Debug, Clone, Default)]
pub(crate) struct Underway(TaskTracker);

impl Underway {
    /// Holds the connection until `call` has ended.
    pub(crate) fn track<F: Future>(&self, call: F) -> impl Future<Output = F::Output> + use<F> {
        self.0.track_future(call)
    }

    /// Waits until all calls have ended.
    pub(super) async fn ended(&self) {
        self.0.close();
        self.0.wait().await;
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures::poll;
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn a_connection_waits_for_the_calls_that_outlive_it() {
        let underway = Underway::default();
        underway.ended().await;
        let (end, call) = oneshot::channel::<()>();
        let call = tokio::spawn(underway.track(call));
        let mut ended = pin!(underway.ended());
        assert!(poll!(&mut ended).is_pending());
        end.send(()).unwrap();
        ended.await;
        call.await.unwrap().unwrap();
    }
}
