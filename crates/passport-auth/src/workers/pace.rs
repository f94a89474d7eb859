//! Low priority with a floor.

use std::{
    io,
    sync::mpsc::{Receiver, Sender, channel},
    thread,
    time::{Duration, Instant},
};

use super::job::Job;

/// Share of a core that a thread gets at least while it has jobs, if the machine has that much: as a
/// thread of default priority. In tenths.
const FLOOR: u32 = 3;

/// Most processor time that is made up for. So hours without progress, as on a machine that stood still,
/// are not followed by hours at default priority.
const MOST_OWED: Duration = Duration::from_secs(1);

/// Runs jobs at low priority or, while processor time is owed, at default priority.
///
/// The priority of a thread can be lowered, and raised again by privileged processes only. Therefore there
/// are two threads, of which one runs at a time: one of low priority, and the one that calls
/// [`run`](Self::run).
pub(super) struct Pace {
    low: Low,
    owed: Owed,
}

impl Pace {
    /// Starts the thread of low priority, whose name begins with `name`. `None` where the system does not
    /// have a priority for each thread.
    pub(super) fn start(name: &str) -> io::Result<Option<Self>> {
        if !cfg!(target_os = "linux") {
            return Ok(None);
        }
        Ok(Some(Self { low: Low::start(name)?, owed: Owed::default() }))
    }

    /// Runs `job`, and waits for its end.
    pub(super) fn run(&mut self, job: Job) {
        let spent = if self.owed.is_any() { measure(job) } else { self.low.run(job) };
        self.owed.settle(spent);
    }
}

/// Time that a job took.
#[derive(Debug, Clone, Copy)]
struct Spent {
    /// Time from its begin to its end.
    total: Duration,
    /// Processor time.
    processor: Duration,
}

/// Processor time that a thread has had less than the floor.
#[derive(Debug, Default)]
struct Owed(Duration);

impl Owed {
    fn is_any(&self) -> bool {
        !self.0.is_zero()
    }

    /// Adds what the floor is for the time of a job, and subtracts what the job has had. More than the
    /// floor is no credit for later.
    fn settle(&mut self, spent: Spent) {
        let due = self.0 + spent.total * FLOOR / 10;
        self.0 = due.saturating_sub(spent.processor).min(MOST_OWED);
    }
}

/// Thread of low priority. It exits when the handle is dropped.
struct Low {
    jobs: Sender<Job>,
    ends: Receiver<Spent>,
}

impl Low {
    fn start(name: &str) -> io::Result<Self> {
        let ((jobs, waiting), (end, ends)) = (channel(), channel());
        // The system shows 15 bytes of a name.
        thread::Builder::new().name(format!("{name}-low")).spawn(move || {
            lower_priority();
            for job in waiting {
                // The handle may be gone, and with it the use of the measurement.
                _ = end.send(measure(job));
            }
        })?;
        Ok(Self { jobs, ends })
    }

    fn run(&self, job: Job) -> Spent {
        match self.jobs.send(job).map(|()| self.ends.recv()) {
            Ok(Ok(spent)) => spent,
            Ok(Err(_)) | Err(_) => unreachable!("jobs do not panic, so the thread runs"),
        }
    }
}

fn measure(job: Job) -> Spent {
    let (start, before) = (Instant::now(), processor_time());
    job();
    Spent { total: start.elapsed(), processor: processor_time().saturating_sub(before) }
}

/// Processor time of this thread.
#[cfg(target_os = "linux")]
fn processor_time() -> Duration {
    use rustix::time::{ClockId, clock_gettime};
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap_or_default()
}

#[cfg(not(target_os = "linux"))]
fn processor_time() -> Duration {
    Duration::ZERO
}

/// Lowers the priority of this thread. A refusal affects latency only.
///
/// Not to the lowest: a job ends at the priority at which it began, and at nice 19 one that begins on a busy
/// machine takes a minute.
fn lower_priority() {
    #[cfg(target_os = "linux")]
    {
        // On Linux niceness belongs to the thread.
        let _ = rustix::process::nice(10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn spent(total: u32, processor: u32) -> Spent {
        Spent { total: SECOND / 1_000 * total, processor: SECOND / 1_000 * processor }
    }

    /// Settles jobs; returns after each whether the next one runs at default priority.
    fn settle<const N: usize>(jobs: [Spent; N]) -> [bool; N] {
        let mut owed = Owed::default();
        jobs.map(|job| {
            owed.settle(job);
            owed.is_any()
        })
    }

    #[test]
    fn a_thread_that_gets_a_core_stays_at_low_priority() {
        assert_eq!(settle([spent(200, 200), spent(500, 200), spent(650, 200)]), [false; 3]);
    }

    #[test]
    fn a_thread_below_the_floor_makes_up_for_it() {
        // 300 of 1,000 ms are due.
        let starved = spent(1_000, 200);
        let alone = spent(200, 200);
        assert_eq!(settle([starved, alone]), [true, false], "100 ms are owed, and 140 are had");
        let shared = spent(500, 200);
        assert_eq!(settle([starved, shared, shared]), [true, true, false], "100 - 50 - 50");
    }

    #[test]
    fn a_thread_above_the_floor_gathers_no_credit() {
        assert!(settle([spent(200, 200), spent(200, 200), spent(700, 200)])[2]);
    }

    #[test]
    fn little_is_owed_after_long_starvation() {
        let mut owed = Owed::default();
        owed.settle(spent(3_600_000, 200));
        assert_eq!(owed.0, MOST_OWED);
        for _ in 0..8 {
            owed.settle(spent(200, 200));
        }
        assert!(!owed.is_any());
    }

    #[cfg(target_os = "linux")]
    mod on_linux {
        use std::sync::mpsc;

        use super::*;

        fn nice() -> i32 {
            rustix::process::nice(0).unwrap()
        }

        /// Niceness of the thread that runs the next job.
        fn niceness(pace: &mut Pace) -> (i32, String) {
            let (sender, receiver) = mpsc::channel();
            pace.run(Box::new(move || {
                let name = thread::current().name().unwrap_or_default().to_owned();
                sender.send((nice(), name)).unwrap();
            }));
            receiver.recv().unwrap()
        }

        #[test]
        fn jobs_have_low_priority_until_processor_time_is_owed() {
            let mut pace = Pace::start("test-0").unwrap().unwrap();
            let low = (nice() + 10).min(19);
            assert_eq!(niceness(&mut pace), (low, "test-0-low".to_owned()));

            pace.owed = Owed(MOST_OWED);
            let caller = thread::current().name().unwrap_or_default().to_owned();
            assert_eq!(niceness(&mut pace), (nice(), caller), "the thread of the caller");

            pace.owed = Owed::default();
            assert_eq!(niceness(&mut pace).0, low);
        }

        /// A job that sleeps has no processor time, like one that waits for a core.
        #[test]
        fn a_job_that_did_not_get_on_raises_the_priority_of_the_next() {
            let mut pace = Pace::start("test-1").unwrap().unwrap();
            pace.run(Box::new(|| thread::sleep(Duration::from_millis(50))));
            assert!(pace.owed.is_any());
            assert_eq!(niceness(&mut pace).0, nice());
        }
    }
}
