use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::{Instant, Sleep, sleep_until};

/// Extra time beyond the other deadlines, so that they end a connection first.
pub(super) const MARGIN: Duration = Duration::from_secs(30);

/// Deadline of a connection on which no byte moves in either direction, such as one whose client
/// began a request and sends no more of it.
pub(super) struct Idle {
    limit: Duration,
    since: Instant,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Idle {
    pub(super) fn new(limit: Duration) -> Self {
        Self { limit, since: Instant::now(), sleep: None }
    }

    /// Records that bytes moved.
    pub(super) fn restart(&mut self) {
        self.since = Instant::now();
    }

    /// Ready when nothing moved for the whole time.
    pub(super) fn poll_expired(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let end = self.since + self.limit;
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(end)));
        while sleep.as_mut().poll(cx).is_ready() {
            if sleep.deadline() >= end {
                return Poll::Ready(());
            }
            sleep.as_mut().reset(end);
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::time::sleep;

    use super::*;

    #[tokio::test]
    async fn bytes_that_move_extend_the_deadline() {
        let limit = Duration::from_millis(60);
        let mut idle = Idle::new(limit);
        let is_pending = poll_fn(|cx| Poll::Ready(idle.poll_expired(cx).is_pending())).await;
        assert!(is_pending);
        sleep(Duration::from_millis(40)).await;
        let since = Instant::now();
        idle.restart();
        poll_fn(|cx| idle.poll_expired(cx)).await;
        assert!(since.elapsed() >= limit, "{:?}", since.elapsed());
    }
}
