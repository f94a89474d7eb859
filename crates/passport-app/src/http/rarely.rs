use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Limits a log line that clients can cause to one in each interval, and counts its causes.
#[derive(Debug)]
pub(super) struct Rarely {
    interval: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    last: Option<Instant>,
    causes: u64,
}

impl Rarely {
    /// Allows one line in each `interval`.
    pub(super) fn new(interval: Duration) -> Self {
        Self { interval, state: Mutex::default() }
    }

    /// The number of causes since the last line, if a line is due.
    pub(super) fn next(&self) -> Option<u64> {
        self.next_at(Instant::now())
    }

    fn next_at(&self, now: Instant) -> Option<u64> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.causes += 1;
        let is_due = |last: Instant| now.saturating_duration_since(last) >= self.interval;
        if !state.last.is_none_or(is_due) {
            return None;
        }
        state.last = Some(now);
        Some(std::mem::take(&mut state.causes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_due_once_in_an_interval_and_counts_its_causes() {
        let (rarely, now) = (Rarely::new(Duration::from_mins(1)), Instant::now());
        assert_eq!(rarely.next_at(now), Some(1));
        assert_eq!(rarely.next_at(now), None);
        assert_eq!(rarely.next_at(now + Duration::from_secs(59)), None);
        assert_eq!(rarely.next_at(now + Duration::from_mins(1)), Some(3));
    }
}
