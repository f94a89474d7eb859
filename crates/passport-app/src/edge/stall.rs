use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use actix_server::GracefulShutdownSignal;
use tokio::time::{Instant, Sleep, sleep};

/// Time that a client which reads nothing has left once the service stops.
const AFTER_STOP: Duration = Duration::from_secs(3);

/// Deadline of a write that the client does not take.
///
/// It runs from the first byte that is not taken until all bytes are: a client that takes
/// single bytes does not extend it.
pub(super) struct Stall {
    limit: Duration,
    stopping: GracefulShutdownSignal,
    deadline: Option<Deadline>,
}

struct Deadline {
    sleep: Pin<Box<Sleep>>,
    /// Completes when the service stops; nothing afterwards.
    stop: Option<Pin<Box<dyn Future<Output = ()>>>>,
}

impl Stall {
    pub(super) fn new(limit: Duration, stopping: GracefulShutdownSignal) -> Self {
        Self { limit, stopping, deadline: None }
    }

    /// Starts the deadline, unless it runs already. Ready when it has passed.
    pub(super) fn poll_expired(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Self { limit, stopping, deadline } = self;
        let deadline = deadline.get_or_insert_with(|| {
            let stopping = stopping.clone();
            let stop = Box::pin(async move { stopping.notified().await });
            Deadline { sleep: Box::pin(sleep(*limit)), stop: Some(stop) }
        });
        if deadline.stop.as_mut().is_some_and(|stop| stop.as_mut().poll(cx).is_ready()) {
            deadline.stop = None;
            let end = (Instant::now() + AFTER_STOP).min(deadline.sleep.deadline());
            deadline.sleep.as_mut().reset(end);
        }
        deadline.sleep.as_mut().poll(cx)
    }

    /// Ends the deadline: all bytes are taken.
    pub(super) fn end(&mut self) {
        self.deadline = None;
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use actix_server::ServerBuilder;

    use super::*;

    #[tokio::test]
    async fn a_deadline_runs_until_all_bytes_are_taken() {
        let builder = ServerBuilder::default();
        let mut stall = Stall::new(Duration::from_millis(40), builder.graceful_shutdown_signal());
        let since = Instant::now();
        poll_fn(|cx| stall.poll_expired(cx)).await;
        assert!(since.elapsed() >= Duration::from_millis(40));
        poll_fn(|cx| {
            assert!(stall.poll_expired(cx).is_ready(), "it has passed");
            stall.end();
            assert!(stall.poll_expired(cx).is_pending(), "it begins anew");
            Poll::Ready(())
        })
        .await;
    }
}
