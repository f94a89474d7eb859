use std::{
    mem::swap,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Lines that are logged and not yet written, up to `CAPACITY` bytes. Logging never waits: a line that
/// does not fit is dropped and counted.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    lines: Vec<u8>,
    dropped: u64,
    is_closed: bool,
    is_finished: bool,
}

/// Bytes of lines that may wait: some thousands of lines.
pub(super) const CAPACITY: usize = 1024 * 1024;

/// Memory that is kept for the next lines.
const KEPT: usize = 64 * 1024;

impl Buffer {
    /// Adds a line, or counts it as dropped.
    pub(super) fn push(&self, line: &[u8]) {
        self.push_up_to(CAPACITY, line);
    }

    /// Adds a line for which there is always room. It is for the thread that writes the lines.
    pub(super) fn push_notice(&self, line: &[u8]) {
        self.push_up_to(usize::MAX, line);
    }

    /// Counts lines that could not be written.
    pub(super) fn count_dropped(&self, lines: u64) {
        self.lock().dropped += lines;
    }

    /// Moves the waiting lines to `lines`, which must be empty. Waits for the first of them. False when
    /// the buffer is closed and empty.
    pub(super) fn take(&self, lines: &mut Vec<u8>) -> bool {
        lines.shrink_to(KEPT);
        let is_waiting = |state: &mut State| state.lines.is_empty() && !state.is_closed;
        let state = self.changed.wait_while(self.lock(), is_waiting);
        swap(&mut state.unwrap_or_else(PoisonError::into_inner).lines, lines);
        !lines.is_empty()
    }

    /// The number of dropped lines since the last call.
    pub(super) fn take_dropped(&self) -> u64 {
        std::mem::take(&mut self.lock().dropped)
    }

    /// Tells the thread that writes the lines to end once it has written all, and waits for that end
    /// for `patience` at most.
    pub(super) fn close(&self, patience: Duration) {
        let mut state = self.lock();
        state.is_closed = true;
        self.changed.notify_all();
        let wait = self.changed.wait_timeout_while(state, patience, |state| !state.is_finished);
        drop(wait);
    }

    /// Ends the wait of [`close`](Self::close).
    pub(super) fn finish(&self) {
        self.lock().is_finished = true;
        self.changed.notify_all();
    }

    #[cfg(test)]
    pub(super) fn take_dropped_for_test(&self) -> u64 {
        self.lock().dropped
    }

    fn push_up_to(&self, capacity: usize, line: &[u8]) {
        let mut state = self.lock();
        if line.len() > capacity.saturating_sub(state.lines.len()) {
            state.dropped += 1;
            return;
        }
        let was_empty = state.lines.is_empty();
        state.lines.extend_from_slice(line);
        drop(state);
        if was_empty {
            self.changed.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x2_lines_that_do_not_fit_are_counted() {
        let buffer = Buffer::default();
        buffer.push(&vec![b'x'; CAPACITY - 2]);
        buffer.push(b"123");
        buffer.push(b"ab");
        buffer.push(b"c");
        buffer.push_notice(b"notice");
        assert_eq!(buffer.take_dropped(), 2);
        assert_eq!(buffer.take_dropped(), 0, "they are reported once");
        let mut lines = Vec::new();
        assert!(buffer.take(&mut lines));
        assert!(lines.ends_with(b"xabnotice") && lines.len() == CAPACITY + 6);
    }

    #[test]
    fn x2_logged_lines_can_be_taken_after_the_end() {
        let buffer = Buffer::default();
        buffer.push(b"last");
        buffer.close(Duration::ZERO);
        let mut lines = Vec::new();
        assert!(buffer.take(&mut lines));
        assert_eq!(lines, b"last");
        lines.clear();
        assert!(!buffer.take(&mut lines));
    }
}
