use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::kit::transport::line::Line;

/// Connections that lie idle longer are not used again. Short, because a gateway that hangs up just
/// as it is spoken to leaves a message in an unknown state.
const IDLE: Duration = Duration::from_secs(15);
/// As many idle connections are kept; more can be in use.
const CAPACITY: usize = 8;

/// Idle connections, the newest on top.
///
/// Nothing watches them: one that dies is noticed when it is taken.
#[derive(Default)]
pub(super) struct Pool(Mutex<Vec<(Instant, Line)>>);

impl Pool {
    pub(super) fn take(&self) -> Option<Line> {
        let mut lines = self.lock();
        let (since, line) = lines.pop()?;
        if since.elapsed() < IDLE {
            return Some(line);
        }
        // Those below are older still.
        lines.clear();
        None
    }

    pub(super) fn put(&self, line: Line) {
        let mut lines = self.lock();
        if lines.len() < CAPACITY {
            lines.push((Instant::now(), line));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(Instant, Line)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
