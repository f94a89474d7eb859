use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::kit::transport::line::Line;

/// Age up to which an idle connection is used again. It is short, because a gateway that closes a
/// connection just when a request is sent leaves the message in an unknown state.
const IDLE: Duration = Duration::from_secs(15);
/// Maximum number of idle connections; more can be in use.
const CAPACITY: usize = 8;

/// Idle connections, the newest on top.
///
/// They are not watched: a dead one is detected when it is taken.
#[derive(Default)]
pub(super) struct Pool(Mutex<Vec<(Instant, Line)>>);

impl Pool {
    pub(super) fn take(&self) -> Option<Line> {
        let mut lines = self.lock();
        let (since, line) = lines.pop()?;
        if since.elapsed() < IDLE {
            return Some(line);
        }
        // The ones below are older.
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
