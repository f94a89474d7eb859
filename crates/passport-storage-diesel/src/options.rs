use std::time::Duration;

/// How a [`Database`](crate::Database) is used. The defaults suit one service on one machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatabaseOptions {
    /// How many connections are open at most; they are opened as they are needed. SQLite has one
    /// more, which writes.
    pub max_connections: usize,
    /// How long PostgreSQL may take, a connection included, before the answer is an error; and how
    /// long it may work at a statement before it ends it itself.
    pub answer_timeout: Duration,
    /// How long a write to SQLite waits for its turn, and then for another process to let go of the
    /// file.
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
