use std::time::Duration;

/// Options of a [`Database`](crate::Database). The defaults suit one service on one machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatabaseOptions {
    /// Largest number of connections, which are opened when they are needed. SQLite has one more, for
    /// writes.
    pub max_connections: usize,
    /// Timeout of a query to PostgreSQL, connecting included; and the `statement_timeout` at which
    /// PostgreSQL cancels a statement.
    pub answer_timeout: Duration,
    /// Time that a write to SQLite waits in the queue, and then again for another process to release
    /// the lock of the file.
    pub busy_timeout: Duration,
}

impl Default for DatabaseOptions {
    fn default() -> Self {
        Self {
            max_connections: 16,
            answer_timeout: Duration::from_secs(2),
            busy_timeout: Duration::from_secs(5),
        }
    }
}
