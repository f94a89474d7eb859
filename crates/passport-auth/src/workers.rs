use std::{
    io,
    num::NonZeroUsize,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use job::Job;
use pace::Pace;
use thiserror::Error;
use tokio::sync::{mpsc, oneshot};

mod job;
mod pace;

/// Threads for computation, behind a bounded queue.
///
/// Hashing a password keeps a core busy for about 200 ms. On the executor's threads it would block
/// everything else, and without a bound a burst of sign-ins would queue work whose clients have
/// timed out. If the queue is full, the result is [`Busy`], immediately.
///
/// The threads exit when the last clone is dropped and the queue is empty.
#[derive(Debug, Clone)]
pub struct Workers {
    queue: mpsc::Sender<Job>,
    threads: NonZeroUsize,
}

/// Scheduling priority of the worker threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// Default priority.
    Normal,
    /// Low priority with a floor, where the system has a priority for each thread (Linux: nice 10), so that
    /// requests of a millisecond do not wait for hashes of 200 ms.
    ///
    /// Work at low priority gets what others leave of the cores, which can be nothing. A thread that has had
    /// less than three tenths of a core does its next job at default priority, until it has made up for it:
    /// so cheap requests delay the work, and do not stop it.
    Low,
}

impl Workers {
    /// Starts `threads` threads named `name`, with a queue of `queue` places.
    ///
    /// # Errors
    ///
    /// If the system cannot start a thread.
    pub fn start(
        name: &str,
        threads: NonZeroUsize,
        queue: NonZeroUsize,
        priority: Priority,
    ) -> io::Result<Self> {
        let (sender, receiver) = mpsc::channel(queue.get());
        let receiver = Arc::new(Mutex::new(receiver));
        for number in 0..threads.get() {
            let (receiver, name) = (Arc::clone(&receiver), format!("{name}-{number}"));
            let mut pace = match priority {
                Priority::Normal => None,
                Priority::Low => Pace::start(&name)?,
            };
            thread::Builder::new().name(name).spawn(move || {
                work(&receiver, |job| match &mut pace {
                    None => job(),
                    Some(pace) => pace.run(job),
                });
            })?;
        }
        Ok(Self { queue: sender, threads })
    }

    /// Number of threads.
    pub(crate) fn threads(&self) -> usize {
        self.threads.get()
    }

    /// Reserves a place in the queue. A place that is dropped is free again.
    ///
    /// # Errors
    ///
    /// If the queue is full.
    pub fn reserve(&self) -> Result<Slot, Busy> {
        self.queue.clone().try_reserve_owned().map(Slot).map_err(|_| Busy)
    }

    /// Waits for a place in the queue.
    pub(crate) async fn wait(&self) -> Slot {
        match self.queue.clone().reserve_owned().await {
            Ok(permit) => Slot(permit),
            Err(_) => unreachable!("the threads run while a handle exists"),
        }
    }
}

/// A reserved place in the queue.
#[derive(Debug)]
pub struct Slot(mpsc::OwnedPermit<Job>);

impl Slot {
    /// Runs `work` on one of the threads and waits for its result.
    ///
    /// If the caller stops waiting before the work has begun, the work is skipped.
    ///
    /// # Panics
    ///
    /// If `work` panics.
    pub async fn run<T: Send + 'static>(self, work: impl FnOnce() -> T + Send + 'static) -> T {
        let (sender, receiver) = oneshot::channel();
        self.0.send(Box::new(move || {
            if !sender.is_closed() {
                // The send fails if the caller stopped waiting meanwhile.
                let _ = sender.send(catch_unwind(AssertUnwindSafe(work)));
            }
        }));
        match receiver.await {
            Ok(Ok(result)) => result,
            Ok(Err(payload)) => resume_unwind(payload),
            Err(_) => unreachable!("a job is run or its caller has left"),
        }
    }

    /// Runs `work` on one of the threads without a caller that waits. A panic ends `work` only.
    pub(crate) fn spawn(self, work: impl FnOnce() + Send + 'static) {
        self.0.send(Box::new(move || {
            // The panic hook has reported the panic, and the thread is needed for other jobs.
            let _ = catch_unwind(AssertUnwindSafe(work));
        }));
    }
}

/// The queue has no place. Retry after [`RETRY_AFTER`](Self::RETRY_AFTER).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("too much work is waiting already")]
pub struct Busy;

impl Busy {
    /// Time in which a full queue is likely to have room again.
    pub const RETRY_AFTER: Duration = Duration::from_secs(5);
}

fn work(receiver: &Mutex<mpsc::Receiver<Job>>, mut run: impl FnMut(Job)) {
    loop {
        // The lock is held while this thread waits for a job; the other threads wait for the lock.
        let job = receiver.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv();
        match job {
            Some(job) => run(job),
            None => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc as blocking;

    use super::*;

    fn workers(threads: usize, queue: usize) -> Workers {
        let of = |n| NonZeroUsize::new(n).unwrap();
        Workers::start("test", of(threads), of(queue), Priority::Low).unwrap()
    }

    #[tokio::test]
    async fn runs_and_answers() {
        let workers = workers(2, 4);
        let name = workers.reserve().unwrap().run(|| thread::current().name().map(str::to_owned));
        assert!(name.await.unwrap().starts_with("test-"));
    }

    #[tokio::test]
    async fn pwd_8_refuses_at_once_when_the_queue_is_full() {
        let workers = workers(1, 2);
        let (release, gate) = blocking::channel::<()>();
        let (started, running) = oneshot::channel();
        let slot = workers.reserve().unwrap();
        let first = tokio::spawn(slot.run(move || {
            started.send(()).unwrap();
            gate.recv().unwrap();
        }));
        running.await.unwrap();

        let (second, third) = (workers.reserve().unwrap(), workers.reserve().unwrap());
        assert_eq!(workers.reserve().unwrap_err(), Busy);
        drop(third);
        let third = workers.reserve().unwrap();
        release.send(()).unwrap();
        first.await.unwrap();
        assert_eq!((second.run(|| 2).await, third.run(|| 3).await), (2, 3));
    }

    #[tokio::test]
    async fn work_without_a_waiting_caller_is_skipped() {
        let workers = workers(1, 2);
        let (release, gate) = blocking::channel::<()>();
        let first = tokio::spawn(workers.reserve().unwrap().run(move || gate.recv().unwrap()));
        let (done, was_done) = blocking::channel();
        let second = tokio::spawn(workers.reserve().unwrap().run(move || done.send(()).unwrap()));
        tokio::time::sleep(Duration::from_millis(20)).await;
        second.abort();
        assert!(second.await.unwrap_err().is_cancelled());
        release.send(()).unwrap();
        first.await.unwrap();
        workers.reserve().unwrap().run(|| ()).await;
        assert!(was_done.try_recv().is_err());
    }

    #[tokio::test]
    async fn a_panic_reaches_only_its_caller() {
        let workers = workers(1, 1);
        let slot = workers.reserve().unwrap();
        let broken = tokio::spawn(slot.run(|| panic!("broken work")));
        assert!(broken.await.unwrap_err().is_panic());
        assert_eq!(workers.reserve().unwrap().run(|| 1).await, 1);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn low_priority_applies_to_the_workers_only() {
        let nice = || rustix::process::nice(0).unwrap();
        let before = nice();
        let low = workers(1, 1).reserve().unwrap().run(nice).await;
        // 19 is the end of the scale.
        assert_eq!((low, nice()), ((before + 10).min(19), before));
    }
}
