//! Waiting without sleep.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use tokio::task::{JoinHandle, yield_now};

/// Keeps the load from sleeping while it waits. Else the server would have to wake it with each answer, which
/// takes a fifth of the processor time of a cheap request, and is no work of a server whose clients are elsewhere.
pub(crate) struct Polling {
    task: JoinHandle<()>,
    rounds: Arc<Rounds>,
}

#[derive(Default)]
struct Rounds {
    replies: AtomicUsize,
    /// Nanoseconds of rounds without a reply.
    idle: AtomicU64,
}

impl Polling {
    pub(crate) fn start() -> Self {
        let rounds = Arc::new(Rounds::default());
        let counted = Arc::clone(&rounds);
        let task = tokio::spawn(async move {
            let mut begun = Instant::now();
            loop {
                let replies = counted.replies.load(Relaxed);
                yield_now().await;
                let now = Instant::now();
                if counted.replies.load(Relaxed) == replies {
                    let time = u64::try_from((now - begun).as_nanos()).unwrap_or(u64::MAX);
                    counted.idle.fetch_add(time, Relaxed);
                }
                begun = now;
            }
        });
        Self { task, rounds }
    }

    pub(crate) fn count_reply(&self) {
        self.rounds.replies.fetch_add(1, Relaxed);
    }

    /// Time in which there was no reply, so that the load would have slept.
    pub(crate) fn idle(&self) -> Duration {
        Duration::from_nanos(self.rounds.idle.load(Relaxed))
    }
}

impl Drop for Polling {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_rounds_without_a_reply_are_idle() {
        let polling = Polling::start();
        tokio::time::sleep(Duration::from_millis(50)).await;
        let idle = polling.idle();
        assert!(idle >= Duration::from_millis(20), "{idle:?}");
        for _ in 0..100 {
            polling.count_reply();
            yield_now().await;
        }
        assert_eq!(polling.idle(), idle);
    }
}
